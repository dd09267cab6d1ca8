//! `cargo xtask data`: regenerates the committed reference tables from published packages.
//!
//! It downloads the packages that `data/sources.toml` names with the ordinary clients of their
//! registries (`pip`, `npm`), checks each archive against its hash, and writes our own sorted
//! tables, NOTICE and the list of differences in `docs/reference-data.md`. A build never needs it:
//! the tables are committed. Hand-entered tables (`data/hand`) are only read.
//!
//! `--compare` prints how our values differ from CodeCarbon's; `--notice` rewrites the generated
//! documents from the committed tables; neither needs a network.

#[path = "../../../crates/carbon-factors/build/catalogue.rs"]
mod catalogue;
mod clouds;
mod compare;
mod countries;
mod cpu;
mod grid;
mod notice;
mod outline;
mod packages;
mod region_map;
mod table;
#[path = "../../../crates/carbon-factors/build/tsv.rs"]
mod tsv;
mod world_map;

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};

use catalogue::Block;

/// Runs the command with its options; see the module's paragraph.
pub(crate) fn run(args: &[String]) -> Result<(), Box<dyn Error>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().ok_or("no workspace root")?;
    let place = Place { root: root.to_owned() };
    match args.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [] => {
            generate(&place)?;
            write_documents(&place)
        }
        ["--compare"] => {
            print!("{}", compare::report(&place)?);
            Ok(())
        }
        ["--notice"] => write_documents(&place),
        _ => Err("usage: cargo xtask data [--compare | --notice]".into()),
    }
}

/// The repository, and where its data lies.
pub(crate) struct Place {
    root: PathBuf,
}

impl Place {
    fn data(&self, file: &str) -> PathBuf {
        self.root.join("data").join(file)
    }

    fn catalogue(&self) -> Result<Vec<Block>, Box<dyn Error>> {
        Ok(catalogue::parse(&fs::read_to_string(self.data("sources.toml"))?)?)
    }

    fn table(&self, file: &str) -> Result<tsv::Table, Box<dyn Error>> {
        let text = fs::read_to_string(self.data(file))?;
        Ok(tsv::Table::parse(&text).map_err(|e| format!("{file}, {e}"))?)
    }
}

fn generate(place: &Place) -> Result<(), Box<dyn Error>> {
    let catalogue = place.catalogue()?;
    let packages = packages::fetch(&catalogue, &place.root.join("target/reference-data"))?;
    let countries = countries::read(&packages)?;
    let out = table::Output { place, catalogue: &catalogue };
    countries::write(&countries, &packages, &out)?;
    grid::write(&countries, &packages, &out)?;
    clouds::check(place, &packages)?;
    world_map::write(&packages, &out)?;
    region_map::write(&packages, &out)?;
    cpu::write(&packages, &out)
}

fn write_documents(place: &Place) -> Result<(), Box<dyn Error>> {
    fs::write(place.root.join("NOTICE"), notice::text(&place.catalogue()?))?;
    let path = place.root.join("docs/reference-data.md");
    let document = fs::read_to_string(&path)?;
    fs::write(&path, compare::fill(&document, &compare::table(place)?)?)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place() -> Place {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
        Place { root: root.to_owned() }
    }

    #[test]
    fn notice_is_what_the_catalogue_generates() {
        let place = place();
        let committed = fs::read_to_string(place.root.join("NOTICE")).unwrap();
        assert_eq!(committed, notice::text(&place.catalogue().unwrap()));
    }

    #[test]
    fn every_package_under_the_mit_licence_keeps_its_copyright_notice() {
        let catalogue = place().catalogue().unwrap();
        let notice = notice::text(&catalogue);
        for package in catalogue.iter().filter(|b| b.kind == "package" && b.get("licence") == "MIT")
        {
            let copyright = package.get("copyright");
            assert!(copyright.starts_with("Copyright (c) "), "{}", package.get("name"));
            assert!(copyright.split("; ").all(|line| notice.contains(line)), "{copyright}");
        }
        assert!(notice.contains("The above copyright notice and this permission notice"));
    }

    #[test]
    fn documented_differences_are_those_of_the_tables() {
        let place = place();
        let committed = fs::read_to_string(place.root.join("docs/reference-data.md")).unwrap();
        let filled = compare::fill(&committed, &compare::table(&place).unwrap()).unwrap();
        assert!(committed == filled, "run `cargo xtask data --notice`");
    }

    #[test]
    fn every_committed_table_is_in_the_catalogue_with_a_licence() {
        let place = place();
        let tables: Vec<Block> =
            place.catalogue().unwrap().into_iter().filter(|b| b.kind == "table").collect();
        for folder in ["", "hand/"] {
            for entry in fs::read_dir(place.data(folder)).unwrap() {
                let path = entry.unwrap().path();
                let name = format!("{folder}{}", path.file_name().unwrap().to_string_lossy());
                if path.extension().is_some_and(|e| e == "tsv") {
                    let table = tables.iter().find(|t| t.get("file") == name);
                    let table = table.unwrap_or_else(|| panic!("{name} is not in sources.toml"));
                    let text = fs::read_to_string(place.data(&name)).unwrap();
                    let licence = format!("# Licence: {}", table.get("licence"));
                    assert!(text.lines().any(|l| l == licence), "{name} does not say {licence:?}");
                }
            }
        }
    }
}
