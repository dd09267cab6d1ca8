//! Whether a licence expression is satisfied by a list of allowed licences.
//!
//! SPDX as it is met on crates.io: `AND`, `OR`, `WITH`, parentheses, and the old slash for `OR`.

use std::collections::BTreeSet;
use std::iter::Peekable;
use std::vec::IntoIter;

/// Whether the expression can be met with allowed licences alone.
pub(crate) fn is_allowed(expression: &str, allowed: &BTreeSet<String>) -> bool {
    let spaced = expression.replace('(', " ( ").replace(')', " ) ").replace('/', " OR ");
    let words: Vec<String> = spaced.split_whitespace().map(str::to_owned).collect();
    let mut words = words.into_iter().peekable();
    let result = any_of(&mut words, allowed);
    result && words.next().is_none()
}

fn any_of(words: &mut Peekable<IntoIter<String>>, allowed: &BTreeSet<String>) -> bool {
    let mut result = all_of(words, allowed);
    while words.next_if(|word| word == "OR").is_some() {
        result |= all_of(words, allowed);
    }
    result
}

fn all_of(words: &mut Peekable<IntoIter<String>>, allowed: &BTreeSet<String>) -> bool {
    let mut result = one(words, allowed);
    while words.next_if(|word| word == "AND").is_some() {
        result &= one(words, allowed);
    }
    result
}

fn one(words: &mut Peekable<IntoIter<String>>, allowed: &BTreeSet<String>) -> bool {
    let Some(word) = words.next() else { return false };
    if word == "(" {
        let result = any_of(words, allowed);
        return result && words.next().is_some_and(|word| word == ")");
    }
    if words.next_if(|next| next == "WITH").is_some() {
        let Some(exception) = words.next() else { return false };
        return allowed.contains(&format!("{word} WITH {exception}"));
    }
    allowed.contains(&word)
}

#[test]
fn an_expression_is_met_by_any_or_by_all_of_its_parts() {
    let allowed = ["MIT", "Apache-2.0", "Unicode-3.0"].map(String::from).into();
    for good in [
        "MIT",
        "MIT OR GPL-3.0-only",
        "LGPL-2.1 OR MIT",
        "Apache-2.0/MIT",
        "(MIT OR GPL-2.0) AND Unicode-3.0",
        "Apache-2.0 WITH LLVM-exception OR MIT",
    ] {
        assert!(is_allowed(good, &allowed), "{good}");
    }
    for bad in [
        "",
        "GPL-3.0-only",
        "MIT AND GPL-3.0-only",
        "(MIT OR Apache-2.0) AND OpenSSL",
        "Apache-2.0 WITH LLVM-exception",
        "MIT Apache-2.0",
        "(MIT",
    ] {
        assert!(!is_allowed(bad, &allowed), "{bad}");
    }
}
