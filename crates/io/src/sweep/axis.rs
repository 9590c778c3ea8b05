//! `--vary KEY=…`: a key of a scenario and the values that it is given.

use rust_decimal::Decimal;

use super::error::{AxisProblem, SweepError};

/// Most values of one key: they are numbered, and these numbers stand in JSON.
const MOST_VALUES: u64 = 1 << 53;

/// A key of a scenario and the values that a sweep gives it: a list of them, or a range of numbers.
///
/// A range is `start:stop:step`. Its values are start, start + step, start + 2 step and so on up to stop, which is one
/// of them if steps lead there. It is gone through in decimals, as it is written: `0:4:0.1` has 41 values, among them
/// 0.3 and 4, where adding up binary fractions would make 0.30000000000000004 and might fall short of 4. Each value is
/// then rounded once, to the nearest number that a computer has.
///
/// In a list, commas within brackets, braces or quotation marks belong to a value.
///
/// ```
/// use lampyrid_io::sweep::Axis;
///
/// let strength = Axis::parse("coupling.strength=0:4:0.1")?;
/// assert_eq!((strength.key(), strength.count()), ("coupling.strength", 41));
/// assert_eq!((strength.value(3).as_deref(), strength.value(40).as_deref()), (Some("0.3"), Some("4")));
/// let kind = Axis::parse("network.kind=ring,star")?;
/// assert_eq!(kind.value(1).as_deref(), Some("star"));
/// # Ok::<(), lampyrid_io::sweep::SweepError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Axis {
    key: String,
    written: String,
    values: Values,
}

#[derive(Clone, Debug, PartialEq)]
enum Values {
    List(Vec<String>),
    Range { start: Decimal, step: Decimal, count: u64 },
}

impl Axis {
    /// Reads `key=value,value,…` or `key=start:stop:step`. Whether a scenario has that key is found when it is set.
    ///
    /// # Errors
    ///
    /// When key or values are missing or a value is named twice; for a range, when a part of it is not a number of at
    /// most 28 digits, when the step is zero or leads away from the stop, and when there would be more than 2^53
    /// values.
    pub fn parse(argument: &str) -> Result<Self, SweepError> {
        let wrong = |problem| SweepError::Axis { argument: argument.to_owned(), problem };
        let (key, written) = argument.split_once('=').ok_or_else(|| wrong(AxisProblem::NoEquals))?;
        let parts: Vec<&str> = key.split('.').map(str::trim).collect();
        if parts.iter().any(|part| part.is_empty()) {
            return Err(wrong(AxisProblem::NoKey));
        }
        let written = written.trim();
        if written.is_empty() {
            return Err(wrong(AxisProblem::NoValues));
        }
        let values = Values::parse(written).map_err(wrong)?;
        Ok(Self { key: parts.join("."), written: written.to_owned(), values })
    }

    /// The key, such as `coupling.strength`.
    #[must_use]
    pub fn key(&self) -> &str {
        &self.key
    }

    /// The values as they were written, such as `0:4:0.1`.
    #[must_use]
    pub fn written(&self) -> &str {
        &self.written
    }

    /// How many values there are, at least one.
    #[must_use]
    pub fn count(&self) -> u64 {
        match &self.values {
            Values::List(values) => values.len() as u64,
            Values::Range { count, .. } => *count,
        }
    }

    /// The value of this number, counted from 0, as a scenario would have it; none beyond the last.
    #[must_use]
    pub fn value(&self, number: u64) -> Option<String> {
        match &self.values {
            Values::List(values) => values.get(usize::try_from(number).ok()?).cloned(),
            Values::Range { start, step, count } => {
                let value = *start + *step * Decimal::from(number);
                (number < *count).then(|| value.normalize().to_string())
            }
        }
    }

    /// Whether all values are numbers, without units.
    pub(super) fn is_of_numbers(&self) -> bool {
        match &self.values {
            Values::List(values) => values.iter().all(|value| value.parse().is_ok_and(f64::is_finite)),
            Values::Range { .. } => true,
        }
    }

    /// Whether this key is that one, or one of them is a table that holds the other.
    #[must_use]
    pub fn concerns(&self, key: &str) -> bool {
        let holds = |table: &str, key: &str| key.strip_prefix(table).is_some_and(|rest| rest.starts_with('.'));
        let other = key.split('.').map(str::trim).collect::<Vec<_>>().join(".");
        self.key == other || holds(&self.key, &other) || holds(&other, &self.key)
    }
}

impl Values {
    fn parse(text: &str) -> Result<Self, AxisProblem> {
        let items = items(text);
        if let [only] = &items[..]
            && !only.starts_with(['"', '\'', '[', '{'])
            && let [start, stop, step] = only.split(':').collect::<Vec<_>>()[..]
        {
            return Self::range(start, stop, step);
        }
        for (place, item) in items.iter().enumerate() {
            if item.is_empty() {
                return Err(AxisProblem::EmptyValue);
            }
            if items[..place].contains(item) {
                return Err(AxisProblem::Twice { value: (*item).to_owned() });
            }
        }
        Ok(Self::List(items.into_iter().map(str::to_owned).collect()))
    }

