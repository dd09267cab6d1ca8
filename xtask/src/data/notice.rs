//! NOTICE: who the data comes from and which licence covers which file.

use std::fmt::Write as _;

use super::catalogue::Block;

/// The whole text of NOTICE.
pub(super) fn text(catalogue: &[Block]) -> String {
    let of = |kind: &'static str| catalogue.iter().filter(move |b| b.kind == kind);
    let mut text = String::from(
        "codecarbon-rs\n\n\
         The code is under the MIT licence (see LICENSE). The reference data in `data/` keeps the\n\
         licences of its sources; sets under different licences are different files, and a file is\n\
         under the licence that it names. This list is generated from data/sources.toml by\n\
         `cargo xtask data`.\n\n\
         Changes: none of the tables is a copy of a file. Columns were chosen, names and codes were\n\
         made one, units were converted, and what the comments of a table or\n\
         docs/reference-data.md name was corrected or left out.\n\n\
         Tables\n======\n\n",
    );
    for table in of("table") {
        let _ = writeln!(
            text,
            "data/{}\n    {}\n    Licence: {}\n",
            table.get("file"),
            table.get("what"),
            table.get("licence")
        );
    }
    text.push_str("Sources of the facts\n====================\n\n");
    for source in of("source") {
        let _ = writeln!(
            text,
            "{}\n    {}\n    {}\n    Licence: {}\n",
            source.get("id"),
            source.get("title"),
            source.get("address"),
            source.get("licence")
        );
    }
    text.push_str("Packages they were read from\n============================\n\n");
    for package in of("package") {
        let _ = writeln!(
            text,
            "{} {} ({})\n    {}\n    Licence: {}",
            package.get("name"),
            package.get("version"),
            package.get("registry"),
            package.get("what"),
            package.get("licence")
        );
        for copyright in package.get("copyright").split("; ").filter(|c| !c.is_empty()) {
            let _ = writeln!(text, "    {copyright}");
        }
        text.push('\n');
    }
    text.push_str(LICENCE_ADDRESSES);
    text
}

const LICENCE_ADDRESSES: &str = "\
Licence texts
=============

CC-BY-4.0     https://creativecommons.org/licenses/by/4.0/
CC-BY-SA-4.0  https://creativecommons.org/licenses/by-sa/4.0/
ODbL-1.0      https://opendatacommons.org/licenses/odbl/1-0/
MPL-2.0       https://mozilla.org/MPL/2.0/
Apache-2.0    https://www.apache.org/licenses/LICENSE-2.0

Contains information from Electricity Maps, which is made available under the Open Database
Licence (ODbL).

The MIT licence, under which the packages marked so were published:

    Permission is hereby granted, free of charge, to any person obtaining a copy of this software
    and associated documentation files (the \"Software\"), to deal in the Software without
    restriction, including without limitation the rights to use, copy, modify, merge, publish,
    distribute, sublicense, and/or sell copies of the Software, and to permit persons to whom the
    Software is furnished to do so, subject to the following conditions:

    The above copyright notice and this permission notice shall be included in all copies or
    substantial portions of the Software.

    THE SOFTWARE IS PROVIDED \"AS IS\", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING
    BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND
    NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM,
    DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM,
    OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.
";
