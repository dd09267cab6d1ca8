//! Runs that are under way, as they are heard.

use std::pin::Pin;

use axum::body::{Body, HttpBody};
use axum::http::Method;
use carbon_server::{Listeners, serve, stopper};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use crate::lab::{Lab, NOW_S, lab, row};

/// Somebody who listens.
struct Ear {
    body: Body,
    heard: Vec<u8>,
}

impl Ear {
    async fn of(lab: &Lab, path: &str) -> Self {
        let response = lab.ask(Method::GET, path, &[], "").await;
        assert_eq!(response.status(), 200);
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        Self { body: response.into_body(), heard: Vec::new() }
    }

    /// The data of the next event; none at the end.
    async fn next(&mut self) -> Option<Value> {
        loop {
            if let Some(end) = self.heard.windows(2).position(|pair| pair == b"\n\n") {
                let block: Vec<u8> = self.heard.drain(..end + 2).collect();
                let text = String::from_utf8(block).unwrap();
                if let Some(data) = text.strip_prefix("event: runs\ndata: ") {
                    return Some(serde_json::from_str(data.trim_end()).unwrap());
                }
                continue;
            }
            let frame = std::future::poll_fn(|cx| Pin::new(&mut self.body).poll_frame(cx)).await;
            self.heard.extend(frame?.unwrap().into_data().unwrap());
        }
    }
}

#[tokio::test]
async fn what_goes_on_is_told_at_once_and_when_it_changes() {
    told(lab().await).await;
}

pub(crate) async fn told(lab: Lab) {
    let run = lab.make_run(&lab.experiment, 600, json!({})).await;
    let done = lab.make_run(&lab.experiment, 6000, json!({})).await;
    // 10 s at 720 W, and two minutes of energy before.
    lab.send_rows(&[row(&run, NOW_S - 130, 1.0), row(&run, NOW_S - 10, 0.002)]).await;
    lab.send_rows(&[row(&done, NOW_S - 400, 1.0)]).await;
    for scope in ["organizations", "projects", "runs"] {
        let id = match scope {
            "organizations" => &lab.organization,
            "projects" => &lab.project,
            _ => &run,
        };
        let mut ear = Ear::of(&lab, &format!("/v1/{scope}/{id}/live?duration_s=0")).await;
        let runs = ear.next().await.unwrap();
        assert_eq!(runs.as_array().unwrap().len(), 1, "{scope}: {runs}");
        assert_eq!((&runs[0]["run_id"], &runs[0]["power_w"]), (&json!(run), &json!(720.0)));
        assert_eq!(
            (&runs[0]["energy_kwh"], &runs[0]["gpu_power_w"]),
            (&json!(1.002), &json!(null))
        );
        assert_eq!(runs[0]["project_name"], "translation");
        assert_eq!(ear.next().await, None, "{scope}");
    }
    let mut ears = Vec::new();
    for _ in 0..2 {
        let mut ear = Ear::of(&lab, &format!("/v1/projects/{}/live", lab.project)).await;
        assert_eq!(ear.next().await.unwrap().as_array().unwrap().len(), 1);
        ears.push(ear);
    }
    lab.send_rows(&[row(&done, NOW_S, 0.5)]).await;
    for ear in &mut ears {
        let runs = ear.next().await.unwrap();
        assert_eq!((&runs[0]["run_id"], &runs[0]["energy_kwh"]), (&json!(done), &json!(1.5)));
        assert_eq!(runs[1]["run_id"], json!(run));
    }
    // Time passes, and nothing goes on any more.
    lab.set_clock(NOW_S + 3600);
    assert_eq!(ears[0].next().await.unwrap(), json!([]));
}

#[tokio::test]
async fn one_person_listens_in_so_many_places_and_no_more() {
    let lab = lab().await;
    let path = format!("/v1/projects/{}/live", lab.project);
    let mut ears = Vec::new();
    for _ in 0..16 {
        ears.push(Ear::of(&lab, &path).await);
    }
    let refused = lab.get(&path).await;
    assert_eq!(refused.status, 429);
    assert_eq!(refused.headers["retry-after"], "30");
    drop(ears.pop());
    // The place is free as soon as the server has seen that nobody listens there.
    while lab.get(&format!("{path}?duration_s=0")).await.status == 429 {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn who_listens_does_not_hold_up_the_end_of_the_server() {
    let lab = lab().await;
    let requests = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = requests.local_addr().unwrap();
    let (stopper, stopping) = stopper();
    let listeners = Listeners { requests, metrics: None, tls: None };
    let served = tokio::spawn(serve(listeners, lab.app.clone(), stopping));
    let mut ear = TcpStream::connect(address).await.unwrap();
    let path = format!("/v1/projects/{}/live", lab.project);
    let request = format!("GET {path} HTTP/1.1\r\nhost: localhost\r\n\r\n");
    ear.write_all(request.as_bytes()).await.unwrap();
    let mut heard = Vec::new();
    while !heard.windows(8).any(|part| part == b"data: []") {
        assert_ne!(ear.read_buf(&mut heard).await.unwrap(), 0);
    }
    stopper.stop();
    ear.read_to_end(&mut heard).await.unwrap();
    assert!(heard.ends_with(b"0\r\n\r\n"), "the answer is ended, not cut");
    assert_eq!(served.await.unwrap().cut_off, 0);
}
