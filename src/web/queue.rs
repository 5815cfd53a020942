//! The queue of consultations, by group: what a body or an agency works through. Everything that is chosen stands in the address.

mod row;

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;
use uuid::Uuid;

pub use row::{Row, awaited};

use crate::actions::consultations::visible;
use crate::actions::queue::{assign, colleagues, scope};
use crate::clock;
use crate::db::consultations::queue::{self, Counts, Filter, Reader, Scope, Slice};
use crate::db::{Tx, areas, organisations};
use crate::domain::access::Role;
use crate::domain::consultation::queue::Group;
use crate::domain::identifier::ConsultationNumber;
use crate::domain::person::Person;
use crate::error::{self, Error};
use crate::state::AppState;
use crate::text;
use crate::web::failure::Failure;
use crate::web::fields::Question;
use crate::web::filters::{self, capital};
use crate::web::form::Posted;
use crate::web::layout::{Layout, Today};
use crate::web::page::{PageResult, page};
use crate::web::params::{ignored, no_choice, typed};
use crate::web::user::{User, Visitor};
use crate::web::view::Pages;

/// The rows on a page.
const PER_PAGE: i64 = 100;
/// The most characters of a search.
const MOST_CHARACTERS: usize = 200;

/// What the queue may be asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Asked {
    visa: String,
    myndighet: String,
    omrade: String,
    q: String,
    sida: String,
    sparat: String,
    nummer: String,
}

impl Asked {
    /// The group; what cannot be chosen is what is going on.
    fn group(&self) -> Group {
        Group::from_code(&self.visa).unwrap_or(Group::Open)
    }

    /// The page, from 1.
    fn number(&self) -> i64 {
        self.sida.parse().unwrap_or(1).clamp(1, 1_000_000)
    }

    fn filter(&self) -> Filter {
        Filter { agency: typed(&self.myndighet, 20), area: typed(&self.omrade, 80), words: typed(&self.q, MOST_CHARACTERS) }
    }

    /// The same question, for another group and page, with more said.
    fn href(&self, group: Group, number: i64, more: &[(&str, &str)]) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        let filter = self.filter();
        let group = if group == Group::Open { "" } else { group.code() };
        for (name, value) in [("visa", group), ("myndighet", &filter.agency), ("omrade", &filter.area), ("q", filter.words.trim())] {
            if !value.is_empty() {
                query.append_pair(name, value);
            }
        }
        if number > 1 {
            query.append_pair("sida", &number.to_string());
        }
        for (name, value) in more {
            query.append_pair(name, value);
        }
        let query = query.finish();
        if query.is_empty() { "/samrad".to_owned() } else { format!("/samrad?{query}") }
    }

    /// The question of an address as [`Asked::href`] writes it.
    fn of_address(address: &str) -> Self {
        let mut asked = Self::default();
        let query = address.strip_prefix("/samrad?").unwrap_or_default();
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            match name.as_ref() {
                "visa" => asked.visa = value.into_owned(),
                "myndighet" => asked.myndighet = value.into_owned(),
                "omrade" => asked.omrade = value.into_owned(),
                "q" => asked.q = value.into_owned(),
                "sida" => asked.sida = value.into_owned(),
                _ => {}
            }
        }
        asked
    }

    /// The same without what cannot be chosen, and what is told of each such value.
    fn known(self, agencies: &[(String, String)], areas: &[(String, String)]) -> (Self, Vec<String>) {
        let mut unknown = Vec::new();
        let mut kept = |value: &str, is_known: bool, is_no: &str| {
            if value.is_empty() || is_known {
                return value.to_owned();
            }
            unknown.push(ignored(&no_choice(value, is_no)));
            String::new()
        };
        let has = |all: &[(String, String)], value: &str| all.iter().any(|(code, _)| code == value);
        let visa = kept(&self.visa, Group::from_code(&self.visa).is_some(), "är ingen grupp");
        let myndighet = kept(&self.myndighet, has(agencies, &self.myndighet), "är ingen myndighet");
        let omrade = kept(&self.omrade, has(areas, &self.omrade), "är inget område");
        (Self { visa, myndighet, omrade, ..self }, unknown)
    }

    /// The case whose number is searched for, and nothing else.
    fn exact(&self) -> Option<ConsultationNumber> {
        ConsultationNumber::parse(&self.q.trim().to_uppercase())
    }

    /// What was just done, in words.
    fn said(&self) -> Option<(&'static str, String)> {
        let number = ConsultationNumber::parse(&self.nummer)?;
        match self.sparat.as_str() {
            "tilldelat" => Some(("success", format!("{number} har fått en handläggare."))),
            "lagt-tillbaka" => Some(("success", format!("{number} har ingen handläggare längre."))),
            "upptaget" => Some(("warning", format!("Någon annan hann före med {number}. Inget är ändrat. Listan visar hur det är nu."))),
            _ => None,
        }
    }
}

