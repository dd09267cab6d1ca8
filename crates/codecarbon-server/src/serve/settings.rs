//! What the options of `serve` mean, as the server's settings.

use std::net::SocketAddr;
use std::path::PathBuf;

use carbon_server::settings::{
    Auth, Limits, Network, Oidc, PasswordCost, Proxies, ProxyHeaders, Rates, Settings, Traces,
};
use carbon_store::SecretText;

use crate::failure::Failure;
use crate::log::{Format, Level};
use crate::options::list::{
    ANYONE, AUTH, CONNECTIONS, CORS_ORIGIN, FRONTEND_URL, LISTEN, LOG_ADDRESSES, LOG_FORMAT,
    LOG_LEVEL, LONGEST_BODY, METRICS_LISTEN, MIGRATE_ONLY, OIDC_AUDIENCE, OIDC_CA_FILE,
    OIDC_CLIENT_ID, OIDC_CLIENT_SECRET, OIDC_OPERATOR, OIDC_WELL_KNOWN_URL, OWN_ORIGINS_ONLY,
    PRIVATE_WEBHOOKS, PROXY_HEADERS, PUBLIC_URL, RATE_PER_ADDRESS, RATE_PER_TOKEN, SERVE,
    SESSION_LENGTH, STOP_WITHIN, TIMES_WITH_ZONE, TLS_CERT, TLS_KEY, TRACES_ENDPOINT,
    TRACES_HEADERS, TRACES_SHARE, TRUSTED_PROXY,
};
use crate::options::values::{self, ADDRESS, RATE, SIZE, TIME, URL};
use crate::options::{Given, Options, Setting};
use crate::serve::place::Database;

/// A password that stands in the reference's source: no secret.
pub(crate) const NO_SECRET: &str = "supersecret";

/// The audience of the published command line.
const COMMANDS: &str = "codecarbon-cli";

/// Everything that `serve` was told.
#[derive(Debug)]
pub(crate) struct Plan {
    /// Where clients come in.
    pub(crate) listen: SocketAddr,
    /// Where metrics are answered.
    pub(crate) metrics: Option<SocketAddr>,
    /// Certificate and key.
    pub(crate) tls: Option<(PathBuf, PathBuf)>,
    /// Where everything is kept.
    pub(crate) database: Database,
    /// Whether to end when the database is up to date.
    pub(crate) is_migration_only: bool,
    /// What the server is told.
    pub(crate) settings: Settings,
    /// Which lines are logged.
    pub(crate) log_level: Level,
    /// How they are written.
    pub(crate) log_format: Format,
    /// What the operator should know, as soon as there is a log.
    pub(crate) warnings: Vec<String>,
}

impl Plan {
    /// Reads the options.
    ///
    /// # Errors
    /// One of them is not accepted.
    pub(crate) fn read(options: &Options<'_>) -> Result<Self, Failure> {
        let mut warnings = unknown(options);
        let auth = auth(options)?;
        let tls = match (options.one(&TLS_CERT)?, options.one(&TLS_KEY)?) {
            (Some(certificate), Some(key)) => Some((certificate.text.into(), key.text.into())),
            (None, None) => None,
            (Some(given), None) => return Err(half(&given, &TLS_KEY)),
            (None, Some(given)) => return Err(half(&given, &TLS_CERT)),
        };
        let develop_key = develop_key(options, &mut warnings)?;
        let settings = Settings {
            has_tls: tls.is_some(),
            public_url: read(options, &PUBLIC_URL, URL, values::url)?,
            frontend_url: frontend(options, &auth, &mut warnings)?,
            auth,
            develop_key,
            origins: origins(options)?,
            has_published_origins: !options.flag(&OWN_ORIGINS_ONLY)?,
            has_private_webhooks: options.flag(&PRIVATE_WEBHOOKS)?,
            is_open_on_purpose: options.flag(&ANYONE)?,
            times_with_zone: options.flag(&TIMES_WITH_ZONE)?,
            proxies: proxies(options)?,
            rates: rates(options)?,
            limits: limits(options)?,
            logs_addresses: options.flag(&LOG_ADDRESSES)?,
            traces: traces(options)?,
            process: Some(PathBuf::from("/proc/self")),
            ..Settings::default()
        };
        let settings = Settings {
            session_length: read(options, &SESSION_LENGTH, TIME, values::time)?
                .unwrap_or(settings.session_length),
            longest_body: read(options, &LONGEST_BODY, SIZE, values::size)?
                .unwrap_or(settings.longest_body),
            ..settings
        };
        let listen = listen(options)?;
        exposed(&settings, listen)?;
        Ok(Self {
            listen,
            metrics: read(options, &METRICS_LISTEN, ADDRESS, values::address)?,
            tls,
            database: Database::read(options)?,
            is_migration_only: options.flag(&MIGRATE_ONLY)?,
            settings,
            log_level: read(options, &LOG_LEVEL, Level::EXPECTED, Level::parse)?
                .unwrap_or_default(),
            log_format: read(options, &LOG_FORMAT, "text or json", Format::parse)?
                .unwrap_or_default(),
            warnings,
        })
    }
}

