//! The page of a municipality or a region: what is asked of it, and when.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::{Path, State};
use chrono::{Datelike, Months, NaiveDate};

use super::agenda::{self, AgendaRow, Under};
use super::filters::{self, capital};
use super::layout::{Layout, Today};
use super::page::{PageResult, page};
use super::params::ListParams;
use super::user::Visitor;
use super::view::{Fact, Facts, Link};
use crate::db::collections::{self, Summary};
use crate::db::deadlines::{self, Deadline};
use crate::db::{Tx, areas, organisations};
use crate::domain::organisation::{Municipality, Region};
use crate::domain::terms::RespondentKind;
use crate::error::{Error, Result};
use crate::search::Facet;
use crate::state::AppState;
use crate::text;

/// The municipality that has a region's tasks as well, and its county: asked in both capacities.
const GOTLAND: (&str, &str) = ("0980", "09");

/// How many months with deadlines are shown at once.
const OPEN_MONTHS: usize = 3;

/// How many collections the table shows at most; the rest are a click away in the list of collections, and the page says so.
const MOST_ROWS: usize = 400;

/// `GET /kommuner/{kommunkod}`
///
/// # Errors
/// There is no such municipality.
pub async fn show(State(state): State<AppState>, visitor: Visitor, Today(today): Today, Path(code): Path<String>) -> PageResult {
    let mut tx = state.db.read().await?;
    let municipality = organisations::municipality(&mut tx, &code).await?.ok_or(Error::NotFound)?;
    let asked = Asked::read(&mut tx, &code, RespondentKind::Municipality, today).await?;
    let region = organisations::region(&mut tx, &municipality.county_code).await?;
    page(&ShowPage::of_municipality(Layout::new(&state, visitor, "/kommuner"), municipality, region, asked))
}

/// `GET /regioner/{lanskod}`
///
/// # Errors
/// There is no such region.
pub async fn show_region(State(state): State<AppState>, visitor: Visitor, Today(today): Today, Path(county): Path<String>) -> PageResult {
    let mut tx = state.db.read().await?;
    let region = organisations::region(&mut tx, &county).await?.ok_or(Error::NotFound)?;
    let asked = Asked::read(&mut tx, &region.code, RespondentKind::Region, today).await?;
    page(&ShowPage::of_region(Layout::new(&state, visitor, "/kommuner"), region, asked))
}

/// What is asked of one municipality or region.
#[derive(Debug, Default)]
pub struct Asked {
    /// Every collection that asks it, by title.
    pub rows: Vec<Summary>,
    /// The deadlines of the coming year, soonest first.
    pub deadlines: Vec<Deadline>,
    /// Name and code of every subject area.
    pub area_codes: BTreeMap<String, String>,
}

impl Asked {
    async fn read(tx: &mut Tx, code: &str, kind: RespondentKind, today: NaiveDate) -> Result<Self> {
        let until = today.checked_add_months(Months::new(12)).unwrap_or(NaiveDate::MAX);
        Ok(Self {
            rows: collections::asking(tx, code, kind, today).await?,
            deadlines: deadlines::ahead_for(tx, code, kind.code(), today, until).await?,
            area_codes: areas::all(tx).await?.into_iter().map(|(code, name)| (name, code)).collect(),
        })
    }

    /// The deadlines by month.
    fn months(&mut self) -> Vec<Month> {
        let mut months: Vec<(i32, u32, Vec<Deadline>)> = Vec::new();
        for due in std::mem::take(&mut self.deadlines) {
            let on = due.deadline.counts_as();
            match months.last_mut() {
                Some((year, month, dues)) if (*year, *month) == (on.year(), on.month()) => dues.push(due),
                _ => months.push((on.year(), on.month(), vec![due])),
            }
        }
        let month = |(year, month, dues)| Month {
            name: format!("{} {year}", capital(text::month_name(month))),
            rows: agenda::from_known(dues, &self.rows, Under::Weekday),
        };
        months.into_iter().map(month).collect()
    }

    /// How many of the collections fall in each subject area, in Swedish order.
    fn areas(&self, code: &str) -> Vec<Area> {
        let mut counts: BTreeMap<&str, i64> = BTreeMap::new();
        for name in self.rows.iter().filter_map(|row| row.area_name.as_deref()) {
            *counts.entry(name).or_default() += 1;
        }
        let mut counts: Vec<(&str, i64)> = counts.into_iter().collect();
        counts.sort_by(|a, b| text::swedish_order(a.0, b.0));
        let list = ListParams::asking(code);
        let area = |(name, count): (&str, i64)| Area {
            href: self.area_codes.get(name).map(|area| list.toggled(Facet::Area, area).href()),
            name: name.to_owned(),
            count: text::whole(count),
        };
        counts.into_iter().map(area).collect()
    }
}

/// The page of a municipality or a region.
#[derive(Debug, Template)]
#[template(path = "municipalities/show.html")]
pub struct ShowPage {
    /// What every page has.
    pub layout: Layout,
    /// `Luleå kommun`, `Region Norrbotten`.
    pub name: String,
    /// länskod.
    pub county_code: String,
    /// The county's name.
    pub county_name: String,
    /// Code, population, group …
    pub facts: Vec<Fact>,
    /// The deadlines of the next months.
    pub months: Vec<Month>,
    /// The months beyond the first [`OPEN_MONTHS`], folded away.
    pub later: Vec<Month>,
    /// Subject areas with how many of the collections fall in each.
    pub areas: Vec<Area>,
    /// The heading of the whole list.
    pub all_heading: &'static str,
    /// How many collections ask it.
    pub count: String,
    /// Every collection that asks it, by title, at most [`MOST_ROWS`].
    pub rows: Vec<Summary>,
    /// That only some of them are shown, where that is so.
    pub shown: Option<String>,
    /// The list of all of them.
    pub all: String,
}

