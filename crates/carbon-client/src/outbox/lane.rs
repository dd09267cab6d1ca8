//! When an endpoint that failed is asked again: after 1 s, 2 s, 4 s, … up to 5 minutes, each time a
//! bit earlier by chance so that many programs do not come at once, and never before it asked to be.

use std::time::Duration;

const FIRST_PAUSE: Duration = Duration::from_secs(1);
const LONGEST_PAUSE: Duration = Duration::from_mins(5);
/// Longest wait that a server can ask for.
const LONGEST_ASKED: Duration = Duration::from_hours(24);
/// Time after a try from which the end of a run is worth another.
const WORTH_A_TRY: Duration = Duration::from_mins(1);

/// The way to one endpoint. Times are of the monotonic clock.
#[derive(Debug, Default)]
pub(crate) struct Lane {
    failures: u32,
    not_before: Duration,
    last_try: Duration,
    has_asked: bool,
    why: String,
}

impl Lane {
    /// When it may be used: now if that is past.
    pub(crate) fn not_before(&self) -> Duration {
        self.not_before
    }

    /// Why it failed last, while it is waited for.
    pub(crate) fn failing(&self, now: Duration) -> Option<&str> {
        (self.failures > 0 && self.not_before > now).then_some(self.why.as_str())
    }

    /// Failures in a row.
    pub(crate) fn failures(&self) -> u32 {
        self.failures
    }

    /// A call went well.
    pub(crate) fn succeeded(&mut self) {
        *self = Self::default();
    }

    /// A call failed. `chance` is a random number from 0 to 1; `again` asks for one more try at once,
    /// which the first failure may have.
    pub(crate) fn failed(
        &mut self,
        now: Duration,
        asked: Option<Duration>,
        chance: f64,
        again: bool,
        why: String,
    ) {
        let doubled = FIRST_PAUSE.saturating_mul(1 << self.failures.min(16)).min(LONGEST_PAUSE);
        let pause = doubled.mul_f64(0.5 + chance.clamp(0.0, 1.0) / 2.0);
        let pause = if again && self.failures == 0 { Duration::ZERO } else { pause };
        self.not_before = now + pause.max(asked.unwrap_or_default().min(LONGEST_ASKED));
        self.failures += 1;
        self.last_try = now;
        self.has_asked = asked.is_some();
        self.why = why;
    }

    /// Makes a try worth it whose last one is long past, unless the server asked for the pause.
    pub(crate) fn nudge(&mut self, now: Duration) {
        if self.failures > 0 && !self.has_asked && now >= self.last_try + WORTH_A_TRY {
            self.not_before = now;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn s(seconds: f64) -> Duration {
        Duration::from_secs_f64(seconds)
    }

    #[test]
    fn pauses_double_up_to_five_minutes_and_a_success_ends_them() {
        let mut lane = Lane::default();
        let mut pauses = Vec::new();
        for _ in 0..11 {
            lane.failed(s(100.0), None, 1.0, false, "down".into());
            pauses.push(lane.not_before().as_secs() - 100);
        }
        assert_eq!(pauses, [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300]);
        assert_eq!(lane.failing(s(100.0)), Some("down"));
        lane.succeeded();
        assert_eq!((lane.not_before(), lane.failing(s(0.0))), (s(0.0), None));
    }

    #[test]
    fn chance_shortens_a_pause_by_half_at_most() {
        let mut lane = Lane::default();
        lane.failed(s(0.0), None, 0.0, false, String::new());
        assert_eq!(lane.not_before(), s(0.5));
    }

    #[test]
    fn what_a_server_asks_for_is_kept_to() {
        let mut lane = Lane::default();
        lane.failed(s(10.0), Some(s(90.0)), 1.0, false, "429".into());
        assert_eq!(lane.not_before(), s(100.0));
        lane.nudge(s(95.0));
        assert_eq!(lane.not_before(), s(100.0));
        lane.failed(s(100.0), Some(s(1e9)), 1.0, false, "429".into());
        assert_eq!(lane.not_before(), s(100.0) + s(86_400.0));
    }

    #[test]
    fn a_cut_connection_is_tried_again_at_once_but_only_once() {
        let mut lane = Lane::default();
        lane.failed(s(10.0), None, 1.0, true, "cut".into());
        assert_eq!((lane.not_before(), lane.failing(s(10.0))), (s(10.0), None));
        lane.failed(s(10.0), None, 1.0, true, "cut".into());
        assert_eq!(lane.not_before(), s(12.0));
    }

    #[test]
    fn the_end_of_a_run_tries_again_when_the_last_try_is_long_past() {
        let mut lane = Lane::default();
        for _ in 0..9 {
            lane.failed(s(0.0), None, 1.0, false, "down".into());
        }
        lane.nudge(s(59.0));
        assert_eq!(lane.not_before(), s(256.0));
        lane.nudge(s(60.0));
        assert_eq!(lane.not_before(), s(60.0));
    }
}
