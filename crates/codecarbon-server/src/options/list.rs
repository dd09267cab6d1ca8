//! The options of `serve`, in the order of its help.

use super::{Kind, Setting};

macro_rules! argument {
    (Secret $name:literal) => {
        concat!($name, "-file")
    };
    ($kind:ident $name:literal) => {
        $name
    };
}

macro_rules! settings {
    ($($constant:ident = $name:literal $value:literal $kind:ident [$($also:literal),*] $help:literal;)*) => {
        $(pub(crate) static $constant: Setting = Setting {
            name: $name,
            argument: argument!($kind $name),
            value: $value,
            kind: Kind::$kind,
            also: &[$($also),*],
            help: $help,
        };)*
    };
}

settings! {
    LISTEN = "listen" "ADDRESS" One []
        "Where clients come in [default: 127.0.0.1:8008]";
    PUBLIC_URL = "public-url" "URL" One []
        "Address by which people reach the server, if it differs from that";
    TLS_CERT = "tls-cert" "FILE" One []
        "Certificate (PEM, with those between it and the authority): the server speaks https";
    TLS_KEY = "tls-key" "FILE" One []
        "Key of the certificate (PEM). SIGHUP reads both files again";
    TRUSTED_PROXY = "trusted-proxy" "NETWORK" Many []
        "A proxy in front, whose word on clients counts: 10.0.0.5 or 10.0.0.0/8; repeatable";
    PROXY_HEADERS = "proxy-headers" "KIND" One []
        "What that proxy sends: x-forwarded or forwarded [default: x-forwarded]";
    METRICS_LISTEN = "metrics-listen" "ADDRESS" One []
        "Where /metrics, /healthz and /readyz are answered too, without TLS [default: nowhere]";

    DATA_DIR = "data-dir" "DIR" One []
        "Folder of the SQLite file [default: ~/.local/share/codecarbon/server]";
    DATABASE_URL = "database-url" "URL" Private ["DATABASE_URL"]
        "Keep everything in PostgreSQL: postgres://user:password@host/database";
    MIGRATE_ONLY = "migrate-only" "" Flag []
        "Bring the database up to date and end";

    AUTH = "auth" "HOW" One ["AUTH_PROVIDER"]
        "How people sign in: local (passwords kept here), oidc or none [default: oidc with \
         --oidc-well-known-url, else local]";
    OIDC_WELL_KNOWN_URL = "oidc-well-known-url" "URL" One ["OIDC_WELL_KNOWN_URL"]
        "Description of the OpenID provider: https://…/.well-known/openid-configuration";
    OIDC_CLIENT_ID = "oidc-client-id" "NAME" One ["OIDC_CLIENT_ID"]
        "Name of this server at the provider";
    OIDC_CLIENT_SECRET = "oidc-client-secret" "SECRET" Secret ["OIDC_CLIENT_SECRET"]
        "File with its password at the provider; also CODECARBON_SERVER_OIDC_CLIENT_SECRET";
    OIDC_AUDIENCE = "oidc-audience" "NAME" Many []
        "Whose tokens are accepted besides [default: codecarbon-cli]; repeatable";
    OIDC_OPERATOR = "oidc-operator" "EMAIL" Many []
        "Who runs this server: a verified address at the provider; repeatable";
    OIDC_CA_FILE = "oidc-ca-file" "FILE" One []
        "Certificate authorities of the provider (PEM), instead of the built-in ones";
    SESSION_LENGTH = "session-length" "TIME" One []
        "How long a browser stays signed in without use [default: 7d]";
    ANYONE = "allow-anyone-to-do-everything" "" Flag []
        "With --auth none, listen also where other machines reach the server";

    FRONTEND_URL = "frontend-url" "URL" One ["FRONTEND_URL"]
        "A dashboard that is served elsewhere; people are sent to its /home after signing in";
    CORS_ORIGIN = "cors-origin" "ORIGIN" Many ["CORS_ORIGINS"]
        "Another web app that may act for whoever is signed in; repeatable";
    OWN_ORIGINS_ONLY = "own-origins-only" "" Flag []
        "Do not let pages of the published service and of localhost:3000 read public answers";
    TIMES_WITH_ZONE = "times-with-zone" "" Flag []
        "Answer times with Z, which the published API leaves out";

    RATE_PER_ADDRESS = "rate-per-address" "RATE" One []
        "Most requests a second of one address, and at once after a rest, or off [default: \
         1000:5000]";
    RATE_PER_TOKEN = "rate-per-token" "RATE" One []
        "The same of one token or session [default: 1000:5000]";
    CONNECTIONS = "connections" "NUMBER" One []
        "Most connections at once [default: 10000]";
    LONGEST_BODY = "longest-body" "SIZE" One []
        "Longest body of a request, many rows at once apart [default: 1MiB]";
    PRIVATE_WEBHOOKS = "allow-private-webhooks" "" Flag []
        "Let webhooks of budgets lead into private networks, and be called without TLS";
    STOP_WITHIN = "stop-within" "TIME" One []
        "How long requests get to finish when the server is stopped [default: 20s]";

    LOG_LEVEL = "log-level" "LEVEL" One ["CODECARBON_LOG_LEVEL", "codecarbon_log_level"]
        "error, warn, info, debug or trace [default: info]";
    LOG_FORMAT = "log-format" "FORMAT" One []
        "text or json [default: text]";
    LOG_ADDRESSES = "log-addresses" "" Flag []
        "Name the addresses of clients in the log";
    TRACES_ENDPOINT = "traces-endpoint" "URL" One []
        "Send OpenTelemetry spans of requests there: http://127.0.0.1:4318/v1/traces";
    TRACES_HEADERS = "traces-headers" "HEADERS" Secret []
        "File with headers that the receiver asks for, name=value with commas between";
    TRACES_SHARE = "traces-share" "SHARE" One []
        "Share of the requests that is traced, 0 to 1 [default: 1]";
}

