//! Records posted to an endpoint of the user's own: `emissions_endpoint`.
//!
//! Each final record is one JSON object, sent by POST from a thread of its own, so that neither the
//! run nor the other outputs wait; the end of the run does, ten seconds at most. Nothing is tried
//! again: what was not accepted is said, with the status and the start of the answer. Tokens may
//! stand in the address (`https://user:password@host/`); messages name the host alone.

use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use carbon_http::{Client, HttpError, Method, Policy, Request};
use carbon_model::EmissionsRecord;
use carbon_tracker::sink::{Delivery, Sink, SinkError};

use crate::record_json;

const NAME: &str = "http";

/// Longest time of one post.
const LIMIT: Duration = Duration::from_secs(10);

/// How much of an answer is quoted.
const QUOTED_CHARACTERS: usize = 200;

/// A record was not accepted.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PostError {
    /// There was no answer.
    #[error("the record was not sent: {0}")]
    NoAnswer(#[from] HttpError),
    /// The endpoint answered with a status that is not 2xx.
    #[error("the record was refused: {host} answered {status}{}", quoted(answer))]
    Refused {
        /// Host and port.
        host: String,
        /// HTTP status.
        status: u16,
        /// The start of what it said.
        answer: String,
    },
    /// No thread could be had to send it.
    #[error("the record was not sent: {0}")]
    NoThread(io::Error),
}

/// Posts the record of a run when it ends and when it is flushed.
#[derive(Debug)]
pub struct HttpSink {
    endpoint: Arc<Endpoint>,
    under_way: Vec<JoinHandle<Result<(), PostError>>>,
}

#[derive(Debug)]
struct Endpoint {
    client: Client,
    url: String,
    user: Option<String>,
}

impl HttpSink {
    /// To an address; `authorities` is a PEM file of certificate authorities to trust instead of
    /// the built-in ones. Nothing is connected yet.
    ///
    /// # Errors
    /// The file of certificate authorities cannot be used.
    pub fn new(url: impl Into<String>, authorities: Option<PathBuf>) -> Result<Self, HttpError> {
        Self::under(Policy { total: LIMIT, authorities, ..Policy::default() }, url.into())
    }

    fn under(policy: Policy, url: String) -> Result<Self, HttpError> {
        let endpoint = Endpoint { client: Client::new(policy)?, url, user: None };
        Ok(Self { endpoint: Arc::new(endpoint), under_way: Vec::new() })
    }

    /// With a name that is sent as the field `user`; without one nobody is named.
    #[must_use]
    pub fn with_user(mut self, user: impl Into<String>) -> Self {
        if let Some(endpoint) = Arc::get_mut(&mut self.endpoint) {
            endpoint.user = Some(user.into());
        }
        self
    }

    fn send(&mut self, body: Vec<u8>) -> Result<(), SinkError> {
        let endpoint = Arc::clone(&self.endpoint);
        let thread = thread::Builder::new().name("codecarbon-http".to_owned());
        let post = thread
            .spawn(move || endpoint.post(&body))
            .map_err(|error| SinkError::new(NAME, PostError::NoThread(error)))?;
        self.under_way.push(post);
        Ok(())
    }

    /// What became of the posts that are over, or of all.
    fn outcomes(&mut self, of_all: bool) -> Vec<String> {
        let posts = std::mem::take(&mut self.under_way);
        let (over, going_on) = posts.into_iter().partition(|post| of_all || post.is_finished());
        self.under_way = going_on;
        let results = over.into_iter().filter_map(|post: JoinHandle<_>| post.join().ok());
        let errors = results.filter_map(Result::err);
        errors.map(|error| SinkError::new(NAME, error).to_string()).collect()
    }
}

impl Sink for HttpSink {
    fn out(
        &mut self,
        total: &EmissionsRecord,
        _delta: &EmissionsRecord,
    ) -> Result<Delivery, SinkError> {
        let notices = self.outcomes(false);
        self.send(record_json::to_send(total, self.endpoint.user.as_deref()))?;
        Ok(Delivery { notices, ..Delivery::default() })
    }

    fn exit(&mut self) -> Vec<String> {
        self.outcomes(true)
    }
}

impl Endpoint {
    fn post(&self, body: &[u8]) -> Result<(), PostError> {
        let request = Request::with_body(Method::Post, &self.url, "application/json", body);
        let answer = self.client.send(&request)?;
        if answer.is_success() {
            return Ok(());
        }
        Err(PostError::Refused {
            host: carbon_http::host_of(&self.url).to_owned(),
            status: answer.status,
            answer: answer.text().trim().chars().take(QUOTED_CHARACTERS).collect(),
        })
    }
}

fn quoted(answer: &str) -> String {
    if answer.is_empty() { String::new() } else { format!(": {answer}") }
}

#[cfg(test)]
mod tests {
    use carbon_testkit::http::{HttpServer, Reply};

    use super::*;

    #[test]
    fn an_endpoint_that_does_not_answer_is_given_up() {
        let server = HttpServer::start(|_| Reply::new(201, "").after(Duration::from_mins(1)));
        let policy = Policy { total: Duration::from_millis(50), ..Policy::default() };
        let mut sink = HttpSink::under(policy, server.url()).unwrap();
        sink.send(b"{}".to_vec()).unwrap();
        let host = server.address();
        let expected =
            format!("http: the record was not sent: {host} did not answer within 0.05 s");
        assert_eq!(sink.exit(), [expected]);
    }
}
