//! Completions for bash 4 and later.

use std::fmt::Write;

use super::outline::Page;

/// The script, to be sourced or put where bash-completion looks.
pub(super) fn script(pages: &[Page]) -> String {
    let mut out = String::from(
        "# Completions of codecarbon for bash; made by: codecarbon completions bash\n\
         _codecarbon() {\n    \
         local place=codecarbon index\n    \
         local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]}\n    \
         for ((index = 1; index < COMP_CWORD; index++)); do\n        \
         case \"$place ${COMP_WORDS[index]}\" in\n",
    );
    let below: Vec<String> =
        pages.iter().skip(1).map(|page| format!("'{}'", page.place())).collect();
    // Writing to a string cannot fail.
    let _ = writeln!(
        out,
        "            {}) place=\"$place ${{COMP_WORDS[index]}}\" ;;\n        \
         esac\n    done\n    case \"$place $previous\" in",
        below.join(" | ")
    );
    for page in pages {
        for flag in page.options.iter().filter(|flag| flag.value.is_some() && !flag.needs_equals) {
            let patterns: Vec<String> =
                flag.spellings().iter().map(|s| format!("'{} {s}'", page.place())).collect();
            let reply = if flag.choices.is_empty() {
                if flag.takes_path() { "compgen -f".to_owned() } else { "true".to_owned() }
            } else {
                format!("compgen -W '{}'", flag.choices.join(" "))
            };
            let reply = if reply == "true" {
                "COMPREPLY=()".to_owned()
            } else {
                format!("mapfile -t COMPREPLY < <({reply} -- \"$current\")")
            };
            let _ = writeln!(out, "        {}) {reply}; return ;;", patterns.join(" | "));
        }
    }
    out.push_str("    esac\n    local words=\n    case \"$place\" in\n");
    for page in pages {
        let commands = page.below.iter().map(|(name, _)| name.clone());
        let flags = page.options.iter().map(|flag| format!("--{}", flag.long));
        let words: Vec<String> = commands.chain(flags).collect();
        let _ = writeln!(out, "        '{}') words='{}' ;;", page.place(), words.join(" "));
    }
    out.push_str(
        "    esac\n    mapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$current\")\n}\n\
         complete -o bashdefault -o default -F _codecarbon codecarbon\n",
    );
    out
}
