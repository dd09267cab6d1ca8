//! What options become, without a server.

use std::time::Duration;

use carbon_server::settings::{Auth, Rate};
use carbon_store::SecretText;

use super::*;
use crate::options::{self, Options};
use crate::surroundings::Surroundings;

fn plan(words: &[&str], variables: &[(&str, &str)]) -> Result<Plan, Failure> {
    let command = options::describe(clap::Command::new("serve"), SERVE);
    let matches = command.get_matches_from(std::iter::once(&"serve").chain(words));
    let home = [("HOME", "/home/me")];
    let variables = home.iter().chain(variables);
    let variables = variables.map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
    let start = Surroundings { variables, ..Surroundings::default() };
    Plan::read(&Options::new(&matches, &start))
}

#[test]
fn nothing_given_is_a_local_server_with_passwords_in_a_file() {
    let plan = plan(&[], &[]).unwrap();
    assert_eq!(plan.listen, "127.0.0.1:8008".parse().unwrap());
    assert_eq!(plan.settings.auth, Auth::Local(PasswordCost::default()));
    let file = "/home/me/.local/share/codecarbon/server/store.sqlite";
    assert_eq!(plan.database, Database::File(file.into()));
    assert_eq!((plan.metrics, plan.tls, plan.is_migration_only), (None, None, false));
    assert_eq!(plan.warnings, Vec::<String>::new());
    let default = Settings::default();
    assert_eq!(plan.settings.limits, default.limits);
    assert_eq!(plan.settings.rates, default.rates);
    assert_eq!(plan.settings.session_length, default.session_length);
}

#[test]
fn every_option_reaches_the_settings() {
    let words = [
        "--listen=[::]:9000",
        "--public-url=https://carbon.example.org/",
        "--tls-cert=c.pem",
        "--tls-key=k.pem",
        "--trusted-proxy=10.0.0.0/8",
        "--trusted-proxy=192.0.2.1",
        "--proxy-headers=forwarded",
        "--metrics-listen=9108",
        "--session-length=12h",
        "--frontend-url=https://dash.example.org",
        "--cors-origin=https://a.example",
        "--own-origins-only",
        "--times-with-zone",
        "--rate-per-address=10:20",
        "--rate-per-token=off",
        "--connections=5",
        "--longest-body=2MiB",
        "--stop-within=3s",
        "--allow-private-webhooks",
        "--log-addresses",
        "--traces-endpoint=http://127.0.0.1:4318/v1/traces",
        "--traces-share=0.5",
    ];
    let plan = plan(&words, &[("CODECARBON_SERVER_TRACES_HEADERS", "a=1, b = x=y")]).unwrap();
    assert_eq!(plan.listen, "[::]:9000".parse().unwrap());
    assert_eq!(plan.metrics, Some("127.0.0.1:9108".parse().unwrap()));
    assert_eq!(plan.tls, Some(("c.pem".into(), "k.pem".into())));
    let settings = plan.settings;
    assert_eq!(settings.public_url.as_deref(), Some("https://carbon.example.org"));
    assert_eq!(settings.frontend_url.as_deref(), Some("https://dash.example.org"));
    assert!(settings.has_tls && settings.times_with_zone && settings.logs_addresses);
    assert!(settings.has_private_webhooks && !settings.has_published_origins);
    assert_eq!(settings.proxies.headers, ProxyHeaders::Forwarded);
    assert!(settings.proxies.contain("10.9.9.9".parse().unwrap()));
    assert!(settings.proxies.contain("192.0.2.1".parse().unwrap()));
    assert_eq!(settings.session_length, Duration::from_hours(12));
    assert_eq!(settings.origins, ["https://a.example"]);
    let rate = Rate { per_second: 10, burst: 20 };
    assert_eq!((settings.rates.of_address, settings.rates.of_token), (Some(rate), None));
    assert_eq!(settings.limits.connections, 5);
    assert_eq!(settings.limits.finish, Duration::from_secs(3));
    assert_eq!(settings.longest_body, 2 << 20);
    let traces = settings.traces.unwrap();
    assert_eq!((traces.endpoint.as_str(), traces.share), ("http://127.0.0.1:4318/v1/traces", 0.5));
    let header = |name: &str, value: &str| (name.to_owned(), SecretText(value.to_owned()));
    assert_eq!(traces.headers, [header("a", "1"), header("b", "x=y")]);
}

#[test]
fn an_environment_made_for_the_reference_signs_people_in_at_its_provider() {
    let issuer = ("OIDC_ISSUER_URL", "https://id.example.org/realms/x/");
    let theirs = [
        ("OIDC_CLIENT_ID", "server"),
        ("OIDC_CLIENT_SECRET", "s3cret"),
        ("DATABASE_URL", "postgresql+psycopg2://me:pw@db/carbon"),
        ("FRONTEND_URL", "https://dash.example.org"),
        issuer,
    ];
    let found = plan(&["--oidc-operator", "ada@example.org"], &theirs).unwrap();
    let Auth::Oidc(oidc) = found.settings.auth else { panic!("{:?}", found.settings.auth) };
    let well_known = "https://id.example.org/realms/x/.well-known/openid-configuration";
    assert_eq!((oidc.well_known_url.as_str(), oidc.client_id.as_str()), (well_known, "server"));
    assert_eq!(oidc.client_secret, Some(SecretText("s3cret".to_owned())));
    assert_eq!(oidc.audiences, ["codecarbon-cli"]);
    assert_eq!(oidc.operators, ["ada@example.org"]);
    assert_eq!(found.database.to_string(), "postgresql+psycopg2://db/carbon", "no password");
    let better = ("OIDC_WELL_KNOWN_URL", "https://other.example/.well-known/openid-configuration");
    let found = plan(&["--oidc-audience", "cli"], &[theirs[0], issuer, better]).unwrap();
    let Auth::Oidc(oidc) = found.settings.auth else { panic!("{:?}", found.settings.auth) };
    assert_eq!((oidc.well_known_url.as_str(), oidc.client_secret), (better.1, None));
    assert_eq!(oidc.audiences, ["cli"]);
}

#[test]
fn a_redirect_of_the_reference_that_is_no_home_is_told() {
    let variables = [("AUTH_PROVIDER", "none"), ("DEFAULT_REDIRECT_URL", "http://localhost/x")];
    let plan = plan(&[], &variables).unwrap();
    assert_eq!(plan.settings.frontend_url, None);
    assert!(plan.warnings[0].contains("does not end with /home"), "{:?}", plan.warnings);
}
