//! The life of a collection: which status may follow which, what its parties may do now, and what a change asks for. Each refusal has
//! its reason in Swedish, which both disables the button and refuses the request.

use chrono::{Months, NaiveDate};

use super::content::Content;
use super::decision::{Exemption, Significance};
use super::field::Field;
use super::new_collection::CollectionParts;
use super::ordinance;
use super::terms::{ConsultationStated, Status};

/// Months without a word after which a collection is shown as *obekräftad*.
const UNCONFIRMED_AFTER: u32 = 13;

/// Months without a word after which its agency is reminded.
const DUE_AFTER: u32 = 12;

/// Judges that a collection of status `from` is said to be `to`, and says in Swedish why not.
///
/// A planned change of a decided collection is a revision beside it, so `Decided` to `Planned` is allowed and leaves it decided.
///
/// # Errors
/// The reason, and what can be done instead.
pub fn check(from: Status, to: Status) -> Result<(), String> {
    let reason = match (from, to) {
        (Status::Withdrawn, _) => "Insamlingen är återkallad. Registrera den på nytt med en annan referens om den ska genomföras.",
        (Status::Ended, Status::Planned | Status::Decided | Status::Draft) => {
            "Insamlingen är avslutad. Registrera den på nytt med en annan referens om den ska genomföras igen."
        }
        (Status::Planned | Status::Draft, Status::Ended) => {
            "Insamlingen är inte beslutad och kan därför inte avslutas. Den kan återkallas."
        }
        (Status::Planned | Status::Decided, Status::Draft) => "Insamlingen är redan registrerad och kan inte bli utkast igen.",
        (Status::Draft, Status::Withdrawn) => "Ett utkast återkallas inte. Det kan tas bort.",
        (Status::Ended, Status::Withdrawn) => "Insamlingen är avslutad och kan inte återkallas.",
        (Status::Draft, Status::Draft | Status::Planned | Status::Decided)
        | (Status::Planned, Status::Planned | Status::Decided | Status::Withdrawn)
        | (Status::Decided, Status::Planned | Status::Decided | Status::Ended | Status::Withdrawn)
        | (Status::Ended, Status::Ended) => return Ok(()),
    };
    Err(reason.to_owned())
}

terms! {
    /// What a party may do with a registered collection.
    Step {
        Revise = "revise", "ändra";
        Decide = "decide", "besluta";
        Confirm = "confirm", "bekräfta";
        End = "end", "avsluta";
        Withdraw = "withdraw", "återkalla";
        Discard = "discard", "ta bort den planerade ändringen";
    }
}

/// What the steps depend on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// Where the collection is in its life.
    pub status: Status,
    /// Whether a change is planned beside the decided version.
    pub revision: bool,
    /// Whether it was confirmed today.
    pub confirmed_today: bool,
}

impl Standing {
    /// Judges a step, and says in Swedish why it cannot be taken now.
    ///
    /// # Errors
    /// The reason, and what can be done instead where there is something.
    pub fn check(self, step: Step) -> Result<(), String> {
        match step {
            Step::Revise => check(self.status, Status::Planned),
            Step::Decide if self.status == Status::Decided && !self.revision => {
                Err("Insamlingen är redan beslutad. Planera en ändring först om något annat ska beslutas.".to_owned())
            }
            Step::Decide => check(self.status, Status::Decided),
            Step::Confirm if matches!(self.status, Status::Ended | Status::Withdrawn) => {
                Err(format!("Insamlingen är {} och behöver inte bekräftas.", self.status))
            }
            Step::Confirm if self.status == Status::Draft => Err("Ett utkast bekräftas inte. Det registreras.".to_owned()),
            Step::Confirm if self.confirmed_today => Err("Insamlingen är redan bekräftad i dag.".to_owned()),
            Step::Confirm => Ok(()),
            Step::End if self.status == Status::Ended => Err("Insamlingen är redan avslutad.".to_owned()),
            Step::End => check(self.status, Status::Ended),
            Step::Withdraw => check(self.status, Status::Withdrawn),
            Step::Discard if !self.revision => Err("Ingen ändring är planerad bredvid det som är beslutat.".to_owned()),
            Step::Discard => check(self.status, Status::Planned),
        }
    }
}

/// Whether a change of these fields is one in substance: overlaps are then judged again.
#[must_use]
pub fn is_in_substance(fields: &[Field]) -> bool {
    fields.iter().any(|field| matches!(field, Field::Title | Field::Purpose | Field::Respondents | Field::ItemLabel))
}

