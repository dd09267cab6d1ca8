//! The exporter as a sink of the tracker.

use std::time::Duration;

use carbon_model::EmissionsRecord;
use carbon_sensors::{Clock, SystemClock};
use carbon_tracker::config::OtlpProtocol;
use carbon_tracker::sink::{Delivery, Sink, SinkError};

use super::Transport;
use super::http::Http;
use super::message::{Origin, Span, request};
use super::settings::{OtlpError, OtlpSettings};
use crate::metrics::courier::Courier;
use crate::metrics::tally::Tally;

/// Exports what a run has come to, at every record, in the background.
pub struct OtlpSink {
    name: &'static str,
    origin: Origin,
    stop_wait: Duration,
    run_id: Option<String>,
    began: Duration,
    tally: Tally,
    courier: Courier<Vec<u8>>,
}

impl OtlpSink {
    /// A sink that has sent nothing yet and has no thread.
    ///
    /// # Errors
    /// The settings cannot be used, or this build has no gRPC.
    pub fn new(settings: OtlpSettings) -> Result<Self, OtlpError> {
        let mut transport = transport(&settings)?;
        let OtlpSettings { name, service_name, attributes, stop_wait, .. } = settings;
        let thread = "codecarbon-otlp";
        Ok(Self {
            name,
            origin: Origin { service_name, attributes },
            stop_wait,
            run_id: None,
            began: Duration::ZERO,
            tally: Tally::default(),
            courier: Courier::new(thread, move |bytes: &Vec<u8>| transport.send(bytes)),
        })
    }

    /// Exports the totals of a run.
    ///
    /// # Errors
    /// The system starts no thread.
    pub fn export(&mut self, total: &EmissionsRecord) -> Result<Delivery, SinkError> {
        let now = SystemClock.now().wall;
        if self.run_id.as_ref() != Some(&total.run_id) {
            self.run_id = Some(total.run_id.clone());
            let lasted = Duration::try_from_secs_f64(total.duration).unwrap_or_default();
            self.began = now.saturating_sub(lasted);
        }
        self.tally.take(total);
        let span = Span { began: self.began, now: now.max(self.began) };
        let bytes = request(&self.origin, total, &self.tally, span);
        let name = self.name;
        self.courier.post(bytes).map_err(|error| SinkError::new(name, error))?;
        let notices = self
            .courier
            .news()
            .map(|fault| format!("{name}: {fault}; metrics are sent again while the run goes on"));
        Ok(Delivery { saved_to: None, notices: notices.into_iter().collect() })
    }
}

#[cfg(feature = "grpc")]
fn transport(settings: &OtlpSettings) -> Result<Box<dyn Transport>, OtlpError> {
    Ok(match settings.protocol {
        OtlpProtocol::Http => Box::new(Http::new(settings)?),
        OtlpProtocol::Grpc => Box::new(super::grpc::Grpc::new(settings)?),
    })
}

#[cfg(not(feature = "grpc"))]
fn transport(settings: &OtlpSettings) -> Result<Box<dyn Transport>, OtlpError> {
    match settings.protocol {
        OtlpProtocol::Http => Ok(Box::new(Http::new(settings)?)),
        OtlpProtocol::Grpc => Err(OtlpError::NoGrpc),
    }
}

impl Sink for OtlpSink {
    fn out(
        &mut self,
        total: &EmissionsRecord,
        _delta: &EmissionsRecord,
    ) -> Result<Delivery, SinkError> {
        self.export(total)
    }

    fn live_out(
        &mut self,
        total: &EmissionsRecord,
        _delta: &EmissionsRecord,
    ) -> Result<Delivery, SinkError> {
        self.export(total)
    }

    fn exit(&mut self) -> Vec<String> {
        let name = self.name;
        let what = "the last metrics did not arrive";
        match self.courier.finish(self.stop_wait) {
            Ok(()) => Vec::new(),
            Err(Some(fault)) => vec![format!("{name}: {what}: {fault}")],
            Err(None) => {
                let waited_s = self.stop_wait.as_secs_f64();
                vec![format!("{name}: {what} within {waited_s} s: no answer from the collector")]
            }
        }
    }
}

impl std::fmt::Debug for OtlpSink {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("OtlpSink").field("name", &self.name).finish_non_exhaustive()
    }
}
