//! From what was measured to the curve of the load model: idle and full power, and, with loads
//! between, the bend. Pure.

use carbon_sensors::load_model::{USUAL_BEND, rise};
use carbon_tracker::calibration::CalibrationPoint;

/// What loads of other kinds than the one of the calibration do to a curve through idle and full
/// load alone, and to one whose bend was measured.
const OTHER_LOADS_TWO_POINTS: f64 = 0.20;
const OTHER_LOADS_THOROUGH: f64 = 0.15;

/// The part of a meter's own error that these figures, which were taken against RAPL, contain.
const CONTAINED_ERROR: f64 = 0.05;

/// Least rise from idle to full load, as a share of full load. No computer rises less; a meter of
/// something else does, by its noise.
const LEAST_RISE: f64 = 0.01;

/// A curve through points.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Curve {
    pub(super) idle_w: f64,
    pub(super) full_w: f64,
    pub(super) bend: f64,
    /// Largest deviation from a point, as a share of what was measured there.
    pub(super) residual: f64,
}

/// Fits the curve; the bend only where there are more than two points. `None` unless power rises
/// by more than noise from an idle one that is not negative.
pub(super) fn fit(points: &[CalibrationPoint]) -> Option<Curve> {
    let bend = if points.len() > 2 { best_bend(points)? } else { USUAL_BEND };
    let (idle_w, rise_w) = line(points, bend)?;
    let curve = Curve { idle_w, full_w: idle_w + rise_w, bend, residual: 0.0 };
    let residual = deviations(points, &curve).fold(0.0, f64::max);
    (idle_w >= 0.0 && rise_w > LEAST_RISE * curve.full_w).then_some(Curve { residual, ..curve })
}

/// The error of the calibrated model, 0 to 1, from its parts: loads of other kinds, the meter, and
/// what the curve or repeated readings leave open.
pub(super) fn relative_error(is_thorough: bool, meter_error: f64, residual: f64) -> f64 {
    let loads = if is_thorough { OTHER_LOADS_THOROUGH } else { OTHER_LOADS_TWO_POINTS };
    let meter = (meter_error.powi(2) - CONTAINED_ERROR.powi(2)).max(0.0);
    (loads.powi(2) + meter + residual.powi(2)).sqrt().min(0.95)
}

fn power_w(curve: &Curve, busy_share: f64) -> f64 {
    curve.idle_w + (curve.full_w - curve.idle_w) * rise(curve.bend, busy_share)
}

fn deviations<'a>(
    points: &'a [CalibrationPoint],
    curve: &'a Curve,
) -> impl Iterator<Item = f64> + 'a {
    points.iter().map(|p| (power_w(curve, p.busy_share) - p.power_w).abs() / p.power_w.max(1e-9))
}

/// Idle power and its rise to full load that lie nearest to the points for a bend, by least squares
/// of relative deviations.
fn line(points: &[CalibrationPoint], bend: f64) -> Option<(f64, f64)> {
    let (mut s, mut sx, mut sy, mut sxx, mut sxy) = (0.0, 0.0, 0.0, 0.0, 0.0);
    for point in points {
        let weight = point.power_w.max(1e-9).powi(-2);
        let (x, y) = (rise(bend, point.busy_share), point.power_w);
        s += weight;
        sx += weight * x;
        sy += weight * y;
        sxx += weight * x * x;
        sxy += weight * x * y;
    }
    let determinant = s * sxx - sx * sx;
    if determinant.abs() < 1e-12 * s * s {
        return None;
    }
    let slope = (s * sxy - sx * sy) / determinant;
    Some(((sy - slope * sx) / s, slope))
}

/// The bend with the least squares of deviations, between flat at first (−0.9) and steep (50): a
/// search over the logarithm of 1 + bend, coarse and then fine.
fn best_bend(points: &[CalibrationPoint]) -> Option<f64> {
    let squares = |log: f64| -> f64 {
        let bend = log.exp_m1();
        let Some((idle_w, rise_w)) = line(points, bend) else { return f64::INFINITY };
        let curve = Curve { idle_w, full_w: idle_w + rise_w, bend, residual: 0.0 };
        deviations(points, &curve).map(|deviation| deviation * deviation).sum()
    };
    let (mut low, mut high) = ((-0.9_f64).ln_1p(), 50.0_f64.ln_1p());
    for _ in 0..6 {
        let step = (high - low) / 20.0;
        let candidates = (0..=20).map(|n| low + f64::from(n) * step);
        let best = candidates.min_by(|a, b| squares(*a).total_cmp(&squares(*b)))?;
        (low, high) = ((best - step).max(low), (best + step).min(high));
    }
    let best = f64::midpoint(low, high);
    squares(best).is_finite().then(|| best.exp_m1())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn points(curve: impl Fn(f64) -> f64, shares: &[f64]) -> Vec<CalibrationPoint> {
        let point = |&busy_share: &f64| CalibrationPoint { busy_share, power_w: curve(busy_share) };
        shares.iter().map(point).collect()
    }

    #[test]
    fn two_points_that_are_not_quite_idle_and_full_give_the_ends() {
        let truth = |u: f64| 20.0 + 80.0 * rise(USUAL_BEND, u);
        let curve = fit(&points(truth, &[0.03, 0.97])).unwrap();
        assert!((curve.idle_w - 20.0).abs() < 1e-9 && (curve.full_w - 100.0).abs() < 1e-9);
        assert_eq!(curve.bend, USUAL_BEND);
        assert!(curve.residual < 1e-12);
    }

    #[test]
    fn steps_between_give_the_bend() {
        for bend in [-0.6, 0.0, 1.0, 3.4, 12.0] {
            let truth = |u: f64| 15.0 + 60.0 * rise(bend, u);
            let curve = fit(&points(truth, &[0.01, 0.25, 0.5, 0.75, 1.0])).unwrap();
            assert!((curve.bend - bend).abs() < 0.01 * (1.0 + bend), "{bend}: {curve:?}");
            assert!((curve.full_w - 75.0).abs() < 0.05, "{curve:?}");
            assert!(curve.residual < 1e-3, "{curve:?}");
        }
    }

    #[test]
    fn what_the_curve_cannot_follow_is_its_residual() {
        let mut bumpy = points(|u| 20.0 + 60.0 * u, &[0.0, 0.25, 0.5, 0.75, 1.0]);
        bumpy[2].power_w *= 1.10;
        let curve = fit(&bumpy).unwrap();
        assert!((0.03..0.10).contains(&curve.residual), "{curve:?}");
    }

    #[test]
    fn power_that_does_not_rise_is_no_curve() {
        assert_eq!(fit(&points(|_| 30.0, &[0.0, 1.0])), None);
        assert_eq!(fit(&points(|u| 30.0 + 1e-9 * u, &[0.02, 0.93])), None, "noise");
        assert_eq!(fit(&points(|u| 50.0 - 20.0 * u, &[0.0, 1.0])), None);
        assert_eq!(fit(&points(|u| 50.0 + 20.0 * u, &[0.5, 0.5])), None, "one load only");
    }

    #[test]
    fn errors_add_up_and_never_below_what_other_loads_do() {
        assert_eq!(relative_error(false, 0.05, 0.0), 0.20);
        assert_eq!(relative_error(true, 0.02, 0.0), 0.15);
        assert!((relative_error(true, 0.05, 0.08) - 0.17).abs() < 1e-12);
        assert!(relative_error(false, 0.10, 0.0) > 0.21);
        assert!(relative_error(false, 0.1, 5.0) < 1.0);
    }
}
