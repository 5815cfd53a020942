//! What a form may refer to: agencies, subject areas, ministries, municipalities and regions.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::identifier::OrgNumber;
use crate::domain::organisation::{Municipality, Organisation, Region};
use crate::text;

/// The words for all county administrative boards together.
const COUNTY_BOARDS: [&str; 4] = ["länsstyrelserna", "samtliga länsstyrelser", "alla länsstyrelser", "de 21 länsstyrelserna"];
/// How the name of each of them begins, folded.
const COUNTY_BOARD: &str = "länsstyrelsen i ";

/// The register's names and codes, gathered by the caller.
#[derive(Debug, Clone, Default)]
pub struct Known {
    agencies: BTreeMap<String, Organisation>,
    names: BTreeMap<String, BTreeSet<String>>,
    /// Code and name of the subject areas, by name.
    pub areas: Vec<(String, String)>,
    /// The ministries, by name.
    pub departments: Vec<String>,
    /// The municipalities, by name.
    pub municipalities: Vec<Municipality>,
    /// The regions, by name.
    pub regions: Vec<Region>,
}

/// What a typed agency leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    /// These codes: one, or all county administrative boards.
    Codes(Vec<String>),
    /// Several agencies may be meant, by code; none if nothing is like it.
    Perhaps(Vec<String>),
}

impl Known {
    /// Adds those who can be responsible, with other names that lead to them. Those that have ended are known and cannot be found.
    pub fn add_agencies(&mut self, agencies: Vec<Organisation>, other_names: impl IntoIterator<Item = (String, String)>) {
        for agency in &agencies {
            if agency.ended_on.is_none() {
                for name in [Some(&agency.name), agency.abbreviation.as_ref(), Some(&agency.code)].into_iter().flatten() {
                    self.names.entry(text::fold(name)).or_default().insert(agency.code.clone());
                }
            }
        }
        self.agencies.extend(agencies.into_iter().map(|agency| (agency.code.clone(), agency)));
        for (code, name) in other_names {
            if self.agencies.get(&code).is_some_and(|agency| agency.ended_on.is_none()) {
                self.names.entry(text::fold(&name)).or_default().insert(code);
            }
        }
    }

    /// An agency or other body by code.
    #[must_use]
    pub fn agency(&self, code: &str) -> Option<&Organisation> {
        self.agencies.get(code)
    }

    /// The names of those who can be chosen, for a list of suggestions.
    pub fn agency_names(&self) -> impl Iterator<Item = &str> {
        self.agencies.values().filter(|agency| agency.ended_on.is_none()).map(|agency| agency.name.as_str())
    }

    /// What a typed number, name, abbreviation or `alla länsstyrelser` leads to.
    #[must_use]
    pub fn find(&self, typed: &str) -> Found {
        let folded = text::fold(typed);
        if let Some(number) = OrgNumber::parse(typed)
            && self.agencies.get(number.as_str()).is_some_and(|agency| agency.ended_on.is_none())
        {
            return Found::Codes(vec![number.to_string()]);
        }
        if COUNTY_BOARDS.contains(&folded.as_str()) {
            let boards = self.names.range(COUNTY_BOARD.to_owned()..).take_while(|(name, _)| name.starts_with(COUNTY_BOARD));
            let codes: BTreeSet<String> = boards.flat_map(|(_, codes)| codes.iter().cloned()).collect();
            return Found::Codes(codes.into_iter().collect());
        }
        match self.names.get(&folded) {
            Some(codes) if codes.len() == 1 => Found::Codes(codes.iter().cloned().collect()),
            Some(codes) => Found::Perhaps(codes.iter().cloned().collect()),
            None if folded.chars().count() < 3 => Found::Perhaps(Vec::new()),
            None => {
                let like: BTreeSet<&String> =
                    self.names.iter().filter(|(name, _)| name.contains(&folded)).flat_map(|(_, codes)| codes).collect();
                Found::Perhaps(like.into_iter().take(30).cloned().collect())
            }
        }
    }

    /// Whether a code names a municipality or a region.
    #[must_use]
    pub fn is_place(&self, code: &str) -> bool {
        self.municipalities.iter().any(|one| one.code == code) || self.regions.iter().any(|one| one.code == code)
    }
}
