//! Minimum, median, and how sure the median is.

/// Values of one measurement.
#[derive(Debug, Clone, Default)]
pub(crate) struct Values(Vec<f64>);

impl Values {
    /// Adds one.
    pub(crate) fn push(&mut self, value: f64) {
        let at = self.0.partition_point(|&v| v < value);
        self.0.insert(at, value);
    }

    /// The smallest; not a number when there is none.
    pub(crate) fn min(&self) -> f64 {
        self.0.first().copied().unwrap_or(f64::NAN)
    }

    /// The largest; not a number when there is none.
    pub(crate) fn max(&self) -> f64 {
        self.0.last().copied().unwrap_or(f64::NAN)
    }

    /// The middle one, or the mean of the two in the middle.
    pub(crate) fn median(&self) -> f64 {
        f64::midpoint(self.quantile(0.5 - 1e-9), self.quantile(0.5 + 1e-9))
    }

    /// Half-width of a 95 % interval of the median (1.57 × interquartile range ÷ √n).
    pub(crate) fn median_uncertainty(&self) -> f64 {
        1.57 * (self.quantile(0.75) - self.quantile(0.25)) / (self.0.len() as f64).sqrt()
    }

    fn quantile(&self, q: f64) -> f64 {
        let at = (q * self.0.len() as f64).floor() as usize;
        self.0.get(at.min(self.0.len().saturating_sub(1))).copied().unwrap_or(f64::NAN)
    }
}

/// What a table shows of a measurement.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Figure {
    /// The middle.
    pub(crate) median: f64,
    /// The sample that was disturbed least: the shortest time, the greatest rate.
    pub(crate) best: f64,
}

impl Figure {
    /// Of values that should be low.
    pub(crate) fn low(values: &Values) -> Self {
        Self { median: values.median(), best: values.min() }
    }

    /// Of values that should be high.
    pub(crate) fn high(values: &Values) -> Self {
        Self { median: values.median(), best: values.max() }
    }

    /// What `values` take beyond what `base` takes.
    pub(crate) fn beyond(values: &Values, base: &Values) -> Self {
        let base = base.median();
        Self { median: values.median() - base, best: values.min() - base }
    }
}

impl FromIterator<f64> for Values {
    fn from_iter<I: IntoIterator<Item = f64>>(values: I) -> Self {
        let mut sorted: Vec<f64> = values.into_iter().collect();
        sorted.sort_by(f64::total_cmp);
        Self(sorted)
    }
}

#[cfg(test)]
mod tests {
    use super::Values;

    #[test]
    fn the_median_of_an_even_number_lies_between_the_two_in_the_middle() {
        assert_eq!(Values::from_iter([4.0, 1.0, 3.0, 2.0]).median(), 2.5);
        assert_eq!(Values::from_iter([9.0, 1.0, 3.0]).median(), 3.0);
        assert_eq!(Values::from_iter([9.0, 1.0, 3.0]).min(), 1.0);
        assert!(Values::default().median().is_nan());
    }
}
