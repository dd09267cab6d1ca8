//! Requests to a server, of a client that writes, and of a person who is signed in.

use carbon_http::{Client, Method, Policy, Request};
use serde_json::{Value, json};

/// A password that is long enough.
pub(crate) const PASSWORD: &str = "correct horse battery";

/// Requests to one server.
#[derive(Clone)]
pub(crate) struct Http {
    client: Client,
    url: String,
}

/// An answer.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) text: String,
    pub(crate) body: Value,
}

impl Answer {
    /// A text of the body.
    pub(crate) fn string(&self, key: &str) -> String {
        self.body[key].as_str().unwrap_or_else(|| panic!("{key} in {}", self.text)).to_owned()
    }

    /// A header; empty where it is not there.
    pub(crate) fn header(&self, name: &str) -> &str {
        let found = self.headers.iter().find(|(n, _)| n.eq_ignore_ascii_case(name));
        found.map_or("", |(_, value)| value)
    }
}

impl Http {
    pub(crate) fn of(url: &str) -> Self {
        let policy = Policy { proxies: false, ..Policy::default() };
        Self { client: Client::new(policy).unwrap(), url: url.to_owned() }
    }

    /// To a server whose certificate is in a file.
    pub(crate) fn trusting(url: &str, certificate: &std::path::Path) -> Self {
        let authorities = Some(certificate.to_owned());
        let policy = Policy { proxies: false, authorities, ..Policy::default() };
        Self { client: Client::new(policy).unwrap(), url: url.to_owned() }
    }

    /// Sends a request; none where there is no answer.
    pub(crate) fn try_send(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<(&str, &[u8])>,
    ) -> Option<Answer> {
        let url = format!("{}{path}", self.url);
        let mut request = match body {
            Some((media, bytes)) => Request::with_body(method, &url, media, bytes),
            None => Request { method, ..Request::get(&url) },
        };
        for (name, value) in headers {
            request = request.header(name, value);
        }
        let answer = self.client.send(&request).ok()?;
        let text = answer.text();
        let body = serde_json::from_str(&text).unwrap_or(Value::Null);
        Some(Answer { status: answer.status, headers: answer.headers, text, body })
    }

    pub(crate) fn get(&self, path: &str, headers: &[(&str, &str)]) -> Answer {
        self.try_send(Method::Get, path, headers, None).unwrap()
    }

    pub(crate) fn post(&self, path: &str, headers: &[(&str, &str)], body: &Value) -> Answer {
        let bytes = body.to_string();
        let body = Some(("application/json", bytes.as_bytes()));
        self.try_send(Method::Post, path, headers, body).unwrap()
    }

    /// Makes the first account by its link; whoever it is can do all.
    pub(crate) fn set_up(&self, link: &str) -> Person {
        let token = link.split_once("token=").unwrap().1;
        let who = json!({
            "token": token, "email": "ada@example.org", "name": "Ada", "password": PASSWORD,
        });
        let made = self.post("/auth/setup", &[], &who);
        assert_eq!(made.status, 201, "{}", made.text);
        let cookie = made.header("set-cookie").split(';').next().unwrap().to_owned();
        let of_person = [("cookie", cookie.as_str()), ("x-csrf", "1")];
        let token = self.post("/v1/account/tokens", &of_person, &json!({ "name": "test" }));
        assert_eq!(token.status, 201, "{}", token.text);
        Person { cookie, token: token.string("token") }
    }

    /// Starts a run; its id.
    pub(crate) fn run(&self, experiment: &str, token: &str) -> String {
        let run = json!({ "timestamp": "2026-11-22T08:00:00Z", "experiment_id": experiment });
        let made = self.post("/runs", &[("x-api-token", token)], &run);
        assert_eq!(made.status, 201, "{}", made.text);
        made.string("id")
    }
}

/// Somebody who is signed in.
pub(crate) struct Person {
    /// The session of the browser.
    pub(crate) cookie: String,
    /// A token for programs.
    pub(crate) token: String,
}

impl Person {
    /// The header for programs.
    pub(crate) fn bearer(&self) -> String {
        format!("Bearer {}", self.token)
    }
}

/// A row of a run.
pub(crate) fn row(run: &str) -> Value {
    json!({
        "timestamp": "2026-11-22T08:00:10Z", "run_id": run, "duration": 10,
        "emissions_sum": 0.001, "emissions_rate": 0.0001, "energy_consumed": 0.01,
        "cpu_power": 5.0, "gpu_power": 0.0, "ram_power": 1.0,
        "cpu_energy": 0.008, "gpu_energy": 0.0, "ram_energy": 0.002,
    })
}
