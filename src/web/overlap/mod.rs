//! Overlaps as people handle them: the lists of reviewers, the page of each pair, and what hangs together.

pub mod asked;
pub mod confirmed;
pub mod ends;
pub mod flags;
pub mod grouped;
pub mod groups;
pub mod items;
mod judging;
pub mod nearby;
pub mod pair;
pub mod pair_page;
pub mod review;
pub mod side;
pub mod waiting;

use crate::clock;
use crate::db::pairs::Answered;
use crate::text;

/// To whom the proposal of an answer was sent and when; never a person's address. Nothing where the answer brought about no letter.
#[must_use]
pub fn letter(answered: &Answered) -> Option<String> {
    let day = text::written_date(clock::swedish_day(answered.said.at));
    match (&answered.sent.mailbox, answered.sent.letters) {
        (_, 0) => None,
        (Some(mailbox), _) => Some(format!("Förslaget mejlades den {day} till {mailbox}")),
        (None, _) => Some(format!("Förslaget mejlades den {day} till dem som registrerar för den andra myndigheten")),
    }
}

/// The lists of reviewers, as addresses with names.
#[must_use]
pub fn places() -> [(&'static str, &'static str); 4] {
    [
        ("/liknande", "Att bedöma"),
        ("/liknande/bedomda", "Bedömda"),
        ("/liknande/grupper", "Grupper"),
        ("/liknande/uppgifter", "Begärs av flera"),
    ]
}
