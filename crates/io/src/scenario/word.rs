//! Enumerations written as words, and the word somebody probably meant.

use serde::Serializer;

/// A choice that a scenario writes as one of a few words.
pub(crate) trait Word: Copy + PartialEq + 'static {
    const WORDS: &'static [(&'static str, Self)];

    fn from_word(word: &str) -> Option<Self> {
        Self::WORDS.iter().find(|(known, _)| *known == word).map(|&(_, value)| value)
    }

    fn word(self) -> &'static str {
        // Every variant has a word; a test of each enumeration goes through all of them.
        Self::WORDS.iter().find(|(_, value)| *value == self).map_or("", |&(word, _)| word)
    }
}

/// Writes a choice as its word, for `#[serde(serialize_with)]`.
pub(crate) fn serialize<W: Word, S: Serializer>(value: &W, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(value.word())
}

/// The known word that `word` most resembles, if it resembles any: case and `-` for `_` are forgiven, otherwise
/// a third of the letters may differ (Damerau 1964, distance with transpositions).
#[must_use]
pub fn nearest<'a>(word: &str, known: &[&'a str]) -> Option<&'a str> {
    // No known word is longer than this by far; distances cost the product of the lengths.
    const LONGEST: usize = 64;
    if word.len() > LONGEST {
        return None;
    }
    let word = word.to_lowercase().replace('-', "_");
    let distances = known.iter().map(|&candidate| {
        let distance = strsim::damerau_levenshtein(&word, &candidate.to_lowercase());
        (distance, word.chars().count().max(candidate.chars().count()), candidate)
    });
    let (distance, length, candidate) = distances.min_by_key(|&(distance, ..)| distance)?;
    (3 * distance <= length).then_some(candidate)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_of_the_finger_is_recognised() {
        let known = ["strength", "phase_lag", "noise", "all_to_all"];
        assert_eq!(nearest("strenght", &known), Some("strength"));
        assert_eq!(nearest("Phase-Lag", &known), Some("phase_lag"));
        assert_eq!(nearest("nose", &known), Some("noise"));
    }

    #[test]
    fn something_else_altogether_is_not() {
        let known = ["strength", "phase_lag", "noise", "all_to_all"];
        assert_eq!(nearest("temperature", &known), None);
        assert_eq!(nearest("", &known), None);
        assert_eq!(nearest(&"noise".repeat(100), &known), None);
        assert_eq!(nearest("noise", &[]), None);
    }
}
