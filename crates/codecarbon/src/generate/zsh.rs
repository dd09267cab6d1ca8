//! Completions for zsh.

use std::fmt::Write;

use super::outline::Page;

/// The function, to be put as `_codecarbon` into a directory of `fpath`.
pub(super) fn script(pages: &[Page]) -> String {
    let mut out = String::from(
        "#compdef codecarbon\n\
         # Completions of codecarbon for zsh; made by: codecarbon completions zsh\n\
         local place=codecarbon word\n\
         local -a commands options\n\
         for word in \"${(@)words[2,CURRENT-1]}\"; do\n    case \"$place $word\" in\n",
    );
    let below: Vec<String> = pages.iter().skip(1).map(|page| quoted(&page.place())).collect();
    // Writing to a string cannot fail.
    let _ = writeln!(
        out,
        "        {}) place=\"$place $word\" ;;\n    esac\ndone\n\
         case \"$place ${{words[CURRENT-1]}}\" in",
        below.join(" | ")
    );
    for page in pages {
        for flag in page.options.iter().filter(|flag| flag.value.is_some() && !flag.needs_equals) {
            let patterns: Vec<String> =
                flag.spellings().iter().map(|s| quoted(&format!("{} {s}", page.place()))).collect();
            let reply = match (flag.choices.as_slice(), flag.takes_path()) {
                ([], true) => "_files".to_owned(),
                ([], false) => {
                    format!("_message {}", quoted(flag.value.as_deref().unwrap_or_default()))
                }
                (choices, _) => format!("compadd -- {}", choices.join(" ")),
            };
            let _ = writeln!(out, "    {}) {reply}; return ;;", patterns.join(" | "));
        }
    }
    out.push_str("esac\ncase \"$place\" in\n");
    for page in pages {
        let described = |name: &str, line: &str| {
            quoted(&format!("{}:{}", name.replace(':', "\\:"), line.replace(':', "\\:")))
        };
        let commands: Vec<String> =
            page.below.iter().map(|(name, line)| described(name, line)).collect();
        let options: Vec<String> =
            page.options.iter().map(|f| described(&format!("--{}", f.long), &f.help)).collect();
        let _ = writeln!(
            out,
            "    {})\n        commands=({})\n        options=({}) ;;",
            quoted(&page.place()),
            commands.join(" "),
            options.join(" ")
        );
    }
    out.push_str(
        "esac\nif [[ $PREFIX == -* ]]; then\n    _describe -o option options\n\
         elif (( $#commands )); then\n    _describe command commands\nelse\n    _default\nfi\n",
    );
    out
}

fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}
