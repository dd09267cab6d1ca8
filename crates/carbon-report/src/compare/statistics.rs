//! Means, their differences and how sure they are.
//!
//! Intervals are Student's: of the differences of pairs, or of two groups of unlike spread (Welch).
//! They say how much of a difference is noise from run to run; what all runs share, such as the error
//! of a meter, is in neither side of the comparison.

/// Normal deviate of a 95 % interval, and of the 80 % chance to see a difference that is there.
const Z_95: f64 = 1.959_963_985;
const Z_80: f64 = 0.841_621_234;

/// More trials than this are not worth proposing.
const MOST_TRIALS: f64 = 10_000.0;

/// Some numbers: how many, their mean and their spread.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Mean {
    /// How many.
    pub count: usize,
    /// Their mean.
    pub mean: f64,
    /// Standard deviation; 0 for less than two.
    pub deviation: f64,
}

impl Mean {
    /// Of numbers; the mean of none is 0.
    pub fn of(numbers: &[f64]) -> Self {
        let count = numbers.len();
        let mean = if count > 0 { numbers.iter().sum::<f64>() / count as f64 } else { 0.0 };
        let squares: f64 = numbers.iter().map(|number| (number - mean).powi(2)).sum();
        let deviation = if count > 1 { (squares / (count - 1) as f64).sqrt() } else { 0.0 };
        Self { count, mean, deviation }
    }

    /// Square of the standard error of the mean.
    fn error2(&self) -> f64 {
        if self.count > 0 { self.deviation.powi(2) / self.count as f64 } else { 0.0 }
    }
}

/// A difference B − A with what is known of it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Difference {
    /// The difference of the means.
    pub value: f64,
    /// Its 95 % interval; `None` when a side has less than two numbers.
    pub interval: Option<(f64, f64)>,
    /// How many more numbers a side would probably show a difference of this size, if it is real;
    /// `None` when it is shown already, or when thousands would not do.
    pub more: Option<usize>,
}

impl Difference {
    /// Whether the interval leaves no doubt on the sign.
    pub fn is_shown(&self) -> bool {
        self.interval.is_some_and(|(low, high)| low > 0.0 || high < 0.0)
    }

    /// Of pairs that were taken one after the other; what is left over on a side is ignored.
    pub fn of_pairs(a: &[f64], b: &[f64]) -> Self {
        let differences: Vec<f64> = a.iter().zip(b).map(|(a, b)| b - a).collect();
        let mean = Mean::of(&differences);
        let degrees = mean.count.saturating_sub(1);
        Self::new(mean.mean, mean.error2(), degrees, mean.count, mean.deviation.powi(2))
    }

    /// Of two groups that have nothing to do with each other (Welch's interval).
    pub fn of_groups(a: &[f64], b: &[f64]) -> Self {
        let (a, b) = (Mean::of(a), Mean::of(b));
        let (error_a, error_b) = (a.error2(), b.error2());
        let fewest = a.count.min(b.count);
        let shares = [(error_a, a.count), (error_b, b.count)]
            .map(|(error, count)| error.powi(2) / (count.max(2) - 1) as f64);
        let below: f64 = shares.iter().sum();
        let degrees = if fewest < 2 {
            0
        } else if below > 0.0 {
            // Rounded down: the interval is then a little wide rather than narrow.
            ((error_a + error_b).powi(2) / below).floor() as usize
        } else {
            a.count + b.count - 2
        };
        let spread2 = a.deviation.powi(2) + b.deviation.powi(2);
        Self::new(b.mean - a.mean, error_a + error_b, degrees, fewest, spread2)
    }

    fn new(value: f64, error2: f64, degrees: usize, count: usize, spread2: f64) -> Self {
        if degrees == 0 {
            return Self { value, interval: None, more: None };
        }
        let half = student_95(degrees) * error2.sqrt();
        let interval = Some((value - half, value + half));
        let mut difference = Self { value, interval, more: None };
        if !difference.is_shown() && value != 0.0 {
            let needed = ((Z_95 + Z_80).powi(2) * spread2 / value.powi(2)).ceil();
            let more = (needed - count as f64).max(1.0);
            difference.more = (more <= MOST_TRIALS).then_some(more as usize);
        }
        difference
    }
}

