//! The list of municipalities and regions.

use askama::Template;
use axum::extract::State;
use axum_extra::extract::Query;
use serde::Deserialize;

use super::layout::Layout;
use super::page::{PageResult, page};
use super::params::typed;
use super::user::Visitor;
use super::view::Link;
use crate::db::organisations;
use crate::domain::organisation::{Municipality, Region};
use crate::state::AppState;
use crate::text::{self, near};

/// How many places are proposed to whoever finds none.
const MOST_MEANT: usize = 3;
/// What people write after a municipality's name.
const AFTER_NAMES: [&str; 4] = ["s kommun", "s stad", " kommun", " stad"];

/// What the list may be asked for.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct RawListParams {
    q: Vec<String>,
    lan: Vec<String>,
}

/// `GET /kommuner`
///
/// # Errors
/// The database does not answer.
pub async fn list(State(state): State<AppState>, visitor: Visitor, Query(raw): Query<RawListParams>) -> PageResult {
    let mut tx = state.db.read().await?;
    let mut municipalities = organisations::municipalities(&mut tx).await?;
    let mut regions = organisations::regions(&mut tx).await?;
    if let Some(county) = raw.lan.first().filter(|code| !code.is_empty()) {
        municipalities.retain(|one| one.county_code == *county);
        regions.retain(|one| one.county_code == *county);
    }
    let search = raw.q.first().map(|q| typed(q, 200)).unwrap_or_default();
    page(&ListPage::new(Layout::new(&state, visitor, "/kommuner"), &search, municipalities, regions))
}

/// The list of municipalities and regions by county.
#[derive(Debug, Template)]
#[template(path = "municipalities/list.html")]
pub struct ListPage {
    /// What every page has.
    pub layout: Layout,
    /// What was searched for.
    pub text: String,
    /// How many are shown.
    pub summary: String,
    /// What may have been meant, where nothing is shown.
    pub meant: Vec<Link>,
    /// The counties in Swedish order.
    pub counties: Vec<County>,
}

/// A county with its region and municipalities.
#[derive(Debug)]
pub struct County {
    /// länskod.
    pub code: String,
    /// Its name.
    pub name: String,
    /// Its region, if it is among what was searched for.
    pub region: Option<String>,
    /// Its municipalities.
    pub municipalities: Vec<Municipality>,
}

impl ListPage {
    /// The municipalities and regions that have `search` in name, county or code; all of them if it is empty.
    #[must_use]
    pub fn new(layout: Layout, search: &str, municipalities: Vec<Municipality>, regions: Vec<Region>) -> Self {
        let wanted = text::fold(search);
        let meant = meant(&wanted, &municipalities, &regions);
        let has = |texts: [&str; 3]| wanted.is_empty() || texts.iter().any(|one| text::fold(one).contains(&wanted));
        let mut counties: Vec<County> = Vec::new();
        for region in regions {
            let found = has([&region.name, &region.county_name, &region.code]);
            counties.push(County {
                code: region.county_code,
                name: region.county_name,
                region: found.then_some(region.name),
                municipalities: Vec::new(),
            });
        }
        for one in municipalities {
            if has([&one.name, &one.county_name, &one.code])
                && let Some(county) = counties.iter_mut().find(|county| county.code == one.county_code)
            {
                county.municipalities.push(one);
            }
        }
        counties.retain(|county| county.region.is_some() || !county.municipalities.is_empty());
        counties.sort_by(|a, b| text::swedish_order(&a.name, &b.name));
        for county in &mut counties {
            county.municipalities.sort_by(|a, b| text::swedish_order(&a.name, &b.name));
        }
        let count = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
        let shown = count(counties.iter().map(|county| county.municipalities.len()).sum());
        let regions = count(counties.iter().filter(|county| county.region.is_some()).count());
        let summary = match (shown, regions) {
            (0, 0) => format!("Ingen kommun eller region matchar ”{}”.", text::shorten(search.trim(), 60)),
            _ => format!("{} och {}", text::counted(shown, "kommun", "kommuner"), text::counted(regions, "region", "regioner")),
        };
        let meant = if counties.is_empty() { meant } else { Vec::new() };
        Self { layout, text: search.to_owned(), summary, meant, counties }
    }
}

/// The municipalities and regions whose name is nearest to what was typed.
fn meant(wanted: &str, municipalities: &[Municipality], regions: &[Region]) -> Vec<Link> {
    let places = municipalities.iter().map(|one| (one.name.as_str(), format!("/kommuner/{}", one.code)));
    let places = places.chain(regions.iter().map(|one| (one.name.as_str(), format!("/regioner/{}", one.county_code))));
    let places: Vec<(&str, String)> = places.collect();
    let names: Vec<&str> = places.iter().map(|(name, _)| *name).collect();
    let ways = std::iter::once(wanted).chain(AFTER_NAMES.into_iter().filter_map(|ending| wanted.strip_suffix(ending)));
    let found = ways.map(|way| near::meant(way, &names, MOST_MEANT)).find(|found| !found.is_empty()).unwrap_or_default();
    let link = |name: &str| {
        places.iter().find(|(one, _)| *one == name).map(|(name, href)| Link { name: (*name).to_owned(), href: Some(href.clone()) })
    };
    found.into_iter().filter_map(link).collect()
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    const LAYOUT: Layout = Layout { demonstration: false, section: "/kommuner", user: None };

    pub(in crate::web) fn municipality(code: &str, name: &str) -> Municipality {
        Municipality {
            code: code.into(),
            name: name.into(),
            county_code: "25".into(),
            county_name: "Norrbottens län".into(),
            population: 79_352,
            population_year: 2024,
            skr_group: "B3".into(),
            skr_group_name: "Större stad".into(),
        }
    }

    pub(in crate::web) fn region() -> Region {
        Region {
            code: "R-25".into(),
            name: "Region Norrbotten".into(),
            county_code: "25".into(),
            county_name: "Norrbottens län".into(),
            population: 248_480,
            population_year: 2024,
        }
    }

    #[test]
    fn the_list_is_searched_by_name_county_and_code() {
        let both = || vec![municipality("2580", "Luleå"), municipality("2505", "Arvidsjaur")];
        let shown = |search: &str| {
            let page = ListPage::new(LAYOUT, search, both(), vec![region()]);
            page.counties.iter().flat_map(|county| &county.municipalities).map(|one| one.name.clone()).collect::<Vec<_>>()
        };
        assert_eq!(shown(""), ["Arvidsjaur", "Luleå"]);
        assert_eq!(shown("LULEÅ"), ["Luleå"]);
        assert_eq!(shown("norrbotten").len(), 2);
        assert_eq!(shown("2505"), ["Arvidsjaur"]);
        let none = ListPage::new(LAYOUT, "<i>", both(), vec![region()]).render().expect("a page");
        assert!(none.contains("matchar ”&#60;i&#62;”") && !none.contains("Menade du"));
    }

    #[test]
    fn a_slip_gets_a_proposal() {
        let both = || vec![municipality("2580", "Luleå"), municipality("2505", "Arvidsjaur")];
        let html = |search: &str| ListPage::new(LAYOUT, search, both(), vec![region()]).render().expect("a page");
        for search in ["lulea", "Luelå", "Luleås kommun", "LULEA STAD"] {
            assert!(html(search).contains("Menade du <a href=\"/kommuner/2580\">Luleå</a>?"), "{search}: {}", html(search));
        }
        assert!(html("region norbotten").contains("/regioner/25\">Region Norrbotten</a>?"));
        assert!(!html("luleå").contains("Menade du"));
    }
}
