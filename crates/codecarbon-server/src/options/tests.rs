//! Where values come from, and what is said of bad ones.

use super::list::{
    AUTH, CORS_ORIGIN, DATABASE_URL, LISTEN, OIDC_CLIENT_SECRET, SERVE, TIMES_WITH_ZONE,
};
use super::*;

fn start(variables: &[(&str, &str)]) -> Surroundings {
    let variables = variables.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
    Surroundings { variables, ..Surroundings::default() }
}

fn with<T>(
    arguments: &[&str],
    variables: &[(&str, &str)],
    ask: impl FnOnce(&Options<'_>) -> T,
) -> T {
    let command = describe(Command::new("serve"), SERVE);
    let words = std::iter::once(&"serve").chain(arguments);
    let (matches, start) = (command.get_matches_from(words), start(variables));
    ask(&Options::new(&matches, &start))
}

fn one(arguments: &[&str], variables: &[(&str, &str)], setting: &Setting) -> Option<Given> {
    with(arguments, variables, |options| options.one(setting).unwrap())
}

#[test]
fn an_argument_counts_before_our_variable_and_that_before_the_references() {
    let (ours, theirs) = (("CODECARBON_SERVER_AUTH", "oidc"), ("AUTH_PROVIDER", "none"));
    let found = |arguments: &[&str], variables: &[(&str, &str)]| {
        let given = one(arguments, variables, &AUTH).unwrap();
        (given.text, given.origin)
    };
    let expected = |text: &str, origin: &str| (text.to_owned(), origin.to_owned());
    assert_eq!(found(&["--auth", "local"], &[ours, theirs]), expected("local", "--auth"));
    assert_eq!(found(&[], &[theirs, ours]), expected("oidc", "CODECARBON_SERVER_AUTH"));
    assert_eq!(found(&[], &[theirs]), expected("none", "AUTH_PROVIDER"));
    let empty = ("CODECARBON_SERVER_AUTH", "");
    assert_eq!(found(&[], &[empty, theirs]), expected("none", "AUTH_PROVIDER"));
    assert_eq!(one(&[], &[], &AUTH), None);
}

#[test]
fn a_list_is_repeated_or_has_commas() {
    let texts = |arguments: &[&str], variables: &[(&str, &str)]| -> Vec<String> {
        let given = with(arguments, variables, |options| options.many(&CORS_ORIGIN));
        given.into_iter().map(|given| given.text).collect()
    };
    let variable = ("CORS_ORIGINS", "http://a, http://b,");
    assert_eq!(texts(&[], &[variable]), ["http://a", "http://b"]);
    let arguments = ["--cors-origin", "http://c", "--cors-origin", "http://d"];
    assert_eq!(texts(&arguments, &[variable]), ["http://c", "http://d"]);
}

#[test]
fn a_secret_comes_from_a_file_without_the_lines_end() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("secret");
    std::fs::write(&path, "s3cret\n").unwrap();
    let path = path.to_str().unwrap();
    let given = one(&["--oidc-client-secret-file", path], &[], &OIDC_CLIENT_SECRET).unwrap();
    assert_eq!(given.text, "s3cret");
    assert!(!format!("{given:?}").contains("s3cret"));
    let variable = [("CODECARBON_SERVER_DATABASE_URL_FILE", path)];
    assert_eq!(one(&[], &variable, &DATABASE_URL).unwrap().text, "s3cret");
    assert_eq!(one(&[], &[("DATABASE_URL_FILE", path)], &DATABASE_URL).unwrap().text, "s3cret");
    let both = [("OIDC_CLIENT_SECRET", "x"), ("OIDC_CLIENT_SECRET_FILE", path)];
    let refused = with(&[], &both, |options| options.one(&OIDC_CLIENT_SECRET)).unwrap_err();
    assert!(refused.message.contains("which one counts"), "{refused:?}");
    let missing = [("OIDC_CLIENT_SECRET_FILE", "/nowhere/secret")];
    let refused = with(&[], &missing, |options| options.one(&OIDC_CLIENT_SECRET)).unwrap_err();
    assert!(refused.message.contains("OIDC_CLIENT_SECRET_FILE: /nowhere/secret"), "{refused:?}");
}

#[test]
fn a_bad_value_is_named_with_its_origin_and_what_would_do_and_a_secret_is_not_repeated() {
    let given = one(&["--listen", "here"], &[], &LISTEN).unwrap();
    let refused = given.read(values::ADDRESS, values::address).unwrap_err();
    assert_eq!(refused.message, "--listen: \"here\" is not accepted");
    let hint = format!("  hint: expected {}\n", values::ADDRESS);
    assert!(refused.text(false).ends_with(&hint), "{refused:?}");
    let given = one(&["--database-url", "mysql://me:pass@host"], &[], &DATABASE_URL).unwrap();
    let refused = given.refused("something else");
    assert_eq!(refused.message, "--database-url: its value is not accepted");
}

#[test]
fn a_flag_is_an_argument_or_a_yes() {
    let flag = |arguments: &[&str], value: &str| {
        let variables = [("CODECARBON_SERVER_TIMES_WITH_ZONE", value)];
        with(arguments, &variables, |options| options.flag(&TIMES_WITH_ZONE))
    };
    assert_eq!(flag(&["--times-with-zone"], "false"), Ok(true));
    assert_eq!((flag(&[], ""), flag(&[], "0"), flag(&[], "Yes")), (Ok(false), Ok(false), Ok(true)));
    assert!(flag(&[], "perhaps").is_err());
}

#[test]
fn names_that_look_like_ours_and_are_none_are_told() {
    let variables = [
        ("CODECARBON_SERVER_DATADIR", "x"),
        ("CODECARBON_SERVER_DATA_DIR", "x"),
        ("CODECARBON_SERVER_DATABASE_URL_FILE", "x"),
        ("CODECARBON_SERVER_LISTEN_FILE", "x"),
        ("CODECARBON_SERVER_SERVICE_HOST", "10.0.0.1"),
        ("CODECARBON_SERVER_PORT", "tcp://10.0.0.1:8008"),
    ];
    let known: Vec<&Setting> = SERVE.iter().flat_map(|(_, settings)| *settings).copied().collect();
    let unknown = with(&[], &variables, |options| options.unknown(&known));
    assert_eq!(unknown, ["CODECARBON_SERVER_DATADIR", "CODECARBON_SERVER_LISTEN_FILE"]);
}
