//! What a party can do with a collection now, beside its page.

use crate::db::involved::Involved;
use crate::domain::access::{Action, may};
use crate::domain::consultation::asking::may_ask;
use crate::domain::life::Step;
use crate::web::user::User;
use chrono::NaiveDate;

/// The parties' part of a collection's page.
#[derive(Debug)]
pub struct Panel {
    /// The collection's number.
    pub number: String,
    /// The steps, each with why it cannot be taken now if it cannot.
    pub steps: Vec<StepRow>,
    /// Dropping the change that is planned, where one is.
    pub discard: Option<StepRow>,
    /// When the collection was last changed.
    pub changed_at: String,
    /// Whether the collection is shown only to its parties.
    pub hidden: bool,
}

/// A step that a party sees.
#[derive(Debug)]
pub struct StepRow {
    /// The identity on the page.
    pub id: &'static str,
    /// The button's words.
    pub label: &'static str,
    /// Where it leads.
    pub href: String,
    /// Whether it is done at once, by a form, or asks more on a page of its own.
    pub at_once: bool,
    /// Why it cannot be taken now.
    pub refusal: Option<String>,
}

/// Said to a collector.
const ONLY_RESPONSIBLE: &str = "Bara en ansvarig myndighet kan göra det.";

impl Panel {
    /// The panel of a collection for a user, if the user's organisation is a party of it.
    #[must_use]
    pub fn new(user: &User, number: &str, known: &Involved, today: NaiveDate) -> Option<Self> {
        let access = known.parties(today);
        if !may(&user.actor, Action::Edit(access)) {
            return None;
        }
        let decides = may(&user.actor, Action::Decide(access));
        let standing = known.standing(today);
        let row = |step: Step| {
            let (id, label, at_once) = match step {
                Step::Revise => ("andra", "Ändra", true),
                Step::Decide => ("beslut", "Besluta", false),
                Step::Confirm => ("bekrafta", "Bekräfta oförändrad", true),
                Step::End => ("avsluta", "Avsluta", false),
                Step::Withdraw => ("aterkalla", "Återkalla", false),
                Step::Discard => ("andra/ta-bort", "Ta bort den planerade ändringen", true),
            };
            let refusal = standing.check(step).err();
            let refusal = refusal.or_else(|| (!decides && step != Step::Revise).then(|| ONLY_RESPONSIBLE.to_owned()));
            StepRow { id, label, href: format!("/insamlingar/{number}/{id}"), at_once, refusal }
        };
        let steps = Step::ALL.iter().copied().filter(|step| *step != Step::Discard);
        let mut steps: Vec<StepRow> = steps.map(row).collect();
        let consult = StepRow {
            id: "samrad",
            label: "Begär samråd",
            href: format!("/insamlingar/{number}/samrad"),
            at_once: false,
            refusal: may_ask(known.status).err(),
        };
        // before deciding: that is when it is done
        steps.insert(steps.iter().position(|step| step.id == "beslut").unwrap_or_default(), consult);
        Some(Self {
            number: number.to_owned(),
            steps,
            discard: known.has_revision().then(|| row(Step::Discard)),
            changed_at: known.changed_at.to_rfc3339(),
            hidden: !access.open,
        })
    }
}
