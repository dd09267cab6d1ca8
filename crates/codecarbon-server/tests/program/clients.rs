//! Programs that users have: the stock package, and our own commands.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use carbon_http::Method;

use crate::http::Person;
use crate::sandbox::{PROGRAM, Ran, Sandbox, Server};

/// What the stock package does where it measures: a run, with nothing but the printed file.
const TRACK: &str = "
import time
from codecarbon import OfflineEmissionsTracker
tracker = OfflineEmissionsTracker(country_iso_code='FRA', measure_power_secs=1, save_to_file=False)
tracker.start()
time.sleep(2.5)
tracker.stop()
";

/// What `codecarbon config` of the stock package does with its client.
const CONFIGURE: &str = "
import sys
from codecarbon.core.api_client import ApiClient
from codecarbon.core.schemas import ExperimentCreate, OrganizationCreate, ProjectCreate
url, token = sys.argv[1:]
api = ApiClient(endpoint_url=url)
api.set_access_token(token)
assert api.check_auth()['user']['email'] == 'ada@example.org'
assert [o['name'] for o in api.get_list_organizations()] == ['Default organization']
made = api.create_organization(OrganizationCreate(name='Lab', description='A laboratory'))
assert api.create_organization(OrganizationCreate(name='Lab', description='x'))['id'] == made['id']
assert api.get_organization(made['id'])['description'] == 'A laboratory'
project = api.create_project(
    ProjectCreate(name='Study', description='d', organization_id=made['id']))
assert api.list_projects_from_organization(made['id'])[-1]['id'] == project['id']
assert api.get_project(project['id'])['name'] == 'Study'
experiment = api.add_experiment(ExperimentCreate(
    timestamp='2026-11-22T08:00:00Z', name='First', description='d', on_cloud=False,
    project_id=project['id'], country_name='France', country_iso_code='FRA',
    region='idf', cloud_provider=None, cloud_region=None))
assert api.list_experiments_from_project(project['id'])[0]['id'] == experiment['id']
assert api.get_experiment(experiment['id'])['country_iso_code'] == 'FRA'
import requests
made = requests.post(f\"{url}/projects/{project['id']}/api-tokens\",
    json={'project_id': project['id'], 'name': 'api token', 'x_token': '???'},
    headers={'Authorization': f'Bearer {token}'})
made.raise_for_status()
print(project['id'], experiment['id'], made.json()['token'])
";

#[test]
fn the_stock_package_tracks_a_run_with_the_printed_configuration_and_configures_itself() {
    let Some(python) = stock() else { return };
    let sandbox = Sandbox::new();
    let server = sandbox.serve(&[], &[]);
    std::fs::write(sandbox.path("home/.codecarbon.config"), server.configuration()).unwrap();
    let ran = Ran::of(&sandbox.command(&python).args(["-c", TRACK]).output().unwrap());
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    let ada = server.http.set_up(&server.set_up_link());
    assert_tracked(&server, &ada, &ran.err);

    std::fs::remove_file(sandbox.path("home/.codecarbon.config")).unwrap();
    let mut configure = sandbox.command(&python);
    configure.args(["-c", CONFIGURE, &server.url, &ada.token]);
    let ran = Ran::of(&configure.output().unwrap());
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    let words: Vec<&str> = ran.out.split_whitespace().collect();
    let [_, experiment, token] = words[..] else { panic!("{}", ran.out) };
    server.http.run(experiment, token);
}

/// A run with energy is in the first project.
fn assert_tracked(server: &Server, ada: &Person, said: &str) {
    let bearer = ada.bearer();
    let headers = [("authorization", bearer.as_str())];
    let runs = format!("/experiments/{}/runs/sums", server.printed("experiment_id"));
    let runs = server.http.get(&runs, &headers).body;
    assert_eq!(runs.as_array().map(Vec::len), Some(1), "{runs} {said}");
    assert!(runs[0]["energy_consumed"].as_f64().unwrap() > 0.0, "{runs} {said}");
    assert!(runs[0]["duration"].as_f64().unwrap() >= 1.0, "{runs} {said}");
}

