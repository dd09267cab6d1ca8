//! Tests of the changes to a configuration file.

use proptest::prelude::*;

use super::*;

fn change(text: &str, key: &str, value: Option<&str>) -> String {
    let change = value.map_or_else(|| Change::unset(key), |value| Change::set(key, value));
    edited(text, Path::new("my.config"), &[change]).unwrap()
}

fn set(text: &str, key: &str, value: &str) -> String {
    change(text, key, Some(value))
}

#[test]
fn a_key_is_changed_where_it_stands_and_nothing_else_is() {
    let text =
        "# mine\n[other]\npue = 3\n\n[codecarbon]\n; why\nPUE:1.2\n\nproject_name = a\n# end\n";
    assert_eq!(set(text, "pue", "1.3"), text.replace("PUE:1.2", "PUE:1.3"));
    assert_eq!(set(text, "project_name", "b"), text.replace("= a", "= b"));
}

#[test]
fn a_new_key_follows_the_last_one_of_the_section() {
    let text = "[codecarbon]\npue = 1.2\n# about the rest\n\n[other]\nx = 1\n";
    let expected = "[codecarbon]\npue = 1.2\nregion = texas\n# about the rest\n\n[other]\nx = 1\n";
    assert_eq!(set(text, "region", "texas"), expected);
    assert_eq!(set("[codecarbon]\n  a = 1", "b", "2"), "[codecarbon]\n  a = 1\n  b = 2\n");
    assert_eq!(set("[codecarbon]", "b", "2"), "[codecarbon]\nb = 2\n");
}

#[test]
fn a_file_without_the_section_gets_one() {
    assert_eq!(set("", "pue", "1.2"), "[codecarbon]\npue = 1.2\n");
    assert_eq!(set("# notes", "pue", "1.2"), "# notes\n\n[codecarbon]\npue = 1.2\n");
    assert_eq!(set("[x]\na = 1\n", "pue", "2"), "[x]\na = 1\n\n[codecarbon]\npue = 2\n");
}

#[test]
fn a_value_of_several_lines_is_replaced_as_a_whole_and_its_comments_stay() {
    let text = "[codecarbon]\ngpu_ids = 0,\n  1,\n# the big one\n  2\n\npue = 1\n";
    let expected = "[codecarbon]\ngpu_ids = 3\n# the big one\n\npue = 1\n";
    assert_eq!(set(text, "gpu_ids", "3"), expected);
    assert_eq!(change(text, "gpu_ids", None), "[codecarbon]\n# the big one\n\npue = 1\n");
    let added = "[codecarbon]\na = 0,\n  1\nb = 2\n";
    assert_eq!(set("[codecarbon]\na = 0,\n  1\n", "b", "2"), added);
}

#[test]
fn line_ends_and_percent_signs_are_those_of_the_file_and_its_readers() {
    assert_eq!(
        set("[codecarbon]\r\npue = 1\r\n", "region", "x"),
        "[codecarbon]\r\npue = 1\r\nregion = x\r\n"
    );
    assert_eq!(
        set("\u{feff}[codecarbon]\r\npue = 1", "pue", "2"),
        "\u{feff}[codecarbon]\r\npue = 2"
    );
    assert_eq!(
        set("[codecarbon]\n", "project_name", "50% done"),
        "[codecarbon]\nproject_name = 50%% done\n"
    );
}

#[test]
fn an_empty_value_can_be_filled_and_a_key_that_is_not_there_removed() {
    assert_eq!(set("[codecarbon]\na =\nb=\n", "a", "1"), "[codecarbon]\na = 1\nb=\n");
    assert_eq!(set("[codecarbon]\nb=\n", "b", "1"), "[codecarbon]\nb=1\n");
    assert_eq!(change("[codecarbon]\na = 1\n", "b", None), "[codecarbon]\na = 1\n");
    assert_eq!(change("# x\n", "b", None), "# x\n");
}

#[test]
fn a_text_that_breaks_the_syntax_is_not_touched() {
    let error = edited("pue = 1\n", Path::new("my.config"), &[Change::set("a", "1")]).unwrap_err();
    assert!(error.to_string().starts_with("my.config:1: "), "{error}");
}

#[test]
fn a_change_that_would_say_something_else_is_refused() {
    // A header that is indented would continue the value of a new key above it.
    let text = "[codecarbon]\n  [x]\na = 1\n";
    let error = edited(text, Path::new("f"), &[Change::set("b", "1")]).unwrap_err();
    assert!(matches!(error, EditError::Entangled { .. }), "{error}");
    assert!(edited("[codecarbon]\n", Path::new("f"), &[Change::set("a", "1\n2")]).is_err());
}

fn line() -> impl Strategy<Value = String> {
    prop_oneof![
        Just(String::new()),
        "[#;] ?[a-z=:]{0,6}",
        " {0,3}[a-d] ?[=:] ?[a-z%]{0,6}",
        " {1,4}[a-z]{1,6}",
        Just("[codecarbon]".to_owned()),
        Just("[x]".to_owned()),
    ]
}

proptest! {
    #[test]
    fn a_change_is_read_back_and_every_comment_stays(
        lines in proptest::collection::vec(line(), 0..12),
        key in "[a-f]",
        value in proptest::option::of("[a-z%=:#]{0,6}"),
    ) {
        let text = lines.join("\n");
        let changes = [Change { key: key.clone(), value: value.clone() }];
        let Ok(after) = edited(&text, Path::new("f"), &changes) else { return Ok(()) };
        let read = parse_ini(&after, Path::new("f")).unwrap();
        prop_assert_eq!(value_of(&read, &key), value.as_ref());
        let comments = |text: &str| -> Vec<String> {
            let comment = |line: &&str| line.trim().starts_with(['#', ';']);
            text.lines().filter(comment).map(str::to_owned).collect()
        };
        prop_assert_eq!(comments(&after), comments(&text));
    }
}
