//! Completions for fish.

use std::fmt::Write;

use super::outline::Page;

/// The script, to be put where fish looks for `codecarbon.fish`.
pub(super) fn script(pages: &[Page]) -> String {
    let below: Vec<String> = pages.iter().skip(1).map(|page| quoted(&page.place())).collect();
    let mut out = format!(
        "# Completions of codecarbon for fish; made by: codecarbon completions fish\n\
         function __codecarbon_at\n    \
         set -l place codecarbon\n    \
         for word in (commandline -opc)[2..-1]\n        \
         switch \"$place $word\"\n            \
         case {}\n                \
         set place \"$place $word\"\n        \
         end\n    \
         end\n    \
         test \"$place\" = \"$argv\"\n\
         end\n",
        below.join(" ")
    );
    for page in pages {
        let at = format!("complete -c codecarbon -n '__codecarbon_at {}'", page.place());
        for (name, line) in &page.below {
            // Writing to a string cannot fail.
            let _ = writeln!(out, "{at} -f -a {name} -d {}", quoted(line));
        }
        for flag in &page.options {
            let _ = write!(out, "{at} -l {}", flag.long);
            if let Some(short) = flag.short {
                let _ = write!(out, " -s {short}");
            }
            match (&flag.value, flag.choices.as_slice(), flag.takes_path()) {
                (Some(_), _, _) if flag.needs_equals => {}
                (Some(_), [], true) => out.push_str(" -r -F"),
                (Some(_), [], false) => out.push_str(" -x"),
                (Some(_), choices, _) => {
                    let _ = write!(out, " -x -a {}", quoted(&choices.join(" ")));
                }
                (None, ..) => {}
            }
            let _ = writeln!(out, " -d {}", quoted(&flag.help));
        }
    }
    out
}

fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\\', r"\\").replace('\'', r"\'"))
}
