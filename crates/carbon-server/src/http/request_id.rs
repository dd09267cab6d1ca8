//! The id under which a request is found in logs: the one that it brings, if that is fit to be
//! written anywhere, else a new one.

use axum::http::{HeaderMap, HeaderName, HeaderValue};
use uuid::Uuid;

/// Header of a request and of its answer.
pub(super) const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Longest id that is taken over.
const LONGEST: usize = 128;

/// The id of a request.
#[derive(Debug, Clone)]
pub(super) struct RequestId(HeaderValue);

impl RequestId {
    pub(super) fn of(headers: &HeaderMap) -> Self {
        let fits = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_.:+/=".contains(byte);
        let is_plain = |value: &&HeaderValue| {
            (1..=LONGEST).contains(&value.len()) && value.as_bytes().iter().all(fits)
        };
        let brought = headers.get(X_REQUEST_ID).filter(is_plain).cloned();
        Self(brought.unwrap_or_else(|| {
            let mut text = [0; uuid::fmt::Hyphenated::LENGTH];
            let text = Uuid::new_v4().as_hyphenated().encode_lower(&mut text);
            HeaderValue::from_str(text).unwrap_or(HeaderValue::from_static("-"))
        }))
    }

    pub(super) fn as_str(&self) -> &str {
        self.0.to_str().unwrap_or("-")
    }

    pub(super) fn header(&self) -> HeaderValue {
        self.0.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_that_is_fit_to_be_written_is_kept() {
        let id = |value: &str| {
            let value = HeaderValue::from_str(value).unwrap();
            RequestId::of(&HeaderMap::from_iter([(X_REQUEST_ID, value)])).as_str().to_owned()
        };
        assert_eq!(id("4bf92f35-77b3.4da6:1"), "4bf92f35-77b3.4da6:1");
        for unfit in ["", "a b", "a\"b", "<x>", "a;b", "{}", &"x".repeat(129)] {
            assert_eq!(id(unfit).len(), 36, "{unfit}");
        }
    }
}
