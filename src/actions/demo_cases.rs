//! Consultations of the demonstration: one waiting, one under review, one answered, one that ended without agreement, and one that came by
//! mail; and two answer templates. Everything in them is written for demonstration, and says so.

use chrono::{DateTime, TimeDelta, Utc};

use super::collections::steps::{Deciding, decide};
use super::consultations::answering;
use super::consultations::asking::{Ground, Refusal, ask};
use super::consultations::entering::{self, About, enter};
use super::consultations::steps::{self, Doing};
use super::consultations::visible;
use super::consultations::{point_replies, points};
use super::{Origin, answer_templates, demo_form, demo_outside};
use crate::clock;
use crate::db::consultations::points::{self as kept, Written};
use crate::db::{Db, collections, people};
use crate::domain::access::Actor;
use crate::domain::consultation::asking::Asking;
use crate::domain::consultation::entered::{Answered, Closed, Entered};
use crate::domain::consultation::opinion::Answer;
use crate::domain::consultation::point::{PointKind, Reply, ReplyKind};
use crate::domain::consultation::template::Wording;
use crate::domain::consultation::{CaseKind, Opinion, Outcome};
use crate::domain::decision::Decision;
use crate::domain::identifier::{CollectionNumber, ConsultationNumber};
use crate::domain::ordinance::missing_for_decision;
use crate::domain::terms::{Periodicity, Status};
use crate::error::{Error, Result};

/// How far the examples have come, the first asked for first.
const EXAMPLES: [Example; 4] = [Example::NotAgreed, Example::Answered, Example::Waiting, Example::Asked];

/// How far an example has come, and how many days ago it was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Example {
    Asked,
    Waiting,
    Answered,
    NotAgreed,
}

impl Example {
    fn asked_days_ago(self) -> i64 {
        match self {
            Self::Asked => 1,
            Self::Waiting => 6,
            Self::Answered => 15,
            Self::NotAgreed => 40,
        }
    }
}

/// How many days ago the agency of the demonstration decided on a collection that comes back.
const DECIDED_DAYS_AGO: i64 = 20;

/// The two sides of the examples.
struct Sides {
    origin: Origin,
    agency: Actor,
    body: Actor,
}

/// Writes the examples between two people of the demonstration.
///
/// # Errors
/// As the database says.
pub async fn build(db: &Db, origin: &Origin, (agency, body): (&str, &str), now: DateTime<Utc>) -> Result<()> {
    let today = clock::swedish_day(now);
    let mut tx = db.read().await?;
    let mut actors = Vec::new();
    for email in [agency, body] {
        let person = people::by_email(&mut tx, email).await?.ok_or(Error::NotFound)?;
        actors.push(people::acting(&mut tx, person.id).await?.ok_or(Error::NotFound)?.actor);
    }
    let (Some(body), Some(agency)) = (actors.pop(), actors.pop()) else { return Err(Error::NotFound) };
    let own = collections::of_agency(&mut tx, &agency.organisation, today).await?;
    drop(tx);
    let alive = own.into_iter().filter(|one| matches!(one.status, Status::Planned | Status::Decided));
    let alive: Vec<CollectionNumber> = alive.filter_map(|one| CollectionNumber::parse(&one.number)).collect();
    let mut numbers = alive.iter().copied();
    let sides = Sides { origin: origin.clone(), agency, body };
    for example in EXAMPLES {
        // an overlap that waits for an answer is no example of this: the next collection takes its place
        for number in numbers.by_ref() {
            if write(db, &sides, number, example, now).await? {
                break;
            }
        }
    }
    enter_one(db, &sides, &alive, now).await?;
    decide_one(db, &sides, numbers, now).await?;
    keep_templates(db, &sides.body, now).await
}

