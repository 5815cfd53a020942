//! The filters beside the list of collections: their values with counts, the chosen ones, and help when nothing was found.

use std::collections::HashMap;

use super::filters::capital;
use super::params::{FACETS, ListParams, facet_name};
use crate::db::{Result, Tx, areas, organisations};
use crate::domain::organisation::{Organisation, OrganisationKind};
use crate::domain::terms::{Channel, Kind, Obligation, Periodicity, Status};
use crate::search::{Facet, Facets, Suggestion};
use crate::text;

/// How many values of a facet are shown before the rest are folded away.
const FIRST: usize = 7;

/// A facet with its values.
#[derive(Debug)]
pub struct FacetBox {
    /// Its heading.
    pub name: &'static str,
    /// The chosen values and the most common ones.
    pub first: Vec<FacetValue>,
    /// The rest.
    pub rest: Vec<FacetValue>,
}

/// A value to choose, or to take away.
#[derive(Debug)]
pub struct FacetValue {
    /// What is read.
    pub name: String,
    /// The list with it chosen, or taken away if it is.
    pub href: String,
    /// How many collections it would leave.
    pub count: String,
    /// Whether it is chosen.
    pub chosen: bool,
}

/// A chosen filter.
#[derive(Debug)]
pub struct Chosen {
    /// What is read.
    pub name: String,
    /// The list without it.
    pub href: String,
}

/// A search that would find something.
#[derive(Debug)]
pub struct Suggested {
    /// What is read.
    pub name: String,
    /// The search.
    pub href: String,
}

/// The names of the codes that the page shows.
#[derive(Debug, Default)]
pub struct Names {
    askers: HashMap<String, String>,
    respondents: HashMap<String, String>,
    areas: HashMap<String, String>,
}

impl Names {
    /// Reads the names of the areas and of what the address names: agencies, and a municipality or region.
    ///
    /// # Errors
    /// As the engine says.
    pub async fn read(tx: &mut Tx, params: &ListParams) -> Result<Self> {
        let mut names = Self { areas: areas::all(tx).await?.into_iter().collect(), ..Self::default() };
        let mut codes = params.codes(Facet::Agency);
        codes.extend(params.respondent.clone());
        names.add(tx, &codes).await?;
        Ok(names)
    }

    /// Reads the names of the agencies among the facets' values.
    ///
    /// # Errors
    /// As the engine says.
    pub async fn read_more(&mut self, tx: &mut Tx, facets: &Facets) -> Result<()> {
        let codes: Vec<String> = facets.of(Facet::Agency).iter().map(|(code, _)| code.clone()).collect();
        self.add(tx, &codes).await
    }

    async fn add(&mut self, tx: &mut Tx, codes: &[String]) -> Result<()> {
        if codes.is_empty() {
            return Ok(());
        }
        for Organisation { code, kind, name, .. } in organisations::get_many(tx, codes).await? {
            let names = match kind {
                OrganisationKind::Agency | OrganisationKind::Body => &mut self.askers,
                OrganisationKind::Municipality | OrganisationKind::Region => &mut self.respondents,
            };
            names.insert(code, name);
        }
        Ok(())
    }

    /// Whether the register knows what a chosen code stands for.
    #[must_use]
    pub fn knows(&self, facet: Facet, code: &str) -> bool {
        match facet {
            Facet::Agency => self.askers.contains_key(code),
            Facet::Area => self.areas.contains_key(code),
            Facet::Status | Facet::Kind | Facet::Obligation | Facet::Periodicity | Facet::Channel => true,
        }
    }

