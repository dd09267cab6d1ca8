//! Completions for PowerShell 5 and later.

use std::fmt::Write;

use super::outline::Page;

/// The script, to be added to a profile.
pub(super) fn script(pages: &[Page]) -> String {
    let below: Vec<String> = pages.iter().skip(1).map(|page| quoted(&page.place())).collect();
    let mut out = format!(
        "# Completions of codecarbon for PowerShell; made by: codecarbon completions powershell\n\
         Register-ArgumentCompleter -Native -CommandName codecarbon -ScriptBlock {{\n    \
         param($word, $ast, $cursor)\n    \
         $place = 'codecarbon'\n    \
         $below = @({})\n    \
         foreach ($element in $ast.CommandElements | Select-Object -Skip 1) {{\n        \
         if ($element.Extent.EndOffset -lt $cursor -and $below -contains \"$place $element\") {{\n            \
         $place = \"$place $element\"\n        \
         }}\n    \
         }}\n    \
         $found = switch ($place) {{\n",
        below.join(", ")
    );
    for page in pages {
        let commands = page.below.iter().map(|(name, line)| (name.clone(), line));
        let flags = page.options.iter().map(|flag| (format!("--{}", flag.long), &flag.help));
        let rows: Vec<String> = commands
            .chain(flags)
            .map(|(name, line)| {
                // An empty tooltip is refused by the shell.
                let line = if line.is_empty() { &name } else { line };
                format!("@({}, {})", quoted(&name), quoted(line))
            })
            .collect();
        // Writing to a string cannot fail; the comma keeps a single row a list of rows.
        let _ = writeln!(out, "        {} {{ ,@({}) }}", quoted(&page.place()), rows.join(", "));
    }
    out.push_str(
        "    }\n    foreach ($row in $found) {\n        \
         if ($row[0].StartsWith($word)) {\n            \
         [System.Management.Automation.CompletionResult]::new($row[0], $row[0], 'ParameterValue', $row[1])\n        \
         }\n    }\n}\n",
    );
    out
}

fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}
