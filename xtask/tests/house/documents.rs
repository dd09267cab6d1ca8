//! What the documents promise: they exist, stay short, and hold nothing of the machine they were
//! written on.

use std::path::{Path, PathBuf};

use crate::repository::{read, root};

#[test]
fn the_documents_exist() {
    for file in [
        "README.md",
        "ARCHITECTURE.md",
        "CHANGELOG.md",
        "CONTRIBUTING.md",
        "SECURITY.md",
        "LICENSE",
        "NOTICE",
    ] {
        assert!(root().join(file).is_file(), "{file}");
    }
}

#[test]
fn the_architecture_is_read_in_one_sitting() {
    let lines = read("ARCHITECTURE.md").lines().count();
    assert!(lines < 200, "{lines} lines");
}

#[test]
fn the_readme_names_the_two_commands() {
    let readme = read("README.md");
    assert!(readme.contains("cargo run --release -- monitor"));
    assert!(readme.contains("cargo xtask test"));
}

#[test]
fn links_between_documents_lead_somewhere() {
    let docs = std::fs::read_dir(root().join("docs")).unwrap();
    let docs = docs.map(|entry| Path::new("docs").join(entry.unwrap().file_name()));
    let documents = ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md"].map(PathBuf::from);
    for document in
        documents.into_iter().chain(docs.filter(|file| file.extension() == Some("md".as_ref())))
    {
        let text = read(&document);
        for target in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            let file = target.split('#').next().unwrap_or_default();
            if file.is_empty() || file.contains("://") || file.starts_with("mailto:") {
                continue;
            }
            let base = root().join(&document);
            assert!(
                base.parent().unwrap().join(file).exists(),
                "{} links to {target}",
                document.display()
            );
        }
    }
}

#[test]
fn every_setting_is_documented() {
    let settings = read("crates/carbon-tracker/src/config/settings.rs");
    let (_, list) = settings.split_once("\nsettings! {\n").expect("the list of settings");
    let document = read("docs/configuration.md");
    let (list, _) = list.split_once("\n}\n").expect("the end of the list");
    let lines = list.lines().filter(|line| !line.trim_start().starts_with("//"));
    let keys: Vec<&str> =
        lines.filter_map(|line| line.split_once(": ")).map(|(key, _)| key.trim()).collect();
    assert!(keys.len() > 30, "{keys:?}");
    for key in keys {
        assert!(document.contains(&format!("`{key}`")), "{key}");
    }
}
