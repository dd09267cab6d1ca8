//! Takes in the body of a request: no more than the route takes, in no more time than it has.

use std::error::Error;
use std::future::poll_fn;
use std::pin::Pin;

use axum::body::{Body, Bytes, HttpBody};

use crate::fault::Fault;

/// Why a body does not come.
pub(crate) type BodyFault = Box<dyn Error + Send + Sync>;

/// The client took longer than it may.
#[derive(Debug, Clone, Copy, thiserror::Error)]
#[error("the body did not come in time")]
pub(crate) struct TooSlow;

/// The whole body, at most `limit` bytes. What is known to be longer is not read at all.
///
/// # Errors
/// It is longer, does not come in time, or is cut off.
pub(crate) async fn whole(mut body: Body, limit: usize) -> Result<Bytes, Fault> {
    if body.size_hint().lower() > limit as u64 {
        return Err(Fault::TooLong { limit });
    }
    let mut first = Bytes::new();
    let mut all = Vec::new();
    while let Some(frame) = poll_fn(|cx| Pin::new(&mut body).poll_frame(cx)).await {
        let Ok(bytes) = frame.map_err(|error| fault(&error))?.into_data() else { continue };
        if first.len().max(all.len()) + bytes.len() > limit {
            return Err(Fault::TooLong { limit });
        }
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
    use super::*;

    #[tokio::test]
    async fn a_body_is_taken_up_to_its_limit() {
        let body = || Body::from("0123456789");
        assert_eq!(whole(body(), 10).await.unwrap(), "0123456789");
        assert!(matches!(whole(body(), 9).await, Err(Fault::TooLong { limit: 9 })));
        assert_eq!(whole(Body::empty(), 0).await.unwrap(), "");
    }
}
