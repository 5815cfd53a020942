//! Those who are asked outside in the demonstration: a sakkunnig who has answered, and reference municipalities of which one has not.

use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

use super::Origin;
use super::consultations::steps::Doing;
use super::consultations::{forwarding, reference};
use crate::clock;
use crate::db::Db;
use crate::domain::access::Actor;
use crate::domain::consultation::forwarding::{DAYS, ExpertAnswer, Forward};
use crate::domain::consultation::reference::{Answerable, FoundIn, ItemAnswer, ReferenceAnswer, ReferenceAsking};
use crate::domain::identifier::ConsultationNumber;
use crate::error::{Error, Result};

/// Those who are asked, with function mailboxes; the first has an account in the demonstration and answers there.
const ASKED: [(&str, &str); 4] = [
    ("2580", "samordning@lulea.example"),
    ("2480", "statistik@umea.example"),
    ("0780", "utveckling@vaxjo.example"),
    ("1490", "kvalitet@boras.example"),
];
/// What the others answer: minutes, whether the first items can be answered, and where they are found.
const ANSWERS: [(Option<i64>, Answerable, FoundIn, &str); 3] = [
    (Some(150), Answerable::Yes, FoundIn::System, "Exempeltext: uppgifterna finns, men någon behöver kontrollera dem."),
    (Some(420), Answerable::Partly, FoundIn::Others, "Exempeltext: de fristående verksamheterna får frågas, och det tar tid."),
    (None, Answerable::No, FoundIn::Paper, "Exempeltext: vi för inte den statistiken i dag."),
];
/// How many items somebody says something of.
const ITEMS: usize = 6;

/// Lets the body of a case ask outside, and lets most of those whom it asks answer.
pub(super) async fn ask(db: &Db, origin: &Origin, body: &Actor, number: ConsultationNumber, now: DateTime<Utc>) -> Result<()> {
    let doing = |at: DateTime<Utc>| Doing { origin, actor: body, number, revision: 0, now: at };
    let at = |hours: i64| now - TimeDelta::hours(hours);
    let forward = Forward {
        email: "sakkunnig@skr.example".to_owned(),
        words: "Exempeltext: går begreppen att använda, och blir svaren jämförbara mellan kommunerna?".to_owned(),
        days: DAYS,
        agreed: true,
    };
    if let Some(token) = forwarding::forward(db, doing(at(50)), &forward).await? {
        let words = "Exempeltext: det andra begreppet används olika i olika kommuner. Be myndigheten definiera det.".to_owned();
        let given = ExpertAnswer { words, signed: Some("Statistiker".to_owned()) };
        forwarding::answer(db, origin, &token, &given, at(30)).await?.map_err(|_| Error::NotFound)?;
    }
    let asking = ReferenceAsking {
        asked: ASKED.map(|(code, email)| (code.to_owned(), email.to_owned())).to_vec(),
        words: Some("Exempeltext: är tiden rimlig med tanke på bokslutet?".to_owned()),
        last_day: clock::swedish_day(now + TimeDelta::days(10)),
        agreed: true,
    };
    let tokens = reference::ask(db, doing(at(48)), &asking).await?.map_err(|asked| Error::Invalid(asked.why))?;
    for (token, answer) in tokens.iter().skip(1).zip(ANSWERS) {
        answer_one(db, origin, token, answer, at(24)).await?;
    }
    Ok(())
}

async fn answer_one(
    db: &Db,
    origin: &Origin,
    token: &str,
    (minutes, answerable, found_in, words): (Option<i64>, Answerable, FoundIn, &str),
    now: DateTime<Utc>,
) -> Result<()> {
    let way = reference::Way::Token(token);
    let opened = reference::open(&mut db.read().await?, way, now).await?.map_err(|_| Error::NotFound)?;
    let item = |(at, lineage): (usize, Uuid)| ItemAnswer {
        item: lineage,
        // most is found in a system everywhere
        answerable: Some(if at == 1 { answerable } else { Answerable::Yes }),
        found_in: Some(if at == 1 { found_in } else { FoundIn::System }),
        words: (at == 1 && found_in != FoundIn::System).then(|| "Exempeltext: förs på var sitt håll.".to_owned()),
    };
    let items = opened.draft.lineages.into_iter().take(ITEMS).enumerate().map(item).collect();
    let given = ReferenceAnswer { minutes, comment: Some(words.to_owned()), items };
    reference::answer(db, origin, way, &given, 0, now).await?.map_err(|_| Error::NotFound)
}
