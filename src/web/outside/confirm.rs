//! A page that asks before something is done that cannot be undone.

use askama::Template;
use axum::extract::{Path, State};

use crate::actions::consultations::{Side, visible};
use crate::clock;
use crate::domain::consultation::life::{self, Step};
use crate::domain::identifier::ConsultationNumber;
use crate::error::Error;
use crate::state::AppState;
use crate::web::consultations::number_of;
use crate::web::layout::Layout;
use crate::web::page::{PageResult, page};
use crate::web::user::{User, Visitor};

/// The page.
#[derive(Debug, Template)]
#[template(path = "outside/confirm.html")]
pub struct ConfirmPage {
    /// The frame.
    pub layout: Layout,
    /// The case.
    pub number: String,
    /// The page that leads here: its name and address. Whoever changes their mind goes back to it.
    pub trail: (&'static str, String),
    /// The question.
    pub heading: String,
    /// What it brings about.
    pub texts: Vec<String>,
    /// Where the form is sent to.
    pub action: String,
    /// The revision of the case that the form carries, if it does.
    pub revision: Option<i64>,
    /// The words of the button; none where it cannot be done, which the texts tell.
    pub button: Option<&'static str>,
}

impl ConfirmPage {
    /// A page that leads back to its case.
    #[must_use]
    pub fn new(state: &AppState, user: User, number: ConsultationNumber, heading: String, button: &'static str) -> Self {
        let layout = Layout::new(state, Visitor(Some(user)), "/samrad");
        let trail = ("Samrådet", format!("/samrad/{number}"));
        Self {
            layout,
            number: number.to_string(),
            trail,
            heading,
            texts: Vec::new(),
            action: String::new(),
            revision: None,
            button: Some(button),
        }
    }
}

/// `GET /samrad/{nr}/aterkalla`
///
/// # Errors
/// There is no such case whose agency the user speaks for.
pub async fn ask_withdraw(State(state): State<AppState>, user: User, Path(number): Path<String>) -> PageResult {
    let (number, today) = (number_of(&number)?, clock::swedish_day(clock::now()));
    let seen = visible(&mut state.db.read().await?, &user.actor, number, today).await?;
    if seen.side != Side::Agency {
        return Err(Error::Forbidden.into());
    }
    let refusal = seen.case.parts.iter().find_map(|part| life::after(part.state, Step::Withdraw).err());
    let answered = seen.case.parts.iter().any(|part| part.opinion.is_some());
    let texts = match refusal.clone() {
        Some(why) => vec![why],
        None => [
            "De som skulle ha svarat får veta att de inte behöver det. Länkar som de har skickat till andra slutar gälla.",
            if answered { "Yttranden som redan är lämnade står kvar." } else { "" },
            "Det går inte att ångra, men ni kan begära samråd på nytt.",
        ]
        .into_iter()
        .filter(|text| !text.is_empty())
        .map(str::to_owned)
        .collect(),
    };
    let shown = ConfirmPage::new(&state, user, number, "Återkalla begäran om samråd?".to_owned(), "Återkalla begäran");
    let button = shown.button.filter(|_| refusal.is_none());
    page(&ConfirmPage { texts, action: format!("/samrad/{number}/aterkalla"), revision: Some(seen.revision()), button, ..shown })
}
