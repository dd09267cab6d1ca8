//! The page on administration says what the server does.

use std::path::Path;

use carbon_server::audit::Did;
use carbon_server::rights::{Need, RULES};
use carbon_store::Role;

fn page() -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/server-administration.md");
    std::fs::read_to_string(path).unwrap()
}

/// Cells of the rows of the first table under a heading.
fn table(page: &str, heading: &str) -> Vec<Vec<String>> {
    let (_, rest) = page.split_once(&format!("\n## {heading}\n")).unwrap();
    let section = rest.split("\n## ").next().unwrap();
    let lines = section.lines().skip_while(|line| !line.starts_with('|'));
    let rows = lines.take_while(|line| line.starts_with('|')).skip(2);
    rows.map(|row| row.trim_matches('|').split('|').map(|cell| cell.trim().to_owned()).collect())
        .collect()
}

#[test]
fn the_table_of_roles_is_the_table_of_rights() {
    let told = table(&page(), "Roles");
    let expected = RULES.iter().map(|rule| {
        let (least, is_public) = match rule.need {
            Need::Role(least) => (least, false),
            Need::PublicOr(least) => (least, true),
        };
        let mut cells = vec![format!("`{:?}`", rule.action)];
        for role in [Role::Admin, Role::Member, Role::Viewer] {
            cells.push(if role >= least { "yes" } else { "" }.to_owned());
        }
        cells.push(if is_public { "yes" } else { "" }.to_owned());
        cells
    });
    let expected: Vec<Vec<String>> = expected.collect();
    for (told, expected) in told.iter().zip(&expected) {
        assert_eq!(told, expected);
    }
    assert_eq!(told.len(), expected.len(), "each action has one row, in the order of rights.rs");
}

#[test]
fn every_entry_of_the_audit_log_is_explained() {
    let told = table(&page(), "The audit log");
    let told: Vec<&str> = told.iter().map(|row| row[0].trim_matches('`')).collect();
    let all: Vec<&str> = Did::ALL.iter().map(|did| did.name()).collect();
    assert_eq!(told, all);
}
