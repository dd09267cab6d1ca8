//! What a server says when it refuses: `{"detail": …}`, a text or a list of faults with places.

use serde_json::Value;

/// Longest text that is passed on, in characters.
const LONGEST: usize = 500;

/// The server's own words from the body of a refusal, in one line; the places of a list's faults are
/// named (`body.duration: …`), their input is not, for it may hold anything. Of a body that is no
/// such JSON, its beginning.
pub fn fault_text(body: &[u8]) -> String {
    let text = match serde_json::from_slice::<Value>(body) {
        Ok(Value::Object(fields)) => match fields.get("detail") {
            Some(Value::String(text)) => text.clone(),
            Some(Value::Array(faults)) => faults.iter().map(one).collect::<Vec<_>>().join("; "),
            Some(other) => other.to_string(),
            None => String::from_utf8_lossy(body).into_owned(),
        },
        _ => String::from_utf8_lossy(body).into_owned(),
    };
    // A terminal must not obey what a server says.
    let text = text.replace(char::is_control, " ");
    let words: Vec<&str> = text.split_whitespace().collect();
    words.join(" ").chars().take(LONGEST).collect()
}

fn one(fault: &Value) -> String {
    let place: Vec<String> = fault["loc"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|part| part.as_str().map_or_else(|| part.to_string(), str::to_owned))
        .collect();
    let message = fault["msg"].as_str().unwrap_or("invalid");
    if place.is_empty() { message.to_owned() } else { format!("{}: {message}", place.join(".")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_the_server_come_through_in_one_line() {
        assert_eq!(fault_text(br#"{"detail":"Not allowed"}"#), "Not allowed");
        assert_eq!(fault_text(br#"{"detail":"a\u001b]0;b\u0007c\n d"}"#), "a ]0;b c d");
        let list = br#"{"detail":[{"type":"greater_than","loc":["body","duration"],
            "msg":"Input should be greater than 0","input":"secret"}]}"#;
        assert_eq!(fault_text(list), "body.duration: Input should be greater than 0");
        assert_eq!(fault_text(b"<html>\n <h1>Bad  gateway</h1>"), "<html> <h1>Bad gateway</h1>");
        assert_eq!(fault_text(b""), "");
        assert_eq!(fault_text(&[b'x'; 9999]).len(), 500);
    }
}
