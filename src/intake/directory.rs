//! What a file may refer to: organisations by number and every name in use, subject areas, municipalities, regions and ministries.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::domain::identifier::OrgNumber;
use crate::domain::organisation::respondent_of_code;
use crate::domain::terms::RespondentKind;
use crate::text::{self, near};

/// The words for all county administrative boards together.
const COUNTY_BOARDS: [&str; 4] = ["länsstyrelserna", "samtliga länsstyrelser", "alla länsstyrelser", "de 21 länsstyrelserna"];
/// How the name of each of them begins, folded.
const COUNTY_BOARD: &str = "länsstyrelsen i ";
/// Two slips of the keyboard make a ministry's name a misspelling and not another ministry.
const MISSPELLING: usize = 2;

/// The register's names and codes, gathered by the caller from the database.
#[derive(Debug, Clone, Default)]
pub struct Directory {
    organisations: BTreeSet<String>,
    names: BTreeMap<String, BTreeSet<String>>,
    shown_names: Vec<String>,
    areas: Vec<(String, String)>,
    places: BTreeSet<String>,
    departments: HashMap<String, String>,
}

/// What an organisation's number or name leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    /// These organisations: one, or the county administrative boards together.
    Codes(Vec<String>),
    /// Several organisations share the name.
    Ambiguous(Vec<String>),
    /// Nobody.
    Nobody,
}