/// Enters a case of the year before that came by mail, about the first of these collections that the body may know of.
async fn enter_one(db: &Db, sides: &Sides, collections: &[CollectionNumber], now: DateTime<Utc>) -> Result<()> {
    let day = |ago: i64| clock::swedish_day(now - TimeDelta::days(ago));
    let words = |text: &str| Some(text.to_owned());
    let one = Entered {
        asking: Asking {
            bodies: vec![sides.body.organisation.clone()],
            kind: CaseKind::Recurring,
            form_unchanged: true,
            wanted_on: day(380),
            short_time_reason: None,
            selection: words("Exempeltext: samma urval som året före."),
            timing: words("Exempeltext: frågorna skickades i början av året."),
            discussed: None,
            diary_number: None,
        },
        came_on: day(400),
        body_diary: None,
        answered: Some(Answered { on: day(386), opinion: Opinion::NoObjection, words: words("Exempeltext: vi har inga synpunkter.") }),
        closed: Some(Closed { on: day(379), outcome: Outcome::Agreed, words: None }),
    };
    let about = |collection| About { collection, planned: false, apart: true };
    for number in collections {
        match enter(db, &sides.origin, &sides.body, about(*number), &one, now).await {
            Ok(_) => break,
            Err(entering::Refusal::Error(Error::NotFound | Error::Forbidden)) => {}
            Err(entering::Refusal::Error(other)) => return Err(other),
            Err(refused) => return Err(Error::internal(format!("{refused:?}"))),
        }
    }
    Ok(())
}

/// Decides the first of these collections that comes back and lacks nothing: next time its form can be asked about as unchanged.
async fn decide_one(db: &Db, sides: &Sides, collections: impl Iterator<Item = CollectionNumber>, now: DateTime<Utc>) -> Result<()> {
    let at = now - TimeDelta::days(DECIDED_DAYS_AGO);
    for number in collections {
        let ground = Ground::read(&mut db.read().await?, &sides.agency, number, clock::swedish_day(at)).await?;
        let content = &ground.newest.content;
        let comes_back = !matches!(content.periodicity, Periodicity::Once | Periodicity::Irregular | Periodicity::Unstated);
        if ground.known.status != Status::Planned || !comes_back || !missing_for_decision(content).is_empty() {
            continue;
        }
        let deciding = Deciding {
            based_on: ground.known.changed_at,
            decided_on: clock::swedish_day(at),
            decision: Decision { decision_maker: Some("Exempel: avdelningschefen".to_owned()), ..Decision::default() },
            consultation: None,
        };
        return decide(db, &sides.agency, number, &deciding, at).await;
    }
    Ok(())
}

/// What the body of the demonstration answers again and again: name and words.
const TEMPLATES: [(&str, &str); 2] = [
    ("Ingen erinran", "Exempeltext: vi har tagit del av {insamling} ({nummer}) och har ingen erinran."),
    (
        "Uppgifterna finns redan",
        "Exempeltext: {myndighet} begär uppgifter som redan samlas in av andra. Vi föreslår att de hämtas därifrån och svarar gärna på \
         frågor före den {önskat datum}.",
    ),
];

async fn keep_templates(db: &Db, body: &Actor, now: DateTime<Utc>) -> Result<()> {
    for (title, words) in TEMPLATES {
        let wording = Wording { title: title.to_owned(), words: words.to_owned() };
        answer_templates::save(db, body, None, &wording, now).await?;
    }
    Ok(())
}

