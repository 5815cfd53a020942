//! Loading the reference data: on an empty register, or when the program carries a newer version.

use chrono::{DateTime, Utc};
use serde_json::json;

use crate::clock;
use crate::db::consultations::{configured, words};
use crate::db::events::Event;
use crate::db::{Db, Tx, areas, case, consultations, events, organisations, settings};
use crate::domain::reference::{NameKind, OtherName, ReferenceData};
use crate::error::Result;

/// The action of the event that a load leaves.
pub const LOADED: &str = "reference.loaded";

/// What a load did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Loaded {
    /// The register has this version or a newer one; nothing was written.
    Kept,
    /// The register was brought up to date.
    Updated {
        /// How many organisations were added or got other facts.
        organisations: usize,
    },
}

/// Brings organisations and areas up to date with `data` if that is newer than what the register has.
///
/// Only what comes from the reference data is written; what people wrote stays, and an organisation that is missing in `data` stays too.
///
/// # Errors
/// As the database says; nothing is half loaded.
pub async fn load(db: &Db, data: &ReferenceData, now: DateTime<Utc>) -> Result<Loaded> {
    let mut tx = db.write().await?;
    settings::lock(&mut tx).await?;
    let have = settings::get(&mut tx, settings::REFERENCE_VERSION).await?;
    if have.is_some_and(|have| have >= data.version) {
        // what a migration cannot write
        words::fill(&mut tx).await?;
        tx.commit().await?;
        return Ok(Loaded::Kept);
    }
    for (code, name) in &data.counties {
        areas::put_county(&mut tx, code, name).await?;
    }
    for (code, name) in &data.areas {
        if areas::put(&mut tx, code, name).await? {
            case::touch_of_area(&mut tx, code, now).await?;
        }
    }
    let changed = put_organisations(&mut tx, data, now).await?;
    for agency in &data.agencies {
        organisations::put_agency(&mut tx, agency).await?;
    }
    for municipality in &data.municipalities {
        organisations::put_municipality(&mut tx, municipality).await?;
    }
    for region in &data.regions {
        organisations::put_region(&mut tx, region).await?;
    }
    suggest(&mut tx, data).await?;
    settings::set(&mut tx, settings::REFERENCE_VERSION, &data.version).await?;
    let event = Event {
        id: clock::new_id(),
        at: now,
        actor: "register".to_owned(),
        person: None,
        action: LOADED.to_owned(),
        subject_kind: "register".to_owned(),
        subject: "reference".to_owned(),
        detail: json!({ "version": data.version, "organisations": changed }),
    };
    events::add(&mut tx, &event).await?;
    tx.commit().await?;
    Ok(Loaded::Updated { organisations: changed })
}

/// Writes what the administrator may choose otherwise, unless it has been chosen: not even what was taken away comes back.
async fn suggest(tx: &mut Tx, data: &ReferenceData) -> Result<()> {
    let is_chosen = settings::get(tx, settings::CONSULTED_CHOSEN).await?.is_some();
    if !is_chosen && consultations::configured(tx).await?.is_empty() {
        consultations::configure(tx, &data.consulted).await?;
    }
    if settings::get(tx, settings::CONSULTATION_YEARS_CHANGED).await?.is_none() {
        for one in &data.earlier_consultations {
            if configured::year(tx, &one.body, one.year).await?.is_none() {
                configured::put_year(tx, one).await?;
            }
        }
    }
    Ok(())
}

/// Writes organisations and their names; collections that show a changed name are marked, so that the index follows, and cases are found by it.
async fn put_organisations(tx: &mut Tx, data: &ReferenceData, now: DateTime<Utc>) -> Result<usize> {
    let mut changed = std::collections::BTreeSet::new();
    for organisation in &data.organisations {
        let before = organisations::get(tx, &organisation.code).await?;
        if organisations::put(tx, organisation, now).await? {
            changed.insert(organisation.code.as_str());
        }
        // whoever knows the old name finds the organisation still
        if let Some(before) = before.filter(|before| before.name != organisation.name) {
            let former = OtherName {
                organisation_code: before.code,
                name: before.name,
                kind: NameKind::Former,
                until: clock::swedish_day(now).pred_opt(),
            };
            organisations::put_name(tx, &former).await?;
        }
    }
    for name in &data.names {
        if organisations::put_name(tx, name).await? {
            changed.insert(name.organisation_code.as_str());
        }
    }
    for code in &changed {
        case::touch_of_organisation(tx, code, now).await?;
        words::forget(tx, code).await?;
    }
    words::fill(tx).await?;
    Ok(changed.len())
}
