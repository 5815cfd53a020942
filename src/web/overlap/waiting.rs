//! What waits on the desk and at a decision: flags to answer, and what other agencies have said.

use uuid::Uuid;

use crate::actions::pairs::{News, Waiting, Word};
use crate::clock;
use crate::text;

/// The most lines of each list in sight.
const MOST: usize = 8;

/// A pair in a list.
#[derive(Debug)]
pub struct PairLine {
    /// The pair.
    pub id: Uuid,
    /// The title of one's own collection.
    pub title: String,
    /// What there is to say of it.
    pub about: String,
}

/// What waits.
#[derive(Debug, Default)]
pub struct WaitingPairs {
    /// How many flags wait for an answer: `3 liknande insamlingar att svara om`; nothing where none does.
    pub count: Option<String>,
    /// They, the likeliest first.
    pub unanswered: Vec<PairLine>,
    /// The others, folded.
    pub more: Vec<PairLine>,
    /// What other agencies have said, the latest first.
    pub news: Vec<PairLine>,
    /// The others, folded.
    pub more_news: Vec<PairLine>,
}

impl WaitingPairs {
    /// The lists of what waits.
    #[must_use]
    pub fn new(unanswered: &[Waiting], news: &[News]) -> Self {
        let count = |many: usize| text::counted(i64::try_from(many).unwrap_or(i64::MAX), "liknande insamling", "liknande insamlingar");
        Self {
            count: (!unanswered.is_empty()).then(|| format!("{} att svara om", count(unanswered.len()))),
            unanswered: unanswered.iter().take(MOST).map(line).collect(),
            more: unanswered.iter().skip(MOST).map(line).collect(),
            news: news.iter().take(MOST).map(news_line).collect(),
            more_news: news.iter().skip(MOST).map(news_line).collect(),
        }
    }

    /// Whether nothing does.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.unanswered.is_empty() && self.news.is_empty()
    }
}

fn line(one: &Waiting) -> PairLine {
    let about = format!("{} liknar {} {}", one.own.number, one.other.number, one.other.title);
    PairLine { id: one.id, title: one.own.title.clone(), about }
}

fn news_line(one: &News) -> PairLine {
    let what = match one.word {
        Word::Answered(kind) => format!("{} svarar om er insamling: {}.", one.who, kind.label()),
        Word::Objected => format!("{} invänder: uppgifterna är inte samma.", one.who),
        Word::Wrote => format!("{} har skrivit till er.", one.who),
    };
    let day = text::written_date(clock::swedish_day(one.at));
    let other = &one.pair.other;
    let about = format!("{} · {what} Det gäller {} {}, {day}.", one.pair.own.number, other.number, other.title);
    PairLine { id: one.pair.id, title: one.pair.own.title.clone(), about }
}
