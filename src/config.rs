//! Configuration: read once at start from `INSAMLING_*` in the environment and an optional file of the same names.

use std::collections::BTreeMap;
use std::fmt;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use crate::db::engine::Address;

/// Every key with what it means, in the order in which `check-config` shows them.
pub const KEYS: [(&str, &str); 8] = [
    ("INSAMLING_CONFIG", "fil med samma namn som här, ett NAMN=värde per rad"),
    ("INSAMLING_DATABASE_URL", "postgres://… ; utan värde en SQLite-fil i datamappen"),
    ("INSAMLING_DATA_DIR", "datamapp"),
    ("INSAMLING_LISTEN", "adress och port som registret lyssnar på"),
    ("INSAMLING_BASE_URL", "registrets adress utåt"),
    ("INSAMLING_SMTP_URL", "e-postserver, smtp:// eller smtps://"),
    ("INSAMLING_MAIL_FROM", "avsändare av e-post"),
    ("INSAMLING_LOG", "vad som loggas, till exempel info eller insamlingsregister=debug"),
];

/// A value that is never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// The value itself, for whoever must use it.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(dold)")
    }
}

/// The configuration, checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// A `postgres://` address; none: a SQLite file in the data folder.
    pub database_url: Option<Secret>,
    /// Where the register keeps its files.
    pub data_dir: PathBuf,
    /// Where it listens.
    pub listen: SocketAddr,
    /// Its address as visitors write it, without a slash at the end.
    pub base_url: String,
    /// The mail server; none: mail becomes files.
    pub smtp_url: Option<Secret>,
    /// The sender of mail.
    pub mail_from: Option<String>,
    /// A filter for the log.
    pub log: String,
}

/// Why a configuration is refused, in Swedish, naming the key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct ConfigError(String);

impl Config {
    /// Reads the environment, and the file that `INSAMLING_CONFIG` names. The environment wins.
    ///
    /// # Errors
    /// An unknown key (naming the nearest known one), a file that cannot be read, or a value that makes no sense.
    pub fn from_environment() -> Result<Self, ConfigError> {
        let environment = std::env::vars_os().filter_map(|(key, value)| {
            let key = key.into_string().ok().filter(|key| key.starts_with("INSAMLING_"))?;
            Some((key, value.to_string_lossy().into_owned()))
        });
        Self::from_pairs(environment.collect())
    }

    /// Reads pairs of key and value as [`Config::from_environment`] does.
    ///
    /// # Errors
    /// As [`Config::from_environment`].
    pub fn from_pairs(environment: BTreeMap<String, String>) -> Result<Self, ConfigError> {
        let mut values = match environment.get("INSAMLING_CONFIG").filter(|path| !path.is_empty()) {
            Some(path) => read_file(Path::new(path))?,
            None => BTreeMap::new(),
        };
        values.extend(environment);
        if let Some(unknown) = values.keys().find(|key| KEYS.iter().all(|(known, _)| known != key)) {
            return Err(unknown_key(unknown));
        }
        let get = |key: &str| values.get(key).map(|value| value.trim()).filter(|value| !value.is_empty());
        let listen_text = get("INSAMLING_LISTEN").unwrap_or("127.0.0.1:8080");
        let listen: SocketAddr = listen_text.parse().map_err(|_| {
            ConfigError(format!("INSAMLING_LISTEN: ”{listen_text}” är ingen adress med port. Skriv till exempel 127.0.0.1:8080."))
        })?;
        let base_url = get("INSAMLING_BASE_URL").map_or_else(|| format!("http://{listen}"), |url| url.trim_end_matches('/').to_owned());
        check_scheme("INSAMLING_BASE_URL", &base_url, &["http://", "https://"])?;
        let address_of = |key, schemes: &[&str]| match get(key) {
            Some(value) => check_scheme(key, value, schemes).map(|()| Some(Secret(value.to_owned()))),
            None => Ok(None),
        };
        let (smtp_url, mail_from) = (address_of("INSAMLING_SMTP_URL", &["smtp://", "smtps://"])?, get("INSAMLING_MAIL_FROM"));
        if smtp_url.is_some() && mail_from.is_none() {
            let text = "INSAMLING_MAIL_FROM: värdet saknas. Ange den adress som e-posten ska komma från när INSAMLING_SMTP_URL är satt.";
            return Err(ConfigError(text.to_owned()));
        }
        Ok(Self {
            database_url: address_of("INSAMLING_DATABASE_URL", &["postgres://", "postgresql://"])?,
            data_dir: PathBuf::from(get("INSAMLING_DATA_DIR").unwrap_or("var")),
            listen,
            base_url,
            smtp_url,
            mail_from: mail_from.map(str::to_owned),
            log: get("INSAMLING_LOG").unwrap_or("info").to_owned(),
        })
    }

    /// Where the database is.
    #[must_use]
    pub fn database(&self) -> Address {
        match &self.database_url {
            Some(url) => Address::Postgres(url.reveal().to_owned()),
            None => Address::File(self.data_dir.join("register.db")),
        }
    }

