//! The process that reads one file: it limits itself, knows nothing of the register, and answers on its standard output.

use std::io::{Read, Write};

use rustix::process::{Resource, Rlimit, setrlimit};

use crate::domain::consultation::attachment::{CEILING_BYTES, MediaType};
use crate::intake::attachment::text::{Unread, text};

/// The exit code where the text was read and written out.
pub const READ: i32 = 0;
/// The exit code where there is none to be read; so is every other but these.
pub const UNREADABLE: i32 = 2;
/// The exit code where the file is not taken; why is written out.
pub const REFUSED: i32 = 3;

/// The most memory, in bytes, the file and the program itself included.
const MOST_MEMORY: u64 = 768 * 1024 * 1024;
/// The most processor time, in seconds.
const MOST_SECONDS: u64 = 8;

/// Reads a file of this kind from standard input and writes its text, or why it is not taken, to standard output. Answers the exit code.
#[must_use]
pub fn run(media: &str) -> i32 {
    let Some(media) = MediaType::from_code(media) else { return UNREADABLE };
    if !limited() {
        return UNREADABLE;
    }
    let mut bytes = Vec::new();
    if std::io::stdin().lock().take(CEILING_BYTES as u64 + 1).read_to_end(&mut bytes).is_err() {
        return UNREADABLE;
    }
    match text(media, &bytes) {
        Ok(text) => answer(&text, READ),
        Err(Unread::Refused(why)) => answer(why, REFUSED),
        Err(Unread::Unreadable) => UNREADABLE,
    }
}

/// Takes from this process what it does not need: memory and time beyond the limits, files, and the picture of its memory if it breaks.
fn limited() -> bool {
    let limits =
        [(Resource::As, MOST_MEMORY), (Resource::Cpu, MOST_SECONDS), (Resource::Fsize, 0), (Resource::Core, 0), (Resource::Nproc, 0)];
    limits.into_iter().all(|(resource, most)| setrlimit(resource, Rlimit { current: Some(most), maximum: Some(most) }).is_ok())
}

fn answer(text: &str, code: i32) -> i32 {
    let mut out = std::io::stdout().lock();
    let is_written = out.write_all(text.as_bytes()).and_then(|()| out.flush()).is_ok();
    if is_written { code } else { UNREADABLE }
}
