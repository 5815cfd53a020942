//! One running demonstration that all trials look at. Some add collections of their own; nobody changes what is there.

use std::sync::{Mutex, PoisonError};

use insamlingsregister::db::engine::Address;

use crate::database::FreshDatabase;
use crate::program::Program;

struct Running {
    program: Program,
    // the program's database and folder go away after the program
    _database: FreshDatabase,
}

static RUNNING: Mutex<Option<Running>> = Mutex::new(None);

/// Waits for `work` on a runtime of its own.
pub fn wait_for<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime").block_on(work)
}

/// Calls `ask` with the demonstration, which is started by the first who asks.
fn with<T>(ask: impl FnOnce(&Program) -> Result<T, String>) -> Result<T, String> {
    let mut running = RUNNING.lock().unwrap_or_else(PoisonError::into_inner);
    if running.is_none() {
        let database = wait_for(FreshDatabase::new(None));
        let url = match &database.address {
            Address::Postgres(url) => url.as_str(),
            Address::File(_) => "",
        };
        let program = Program::start("demo", database.folder.path(), &[("INSAMLING_DATABASE_URL", url)])?;
        *running = Some(Running { program, _database: database });
    }
    running.as_ref().map_or_else(|| Err("the demonstration does not run".to_owned()), |running| ask(&running.program))
}

/// Its address, without a slash at the end.
pub fn base() -> Result<String, String> {
    with(|program| Ok(program.base.clone()))
}

/// The path that signs in as a role, from the lines that the demonstration prints.
pub fn sign_in_address(role: &str) -> Result<String, String> {
    with(|program| {
        let log = program.log_text();
        let line = log.lines().find_map(|line| line.strip_prefix(role)?.strip_prefix('\t')?.split('\t').nth(1));
        let path = line.and_then(|address| address.strip_prefix(program.base.as_str()));
        path.map(str::to_owned).ok_or_else(|| format!("no sign-in line for {role}"))
    })
}

/// Asks for one of its addresses: status and body.
pub fn get(path: &str) -> Result<(u16, String), String> {
    with(|program| program.get(path))
}

/// Ends it.
pub fn stop() {
    let running = RUNNING.lock().unwrap_or_else(PoisonError::into_inner).take();
    drop(running);
}
