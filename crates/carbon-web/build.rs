//! Puts what the bundler has made of `web/` into the program: a table of files with their media types,
//! tags and compressed forms. Where nothing is built there is a page in its place that says how, so
//! that building the server never needs Node.

#![expect(clippy::disallowed_methods, reason = "a build script reads files and its environment")]

use std::collections::BTreeMap;
use std::env;
use std::error::Error;
use std::fmt::Write as _;
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};

/// Files that say nothing to a browser.
const HIDDEN: &str = ".";

fn main() -> Result<(), Box<dyn Error>> {
    let here = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?);
    let built = here.join("../../web/dist");
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=src/placeholder.html");
    println!("cargo::rerun-if-changed={}", built.display());
    let is_built = built.join("index.html").is_file();
    let mut files = BTreeMap::new();
    if is_built {
        collect(&built, "", &mut files)?;
    } else {
        let placeholder = here.join("src/placeholder.html");
        files.insert("index.html".to_owned(), text(&placeholder)?);
    }
    let mut table =
        format!("/// Whether the dashboard was built.\nconst IS_BUILT: bool = {is_built};\n");
    writeln!(table, "static FILES: &[File] = &[")?;
    for (name, path) in &files {
        if is_compressed(name) {
            continue;
        }
        let Some(media_type) = media_type(name) else {
            println!("cargo::warning=web/dist/{name} has no known media type and is left out");
            continue;
        };
        let form = |ending: &str| match files.get(&format!("{name}.{ending}")) {
            Some(path) => format!("Some(include_bytes!({path:?}))"),
            None => "None".to_owned(),
        };
        writeln!(
            table,
            "    File {{ path: {name:?}, media_type: {media_type:?}, tag: {:?}, plain: \
             include_bytes!({path:?}), gzip: {}, brotli: {} }},",
            tag(Path::new(path))?,
            form("gz"),
            form("br"),
        )?;
    }
    writeln!(table, "];")?;
    fs::write(PathBuf::from(env::var("OUT_DIR")?).join("files.rs"), table)?;
    Ok(())
}

/// Every file below a folder, by its path from there.
fn collect(
    folder: &Path,
    prefix: &str,
    files: &mut BTreeMap<String, String>,
) -> Result<(), Box<dyn Error>> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.file_name().and_then(|name| name.to_str()).ok_or("a name in UTF-8")?;
        if name.starts_with(HIDDEN) {
            continue;
        }
        let name = format!("{prefix}{name}");
        if path.is_dir() {
            collect(&path, &format!("{name}/"), files)?;
        } else {
            files.insert(name, text(&fs::canonicalize(path)?)?);
        }
    }
    Ok(())
}

fn text(path: &Path) -> Result<String, Box<dyn Error>> {
    Ok(path.to_str().ok_or("a path in UTF-8")?.to_owned())
}

fn ending(name: &str) -> &str {
    name.rsplit_once('.').map_or("", |(_, ending)| ending)
}

fn is_compressed(name: &str) -> bool {
    ["gz", "br"].contains(&ending(name))
}

fn media_type(name: &str) -> Option<&'static str> {
    Some(match ending(name) {
        "html" => "text/html; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "woff2" => "font/woff2",
        "json" => "application/json",
        "txt" => "text/plain; charset=utf-8",
        _ => return None,
    })
}

/// What tells a content from others: it need not be secret, only different.
fn tag(path: &Path) -> Result<String, Box<dyn Error>> {
    let mut hasher = DefaultHasher::new();
    fs::read(path)?.hash(&mut hasher);
    Ok(format!("{:016x}", hasher.finish()))
}