impl Directory {
    /// An empty directory, to be filled.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a responsible or collecting organisation with its names of today, abbreviations and former names.
    pub fn add_organisation<'n>(&mut self, code: &'n str, names: impl IntoIterator<Item = &'n str>) {
        self.organisations.insert(code.to_owned());
        for name in names.into_iter().chain([code]).filter(|name| !name.trim().is_empty()) {
            self.names.entry(text::fold(name)).or_default().insert(code.to_owned());
            self.shown_names.push(name.to_owned());
        }
    }

    /// Adds a subject area.
    pub fn add_area(&mut self, code: &str, name: &str) {
        self.areas.push((code.to_owned(), name.to_owned()));
    }

    /// Adds a municipality by its kommunkod, or a region by its code `R-14`.
    pub fn add_place(&mut self, code: &str) {
        self.places.insert(code.to_owned());
    }

    /// Adds a ministry with its abbreviation.
    pub fn add_department(&mut self, name: &str, abbreviation: Option<&str>) {
        for word in abbreviation.into_iter().chain([name]) {
            self.departments.insert(text::fold(word), name.to_owned());
        }
    }

    /// The organisation with this number, code or name; also as `Namn (FÖRK)`.
    #[must_use]
    pub fn organisation(&self, typed: &str) -> Found {
        let folded = text::fold(typed);
        if let Some(number) = OrgNumber::parse(typed)
            && self.organisations.contains(number.as_str())
        {
            return Found::Codes(vec![number.to_string()]);
        }
        if COUNTY_BOARDS.contains(&folded.as_str()) {
            let boards = self.names.range(COUNTY_BOARD.to_owned()..).take_while(|(name, _)| name.starts_with(COUNTY_BOARD));
            let codes: BTreeSet<String> = boards.flat_map(|(_, codes)| codes.iter().cloned()).collect();
            return if codes.is_empty() { Found::Nobody } else { Found::Codes(codes.into_iter().collect()) };
        }
        let bare = folded.split_once(" (").map(|(name, _)| name);
        match self.names.get(&folded).or_else(|| self.names.get(bare?)) {
            Some(codes) if codes.len() == 1 => Found::Codes(codes.iter().cloned().collect()),
            Some(codes) => Found::Ambiguous(codes.iter().cloned().collect()),
            None => Found::Nobody,
        }
    }

    /// The name in the directory most like `typed`.
    #[must_use]
    pub fn nearest_organisation(&self, typed: &str) -> Option<&str> {
        near::nearest(typed, self.shown_names.iter().map(String::as_str))
    }

    /// The code of a subject area.
    ///
    /// # Errors
    /// Names the nearest area and all of them.
    pub fn area(&self, typed: &str) -> Result<String, String> {
        let folded = text::fold(typed);
        if let Some((code, _)) = self.areas.iter().find(|(code, name)| text::fold(name) == folded || *code == folded) {
            return Ok(code.clone());
        }
        let names: Vec<&str> = self.areas.iter().map(|(_, name)| name.as_str()).collect();
        let near = near::nearest(typed, names.iter().copied()).map(|name| format!(" Menar du ”{name}”?")).unwrap_or_default();
        Err(format!("”{}” är inget ämnesområde.{near} Tillåtet: {}.", text::shorten(typed, 60), names.join(", ")))
    }

    /// A ministry's name as the register writes it; ministries of other times stay as they are typed.
    ///
    /// # Errors
    /// When the name is a misspelling of a known one.
    pub fn department(&self, typed: &str) -> Result<String, String> {
        let folded = text::fold(typed);
        if let Some(name) = self.departments.get(&folded) {
            return Ok(name.clone());
        }
        // abbreviations are too short to be told from one another by likeness
        let near = (8..80)
            .contains(&folded.len())
            .then(|| self.departments.values().find(|name| strsim::damerau_levenshtein(&text::fold(name), &folded) <= MISSPELLING));
        match near.flatten() {
            Some(name) => Err(format!("”{typed}” är inget departement. Menar du ”{name}”?")),
            None => Ok(typed.to_owned()),
        }
    }

    /// The code of a municipality or region as typed: `0180`, `180` (the zero lost in a spreadsheet), `R-14`, `r14`.
    #[must_use]
    pub fn place(&self, typed: &str) -> Option<(RespondentKind, String)> {
        let upper = typed.trim().to_uppercase();
        let region = upper.strip_prefix('R').map(|county| format!("R-{:0>2}", county.trim_start_matches(['-', ' '])));
        let code = region.unwrap_or_else(|| format!("{upper:0>4}"));
        let kind = respondent_of_code(&code)?;
        self.places.contains(&code).then_some((kind, code))
    }

    /// How many municipalities or regions there are; none known for other kinds.
    #[must_use]
    pub fn count(&self, kind: RespondentKind) -> Option<i64> {
        let count = self.places.iter().filter(|code| respondent_of_code(code) == Some(kind)).count();
        i64::try_from(count).ok().filter(|count| *count > 0)
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// A small directory for the tests of the intake.
    pub fn directory() -> Directory {
        let mut directory = Directory::new();
        directory.add_organisation("202100-0837", ["Statistiska centralbyrån", "SCB"]);
        directory.add_organisation("202100-1975", ["Naturvårdsverket"]);
        directory.add_organisation("202100-2247", ["Länsstyrelsen i Stockholms län", "Miljönämnden"]);
        directory.add_organisation("202100-2254", ["Länsstyrelsen i Uppsala län", "Miljönämnden"]);
        directory.add_organisation("SKR", ["Sveriges Kommuner och Regioner", "SKL"]);
        directory.add_area("kultur-och-fritid", "Kultur och fritid");
        directory.add_area("energi", "Energi");
        directory.add_department("Kulturdepartementet", Some("Ku"));
        directory.add_department("Utrikesdepartementet", Some("UD"));
        for code in ["0114", "0180", "1480", "R-01", "R-14"] {
            directory.add_place(code);
        }
        directory
    }

    #[test]
    fn organisations_are_found_by_number_and_every_name() {
        let directory = directory();
        let one = |code: &str| Found::Codes(vec![code.to_owned()]);
        for typed in ["202100-0837", "2021000837", "scb", "Statistiska  Centralbyrån", "Statistiska centralbyrån (SCB)"] {
            assert_eq!(directory.organisation(typed), one("202100-0837"), "{typed}");
        }
        assert_eq!(directory.organisation("skl"), one("SKR"));
        assert_eq!(directory.organisation("Länsstyrelserna"), Found::Codes(vec!["202100-2247".into(), "202100-2254".into()]));
        assert!(matches!(directory.organisation("Miljönämnden"), Found::Ambiguous(_)));
        assert_eq!(directory.organisation("202100-0845"), Found::Nobody);
        assert_eq!(directory.nearest_organisation("Naturvårdverket"), Some("Naturvårdsverket"));
    }

    #[test]
    fn lost_zeros_are_put_back_where_the_code_exists() {
        let directory = directory();
        assert_eq!(directory.place("180"), Some((RespondentKind::Municipality, "0180".to_owned())));
        assert_eq!(directory.place("r14"), Some((RespondentKind::Region, "R-14".to_owned())));
        for wrong in ["181", "R-99", "", "0180x", "R", "١٨٠"] {
            assert_eq!(directory.place(wrong), None, "{wrong}");
        }
        assert_eq!(directory.count(RespondentKind::Municipality), Some(3));
        assert_eq!(directory.count(RespondentKind::Business), None);
    }

    #[test]
    fn ministries_of_other_times_are_kept_and_misspellings_told() {
        let directory = directory();
        assert_eq!(directory.department("ku").as_deref(), Ok("Kulturdepartementet"));
        assert_eq!(directory.department("Kommunikationsdepartementet").as_deref(), Ok("Kommunikationsdepartementet"));
        assert!(directory.department("Kulturdepartmentet").is_err_and(|message| message.contains("”Kulturdepartementet”")));
    }

    #[test]
    fn areas_are_known_by_name_and_code() {
        assert_eq!(directory().area("kultur  och fritid").as_deref(), Ok("kultur-och-fritid"));
        assert!(directory().area("Enerji").is_err_and(|message| message.contains("Menar du ”Energi”?")));
    }
}
