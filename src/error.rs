//! What can go wrong, in six kinds that every layer above can answer. No axum here: `web` turns them into pages.

use std::fmt;

/// A failure of a use case.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is no such thing, or it is not open to whoever asks.
    #[error("not found")]
    NotFound,
    /// The actor may not do this.
    #[error("forbidden")]
    Forbidden,
    /// Somebody else changed the same thing first.
    #[error("conflict")]
    Conflict,
    /// The input is wrong; the text is Swedish and says what is allowed.
    #[error("{0}")]
    Invalid(String),
    /// So many ask at once that this one is better asked again in some seconds.
    #[error("busy")]
    Busy,
    /// A fault of ours or of the machine; the details go to the log, never to the visitor.
    #[error("{0}")]
    Internal(Box<dyn std::error::Error + Send + Sync>),
}

/// The result of a use case.
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    /// An internal error from a plain message (for the log).
    pub fn internal(message: impl fmt::Display) -> Self {
        Self::Internal(message.to_string().into())
    }
}

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        match error {
            sqlx::Error::RowNotFound => Self::NotFound,
            // somebody else wrote the same key first: what is written blindly was looked up in the same transaction
            sqlx::Error::Database(database) if database.is_unique_violation() || is_contention(database.code().as_deref()) => {
                Self::Conflict
            }
            other => Self::Internal(other.into()),
        }
    }
}

impl From<std::io::Error> for Error {
    fn from(error: std::io::Error) -> Self {
        Self::Internal(error.into())
    }
}

/// Whether the engine gave up because of somebody else's work: PostgreSQL's serialisation failure, deadlock and lock time-out, and
/// SQLite's BUSY. The same work may succeed when tried again.
fn is_contention(code: Option<&str>) -> bool {
    matches!(code, Some("40001" | "40P01" | "55P03" | "5"))
}