#[test]
fn our_commands_measure_into_the_server_sign_in_and_ask_it() {
    let sandbox = Sandbox::new();
    let codecarbon = codecarbon();
    let server = sandbox.serve(&[], &[]);
    std::fs::write(sandbox.path("home/.codecarbon.config"), server.configuration()).unwrap();
    let mut monitor = sandbox.command(&codecarbon);
    monitor.args(["monitor", "--offline", "--country-iso-code", "FRA", "--", "sleep", "1.1"]);
    let ran = Ran::of(&monitor.output().unwrap());
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    let ada = server.http.set_up(&server.set_up_link());
    assert_tracked(&server, &ada, &ran.err);

    let mut ask = sandbox.command(&codecarbon);
    let ran = Ran::of(&ask.args(["test-api", "--token", &ada.token]).output().unwrap());
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    assert!(ran.out.contains("Default organization"), "{}", ran.out);

    sign_in(&sandbox, &codecarbon, &server, &ada);
    let mut ask = sandbox.command(&codecarbon);
    let ran = Ran::of(&ask.args(["test-api", "--json"]).output().unwrap());
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    assert!(ran.out.contains(&server.printed("organization_id")), "{}", ran.out);
}

/// `codecarbon login`, with somebody at the browser.
fn sign_in(sandbox: &Sandbox, codecarbon: &Path, server: &Server, ada: &Person) {
    let mut login = sandbox.command(codecarbon);
    let well_known = format!("{}/.well-known/openid-configuration", server.url);
    login.args(["login", "--no-browser", "--port", "0", "--well-known", &well_known]);
    let mut login = login.stderr(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let (mut said, mut stream) = (String::new(), login.stderr.take().unwrap());
    let url = loop {
        let mut buffer = [0; 4096];
        let length = stream.read(&mut buffer).unwrap();
        assert!(length > 0, "no address in {said}");
        said.push_str(std::str::from_utf8(&buffer[..length]).unwrap());
        let found = said.split_inclusive('\n').find(|line| line.starts_with("  http"));
        if let Some(url) = found.filter(|line| line.ends_with('\n')) {
            break url.trim().to_owned();
        }
    };
    let path = url.strip_prefix(&server.url).unwrap_or_else(|| panic!("{url} in {said}"));
    let headers = [("cookie", ada.cookie.as_str()), ("x-csrf", "1")];
    let page = server.http.get(path, &headers);
    assert_eq!(page.status, 200, "{}", page.text);
    let hidden = page.text.split("<input type=hidden ").skip(1).filter_map(|field| {
        let name = field.strip_prefix("name=\"")?.split('"').next()?;
        let value = field.split_once("value=\"")?.1.split('"').next()?.replace("&amp;", "&");
        Some(format!("{name}={}", encoded(&value)))
    });
    let form: Vec<String> = hidden.chain(["answer=yes".to_owned()]).collect();
    let form = form.join("&");
    let body = Some(("application/x-www-form-urlencoded", form.as_bytes()));
    let sent = server.http.try_send(Method::Post, "/auth/authorize", &headers, body).unwrap();
    assert_eq!(sent.status, 303, "{}", sent.text);
    let back = sent.header("location");
    let (host, path) = back.split_at("http://".len() + back["http://".len()..].find('/').unwrap());
    let answer = crate::http::Http::of(host).get(path, &[]);
    assert_eq!(answer.status, 200, "{}", answer.text);
    stream.read_to_string(&mut said).unwrap();
    assert_eq!(login.wait().unwrap().code(), Some(0), "{said}");
}

fn encoded(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte);
    text.bytes().fold(String::new(), |text, byte| {
        if plain(byte) {
            text + &char::from(byte).to_string()
        } else {
            format!("{text}%{byte:02X}")
        }
    })
}

/// The command beside the program; built where only this crate was.
fn codecarbon() -> PathBuf {
    let path = Path::new(PROGRAM).with_file_name("codecarbon");
    if !path.is_file() {
        let status = Command::new(env!("CARGO"))
            .args(["build", "--locked", "-p", "codecarbon", "--bin", "codecarbon"])
            .status();
        assert!(status.unwrap().success());
    }
    path
}

/// Python with the stock package, which `cargo xtask test` installs; none after saying so.
fn stock() -> Option<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let python = root.join("target/python-peer/bin/python");
    if python.is_file() {
        return Some(python);
    }
    #[expect(clippy::disallowed_methods, reason = "CI is where nothing may be skipped")]
    let must_be_there = std::env::var_os("CI").is_some();
    assert!(!must_be_there, "{} is missing", python.display());
    #[expect(clippy::print_stdout, reason = "that a test was skipped must be seen")]
    {
        println!("skipped: {} is missing; cargo xtask test fetches it", python.display());
    }
    None
}
