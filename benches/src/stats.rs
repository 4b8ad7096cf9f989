//! Medians, percentiles and how figures are written.

/// A sample of a measure.
#[derive(Clone, Debug, Default)]
pub struct Sample(Vec<f64>);

impl Sample {
    /// A sample of these values.
    pub fn of(mut values: Vec<f64>) -> Self {
        values.retain(|value| value.is_finite());
        values.sort_by(f64::total_cmp);
        Self(values)
    }

    /// The value below which `share` (0 to 1) of all lie; NaN of nothing.
    pub fn percentile(&self, share: f64) -> f64 {
        let last = self.0.len().saturating_sub(1);
        let at = (0..=last).find(|at| number(*at) >= share * number(last));
        at.and_then(|at| self.0.get(at))
            .copied()
            .unwrap_or(f64::NAN)
    }

    /// The middle.
    pub fn median(&self) -> f64 {
        self.percentile(0.5)
    }

    /// Least and most, as `1.2–3.4`.
    pub fn spread(&self) -> String {
        match (self.0.first(), self.0.last()) {
            (Some(least), Some(most)) => format!("{}–{}", figure(*least), figure(*most)),
            _ => String::new(),
        }
    }
}

/// A count as a number to calculate with; counts here are far below 2^53.
pub fn number(count: impl TryInto<u64>) -> f64 {
    let count: u64 = count.try_into().unwrap_or(u64::MAX);
    let high = u32::try_from(count >> 32).unwrap_or(u32::MAX);
    let low = u32::try_from(count & u64::from(u32::MAX)).unwrap_or(u32::MAX);
    f64::from(high) * 4_294_967_296.0 + f64::from(low)
}

/// A number as a count, at least 1.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "clamped to what a count can be"
)]
pub fn count(value: f64) -> usize {
    value.round().clamp(1.0, 1e9) as usize
}

/// Three significant digits, thousands with a comma.
pub fn figure(value: f64) -> String {
    if !value.is_finite() {
        return "–".into();
    }
    let digits = match value.abs() {
        v if v >= 99.95 => 0,
        v if v >= 9.995 => 1,
        _ => 2,
    };
    let text = format!("{value:.digits$}");
    let (whole, rest) = text
        .split_once('.')
        .map_or((text.as_str(), None), |(w, r)| (w, Some(r)));
    let mut out = String::new();
    for (at, digit) in whole.chars().enumerate() {
        let left = whole.chars().count() - at;
        if at > 0 && left % 3 == 0 && digit.is_ascii_digit() && !out.ends_with('-') {
            out.push(',');
        }
        out.push(digit);
    }
    rest.map_or(out.clone(), |rest| format!("{out}.{rest}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_percentile_is_a_value_of_the_sample() {
        let sample = Sample::of((1..=100).rev().map(f64::from).collect());
        assert_eq!(sample.percentile(0.0), 1.0);
        assert_eq!(Sample::of(vec![3.0, 1.0, 2.0]).median(), 2.0);
        assert_eq!(sample.percentile(0.99), 100.0 - 0.0);
        assert!(Sample::default().median().is_nan());
        assert_eq!(sample.spread(), "1.00–100");
    }

    #[test]
    fn figures_have_three_digits_and_commas() {
        for (value, text) in [
            (7.346, "7.35"),
            (17.52, "17.5"),
            (14_512.3, "14,512"),
            (999.96, "1,000"),
            (0.0, "0.00"),
        ] {
            assert_eq!(figure(value), text);
        }
    }
}
