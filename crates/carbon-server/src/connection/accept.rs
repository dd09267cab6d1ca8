//! Takes connections in, no more at once than fit, and knows how many are still there.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::time::{Instant, sleep, timeout};

use super::crowd::Crowd;
use super::{Answers, serve};
use crate::app::App;
use crate::settings::Limits;
use crate::stop::Stopping;
use crate::tls::Tls;

/// Pause after the system has refused a connection, mostly because too many files are open.
const REFUSED_PAUSE: Duration = Duration::from_millis(100);

/// How often that is logged while it lasts.
const REFUSED_TOLD_EACH: Duration = Duration::from_secs(10);

/// Connections that are told at once that there is no room; more are closed without a word.
const TURNED_AWAY: usize = 128;

/// How long one of them has to hear it.
const HEARS_WITHIN: Duration = Duration::from_secs(1);

const NO_ROOM: &[u8] = b"HTTP/1.1 503 Service Unavailable\r\nretry-after: 1\r\n\
    content-type: application/json\r\ncontent-length: 37\r\nconnection: close\r\n\r\n\
    {\"detail\":\"Too many connections now\"}";

/// What stands behind a listener.
pub(crate) struct Door<S> {
    pub(crate) tls: Option<Tls>,
    pub(crate) service: S,
    pub(crate) limits: Limits,
}

/// Counts those who are inside.
#[derive(Debug)]
pub(crate) struct Doorkeeper {
    places: Arc<Semaphore>,
    all: usize,
    crowd: Crowd,
    out: watch::Sender<bool>,
}

impl Doorkeeper {
    pub(crate) fn new(places: usize) -> Self {
        let all = places.clamp(1, Semaphore::MAX_PERMITS.min(u32::MAX as usize));
        let (places, crowd) = (Arc::new(Semaphore::new(all)), Crowd::new(all));
        Self { places, all, crowd, out: watch::Sender::new(false) }
    }

    /// Lets connections in until the server is to finish. The listener is closed then, and those who
    /// are inside finish.
    pub(crate) async fn keep<S: Answers>(
        &self,
        listener: TcpListener,
        door: Door<S>,
        app: &App,
        mut stopping: Stopping,
    ) {
        let door = Arc::new(door);
        let heard = Arc::new(Semaphore::new(TURNED_AWAY));
        let mut told = None;
        loop {
            let accepted = tokio::select! {
                biased;
                () = stopping.finish() => return,
                accepted = listener.accept() => accepted,
            };
            let (stream, peer) = match accepted {
                Ok(accepted) => accepted,
                Err(error) => {
                    wait_out(&error, &mut told).await;
                    continue;
                }
            };
            let share = self.crowd.admit(peer.ip(), &app.settings().proxies);
            let place = share.zip(Arc::clone(&self.places).try_acquire_owned().ok());
            match place {
                Some(place) => {
                    let open = app.one_more_connection();
                    let inside = self.serve(Arc::clone(&door), stream, peer, stopping.clone());
                    tokio::spawn(async move {
                        inside.await;
                        drop((open, place));
                    });
                }
                None => {
                    app.metrics().turn_away();
                    let place = Arc::clone(&heard).try_acquire_owned().ok();
                    if let Some(place) = place.filter(|_| door.tls.is_none()) {
                        tokio::spawn(turn_away(stream, place));
                    }
                }
            }
        }
    }

    /// Waits for all who are inside, at most until `cut`; how many were cut off then.
    pub(crate) async fn see_off(&self, cut: impl Future<Output = ()>) -> usize {
        let all = u32::try_from(self.all).unwrap_or(u32::MAX);
        tokio::select! {
            biased;
            _ = self.places.acquire_many(all) => 0,
            () = cut => {
                let inside = self.all - self.places.available_permits();
                self.out.send_replace(true);
                inside
            }
        }
    }

    fn serve<S: Answers>(
        &self,
        door: Arc<Door<S>>,
        stream: TcpStream,
        peer: SocketAddr,
        stopping: Stopping,
    ) -> impl Future<Output = ()> + Send + 'static {
        let mut out = self.out.subscribe();
        async move {
            let Door { tls, service, limits, .. } = &*door;
            tokio::select! {
                () = serve(stream, peer, tls.as_ref(), service.clone(), limits, stopping) => {}
                _ = out.wait_for(|out| *out) => {}
            }
        }
    }
}

/// Waits until the system may have room for another connection; `told` is when that was logged last.
async fn wait_out(error: &std::io::Error, told: &mut Option<Instant>) {
    use std::io::ErrorKind as Kind;
    // The client has gone before it was let in.
    let is_one = [Kind::ConnectionAborted, Kind::ConnectionReset, Kind::ConnectionRefused];
    if is_one.contains(&error.kind()) {
        return;
    }
    if told.is_none_or(|told| told.elapsed() >= REFUSED_TOLD_EACH) {
        tracing::warn!(why = %error, "no connection can be taken");
        *told = Some(Instant::now());
    }
    sleep(REFUSED_PAUSE).await;
}

/// Says that there is no room, and lets the client read it.
async fn turn_away(mut stream: TcpStream, _place: OwnedSemaphorePermit) {
    let told = async {
        stream.write_all(NO_ROOM).await?;
        stream.shutdown().await?;
        let mut thrown = [0; 1024];
        while stream.read(&mut thrown).await? > 0 {}
        std::io::Result::Ok(())
    };
    let _ = timeout(HEARS_WITHIN, told).await;
}
