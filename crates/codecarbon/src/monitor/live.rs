//! Live records: what a run comes to so far, sent while it goes on to whoever follows it.
//!
//! One is due every `api_call_interval` measurements, and the start of a run is the first. The sinks
//! return at once (see [`carbon_tracker::sink::Sink::live_out`]), so the loop that waits for the
//! command or prints its lines may send.

use std::time::Duration;

use carbon_tracker::Run;
use carbon_tracker::config::{CallInterval, Config};

/// When the next one is due, and what was heard of those before.
#[derive(Debug)]
pub(crate) struct LiveRecords {
    every: Option<Duration>,
    next: Duration,
    told: Vec<String>,
}

impl LiveRecords {
    /// Of a run that starts now, by the monotonic clock; `is_followed` if it has sinks that want
    /// them.
    pub(crate) fn new(config: &Config, is_followed: bool, now: Duration) -> Self {
        let measurements = match config.api_call_interval {
            CallInterval::Every(count) if is_followed => Some(count.get()),
            _ => None,
        };
        let period = config.measure_power_secs;
        let first = measurements.map_or(0, |count| (count - 1).max(1));
        Self {
            every: measurements.map(|count| period.saturating_mul(count)),
            next: now.saturating_add(period.saturating_mul(first)),
            told: Vec::new(),
        }
    }

    /// The time until one is due; `None` for never.
    pub(crate) fn until_next(&self, now: Duration) -> Option<Duration> {
        self.every.map(|_| self.next.saturating_sub(now))
    }

    /// Sends one if it is due. Returns what is heard of it and of those before for the first time,
    /// in sentences.
    pub(crate) fn send(&mut self, run: &mut Run, now: Duration) -> Vec<String> {
        let Some(every) = self.every.filter(|_| now >= self.next) else { return Vec::new() };
        self.next = self.next.saturating_add(every);
        if self.next <= now {
            // After a long stop (Ctrl-Z) one, not one for each that was missed.
            self.next = now.saturating_add(every);
        }
        // What is known of the run itself is told at its end.
        let Some(known) = run.peek().map(|outcome| outcome.warnings) else { return Vec::new() };
        let Some(outcome) = run.flush_live() else { return Vec::new() };
        let mut news = outcome.warnings;
        news.retain(|notice| !known.contains(notice) && !self.told.contains(notice));
        self.told.extend(news.iter().cloned());
        news
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use carbon_model::EmissionsRecord;
    use carbon_testkit::{Machine, machines};
    use carbon_tracker::sink::{Delivery, Sink, SinkError};
    use carbon_tracker::{Hub, Sampling, Tracker};

    use super::*;

    fn at(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    fn config(every: &str) -> Config {
        let mut config = Config { measure_power_secs: at(10), ..Config::default() };
        assert_eq!(config.set("api_call_interval", every), Ok(true));
        config
    }

    #[test]
    fn the_start_is_the_first_measurement() {
        let records = LiveRecords::new(&config("3"), true, at(100));
        assert_eq!(records.until_next(at(100)), Some(at(20)));
        assert_eq!(records.until_next(at(130)), Some(at(0)));
        let records = LiveRecords::new(&config("1"), true, at(100));
        assert_eq!(records.until_next(at(100)), Some(at(10)));
    }

    #[test]
    fn without_followers_or_wish_none_is_due() {
        assert_eq!(LiveRecords::new(&config("3"), false, at(0)).until_next(at(0)), None);
        assert_eq!(LiveRecords::new(&config("-1"), true, at(0)).until_next(at(0)), None);
    }

    /// Complains of every record that it gets.
    struct Complaining(Arc<Mutex<Vec<f64>>>);

    impl Sink for Complaining {
        fn out(&mut self, _: &EmissionsRecord, _: &EmissionsRecord) -> Result<Delivery, SinkError> {
            Ok(Delivery::default())
        }

        fn live_out(
            &mut self,
            total: &EmissionsRecord,
            _: &EmissionsRecord,
        ) -> Result<Delivery, SinkError> {
            self.0.lock().unwrap().push(total.duration);
            Ok(Delivery { notices: vec!["not sent".into()], ..Delivery::default() })
        }
    }

    #[test]
    fn one_is_sent_when_it_is_due_and_a_complaint_is_told_once() {
        let machine = Machine::load(machines::AMD);
        let hub = Hub::new(carbon_tracker::Machine::at(machine.sysroot()), Sampling::Manual);
        let heard = Arc::new(Mutex::new(Vec::new()));
        let sink = Box::new(Complaining(Arc::clone(&heard)));
        // The place is not known, which is a warning of the run and not of a delivery.
        let mut run = Tracker::new(&hub, Config::default()).with_sink(sink).start();
        let mut records = LiveRecords::new(&config("2"), true, at(0));
        assert!(records.send(&mut run, at(9)).is_empty());
        assert_eq!(records.send(&mut run, at(10)), ["not sent"]);
        assert!(records.send(&mut run, at(11)).is_empty());
        assert!(records.send(&mut run, at(300)).is_empty());
        assert_eq!(records.until_next(at(300)), Some(at(20)));
        assert_eq!(heard.lock().unwrap().len(), 2);
    }
}
