//! The other programs that some trials need, and what to install where one is missing.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// A program of the machine.
pub struct Needed {
    /// Its name.
    pub name: &'static str,
    /// What to do where it is missing.
    pub install: &'static str,
    is_there: fn() -> bool,
}

/// A browser, and the driver that moves it.
pub const CHROMIUM: Needed = Needed {
    name: "Chromium with chromedriver",
    install: "apt-get install chromium chromium-driver",
    is_there: || runs("chromium") && runs("chromedriver"),
};
/// The checkers of pages, from npm.
pub const CHECKERS: Needed = Needed {
    name: "axe-core and html-validate",
    install: "apt-get install nodejs npm; then .ci/checkers",
    is_there: || runs("node") && checkers().join("html-validate").is_dir() && checkers().join("axe-core").is_dir(),
};
/// A spreadsheet program that saves the template in other formats.
pub const LIBREOFFICE: Needed = Needed { name: "LibreOffice", install: "apt-get install libreoffice-calc", is_there: || runs("soffice") };
/// A word processor that opens the documents.
pub const WRITER: Needed = Needed { name: "LibreOffice Writer", install: "apt-get install libreoffice-writer", is_there: has_writer };
/// A cluster for databases that the tests make and drop.
pub const POSTGRESQL: Needed = Needed {
    name: "PostgreSQL",
    install: "apt-get install postgresql; then .ci/with-postgres cargo test, which runs every test on PostgreSQL instead of SQLite",
    is_there: || crate::database::cluster().is_some(),
};

/// A mail server, from PyPI.
pub const MAIL_SERVER: Needed = Needed {
    name: "aiosmtpd",
    install: "apt-get install python3 python3-venv; then .ci/checkers",
    is_there: || {
        let modules = ["-c", "import aiosmtpd, cryptography"];
        Command::new(mail_python()).args(modules).stderr(Stdio::null()).status().is_ok_and(|status| status.success())
    },
};

impl Needed {
    /// Whether it is there.
    pub fn is_there(&self) -> bool {
        (self.is_there)()
    }
}

/// Where `.ci/checkers` puts the packages of npm.
pub fn checkers() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("target/checkers/node_modules")
}

/// The Python that `.ci/checkers` gives the mail server.
pub fn mail_python() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("target/mail-venv/bin/python")
}

/// Whether the spreadsheet program has the word processor beside it: they share one command.
fn has_writer() -> bool {
    let query = Command::new("dpkg-query").args(["-W", "-f=${Status}", "libreoffice-writer"]).stderr(Stdio::null()).output();
    let packaged = query.is_ok_and(|output| String::from_utf8_lossy(&output.stdout).contains("install ok installed"));
    runs("soffice") && (packaged || runs("lowriter"))
}

fn runs(program: &str) -> bool {
    Command::new(program).arg("--version").stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok()
}