    /// The municipality or region of the address, if the register does not know it.
    #[must_use]
    pub fn unknown_respondent<'a>(&self, params: &'a ListParams) -> Option<&'a str> {
        params.respondent.as_deref().filter(|code| !self.respondents.contains_key(*code))
    }

    /// What a code is called; one whose name was not read is shown as it is.
    fn of(&self, facet: Facet, code: &str) -> String {
        let term = match facet {
            Facet::Agency => return self.askers.get(code).cloned().unwrap_or_else(|| code.to_owned()),
            Facet::Area => return self.areas.get(code).cloned().unwrap_or_else(|| code.to_owned()),
            Facet::Status => Status::from_code(code).map(Status::label),
            Facet::Kind => Kind::from_code(code).map(Kind::label),
            Facet::Obligation => Obligation::from_code(code).map(Obligation::label),
            Facet::Periodicity => Periodicity::from_code(code).map(Periodicity::label),
            Facet::Channel => Channel::from_code(code).map(Channel::label),
        };
        capital(term.unwrap_or(code))
    }

    fn respondent(&self, code: &str) -> String {
        self.respondents.get(code).cloned().unwrap_or_else(|| code.to_owned())
    }
}

/// The facets that have anything to choose.
#[must_use]
pub fn boxes(params: &ListParams, counts: &Facets, names: &Names) -> Vec<FacetBox> {
    let value = |facet: Facet, (code, count): &(String, usize)| FacetValue {
        name: names.of(facet, code),
        href: params.toggled(facet, code).href(),
        count: text::whole(i64::try_from(*count).unwrap_or(i64::MAX)),
        chosen: params.has(facet, code),
    };
    let facet_box = |facet: Facet| {
        let mut values: Vec<FacetValue> = counts.of(facet).iter().map(|pair| value(facet, pair)).collect();
        values.sort_by_key(|value| !value.chosen);
        // one value alone under a fold would take as much room as the fold
        let first = if values.len() <= FIRST + 1 { values.len() } else { FIRST.max(values.iter().filter(|value| value.chosen).count()) };
        let mut rest = values.split_off(first);
        rest.sort_by(|a, b| text::swedish_order(&a.name, &b.name));
        FacetBox { name: facet_name(facet), first: values, rest }
    };
    FACETS.into_iter().map(facet_box).filter(|one| !one.first.is_empty()).collect()
}

/// The chosen filters, each with the list without it.
#[must_use]
pub fn chosen(params: &ListParams, names: &Names) -> Vec<Chosen> {
    let mut chosen: Vec<Chosen> = params
        .chosen
        .iter()
        .map(|(facet, code)| Chosen { name: names.of(*facet, code), href: params.toggled(*facet, code).href() })
        .collect();
    if let Some(code) = &params.respondent {
        let without = ListParams { respondent: None, page: 1, ..params.clone() };
        chosen.push(Chosen { name: format!("Riktar sig till {}", names.respondent(code)), href: without.href() });
    }
    chosen
}

/// Searches that would find something, in words.
#[must_use]
pub fn suggested(params: &ListParams, suggestions: &[Suggestion]) -> Vec<Suggested> {
    let one = |suggestion: &Suggestion| {
        let with_text = |text: &str| ListParams { text: text.to_owned(), page: 1, ..params.clone() };
        let (name, list, count) = match suggestion {
            Suggestion::Instead { typed, word, text, count } => {
                (format!("Sök på «{word}» i stället för «{typed}»"), with_text(text), count)
            }
            Suggestion::WithoutWord { typed, text, count } => (format!("Sök utan «{typed}»"), with_text(text), count),
            Suggestion::WithoutFilter { facet, count } => {
                (format!("Ta bort det du valt under {}", facet_name(*facet)), params.without(*facet), count)
            }
            Suggestion::WithoutMunicipality { count } => {
                ("Sök för alla kommuner och regioner".to_owned(), ListParams { respondent: None, page: 1, ..params.clone() }, count)
            }
            Suggestion::WithoutFilters { count } => ("Ta bort alla filter".to_owned(), params.cleared(), count),
        };
        let found = text::counted(i64::try_from(*count).unwrap_or(i64::MAX), "insamling", "insamlingar");
        Suggested { name: format!("{name} ({found})"), href: list.href() }
    };
    suggestions.iter().map(one).collect()
}
