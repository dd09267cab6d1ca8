//! Commands that speak with a sign-in service and the API, against scripted ones.

mod api;
mod calls;
mod config;
mod login;
mod logout;
mod provider;
mod wizard;

use std::io::Read;
use std::process::{Child, Command};

use carbon_http::{Answer, Client, Policy, Request};

use crate::sandbox::{CODECARBON, Sandbox};
use api::FakeApi;
use provider::FakeProvider;

/// What the user of [`Place::with_personal_token`] comes with.
const PERSONAL_TOKEN: &str = "personal";

/// A sandbox, a provider and an API that believes it.
pub(crate) struct Place {
    sandbox: Sandbox,
    provider: FakeProvider,
    api: FakeApi,
}

impl Place {
    fn new() -> Self {
        let provider = FakeProvider::new();
        let api = FakeApi::new(provider.believer());
        Self { sandbox: Sandbox::new(), provider, api }
    }

    /// One whose user comes with a personal token.
    pub(crate) fn with_personal_token() -> Self {
        let place = Self::new();
        place.provider.state().access = Some(PERSONAL_TOKEN.into());
        place
    }

    /// Its directories.
    pub(crate) fn sandbox(&self) -> &Sandbox {
        &self.sandbox
    }

    /// Any program with the addresses of both and that token.
    pub(crate) fn command_of(&self, program: &str) -> Command {
        let mut command = self.with_addresses(program);
        command.env("CODECARBON_ACCESS_TOKEN", PERSONAL_TOKEN);
        command
    }

    /// `codecarbon WORDS` with the addresses of both.
    fn command(&self, words: &[&str]) -> Command {
        let mut command = self.with_addresses(CODECARBON);
        command.args(words);
        command
    }

    fn with_addresses(&self, program: &str) -> Command {
        let mut command = self.sandbox.command(program);
        command
            .env("AUTH_SERVER_WELL_KNOWN", self.provider.well_known())
            .env("CODECARBON_API_ENDPOINT", self.api.url());
        command
    }

    /// The file of sign-ins.
    fn sign_ins(&self) -> std::path::PathBuf {
        self.sandbox.home().join(".config/codecarbon/sign-ins.json")
    }

    /// Signs in as a person with a browser does.
    fn sign_in(&self) {
        let mut login = Login::start(self.command(&["login", "--no-browser", "--port", "0"]));
        let url = login.url();
        browse(&self.provider.authorize(&url));
        assert_eq!(login.end().0, Some(0));
    }
}

/// A running `login` and what it has said so far.
struct Login {
    child: Child,
    said: String,
}

impl Login {
    fn start(mut command: Command) -> Self {
        Self { child: command.spawn().unwrap(), said: String::new() }
    }

    /// Reads standard error until it holds a text.
    fn wait_for(&mut self, text: &str) {
        let stream = self.child.stderr.as_mut().unwrap();
        while !self.said.contains(text) {
            let mut buffer = [0; 4096];
            let length = stream.read(&mut buffer).unwrap();
            assert!(length > 0, "{text:?} never came in {:?}", self.said);
            self.said.push_str(std::str::from_utf8(&buffer[..length]).unwrap());
        }
    }

    /// The address that the person is asked to visit.
    fn url(&mut self) -> String {
        self.wait_for("\n\n  http");
        self.wait_for("code_challenge_method=S256\n");
        self.said.lines().find(|line| line.starts_with("  http")).unwrap().trim().to_owned()
    }

    /// Exit code, standard output and all of standard error.
    fn end(mut self) -> (Option<i32>, String, String) {
        let mut rest = String::new();
        self.child.stderr.take().unwrap().read_to_string(&mut rest).unwrap();
        self.said.push_str(&rest);
        let mut out = String::new();
        self.child.stdout.take().unwrap().read_to_string(&mut out).unwrap();
        (self.child.wait().unwrap().code(), out, self.said)
    }
}

/// Visits a page, as a browser.
fn browse(url: &str) -> Answer {
    let client = Client::new(Policy { proxies: false, ..Policy::default() }).unwrap();
    client.send(&Request::get(url)).unwrap()
}

/// Query of an address, decoded as far as these tests need it.
fn query(url: &str) -> Vec<(String, String)> {
    let decoded = |text: &str| {
        text.replace("%3A", ":").replace("%2F", "/").replace("%20", " ").replace('+', " ")
    };
    let pairs = url.split_once('?').map_or("", |(_, query)| query).split('&');
    pairs.filter_map(|pair| pair.split_once('=')).map(|(n, v)| (n.to_owned(), decoded(v))).collect()
}

fn value(pairs: &[(String, String)], name: &str) -> String {
    let mut values = pairs.iter().filter(|(n, _)| n == name).map(|(_, v)| v.clone());
    let first = values.next().unwrap_or_else(|| panic!("no {name} in {pairs:?}"));
    assert_eq!(values.next(), None, "{name} is there twice");
    first
}
