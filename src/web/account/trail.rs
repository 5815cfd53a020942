//! What was done: the trail of an organisation, or for administrators of everybody.

use std::collections::HashMap;

use askama::Template;
use axum::extract::{Query, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use chrono::NaiveDate;
use serde::Deserialize;
use uuid::Uuid;

use crate::clock;
use crate::db::trail::{self, Part, Told};
use crate::db::{Tx, involved, organisations};
use crate::domain::access::{Action, Actor, may};
use crate::domain::identifier::CollectionNumber;
use crate::error::Result;
use crate::publish::delimited;
use crate::state::AppState;
use crate::web::failure::Failure;
use crate::web::fields::Question;
use crate::web::filters;
use crate::web::layout::Layout;
use crate::web::page::{PageResult, page};
use crate::web::user::{User, Visitor};
use crate::web::view::written_moment;

/// How many events a page shows.
const PER_PAGE: i64 = 50;
/// How many a file holds: the newest.
const MOST_IN_FILE: i64 = 100_000;

/// The kinds of thing that something is done to, with what the page calls them.
const KINDS: [(&str, &str); 8] = [
    ("", "Alla händelser"),
    ("collection", "Insamlingar"),
    ("draft", "Utkast"),
    ("overlap", "Liknande uppgifter"),
    ("consultation", "Samråd"),
    ("organisation", "Förteckningar"),
    ("person", "Personer"),
    ("register", "Registret"),
];

/// What the trail may be asked for.
#[derive(Debug, Default, Deserialize)]
pub struct Asked {
    #[serde(default)]
    organisation: String,
    #[serde(default)]
    slag: String,
    #[serde(default)]
    sida: String,
}

impl Asked {
    /// The organisation whose trail is read; none: everybody's.
    fn organisation<'a>(&'a self, user: &'a User) -> Option<&'a str> {
        match self.organisation.as_str() {
            "" if may(&user.actor, Action::Administer) => None,
            "" => Some(&user.actor.organisation),
            code => Some(code),
        }
    }

    fn kind(&self) -> &'static str {
        KINDS.iter().map(|(code, _)| *code).find(|code| *code == self.slag).unwrap_or_default()
    }

    fn number(&self) -> i64 {
        self.sida.parse().unwrap_or(1).clamp(1, 1_000_000)
    }

    /// The same question put to `path`, for another page of the answer.
    fn href(&self, path: &str, number: i64) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        for (name, value) in [("organisation", self.organisation.as_str()), ("slag", self.kind())] {
            if !value.is_empty() {
                query.append_pair(name, value);
            }
        }
        if number > 1 {
            query.append_pair("sida", &number.to_string());
        }
        let query = query.finish();
        if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") }
    }
}

/// `GET /handelser`
///
/// # Errors
/// `Forbidden` where the trail is another organisation's.
pub async fn show(State(state): State<AppState>, user: User, Query(asked): Query<Asked>) -> PageResult {
    let number = asked.number();
    let part = Part { kind: asked.kind(), limit: PER_PAGE + 1, offset: (number - 1) * PER_PAGE };
    let mut rows = read(&state, &user, &asked, part).await?;
    let is_more = rows.len() > PER_PAGE as usize;
    rows.truncate(PER_PAGE as usize);
    let name = match asked.organisation(&user) {
        Some(code) => organisations::get(&mut state.db.read().await?, code).await?.map(|one| one.name),
        None => None,
    };
    page(&TrailPage {
        layout: Layout::new(&state, Visitor(Some(user)), "/handelser"),
        name,
        rows,
        kind: Question::new("slag", "Visa").choices(KINDS, &[asked.kind()]),
        organisation: asked.organisation.clone(),
        file: asked.href("/handelser.csv", 1),
        newer: (number > 1).then(|| asked.href("/handelser", number - 1)),
        older: is_more.then(|| asked.href("/handelser", number + 1)),
    })
}

/// `GET /handelser.csv`
///
/// # Errors
/// `Forbidden` where the trail is another organisation's.
pub async fn csv(State(state): State<AppState>, user: User, Query(asked): Query<Asked>) -> Result<Response, Failure> {
    let part = Part { kind: asked.kind(), limit: MOST_IN_FILE, offset: 0 };
    let rows = read(&state, &user, &asked, part).await?;
    let cells = rows.into_iter().map(|row| vec![row.iso, row.organisation, row.role, row.what, row.subject, row.href.unwrap_or_default()]);
    let bytes = delimited::write(&["Tid", "Organisation", "Roll", "Händelse", "Gäller", "Adress"], cells)?;
    let headers =
        [(header::CONTENT_TYPE, "text/csv; charset=utf-8"), (header::CONTENT_DISPOSITION, "attachment; filename=\"handelser.csv\"")];
    Ok((headers, bytes).into_response())
}