/// What follows from how much a change changes (3 §), in Swedish.
#[must_use]
pub fn follows_from(significance: Significance) -> &'static str {
    match significance {
        Significance::Insignificant => {
            "En obetydlig ändring kan beslutas på en gång. Formuläret behöver då inget nytt samråd. För en enkät gäller samråd fortfarande \
             urval och tid, om inget undantag gäller."
        }
        Significance::Significant => {
            "En ändring som inte är obetydlig föregås av samråd, om inget av de tre undantagen i 3 § gäller. Den står som planerad bredvid \
             det beslutade tills den är beslutad."
        }
    }
}

/// Whether a decision must rest on one of the three closed grounds for leaving consultation out (3 §): none was held, and it is asked for
/// by what is new, by what changes more than insignificantly, and by an enkät whose selection or timing changes. `before`: what is in force.
///
/// What the agency leaves unsaid is not judged here: an enkät's decision says it (4 § 5).
#[must_use]
pub fn asks_for_ground(significance: Option<Significance>, before: Option<&CollectionParts>, after: &CollectionParts) -> bool {
    let asked_for = significance == Some(Significance::Significant)
        || before.is_none_or(|before| ordinance::changes_selection_or_timing(before, after));
    asked_for && after.content.consultation == ConsultationStated::NotHeld
}

/// Says of a content that no consultation took place, where nothing else says whether one did (4 § 5) and the decision gives a ground for
/// leaving it out (3 §). Answers whether it did.
pub fn leave_out(content: &mut Content, ground: Option<Exemption>) -> bool {
    let says = ground.is_some() && content.consultation == ConsultationStated::Unstated;
    if says {
        content.consultation = ConsultationStated::NotHeld;
    }
    says
}

/// The day from which a collection counts as *obekräftad*: thirteen months after `last_said`, when it was last registered, changed or
/// confirmed.
#[must_use]
pub fn unconfirmed_from(last_said: NaiveDate) -> Option<NaiveDate> {
    last_said.checked_add_months(Months::new(UNCONFIRMED_AFTER))
}

/// The day from which a collection is due for confirmation: twelve months after `last_said`.
#[must_use]
pub fn due_from(last_said: NaiveDate) -> Option<NaiveDate> {
    last_said.checked_add_months(Months::new(DUE_AFTER))
}

/// Whether a collection of this status, last registered, changed or confirmed on `last_said`, is *obekräftad* on `today`. What is over is
/// never that.
#[must_use]
pub fn is_unconfirmed(status: Status, last_said: NaiveDate, today: NaiveDate) -> bool {
    matches!(status, Status::Planned | Status::Decided) && unconfirmed_from(last_said).is_some_and(|from| from <= today)
}