/// `GET /samrad`
///
/// # Errors
/// `NotFound` where the user has nothing to do with consultation.
pub async fn list(State(state): State<AppState>, user: User, Today(today): Today, Query(asked): Query<Asked>) -> PageResult {
    let mut tx = state.db.read().await?;
    let scope = scope(&mut tx, &user.actor, today).await?;
    if let Some(number) = asked.exact() {
        match visible(&mut tx, &user.actor, number, today).await {
            Ok(_) => return Ok(Redirect::to(&format!("/samrad/{number}")).into_response()),
            Err(Error::NotFound) => {}
            Err(other) => return Err(other.into()),
        }
    }
    let agencies = if scope.agencies.is_empty() { agencies(&mut tx, &scope, &asked.myndighet).await? } else { Vec::new() };
    let areas = areas::all(&mut tx).await?;
    let (asked, unknown) = asked.known(&agencies, &areas);
    let (filter, reader) = (asked.filter(), Reader { person: user.actor.person, today });
    let counts = queue::counts(&mut tx, &scope, &filter, reader).await?;
    let group = asked.group();
    let last = (counts.of(group) + PER_PAGE - 1) / PER_PAGE;
    let number = asked.number().min(last.max(1));
    let slice = Slice { group, limit: PER_PAGE, offset: (number - 1) * PER_PAGE };
    let found = queue::page(&mut tx, &scope, &filter, reader, slice).await?;
    let people = if user.actor.role == Role::Skr { colleagues(&mut tx, &user.actor.organisation).await? } else { Vec::new() };
    drop(tx);
    let any = |label: &str, all: Vec<(String, String)>| [(String::new(), label.to_owned())].into_iter().chain(all).collect::<Vec<_>>();
    let role = user.actor.role;
    let agency_question = (role != Role::Agency)
        .then(|| Question::new("myndighet", "Myndighet").choices(any("Alla myndigheter", agencies), &[&filter.agency]));
    let area_question = Question::new("omrade", "Område").choices(any("Alla områden", areas), &[&filter.area]);
    let pages = Pages::new(usize::try_from(number).unwrap_or(1), usize::try_from(last.max(1)).unwrap_or(1), |number| {
        asked.href(group, i64::try_from(number).unwrap_or(1), &[])
    });
    page(&QueuePage {
        lead: lead(&user),
        role,
        me: user.actor.person,
        groups: groups(role, &counts, &asked),
        group,
        said: asked.said(),
        unknown,
        here: asked.href(group, number, &[]),
        cleared: Asked::default().href(group, 1, &[]),
        filtered: !filter.is_empty(),
        text: filter.words.trim().to_owned(),
        questions: agency_question.into_iter().chain([area_question]).collect(),
        total: counts.of(group),
        rows: found.into_iter().map(|one| Row::new(one, today)).collect(),
        people,
        pages,
        layout: Layout::new(&state, Visitor(Some(user)), "/samrad"),
    })
}