async fn read(state: &AppState, user: &User, asked: &Asked, part: Part<'_>) -> Result<Vec<EventRow>> {
    let mut tx = state.db.read().await?;
    let told = match asked.organisation(user) {
        Some(code) => {
            user.require(Action::ReadTrail(code))?;
            trail::of_organisation(&mut tx, code, part).await?
        }
        None => {
            user.require(Action::Administer)?;
            trail::of_all(&mut tx, part).await?
        }
    };
    let subjects = Subjects::of(&mut tx, &told, &user.actor, clock::swedish_day(clock::now())).await?;
    Ok(told.iter().map(|one| subjects.row(one)).collect())
}

/// The names of what the events are about.
struct Subjects {
    organisations: HashMap<String, String>,
    collections: HashMap<Uuid, (Option<String>, String)>,
}

impl Subjects {
    /// Of the collections only those that `actor` may read: the others are not named.
    async fn of(tx: &mut Tx, told: &[Told], actor: &Actor, today: NaiveDate) -> Result<Self> {
        let mut codes: Vec<String> = told.iter().map(|one| one.actor.clone()).collect();
        codes.sort_unstable();
        codes.dedup();
        let organisations = organisations::get_many(tx, &codes).await?.into_iter().map(|one| (one.code, one.name)).collect();
        let mut ids: Vec<Uuid> =
            told.iter().filter(|one| one.subject_kind == "collection").filter_map(|one| one.subject.parse().ok()).collect();
        ids.sort_unstable();
        ids.dedup();
        let mut collections = HashMap::new();
        // both engines limit how many values one statement takes
        for some in ids.chunks(500) {
            for named in trail::collections(tx, some, today).await? {
                if named.open || may_read(tx, actor, named.number.as_deref(), today).await? {
                    collections.insert(named.id, (named.number, named.title));
                }
            }
        }
        Ok(Self { organisations, collections })
    }

    fn row(&self, told: &Told) -> EventRow {
        let collection = told.subject.parse::<Uuid>().ok().and_then(|id| self.collections.get(&id));
        let (subject, href) = match (told.subject_kind.as_str(), collection) {
            ("collection", Some((number, title))) => {
                (title.clone(), number.as_ref().map(|number| format!("/insamlingar/{number}/historik")))
            }
            ("collection", None) => ("en insamling".to_owned(), None),
            ("organisation", _) => ("Förteckningen".to_owned(), Some(format!("/myndigheter/{}/forteckning", told.subject))),
            // never who: whoever looks after the people sees that on their page
            ("person", _) => (told.detail["role"].as_str().and_then(role_named).unwrap_or("en person").to_owned(), None),
            ("overlap", _) => ("två insamlingar".to_owned(), Some(format!("/liknande/{}", told.subject))),
            // who was asked without being a party reads the draft, not the case
            ("consultation", _) if told.action == "consultation.reference_answered" => ("ett utkast".to_owned(), None),
            ("consultation", _) => (format!("samråd {}", told.subject), Some(format!("/samrad/{}", told.subject))),
            ("answer_template", _) => ("en mall för yttranden".to_owned(), None),
            ("draft", _) => ("ett utkast".to_owned(), None),
            _ => ("registret".to_owned(), None),
        };
        let time = clock::swedish_time(told.at);
        EventRow {
            iso: time.format("%Y-%m-%d %H:%M:%S").to_string(),
            shown: written_moment(told.at),
            organisation: self.organisations.get(&told.actor).cloned().unwrap_or_else(|| "Registret".to_owned()),
            role: told.role.map_or("programmet", |role| role.label()).to_owned(),
            what: in_words(&told.action).to_owned(),
            subject,
            href,
        }
    }
}

/// Whether `actor` may read a collection that is not open.
async fn may_read(tx: &mut Tx, actor: &Actor, number: Option<&str>, today: NaiveDate) -> Result<bool> {
    let Some(number) = number.and_then(CollectionNumber::parse) else { return Ok(false) };
    let known = involved::by_number(tx, number, today).await?;
    Ok(known.is_some_and(|known| may(actor, Action::Read(known.parties(today)))))
}