fn read<T>(
    options: &Options<'_>,
    setting: &Setting,
    expected: &str,
    value: impl FnOnce(&str) -> Option<T>,
) -> Result<Option<T>, Failure> {
    options.one(setting)?.map(|given| given.read(expected, value)).transpose()
}

fn unknown(options: &Options<'_>) -> Vec<String> {
    let known: Vec<&Setting> = SERVE.iter().flat_map(|(_, settings)| *settings).copied().collect();
    let unknown = options.unknown(&known).into_iter();
    unknown.map(|name| format!("{name} is set, and there is no such option")).collect()
}

fn half(given: &Given, other: &Setting) -> Failure {
    Failure::user(format!("{} needs --{} beside it", given.origin, other.name))
        .hint("give both, or neither")
}

/// The address to listen on; the reference's names tell host and port apart.
pub(crate) fn listen(options: &Options<'_>) -> Result<SocketAddr, Failure> {
    if let Some(address) = read(options, &LISTEN, ADDRESS, values::address)? {
        return Ok(address);
    }
    let host = options.variable("SERVER_HOST", false)?;
    let host = host.map(|given| given.read("an IP address", |text| text.parse().ok()));
    let port = options.variable("API_PORT", false)?;
    let port = port.map(|given| given.read("a port", |text| text.parse().ok()));
    let host = host.transpose()?.unwrap_or(std::net::Ipv4Addr::LOCALHOST.into());
    Ok(SocketAddr::new(host, port.transpose()?.unwrap_or(8008)))
}

/// Whether clients speak TLS with the server.
pub(crate) fn has_tls(options: &Options<'_>) -> Result<bool, Failure> {
    Ok(options.one(&TLS_CERT)?.is_some())
}

fn exposed(settings: &Settings, listen: SocketAddr) -> Result<(), Failure> {
    settings.allow_address(listen).map_err(|error| {
        let failure = Failure::user(error).hint("listen on 127.0.0.1");
        if settings.develop_key.is_some() {
            return failure.hint("or unset JWT_KEY, which is for tests on one machine");
        }
        failure
            .hint("or let people sign in: --auth local")
            .hint("or say --allow-anyone-to-do-everything, if that is what you want")
    })
}

fn auth(options: &Options<'_>) -> Result<Auth, Failure> {
    let well_known = well_known(options)?;
    let how = options.one(&AUTH)?;
    let word = how.as_ref().map(|given| {
        given.read("local, oidc or none", |text| {
            ["local", "oidc", "none"].into_iter().find(|word| text.eq_ignore_ascii_case(word))
        })
    });
    let default = if well_known.is_some() { "oidc" } else { "local" };
    Ok(match word.transpose()?.unwrap_or(default) {
        "none" => Auth::None,
        "local" => Auth::Local(PasswordCost::default()),
        _ => Auth::Oidc(Box::new(oidc(options, well_known)?)),
    })
}

/// Where the provider describes itself; by the reference's name for its issuer, if there is nothing
/// better.
fn well_known(options: &Options<'_>) -> Result<Option<String>, Failure> {
    let expected = "an address such as https://id.example.org/.well-known/openid-configuration";
    if let Some(url) = read(options, &OIDC_WELL_KNOWN_URL, expected, values::url)? {
        return Ok(Some(url));
    }
    let issuer = options.variable("OIDC_ISSUER_URL", false)?;
    let issuer = issuer.map(|given| given.read(URL, values::url)).transpose()?;
    Ok(issuer.map(|issuer| format!("{issuer}/.well-known/openid-configuration")))
}

fn oidc(options: &Options<'_>, well_known: Option<String>) -> Result<Oidc, Failure> {
    let missing = |setting: &Setting| {
        let message = format!("sign-in at an OpenID provider needs --{}", setting.name);
        Failure::user(message).hint(format!("or the variable {}", setting.variable()))
    };
    let client_id = options.one(&OIDC_CLIENT_ID)?.ok_or_else(|| missing(&OIDC_CLIENT_ID))?;
    let texts = |setting| options.many(setting).into_iter().map(|given| given.text).collect();
    let mut audiences: Vec<String> = texts(&OIDC_AUDIENCE);
    if audiences.is_empty() {
        audiences.push(COMMANDS.to_owned());
    }
    Ok(Oidc {
        well_known_url: well_known.ok_or_else(|| missing(&OIDC_WELL_KNOWN_URL))?,
        client_id: client_id.text,
        client_secret: options.one(&OIDC_CLIENT_SECRET)?.map(secret).transpose()?,
        audiences,
        operators: texts(&OIDC_OPERATOR),
        authorities: options.one(&OIDC_CA_FILE)?.map(|given| given.text.into()),
    })
}

