//! Organisations: those who ask, those who answer, and those who speak for them.

use chrono::NaiveDate;

use super::terms::RespondentKind;

terms! {
    /// What an organisation is in the register.
    OrganisationKind {
        Agency = "agency", "statlig myndighet";
        Municipality = "municipality", "kommun";
        Region = "region", "region";
        Body = "body", "annan organisation";
    }
}

/// An organisation as lists and links show it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Organisation {
    /// orgnr for an agency, kommunkod, `R-14` for a region, a short code such as `SKR` for other bodies.
    pub code: String,
    /// What it is.
    pub kind: OrganisationKind,
    /// Its full name of today.
    pub name: String,
    /// The abbreviation in use, if there is one.
    pub abbreviation: Option<String>,
    /// Whether 1 § förordning (1982:668) reaches it: a state agency that is not under the Riksdag.
    pub in_ordinance_scope: bool,
    /// The day on which it ceased, if it has.
    pub ended_on: Option<NaiveDate>,
}

impl Organisation {
    /// The short name where there is one: `SCB`, else the full name.
    #[must_use]
    pub fn short_name(&self) -> &str {
        self.abbreviation.as_deref().unwrap_or(&self.name)
    }

    /// The address of its page, for the kinds that have one.
    #[must_use]
    pub fn path(&self) -> Option<String> {
        match self.kind {
            OrganisationKind::Agency | OrganisationKind::Body => Some(format!("/myndigheter/{}", self.code)),
            OrganisationKind::Municipality => Some(format!("/kommuner/{}", self.code)),
            OrganisationKind::Region => county_of_region(&self.code).map(|county| format!("/regioner/{county}")),
        }
    }
}

/// A municipality with what the reference data knows of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Municipality {
    /// kommunkod, four digits.
    pub code: String,
    /// Its name without the word kommun.
    pub name: String,
    /// länskod, two digits.
    pub county_code: String,
    /// The county's name.
    pub county_name: String,
    /// Inhabitants on 31 December of `population_year`.
    pub population: i64,
    /// The year that the population is counted for.
    pub population_year: i64,
    /// SKR's municipality group, such as `C7`.
    pub skr_group: String,
    /// What that group is called.
    pub skr_group_name: String,
}

/// The municipalities whose long name does not follow the rule of [`Municipality::long_name`].
const OWN_WAYS: [(&str, &str); 3] = [("0880", "Kalmar kommun"), ("2080", "Falu kommun"), ("1421", "Orust kommun")];

impl Municipality {
    /// The name with the word kommun: `Luleå kommun`, `Stockholms kommun`. A name that ends in a consonant other than s or x takes the
    /// genitive s.
    #[must_use]
    pub fn long_name(&self) -> String {
        if let Some((_, name)) = OWN_WAYS.iter().find(|(code, _)| *code == self.code) {
            return (*name).to_owned();
        }
        let takes_none = self.name.ends_with(['a', 'e', 'i', 'o', 'u', 'y', 'å', 'ä', 'ö', 's', 'x']);
        format!("{}{} kommun", self.name, if takes_none { "" } else { "s" })
    }
}

/// A region with what the reference data knows of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Region {
    /// `R-` and the county code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// länskod, two digits.
    pub county_code: String,
    /// The county's name.
    pub county_name: String,
    /// Inhabitants on 31 December of `population_year`.
    pub population: i64,
    /// The year that the population is counted for.
    pub population_year: i64,
}

/// The county code in a region's code: `14` for `R-14`.
#[must_use]
pub fn county_of_region(code: &str) -> Option<&str> {
    code.strip_prefix("R-").filter(|county| county.len() == 2 && county.bytes().all(|b| b.is_ascii_digit()))
}

/// Which kind of respondent a code in a list names: kommunkod or region code.
#[must_use]
pub fn respondent_of_code(code: &str) -> Option<RespondentKind> {
    if county_of_region(code).is_some() {
        Some(RespondentKind::Region)
    } else if code.len() == 4 && code.bytes().all(|b| b.is_ascii_digit()) {
        Some(RespondentKind::Municipality)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_tell_what_they_name() {
        assert_eq!(respondent_of_code("0180"), Some(RespondentKind::Municipality));
        assert_eq!(respondent_of_code("R-14"), Some(RespondentKind::Region));
        assert_eq!(respondent_of_code("18"), None);
        assert_eq!(county_of_region("R-1"), None);
    }

    #[test]
    fn municipalities_have_their_long_names() {
        let long = |code: &str, name: &str| {
            let empty = String::new;
            let (county_code, county_name, skr_group, skr_group_name) = (empty(), empty(), empty(), empty());
            let (population, population_year) = (0, 2024);
            let (code, name) = (code.to_owned(), name.to_owned());
            Municipality { code, name, county_code, county_name, population, population_year, skr_group, skr_group_name }.long_name()
        };
        assert_eq!(long("0180", "Stockholm"), "Stockholms kommun");
        assert_eq!(long("2580", "Luleå"), "Luleå kommun");
        assert_eq!(long("1490", "Borås"), "Borås kommun");
        assert_eq!(long("2514", "Kalix"), "Kalix kommun");
        assert_eq!(long("2080", "Falun"), "Falu kommun");
    }
}
