//! Powers over a stretch of time, and what they come to.

use std::time::Duration;

/// Mean powers of consecutive intervals.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Series(Vec<(f64, f64)>);

/// What a series comes to.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Mean {
    /// Watts.
    pub(super) power_w: f64,
    /// By how much either half differs from the whole, as a share of it: what another calibration
    /// would differ by.
    pub(super) scatter: f64,
}

impl Series {
    /// Adds an interval; one without length or with a power that is no number is left out.
    pub(super) fn push(&mut self, length: Duration, power_w: f64) {
        if !length.is_zero() && power_w.is_finite() {
            self.0.push((length.as_secs_f64(), power_w));
        }
    }

    /// The mean over time; `None` of nothing.
    pub(super) fn mean(&self) -> Option<Mean> {
        let power_w = mean_of(&self.0)?;
        let halves = self.0.split_at(self.0.len() / 2);
        let scatter = match (mean_of(halves.0), mean_of(halves.1)) {
            (Some(first), Some(second)) if power_w > 0.0 => (first - second).abs() / 2.0 / power_w,
            _ => 0.0,
        };
        Some(Mean { power_w, scatter })
    }
}

fn mean_of(intervals: &[(f64, f64)]) -> Option<f64> {
    let length: f64 = intervals.iter().map(|(length, _)| length).sum();
    let energy: f64 = intervals.iter().map(|(length, power_w)| length * power_w).sum();
    (length > 0.0).then(|| energy / length)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn intervals_weigh_by_their_length_and_halves_tell_the_scatter() {
        let mut series = Series::default();
        assert_eq!(series.mean(), None);
        series.push(Duration::from_secs(3), 10.0);
        assert_eq!(series.mean().unwrap(), Mean { power_w: 10.0, scatter: 0.0 });
        series.push(Duration::from_secs(1), 30.0);
        series.push(Duration::ZERO, 1e9);
        series.push(Duration::from_secs(1), f64::NAN);
        let mean = series.mean().unwrap();
        assert_eq!(mean.power_w, 15.0);
        assert!((mean.scatter - 20.0 / 2.0 / 15.0).abs() < 1e-12);
    }
}