/// A secret that is one.
fn secret(given: Given) -> Result<SecretText, Failure> {
    if given.text == NO_SECRET {
        return Err(given.refused("a secret of your own: this one can be read in public"));
    }
    Ok(SecretText(given.text))
}

/// The key of tokens that tests make for themselves, as the reference has it.
fn develop_key(
    options: &Options<'_>,
    warnings: &mut Vec<String>,
) -> Result<Option<SecretText>, Failure> {
    let Some(key) = options.variable("JWT_KEY", true)? else { return Ok(None) };
    let environment = options.variable("ENVIRONMENT", false)?;
    if environment.is_none_or(|given| given.text != "develop") {
        warnings.push("JWT_KEY is ignored, because ENVIRONMENT is not develop".to_owned());
        return Ok(None);
    }
    secret(key).map(Some)
}

/// Where people are sent after they have signed in. The reference has a name of its own for that where
/// nobody signs in.
fn frontend(
    options: &Options<'_>,
    auth: &Auth,
    warnings: &mut Vec<String>,
) -> Result<Option<String>, Failure> {
    if let Some(url) = read(options, &FRONTEND_URL, URL, values::url)? {
        return Ok(Some(url));
    }
    let Some(given) = options.variable("DEFAULT_REDIRECT_URL", false)? else { return Ok(None) };
    if !matches!(auth, Auth::None) {
        return Ok(None);
    }
    let url = given.read(URL, values::url)?;
    let home = url.strip_suffix("/home").map(str::to_owned);
    if home.is_none() {
        warnings.push(format!("{} is ignored, because it does not end with /home", given.origin));
    }
    Ok(home)
}

fn origins(options: &Options<'_>) -> Result<Vec<String>, Failure> {
    let expected = "a scheme, a host and a port, such as https://dashboard.example.org";
    let given = options.many(&CORS_ORIGIN).into_iter();
    given.map(|given| given.read(expected, values::origin)).collect()
}

fn proxies(options: &Options<'_>) -> Result<Proxies, Failure> {
    let expected = "an address or a network, such as 10.0.0.5 or 10.0.0.0/8";
    let networks = options.many(&TRUSTED_PROXY).into_iter();
    let networks: Result<Vec<Network>, Failure> =
        networks.map(|given| given.read(expected, |text| text.parse().ok())).collect();
    let headers = read(options, &PROXY_HEADERS, "x-forwarded or forwarded", |text| match text {
        "x-forwarded" => Some(ProxyHeaders::XForwarded),
        "forwarded" => Some(ProxyHeaders::Forwarded),
        _ => None,
    })?;
    Ok(Proxies { networks: networks?, headers: headers.unwrap_or_default() })
}

fn rates(options: &Options<'_>) -> Result<Rates, Failure> {
    let default = Rates::default();
    let of_address = read(options, &RATE_PER_ADDRESS, RATE, values::rate)?;
    let of_token = read(options, &RATE_PER_TOKEN, RATE, values::rate)?;
    Ok(Rates {
        of_address: of_address.unwrap_or(default.of_address),
        of_token: of_token.unwrap_or(default.of_token),
    })
}

fn limits(options: &Options<'_>) -> Result<Limits, Failure> {
    let default = Limits::default();
    let number = |text: &str| text.parse().ok().filter(|number| *number > 0);
    Ok(Limits {
        connections: read(options, &CONNECTIONS, "a number of 1 or more", number)?
            .unwrap_or(default.connections),
        finish: read(options, &STOP_WITHIN, TIME, values::time)?.unwrap_or(default.finish),
        ..default
    })
}

fn traces(options: &Options<'_>) -> Result<Option<Traces>, Failure> {
    let Some(endpoint) = read(options, &TRACES_ENDPOINT, URL, values::url)? else {
        return Ok(None);
    };
    let share = read(options, &TRACES_SHARE, "a number from 0 to 1", |text| {
        text.parse().ok().filter(|share| (0.0..=1.0).contains(share))
    })?;
    let headers = read(options, &TRACES_HEADERS, "name=value, with commas between", headers)?;
    let default = Traces::to(endpoint);
    Ok(Some(Traces {
        headers: headers.unwrap_or_default(),
        share: share.unwrap_or(default.share),
        ..default
    }))
}

fn headers(text: &str) -> Option<Vec<(String, SecretText)>> {
    let pairs = text.split([',', '\n']).map(str::trim).filter(|pair| !pair.is_empty());
    let pairs = pairs.map(|pair| {
        let (name, value) = pair.split_once('=')?;
        Some((name.trim().to_owned(), SecretText(value.trim().to_owned())))
    });
    pairs.collect()
}

#[cfg(test)]
#[path = "settings_tests.rs"]
mod tests;
