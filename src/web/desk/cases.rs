//! Consultations that wait, as the desk tells of them.

use chrono::NaiveDate;

use super::{Line, MOST};
use crate::actions::queue::scope;
use crate::db::Tx;
use crate::db::consultations::queue::{self, Filter, Queued, Reader, Slice};
use crate::domain::access::Role;
use crate::domain::consultation::queue::Group;
use crate::error::Result;
use crate::text;
use crate::web::user::User;

/// Cases that wait for the same thing.
#[derive(Debug)]
pub struct CaseList {
    /// What they wait for.
    pub heading: &'static str,
    /// Where all of them stand.
    pub href: String,
    /// How many there are.
    pub total: String,
    /// The first ones.
    pub lines: Vec<Line>,
    /// How many there are beyond those.
    pub more: i64,
}

/// What waits for whoever is signed in: for a body what is new and what is overdue, for an agency questions and opinions.
///
/// # Errors
/// As the database says.
pub async fn waiting(tx: &mut Tx, user: &User, today: NaiveDate) -> Result<Vec<CaseList>> {
    let groups = match user.actor.role {
        Role::Skr => [(Group::New, "Nya"), (Group::Overdue, "Försenade")],
        Role::Agency => [(Group::Awaiting, "Väntar på ert svar"), (Group::Answered, "Yttrandet har kommit, avsluta ärendet")],
        _ => return Ok(Vec::new()),
    };
    let scope = scope(tx, &user.actor, today).await?;
    let reader = Reader { person: user.actor.person, today };
    let mut lists = Vec::new();
    for (group, heading) in groups {
        let slice = Slice { group, limit: i64::try_from(MOST).unwrap_or(i64::MAX), offset: 0 };
        let found = queue::page(tx, &scope, &Filter::default(), reader, slice).await?;
        if found.rows.is_empty() {
            continue;
        }
        let shown = i64::try_from(found.rows.len()).unwrap_or(i64::MAX);
        lists.push(CaseList {
            heading,
            href: format!("/samrad?visa={}", group.code()),
            total: text::whole(found.total),
            more: found.total - shown,
            lines: found.rows.into_iter().map(|one| line(one, user.actor.role)).collect(),
        });
    }
    Ok(lists)
}

fn line(one: Queued, role: Role) -> Line {
    let day = text::written_date(one.wanted_on);
    let about = match (role, one.opinion) {
        (Role::Skr, _) => format!("{}, svar senast {day}", one.agency),
        (_, Some(opinion)) => format!("{}: {opinion}", one.body.1),
        _ => format!("{} frågar, ni vill ha yttrandet senast {day}", one.body.1),
    };
    Line { number: one.number, title: one.title, about }
}
