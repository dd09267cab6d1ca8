//! How a server is told to stop: once, and it finishes what it has accepted; twice, and it hurries.

use tokio::sync::watch;

/// How far stopping has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Stage {
    Serve,
    Finish,
    Now,
}

/// Tells a server to stop; clones tell the same one.
#[derive(Debug, Clone)]
pub struct Stopper(watch::Sender<Stage>);

/// What a server listens to; clones hear the same.
#[derive(Debug, Clone)]
pub struct Stopping(watch::Receiver<Stage>);

/// Both ends.
pub fn stopper() -> (Stopper, Stopping) {
    let (sender, receiver) = watch::channel(Stage::Serve);
    (Stopper(sender), Stopping(receiver))
}

impl Stopper {
    /// Lets the server finish what it has accepted; when that was said before, cuts it off. Call it
    /// for each signal.
    pub fn stop(&self) {
        self.0.send_modify(|stage| {
            *stage = if *stage == Stage::Serve { Stage::Finish } else { Stage::Now };
        });
    }
}

impl Stopping {
    /// Until the server is to finish. Whoever could say so is gone: never.
    pub(crate) async fn finish(&mut self) {
        self.reaches(Stage::Finish).await;
    }

    /// Until the server is to end at once.
    pub(crate) async fn now(&mut self) {
        self.reaches(Stage::Now).await;
    }

    async fn reaches(&mut self, wanted: Stage) {
        if self.0.wait_for(|stage| *stage >= wanted).await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}
