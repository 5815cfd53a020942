//! What the reference data says: organisations, areas and where the facts come from.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::consultation::statistics::EarlierYear;
use super::organisation::{Municipality, OrganisationKind, Region};
use super::terms::RespondentKind;

terms! {
    /// Why an organisation is also found under another name.
    NameKind {
        Official = "official", "officiellt namn";
        Abbreviation = "abbreviation", "förkortning";
        Former = "former", "tidigare namn";
        Predecessor = "predecessor", "övertagen myndighet";
        Spelling = "spelling", "annan skrivning";
    }
}

/// An organisation's other name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OtherName {
    /// Whose.
    pub organisation_code: String,
    /// The name.
    pub name: String,
    /// Why.
    pub kind: NameKind,
    /// The last day on which a former name was used, or on which the organisation that was taken over existed.
    pub until: Option<NaiveDate>,
}

/// What the reference data says of any organisation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReferenceOrganisation {
    /// Its code.
    pub code: String,
    /// Its kind.
    pub kind: OrganisationKind,
    /// Its name.
    pub name: String,
    /// Its abbreviation.
    pub abbreviation: Option<String>,
    /// Its website.
    pub website: Option<String>,
    /// Whether 1 § förordning (1982:668) reaches it.
    pub in_ordinance_scope: bool,
    /// When it ceased.
    pub ended_on: Option<NaiveDate>,
    /// Who took over.
    pub successor_code: Option<String>,
    /// A remark.
    pub note: Option<String>,
}

/// What an agency has beside its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgencyDetails {
    /// Its organisation number.
    pub code: String,
    /// Its ministry; none for those under the Riksdag.
    pub department: Option<String>,
    /// The group in SCB's register of agencies.
    pub scb_group: String,
    /// Whether it was a member of eSam in October 2023 (ES2024-02).
    pub esam_member: bool,
}

/// Where a piece of the reference data comes from.
#[derive(Debug, Clone, PartialEq, Eq, serde::Deserialize)]
pub struct DataSource {
    /// The file that holds it.
    pub file: String,
    /// What it is.
    pub what: String,
    /// Who publishes it.
    pub source: String,
    /// On which terms.
    pub licence: String,
    /// More to know.
    #[serde(default)]
    pub note: String,
}

/// All reference data of one version.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ReferenceData {
    /// A date; a later one replaces an earlier one.
    pub version: String,
    /// Where it comes from.
    pub sources: Vec<DataSource>,
    /// Code and name of each county.
    pub counties: Vec<(String, String)>,
    /// Code and name of each subject area.
    pub areas: Vec<(String, String)>,
    /// Every organisation, those that took over before those that ended.
    pub organisations: Vec<ReferenceOrganisation>,
    /// Their other names.
    pub names: Vec<OtherName>,
    /// More about the agencies.
    pub agencies: Vec<AgencyDetails>,
    /// More about the municipalities.
    pub municipalities: Vec<Municipality>,
    /// More about the regions.
    pub regions: Vec<Region>,
    /// Codes of the bodies that are suggested for consultation, by kind of respondents. A register that has chosen keeps its choice.
    pub consulted: BTreeMap<RespondentKind, Vec<String>>,
    /// Years of which only the number of consultations is known.
    pub earlier_consultations: Vec<EarlierYear>,
}
