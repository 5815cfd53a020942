//! A collection's page.

use askama::Template;
use axum::extract::{Path, Query, State};
use chrono::NaiveDate;
use serde::Deserialize;

use super::collection_parts::{RoundRow, asker, contact, facts, legal_facts, notices, obligation_text, round_rows};
use super::filters::{self, capital};
use super::layout::{Layout, Today};
use super::life::history::{ChangeRow, EventRow, open_rows};
use super::life::{self, panel::Panel};
use super::overlap::confirmed::{self, OverlapRow};
use super::overlap::flags::{Flags, flags};
use super::page::{PageResult, page};
use super::params::ListParams;
use super::user::Visitor;
use super::view::{Fact, Link, web_address};
use crate::db::involved::last_said;
use crate::db::whole::{self, Whole};
use crate::domain::content::Item;
use crate::domain::identifier::CollectionNumber;
use crate::domain::life::is_unconfirmed;
use crate::domain::organisation::Organisation;
use crate::domain::terms::{Kind, Obligation, Status};
use crate::error::Error;
use crate::state::AppState;

/// The agencies named in the page's head; the rest can be unfolded.
const AGENCIES_IN_HEAD: usize = 3;

/// What the address may say beside the number.
#[derive(Debug, Deserialize)]
pub struct Params {
    /// What was just done.
    sparat: Option<String>,
}

/// `GET /insamlingar/{nr}`; its parties see it also while it is not open.
///
/// # Errors
/// There is no such collection, or the visitor may not know of it.
pub async fn show(
    State(state): State<AppState>,
    visitor: Visitor,
    Today(today): Today,
    Path(number): Path<String>,
    Query(params): Query<Params>,
) -> PageResult {
    let mut tx = state.db.read().await?;
    let parsed = CollectionNumber::parse(&number).ok_or(Error::NotFound)?;
    let (whole, panel) = match &visitor.0 {
        None => (whole::open_by_number(&mut tx, &state.kept, parsed, today).await?, None),
        Some(user) => {
            let known = life::subject(&mut tx, &visitor, &number, today).await?.known;
            (whole::by_number(&mut tx, &state.kept, parsed).await?, Panel::new(user, &number, &known, today))
        }
    };
    let whole = whole.ok_or(Error::NotFound)?;
    let said = params.sparat.as_deref().and_then(life::said).filter(|_| visitor.0.is_some());
    let layout = Layout::new(&state, visitor, "/insamlingar");
    let overlaps = confirmed::rows(&mut tx, &whole, today).await?;
    let open = ShowPage { overlaps, ..ShowPage::new(layout, Whole::clone(&whole), today) };
    if panel.is_none() {
        return page(&ShowPage { said, ..open });
    }
    let flags = match &open.layout.user {
        Some(user) => flags(&mut tx, user, &whole.collection, today).await?,
        None => Flags::default(),
    };
    let planned = whole.planned.iter().map(ChangeRow::from).collect();
    page(&ShowPage { panel, said, flags, planned, history: life::history::rows(&whole), ..open })
}