/// The label of a role by its code.
fn role_named(code: &str) -> Option<&'static str> {
    crate::domain::access::Role::from_code(code).map(|role| role.label())
}

/// What was done, in words.
#[must_use]
pub fn in_words(action: &str) -> &'static str {
    match action {
        "collection.registered" => "Registrerade en insamling",
        "collection.changed" => "Ändrade en insamling",
        "collection.revised" => "Planerade en ändring",
        "collection.confirmed" => "Bekräftade en insamling",
        "collection.decided" => "Beslutade en insamling",
        "collection.ended" => "Avslutade en insamling",
        "collection.discarded" => "Tog bort en planerad ändring",
        "collection.withdrawn" => "Återkallade en insamling",
        "collection.diary_number" => "Angav ett diarienummer",
        "draft.begun" => "Påbörjade ett utkast",
        "draft.saved" => "Sparade ett utkast",
        "draft.removed" => "Tog bort ett utkast",
        "draft.submitted" => "Lämnade in ett utkast",
        "list.declared" => "Intygade att förteckningen är fullständig",
        "overlap.flagged" => "Hittade liknande uppgifter",
        "consultation.requested" => "Begärde samråd",
        "consultation.entered" => "Förde in ett samråd i efterhand",
        "consultation.confirmed" => "Bekräftade ett samråd som var infört i efterhand",
        "consultation.objected" => "Invände mot ett samråd som var infört i efterhand",
        "consultation.corrected" => "Rättade ett samråd som var infört i efterhand",
        "consultation.removed" => "Tog bort ett samråd som var infört i efterhand",
        "consultation.taken" => "Började granska ett samråd",
        "consultation.asked" => "Ställde frågor i ett samråd",
        "consultation.replied" => "Svarade på frågor i ett samråd",
        "consultation.answered" => "Lämnade yttrande",
        "consultation.closed" => "Avslutade ett samråd",
        "consultation.withdrawn" => "Återkallade en begäran om samråd",
        "consultation.wrote" => "Skrev i ett samråd",
        "consultation.noted" => "Skrev en anteckning i ett samråd",
        "consultation.point_prepared" => "Förberedde en synpunkt",
        "consultation.point_changed" => "Ändrade en förberedd synpunkt",
        "consultation.point_removed" => "Tog bort en förberedd synpunkt",
        "consultation.pointed" => "Skickade synpunkter",
        "consultation.point_taken_back" => "Tog tillbaka en synpunkt",
        "consultation.point_replied" => "Svarade på en synpunkt",
        "consultation.point_checked" => "Prickade av en synpunkt",
        "overlap.answered" => "Svarade om liknande uppgifter",
        "overlap.remarked" => "Skrev om liknande uppgifter",
        "overlap.decided" => "Bedömde liknande uppgifter",
        "consultation.assigned" => "Tilldelade ett samråd",
        "consultation.forwarded" => "Skickade ett utkast till en sakkunnig",
        "consultation.forwarding_taken_back" => "Återtog en länk till en sakkunnig",
        "consultation.expert_answered" => "Fick svar av en sakkunnig",
        "consultation.reference_asked" => "Frågade referenskommuner",
        "consultation.reference_taken_back" => "Återtog en fråga till en referenskommun",
        "consultation.reference_answered" => "Svarade på frågor om ett utkast",
        "consultation.reference_shared" => "Delade referenskommunernas svar",
        "consultation.reference_reminded" => "Påminde en referenskommun",
        "consultation.attached" => "Bifogade en fil till ett samråd",
        "consultation.attachment_taken_back" => "Återtog en fil i ett samråd",
        "guest.forgotten" => "Tog bort e-postadressen till någon utan konto",
        "template.saved" => "Sparade en mall för yttranden",
        "template.removed" => "Tog bort en mall för yttranden",
        "consultation.configured" => "Ändrade inställningarna för samråd",
        "words.changed" => "Ändrade sökningens ordlista",
        "person.invited" => "Bjöd in en person",
        "person.changed" => "Ändrade en person",
        "person.closed" => "Stängde ett konto",
        "person.erased" => "Tog bort en person",
        "person.signed_in" => "Loggade in",
        "person.signed_out_everywhere" => "Loggade ut överallt",
        "person.watched" => "Lade till en bevakning av samråd",
        "person.unwatched" => "Tog bort en bevakning av samråd",
        "person.told" => "Mejlade en sammanfattning av nya samråd",
        "person.warned" => "Varnade för att ett konto stängs",
        "mail.tried_again" => "Skickade ett meddelande igen",
        "mail.removed" => "Tog bort ett meddelande",
        "register.restored" => "Återställde registret från en säkerhetskopia",
        "demonstration.built" => "Byggde demonstrationen",
        "reference.loaded" => "Läste in myndigheter, kommuner och regioner",
        _ => "Ändrade",
    }
}

