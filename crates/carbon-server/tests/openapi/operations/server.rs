//! The server itself.

use serde_json::json;

use super::Group;
use crate::operation::{HTML, JSON, get, plain};

pub(super) fn group() -> Group {
    let operations = vec![
        get("getStatus", "/").says("Whether the server is there", "").gives_as(
            200,
            "It is.",
            JSON,
            plain(status("OK")),
        ),
        get("getLife", "/healthz").says("Whether the process answers", "").gives_as(
            200,
            "It does.",
            JSON,
            plain(status("alive")),
        ),
        get("getReadiness", "/readyz")
            .says("Whether the server can serve", "It can where its database commits.")
            .gives_as(200, "It can.", JSON, plain(status("ready")))
            .gives_as(503, "It cannot now.", JSON, plain(json!({
                "type": "object",
                "properties": { "status": { "type": "string" }, "detail": { "type": "string" } },
            }))),
        get("getDocument", "/openapi.json")
            .says("This document", "It has an `ETag`: ask with `If-None-Match`.")
            .gives_as(
                200,
                "The document.",
                JSON,
                plain(json!({ "type": "object", "additionalProperties": true })),
            )
            .ends(304, "It is the one that is known."),
        get("getDocumentPage", "/docs")
            .says("This document as a page", "It asks no other server for anything.")
            .gives_as(200, "The page.", HTML, plain(json!({ "type": "string" })))
            .ends(304, "It is the one that is known."),
        get("getDocumentPageByOldName", "/redoc")
            .says("Sends to `/docs`", "")
            .ends(308, "See `Location`."),
    ];
    Group { name: "Server", words: "That it is there, and what it understands.", operations }
}

fn status(word: &str) -> serde_json::Value {
    json!({
        "type": "object",
        "properties": { "status": { "type": "string", "const": word } },
        "required": ["status"],
    })
}