/// A collection's page.
#[derive(Debug, Template)]
#[template(path = "collections/show.html")]
pub struct ShowPage {
    /// What every page has.
    pub layout: Layout,
    /// What a party can do with it now.
    pub panel: Option<Panel>,
    /// What was just done.
    pub said: Option<&'static str>,
    /// Collections that probably ask for the same, which its parties are asked about.
    pub flags: Flags,
    /// What a change that is planned changes.
    pub planned: Vec<ChangeRow>,
    /// Whether it must be marked as *obekräftad*.
    pub unconfirmed: bool,
    /// The collection's number.
    pub number: String,
    /// Its title.
    pub title: String,
    /// Its subject area, leading to the list of it.
    pub area: Option<AreaLink>,
    /// Whether answering is compulsory.
    pub obligation: Obligation,
    /// The same in a sentence.
    pub obligation_text: String,
    /// What the page calls whoever is responsible: `Myndigheten` or `Organisationen`.
    pub asker: &'static str,
    /// Where it is in its life.
    pub status: Status,
    /// What sort of request it is.
    pub kind: Kind,
    /// The responsible agencies, at most [`AGENCIES_IN_HEAD`].
    pub agencies: Vec<Link>,
    /// The responsible agencies beyond those.
    pub more_agencies: Vec<Link>,
    /// Who collects in practice.
    pub collector: Option<Link>,
    /// What a reader should know first.
    pub notices: Vec<String>,
    /// Why, in paragraphs.
    pub purpose: Vec<String>,
    /// What the data will be used for.
    pub data_use: Option<String>,
    /// The provisions it rests on.
    pub provisions: Vec<Link>,
    /// Assignment, origin, consultation, decision.
    pub legal_facts: Vec<Fact>,
    /// Who is asked, in words.
    pub respondents: String,
    /// Those who are asked by name.
    pub listed: Vec<Link>,
    /// What they must observe.
    pub observe: Option<String>,
    /// What is asked for.
    pub items: Vec<Item>,
    /// Whether any item has a unit, so that the column is worth its room.
    pub units: bool,
    /// Whether any round has a measured period.
    pub measured: bool,
    /// Whether any round closes for late answers.
    pub closes: bool,
    /// The rounds, latest first.
    pub rounds: Vec<RoundRow>,
    /// Overlaps with others that everyone may read, as people have confirmed them.
    pub overlaps: Vec<OverlapRow>,
    /// What happened to it, newest first.
    pub history: Vec<EventRow>,
    /// In short.
    pub facts: Vec<Fact>,
    /// Whom to turn to.
    pub contact: Vec<Fact>,
    /// A public page about it.
    pub source_url: Option<String>,
}

/// A subject area with the address of its list.
#[derive(Debug)]
pub struct AreaLink {
    /// Its name.
    pub name: String,
    /// The list of its collections.
    pub href: String,
}

