//! Takes in the body of a request: no more than the route takes, in no more time than it has.

use std::error::Error;
use std::future::poll_fn;
use std::pin::Pin;
use std::time::Duration;

use axum::body::{Body, Bytes, HttpBody};
use tokio::sync::{Semaphore, SemaphorePermit};

use crate::fault::Fault;

/// Memory that longer bodies may take on their way in, of all requests together, in KiB: many clients
/// that send slowly must not fill the machine.
const ROOM_KIB: usize = 256 << 10;

/// Bytes of a body that need no room: nearly all requests are shorter.
const SHORT: usize = 16 << 10;

/// When somebody who finds no room may try again.
const TRY_AGAIN: Duration = Duration::from_secs(1);

/// The memory for bodies on their way in.
#[derive(Debug)]
pub(crate) struct Room(Semaphore);

impl Default for Room {
    fn default() -> Self {
        Self(Semaphore::new(ROOM_KIB))
    }
}

impl Room {
    /// Makes room for a body of so many bytes, beside what it holds.
    fn grow<'r>(&'r self, held: &mut Held<'r>, bytes: usize) -> Result<(), Fault> {
        let wanted = if bytes > SHORT { bytes.div_ceil(1 << 10) } else { 0 };
        let more = wanted.saturating_sub(held.as_ref().map_or(0, SemaphorePermit::num_permits));
        let more = u32::try_from(more).unwrap_or(u32::MAX);
        if more == 0 {
            return Ok(());
        }
        let full = |_| Fault::TooMany { retry_after: TRY_AGAIN };
        let permit = self.0.try_acquire_many(more).map_err(full)?;
        match held {
            Some(held) => held.merge(permit),
            None => *held = Some(permit),
        }
        Ok(())
    }
}

/// The room that a body has.
type Held<'r> = Option<SemaphorePermit<'r>>;

/// Why a body does not come.
pub(crate) type BodyFault = Box<dyn Error + Send + Sync>;

/// The client took longer than it may.
#[derive(Debug, Clone, Copy, thiserror::Error)]
#[error("the body did not come in time")]
pub(crate) struct TooSlow;

/// The whole body, at most `limit` bytes. What is known to be longer is not read at all.
///
/// # Errors
/// It is longer, does not come in time, is cut off, or finds no room.
pub(crate) async fn whole(room: &Room, mut body: Body, limit: usize) -> Result<Bytes, Fault> {
    if body.size_hint().lower() > limit as u64 {
        return Err(Fault::TooLong { limit });
    }
    let mut first = Bytes::new();
    let mut all = Vec::new();
    let mut held = None;
    while let Some(frame) = poll_fn(|cx| Pin::new(&mut body).poll_frame(cx)).await {
        let Ok(bytes) = frame.map_err(|error| fault(&error))?.into_data() else { continue };
        let length = first.len().max(all.len()) + bytes.len();
        if length > limit {
            return Err(Fault::TooLong { limit });
        }
        room.grow(&mut held, length)?;
        // Most bodies come in one piece, and that is not copied.
        if first.is_empty() && all.is_empty() {
            first = bytes;
            continue;
        }
        if all.is_empty() {
            all.extend_from_slice(&first);
            first = Bytes::new();
        }
        all.extend_from_slice(&bytes);
    }
    Ok(if all.is_empty() { first } else { all.into() })
}

/// What a body that does not come to its end is answered with.
pub(crate) fn fault(error: &axum::Error) -> Fault {
    let mut cause: Option<&(dyn Error + 'static)> = Some(error);
    while let Some(error) = cause {
        if error.is::<TooSlow>() {
            return Fault::TooSlow;
        }
        cause = error.source();
    }
    Fault::Invalid("The body is cut off or malformed".to_owned())
}

#[cfg(test)]
mod tests {
    use std::task::Poll;

    use super::*;
    use crate::stream::stream;

    #[tokio::test]
    async fn a_body_is_taken_up_to_its_limit() {
        let (room, body) = (Room::default(), || Body::from("0123456789"));
        assert_eq!(whole(&room, body(), 10).await.unwrap(), "0123456789");
        assert!(matches!(whole(&room, body(), 9).await, Err(Fault::TooLong { limit: 9 })));
        assert_eq!(whole(&room, Body::empty(), 0).await.unwrap(), "");
    }

    #[tokio::test]
    async fn longer_bodies_share_the_room_and_give_it_back() {
        const LENGTH: usize = 64 << 10;
        let room = Room(Semaphore::new((3 * LENGTH) >> 10));
        let (parts, slow) = stream();
        parts.give(vec![0; LENGTH]).await.unwrap();
        let mut slow = Box::pin(whole(&room, slow, 10 * LENGTH));
        assert!(poll_fn(|cx| Poll::Ready(slow.as_mut().poll(cx).is_pending())).await);
        let of = async |length| whole(&room, Body::from(vec![1; length]), usize::MAX).await;
        assert_eq!(of(2 * LENGTH).await.unwrap().len(), 2 * LENGTH);
        assert!(matches!(of(2 * LENGTH + 1).await, Err(Fault::TooMany { .. })));
        assert_eq!(of(SHORT).await.unwrap().len(), SHORT);
        drop(slow);
        assert_eq!(of(3 * LENGTH).await.unwrap().len(), 3 * LENGTH);
    }
}