/// All of them, in groups.
pub(crate) static SERVE: &[(&str, &[&Setting])] = &[
    (
        "Address",
        &[
            &LISTEN,
            &PUBLIC_URL,
            &TLS_CERT,
            &TLS_KEY,
            &TRUSTED_PROXY,
            &PROXY_HEADERS,
            &METRICS_LISTEN,
        ],
    ),
    ("Data", &[&DATA_DIR, &DATABASE_URL, &MIGRATE_ONLY]),
    (
        "Sign-in",
        &[
            &AUTH,
            &OIDC_WELL_KNOWN_URL,
            &OIDC_CLIENT_ID,
            &OIDC_CLIENT_SECRET,
            &OIDC_AUDIENCE,
            &OIDC_OPERATOR,
            &OIDC_CA_FILE,
            &SESSION_LENGTH,
            &ANYONE,
        ],
    ),
    ("Web apps", &[&FRONTEND_URL, &CORS_ORIGIN, &OWN_ORIGINS_ONLY, &TIMES_WITH_ZONE]),
    (
        "Limits",
        &[
            &RATE_PER_ADDRESS,
            &RATE_PER_TOKEN,
            &CONNECTIONS,
            &LONGEST_BODY,
            &STOP_WITHIN,
            &PRIVATE_WEBHOOKS,
        ],
    ),
    (
        "Logs",
        &[
            &LOG_LEVEL,
            &LOG_FORMAT,
            &LOG_ADDRESSES,
            &TRACES_ENDPOINT,
            &TRACES_HEADERS,
            &TRACES_SHARE,
        ],
    ),
];

/// Those of the commands that look after a database.
pub(crate) static DATA: &[(&str, &[&Setting])] = &[("Data", &[&DATA_DIR, &DATABASE_URL])];

/// Those of the commands that print a link.
pub(crate) static LINK: &[(&str, &[&Setting])] = &[("Address", &[&PUBLIC_URL])];

/// Those that say where a server listens.
pub(crate) static HEALTH: &[(&str, &[&Setting])] =
    &[("Address", &[&LISTEN, &METRICS_LISTEN, &TLS_CERT, &TLS_KEY])];
