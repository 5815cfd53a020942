//! Importing a file of collections: judged whole, written whole or not at all.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, Utc};

use super::Origin;
use super::collections::change::{Change, change};
use super::collections::{Circumstances, check_living, register};
use crate::db::{Db, areas, involved, organisations, register as stored};
use crate::domain::access::Actor;
use crate::domain::field::Field;
use crate::domain::organisation::OrganisationKind;
use crate::error::{Error, Result};
use crate::intake::reference::departments;
use crate::intake::{self, Directory, RowError, Source};

pub use crate::intake::MOST_BYTES;

/// What an import did, or would do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Summary {
    /// New collections.
    pub registered: usize,
    /// Planned ones that changed, and decided ones whose change is decided.
    pub changed: usize,
    /// Decided ones for which a change is now planned.
    pub revised: usize,
    /// Known ones that say the same as before.
    pub unchanged: usize,
}

/// Why an import wrote nothing.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// Rows are wrong; every fault at once.
    #[error("{} fel i filen", .0.len())]
    Rows(Vec<RowError>),
    /// The import could not be tried or finished.
    #[error("{0}")]
    Failed(Error),
}

impl<E: Into<Error>> From<E> for ImportError {
    fn from(error: E) -> Self {
        Self::Failed(error.into())
    }
}

/// How an import is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Written.
    Write,
    /// Everything is tried and nothing is kept.
    DryRun,
}

/// Imports a file on behalf of the organisation `owner`, in one transaction.
///
/// A row whose own reference the owner has registered already changes that collection if it says something else. `progress` is told
/// how many rows are done and how many there are.
///
/// # Errors
/// The faults of every row, or what stopped the import. Nothing is then written.
pub async fn run(
    db: &Db,
    origin: &Origin,
    owner: &str,
    source: Source<'_>,
    mode: Mode,
    now: DateTime<Utc>,
    progress: impl Fn(usize, usize),
) -> Result<Summary, ImportError> {
    let at = Circumstances { origin: Some(origin.clone()), ..Circumstances::new(now, owner, "import") };
    judged(db, &at, source, mode, progress).await
}

/// Imports a file that a person sends for the own organisation, which must be the first responsible agency of every row.
///
/// # Errors
/// As [`run`].
pub async fn by_person(
    db: &Db,
    origin: &Origin,
    actor: &Actor,
    (name, bytes): (&str, &[u8]),
    mode: Mode,
    now: DateTime<Utc>,
) -> Result<Summary, ImportError> {
    let at = Circumstances::by(actor, actor.organisation.clone(), now, "import");
    let at = Circumstances { origin: Some(origin.clone()), ..at };
    check_living(&mut db.read().await?, &at.owner, at.today).await?;
    judged(db, &at, Source { name, bytes }, mode, |_, _| ()).await
}

async fn judged(
    db: &Db,
    at: &Circumstances,
    source: Source<'_>,
    mode: Mode,
    progress: impl Fn(usize, usize),
) -> Result<Summary, ImportError> {
    let owner = at.owner.as_str();
    let directory = directory(db, owner).await?;
    let rows = intake::read_collections(source, owner, at.today, &directory).map_err(ImportError::Rows)?;
    let foreign =
        rows.iter().filter(|row| at.person.is_some() && row.collection.parts().responsible.first().is_some_and(|first| first != owner));
    let foreign: Vec<RowError> = foreign
        .map(|row| {
            let message = "Er egen myndighet ska stå bland de ansvariga. Insamlingar som andra ansvarar för registrerar de själva.";
            RowError { row: row.row.clone(), column: Field::Responsible.label().to_owned(), message: message.to_owned() }
        })
        .collect();
    if !foreign.is_empty() {
        return Err(ImportError::Rows(foreign));
    }
    let mut tx = db.write().await?;
    // who took over goes on with the references of the old agency; where both have one, its own counts
    let line = involved::stands_for(&mut tx, owner, at.today).await?;
    let known: HashMap<String, stored::Known> =
        stored::known_of(&mut tx, owner, &line).await?.into_iter().map(|known| (known.own_reference.clone(), known)).collect();
    let mut summary = Summary::default();
    let mut errors = Vec::new();
    for (done, row) in rows.iter().enumerate() {
        progress(done, rows.len());
        let reference = row.collection.parts().own_reference.as_deref().unwrap_or_default();
        match known.get(reference) {
            None => {
                register(&mut tx, &row.collection, at).await?;
                summary.registered += 1;
            }
            Some(known) => match change(&mut tx, known, &row.collection, &row.given, at).await {
                Ok(Change::None) => summary.unchanged += 1,
                Ok(Change::Changed) => summary.changed += 1,
                Ok(Change::Revised) => summary.revised += 1,
                // judged by what the register has: told with every other fault, and nothing is kept
                Err(Error::Invalid(message)) => errors.push(RowError { row: row.row.clone(), column: String::new(), message }),
                Err(other) => return Err(other.into()),
            },
        }
    }
    progress(rows.len(), rows.len());
    if !errors.is_empty() {
        return Err(ImportError::Rows(errors));
    }
    if mode == Mode::Write {
        tx.commit().await?;
    }
    Ok(summary)
}

/// What a file may refer to. `owner` must be an agency or another body that collects.
///
/// # Errors
/// `Invalid` where the owner is not known.
pub async fn directory(db: &Db, owner: &str) -> Result<Directory> {
    let mut tx = db.read().await?;
    let known = organisations::get(&mut tx, owner).await?;
    if let Some(ended) = known.as_ref().and_then(|o| o.ended_on) {
        let successor = organisations::facts(&mut tx, owner).await?.and_then(|facts| facts.successor_code);
        let instead = successor.map(|code| format!(" Ange i stället {code}, som har tagit över.")).unwrap_or_default();
        return Err(Error::Invalid(format!("Myndigheten {owner} upphörde {ended}.{instead}")));
    }
    if !known.is_some_and(|o| matches!(o.kind, OrganisationKind::Agency | OrganisationKind::Body)) {
        return Err(Error::Invalid(format!("”{owner}” är ingen myndighet i registret. Ange organisationsnumret så här: 202100-0837.")));
    }
    let mut names: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (code, name, abbreviation) in organisations::asker_names(&mut tx).await? {
        names.entry(code).or_default().extend([Some(name), abbreviation].into_iter().flatten());
    }
    for other in organisations::other_names(&mut tx).await? {
        names.entry(other.organisation_code).or_default().push(other.name);
    }
    let mut directory = Directory::new();
    for (code, names) in &names {
        directory.add_organisation(code, names.iter().map(String::as_str));
    }
    for (code, name) in areas::all(&mut tx).await? {
        directory.add_area(&code, &name);
    }
    for code in organisations::respondent_codes(&mut tx).await? {
        directory.add_place(&code);
    }
    for department in departments().map_err(Error::internal)? {
        directory.add_department(&department.name, Some(&department.abbreviation));
    }
    Ok(directory)
}
