//! Backup and restoring of a register on SQLite.

use std::io::{self, Read};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use serde_json::json;

use crate::clock;
use crate::config::Config;
use crate::db::backup::{self, Unfit};
use crate::db::engine::Address;
use crate::db::events::Event;
use crate::db::{Db, events};
use crate::error::{Error, Result};

/// How every SQLite database begins.
const MAGIC: &[u8; 16] = b"SQLite format 3\0";

/// Why mail that was waiting in a backup is not sent from the restored register.
const RESTORED: &str = "Registret har återställts från en säkerhetskopia. Meddelandet kan ha skickats efter att kopian gjordes och skickas därför inte av sig självt.";

fn invalid<T>(message: impl Into<String>) -> Result<T> {
    Err(Error::Invalid(message.into()))
}

/// The file of the register's database.
///
/// # Errors
/// `Invalid` where the register is on PostgreSQL.
fn database_file(config: &Config, instead: &str) -> Result<PathBuf> {
    match config.database() {
        Address::File(path) => Ok(path),
        Address::Postgres(_) => invalid(format!("Registret ligger i PostgreSQL. Använd {instead}.")),
    }
}

/// Whether the register has a database: reading from one must not make one.
///
/// # Errors
/// `Invalid`, in Swedish, where it has none. One in PostgreSQL tells that itself.
pub fn check_there(config: &Config) -> Result<()> {
    match config.database() {
        Address::File(path) if !path.exists() => invalid(format!("Det finns ingen databas i {}.", config.data_dir.display())),
        _ => Ok(()),
    }
}

/// Writes a copy of the register to `file`, whole or not at all, while it is served. Only the owner may read it.
///
/// # Errors
/// `Invalid`, in Swedish: there is no database, it is not SQLite, or the file is there already.
pub async fn back_up(config: &Config, file: &Path) -> Result<()> {
    let database = database_file(config, "pg_dump för att säkerhetskopiera det")?;
    check_there(config)?;
    if file.symlink_metadata().is_ok() {
        return invalid(format!("{} finns redan och skrivs inte över. Ange ett nytt filnamn.", file.display()));
    }
    let unfinished = beside(file)?;
    make(&unfinished).map_err(|error| unwritable(file, &error))?;
    let copied = async {
        let db = Db::open(&Address::File(database)).await?;
        let copied = backup::copy_to(&db, &unfinished).await;
        db.close().await;
        copied?;
        std::fs::File::open(&unfinished)?.sync_all()?;
        put_in_place(&unfinished, file).map_err(|error| unwritable(file, &error))
    };
    let outcome = copied.await;
    if outcome.is_err() {
        take_away(&unfinished);
    }
    outcome
}

/// Makes a backup the register's database. The search index is built anew at the next start.
///
/// # Errors
/// `Invalid`, in Swedish: there is a database already or what one has left, or the file is no backup of this register.
pub async fn restore(config: &Config, file: &Path, now: DateTime<Utc>) -> Result<()> {
    let database = database_file(config, "pg_restore för att återställa det")?;
    if database.exists() {
        let folder = config.data_dir.display();
        return invalid(format!("Det finns redan en databas i {folder}. Stoppa registret och flytta undan mappen innan du återställer."));
    }
    // SQLite would fold what an earlier database left beside it into the restored one
    if let Some(left) = with_endings(&database).into_iter().find(|left| left.symlink_metadata().is_ok()) {
        let left = left.display();
        return invalid(format!("{left} hör till en tidigare databas. Stoppa registret och flytta undan filen innan du återställer."));
    }
    check_beginning(file)?;
    std::fs::create_dir_all(&config.data_dir)?;
    let unfinished = beside(&database)?;
    let brought = async {
        let mut from = std::fs::File::open(file)?;
        io::copy(&mut from, &mut make(&unfinished)?)?;
        bring_to_life(&unfinished, file, now).await?;
        std::fs::File::open(&unfinished)?.sync_all()?;
        // the index knows another database
        match std::fs::remove_dir_all(config.index_dir()) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error.into()),
            _ => {}
        }
        Ok(put_in_place(&unfinished, &database)?)
    };
    let outcome = brought.await;
    take_away(&unfinished); // also the empty log of one that got its name
    outcome
}

