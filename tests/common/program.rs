//! The built program as an operator runs it: started on a free port of the loopback, asked over HTTP, ended by its own process id.

use std::fs::File;
use std::io::{self, Read};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

/// How long a start may take in a debug build on a busy machine.
const PATIENCE: Duration = Duration::from_secs(90);

/// A running register.
pub struct Program {
    child: Child,
    /// Its address, without a slash at the end.
    pub base: String,
    log: PathBuf,
}

/// A port that nobody listens on right now.
pub fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("a free port").port()
}

/// A command of the program with nothing but the given configuration.
pub fn command(settings: &[(&str, &str)]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_insamlingsregister"));
    for (key, _) in std::env::vars_os() {
        if key.to_string_lossy().starts_with("INSAMLING_") {
            command.env_remove(key);
        }
    }
    command.envs(settings.iter().copied()).stdin(Stdio::null());
    command
}

/// Runs a command of the program to its end.
pub fn run(arguments: &[&str], settings: &[(&str, &str)]) -> Output {
    command(settings).args(arguments).output().expect("the program starts")
}

impl Program {
    /// Starts `demo` or `serve` with a data folder and waits until it is ready.
    pub fn start(what: &str, data: &Path, settings: &[(&str, &str)]) -> Result<Self, String> {
        let mut program = Self::launch(what, data, settings);
        program.wait_until_ready()?;
        Ok(program)
    }

    /// Starts `demo`, `demo --fresh` or `serve` without waiting.
    pub fn launch(what: &str, data: &Path, settings: &[(&str, &str)]) -> Self {
        let listen = format!("127.0.0.1:{}", free_port());
        let log = data.join(format!("log-{}", listen.replace(':', "-")));
        let errors = File::create(&log).expect("a log");
        let child = command(settings)
            .args(what.split(' '))
            .env("INSAMLING_DATA_DIR", data)
            .env("INSAMLING_LISTEN", &listen)
            .stdout(errors.try_clone().expect("the log twice"))
            .stderr(errors)
            .spawn()
            .expect("the program starts");
        Self { child, base: format!("http://{listen}"), log }
    }

    /// Waits until `/halsa/redo` answers 200.
    pub fn wait_until_ready(&mut self) -> Result<(), String> {
        let start = Instant::now();
        while start.elapsed() < PATIENCE {
            if let Ok(Some(status)) = self.child.try_wait() {
                return Err(format!("the program ended with {status} before it was ready:\n{}", self.log_text()));
            }
            if self.get("/halsa/redo").is_ok_and(|(status, _)| status == 200) {
                return Ok(());
            }
            std::thread::sleep(Duration::from_millis(25));
        }
        Err(format!("the program was not ready in {} s:\n{}", PATIENCE.as_secs(), self.log_text()))
    }

    /// What the program has written so far.
    pub fn log_text(&self) -> String {
        let mut text = String::new();
        let read = File::open(&self.log).and_then(|mut file| file.read_to_string(&mut text));
        read.map_or_else(|error| error.to_string(), |_| text)
    }

    /// Asks for an address of the program: status and body.
    pub fn get(&self, path: &str) -> Result<(u16, String), String> {
        let address = format!("{}{path}", self.base);
        in_runtime(async move {
            let answer = reqwest::get(address).await.map_err(|error| error.to_string())?;
            Ok((answer.status().as_u16(), answer.text().await.map_err(|error| error.to_string())?))
        })
    }

    /// How many collections a search in the open data finds.
    pub fn total(&self, query: &str) -> Result<i64, String> {
        self.total_of("collections", query)
    }

    /// How many of these the open data hold.
    pub fn total_of(&self, what: &str, query: &str) -> Result<i64, String> {
        let (status, body) = self.get(&format!("/api/v1/{what}?limit=1&{query}"))?;
        let body: Value = serde_json::from_str(&body).map_err(|error| format!("{status}: {error}: {body}"))?;
        body["total"].as_i64().ok_or_else(|| format!("{status}: no total in {body}"))
    }

    /// Ends the program at once, as a power cut would.
    pub fn kill(&mut self) {
        self.child.kill().expect("the program can be ended");
        self.child.wait().expect("the program has ended");
    }

    /// Asks the program to stop as an operator does, and answers how it ended.
    pub fn stop(&mut self) -> io::Result<ExitStatus> {
        let asked = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status()?;
        if !asked.success() {
            return Err(io::Error::other("the program had ended before it was asked to"));
        }
        let start = Instant::now();
        while start.elapsed() < Duration::from_secs(20) {
            if let Some(status) = self.child.try_wait()? {
                return Ok(status);
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        Err(io::Error::other("the program did not stop in 20 s"))
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // it may have ended already, which is what is wanted
        let _ended = self.child.kill();
        let _waited = self.child.wait();
    }
}

fn in_runtime<T>(work: impl Future<Output = Result<T, String>>) -> Result<T, String> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(|error| error.to_string())?;
    runtime.block_on(work)
}
