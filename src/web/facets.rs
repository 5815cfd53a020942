//! The filters beside the list of collections: their values with counts, the chosen ones, and help when nothing was found.

use std::cmp::Ordering;
use std::sync::Arc;

use super::filters::capital;
use super::params::{FACETS, ListParams, facet_name};
use crate::db::{Result, Tx, organisations};
use crate::domain::organisation::OrganisationKind;
use crate::domain::terms::{Channel, Kind, Obligation, Periodicity, Status};
use crate::search::{self, Facet, Facets, Suggestion};
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
    known: Arc<search::Names>,
    respondent: Option<String>,
}

impl Names {
    /// Takes the names of agencies and areas, and reads that of the municipality or region that the address names.
    ///
    /// # Errors
    /// As the engine says.
    pub async fn read(tx: &mut Tx, known: Arc<search::Names>, params: &ListParams) -> Result<Self> {
        let respondent = match &params.respondent {
            Some(code) => organisations::get(tx, code).await?,
            None => None,
        };
        let respondent = respondent.filter(|one| matches!(one.kind, OrganisationKind::Municipality | OrganisationKind::Region));
        Ok(Self { known, respondent: respondent.map(|one| one.name) })
    }

    /// Whether the register knows what a chosen code stands for.
    #[must_use]
    pub fn knows(&self, facet: Facet, code: &str) -> bool {
        match facet {
            Facet::Agency | Facet::Area => self.known.of(facet, code).is_some(),
            Facet::Status | Facet::Kind | Facet::Obligation | Facet::Periodicity | Facet::Channel => true,
        }
    }

    /// The municipality or region of the address, if the register does not know it.
    #[must_use]
    pub fn unknown_respondent<'a>(&self, params: &'a ListParams) -> Option<&'a str> {
        params.respondent.as_deref().filter(|_| self.respondent.is_none())
    }

    /// What a code is called; one whose name was not read is shown as it is.
    fn of(&self, facet: Facet, code: &str) -> String {
        let term = match facet {
            Facet::Agency | Facet::Area => return self.known.of(facet, code).unwrap_or(code).to_owned(),
            Facet::Status => Status::from_code(code).map(Status::label),
            Facet::Kind => Kind::from_code(code).map(Kind::label),
            Facet::Obligation => Obligation::from_code(code).map(Obligation::label),
            Facet::Periodicity => Periodicity::from_code(code).map(Periodicity::label),
            Facet::Channel => Channel::from_code(code).map(Channel::label),
        };
        capital(term.unwrap_or(code))
    }

    fn respondent(&self, code: &str) -> String {
        self.respondent.clone().unwrap_or_else(|| code.to_owned())
    }

    /// The Swedish order of two codes by what they are called.
    fn order(&self, facet: Facet, a: &str, b: &str) -> Ordering {
        match facet {
            Facet::Agency | Facet::Area => self.known.order(facet, a, b),
            _ => text::swedish_order(&self.of(facet, a), &self.of(facet, b)),
        }
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
        let mut pairs: Vec<&(String, usize)> = counts.of(facet).iter().collect();
        let is_chosen = |pair: &&(String, usize)| params.has(facet, &pair.0);
        pairs.sort_by_key(|pair| !is_chosen(pair));
        // one value alone under a fold would take as much room as the fold
        let first = if pairs.len() <= FIRST + 1 { pairs.len() } else { FIRST.max(pairs.iter().filter(|pair| is_chosen(pair)).count()) };
        let mut rest = pairs.split_off(first);
        rest.sort_by(|a, b| names.order(facet, &a.0, &b.0));
        let values = |pairs: Vec<&(String, usize)>| pairs.into_iter().map(|pair| value(facet, pair)).collect();
        FacetBox { name: facet_name(facet), first: values(pairs), rest: values(rest) }
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
                (format!("Sök på ”{word}” i stället för ”{typed}”"), with_text(text), count)
            }
            Suggestion::WithoutWord { typed, text, count } => (format!("Sök utan ”{typed}”"), with_text(text), count),
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