fn check_beginning(file: &Path) -> Result<()> {
    let mut beginning = [0u8; 16];
    let read = std::fs::File::open(file).and_then(|mut file| file.read_exact(&mut beginning));
    match read {
        Err(error) if error.kind() != io::ErrorKind::UnexpectedEof => invalid(format!("{} kan inte läsas: {error}.", file.display())),
        Ok(()) if beginning == *MAGIC => Ok(()),
        _ => invalid(format!("{} är ingen säkerhetskopia av ett register.", file.display())),
    }
}

/// Examines a copied database, brings it up to date and takes out what must not come to life again.
async fn bring_to_life(copy: &Path, file: &Path, now: DateTime<Utc>) -> Result<()> {
    let name = file.display();
    let damaged = || Error::Invalid(format!("{name} är skadad och kan inte återställas. Ta en annan säkerhetskopia."));
    let db = Db::open(&Address::File(copy.to_owned())).await.map_err(|_| damaged())?;
    let examined = backup::examine(&db).await;
    let outcome = async {
        match examined.map_err(|_| damaged())? {
            Some(Unfit::Damaged) => return Err(damaged()),
            Some(Unfit::Foreign) => return invalid(format!("{name} är en databas, men inte av ett register.")),
            Some(Unfit::OtherVersion) => {
                return invalid(format!("{name} kommer från en annan version av programmet. Återställ med den version som skrev den."));
            }
            None => {}
        }
        let mut tx = db.write().await?;
        let mails = backup::calm(&mut tx, RESTORED, now).await?;
        let event = Event {
            id: clock::new_id(),
            at: now,
            actor: "register".to_owned(),
            person: None,
            action: "register.restored".to_owned(),
            subject_kind: "register".to_owned(),
            subject: "backup".to_owned(),
            detail: json!({ "mails": mails }),
        };
        events::add(&mut tx, &event).await?;
        tx.commit().await?;
        // closing folds the log only if the connection that writes is the last to be closed, which nobody promises
        if backup::fold(&db).await? { Ok(()) } else { Err(Error::internal("the log of the restored database could not be folded")) }
    };
    let outcome = outcome.await;
    db.close().await;
    outcome
}

/// A name beside `file` for what is not finished.
fn beside(file: &Path) -> Result<PathBuf> {
    let name = file.file_name().ok_or_else(|| Error::Invalid(format!("{} är inget filnamn.", file.display())))?;
    Ok(file.with_file_name(format!(".{}.{}", name.to_string_lossy(), clock::new_id().simple())))
}

/// A new, empty file that only the owner may read.
fn make(path: &Path) -> io::Result<std::fs::File> {
    std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)
}

/// Gives a finished file its name, unless something has it, and makes that last through a power cut.
fn put_in_place(unfinished: &Path, file: &Path) -> io::Result<()> {
    std::fs::hard_link(unfinished, file)?;
    std::fs::remove_file(unfinished)?;
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or_else(|| Path::new("."));
    std::fs::File::open(folder)?.sync_all()
}

/// Takes away what was not finished, with SQLite's files beside it; some or all of them may never have been there.
fn take_away(unfinished: &Path) {
    let _there_or_not = std::fs::remove_file(unfinished);
    for name in with_endings(unfinished) {
        let _there_or_not = std::fs::remove_file(name);
    }
}

/// The files that SQLite keeps beside a database: its log, the log's index, and the journal of one without a log.
fn with_endings(database: &Path) -> [PathBuf; 3] {
    ["-wal", "-shm", "-journal"].map(|ending| {
        let mut name = database.as_os_str().to_owned();
        name.push(ending);
        PathBuf::from(name)
    })
}

fn unwritable(file: &Path, error: &io::Error) -> Error {
    match error.kind() {
        io::ErrorKind::AlreadyExists => {
            Error::Invalid(format!("{} finns redan och skrivs inte över. Ange ett nytt filnamn.", file.display()))
        }
        _ => Error::Invalid(format!("{} kan inte skrivas: {error}.", file.display())),
    }
}
