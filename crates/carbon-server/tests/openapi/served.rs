//! The document and its page, as they are served.

use crate::support::{Server, local};

#[tokio::test]
async fn the_document_that_is_served_is_the_committed_one() {
    let server = Server::start(local()).await;
    let first = server.get("/api/openapi.json/", &[]).await;
    assert_eq!((first.status, first.text.as_str()), (200, include_str!("../../openapi.json")));
    let tag = first.header("etag").to_owned();
    for known in [tag.clone(), format!("W/{tag}"), format!("\"other\", {tag}")] {
        let again = server.get("/openapi.json", &[("if-none-match", &known)]).await;
        assert_eq!((again.status, again.text.as_str()), (304, ""), "{known}");
    }
    let other = server.get("/openapi.json", &[("if-none-match", "\"other\"")]).await;
    assert_eq!(other.status, 200);
}

#[tokio::test]
async fn the_page_may_load_nothing_and_run_its_own_script_only() {
    let server = Server::start(local()).await;
    let page = server.get("/docs", &[]).await;
    let policy = page.header("content-security-policy");
    assert!(policy.starts_with("default-src 'none'; style-src 'sha256-"), "{policy}");
    assert!(!policy.contains("unsafe"), "{policy}");
    assert!(page.text.contains("id=\"getProjectSums\""));
    let old = server.get("/redoc", &[]).await;
    assert_eq!((old.status, old.header("location")), (308, "/docs"));
}
