//! Options, variables and names of the reference, and what is said of bad ones.

use crate::sandbox::Sandbox;

#[test]
fn a_bad_value_names_the_option_the_value_its_origin_and_what_would_do() {
    let sandbox = Sandbox::new();
    for (words, variables, told) in [
        (&["--listen", "here"][..], &[][..], "--listen: \"here\" is not accepted"),
        (&[], &[("CODECARBON_SERVER_LISTEN", "x")], "CODECARBON_SERVER_LISTEN: \"x\""),
        (&[], &[("API_PORT", "70000")], "API_PORT: \"70000\" is not accepted"),
        (&[], &[("AUTH_PROVIDER", "fief")], "AUTH_PROVIDER: \"fief\" is not accepted"),
        (&["--auth", "oidc"], &[], "needs --oidc-client-id"),
        (&["--session-length", "7"], &[], "expected a number with s, m, h or d"),
        (&["--cors-origin", "*"], &[], "--cors-origin: \"*\" is not accepted"),
        (&["--trusted-proxy", "10.0.0.0/99"], &[], "expected an address or a network"),
        (&["--tls-cert", "cert.pem"], &[], "--tls-cert needs --tls-key beside it"),
        (&["--tls-cert", "/x.pem", "--tls-key", "/y.pem"], &[], "/x.pem cannot be read"),
        (&["--log-level", "loud"], &[], "expected error, warn, info, debug or trace"),
        (&["--rate-per-token", "0"], &[], "such as 100:500; or off"),
        (&["--traces-endpoint", "collector:4318"], &[], "expected an address such as https://"),
        (&["--data-dir", ""], &[], "--data-dir: \"\" is not accepted"),
        (&[], &[("HOME", "")], "there is no home directory"),
    ] {
        let words: Vec<&str> = ["serve"].iter().chain(words).copied().collect();
        let ran = sandbox.run(&words, variables);
        assert_eq!(ran.code, Some(1), "{words:?} {variables:?}: {}", ran.err);
        assert!(ran.err.contains(told), "{words:?} {variables:?}: {}", ran.err);
    }
    assert_eq!(sandbox.run(&["serve", "--lisen", "x"], &[]).code, Some(2));
    assert_eq!(sandbox.run(&[], &[]).code, Some(2));
    assert_eq!(sandbox.run(&["serve", "--help"], &[]).code, Some(0));
}

#[test]
fn secrets_of_the_references_source_are_refused_and_no_secret_is_repeated() {
    let sandbox = Sandbox::new();
    let oidc = [
        ("OIDC_WELL_KNOWN_URL", "https://id.example.org/.well-known/openid-configuration"),
        ("OIDC_CLIENT_ID", "me"),
        ("OIDC_CLIENT_SECRET", "supersecret"),
    ];
    let default = "postgresql://codecarbon-user:supersecret@localhost:5432/codecarbon_db";
    for variables in [
        &oidc[..],
        &[("DATABASE_URL", default)],
        &[("ENVIRONMENT", "develop"), ("JWT_KEY", "supersecret")],
    ] {
        let ran = sandbox.run(&["serve"], variables);
        assert_eq!(ran.code, Some(1), "{}", ran.err);
        assert!(ran.err.contains("of your own"), "{}", ran.err);
        assert!(!ran.err.contains("supersecret"), "{}", ran.err);
    }
    let broken = "postgres://me:hunter2@127.0.0.1:1/db?password=hunter2";
    let ran = sandbox.run(&["admin", "backup", "copy"], &[("DATABASE_URL", broken)]);
    assert!(ran.err.contains("postgres://127.0.0.1:1/db"), "{}", ran.err);
    assert!(!ran.err.contains("hunter2"), "{}", ran.err);
}

#[test]
fn nobody_gets_an_open_server_without_saying_so() {
    let sandbox = Sandbox::new();
    let words = ["serve", "--listen", "0.0.0.0:0", "--auth", "none"];
    let ran = sandbox.run(&words, &[]);
    assert_eq!(ran.code, Some(1));
    assert!(ran.err.contains("--allow-anyone-to-do-everything"), "{}", ran.err);
    let forced = ["--listen", "0.0.0.0:0", "--auth", "none", "--allow-anyone-to-do-everything"];
    let server = sandbox.serve(&forced, &[]);
    assert_eq!(server.http.get("/organizations", &[]).status, 200);
}

#[test]
fn the_names_of_the_reference_count_where_nothing_else_is_given() {
    let sandbox = Sandbox::new();
    let theirs = [
        ("AUTH_PROVIDER", "none"),
        ("SERVER_HOST", "127.0.0.1"),
        ("API_PORT", "0"),
        ("DEFAULT_REDIRECT_URL", "http://localhost:3000/home"),
        ("CORS_ORIGINS", "https://one.example,https://two.example"),
        ("CODECARBON_LOG_LEVEL", "DEBUG"),
        ("OIDC_CLIENT_ID", ""),
        ("CODECARBON_SERVER_DATADIR", "typo"),
    ];
    let server = sandbox.serve(&[], &theirs);
    assert!(server.log().contains("CODECARBON_SERVER_DATADIR is set, and there is no such option"));
    let allowed = server.http.get("/", &[("origin", "https://two.example")]);
    assert_eq!(allowed.header("access-control-allow-origin"), "https://two.example");
    let sent = server.http.get("/auth/login", &[]);
    assert_eq!(sent.header("location"), "http://localhost:3000/home");
    let variables = [theirs[0], ("CODECARBON_SERVER_AUTH", "local")];
    let server = sandbox.serve(&["--data-dir", "second"], &variables);
    assert!(server.greeting.contains("/auth/setup"), "{}", server.greeting);
}
