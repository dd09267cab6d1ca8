//! The pages that the browser shows at the end of a sign-in.

/// A page with a title and a sentence.
pub(super) fn page(title: &str, sentence: &str) -> String {
    let (title, sentence) = (escaped(title), escaped(sentence));
    format!(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>{title}</title>\
         <meta name=\"viewport\" content=\"width=device-width\">\
         <style>body{{font:1.1em/1.5 system-ui,sans-serif;max-width:32em;margin:15vh auto;\
         padding:0 1em;color-scheme:light dark}}</style></head>\
         <body><h1>{title}</h1><p>{sentence}</p></body></html>\n"
    )
}

/// Text with what means something in HTML taken out of it.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_server_says_is_text_on_the_page() {
        let page = page("No", "<script>alert(1)</script> & \"more\"");
        assert!(!page.contains("<script>"), "{page}");
        assert!(page.contains("&lt;script&gt;alert(1)&lt;/script&gt; &amp; &quot;more&quot;"));
    }
}
