//! What the board answers: the page, its script, and the state of the files.
//!
//! Only those who name this machine are answered: a page of somebody else whose name was made to lead
//! here (DNS rebinding) names itself.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::net::IpAddr;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use carbon_report::page::{SCRIPT, Setting, html, policy};
use carbon_report::read::states_of;
use carbon_report::{By, Reading, Report};

use super::request::Request;

/// The files that are shown, and who may ask for them.
pub(super) struct Board {
    /// Where each file is, and what the user called it.
    files: Vec<(PathBuf, PathBuf)>,
    host: String,
    address: IpAddr,
    /// The report of the files in a state.
    known: Mutex<Option<(String, Report)>>,
}

/// An answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Answer {
    pub(super) status: &'static str,
    pub(super) media_type: &'static str,
    pub(super) policy: String,
    pub(super) body: String,
}

const TEXT: &str = "text/plain; charset=utf-8";
const PAGE: &str = "text/html; charset=utf-8";
const SCRIPT_TYPE: &str = "text/javascript; charset=utf-8";

impl Answer {
    /// A line of text.
    pub(super) fn line(status: &'static str, body: &str) -> Self {
        Self::of(status, TEXT, body.to_owned() + "\n")
    }

    fn of(status: &'static str, media_type: &'static str, body: String) -> Self {
        Self { status, media_type, policy: "default-src 'none'".to_owned(), body }
    }
}

impl Board {
    /// A board of files for those who name `host` or the address.
    pub(super) fn new(files: Vec<(PathBuf, PathBuf)>, host: &str, address: IpAddr) -> Self {
        let host = host.trim_matches(['[', ']']).to_ascii_lowercase();
        Self { files, host, address, known: Mutex::new(None) }
    }

    /// The answer to a request.
    pub(super) fn answer(&self, request: &Request) -> Answer {
        if !request.host.as_deref().is_some_and(|host| self.is_us(host)) {
            return Answer::line(
                "421 Misdirected Request",
                "open the page by the address that codecarbon has printed",
            );
        }
        if !request.reads {
            return Answer::line("405 Method Not Allowed", "GET and HEAD only");
        }
        match request.path.as_str() {
            "/" => self.page(request.project.as_deref()),
            "/board.js" => Answer::of("200 OK", SCRIPT_TYPE, SCRIPT.to_owned()),
            "/version" => Answer::of("200 OK", TEXT, self.state()),
            _ => Answer::line("404 Not Found", "the page is at /"),
        }
    }

    fn is_us(&self, host: &str) -> bool {
        let by_number = host
            .parse::<IpAddr>()
            .is_ok_and(|asked| asked == self.address || self.address.is_unspecified());
        by_number || host == self.host || (host == "localhost" && self.is_here())
    }

    fn is_here(&self) -> bool {
        self.address.is_loopback() || self.address.is_unspecified()
    }

    fn page(&self, project: Option<&str>) -> Answer {
        let state = self.state();
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if known.as_ref().is_none_or(|(of, _)| *of != state) {
            *known = Some((state.clone(), self.report()));
        }
        let setting = Setting::Board { version: &state, project };
        let page = known.as_ref().map(|(_, report)| html(report, setting));
        match page {
            Some(Ok(page)) => {
                Answer { policy: policy(setting), ..Answer::of("200 OK", PAGE, page) }
            }
            Some(Err(error)) => Answer::line("500 Internal Server Error", &error.to_string()),
            None => Answer::line("500 Internal Server Error", "no report"),
        }
    }

    fn report(&self) -> Report {
        let mut reading = Reading::default();
        for (path, name) in &self.files {
            reading.read(path, name);
        }
        Report::of(reading, By::Project)
    }

    /// A word that changes when a file does: from sizes and times of writing.
    fn state(&self) -> String {
        let mut state = DefaultHasher::new();
        for (path, _) in &self.files {
            states_of(path).hash(&mut state);
        }
        format!("{:016x}", state.finish())
    }
}

#[cfg(test)]
mod tests {
    use super::super::request::parse;
    use super::*;

    const HEADER: &str = "project_name,run_id,duration,emissions,energy_consumed\n";

    fn board(folder: &tempfile::TempDir, host: &str) -> Board {
        let path = folder.path().join("e.csv");
        std::fs::write(&path, format!("{HEADER}first,r1,10,0.1,0.2\n")).unwrap();
        Board::new(vec![(path, "e.csv".into())], host, host.parse().unwrap())
    }

    fn ask(board: &Board, line: &str, host: &str) -> Answer {
        let head = format!("{line} HTTP/1.1\r\nHost: {host}\r\n\r\n");
        board.answer(&parse(head.as_bytes()).unwrap())
    }

    #[test]
    fn the_page_shows_the_files_and_is_new_when_they_change() {
        let folder = tempfile::tempdir().unwrap();
        let board = board(&folder, "127.0.0.1");
        let before = ask(&board, "GET /version", "localhost:8050").body;
        let page = ask(&board, "GET /", "127.0.0.1:8050");
        assert_eq!((page.status, page.media_type), ("200 OK", PAGE));
        assert!(page.body.contains("first") && page.body.contains(&before));
        assert!(page.policy.contains("script-src 'self'"), "{}", page.policy);
        let more = format!("{HEADER}first,r1,10,0.1,0.2\nsecond,r2,10,0.1,0.2\n");
        std::fs::write(folder.path().join("e.csv"), more).unwrap();
        assert_ne!(ask(&board, "GET /version", "localhost").body, before);
        assert!(ask(&board, "GET /", "localhost").body.contains("second"));
        std::fs::remove_file(folder.path().join("e.csv")).unwrap();
        assert!(ask(&board, "GET /", "localhost").body.contains("could not be read"));
    }

    #[test]
    fn only_those_who_name_this_machine_are_answered() {
        let folder = tempfile::tempdir().unwrap();
        let local = board(&folder, "127.0.0.1");
        for host in ["127.0.0.1", "127.0.0.1:8050", "localhost", "LocalHost:1"] {
            assert_eq!(ask(&local, "GET /", host).status, "200 OK", "{host}");
        }
        for host in
            ["evil.example", "evil.example:8050", "192.168.0.7", "localhost.evil.example", ""]
        {
            let answer = ask(&local, "GET /", host);
            assert_eq!(answer.status, "421 Misdirected Request", "{host}");
            assert!(!answer.body.contains("first"));
        }
        let open = board(&folder, "0.0.0.0");
        assert_eq!(ask(&open, "GET /", "192.168.0.7:8050").status, "200 OK");
        assert_eq!(ask(&open, "GET /", "evil.example").status, "421 Misdirected Request");
    }

    #[test]
    fn only_reading_is_allowed_and_other_paths_are_not_there() {
        let folder = tempfile::tempdir().unwrap();
        let board = board(&folder, "127.0.0.1");
        assert_eq!(ask(&board, "POST /", "localhost").status, "405 Method Not Allowed");
        assert_eq!(ask(&board, "GET /../etc/passwd", "localhost").status, "404 Not Found");
        assert_eq!(ask(&board, "GET /board.js", "localhost").media_type, SCRIPT_TYPE);
    }
}