/// Whether the agency of a collection is to be reminded on `today`: once when a year has passed since `last_said`, and once more when the
/// collection becomes *obekräftad*, with a month between at least. `reminded_on`: the last time, perhaps of an earlier year.
#[must_use]
pub fn is_reminder_due(status: Status, last_said: NaiveDate, reminded_on: Option<NaiveDate>, today: NaiveDate) -> bool {
    let alive = matches!(status, Status::Planned | Status::Decided);
    let reached = |day: Option<NaiveDate>| day.is_some_and(|day| day <= today);
    let reminded = reminded_on.filter(|reminded| *reminded >= last_said);
    alive
        && match reminded {
            None => reached(due_from(last_said)),
            Some(reminded) => {
                let again = unconfirmed_from(last_said).filter(|from| reminded < *from);
                again.is_some() && reached(again) && reached(reminded.checked_add_months(Months::new(1)))
            }
        }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::content::Content;
    use crate::domain::respondent::{RespondentGroup, Selection};
    use crate::domain::round::{Round, When};
    use crate::domain::terms::{Kind, RespondentKind, Visibility};

    #[test]
    fn what_is_over_does_not_come_back() {
        for to in [Status::Planned, Status::Decided] {
            assert!(check(Status::Withdrawn, to).is_err_and(|reason| reason.contains("återkallad")));
            assert!(check(Status::Ended, to).is_err_and(|reason| reason.contains("avslutad")));
        }
        assert!(check(Status::Planned, Status::Ended).is_err_and(|reason| reason.contains("inte beslutad")));
    }

    #[test]
    fn a_collection_goes_from_draft_to_its_end() {
        for (from, to) in [
            (Status::Draft, Status::Planned),
            (Status::Planned, Status::Decided),
            (Status::Decided, Status::Planned),
            (Status::Decided, Status::Ended),
            (Status::Planned, Status::Withdrawn),
        ] {
            assert_eq!(check(from, to), Ok(()), "{from} {to}");
        }
    }

    #[test]
    fn each_status_allows_its_steps() {
        let allowed = |status, revision| -> Vec<Step> {
            let standing = Standing { status, revision, confirmed_today: false };
            Step::ALL.iter().copied().filter(|step| standing.check(*step).is_ok()).collect()
        };
        assert_eq!(allowed(Status::Draft, false), [Step::Revise, Step::Decide]);
        assert_eq!(allowed(Status::Planned, false), [Step::Revise, Step::Decide, Step::Confirm, Step::Withdraw]);
        assert_eq!(allowed(Status::Decided, false), [Step::Revise, Step::Confirm, Step::End, Step::Withdraw]);
        assert_eq!(allowed(Status::Decided, true), Step::ALL);
        assert_eq!(allowed(Status::Ended, false), []);
        assert_eq!(allowed(Status::Withdrawn, true), []);
        let again = Standing { status: Status::Decided, revision: false, confirmed_today: true };
        assert!(again.check(Step::Confirm).is_err_and(|reason| reason.contains("i dag")));
    }

    #[test]
    fn what_is_new_or_significant_or_asks_others_at_another_time_rests_on_consultation_or_a_ground() {
        let before = CollectionParts {
            own_reference: None,
            responsible: vec!["202100-0837".into()],
            diary_number: None,
            collector: None,
            status: Status::Decided,
            visibility: Visibility::Now,
            content: Content { consultation: ConsultationStated::NotHeld, ..Content::titled(Kind::Survey, "Enkät") },
            rounds: Vec::new(),
        };
        let (small, large) = (Some(Significance::Insignificant), Some(Significance::Significant));
        assert!(asks_for_ground(None, None, &before) && asks_for_ground(large, Some(&before), &before));
        assert!(!asks_for_ground(small, Some(&before), &before));
        let mut later = before.clone();
        later.rounds.push(Round { deadline: When::parse("2027-03-22").ok(), ..Round::default() });
        assert!(asks_for_ground(small, Some(&before), &later), "3 § second paragraph");
        let mut others = before.clone();
        others.content.respondents = vec![RespondentGroup { kind: RespondentKind::Region, selection: Selection::All }];
        assert!(asks_for_ground(small, Some(&before), &others));
        others.content.consultation = ConsultationStated::Held;
        assert!(!asks_for_ground(small, Some(&before), &others) && !asks_for_ground(large, Some(&before), &others));
        let grant = |parts: &CollectionParts| {
            let mut parts = parts.clone();
            parts.content.kind = Kind::StateGrant;
            parts
        };
        assert!(!asks_for_ground(small, Some(&grant(&before)), &grant(&later)), "of enkäter only");
    }

    #[test]
    fn thirteen_months_of_silence_make_a_collection_unconfirmed() {
        let day = |text: &str| text.parse::<NaiveDate>().expect("a day");
        let said = day("2026-01-31");
        assert!(!is_unconfirmed(Status::Decided, said, day("2027-02-27")));
        assert!(is_unconfirmed(Status::Decided, said, day("2027-02-28")));
        assert!(!is_unconfirmed(Status::Ended, said, day("2030-01-01")));
        assert_eq!(due_from(said), Some(day("2027-01-31")));
    }

    #[test]
    fn reminders_come_at_twelve_months_and_at_thirteen_and_then_no_more() {
        let day = |text: &str| text.parse::<NaiveDate>().expect("a day");
        let said = day("2026-01-15");
        let due = |reminded: Option<&str>, today: &str| is_reminder_due(Status::Decided, said, reminded.map(day), day(today));
        assert!(!due(None, "2027-01-14") && due(None, "2027-01-15"));
        assert!(!due(Some("2027-01-15"), "2027-02-14") && due(Some("2027-01-15"), "2027-02-15"));
        assert!(!due(Some("2027-01-30"), "2027-02-27") && due(Some("2027-01-30"), "2027-02-28"), "a month between");
        assert!(!due(Some("2027-02-15"), "2028-02-15"));
        assert!(due(Some("2025-12-01"), "2027-01-15"), "a reminder of the year before counts no more");
        assert!(!is_reminder_due(Status::Ended, said, None, day("2029-01-01")));
    }

    #[test]
    fn substance_is_what_and_whom_is_asked_and_why() {
        assert!(is_in_substance(&[Field::Remark, Field::ItemLabel]));
        assert!(!is_in_substance(&[Field::Remark, Field::ContactEmail, Field::RoundLabel]));
        assert!(follows_from(Significance::Significant).contains("samråd"));
        assert!(follows_from(Significance::Insignificant).contains("fortfarande urval och tid"), "3 § second paragraph");
    }
}