/// The agencies that can be chosen: those with cases, and which other one of the register is asked for, which has none.
async fn agencies(tx: &mut Tx, scope: &Scope, asked: &str) -> error::Result<Vec<(String, String)>> {
    let mut agencies = queue::agencies(tx, scope).await?;
    if !asked.is_empty()
        && agencies.iter().all(|(code, _)| code != asked)
        && let Some(one) = organisations::get(tx, &typed(asked, 20)).await?
    {
        agencies.push((one.code, one.name));
    }
    Ok(agencies)
}

/// `POST /samrad/{nr}/tilldela`: gives a case to oneself, to a colleague or to nobody.
///
/// # Errors
/// There is no such case for the user, or it is over.
pub async fn give(State(state): State<AppState>, Path(number): Path<String>, posted: Posted) -> Result<Response, Failure> {
    let number = ConsultationNumber::parse(&number).ok_or(Error::NotFound)?;
    let fields = &posted.fields;
    let chosen = if fields.has("till") { fields.get("till") } else { fields.get("kollega") };
    let id = |text: &str| text.parse::<Uuid>().ok();
    let person = match chosen {
        "ingen" => None,
        // what is nobody's identity is refused as anybody else's is
        chosen => Some(id(chosen).unwrap_or_default()),
    };
    let done = match assign(&state.db, &posted.user.actor, number, person, id(fields.get("nu")), clock::now()).await {
        Ok(()) if person.is_none() => "lagt-tillbaka",
        Ok(()) => "tilldelat",
        Err(Error::Conflict) => "upptaget",
        Err(other) => return Err(other.into()),
    };
    let case = format!("/samrad/{number}");
    if fields.get("vy") == case {
        return Ok(Redirect::to(&format!("{case}?sparat={done}")).into_response());
    }
    let asked = Asked::of_address(fields.get("vy"));
    let onward = asked.href(asked.group(), asked.number(), &[("sparat", done), ("nummer", &number.to_string())]);
    Ok(Redirect::to(&onward).into_response())
}

/// What the page is about, for whoever reads it.
fn lead(user: &User) -> String {
    match user.actor.role {
        Role::Skr => format!("Ärenden där myndigheter samråder med {}.", user.organisation_name),
        Role::Admin => "Alla samråd i registret, ett ärende på en rad för var och en som tillfrågas.".to_owned(),
        _ => "De samråd ni har begärt. Ett ärende med flera samrådsparter står på en rad för var och en.".to_owned(),
    }
}

/// A group as a link.
#[derive(Debug)]
pub struct GroupLink {
    /// What it is called.
    pub name: String,
    /// Where it is.
    pub href: String,
    /// How many there are.
    pub count: String,
    /// Whether it is shown.
    pub current: bool,
}

/// The name of a group for a role.
fn named(group: Group, role: Role) -> String {
    match (group, role) {
        (Group::Awaiting, Role::Agency) => "Väntar på er".to_owned(),
        _ => capital(group.label()),
    }
}

fn groups(role: Role, counts: &Counts, asked: &Asked) -> Vec<GroupLink> {
    // nobody's: an administrator has no cases, and what an agency has replied to waits for the others
    let is_of = |group: &Group| match group {
        Group::Mine => role != Role::Admin,
        Group::Replied => role != Role::Agency,
        _ => true,
    };
    let shown = Group::ALL.iter().copied().filter(is_of);
    let link = |group: Group| GroupLink {
        name: named(group, role),
        href: asked.href(group, 1, &[]),
        count: text::whole(counts.of(group)),
        current: asked.group() == group,
    };
    shown.map(link).collect()
}

