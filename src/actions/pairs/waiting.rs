//! What waits for somebody at an agency: flags that are not answered, and what the other agency has said.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use uuid::Uuid;

use crate::actions::overlaps::Readable;
use crate::clock;
use crate::db::pairs::waiting::{self, Spoken, Titled};
use crate::db::pairs::{self, Answered, Judged, Overlap, Remark};
use crate::db::{Tx, involved, organisations};
use crate::domain::access::Actor;
use crate::domain::overlap::answer::{AnswerKind, Standing};
use crate::domain::overlap::verdict::VerdictKind;
use crate::error::Result;

/// For how long it is told that the other agency has said something, where nothing is said in return.
const TOLD: TimeDelta = TimeDelta::days(90);

/// A flag that waits for an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiting {
    /// The pair.
    pub id: Uuid,
    /// The collection whose agency is asked.
    pub own: Titled,
    /// The one that it is like.
    pub other: Titled,
}

/// Where each of these pairs stands, with the answer that was given last.
///
/// # Errors
/// As the database says.
pub async fn standings(tx: &mut Tx, overlaps: &[Overlap]) -> Result<HashMap<Uuid, (Standing, Option<Answered>)>> {
    let ids: Vec<Uuid> = overlaps.iter().map(|one| one.id).collect();
    let mut answers = HashMap::new();
    let mut verdicts: HashMap<Uuid, Vec<Judged>> = HashMap::new();
    for one in pairs::answers(tx, &ids).await? {
        answers.entry(one.overlap).or_insert(one); // the latest comes first
    }
    for one in pairs::verdicts(tx, &ids).await? {
        verdicts.entry(one.overlap).or_default().push(one);
    }
    let standing = |one: &Overlap| {
        let answered = answers.remove(&one.id);
        let decided = verdicts.get(&one.id).and_then(|all| Judged::in_force(all, &one.found));
        let standing = Standing {
            found_at: one.found_at,
            is_gone: one.gone_at.is_some(),
            is_rejected: decided.is_some_and(|one| one.kind == VerdictKind::Rejected),
            answered: answered.as_ref().map(|last| (last.said.at, last.fits(&one.found))),
        };
        (one.id, (standing, answered))
    };
    Ok(overlaps.iter().map(standing).collect())
}

/// Why a form is not asked about a pair that the register has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Settled {
    /// People have decided that the two do not ask for the same.
    Rejected,
    /// It is answered, and that counts.
    Answered(AnswerKind),
}

/// Whether a pair is settled: then a form asks nothing about it, and what it may say of it from before changes nothing.
///
/// # Errors
/// As the database says.
pub async fn settled(tx: &mut Tx, pair: &Overlap) -> Result<Option<Settled>> {
    let (standing, answered) = standings(tx, std::slice::from_ref(pair)).await?.remove(&pair.id).unzip();
    Ok(match (standing, answered.flatten()) {
        (Some(standing), _) if standing.is_rejected => Some(Settled::Rejected),
        // what is not flagged now is asked about again where it comes back as something else
        (Some(standing), Some(answered)) if !standing.is_gone && !standing.is_unanswered() => Some(Settled::Answered(answered.answer.kind)),
        _ => None,
    })
}

/// The flags of a collection that its agency has still to answer, as far as `actor`, who speaks for it, may know of the other one. Before
/// consultation there must be none; deciding tells of them.
///
/// # Errors
/// As the database says.
pub async fn unanswered(tx: &mut Tx, actor: &Actor, collection: Uuid, today: NaiveDate) -> Result<Vec<Waiting>> {
    let mut flags = pairs::of_collection(tx, collection).await?;
    flags.retain(|one| one.found.collection == collection);
    wanting(tx, actor, flags, today).await
}

/// The same for all collections of the actor's organisation and of those that it took over from.
///
/// # Errors
/// As the database says.
pub async fn all_unanswered(tx: &mut Tx, actor: &Actor, today: NaiveDate) -> Result<Vec<Waiting>> {
    let codes = involved::stands_for(tx, &actor.organisation, today).await?;
    let flags = waiting::asked(tx, &codes).await?;
    wanting(tx, actor, flags, today).await
}

async fn wanting(tx: &mut Tx, actor: &Actor, flags: Vec<Overlap>, today: NaiveDate) -> Result<Vec<Waiting>> {
    let standings = standings(tx, &flags).await?;
    let flags = flags.into_iter().filter(|one| standings.get(&one.id).is_some_and(|(standing, _)| standing.is_unanswered()));
    let pairs: Vec<[Uuid; 3]> = flags.map(|one| [one.id, one.found.collection, one.found.other]).collect();
    named(tx, actor, pairs, today).await
}