/// The trail as a page.
#[derive(Debug, Template)]
#[template(path = "account/trail.html")]
pub struct TrailPage {
    /// The frame.
    pub layout: Layout,
    /// Whose trail it is; none: everybody's.
    pub name: Option<String>,
    /// The events.
    pub rows: Vec<EventRow>,
    /// The choice of what is shown.
    pub kind: Question,
    /// The organisation that was asked for, or empty.
    pub organisation: String,
    /// The same as a file.
    pub file: String,
    /// Newer events.
    pub newer: Option<String>,
    /// Older events.
    pub older: Option<String>,
}

/// An event in words.
#[derive(Debug)]
pub struct EventRow {
    /// When, to the second, Swedish time.
    pub iso: String,
    /// When, to the minute.
    pub shown: String,
    /// For which organisation.
    pub organisation: String,
    /// In which role.
    pub role: String,
    /// What was done.
    pub what: String,
    /// To what.
    pub subject: String,
    /// Its page.
    pub href: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::DateTime;
    use serde_json::json;

    #[test]
    fn events_say_what_was_done_and_never_by_whom() {
        let id = Uuid::nil();
        let subjects = Subjects {
            organisations: [("202100-0837".to_owned(), "SCB".to_owned())].into(),
            collections: [(id, (Some("2026-0001".to_owned()), "Biblioteksstatistik".to_owned()))].into(),
        };
        let event = |action: &str, kind: &str, role| Told {
            at: DateTime::from_timestamp(1_767_225_599, 0).expect("a moment"),
            actor: "202100-0837".into(),
            role,
            action: action.into(),
            subject_kind: kind.into(),
            subject: id.to_string(),
            detail: json!({ "role": "agency" }),
        };
        let row = subjects.row(&event("collection.decided", "collection", Some(crate::domain::access::Role::Agency)));
        assert_eq!(
            (row.shown.as_str(), row.organisation.as_str(), row.role.as_str()),
            ("1\u{a0}januari 2026 kl.\u{a0}00.59", "SCB", "handläggare")
        );
        assert_eq!((row.what.as_str(), row.href.as_deref()), ("Beslutade en insamling", Some("/insamlingar/2026-0001/historik")));
        let unread = Told { subject: Uuid::max().to_string(), ..event("collection.decided", "collection", None) };
        let row = subjects.row(&unread);
        assert_eq!((row.subject.as_str(), row.href), ("en insamling", None), "what its reader may not read is not named");
        let row = subjects.row(&event("person.closed", "person", None));
        assert_eq!((row.role.as_str(), row.subject.as_str(), row.href), ("programmet", "handläggare", None));
    }

    #[test]
    fn what_is_done_with_overlaps_has_words() {
        let words = ["overlap.flagged", "overlap.answered", "overlap.remarked", "overlap.decided"].map(in_words);
        assert!(words.iter().all(|words| words.contains("liknande uppgifter")), "{words:?}");
        assert!((1..words.len()).all(|at| !words[..at].contains(&words[at])), "{words:?}");
        assert_eq!(Asked { slag: "overlap".into(), ..Asked::default() }.kind(), "overlap");
    }

    #[test]
    fn the_question_goes_with_every_page() {
        let asked = Asked { organisation: "SKR".into(), slag: "person".into(), sida: "2".into() };
        assert_eq!(asked.href("/handelser", 3), "/handelser?organisation=SKR&slag=person&sida=3");
        let odd = Asked { slag: "' OR 1=1".into(), sida: "-7".into(), ..Asked::default() };
        assert_eq!((odd.href("/handelser", odd.number()), odd.kind()), ("/handelser".to_owned(), ""));
    }
}
