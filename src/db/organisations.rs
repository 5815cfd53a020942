//! Agencies, municipalities, regions and other bodies.

use chrono::{DateTime, NaiveDate, Utc};

use super::collection_rows::term;
use super::{Result, Tx, unknown_code};
use crate::domain::organisation::{Municipality, Organisation, OrganisationKind, Region};
use crate::domain::reference::{AgencyDetails, NameKind, OtherName, ReferenceOrganisation};
use crate::sql;

/// An organisation's row, in the order of the columns that every statement below selects.
pub(super) type OrganisationRow = (String, String, String, Option<String>, bool, Option<NaiveDate>);

pub(super) fn into_organisation(row: OrganisationRow) -> Result<Organisation> {
    let (code, kind, name, abbreviation, in_ordinance_scope, ended_on) = row;
    Ok(Organisation { kind: term!(OrganisationKind, kind)?, code, name, abbreviation, in_ordinance_scope, ended_on })
}

/// The organisation with this code.
///
/// # Errors
/// As the engine says.
pub async fn get(tx: &mut Tx, code: &str) -> Result<Option<Organisation>> {
    let row: Option<OrganisationRow> =
        sql!("SELECT code, kind, name, abbreviation, in_ordinance_scope, ended_on FROM organisation WHERE code = $1", code)
            .optional(tx)
            .await?;
    row.map(into_organisation).transpose()
}

/// The organisations with these codes, in no order.
///
/// # Errors
/// As the engine says.
pub async fn get_many(tx: &mut Tx, codes: &[String]) -> Result<Vec<Organisation>> {
    let rows: Vec<OrganisationRow> =
        sql!("SELECT code, kind, name, abbreviation, in_ordinance_scope, ended_on FROM organisation WHERE code IN ($1..)")
            .list(codes.iter())
            .all(tx)
            .await?;
    rows.into_iter().map(into_organisation).collect()
}

/// The names of the organisations and the subject areas with these codes.
///
/// # Errors
/// As the engine says.
pub async fn names(tx: &mut Tx, codes: &[String]) -> Result<Vec<(String, String)>> {
    if codes.is_empty() {
        return Ok(Vec::new());
    }
    let mut names: Vec<(String, String)> =
        sql!("SELECT code, name FROM organisation WHERE code IN ($1..)").list(codes.iter()).all(tx).await?;
    let areas: Vec<(String, String)> = sql!("SELECT code, name FROM area WHERE code IN ($1..)").list(codes.iter()).all(tx).await?;
    names.extend(areas);
    Ok(names)
}

/// Those who can be responsible for a collection (agencies and other bodies), by name in Swedish order, each with how many collections
/// open on `today` it answers for.
///
/// # Errors
/// As the engine says.
pub async fn askers(tx: &mut Tx, today: NaiveDate) -> Result<Vec<(Organisation, i64)>> {
    type Row = (String, String, String, Option<String>, bool, Option<NaiveDate>, i64);
    let rows: Vec<Row> = sql!(
        "SELECT o.code, o.kind, o.name, o.abbreviation, o.in_ordinance_scope, o.ended_on,
                (SELECT COUNT(*) FROM collection_agency a JOIN collection c ON c.id = a.collection_id AND a.version = COALESCE(c.decided_version, c.planned_version)
                 WHERE a.agency_code = o.code AND c.open_from <= $1 AND c.status <> 'draft')
         FROM organisation o WHERE o.kind IN ('agency', 'body') ORDER BY o.name COLLATE \"sv-x-icu\", o.code",
        today,
    )
    .all(tx)
    .await?;
    rows.into_iter().map(|(a, b, c, d, e, f, count)| Ok((into_organisation((a, b, c, d, e, f))?, count))).collect()
}

/// What an agency's page tells beside its name.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct AgencyFacts {
    /// Its website, without `https://`.
    pub website: Option<String>,
    /// Its ministry; none for other bodies.
    pub department: Option<String>,
    /// The group in SCB's register of agencies; none for other bodies.
    pub scb_group: Option<String>,
    /// A remark.
    pub note: Option<String>,
    /// The organisation that took over, if it has ended.
    pub successor_code: Option<String>,
}

/// More about an agency or other body.
///
/// # Errors
/// As the engine says.
pub async fn facts(tx: &mut Tx, code: &str) -> Result<Option<AgencyFacts>> {
    sql!(
        "SELECT o.website, a.department, a.scb_group, o.note, o.successor_code
         FROM organisation o LEFT JOIN agency a ON a.code = o.code WHERE o.code = $1",
        code,
    )
    .optional(tx)
    .await
}

/// Every other name of every organisation.
///
/// # Errors
/// As the engine says.
pub async fn other_names(tx: &mut Tx) -> Result<Vec<OtherName>> {
    type Row = (String, String, String, Option<NaiveDate>);
    let rows: Vec<Row> =
        sql!("SELECT organisation_code, name, kind, until FROM organisation_name ORDER BY organisation_code, name").all(tx).await?;
    let convert =
        |(organisation_code, name, kind, until): Row| Ok(OtherName { organisation_code, name, kind: term!(NameKind, kind)?, until });
    rows.into_iter().map(convert).collect()
}

