//! One running demonstration that all trials look at. Some add collections of their own; nobody changes what is there.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use insamlingsregister::db::engine::Address;

use crate::database::FreshDatabase;
use crate::program::Program;

struct Running {
    program: Program,
    // goes away after the program, with the folder of its files
    database: FreshDatabase,
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
        *running = Some(Running { program, database });
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

/// The path that begins so in the letter to an address, once the letter is written.
pub fn link_in_letter(recipient: &str, start: &str) -> Result<String, String> {
    let asked = Instant::now();
    while asked.elapsed() < Duration::from_secs(30) {
        for text in letters()? {
            // lines are broken as mail breaks them
            let text = text.replace("=\r\n", "").replace("=\n", "");
            if let Some((_, rest)) = text.split_once(start).filter(|_| text.contains(&format!("To: {recipient}"))) {
                let end = rest.find(|letter: char| !letter.is_ascii_alphanumeric() && !matches!(letter, '-' | '_')).unwrap_or(rest.len());
                return Ok(format!("{start}{}", &rest[..end]));
            }
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    Err(format!("no letter to {recipient} leads to {start}"))
}

/// The letters that it has written.
fn letters() -> Result<Vec<String>, String> {
    let folder = {
        let running = RUNNING.lock().unwrap_or_else(PoisonError::into_inner);
        running.as_ref().map(|running| running.database.folder.path().join("demo/mail")).ok_or("the demonstration does not run")?
    };
    let files = std::fs::read_dir(folder).map_err(|error| error.to_string())?;
    Ok(files.filter_map(|file| std::fs::read_to_string(file.ok()?.path()).ok()).collect())
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
