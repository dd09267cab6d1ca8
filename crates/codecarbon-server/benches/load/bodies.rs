//! The requests, as the stock client writes them.

use std::io::Write as _;

use carbon_store::{ExperimentId, RunId};

/// A request without a body.
pub(crate) fn get(text: &mut Vec<u8>, path: &str, person: &str) {
    write!(
        text,
        "GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {person}\r\n\r\n"
    )
    .unwrap();
}

/// A request that posts a body with the token of a project.
pub(crate) fn post(text: &mut Vec<u8>, path: &str, kind: &str, token: &str, body: &[u8]) {
    write!(
        text,
        "POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nx-api-token: {token}\r\n\
         Content-Type: {kind}\r\nContent-Length: {}\r\n\r\n",
        body.len()
    )
    .unwrap();
    text.extend_from_slice(body);
}

/// A row of a run.
pub(crate) fn row(text: &mut Vec<u8>, run: RunId, second: i64) {
    let time = jiff::Timestamp::from_second(second).unwrap();
    write!(
        text,
        "{{\"timestamp\":\"{time}\",\"run_id\":\"{run}\",\"duration\":50,\
         \"emissions_sum\":0.00123,\"emissions_rate\":0.0000041,\"cpu_power\":42.5,\
         \"gpu_power\":210.25,\"ram_power\":12.0,\"cpu_energy\":0.00035,\"gpu_energy\":0.00175,\
         \"ram_energy\":0.0001,\"energy_consumed\":0.0022,\"cpu_utilization_percent\":37.5,\
         \"gpu_utilization_percent\":91.0,\"ram_utilization_percent\":22.1,\"wue\":0}}"
    )
    .unwrap();
}

/// A run of an experiment.
pub(crate) fn run(text: &mut Vec<u8>, experiment: ExperimentId) {
    write!(
        text,
        "{{\"timestamp\":\"2026-01-15T10:00:00+00:00\",\"experiment_id\":\"{experiment}\",\
         \"os\":\"Linux-6.1.0-x86_64-with-glibc2.36\",\"python_version\":\"3.12.1\",\
         \"codecarbon_version\":\"3.3.0\",\"cpu_count\":16,\
         \"cpu_model\":\"Intel(R) Xeon(R) Gold 6248 CPU @ 2.50GHz\",\"gpu_count\":1,\
         \"gpu_model\":\"1 x NVIDIA A100\",\"longitude\":2.35,\"latitude\":48.85,\
         \"region\":\"ile-de-france\",\"provider\":null,\"ram_total_size\":125.6,\
         \"tracking_mode\":\"machine\"}}"
    )
    .unwrap();
}

/// Many rows, each in its line; the lines keep their length, so that the next rows are written over
/// them.
pub(crate) struct Lines {
    pub(crate) body: Vec<u8>,
    line: usize,
}

impl Lines {
    /// So many rows of no run.
    pub(crate) fn new(rows: usize) -> Self {
        let mut body = Vec::new();
        let nobody = RunId::from(uuid::Uuid::nil());
        row(&mut body, nobody, 0);
        body.push(b'\n');
        let line = body.len();
        Self { body: body.repeat(rows), line }
    }

    /// How many there are.
    pub(crate) fn rows(&self) -> usize {
        self.body.len() / self.line
    }

    /// Writes a row over another.
    pub(crate) fn set(&mut self, index: usize, run: &str, time: &str) {
        let line = &mut self.body[index * self.line..][..self.line];
        let start = b"{\"timestamp\":\"".len();
        line[start..start + time.len()].copy_from_slice(time.as_bytes());
        let start = start + time.len() + b"\",\"run_id\":\"".len();
        line[start..start + run.len()].copy_from_slice(run.as_bytes());
    }
}
