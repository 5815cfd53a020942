//! Programs of their own: the register as it is built, and what it is compared with.

use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use insamlingsregister::actions::Origin;
use insamlingsregister::actions::import::{self, Mode};
use insamlingsregister::config::Config;
use insamlingsregister::db::Db;
use insamlingsregister::db::pairs::checks;
use insamlingsregister::domain::overlap::weights::METHOD;
use insamlingsregister::intake::Source;
use insamlingsregister::{clock, server, state};

use super::Outcome;
use super::client::Connection;
use super::corpus::Corpus;
use super::table::seconds;

/// The longest that a program may take to answer after its start.
const PATIENCE: Duration = Duration::from_secs(60);
/// How often it is asked whether it is ready.
const PAUSE: Duration = Duration::from_millis(2);
/// How often it is looked how far comparing has come.
const LOOK: Duration = Duration::from_millis(500);

/// A server on this machine. It ends with this value.
pub struct Server {
    child: Child,
    /// Where it listens.
    pub address: SocketAddr,
    /// From its start until it answered.
    pub ready_after: Duration,
}

impl Server {
    /// Starts a server and waits until it answers 200 at `ready`.
    pub async fn start(mut command: Command, address: SocketAddr, ready: &str) -> Outcome<Self> {
        let begun = Instant::now();
        let child = command.stdin(Stdio::null()).stdout(Stdio::null()).spawn()?;
        let mut server = Self { child, address, ready_after: Duration::ZERO };
        loop {
            if let Ok(mut connection) = Connection::open(address).await
                && connection.get(ready).await.is_ok()
            {
                server.ready_after = begun.elapsed();
                return Ok(server);
            }
            if let Some(status) = server.child.try_wait()? {
                return Err(format!("{command:?} ended with {status}").into());
            }
            if begun.elapsed() > PATIENCE {
                return Err(format!("{command:?} did not answer at {address}{ready}").into());
            }
            tokio::time::sleep(PAUSE).await;
        }
    }

    /// A line of what the kernel knows of the process's memory, in MB.
    fn memory(&self, key: &str) -> Outcome<f64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let line = status.lines().find_map(|line| line.strip_prefix(key)).ok_or_else(|| format!("no {key} among the process's facts"))?;
        let kilobytes: f64 = line.trim_matches(|c: char| !c.is_ascii_digit()).parse()?;
        Ok(kilobytes * 1024.0 / 1e6)
    }

    /// Resident memory now, in MB.
    pub fn resident(&self) -> Outcome<f64> {
        self.memory("VmRSS")
    }

    /// The most that was resident at any time, in MB.
    pub fn most_resident(&self) -> Outcome<f64> {
        self.memory("VmHWM")
    }

    /// Tells the server to stop in order, and waits for it.
    pub fn stop(mut self) -> Outcome {
        run(Command::new("kill").arg(self.child.id().to_string()))?;
        self.child.wait()?;
        Ok(())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // already gone after `stop`; after an error elsewhere nothing may be left running
        let _gone_either_way = self.child.kill().and_then(|()| self.child.wait());
    }
}

/// The register's own program on a data folder and, perhaps, a PostgreSQL database.
pub struct Register {
    /// Its data folder.
    pub folder: PathBuf,
    /// A `postgres://` address; none: SQLite in the folder.
    pub database: Option<String>,
}

/// The register as its letters would name it.
fn origin() -> Origin {
    Origin { base_url: "https://register.example".to_owned(), demonstration: false }
}

impl Register {
    /// Opens its database.
    pub async fn open(&self) -> Outcome<Db> {
        let mut pairs = vec![("INSAMLING_DATA_DIR".to_owned(), self.folder.display().to_string())];
        pairs.extend(self.database.iter().map(|url| ("INSAMLING_DATABASE_URL".to_owned(), url.clone())));
        Ok(server::open_database(&Config::from_pairs(pairs.into_iter().collect())?).await?)
    }

    /// Writes so many collections through the same import as everybody uses, a file for each agency.
    pub async fn fill(&self, corpus: &Corpus, collections: usize) -> Outcome {
        let begun = Instant::now();
        let db = self.open().await?;
        server::fill(&db, state::Register::Real).await?;
        let each = collections.div_ceil(corpus.agencies.len());
        for (agency, first) in corpus.agencies.iter().zip((0..collections).step_by(each)) {
            let text = corpus.file("held", first..(first + each).min(collections));
            let source = Source { name: "held.jsonl", bytes: text.as_bytes() };
            import::run(&db, &origin(), agency, source, Mode::Write, clock::now(), |_, _| {}).await?;
        }
        db.close().await;
        println!("  written in {}", seconds(begun.elapsed()));
        Ok(())
    }

    /// A command of the program.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_insamlingsregister"));
        command.args(arguments).env("INSAMLING_DATA_DIR", &self.folder).env("INSAMLING_LOG", "warn").env_remove("INSAMLING_CONFIG");
        match &self.database {
            Some(url) => command.env("INSAMLING_DATABASE_URL", url),
            None => command.env_remove("INSAMLING_DATABASE_URL"),
        };
        command
    }

    /// Serves it.
    pub async fn serve(&self) -> Outcome<Server> {
        let address = free_address()?;
        let mut command = self.command(&["serve"]);
        command.env("INSAMLING_LISTEN", address.to_string());
        Server::start(command, address, "/halsa/redo").await
    }

    /// Waits until its server has compared every collection with all others.
    pub async fn compared(&self, patience: Duration) -> Outcome {
        let begun = Instant::now();
        let db = self.open().await?;
        loop {
            let standing = checks::standing(&mut db.read().await?, METHOD).await?;
            if standing.due == 0 {
                break;
            }
            if begun.elapsed() > patience {
                return Err(format!("{} of {} collections are not compared yet", standing.due, standing.collections).into());
            }
            tokio::time::sleep(LOOK).await;
        }
        db.close().await;
        Ok(())
    }

    /// Runs a command to its end; how long that took.
    pub fn run(&self, arguments: &[&str]) -> Outcome<Duration> {
        let begun = Instant::now();
        run(&mut self.command(arguments))?;
        Ok(begun.elapsed())
    }

    /// The SQLite file.
    pub fn sqlite(&self) -> PathBuf {
        self.folder.join("register.db")
    }
}

/// Runs a command; what it wrote is told if it fails.
pub fn run(command: &mut Command) -> Outcome {
    let output = command.stdin(Stdio::null()).output()?;
    if output.status.success() {
        return Ok(());
    }
    let told = [output.stdout, output.stderr].concat();
    Err(format!("{command:?} ended with {}: {}", output.status, String::from_utf8_lossy(&told[..told.len().min(2_000)])).into())
}

/// An address on this machine that nobody listens on.
pub fn free_address() -> Outcome<SocketAddr> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?)
}

/// A folder of this run that is removed with this value.
pub fn folder() -> Outcome<tempfile::TempDir> {
    Ok(tempfile::Builder::new().prefix("bench-").tempdir_in(Path::new(env!("CARGO_TARGET_TMPDIR")))?)
}