/// Writes one example; `false` where consultation about the collection cannot be asked for.
async fn write(db: &Db, sides: &Sides, collection: CollectionNumber, example: Example, now: DateTime<Utc>) -> Result<bool> {
    let at = now - TimeDelta::days(example.asked_days_ago());
    let ground = Ground::read(&mut db.read().await?, &sides.agency, collection, clock::swedish_day(at)).await?;
    let asking = Asking {
        bodies: vec![sides.body.organisation.clone()],
        kind: ground.suggested_kind(clock::swedish_day(at)).unwrap_or(CaseKind::Recurring),
        form_unchanged: false,
        wanted_on: ground.wanted_on(clock::swedish_day(at)),
        short_time_reason: None,
        selection: Some("Exempeltext: alla som ingår i insamlingen tillfrågas.".to_owned()),
        timing: Some("Exempeltext: frågorna skickas enligt omgångarna.".to_owned()),
        discussed: None,
        diary_number: None,
    };
    let number = match ask(db, &sides.origin, &sides.agency, collection, (&asking, &[]), at).await {
        Ok(number) => number,
        Err(Refusal::Parts(_) | Refusal::Unanswered(_) | Refusal::Error(Error::Invalid(_) | Error::Forbidden)) => return Ok(false),
        Err(Refusal::Error(other)) => return Err(other),
    };
    if example == Example::Waiting {
        demo_form::attach(db, &sides.agency, number, at).await?;
    }
    if example != Example::Asked {
        review(db, sides, number, example, at).await?;
    }
    if example == Example::Waiting {
        demo_outside::ask(db, &sides.origin, &sides.body, number, now).await?;
    }
    Ok(true)
}

/// What is done, by whom and when. The register's own examples know which revision they are at.
fn doing<'a>(sides: &'a Sides, actor: &'a Actor, number: ConsultationNumber, revision: i64, now: DateTime<Utc>) -> Doing<'a> {
    Doing { origin: &sides.origin, actor, number, revision, now }
}

async fn review(db: &Db, sides: &Sides, number: ConsultationNumber, example: Example, asked_at: DateTime<Utc>) -> Result<()> {
    let after = |days: i64, hours: i64| asked_at + TimeDelta::days(days) + TimeDelta::hours(hours);
    let by_body = |revision, at| doing(sides, &sides.body, number, revision, at);
    steps::take(db, by_body(0, after(0, 3)), None).await?;
    let point = Written {
        kind: PointKind::Question,
        item: None,
        words: "Exempeltext: definiera vad som räknas, så att svaren blir jämförbara.".to_owned(),
    };
    points::add(db, by_body(1, after(1, 0)), &point).await?;
    if example == Example::Waiting {
        return steps::ask_agency(db, by_body(1, after(2, 0)), "Exempeltext: gäller frågorna också fristående verksamheter?", None).await;
    }
    points::send(db, by_body(1, after(2, 0)), None).await?;
    let seen = visible(&mut db.read().await?, &sides.agency, number, clock::swedish_day(asked_at)).await?;
    let written = kept::points(&mut db.read().await?, seen.case.id).await?;
    let disagree = example == Example::NotAgreed;
    for one in written {
        let reply = if disagree {
            Reply { kind: ReplyKind::Rejected, reason: Some("Exempeltext: definitionen följer av lagen.".to_owned()) }
        } else {
            Reply { kind: ReplyKind::Accepted, reason: None }
        };
        point_replies::reply(db, doing(sides, &sides.agency, number, 1, after(3, 0)), one.id, &reply).await?;
    }
    answering::answer(db, by_body(1, after(5, 0)), &opinion(disagree), None).await?;
    if disagree {
        let view = "Exempeltext: vi behöver uppgifterna för vårt uppdrag och genomför insamlingen som den är.";
        steps::close(db, doing(sides, &sides.agency, number, 2, after(7, 0)), Outcome::NotAgreed, view).await?;
    }
    Ok(())
}

fn opinion(disagree: bool) -> Answer {
    let (opinion, words) = if disagree {
        (Opinion::AdviseAgainst, "Exempeltext: uppgifterna finns redan hos en annan myndighet och bör hämtas därifrån.")
    } else {
        (Opinion::Objections, "Exempeltext: insamlingen kan genomföras när definitionen är införd.")
    };
    Answer {
        coordination: Some("Exempeltext: liknande uppgifter begärs av fler.".to_owned()),
        feasibility: Some("Exempeltext: uppgifterna finns i verksamhetssystem hos de flesta.".to_owned()),
        opinion,
        answer: Some(words.to_owned()),
        diary_number: None,
    }
}
