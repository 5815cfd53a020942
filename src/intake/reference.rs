//! Reading the reference data that the program carries: municipalities, regions, agencies, other bodies, areas.

use std::collections::BTreeMap;
use std::fmt;

use chrono::NaiveDate;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::domain::consultation::statistics::EarlierYear;
use crate::domain::identifier::OrgNumber;
use crate::domain::organisation::{Municipality, OrganisationKind, Region};
use crate::domain::reference::{AgencyDetails, DataSource, NameKind, OtherName, ReferenceData, ReferenceOrganisation};
use crate::domain::terms::RespondentKind;

/// The texts of the files under `static/reference`.
#[derive(Debug, Clone, Copy)]
pub struct ReferenceFiles<'a> {
    /// `sources.json`: version and origin of the data.
    pub sources: &'a str,
    /// `municipalities.csv`.
    pub municipalities: &'a str,
    /// `regions.csv`.
    pub regions: &'a str,
    /// `agencies.csv`.
    pub agencies: &'a str,
    /// `bodies.csv`.
    pub bodies: &'a str,
    /// `names.csv`.
    pub names: &'a str,
    /// `areas.csv`.
    pub areas: &'a str,
    /// `consulted.csv`.
    pub consulted: &'a str,
    /// `consultation_years.csv`.
    pub consultation_years: &'a str,
}

impl ReferenceFiles<'static> {
    /// The files that this program was built with.
    #[must_use]
    pub fn embedded() -> Self {
        Self {
            sources: include_str!("../../static/reference/sources.json"),
            municipalities: include_str!("../../static/reference/municipalities.csv"),
            regions: include_str!("../../static/reference/regions.csv"),
            agencies: include_str!("../../static/reference/agencies.csv"),
            bodies: include_str!("../../static/reference/bodies.csv"),
            names: include_str!("../../static/reference/names.csv"),
            areas: include_str!("../../static/reference/areas.csv"),
            consulted: include_str!("../../static/reference/consulted.csv"),
            consultation_years: include_str!("../../static/reference/consultation_years.csv"),
        }
    }
}

/// A reference file that does not hold what it should.
#[derive(Debug, thiserror::Error)]
#[error("{file}: {fault}")]
pub struct ReferenceError {
    file: &'static str,
    fault: String,
}

fn fault(file: &'static str, fault: impl fmt::Display) -> ReferenceError {
    ReferenceError { file, fault: fault.to_string() }
}

fn rows<T: DeserializeOwned>(file: &'static str, text: &str) -> Result<Vec<T>, ReferenceError> {
    csv::Reader::from_reader(text.as_bytes()).deserialize().collect::<Result<_, _>>().map_err(|error| fault(file, error))
}

/// A ministry.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Department {
    /// Its name.
    pub name: String,
    /// The letters by which its decisions are numbered, such as `Fi`.
    pub abbreviation: String,
}

/// The ministries of today.
///
/// # Errors
/// The embedded file does not hold what it should.
pub fn departments() -> Result<Vec<Department>, ReferenceError> {
    rows("departments.csv", include_str!("../../static/reference/departments.csv"))
}

#[derive(Deserialize)]
struct Sources {
    version: String,
    sources: Vec<DataSource>,
}

#[derive(Deserialize)]
struct MunicipalityRow {
    code: String,
    name: String,
    county_code: String,
    county_name: String,
    population: i64,
    population_year: i64,
    skr_group: String,
    skr_group_name: String,
}

#[derive(Deserialize)]
struct RegionRow {
    county_code: String,
    county_name: String,
    region_name: String,
    population: i64,
    population_year: i64,
}

#[derive(Deserialize)]
struct AgencyRow {
    name: String,
    orgnr: String,
    scb_group: String,
    department: Option<String>,
    website: Option<String>,
    esam_member_oct_2023: String,
    in_ordinance_scope: String,
    ended_on: Option<NaiveDate>,
    successor_orgnr: Option<String>,
    abbreviation: Option<String>,
    common_name: Option<String>,
}

#[derive(Deserialize)]
struct ConsultedRow {
    respondents: String,
    body: String,
}

#[derive(Deserialize)]
struct ConsultationYearRow {
    body: String,
    year: i64,
    cases: i64,
    source: String,
}

#[derive(Deserialize)]
struct BodyRow {
    code: String,
    name: String,
    short_name: Option<String>,
    website: Option<String>,
    note: Option<String>,
}

#[derive(Deserialize)]
struct NameRow {
    code: String,
    name: String,
    kind: String,
    until: Option<NaiveDate>,
}

