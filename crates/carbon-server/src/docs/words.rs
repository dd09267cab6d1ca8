//! The little Markdown of descriptions as HTML: paragraphs, `code`, **strong**.

/// HTML of a text; everything else in it is only text.
pub(super) fn html(text: &str) -> String {
    let paragraphs = text.split("\n\n").map(str::trim).filter(|part| !part.is_empty());
    paragraphs.map(|part| around("p", &line(part))).collect::<Vec<_>>().concat()
}

/// HTML of a text that is one paragraph.
pub(super) fn line(text: &str) -> String {
    let mut html = String::with_capacity(text.len() + 16);
    for (index, part) in text.split('`').enumerate() {
        if index % 2 == 1 {
            html += &around("code", &escaped(part));
            continue;
        }
        for (index, part) in part.split("**").enumerate() {
            let part = escaped(part);
            html += &if index % 2 == 1 { around("strong", &part) } else { part };
        }
    }
    html
}

fn around(element: &str, html: &str) -> String {
    format!("<{element}>{html}</{element}>")
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_become_elements_and_all_else_stays_text() {
        assert_eq!(
            html("a `b<c>` **d**\n\ne"),
            "<p>a <code>b&lt;c&gt;</code> <strong>d</strong></p><p>e</p>"
        );
        assert_eq!(html("<script>"), "<p>&lt;script&gt;</p>");
    }
}
