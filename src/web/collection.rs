//! A collection's page.

use askama::Template;
use axum::extract::{Path, Query, State};
use chrono::NaiveDate;
use serde::Deserialize;

use super::collection_parts::{RoundRow, asker, contact, facts, legal_facts, notices, obligation_text, round_rows};
use super::consultations::beside::{CaseLink, Disclosed, cases, disclosed};
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
use crate::domain::round::When;
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
    let (whole, panel, cases) = match &visitor.0 {
        None => (whole::open_by_number(&mut tx, &state.kept, parsed, today).await?, None, Vec::new()),
        Some(user) => {
            let known = life::subject(&mut tx, &visitor, &number, today).await?.known;
            let cases = cases(&mut tx, user, &known, today).await?;
            (whole::by_number(&mut tx, &state.kept, parsed).await?, Panel::new(user, &number, &known, today), cases)
        }
    };
    let whole = whole.ok_or(Error::NotFound)?;
    let said = params.sparat.as_deref().and_then(life::said).filter(|_| visitor.0.is_some());
    let layout = Layout::new(&state, visitor, "/insamlingar");
    let overlaps = confirmed::rows(&mut tx, &whole, today).await?;
    let open = ShowPage { overlaps, ..ShowPage::new(layout, Whole::clone(&whole), today) };
    if panel.is_none() {
        return page(&ShowPage { said, cases, ..open });
    }
    let flags = match &open.layout.user {
        Some(user) => flags(&mut tx, user, &whole.collection, true, today).await?,
        None => Flags::default(),
    };
    let planned = whole.planned.iter().map(ChangeRow::from).collect();
    page(&ShowPage { panel, said, cases, flags, planned, history: life::history::rows(&whole), ..open })
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
    /// How consultations about it ended, as everyone may read it.
    pub consultations: Vec<Disclosed>,
    /// Its consultations, for those who may read them.
    pub cases: Vec<CaseLink>,
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
        let consultations = disclosed(&whole.consultations);
        let Whole { collection, listed, planned, .. } = whole;
        let notices = notices(&collection, today);
        let last_said = last_said(collection.confirmed_on, collection.changed_at);
        let facts = facts(&collection, today);
        let rounds = round_rows(&collection, today, When::to_string);
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
            consultations,
            cases: Vec::new(),
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
mod tests;
