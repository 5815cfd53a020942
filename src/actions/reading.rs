//! Reading the text of files in processes of their own: one that takes all the time or memory there is ends alone, and nothing else notices.

use std::process::Stdio;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::process::Command;
use tokio::time::{Instant, timeout_at};

pub mod child;

use crate::clock;
use crate::domain::consultation::attachment::MediaType;
use crate::error::{Error, Result};
use crate::intake::attachment::text::MOST_TEXT;
use crate::state::Reading;

/// The command of the program that reads one file from its standard input.
pub const COMMAND: &str = "read-text";
/// Lets the allocator set aside little at a time: what it sets aside counts as memory in use.
const SMALL: [(&str, &str); 1] = [("MIMALLOC_ARENA_RESERVE", "16M")];
/// How long a file may take.
pub const MOST_TIME: Duration = Duration::from_secs(10);

/// The text of a file: none where it cannot be read, or not by `until`; empty where it holds none. The file is hostile only as far as
/// `bytes` go.
///
/// # Errors
/// `Invalid` for a file that is made to harm whoever opens it, or that nobody can open; a fault of ours where no process can be started.
pub async fn text(reading: &Reading, media: MediaType, bytes: &[u8], until: Instant) -> Result<Option<String>> {
    let until = until.min(clock::deadline(MOST_TIME));
    if until <= clock::deadline(Duration::ZERO) {
        return Ok(None); // the files before it took all the time there is
    }
    let mut child = Command::new(reading.program())
        .arg(COMMAND)
        .arg(media.code())
        .env_clear()
        .envs(SMALL)
        .current_dir("/")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()?;
    let (stdin, stdout) = (child.stdin.take(), child.stdout.take());
    let mut answer = Vec::new();
    let exchange = async {
        let write = async {
            if let Some(mut stdin) = stdin {
                // one that gives up early does not read to the end
                let _ = stdin.write_all(bytes).await;
            }
        };
        let read = async {
            match stdout {
                Some(stdout) => stdout.take(2 * MOST_TEXT as u64).read_to_end(&mut answer).await.map(drop),
                None => Ok(()),
            }
        };
        let ((), read) = tokio::join!(write, read);
        read?;
        child.wait().await
    };
    // whoever is too slow is killed as it is dropped
    let Ok(ended) = timeout_at(until, exchange).await else {
        tracing::warn!(media = media.code(), "reading a file took too long");
        return Ok(None);
    };
    let answer = String::from_utf8(answer).map_err(Error::internal)?;
    match ended?.code() {
        Some(child::READ) => Ok(Some(answer)),
        Some(child::REFUSED) => Err(Error::Invalid(answer)),
        _ => Ok(None),
    }
}