/// A month with its deadlines.
#[derive(Debug)]
pub struct Month {
    /// `Mars 2027`.
    pub name: String,
    /// The deadlines in order of day.
    pub rows: Vec<AgendaRow>,
}

/// A subject area with a count.
#[derive(Debug)]
pub struct Area {
    /// Its name.
    pub name: String,
    /// How many.
    pub count: String,
    /// The list of them.
    pub href: Option<String>,
}

/// What differs between the page of a municipality and that of a region.
struct Head {
    code: String,
    name: String,
    county_code: String,
    county_name: String,
    facts: Vec<Fact>,
    all_heading: &'static str,
}

impl ShowPage {
    /// The page of a municipality.
    #[must_use]
    pub fn of_municipality(layout: Layout, municipality: Municipality, region: Option<Region>, asked: Asked) -> Self {
        let m = municipality;
        let region = region.map(|region| Link { name: region.name, href: Some(format!("/regioner/{}", m.county_code)) });
        let region_term = if m.code == GOTLAND.0 { "Har även en regions uppgifter" } else { "Region" };
        let facts = Facts::default()
            .with("Kommunkod", m.code.clone())
            .with("Folkmängd", format!("{} ({})", text::whole(m.population), m.population_year))
            .with("Kommungrupp", format!("{} ({})", m.skr_group_name, m.skr_group))
            .linked(region_term, region)
            .done();
        let head = Head {
            name: m.long_name(),
            code: m.code,
            county_code: m.county_code,
            county_name: m.county_name,
            facts,
            all_heading: "Alla insamlingar som riktar sig till kommunen",
        };
        Self::new(layout, head, asked)
    }

    /// The page of a region.
    #[must_use]
    pub fn of_region(layout: Layout, region: Region, asked: Asked) -> Self {
        let municipality = (region.county_code == GOTLAND.1)
            .then(|| Link { name: "Gotlands kommun".to_owned(), href: Some(format!("/kommuner/{}", GOTLAND.0)) });
        let facts = Facts::default()
            .with("Länskod", region.county_code.clone())
            .with("Folkmängd", format!("{} ({})", text::whole(region.population), region.population_year))
            .linked("Har även en kommuns uppgifter", municipality)
            .done();
        let head = Head {
            code: region.code,
            name: region.name,
            county_code: region.county_code,
            county_name: region.county_name,
            facts,
            all_heading: "Alla insamlingar som riktar sig till regionen",
        };
        Self::new(layout, head, asked)
    }

    fn new(layout: Layout, head: Head, mut asked: Asked) -> Self {
        let mut months = asked.months();
        let later = months.split_off(OPEN_MONTHS.min(months.len()));
        let areas = asked.areas(&head.code);
        let count = text::whole(i64::try_from(asked.rows.len()).unwrap_or(i64::MAX));
        let shown = (asked.rows.len() > MOST_ROWS).then(|| format!("Tabellen visar de {MOST_ROWS} första."));
        asked.rows.truncate(MOST_ROWS);
        Self {
            layout,
            all: ListParams::asking(&head.code).href(),
            shown,
            name: head.name,
            county_code: head.county_code,
            county_name: head.county_name,
            facts: head.facts,
            months,
            later,
            areas,
            all_heading: head.all_heading,
            count,
            rows: asked.rows,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::municipalities::tests::{municipality, region};

    const LAYOUT: Layout = Layout { demonstration: false, section: "/kommuner", user: None };

    #[test]
    fn a_municipality_page_has_months_areas_and_the_way_to_its_region() {
        let summary = Summary {
            id: uuid::Uuid::nil(),
            number: "2026-0001".into(),
            title: "Elever & lärare".into(),
            status: crate::domain::terms::Status::Planned,
            obligation: crate::domain::terms::Obligation::Voluntary,
            periodicity: crate::domain::terms::Periodicity::Yearly,
            area_name: Some("Utbildning".into()),
            agencies: Vec::new(),
            next_deadline: NaiveDate::from_ymd_opt(2027, 3, 15),
            unconfirmed: false,
        };
        let due = ["2027-03-15", "2027-v12", "2027-04-01"].map(agenda::tests::due);
        let area_codes = [("Utbildning".to_owned(), "utbildning".to_owned())].into();
        let asked = Asked { rows: vec![summary], deadlines: due.into(), area_codes };
        let page = ShowPage::of_municipality(LAYOUT, municipality("2580", "Luleå"), Some(region()), asked);
        assert_eq!(
            page.months.iter().map(|month| (month.name.as_str(), month.rows.len())).collect::<Vec<_>>(),
            [("Mars 2027", 2), ("April 2027", 1)]
        );
        let html = page.render().expect("a page");
        for text in
            ["Luleå kommun", "79\u{a0}352 (2024)", "/regioner/25", "omrade=utbildning&#38;kommun=2580", "Elever &#38; lärare", "2027-03-15"]
        {
            assert!(html.contains(text), "{text}");
        }
    }

    #[test]
    fn gotland_leads_to_its_other_capacity() {
        let mut gotland = region();
        gotland.county_code = "09".into();
        let html = ShowPage::of_region(LAYOUT, gotland, Asked::default()).render().expect("a page");
        assert!(html.contains("/kommuner/0980") && html.contains("Ingen insamling i registret riktar sig hit."));
    }
}
