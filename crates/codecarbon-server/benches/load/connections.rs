//! The load: connections that are kept, each of which asks again when it was answered. One thread
//! drives all of them with little more than the system calls, because it shares the machine's cores
//! with what it measures.

use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

use carbon_sensors::clock::{Clock, SystemClock};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::LocalSet;

/// Writes a connection's next request into a buffer that it keeps: which connection, and how many
/// it has written before.
pub(crate) type Request = Rc<dyn Fn(usize, usize, &mut Vec<u8>)>;

/// When it is over.
#[derive(Clone, Copy)]
pub(crate) enum Until {
    /// After so long.
    Time(Duration),
    /// After so many requests in all.
    Count(usize),
}

/// What became of the requests.
#[derive(Default)]
pub(crate) struct Answers {
    /// How long each took, s, sorted.
    taken_s: Vec<f64>,
    /// From the first request to the last answer, s.
    length_s: f64,
    failures: usize,
    first_failure: Option<String>,
}

impl Answers {
    /// How many there are.
    pub(crate) fn count(&self) -> usize {
        self.taken_s.len()
    }

    /// From the first request to the last answer, s.
    pub(crate) fn length_s(&self) -> f64 {
        self.length_s
    }

    /// Answers a second.
    pub(crate) fn per_second(&self) -> f64 {
        self.count() as f64 / self.length_s
    }

    /// So many of a hundred took no longer, ms.
    pub(crate) fn percentile_ms(&self, part: usize) -> f64 {
        let place = (self.count() * part / 100).min(self.count().saturating_sub(1));
        self.taken_s.get(place).map_or(f64::NAN, |taken_s| taken_s * 1e3)
    }
}

/// Asks on so many connections at once. Every answer must be a success.
pub(crate) fn load(port: u16, connections: usize, until: Until, request: &Request) -> Answers {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let answers = LocalSet::new().block_on(&runtime, drive(port, connections, until, request));
    if let Some(text) = &answers.first_failure {
        panic!("{} of {} requests failed: {text}", answers.failures, answers.count());
    }
    answers
}

async fn drive(port: u16, connections: usize, until: Until, request: &Request) -> Answers {
    let mut open = Vec::new();
    for _ in 0..connections {
        let stream = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
        stream.set_nodelay(true).unwrap();
        open.push(Connection { stream, answer: Vec::new() });
    }
    let asked = Rc::new(Cell::new(0));
    let start = SystemClock.monotonic();
    let working = open.into_iter().enumerate().map(|(number, connection)| {
        let (asked, request) = (Rc::clone(&asked), Rc::clone(request));
        tokio::task::spawn_local(async move {
            let is_over = move || match until {
                Until::Time(length) => since(start) >= length,
                Until::Count(count) => asked.replace(asked.get() + 1) >= count,
            };
            connection.ask_until(is_over, |own, text| request(number, own, text)).await
        })
    });
    let mut answers = Answers::default();
    for done in working.collect::<Vec<_>>() {
        let part = done.await.unwrap();
        answers.taken_s.extend(part.taken_s);
        answers.failures += part.failures;
        answers.first_failure = answers.first_failure.or(part.first_failure);
    }
    answers.length_s = since(start).as_secs_f64();
    answers.taken_s.sort_by(f64::total_cmp);
    answers
}

fn since(start: Duration) -> Duration {
    SystemClock.monotonic().saturating_sub(start)
}

struct Connection {
    stream: TcpStream,
    answer: Vec<u8>,
}

impl Connection {
    async fn ask_until(
        mut self,
        is_over: impl Fn() -> bool,
        request: impl Fn(usize, &mut Vec<u8>),
    ) -> Answers {
        let (mut answers, mut text) = (Answers::default(), Vec::new());
        while !is_over() {
            text.clear();
            request(answers.count(), &mut text);
            let begun = SystemClock.monotonic();
            self.stream.write_all(&text).await.unwrap();
            let is_success = self.read_answer().await;
            answers.taken_s.push(since(begun).as_secs_f64());
            if !is_success {
                answers.failures += 1;
                let text = || String::from_utf8_lossy(&self.answer).into_owned();
                answers.first_failure.get_or_insert_with(text);
            }
        }
        answers
    }

    /// Reads one answer; whether it says 2xx.
    async fn read_answer(&mut self) -> bool {
        self.answer.clear();
        while !is_whole(&self.answer) {
            let read = self.stream.read_buf(&mut self.answer).await.unwrap();
            assert!(read > 0, "cut off: {}", String::from_utf8_lossy(&self.answer));
        }
        self.answer.get(9) == Some(&b'2')
    }
}

/// Whether an answer is there with all of its body.
fn is_whole(answer: &[u8]) -> bool {
    let Some(end) = answer.windows(4).position(|four| four == b"\r\n\r\n") else { return false };
    let (head, body) = (&answer[..end], &answer[end + 4..]);
    if matches!(answer.get(9..12), Some(b"204" | b"304")) {
        return true;
    }
    match header(head, b"content-length") {
        Some(length) => body.len() as u64 >= length.parse::<u64>().unwrap(),
        None => body.ends_with(b"0\r\n\r\n"),
    }
}

fn header<'h>(head: &'h [u8], name: &[u8]) -> Option<&'h str> {
    let lines = head.split(|byte| *byte == b'\n');
    let found = lines.filter_map(|line| {
        let (start, value) = line.split_at_checked(name.len())?;
        start.eq_ignore_ascii_case(name).then(|| value.strip_prefix(b":"))?
    });
    found.map(|value| std::str::from_utf8(value).unwrap().trim()).next()
}
