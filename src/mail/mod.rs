//! Mail: what it says and how it leaves.

mod compose;
mod file;
pub mod messages;
mod smtp;

use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::config::Config;
use crate::error::{Error, Result};
use compose::Sender;
pub use smtp::{PATIENCE, Patience};

/// A mail as it stands in the outbox, ready to leave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rendered {
    /// The identity of its row, which gives the Message-ID: whoever gets it twice can tell.
    pub id: Uuid,
    /// When it was written.
    pub written_at: DateTime<Utc>,
    /// The address that it goes to.
    pub recipient: String,
    /// Its subject.
    pub subject: String,
    /// The part in plain text.
    pub text: String,
    /// The part in HTML.
    pub html: String,
}

/// Why a mail did not leave, in Swedish, for the administrator. May hold the recipient's address: never logged.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SendError {
    /// It was not taken, but may be later.
    #[error("{0}")]
    Retry(String),
    /// It will never be taken.
    #[error("{0}")]
    Fail(String),
    /// The whole of it was handed over and nothing was heard after that: it may have been taken.
    #[error("{0}")]
    Unsure(String),
}

/// The way that mail leaves. Cheap to clone.
#[derive(Debug, Clone)]
pub enum Mailer {
    /// To a mail server.
    Smtp(Arc<smtp::Server>),
    /// To `.eml` files in a folder, where no mail server is configured.
    File(Arc<file::Folder>),
    /// Nowhere: kept for whoever tests.
    Memory(Arc<Mutex<Vec<Rendered>>>),
}

impl Mailer {
    /// The way that the configuration names.
    ///
    /// # Errors
    /// `Invalid`, in Swedish, naming the key whose value makes no sense.
    pub fn new(config: &Config) -> Result<Self> {
        Self::with_patience(config, PATIENCE)
    }

    /// The same with other limits to how long the mail server may take.
    ///
    /// # Errors
    /// As [`Mailer::new`].
    pub fn with_patience(config: &Config, patience: Patience) -> Result<Self> {
        let sender = match &config.mail_from {
            Some(text) => Sender::parse(text).map_err(Error::Invalid)?,
            None => Sender::local(),
        };
        Ok(match &config.smtp_url {
            Some(url) => Self::Smtp(Arc::new(smtp::Server::new(url.reveal(), sender, patience).map_err(Error::Invalid)?)),
            None => Self::File(Arc::new(file::Folder::new(config.data_dir.join("mail"), sender))),
        })
    }

    /// Sends one mail.
    ///
    /// # Errors
    /// It did not leave, or it is not known whether it did.
    pub async fn send(&self, mail: &Rendered) -> Result<(), SendError> {
        match self {
            Self::Smtp(server) => server.send(mail).await,
            Self::File(folder) => folder.write(mail).await,
            Self::Memory(sent) => {
                sent.lock().unwrap_or_else(PoisonError::into_inner).push(mail.clone());
                Ok(())
            }
        }
    }
}
