//! The routes that the sources of the server declare.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Methods and paths.
pub(crate) fn declared_routes() -> BTreeSet<(String, String)> {
    let sources = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut routes = BTreeSet::new();
    for file in [files(&sources.join("routes")), files(&sources.join("docs"))].concat() {
        let text = std::fs::read_to_string(&file).unwrap();
        for part in text.split(".route(").skip(1) {
            let path = part.split('"').nth(1).unwrap().to_owned();
            let end =
                ["\n        .", ";\n", "\n}"].into_iter().filter_map(|end| part.find(end)).min();
            let handlers = &part[..end.unwrap_or(part.len())];
            for method in ["get", "post", "put", "patch", "delete"] {
                let calls = [format!(" {method}("), format!(".{method}(")];
                if calls.iter().any(|call| handlers.contains(call.as_str())) {
                    routes.insert((method.to_uppercase(), path.clone()));
                }
            }
        }
    }
    routes
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
    found
}
