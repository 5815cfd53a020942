//! Consultations that wait, as the desk tells of them.

use std::collections::HashSet;

use chrono::NaiveDate;

use super::{Line, MOST};
use crate::actions::queue::scope;
use crate::db::Tx;
use crate::db::consultations::queue::{self, Filter, Queued, Reader, Slice};
use crate::domain::access::Role;
use crate::domain::consultation::State;
use crate::domain::consultation::queue::Group;
use crate::error::Result;
use crate::text;
use crate::web::queue::awaited;
use crate::web::user::User;

/// How many of a group are read, to leave out those that stand under another heading.
const MOST_READ: i64 = 100;

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

/// What waits for whoever is signed in, each under the most urgent heading: for a body what is overdue, what came back from an agency, what
/// is new and what is one's own; for an agency questions and opinions.
///
/// # Errors
/// As the database says.
pub async fn waiting(tx: &mut Tx, user: &User, today: NaiveDate) -> Result<Vec<CaseList>> {
    let groups: &[(Group, &str)] = match user.actor.role {
        Role::Skr => {
            &[(Group::Overdue, "Försenade"), (Group::Replied, "Myndigheten har svarat"), (Group::New, "Nya"), (Group::Mine, "Dina ärenden")]
        }
        Role::Agency => &[(Group::Awaiting, "Väntar på ert svar"), (Group::Answered, "Yttrande har kommit")],
        _ => return Ok(Vec::new()),
    };
    let scope = scope(tx, &user.actor, today).await?;
    let reader = Reader { person: user.actor.person, today };
    let every = Filter::default();
    let counts = queue::counts(tx, &scope, &every, reader).await?;
    let mut lists = Vec::new();
    // what stands under one heading does not stand under the next, which is less urgent
    let mut listed: HashSet<(String, String)> = HashSet::new();
    for (group, heading) in groups.iter().copied() {
        let slice = Slice { group, limit: MOST_READ, offset: 0 };
        let total = counts.of(group);
        if total == 0 {
            continue;
        }
        let found = queue::page(tx, &scope, &every, reader, slice).await?;
        // those listed above are not counted here again
        let (above, mut new): (Vec<Queued>, Vec<Queued>) = found.into_iter().partition(|one| listed.contains(&key(one)));
        if new.is_empty() {
            continue;
        }
        let total = total - i64::try_from(above.len()).unwrap_or_default();
        new.truncate(MOST);
        listed.extend(new.iter().map(key));
        let shown = i64::try_from(new.len()).unwrap_or(i64::MAX);
        lists.push(CaseList {
            heading,
            href: format!("/samrad?visa={}", group.code()),
            total: text::whole(total),
            more: total - shown,
            lines: new.into_iter().map(|one| line(one, user.actor.role, today)).collect(),
        });
    }
    Ok(lists)
}

/// A body's part of a case.
fn key(one: &Queued) -> (String, String) {
    (one.number.clone(), one.body.0.clone())
}

fn line(one: Queued, role: Role, today: NaiveDate) -> Line {
    let day = text::written_date(one.wanted_on);
    let about = match (role, one.opinion) {
        (Role::Skr, Some(opinion)) => format!("{}, ni har svarat: {opinion}. Myndigheten avslutar.", one.agency),
        (Role::Skr, None) if one.state == State::AwaitingAgency => format!("{} ska svara på era frågor, svar senast {day}", one.agency),
        (Role::Skr, None) => format!("{}, svar senast {day}", one.agency),
        (_, Some(opinion)) => {
            let next = match awaited(&one) {
                // a missing answer holds the closing up until the day after the wanted one
                Some(others) if one.wanted_on >= today => format!("Väntar på {others} till och med den {day}."),
                Some(others) => format!("{others} svarade inte i tid. Ni kan avsluta ärendet."),
                None => "Avsluta ärendet.".to_owned(),
            };
            format!("{}: {opinion}. {next}", one.body.1)
        }
        _ => format!("{} frågar, ni vill ha yttrandet senast {day}", one.body.1),
    };
    Line { number: one.number, title: one.title, about }
}