    /// The folder of the search index.
    #[must_use]
    pub fn index_dir(&self) -> PathBuf {
        self.data_dir.join("index")
    }

    /// The configuration of a demonstration: the same, in a data folder of its own.
    #[must_use]
    pub fn for_demonstration(mut self) -> Self {
        self.data_dir = self.data_dir.join("demo");
        self
    }
}

/// Reads one `NAME=value` a line; empty lines and lines beginning with `#` are passed over. Values are taken as they stand.
fn read_file(path: &Path) -> Result<BTreeMap<String, String>, ConfigError> {
    let text = std::fs::read_to_string(path)
        .map_err(|error| ConfigError(format!("INSAMLING_CONFIG: filen {} kan inte läsas: {error}.", path.display())))?;
    let lines =
        text.lines().enumerate().map(|(at, line)| (at + 1, line.trim())).filter(|(_, line)| !line.is_empty() && !line.starts_with('#'));
    let pair = |(number, line): (usize, &str)| {
        // the line itself is not shown: it may hold a password
        let (key, value) = line.split_once('=').ok_or_else(|| {
            ConfigError(format!("INSAMLING_CONFIG: rad {number} i {} saknar likhetstecken. Skriv NAMN=värde.", path.display()))
        })?;
        Ok((key.trim().to_owned(), value.trim().to_owned()))
    };
    lines.map(pair).collect()
}

fn check_scheme(key: &str, value: &str, schemes: &[&str]) -> Result<(), ConfigError> {
    let fits = schemes.iter().any(|scheme| value.strip_prefix(scheme).is_some_and(|rest| !rest.is_empty()));
    if fits { Ok(()) } else { Err(ConfigError(format!("{key}: adressen ska börja med {}.", schemes.join(" eller ")))) }
}

fn unknown_key(key: &str) -> ConfigError {
    let nearest = KEYS.iter().map(|(known, _)| *known).max_by(|a, b| strsim::jaro_winkler(a, key).total_cmp(&strsim::jaro_winkler(b, key)));
    ConfigError(format!("{key} är ingen känd inställning. Menade du {}?", nearest.unwrap_or_default()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(pairs: &[(&str, &str)]) -> Result<Config, String> {
        let pairs = pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
        Config::from_pairs(pairs).map_err(|error| error.to_string())
    }

    #[test]
    fn the_defaults_need_nothing() {
        let config = config(&[]).expect("defaults");
        assert_eq!(config.database(), Address::File("var/register.db".into()));
        assert_eq!(config.base_url, "http://127.0.0.1:8080");
        assert_eq!(config.for_demonstration().index_dir(), PathBuf::from("var/demo/index"));
    }

    #[test]
    fn unknown_keys_name_the_nearest_known_one() {
        let error = config(&[("INSAMLING_DATABAS_URL", "x")]).expect_err("unknown");
        assert_eq!(error, "INSAMLING_DATABAS_URL är ingen känd inställning. Menade du INSAMLING_DATABASE_URL?");
    }

    #[test]
    fn values_without_sense_are_refused() {
        assert!(config(&[("INSAMLING_LISTEN", "8080")]).expect_err("no host").contains("127.0.0.1:8080"));
        assert!(config(&[("INSAMLING_DATABASE_URL", "mysql://x")]).expect_err("no such engine").contains("postgres://"));
        let without_sender = config(&[("INSAMLING_SMTP_URL", "smtp://u:hemligt@epost.example")]).expect_err("no sender");
        assert!(without_sender.starts_with("INSAMLING_MAIL_FROM") && !without_sender.contains("hemligt"), "{without_sender}");
    }

    #[test]
    fn secrets_are_not_printed() {
        let config = config(&[("INSAMLING_DATABASE_URL", "postgres://u:hemligt@h/d")]).expect("valid");
        assert!(!format!("{config:?}").contains("hemligt"));
    }

    #[test]
    fn a_file_gives_values_that_the_environment_overrides() {
        let dir = tempfile::tempdir().expect("a folder");
        let path = dir.path().join("insamling.conf");
        let text =
            "# kommentar\nINSAMLING_LISTEN=127.0.0.1:9000\nINSAMLING_LOG=debug\nINSAMLING_DATABASE_URL=postgres://u:he$ml\\ig t@h/d\n";
        std::fs::write(&path, text).expect("written");
        let path = path.to_str().expect("a plain path");
        let config = config(&[("INSAMLING_CONFIG", path), ("INSAMLING_LOG", "warn")]).expect("valid");
        assert_eq!((config.listen.port(), config.log.as_str()), (9000, "warn"));
        assert_eq!(config.database_url.expect("given").reveal(), "postgres://u:he$ml\\ig t@h/d");
        std::fs::write(path, "INSAMLING_LOG=info\nhemligt lösenord\n").expect("written");
        let error = self::config(&[("INSAMLING_CONFIG", path)]).expect_err("no pair");
        assert!(error.contains("rad 2") && !error.contains("hemligt"), "{error}");
        assert!(self::config(&[("INSAMLING_CONFIG", "/finns/inte")]).expect_err("missing").contains("/finns/inte"));
    }
}