impl ShowPage {
    /// The page of `collection` on `today`, as everyone may read it, without the overlaps that people have confirmed.
    #[must_use]
    pub fn new(layout: Layout, whole: Whole, today: NaiveDate) -> Self {
        let history = open_rows(&whole);
        let shows_planned = whole.shows_planned();
        let Whole { collection, listed, planned, .. } = whole;
        let notices = notices(&collection, today);
        let last_said = last_said(collection.confirmed_on, collection.changed_at);
        let facts = facts(&collection, today);
        let rounds = round_rows(&collection, today);
        let asker = asker(&collection);
        let mut agencies: Vec<Link> = collection.responsible.iter().map(|one| Link::from(&one.organisation)).collect();
        let more_agencies = if agencies.len() > AGENCIES_IN_HEAD { agencies.split_off(1) } else { Vec::new() };
        if !more_agencies.is_empty() {
            agencies.push(Link { name: format!("{}\u{a0}andra", more_agencies.len()), href: None });
        }
        // an agency that collects for itself need not be told twice
        let own = |collector: &&Organisation| collection.responsible.iter().any(|one| one.organisation.code == collector.code);
        let collector = match (&collection.collector, collection.collector_words) {
            (Some(organisation), _) => Some(organisation).filter(|one| !own(one)).map(Link::from),
            (None, words) => words.map(|name| Link { name, href: None }),
        };
        let area = collection
            .content
            .area
            .as_ref()
            .zip(collection.area_name)
            .map(|(code, name)| AreaLink { href: ListParams::area(code).href(), name });
        let content = collection.content;
        Self {
            layout,
            panel: None,
            said: None,
            flags: Flags::default(),
            planned: planned.iter().filter(|_| shows_planned).map(ChangeRow::from).collect(),
            unconfirmed: is_unconfirmed(collection.status, last_said, today),
            number: collection.number.map(|number| number.to_string()).unwrap_or_default(),
            area,
            obligation: content.obligation,
            obligation_text: obligation_text(content.obligation, asker),
            asker,
            status: collection.status,
            kind: content.kind,
            agencies,
            more_agencies,
            collector,
            notices,
            purpose: content.purpose.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect(),
            legal_facts: legal_facts(&content),
            respondents: capital(&content.respondents_in_words()),
            listed: listed.iter().map(Link::from).collect(),
            units: content.items.iter().any(|item| item.unit.is_some()),
            closes: collection.rounds.iter().any(|round| round.closes.is_some()),
            overlaps: Vec::new(),
            measured: collection.rounds.iter().any(|round| round.measured_period().is_some()),
            rounds,
            history,
            facts,
            contact: contact(&content),
            title: content.title,
            data_use: content.data_use,
            provisions: content
                .provisions
                .into_iter()
                .map(|p| Link { name: p.citation, href: p.url.as_deref().and_then(web_address) })
                .collect(),
            observe: content.observe,
            items: content.items,
            source_url: content.source_url.as_deref().and_then(web_address),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock;
    use crate::db::whole::Stamp;
    use crate::domain::collection::{Collection, Responsible};
    use crate::domain::content::{Content, Provision};
    use crate::domain::organisation::{Organisation, OrganisationKind};
    use crate::domain::respondent::{RespondentGroup, Selection};
    use crate::domain::round::{Round, When};
    use crate::domain::terms::{Answer, ItemSource, RespondentKind, Visibility};

    fn agency(name: &str) -> Responsible {
        let organisation = Organisation {
            code: "202100-0837".into(),
            kind: OrganisationKind::Agency,
            name: name.into(),
            abbreviation: None,
            in_ordinance_scope: true,
            ended_on: None,
        };
        Responsible { organisation, diary_number: Some("2026:1".into()) }
    }

    fn item(label: &str, definition: Option<&str>) -> Item {
        let definition = definition.map(str::to_owned);
        Item { label: label.into(), definition, unit: None, source: ItemSource::System, personal_data: Answer::No }
    }

    fn round(label: &str, dispatch: &str, deadline: &str) -> Round {
        Round { label: label.into(), dispatch: When::parse(dispatch).ok(), deadline: When::parse(deadline).ok(), ..Round::default() }
    }

    fn sample() -> Collection {
        let mut content = Content::titled(Kind::Survey, "Räkenskaper <script>");
        content.purpose = "Första stycket.\n\nAndra stycket.".into();
        content.obligation = Obligation::Compulsory;
        content.provisions = vec![
            Provision { citation: "6 § lagen (2001:99)".into(), url: Some("https://example.org/lag".into()) },
            Provision { citation: "Föreskriften".into(), url: Some("javascript:alert(1)".into()) },
        ];
        content.respondents =
            vec![RespondentGroup { kind: RespondentKind::Municipality, selection: Selection::Listed(vec!["0180".into()]) }];
        content.items = vec![item("Antal elever", Some("Folkbokförda")), item("Nettokostnad", None)];
        content.remark = Some("Exempel.".into());
        Collection {
            id: uuid::Uuid::nil(),
            number: CollectionNumber::parse("2026-0042"),
            status: Status::Planned,
            visibility: Visibility::Now,
            open_from: None,
            own_reference: Some("B001".into()),
            responsible: vec![agency("Statistiska centralbyrån")],
            collector: None,
            collector_words: Some("Ett konsultbolag".into()),
            version: 1,
            planned_version: Some(1),
            content,
            area_name: None,
            rounds: vec![
                round("2026", "2026-02-01", "2026-03-01"),
                round("2027", "2027-03-01", "2027-03-21"),
                round("2028", "2028-01-01", "2028-v12"),
            ],
            confirmed_on: None,
            collector_diary_number: None,
            created_at: clock::now(),
            changed_at: clock::now(),
        }
    }

    fn render(collection: Collection) -> String {
        render_with(collection, Vec::new())
    }

    fn render_with(collection: Collection, listed: Vec<Organisation>) -> String {
        let whole = Whole {
            collection,
            listed,
            events: Vec::new(),
            planned: Vec::new(),
            overlaps: Vec::new(),
            planned_visibility: None,
            actors: std::collections::HashMap::new(),
            stamp: Stamp { touched_at: clock::now(), others_touched_at: None, flagged: 0, decisions: 0, decided_at: None },
        };
        let today = NaiveDate::from_ymd_opt(2026, 11, 21).expect("a day");
        ShowPage::new(Layout { demonstration: false, section: "/insamlingar", user: None }, whole, today).render().expect("a page")
    }

    #[test]
    fn the_page_tells_what_why_and_with_what_right() {
        let html = render(sample());
        for text in [
            "2026-0042",
            "Räkenskaper &#60;script&#62;",
            "<p>Andra stycket.</p>",
            "label compulsory",
            "href=\"https://example.org/lag\"",
            "<li>Föreskriften</li>",
            "Antal elever",
            "Folkbokförda",
            "Ett konsultbolag",
            "Exempel.",
            "Kortare tid än tre veckor. Skäl är inte angivet.",
            "vecka\u{a0}12, 2028",
        ] {
            assert!(html.contains(text), "{text}");
        }
        assert!(!html.contains("javascript:"));
    }

    #[test]
    fn the_next_round_is_the_first_that_has_not_passed_while_the_collection_lives() {
        let today = NaiveDate::from_ymd_opt(2026, 11, 21).expect("a day");
        let marks = |collection: &Collection| -> Vec<(String, bool, bool)> {
            round_rows(collection, today).into_iter().map(|row| (row.label, row.past, row.next)).collect()
        };
        let named = |label: &str, past, next| (label.to_owned(), past, next);
        let mut collection = sample();
        assert_eq!(marks(&collection), [named("2028", false, false), named("2027", false, true), named("2026", true, false)]);
        assert!(render(collection.clone()).contains("Nästa svarsdag"));
        for status in [Status::Ended, Status::Withdrawn] {
            collection.status = status;
            assert!(marks(&collection).iter().all(|(_, _, next)| !next), "{status:?}");
            assert_eq!(collection.next_deadline(today), None);
            assert!(!render(collection.clone()).contains("Nästa svarsdag"), "{status:?}");
        }
    }

    #[test]
    fn whoever_is_no_agency_is_not_called_one() {
        let mut collection = sample();
        collection.content.purpose.clear();
        collection.content.items.clear();
        collection.content.obligation = Obligation::Unstated;
        let of_agency = render(collection.clone());
        assert!(of_agency.contains("Myndigheten har inte angett något syfte") && of_agency.contains("tills myndigheten har beslutat"));
        collection.responsible[0].organisation.kind = OrganisationKind::Body;
        let html = render(collection);
        for text in ["något syfte", "vilka uppgifter", "om de som tillfrågas"] {
            assert!(html.contains(&format!("Organisationen har inte angett {text}")), "{text}");
        }
        assert!(!html.contains("yndigheten har") && html.contains("tills organisationen har beslutat"));
    }

    #[test]
    fn late_answers_and_short_lists_are_told() {
        let mut collection = sample();
        assert!(!render(collection.clone()).contains("Stänger"));
        collection.rounds[0].closes = When::parse("2026-04-30").ok();
        let html = render_with(collection, vec![agency("Stockholms kommun").organisation]);
        assert!(html.contains("data-label=\"Stänger\">2026-04-30") && html.contains("Visa den som står i listan"));
    }

    #[test]
    fn many_agencies_are_folded_and_outsiders_marked() {
        let mut collection = sample();
        collection.responsible = ["Länsstyrelsen A", "Länsstyrelsen B", "Länsstyrelsen C", "Länsstyrelsen D"].map(agency).into();
        collection.responsible[0].organisation.in_ordinance_scope = false;
        collection.status = Status::Decided;
        let html = render(collection);
        assert!(html.contains("och 3\u{a0}andra") && html.contains("Visa de 3 andra") && html.contains("Länsstyrelsen D"));
        assert!(html.contains("omfattas inte av 1 §") && html.contains("En ändring är planerad"));
    }
}