/// Reads the files into one set of reference data.
///
/// # Errors
/// The file and row that does not hold what it should; an organisation number with a wrong check digit.
pub fn read(files: &ReferenceFiles<'_>) -> Result<ReferenceData, ReferenceError> {
    let sources: Sources = serde_json::from_str(files.sources).map_err(|error| fault("sources.json", error))?;
    let mut data = ReferenceData { version: sources.version, sources: sources.sources, ..ReferenceData::default() };
    let mut counties = BTreeMap::new();
    for row in rows::<MunicipalityRow>("municipalities.csv", files.municipalities)? {
        counties.insert(row.county_code.clone(), row.county_name.clone());
        data.organisations.push(organisation(OrganisationKind::Municipality, row.code.clone(), row.name.clone()));
        data.municipalities.push(Municipality {
            code: row.code,
            name: row.name,
            county_code: row.county_code,
            county_name: row.county_name,
            population: row.population,
            population_year: row.population_year,
            skr_group: row.skr_group,
            skr_group_name: row.skr_group_name,
        });
    }
    for row in rows::<RegionRow>("regions.csv", files.regions)? {
        let code = format!("R-{}", row.county_code);
        data.organisations.push(organisation(OrganisationKind::Region, code.clone(), row.region_name.clone()));
        data.regions.push(Region {
            code,
            name: row.region_name,
            county_code: row.county_code,
            county_name: row.county_name,
            population: row.population,
            population_year: row.population_year,
        });
    }
    data.counties = counties.into_iter().collect();
    data.areas = rows("areas.csv", files.areas)?;
    read_askers(files, &mut data)?;
    // those that took over come first, so that a reference to them always finds them
    data.organisations.sort_by_key(|organisation| organisation.successor_code.is_some());
    Ok(data)
}

/// Agencies, other bodies and the names by which they are found.
fn read_askers(files: &ReferenceFiles<'_>, data: &mut ReferenceData) -> Result<(), ReferenceError> {
    for row in rows::<AgencyRow>("agencies.csv", files.agencies)? {
        let code = OrgNumber::parse(&row.orgnr).ok_or_else(|| fault("agencies.csv", format!("{} is no organisation number", row.orgnr)))?;
        let code = code.to_string();
        let name = row.common_name.unwrap_or_else(|| row.name.clone());
        if name != row.name {
            data.names.push(OtherName { organisation_code: code.clone(), name: row.name, kind: NameKind::Official, until: None });
        }
        data.organisations.push(ReferenceOrganisation {
            // some go by nothing but their short name
            abbreviation: row.abbreviation.filter(|abbreviation| *abbreviation != name),
            website: row.website,
            in_ordinance_scope: row.in_ordinance_scope == "yes",
            ended_on: row.ended_on,
            successor_code: row.successor_orgnr,
            ..organisation(OrganisationKind::Agency, code.clone(), name)
        });
        data.agencies.push(AgencyDetails {
            code,
            department: row.department,
            scb_group: row.scb_group,
            esam_member: row.esam_member_oct_2023 == "yes",
        });
    }
    for row in rows::<BodyRow>("bodies.csv", files.bodies)? {
        data.organisations.push(ReferenceOrganisation {
            abbreviation: row.short_name,
            website: row.website,
            note: row.note,
            ..organisation(OrganisationKind::Body, row.code, row.name)
        });
    }
    for row in rows::<ConsultedRow>("consulted.csv", files.consulted)? {
        let unknown = || fault("consulted.csv", format!("unknown kind of respondents {}", row.respondents));
        let kind = RespondentKind::from_code(&row.respondents).ok_or_else(unknown)?;
        data.consulted.entry(kind).or_default().push(row.body);
    }
    for row in rows::<ConsultationYearRow>("consultation_years.csv", files.consultation_years)? {
        let ConsultationYearRow { body, year, cases, source } = row;
        data.earlier_consultations.push(EarlierYear { body, year, cases, source });
    }
    for row in rows::<NameRow>("names.csv", files.names)? {
        let kind = NameKind::from_code(&row.kind).ok_or_else(|| fault("names.csv", format!("unknown kind of name {}", row.kind)))?;
        let known = data.names.iter().any(|other| other.organisation_code == row.code && other.name == row.name);
        if !known {
            data.names.push(OtherName { organisation_code: row.code, name: row.name, kind, until: row.until });
        }
    }
    Ok(())
}

fn organisation(kind: OrganisationKind, code: String, name: String) -> ReferenceOrganisation {
    ReferenceOrganisation {
        code,
        kind,
        name,
        abbreviation: None,
        website: None,
        in_ordinance_scope: false,
        ended_on: None,
        successor_code: None,
        note: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_embedded_files_hold_the_nation() {
        let data = read(&ReferenceFiles::embedded()).expect("readable");
        assert_eq!(data.municipalities.len(), 290);
        assert_eq!(data.municipalities.iter().map(|m| m.population).sum::<i64>(), 10_587_710);
        assert_eq!((data.regions.len(), data.counties.len(), data.areas.len()), (21, 21, 31));
        assert_eq!(data.agencies.len(), 259);
        let statskontoret = data.organisations.iter().find(|o| o.code == "202100-0852").expect("the ended one");
        assert_eq!(statskontoret.successor_code.as_deref(), Some("202100-5026"));
        let outside = data.organisations.iter().filter(|o| o.kind == OrganisationKind::Agency && !o.in_ordinance_scope).count();
        assert_eq!(outside, 5, "the agencies under the Riksdag are outside 1 §");
    }

    #[test]
    fn every_name_and_successor_belongs_to_an_organisation() {
        let data = read(&ReferenceFiles::embedded()).expect("readable");
        let known = |code: &str| data.organisations.iter().any(|o| o.code == code);
        assert_eq!(data.names.iter().find(|name| !known(&name.organisation_code)), None);
        assert_eq!(data.organisations.iter().filter_map(|o| o.successor_code.as_deref()).find(|code| !known(code)), None);
    }

    #[test]
    fn a_wrong_check_digit_is_refused() {
        let mut files = ReferenceFiles::embedded();
        let wrong = files.agencies.replace("202100-0837", "202100-0838");
        files.agencies = &wrong;
        assert!(read(&files).expect_err("refused").to_string().contains("202100-0838"));
    }
}