/// Where an organisation comes from.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Past {
    /// What it was called before.
    pub former: Vec<String>,
    /// Whose tasks it has taken over.
    pub taken_over: Vec<String>,
}

/// What an organisation was called before, and whose tasks it has taken over: those in the register and those that ended before it.
///
/// # Errors
/// As the engine says.
pub async fn past(tx: &mut Tx, code: &str) -> Result<Past> {
    let rows: Vec<(String, String)> = sql!(
        "SELECT name, kind FROM organisation_name WHERE organisation_code = $1 AND kind IN ('former', 'predecessor')
         UNION SELECT name, 'predecessor' AS kind FROM organisation WHERE successor_code = $1
         ORDER BY name, kind",
        code,
    )
    .all(tx)
    .await?;
    let mut past = Past::default();
    for (name, kind) in rows {
        if term!(NameKind, kind)? == NameKind::Former { past.former.push(name) } else { past.taken_over.push(name) }
    }
    Ok(past)
}

/// The ministries that any agency belongs to, by name.
///
/// # Errors
/// As the engine says.
pub async fn departments(tx: &mut Tx) -> Result<Vec<String>> {
    let rows: Vec<(String,)> =
        sql!("SELECT DISTINCT department FROM agency WHERE department IS NOT NULL ORDER BY department").all(tx).await?;
    Ok(rows.into_iter().map(|(name,)| name).collect())
}

/// The names of every organisation that can be found by name: code and name, agencies and other bodies.
///
/// # Errors
/// As the engine says.
pub async fn asker_names(tx: &mut Tx) -> Result<Vec<(String, String, Option<String>)>> {
    sql!("SELECT code, name, abbreviation FROM organisation WHERE kind IN ('agency', 'body') ORDER BY code").all(tx).await
}

/// Codes of everyone who can be listed as respondent: municipalities and regions.
///
/// # Errors
/// As the engine says.
pub async fn respondent_codes(tx: &mut Tx) -> Result<Vec<String>> {
    let rows: Vec<(String,)> = sql!("SELECT code FROM organisation WHERE kind IN ('municipality', 'region') ORDER BY code").all(tx).await?;
    Ok(rows.into_iter().map(|(code,)| code).collect())
}

type MunicipalityRow = (String, String, String, String, i64, i64, String, String);

fn into_municipality(row: MunicipalityRow) -> Municipality {
    let (code, name, county_code, county_name, population, population_year, skr_group, skr_group_name) = row;
    Municipality { code, name, county_code, county_name, population, population_year, skr_group, skr_group_name }
}

/// Every municipality, by name in Swedish order.
///
/// # Errors
/// As the engine says.
pub async fn municipalities(tx: &mut Tx) -> Result<Vec<Municipality>> {
    let rows: Vec<MunicipalityRow> = sql!(
        "SELECT m.code, o.name, m.county_code, c.name, m.population, m.population_year, m.skr_group, m.skr_group_name
         FROM municipality m JOIN organisation o ON o.code = m.code JOIN county c ON c.code = m.county_code
         ORDER BY o.name COLLATE \"sv-x-icu\", m.code"
    )
    .all(tx)
    .await?;
    Ok(rows.into_iter().map(into_municipality).collect())
}

/// One municipality.
///
/// # Errors
/// As the engine says.
pub async fn municipality(tx: &mut Tx, code: &str) -> Result<Option<Municipality>> {
    let row: Option<MunicipalityRow> = sql!(
        "SELECT m.code, o.name, m.county_code, c.name, m.population, m.population_year, m.skr_group, m.skr_group_name
         FROM municipality m JOIN organisation o ON o.code = m.code JOIN county c ON c.code = m.county_code WHERE m.code = $1",
        code,
    )
    .optional(tx)
    .await?;
    Ok(row.map(into_municipality))
}

type RegionRow = (String, String, String, String, i64, i64);

fn into_region(row: RegionRow) -> Region {
    let (code, name, county_code, county_name, population, population_year) = row;
    Region { code, name, county_code, county_name, population, population_year }
}

/// Every region, by name in Swedish order.
///
/// # Errors
/// As the engine says.
pub async fn regions(tx: &mut Tx) -> Result<Vec<Region>> {
    let rows: Vec<RegionRow> = sql!(
        "SELECT r.code, o.name, r.county_code, c.name, r.population, r.population_year
         FROM region r JOIN organisation o ON o.code = r.code JOIN county c ON c.code = r.county_code
         ORDER BY o.name COLLATE \"sv-x-icu\", r.code"
    )
    .all(tx)
    .await?;
    Ok(rows.into_iter().map(into_region).collect())
}