/// The page.
#[derive(Debug, Template)]
#[template(path = "queue/list.html")]
pub struct QueuePage {
    /// The frame.
    pub layout: Layout,
    /// What the page is about.
    pub lead: String,
    /// As what the user reads it.
    pub role: Role,
    /// Who reads it.
    pub me: Uuid,
    /// The groups with their counts.
    pub groups: Vec<GroupLink>,
    /// The group that is shown.
    pub group: Group,
    /// What was just done: colour and words.
    pub said: Option<(&'static str, String)>,
    /// What of the address cannot be chosen.
    pub unknown: Vec<String>,
    /// The address of the page.
    pub here: String,
    /// The same group with nothing left out.
    pub cleared: String,
    /// Whether something is left out.
    pub filtered: bool,
    /// What is searched for.
    pub text: String,
    /// What else can be chosen.
    pub questions: Vec<Question>,
    /// How many rows there are on all pages.
    pub total: i64,
    /// The rows.
    pub rows: Vec<Row>,
    /// Those who can be given a case.
    pub people: Vec<Person>,
    /// The pages of the list.
    pub pages: Pages,
}

impl QueuePage {
    /// How many rows there are, and in which order.
    #[must_use]
    pub fn caption(&self) -> String {
        let count = text::counted(self.total, "ärende", "ärenden");
        match self.group {
            Group::Over => format!("{count}, de senast avslutade först"),
            _ => format!("{count}, de som ska besvaras tidigast först"),
        }
    }

    /// What is said where the group is empty.
    #[must_use]
    pub fn nothing(&self) -> &'static str {
        match (self.filtered, self.group, self.role) {
            (true, Group::Open, _) => "Inget pågående ärende stämmer med det du har valt.",
            (true, ..) => "Inget ärende här stämmer med det du har valt.",
            (_, Group::Open, Role::Agency) => "Ni har inget samråd som pågår. Samråd begärs från insamlingens egen sida.",
            (_, Group::Open, _) => "Inget samråd pågår.",
            (_, Group::New, _) => "Inget ärende väntar på att tas.",
            (_, Group::Mine, _) => "Du har inget ärende.",
            (_, Group::Awaiting, Role::Agency) => "Ingen fråga väntar på ert svar.",
            (_, Group::Awaiting, _) => "Ingen fråga väntar på en myndighets svar.",
            (_, Group::Replied, _) => "Inget ärende har fått svar från myndigheten.",
            (_, Group::Overdue, _) => "Inget ärende är försenat.",
            (_, Group::Answered, Role::Agency) => "Inget yttrande väntar på att ni avslutar ärendet.",
            (_, Group::Answered, _) => "Inget besvarat ärende väntar på att myndigheten avslutar det.",
            (_, Group::Over, _) => "Inget ärende är avslutat än.",
        }
    }

    /// The groups that have something of what is chosen, where the one that is shown has nothing.
    pub fn elsewhere(&self) -> impl Iterator<Item = &GroupLink> {
        self.groups.iter().filter(|one| self.filtered && !one.current && one.count != "0")
    }

    /// Those who can be given a case beside the reader.
    pub fn others(&self) -> impl Iterator<Item = &Person> {
        self.people.iter().filter(|person| person.id != self.me)
    }

    /// The name of a person who can be given a case.
    #[must_use]
    pub fn name_of<'a>(&self, person: &'a Person) -> &'a str {
        person.name.as_deref().or(person.email.as_deref()).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_question_goes_with_every_page_and_comes_back_after_a_form() {
        let asked = Asked { visa: "nya".into(), omrade: "skola".into(), q: "å & ä".into(), sida: "3".into(), ..Asked::default() };
        let address = asked.href(asked.group(), asked.number(), &[]);
        assert_eq!(address, "/samrad?visa=nya&omrade=skola&q=%C3%A5+%26+%C3%A4&sida=3");
        assert_eq!(Asked::of_address(&address), asked);
        assert_eq!(Asked::of_address("https://ond.example/?visa=nya"), Asked::default(), "only the queue is come back to");
        let odd = Asked { visa: "allt".into(), sida: "-7".into(), ..Asked::default() };
        assert_eq!(odd.href(odd.group(), odd.number(), &[]), "/samrad");
    }
}