/// Names the collections of pairs, given as pair, own and other one, and leaves out what the actor may not know of.
async fn named(tx: &mut Tx, actor: &Actor, pairs: Vec<[Uuid; 3]>, today: NaiveDate) -> Result<Vec<Waiting>> {
    let ids: Vec<Uuid> = pairs.iter().flat_map(|[_, own, other]| [*own, *other]).collect();
    let readable = Readable::by(tx, Some(actor), today).await?;
    let mut titled = waiting::titled(tx, &ids).await?;
    titled.retain(|one| readable.allows(one.id, |today| one.open_from.is_some_and(|from| from <= today)));
    let titled: HashMap<Uuid, Titled> = titled.into_iter().map(|one| (one.id, one)).collect();
    let waiting = |[id, own, other]: [Uuid; 3]| Some(Waiting { id, own: titled.get(&own)?.clone(), other: titled.get(&other)?.clone() });
    Ok(pairs.into_iter().filter_map(waiting).collect())
}

/// What the other agency has said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Word {
    /// It says what it does about the overlap with one's collection.
    Answered(AnswerKind),
    /// It objects.
    Objected,
    /// It writes something else.
    Wrote,
}

/// Something that the other agency has said and that nobody has said anything in return of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct News {
    /// The pair, one's own collection first.
    pub pair: Waiting,
    /// What was said last, or that something of it objects.
    pub word: Word,
    /// The name of the organisation that said it.
    pub who: String,
    /// When.
    pub at: DateTime<Utc>,
}

/// What other agencies have lately said of overlaps with the collections of the actor's organisation, the latest first; what the
/// organisation has said something after is no news.
///
/// # Errors
/// As the database says.
pub async fn news(tx: &mut Tx, actor: &Actor, now: DateTime<Utc>) -> Result<Vec<News>> {
    let today = clock::swedish_day(now);
    let codes = involved::stands_for(tx, &actor.organisation, today).await?;
    let spoken = waiting::spoken(tx, &codes, now - TOLD).await?;
    let ids: Vec<Uuid> = spoken.iter().map(|one| one.id).collect();
    let (answers, remarks) = (pairs::answers(tx, &ids).await?, pairs::remarks(tx, &ids).await?);
    let told = |one: &Spoken| {
        let answers = answers.iter().filter(|answer| answer.overlap == one.id);
        let remarks = remarks.iter().filter(|remark| remark.overlap == one.id);
        last_word(answers, remarks, &codes, one.asks > 0).map(|last| (one.id, last))
    };
    let words: HashMap<Uuid, Last> = spoken.iter().filter_map(told).filter(|(_, last)| last.at > now - TOLD).collect();
    let who: Vec<String> = words.values().map(|last| last.organisation.clone()).collect();
    let who: HashMap<String, String> = organisations::names(tx, &who).await?.into_iter().collect();
    let pairs = spoken.iter().filter(|one| words.contains_key(&one.id));
    let pairs = pairs.map(|one| if one.asks > 0 { [one.id, one.collection, one.other] } else { [one.id, one.other, one.collection] });
    let named = named(tx, actor, pairs.collect(), today).await?;
    let news = named.into_iter().filter_map(|pair| {
        let Last { word, organisation, at } = words.get(&pair.id)?;
        Some(News { word: *word, who: who.get(organisation).unwrap_or(organisation).clone(), at: *at, pair })
    });
    let mut news: Vec<News> = news.collect();
    news.sort_by(|a, b| b.at.cmp(&a.at).then(a.pair.id.cmp(&b.pair.id)));
    Ok(news)
}

/// What was said last of a pair.
#[derive(Debug)]
struct Last {
    word: Word,
    /// By code.
    organisation: String,
    at: DateTime<Utc>,
}

/// What others than these organisations have said of a pair since they said something themselves. Answers come from the side that asks.
fn last_word<'a>(
    answers: impl Iterator<Item = &'a Answered>,
    remarks: impl Iterator<Item = &'a Remark>,
    codes: &[String],
    asks: bool,
) -> Option<Last> {
    let answered = answers.map(|one| (&one.said, Word::Answered(one.answer.kind)));
    let remarked = remarks.map(|one| (&one.said, if one.objects { Word::Objected } else { Word::Wrote }));
    let (own, theirs): (Vec<_>, Vec<_>) = answered.chain(remarked).partition(|(said, _)| codes.contains(&said.organisation));
    let spoke_at = own.iter().map(|(said, _)| said.at).max();
    let is_news = |word: &Word| !(asks && matches!(word, Word::Answered(_)));
    let new: Vec<_> = theirs.into_iter().filter(|(said, word)| spoke_at.is_none_or(|own| own < said.at) && is_news(word)).collect();
    let objecting = new.iter().filter(|(_, word)| *word == Word::Objected).max_by_key(|(said, _)| said.at);
    let (said, word) = objecting.or_else(|| new.iter().max_by_key(|(said, _)| said.at))?;
    Some(Last { word: *word, organisation: said.organisation.clone(), at: said.at })
}