/// The factor of a 95 % interval by Student's distribution, for whole degrees of freedom.
///
/// Exact for one and two; beyond by the expansion of Fisher and Cornish (Abramowitz and Stegun,
/// 26.7.5), which is right to 0.2 % at three and better from there on.
fn student_95(degrees: usize) -> f64 {
    const TAIL: f64 = 0.025;
    match degrees {
        0 => f64::INFINITY,
        1 => 1.0 / (std::f64::consts::PI * TAIL).tan(),
        2 => (1.0 - 2.0 * TAIL) / (2.0 * TAIL * (1.0 - TAIL)).sqrt(),
        degrees => {
            let (n, z) = (degrees as f64, Z_95);
            let z2 = z * z;
            let g1 = z * (z2 + 1.0) / 4.0;
            let g2 = z * ((5.0 * z2 + 16.0) * z2 + 3.0) / 96.0;
            let g3 = z * (((3.0 * z2 + 19.0) * z2 + 17.0) * z2 - 15.0) / 384.0;
            let g4 =
                z * ((((79.0 * z2 + 776.0) * z2 + 1482.0) * z2 - 1920.0) * z2 - 945.0) / 92_160.0;
            z + g1 / n + g2 / n.powi(2) + g3 / n.powi(3) + g4 / n.powi(4)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_factors_of_students_distribution_are_those_of_the_tables() {
        for (degrees, factor) in [
            (1, 12.7062),
            (2, 4.3027),
            (3, 3.1824),
            (4, 2.7764),
            (5, 2.5706),
            (9, 2.2622),
            (30, 2.0423),
            (120, 1.9799),
        ] {
            let own = student_95(degrees);
            assert!((own / factor - 1.0).abs() < 0.002, "{degrees}: {own} is not {factor}");
        }
    }

    #[test]
    fn pairs_take_out_what_both_sides_share() {
        // Each pair differs by 1 ± 0.1, while the pairs drift by hundreds.
        let a = [100.0, 200.0, 300.0, 400.0];
        let b = [101.0, 201.1, 300.9, 401.0];
        let paired = Difference::of_pairs(&a, &b);
        assert!((paired.value - 1.0).abs() < 1e-9);
        assert!(paired.is_shown() && paired.more.is_none());
        // s = 0.081650, n = 4: ± 3.1824 · 0.040825 = 0.12992.
        let (low, high) = paired.interval.unwrap();
        assert!((low - 0.870).abs() < 1e-3 && (high - 1.130).abs() < 1e-3, "{low} {high}");
        assert!(!Difference::of_groups(&a, &b).is_shown());
    }

    #[test]
    fn welchs_interval_is_that_of_a_worked_case() {
        // Means 20.6 and 22.133, standard deviations 1.2942 and 0.9832 (n = 5 and 6).
        let a = [19.0, 20.0, 20.5, 21.0, 22.5];
        let b = [21.0, 21.3, 21.8, 22.2, 22.9, 23.6];
        let difference = Difference::of_groups(&a, &b);
        let (mean_a, mean_b) = (Mean::of(&a), Mean::of(&b));
        assert!((mean_a.deviation - 1.294_22).abs() < 1e-4, "{mean_a:?}");
        assert!((mean_b.deviation - 0.983_19).abs() < 1e-4, "{mean_b:?}");
        // Error √(0.335 + 0.161111) = 0.704352; 7.43 degrees, so 7: 2.3646.
        let (low, high) = difference.interval.unwrap();
        let half = (high - low) / 2.0;
        assert!((half / (2.3646 * 0.704_352) - 1.0).abs() < 1e-3, "{half}");
        assert!((difference.value - 1.533_333).abs() < 1e-5);
    }

    #[test]
    fn noise_larger_than_the_difference_is_no_verdict_and_says_how_many_more() {
        let a = [10.0, 12.0, 9.0, 11.0];
        let b = [10.5, 12.0, 9.5, 11.5];
        let difference = Difference::of_groups(&a, &b);
        assert!(!difference.is_shown());
        // (1.96 + 0.84)² · (1.6667 + 1.2292) / 0.375² = 161.6 a side.
        let more = difference.more.unwrap();
        assert!((155..=162).contains(&more), "{more}");
    }

    #[test]
    fn too_few_numbers_have_no_interval() {
        assert_eq!(Difference::of_groups(&[1.0], &[2.0, 3.0]).interval, None);
        assert_eq!(Difference::of_pairs(&[1.0], &[2.0]).interval, None);
        assert_eq!(Difference::of_pairs(&[], &[]).value, 0.0);
        let same = Difference::of_pairs(&[1.0, 1.0], &[1.0, 1.0]);
        assert!(!same.is_shown() && same.more.is_none());
    }
}
