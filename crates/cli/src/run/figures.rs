//! Numbers as people read them.

/// A whole number with its thousands apart: 13,188.
pub(crate) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A positive number with a prefix: 12.3 M.
pub(crate) fn si(value: f64) -> String {
    const PREFIXES: [&str; 5] = ["", " k", " M", " G", " T"];
    let mut scaled = value;
    let mut prefix = 0;
    while scaled >= 999.5 && prefix + 1 < PREFIXES.len() {
        scaled /= 1000.0;
        prefix += 1;
    }
    let digits = if scaled < 10.0 { 2 } else { usize::from(scaled < 100.0) };
    format!("{scaled:.digits$}{}", PREFIXES[prefix])
}

/// An amount of memory with a binary unit: 12.3 MiB.
pub(crate) fn bytes(bytes: u64) -> String {
    const UNITS: [&str; 5] = ["B", "KiB", "MiB", "GiB", "TiB"];
    let mut scaled = bytes as f64;
    let mut unit = 0;
    while scaled >= 1023.5 && unit + 1 < UNITS.len() {
        scaled /= 1024.0;
        unit += 1;
    }
    let digits = if unit == 0 || scaled >= 100.0 { 0 } else { 1 };
    format!("{scaled:.digits$} {}", UNITS[unit])
}

/// A duration with the unit that suits it: 12.3 µs.
pub(crate) fn seconds(seconds: f64) -> String {
    const UNITS: [(f64, &str); 3] = [(1e-9, "ns"), (1e-6, "µs"), (1e-3, "ms")];
    let (unit, name) = UNITS.into_iter().find(|(unit, _)| seconds < 999.5 * unit).unwrap_or((1.0, "s"));
    let scaled = seconds / unit;
    let digits = if scaled < 10.0 { 2 } else { usize::from(scaled < 100.0) };
    format!("{scaled:.digits$} {name}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_stand_apart() {
        for (number, text) in [(0, "0"), (999, "999"), (1000, "1,000"), (13_188, "13,188"), (1_234_567, "1,234,567")] {
            assert_eq!(grouped(number), text);
        }
    }

    #[test]
    fn numbers_get_the_prefix_that_leaves_three_digits() {
        let cases = [(0.0, "0.00"), (12.34, "12.3"), (999.4, "999"), (999.6, "1.00 k"), (123_456_789.0, "123 M")];
        for (value, text) in cases {
            assert_eq!(si(value), text);
        }
    }

    #[test]
    fn durations_get_the_unit_that_leaves_three_digits() {
        let cases =
            [(0.0, "0.00 ns"), (2.5e-7, "250 ns"), (1.234e-5, "12.3 µs"), (0.9999e-3, "1.00 ms"), (75.0, "75.0 s")];
        for (value, text) in cases {
            assert_eq!(seconds(value), text);
        }
    }

    #[test]
    fn memory_gets_the_unit_below_a_thousand_and_twenty_four() {
        let cases = [(0, "0 B"), (1000, "1000 B"), (1024, "1.0 KiB"), (629_145_600, "600 MiB"), (3 << 29, "1.5 GiB")];
        for (value, text) in cases {
            assert_eq!(bytes(value), text);
        }
    }
}
