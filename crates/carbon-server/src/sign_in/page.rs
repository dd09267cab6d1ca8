//! The few pages that this server shows itself: to sign in, to set up, to choose a password, to let a
//! command in. They are plain forms without scripts, so that any web app in front can use them.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

const STYLE: &str = "body{font:16px/1.5 system-ui,sans-serif;max-width:24rem;margin:12vh auto;\
padding:0 1rem;color:#1c2b22;background:#f6f8f6}h1{font-size:1.4rem}label{display:block;\
margin:1rem 0 .25rem}input{box-sizing:border-box;width:100%;padding:.5rem;font:inherit;\
border:1px solid #8a978f;border-radius:.3rem}button{margin:1.25rem .5rem 0 0;padding:.5rem 1.25rem;\
font:inherit;border:0;border-radius:.3rem;color:#fff;background:#1d6b43;cursor:pointer}\
button.other{color:inherit;background:#d9e0db}.wrong{color:#a11}code{font-size:1.3rem}";

/// A form under construction.
pub(crate) struct Form {
    title: &'static str,
    action: &'static str,
    inner: Vec<String>,
}

impl Form {
    /// A form that is sent to a path of this server.
    pub(crate) fn new(title: &'static str, action: &'static str) -> Self {
        Self { title, action, inner: Vec::new() }
    }

    /// Words in front of the fields.
    #[must_use]
    pub(crate) fn words(mut self, text: &str) -> Self {
        self.inner.push(format!("<p>{}</p>", escaped(text)));
        self
    }

    /// What is wrong, if something is.
    #[must_use]
    pub(crate) fn wrong(mut self, text: Option<&str>) -> Self {
        if let Some(text) = text {
            self.inner.push(format!("<p class=wrong role=alert>{}</p>", escaped(text)));
        }
        self
    }

    /// A code to compare.
    #[must_use]
    pub(crate) fn code(mut self, text: &str) -> Self {
        self.inner.push(format!("<p><code>{}</code></p>", escaped(text)));
        self
    }

    /// A value that is sent along.
    #[must_use]
    pub(crate) fn hidden(mut self, name: &str, value: &str) -> Self {
        let value = escaped(value);
        self.inner.push(format!("<input type=hidden name=\"{name}\" value=\"{value}\">"));
        self
    }

    /// A field to fill in; `hint` is what browsers and password stores know it by.
    #[must_use]
    pub(crate) fn field(mut self, label: &str, name: &str, kind: &str, hint: &str) -> Self {
        self.inner.push(format!(
            "<label for={name}>{label}</label><input id={name} name={name} type={kind} \
             autocomplete={hint} required>"
        ));
        self
    }

    /// The whole page, with a button.
    pub(crate) fn page(self, status: StatusCode, button: &str) -> Response {
        self.finish(status, &format!("<button type=submit>{button}</button>"))
    }

    /// The whole page, to say yes or no.
    pub(crate) fn question(self, yes: &str, no: &str) -> Response {
        let buttons = format!(
            "<button type=submit name=answer value=yes>{yes}</button>\
             <button class=other type=submit name=answer value=no>{no}</button>"
        );
        self.finish(StatusCode::OK, &buttons)
    }

    fn finish(self, status: StatusCode, buttons: &str) -> Response {
        let Self { title, action, inner } = self;
        let inner = inner.concat();
        let form = format!("<form method=post action=\"{action}\">{inner}{buttons}</form>");
        document(status, title, &form)
    }
}

/// A page that only tells something.
pub(crate) fn notice(status: StatusCode, title: &'static str, text: &str) -> Response {
    document(status, title, &format!("<p>{}</p>", escaped(text)))
}

fn document(status: StatusCode, title: &str, body: &str) -> Response {
    let html = format!(
        "<!doctype html><html lang=en><meta charset=utf-8>\
         <meta name=viewport content=\"width=device-width\"><title>{title} – CodeCarbon</title>\
         <style>{STYLE}</style><main><h1>{title}</h1>{body}</main></html>"
    );
    let fixed = |value| HeaderValue::from_static(value);
    let policy = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; \
                  frame-ancestors 'none'";
    let headers = [
        (header::CONTENT_TYPE, fixed("text/html; charset=utf-8")),
        (header::CONTENT_SECURITY_POLICY, fixed(policy)),
        // Without it browsers do not say that a form is sent from here, see `cross_site`.
        (header::REFERRER_POLICY, fixed("same-origin")),
    ];
    (status, headers, html).into_response()
}

/// Text as it may stand in a page.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped += "&amp;",
            '<' => escaped += "&lt;",
            '>' => escaped += "&gt;",
            '"' => escaped += "&quot;",
            '\'' => escaped += "&#39;",
            other => escaped.push(other),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_somebody_else_wrote_is_only_text() {
        let form = Form::new("Sign in", "/auth/login")
            .wrong(Some("<script>alert('1')</script>"))
            .hidden("next", "/x\"><script>&");
        let page = form.page(StatusCode::OK, "Sign in");
        assert_eq!(page.headers()[header::REFERRER_POLICY], "same-origin");
        let body = axum::body::to_bytes(page.into_body(), 1 << 20).await.unwrap();
        let text = String::from_utf8(body.to_vec()).unwrap();
        assert!(!text.contains("<script>"), "{text}");
        assert!(text.contains("value=\"/x&quot;&gt;&lt;script&gt;&amp;\""), "{text}");
    }
}
