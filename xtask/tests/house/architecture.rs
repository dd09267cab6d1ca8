//! Crate boundaries: the table of ARCHITECTURE.md against what cargo knows.

use std::collections::BTreeSet;

use crate::crate_table::{Allowed, crate_table, never_shipped};
use crate::repository::{Graph, Kind, crate_names, default_tree};

/// What no program that only measures should carry.
const HEAVY: [&str; 13] = [
    "async-std",
    "axum",
    "clap",
    "diesel",
    "hyper",
    "postgres",
    "pyo3",
    "reqwest",
    "rusqlite",
    "smol",
    "sqlx",
    "tokio",
    "tower",
];

#[test]
fn the_crate_table_lists_the_crates_that_exist() {
    let listed: BTreeSet<String> = crate_table().into_keys().collect();
    assert_eq!(listed, crate_names(), "left: ARCHITECTURE.md, right: crates/");
}

#[test]
fn crates_depend_only_on_what_the_crate_table_allows() {
    let graph = Graph::load();
    let ours = crate_names();
    for (name, row) in crate_table() {
        let Allowed::Only(allowed) = row.allowed else { continue };
        let used = &graph.direct(&name, Kind::Normal) & &ours;
        let extra: Vec<&String> = used.difference(&allowed).collect();
        assert!(extra.is_empty(), "{name} depends on {extra:?}, which ARCHITECTURE.md forbids");
    }
}

#[test]
fn nothing_that_ships_depends_on_what_is_for_tests() {
    let graph = Graph::load();
    let never = never_shipped();
    assert!(never.contains("xtask"));
    for name in &crate_names() - &never {
        let shipped = &graph.tree(&name) & &never;
        assert!(shipped.is_empty(), "{name} ships {shipped:?}");
    }
}

#[test]
fn the_model_depends_on_serde_at_most() {
    let direct = Graph::load().direct("carbon-model", Kind::Normal);
    assert!(direct.is_subset(&BTreeSet::from(["serde".to_owned()])), "{direct:?}");
}

#[test]
fn measuring_carries_no_server_no_database_no_runtime_and_no_python() {
    let graph = Graph::load();
    // The outputs as anybody gets them: gRPC, which needs a runtime, has to be asked for.
    let outputs = default_tree("carbon-outputs");
    for (name, tree) in
        [("carbon-tracker", graph.tree("carbon-tracker")), ("carbon-outputs", outputs)]
    {
        assert!(tree.contains("serde"), "{name}: {tree:?}");
        for heavy in HEAVY {
            assert!(!tree.contains(heavy), "{name} carries {heavy}");
        }
    }
    let with_grpc = graph.tree("carbon-outputs");
    for heavy in HEAVY.iter().filter(|heavy| **heavy != "tokio") {
        assert!(!with_grpc.contains(*heavy), "carbon-outputs with gRPC carries {heavy}");
    }
    assert!(!graph.tree("carbon-tracker").contains("ureq"), "what measures sends nothing");
}
