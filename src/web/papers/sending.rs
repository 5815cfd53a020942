//! Archives as they are given out: a file without a name and a place, both for as long as the sending may take.

use std::io::{Error, ErrorKind, Result};
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::body::Body;
use tokio::io::{AsyncRead, BufReader, ReadBuf, copy_buf, duplex};
use tokio::time::timeout;
use tokio_util::io::ReaderStream;

use crate::state::Place;

/// What is on its way to a reader at once, in bytes.
const ON_THE_WAY: usize = 256 * 1024;
/// How long an archive may take beside what its size needs.
const LEAST_TIME: Duration = Duration::from_secs(60);
/// How many bytes a second a reader takes at least, on the whole.
const LEAST_PER_SECOND: u64 = 64 * 1024;

/// How long an archive of so many bytes may take.
pub(super) fn time_for(size: u64) -> Duration {
    LEAST_TIME + Duration::from_secs(size / LEAST_PER_SECOND)
}

/// A file of `size` bytes as an answer. Place and file are given back when it is sent, when nobody reads it any more, or after `within`; a
/// reader who is slower than that gets a broken answer, never one that looks whole.
pub(super) fn sent(file: std::fs::File, size: u64, place: Place, within: Duration) -> Body {
    let (mut to, from) = duplex(ON_THE_WAY);
    tokio::spawn(async move {
        let _place = place;
        let mut file = BufReader::with_capacity(ON_THE_WAY, tokio::fs::File::from_std(file));
        // a reader who has gone is no fault of ours
        if !matches!(timeout(within, copy_buf(&mut file, &mut to)).await, Ok(Ok(_))) {
            tracing::info!(size, "an archive was not sent to its end");
        }
    });
    Body::from_stream(ReaderStream::new(Whole { from, left: size }))
}

/// Reads what must be so long: an end before that is an error.
struct Whole<R> {
    from: R,
    left: u64,
}

impl<R: AsyncRead + Unpin> AsyncRead for Whole<R> {
    fn poll_read(mut self: Pin<&mut Self>, context: &mut Context<'_>, into: &mut ReadBuf<'_>) -> Poll<Result<()>> {
        let before = into.filled().len();
        ready!(Pin::new(&mut self.from).poll_read(context, into))?;
        let came = u64::try_from(into.filled().len() - before).unwrap_or(u64::MAX);
        if came == 0 && self.left > 0 && into.remaining() > 0 {
            return Poll::Ready(Err(Error::from(ErrorKind::UnexpectedEof)));
        }
        self.left = self.left.saturating_sub(came);
        Poll::Ready(Ok(()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::Places;
    use axum::body::to_bytes;
    use std::io::{Seek, Write};
    use uuid::Uuid;

    const SIZE: usize = 2 * 1024 * 1024;

    fn file() -> std::fs::File {
        let mut file = tempfile::tempfile().expect("a file");
        file.write_all(&vec![7; SIZE]).expect("written");
        file.rewind().expect("from its beginning");
        file
    }

    async fn answer(places: &Places, person: Uuid, within: Duration) -> Body {
        let place = places.one_for(person).await.expect("a place");
        sent(file(), SIZE as u64, place, within)
    }

    #[tokio::test]
    async fn the_place_is_kept_until_the_answer_is_read_dropped_or_too_old() {
        let (places, person) = (Places::for_sending(), Uuid::from_u128(1));
        let unread = answer(&places, person, time_for(0)).await;
        assert!(places.one_for(person).await.is_err(), "while somebody reads it");
        drop(unread);
        assert!(places.one_for(person).await.is_ok(), "nobody reads it any more");
        let whole = to_bytes(answer(&places, person, time_for(0)).await, usize::MAX).await.expect("all of it");
        assert_eq!((whole.len(), places.one_for(person).await.is_ok()), (SIZE, true));
        let slow = answer(&places, person, Duration::from_millis(50)).await;
        assert!(places.one_for(person).await.is_ok(), "it was not read in time");
        assert!(to_bytes(slow, usize::MAX).await.is_err(), "what is cut off does not look whole");
    }

    #[test]
    fn what_is_large_may_take_longer() {
        assert_eq!(time_for(0), Duration::from_secs(60));
        assert_eq!(time_for(100 * 1024 * 1024), Duration::from_secs(1660));
    }
}
