//! A register of a trial's own: a database and folders that go away with it.

use std::path::{Path, PathBuf};
use std::process::Output;

use insamlingsregister::db::engine::Address;
use insamlingsregister::db::{Db, collections};

use crate::database::FreshDatabase;
use crate::demonstration::wait_for;
use crate::program::{Program, command};

/// A register and the command that serves it.
pub struct House {
    database: FreshDatabase,
    serving: &'static str,
}

impl House {
    /// A demonstration, not started.
    pub fn demonstration() -> Self {
        Self { database: wait_for(FreshDatabase::new(None)), serving: "demo" }
    }

    /// A real register, not started.
    pub fn real() -> Self {
        Self { database: wait_for(FreshDatabase::new(None)), serving: "serve" }
    }

    /// A folder for whatever the trial writes; the data folder that the program is told of.
    pub fn folder(&self) -> &Path {
        self.database.folder.path()
    }

    /// The folder where the register is: a demonstration makes one for itself.
    pub fn data(&self) -> PathBuf {
        if self.serving == "demo" { self.folder().join("demo") } else { self.folder().to_owned() }
    }

    /// The database's address; empty for a file.
    pub fn url(&self) -> &str {
        match &self.database.address {
            Address::Postgres(url) => url,
            Address::File(_) => "",
        }
    }

    /// Starts it and waits until it is ready.
    pub fn start(&self) -> Result<Program, String> {
        self.start_with(&[])
    }

    /// Starts it with further settings.
    pub fn start_with(&self, settings: &[(&str, &str)]) -> Result<Program, String> {
        let settings = [&[("INSAMLING_DATABASE_URL", self.url())], settings].concat();
        Program::start(self.serving, self.folder(), &settings)
    }

    /// Starts a demonstration over.
    pub fn start_over(&self) -> Result<Program, String> {
        let mut program = Program::launch("demo --fresh", self.folder(), &[("INSAMLING_DATABASE_URL", self.url())]);
        program.wait_until_ready()?;
        Ok(program)
    }

    /// The settings with which other commands reach the register.
    pub fn settings(&self) -> Vec<(&'static str, String)> {
        vec![("INSAMLING_DATA_DIR", self.data().to_string_lossy().into_owned()), ("INSAMLING_DATABASE_URL", self.url().to_owned())]
    }

    /// Runs another command on the register, to its end.
    pub fn run(&self, arguments: &[&str]) -> Result<Output, String> {
        command(&[]).args(arguments).envs(self.settings()).output().map_err(|error| error.to_string())
    }

    /// Where the register's database is.
    pub fn address(&self) -> Address {
        match &self.database.address {
            Address::Postgres(url) => Address::Postgres(url.clone()),
            Address::File(_) => Address::File(self.data().join("register.db")),
        }
    }

    /// How many collections the database holds.
    pub fn count(&self) -> Result<i64, String> {
        let address = self.address();
        wait_for(async {
            let db = Db::open(&address).await?;
            let count = collections::count(&mut db.read().await?).await;
            db.close().await;
            count
        })
        .map_err(|error| error.to_string())
    }
}