/// The region of a county.
///
/// # Errors
/// As the engine says.
pub async fn region(tx: &mut Tx, county_code: &str) -> Result<Option<Region>> {
    let row: Option<RegionRow> = sql!(
        "SELECT r.code, o.name, r.county_code, c.name, r.population, r.population_year
         FROM region r JOIN organisation o ON o.code = r.code JOIN county c ON c.code = r.county_code WHERE r.county_code = $1",
        county_code,
    )
    .optional(tx)
    .await?;
    Ok(row.map(into_region))
}

/// Adds an organisation, or brings what the reference data says of it up to date. Answers whether anything changed.
///
/// # Errors
/// As the engine says.
pub async fn put(tx: &mut Tx, o: &ReferenceOrganisation, now: DateTime<Utc>) -> Result<bool> {
    let changed = sql!(
        "INSERT INTO organisation (code, kind, name, abbreviation, website, in_ordinance_scope, ended_on, successor_code, note, changed_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
         ON CONFLICT (code) DO UPDATE SET kind = excluded.kind, name = excluded.name, abbreviation = excluded.abbreviation,
           website = excluded.website, in_ordinance_scope = excluded.in_ordinance_scope, ended_on = excluded.ended_on,
           successor_code = excluded.successor_code, note = excluded.note, changed_at = excluded.changed_at
         WHERE organisation.name <> excluded.name OR organisation.kind <> excluded.kind
            OR COALESCE(organisation.abbreviation, '') <> COALESCE(excluded.abbreviation, '')
            OR COALESCE(organisation.website, '') <> COALESCE(excluded.website, '')
            OR organisation.in_ordinance_scope <> excluded.in_ordinance_scope
            OR COALESCE(CAST(organisation.ended_on AS TEXT), '') <> COALESCE(CAST(excluded.ended_on AS TEXT), '')
            OR COALESCE(organisation.successor_code, '') <> COALESCE(excluded.successor_code, '')
            OR COALESCE(organisation.note, '') <> COALESCE(excluded.note, '')",
        &o.code,
        o.kind.code(),
        &o.name,
        &o.abbreviation,
        &o.website,
        o.in_ordinance_scope,
        o.ended_on,
        &o.successor_code,
        &o.note,
        now,
    )
    .run(tx)
    .await?;
    Ok(changed > 0)
}

/// Adds another name of an organisation.
///
/// # Errors
/// As the engine says.
pub async fn put_name(tx: &mut Tx, name: &OtherName) -> Result<bool> {
    let changed = sql!(
        "INSERT INTO organisation_name (organisation_code, name, kind, until) VALUES ($1, $2, $3, $4)
         ON CONFLICT (organisation_code, name) DO UPDATE SET kind = excluded.kind, until = excluded.until
         WHERE organisation_name.kind <> excluded.kind
            OR COALESCE(CAST(organisation_name.until AS TEXT), '') <> COALESCE(CAST(excluded.until AS TEXT), '')",
        &name.organisation_code,
        &name.name,
        name.kind.code(),
        name.until,
    )
    .run(tx)
    .await?;
    Ok(changed > 0)
}

/// Adds or updates what an agency has beside its name.
///
/// # Errors
/// As the engine says.
pub async fn put_agency(tx: &mut Tx, agency: &AgencyDetails) -> Result<()> {
    sql!(
        "INSERT INTO agency (code, department, scb_group, esam_member) VALUES ($1, $2, $3, $4)
         ON CONFLICT (code) DO UPDATE SET department = excluded.department, scb_group = excluded.scb_group,
           esam_member = excluded.esam_member",
        &agency.code,
        &agency.department,
        &agency.scb_group,
        agency.esam_member,
    )
    .run(tx)
    .await?;
    Ok(())
}

/// Adds or updates what a municipality has beside its name.
///
/// # Errors
/// As the engine says.
pub async fn put_municipality(tx: &mut Tx, m: &Municipality) -> Result<()> {
    sql!(
        "INSERT INTO municipality (code, county_code, population, population_year, skr_group, skr_group_name) VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (code) DO UPDATE SET county_code = excluded.county_code, population = excluded.population,
           population_year = excluded.population_year, skr_group = excluded.skr_group, skr_group_name = excluded.skr_group_name",
        &m.code,
        &m.county_code,
        m.population,
        m.population_year,
        &m.skr_group,
        &m.skr_group_name,
    )
    .run(tx)
    .await?;
    Ok(())
}

/// Adds or updates what a region has beside its name.
///
/// # Errors
/// As the engine says.
pub async fn put_region(tx: &mut Tx, r: &Region) -> Result<()> {
    sql!(
        "INSERT INTO region (code, county_code, population, population_year) VALUES ($1, $2, $3, $4)
         ON CONFLICT (code) DO UPDATE SET county_code = excluded.county_code, population = excluded.population,
           population_year = excluded.population_year",
        &r.code,
        &r.county_code,
        r.population,
        r.population_year,
    )
    .run(tx)
    .await?;
    Ok(())
}
