//! JSON that people can read and compare: what fits in a line stays in one.

use serde_json::Value;

/// Longest line of a value that is kept in one, in characters.
const LONGEST_LINE: usize = 96;

/// The text of a value, with a line break at the end.
pub(crate) fn text(value: &Value) -> String {
    let mut text = String::new();
    write(value, 0, &mut text);
    text + "\n"
}

fn write(value: &Value, depth: usize, text: &mut String) {
    let line = value.to_string();
    let (open, close) = match value {
        Value::Array(items) if !items.is_empty() => ('[', ']'),
        Value::Object(fields) if !fields.is_empty() => ('{', '}'),
        _ => return *text += &line,
    };
    if depth > 1 && line.chars().count() + 2 * depth <= LONGEST_LINE {
        return *text += &line;
    }
    text.push(open);
    let mut separator = "\n";
    let mut begin = |text: &mut String| {
        *text += separator;
        *text += &"  ".repeat(depth + 1);
        separator = ",\n";
    };
    match value {
        Value::Array(items) => {
            for item in items {
                begin(text);
                write(item, depth + 1, text);
            }
        }
        Value::Object(fields) => {
            for (name, field) in fields {
                begin(text);
                *text += &Value::from(name.as_str()).to_string();
                *text += ": ";
                write(field, depth + 1, text);
            }
        }
        _ => {}
    }
    *text += "\n";
    *text += &"  ".repeat(depth);
    text.push(close);
}
