//! Compiles the committed tables of `data/` into rows and a pool of text, as `src/layout.rs` says.
//!
//! The build fails on a duplicate key, an unknown source, a number that does not fit or a table
//! without a world row, so that a wrong table never ships.

#[path = "build/catalogue.rs"]
mod catalogue;
#[path = "src/cpu_name.rs"]
mod cpu_name;
#[path = "src/gpu_name.rs"]
mod gpu_name;
#[path = "src/layout.rs"]
mod layout;
#[path = "build/parts.rs"]
mod parts;
#[path = "src/place_name.rs"]
mod place_name;
#[path = "build/places.rs"]
mod places;
#[path = "build/tsv.rs"]
mod tsv;
#[path = "build/writer.rs"]
mod writer;

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use layout::Section;
use tsv::Table;
use writer::Writer;

/// The committed tables, and the place of each source in the sorted list.
struct Input {
    folder: PathBuf,
    sources: BTreeMap<String, u8>,
}

impl Input {
    fn table(&self, file: &str) -> Table {
        let path = self.folder.join(file);
        println!("cargo::rerun-if-changed={}", path.display());
        let text = fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        Table::parse(&text).unwrap_or_else(|e| panic!("{file}, {e}"))
    }

    fn source(&self, id: &str) -> u8 {
        *self.sources.get(id).unwrap_or_else(|| panic!("source {id:?} is not in sources.toml"))
    }
}

#[expect(clippy::disallowed_methods, reason = "a build script is told its folders so")]
fn main() {
    let environment = |name: &str| PathBuf::from(std::env::var_os(name).expect("set by cargo"));
    let folder = environment("CARGO_MANIFEST_DIR").join("../../data");
    for own in ["build.rs", "build", "src"] {
        println!("cargo::rerun-if-changed={own}");
    }
    let catalogue = folder.join("sources.toml");
    println!("cargo::rerun-if-changed={}", catalogue.display());
    let text = fs::read_to_string(&catalogue).expect("data/sources.toml is readable");
    let blocks = catalogue::parse(&text).unwrap_or_else(|e| panic!("{e}"));

    let mut writer = Writer::default();
    for block in blocks.iter().filter(|b| b.kind == "source") {
        let fields = writer.fields();
        let fields = fields.text(block.get("title")).text(block.get("licence"));
        let fields = fields.text(block.get("address")).finish();
        writer.push(Section::Source, block.get("id"), fields);
    }
    let keys = writer.keys(Section::Source);
    let sources = keys
        .iter()
        .enumerate()
        .map(|(i, id)| ((*id).to_owned(), u8::try_from(i).expect("below 256 sources")))
        .collect();
    let input = Input { folder, sources };

    places::write(&input, &mut writer);
    parts::write(&input, &mut writer);
    let (rows, pool) = writer.finish();
    let out = environment("OUT_DIR");
    fs::write(out.join("tables.bin"), rows).expect("OUT_DIR is writable");
    fs::write(out.join("tables.txt"), pool).expect("OUT_DIR is writable");
}