    fn range(start: &str, stop: &str, step: &str) -> Result<Self, AxisProblem> {
        let part =
            |part, text: &str| number(text).ok_or(AxisProblem::NotANumber { part, text: text.trim().to_owned() });
        let (start, stop, step) = (part("start", start)?, part("stop", stop)?, part("step", step)?);
        if step.is_zero() {
            return Err(AxisProblem::ZeroStep);
        }
        let way = stop.checked_sub(start).ok_or(AxisProblem::TooManyValues)?;
        if !way.is_zero() && way.is_sign_negative() != step.is_sign_negative() {
            return Err(AxisProblem::LeadsAway { start, stop, step });
        }
        // What is left of the way after whole steps is exact, and so is the number of steps without it.
        let steps = way.checked_rem(step).and_then(|rest| way.checked_sub(rest)?.checked_div(step));
        let steps = steps.and_then(|steps| u64::try_from(steps).ok()).filter(|&steps| steps < MOST_VALUES);
        let count = steps.ok_or(AxisProblem::TooManyValues)? + 1;
        Ok(Self::Range { start, step, count })
    }
}

/// A decimal number, which may be written with an exponent.
fn number(text: &str) -> Option<Decimal> {
    let text = text.trim();
    let is_scientific = text.contains(['e', 'E']);
    let number = if is_scientific { Decimal::from_scientific(text) } else { Decimal::from_str_exact(text) };
    number.ok()
}

/// What stands between the commas of a list.
fn items(text: &str) -> Vec<&str> {
    let (mut items, mut start, mut depth, mut quote) = (Vec::new(), 0, 0_usize, None);
    for (place, letter) in text.char_indices() {
        match (quote, letter) {
            (Some(open), _) if letter == open => quote = None,
            (Some(_), _) => {}
            (None, '"' | '\'') => quote = Some(letter),
            (None, '[' | '{') => depth += 1,
            (None, ']' | '}') => depth = depth.saturating_sub(1),
            (None, ',') if depth == 0 => {
                items.push(text[start..place].trim());
                start = place + 1;
            }
            _ => {}
        }
    }
    items.push(text[start..].trim());
    items
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn values(argument: &str) -> Vec<String> {
        let axis = Axis::parse(argument).unwrap();
        assert_eq!(axis.value(axis.count()), None);
        (0..axis.count()).map(|number| axis.value(number).unwrap()).collect()
    }

    #[test]
    fn a_range_is_gone_through_in_decimals_and_its_stop_is_one_of_them_if_steps_lead_there() {
        assert_eq!(values("k=0:0.5:0.1"), ["0", "0.1", "0.2", "0.3", "0.4", "0.5"]);
        assert_eq!(values("k=0:0.5:0.2"), ["0", "0.2", "0.4"]);
        assert_eq!(values("k = 1 : -1 : -0.5 "), ["1", "0.5", "0", "-0.5", "-1"]);
        assert_eq!(values("k=2:2:0.1"), ["2"]);
        assert_eq!(values("k=1e-3:2.5e-3:1e-3"), ["0.001", "0.002"]);
        assert_eq!(values("k=100:1000:300"), ["100", "400", "700", "1000"]);
        assert_eq!(Axis::parse("k=0:1:1e-9").unwrap().count(), 1_000_000_001);
    }

    #[test]
    fn a_list_is_cut_at_its_own_commas_only() {
        assert_eq!(values("k=0.01, 0.1"), ["0.01", "0.1"]);
        assert_eq!(values("network.sizes=[10,20],[15,15]"), ["[10,20]", "[15,15]"]);
        assert_eq!(values("k='a,b',\"c,]d\",e"), ["'a,b'", "\"c,]d\"", "e"]);
        assert_eq!(values("network.file=C:\\a.csv"), ["C:\\a.csv"]);
        assert_eq!(values("k='a:b:c'"), ["'a:b:c'"]);
    }

    #[test]
    fn a_key_concerns_itself_its_table_and_what_is_in_it() {
        let axis = Axis::parse(" network . kind =ring").unwrap();
        assert_eq!(axis.key(), "network.kind");
        assert!(["network.kind", "network", " network. kind"].iter().all(|key| axis.concerns(key)));
        assert!(["network.kinds", "net", "kind", "network.agents"].iter().all(|key| !axis.concerns(key)));
        assert!(Axis::parse("network={}").unwrap().concerns("network.kind"));
    }

    #[test]
    fn numbers_at_the_ends_of_what_there_is_neither_panic_nor_wrap() {
        let most = "79228162514264337593543950335";
        for range in [
            format!("-{most}:{most}:1"),
            format!("0:{most}:1"),
            format!("0:{most}:{most}"),
            format!("{most}:-{most}:-{most}"),
            "0:1:0.0000000000000000000000000001".to_owned(),
        ] {
            if let Ok(axis) = Axis::parse(&format!("k={range}")) {
                assert!(axis.value(axis.count() - 1).is_some(), "{range}");
            }
        }
    }

    proptest! {
        /// Against whole numbers, which know no rounding.
        #[test]
        fn a_range_has_as_many_values_as_fit_and_none_beyond_its_stop(
            start in -1000_i64..1000, way in 0_i64..1000, step in 1_i64..50, digits in 0_u32..6
        ) {
            let decimal = |units: i64| Decimal::new(units, digits);
            for sign in [1, -1] {
                let stop = decimal(start + sign * way);
                let axis = Axis::parse(&format!("k={}:{stop}:{}", decimal(start), decimal(sign * step))).unwrap();
                prop_assert_eq!(axis.count(), (way / step) as u64 + 1);
                let last: Decimal = axis.value(axis.count() - 1).unwrap().parse().unwrap();
                prop_assert_eq!(last, decimal(start + sign * (way / step) * step));
            }
        }

        #[test]
        fn no_argument_panics(argument in ".{0,40}") {
            let _ = Axis::parse(&argument);
            let _ = Axis::parse(&format!("k={argument}"));
        }
    }
}
