//! What the documents and the files for containers and systemd name exists.

use std::collections::BTreeSet;
use std::path::Path;

use crate::sandbox::Sandbox;

/// Words of a text that begin so, without what follows the name.
fn words(text: &str, start: &str) -> BTreeSet<String> {
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    let found = text.match_indices(start).map(|(at, _)| {
        let word: String = text[at..].chars().take_while(|c| is_name(*c)).collect();
        word.trim_end_matches(['-', '_']).to_owned()
    });
    found.filter(|word| word.len() > start.len()).collect()
}

#[test]
fn every_option_and_variable_that_is_named_is_one() {
    let sandbox = Sandbox::new();
    let help = |words: &[&str]| sandbox.run(words, &[]).out;
    let commands = ["import", "create-operator", "reset-password"];
    let admin = commands.map(|name| help(&["admin", name, "--help"])).concat();
    let options = words(&(help(&["serve", "--help"]) + &admin), "--");
    assert!(options.len() > 30, "{options:?}");
    let variable = |option: &String| {
        let name = option.trim_start_matches('-').trim_end_matches("-file");
        format!("CODECARBON_SERVER_{}", name.to_uppercase().replace('-', "_"))
    };
    let mut variables: BTreeSet<String> = options.iter().map(variable).collect();
    variables.insert("CODECARBON_SERVER_IMPORT_URL".to_owned());
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut documents = vec![
        "Containerfile".into(),
        "compose.yaml".into(),
        "packaging/codecarbon-server.service".into(),
    ];
    for page in std::fs::read_dir(root.join("docs")).unwrap() {
        let name = page.unwrap().file_name().into_string().unwrap();
        if name.starts_with("server") {
            documents.push(format!("docs/{name}"));
        }
    }
    assert!(documents.len() > 6, "{documents:?}");
    for document in documents {
        let text = std::fs::read_to_string(root.join(&document)).unwrap();
        for name in words(&text, "CODECARBON_SERVER_") {
            let plain = name.strip_suffix("_FILE").unwrap_or(&name);
            assert!(variables.contains(plain), "{document} names {name}");
        }
        // Options of other programs stand in command lines of theirs.
        let ours =
            |line: &&str| line.contains("codecarbon serve") || line.contains("codecarbon admin");
        let lines: String = text.lines().filter(ours).flat_map(|line| [line, "\n"]).collect();
        let told = words(&text, "`--").into_iter().map(|name| name[1..].to_owned());
        for name in told.chain(words(&lines, "--")) {
            assert!(options.contains(&name), "{document} names {name}");
        }
    }
}
