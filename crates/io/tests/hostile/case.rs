//! A file that is wrong, the error it has to give, and the place that error has to name.

use std::{error::Error, fmt::Write as _, fs, path::Path};

use crate::counting_allocator::Count;

/// A hostile file and what has to become of it.
pub(crate) struct Case<E> {
    pub(crate) file: &'static str,
    pub(crate) content: Vec<u8>,
    pub(crate) is_expected: fn(&E) -> bool,
    pub(crate) pattern: &'static str,
    pub(crate) place: Option<(u64, u64)>,
}

/// One case a line: file name, content, the error, and the line and column it names.
macro_rules! cases {
    ($($file:literal, $content:expr, $pattern:pat, $place:expr;)*) => {
        vec![$(crate::case::Case {
            file: $file,
            content: Vec::from($content),
            is_expected: |error| matches!(error, $pattern),
            pattern: stringify!($pattern),
            place: $place,
        }),*]
    };
}
pub(crate) use cases;

/// What reads files of a kind: to a few words about what was read, or an error with a place.
pub(crate) struct Reader<E> {
    pub(crate) read: fn(&Path) -> Result<String, E>,
    pub(crate) place: fn(&E) -> Option<(u64, u64)>,
}

/// Bytes on the heap that reading a file may take at a time.
fn most_memory(content: &[u8]) -> i64 {
    2 * content.len() as i64 + (16 << 20)
}

/// Reads a file and sees to it that no more memory is taken than may be.
fn read<E: Error>(reader: &Reader<E>, path: &Path, content: &[u8]) -> Result<String, E> {
    fs::write(path, content).expect("a temporary file");
    let mut outcome = None;
    let peak = Count::peak_of(|| outcome = Some((reader.read)(path)));
    assert!(peak <= most_memory(content), "{}: {peak} bytes for {}", shown(content), content.len());
    outcome.expect("it was read")
}

/// The beginning of a file, as it may stand in a report.
fn shown(content: &[u8]) -> String {
    let beginning = String::from_utf8_lossy(&content[..content.len().min(400)]);
    let text: String = beginning.chars().take(100).collect();
    let more = if text.len() < content.len() { format!(" … {} bytes", content.len()) } else { String::new() };
    format!("{}{more}", text.escape_debug())
}

/// Reads each case and compares; every message has to be one line that begins with its place. Returns all messages.
pub(crate) fn refused<E: Error>(reader: &Reader<E>, cases: &[Case<E>]) -> String {
    let scratch = tempfile::tempdir().expect("a temporary directory");
    let mut report = String::new();
    for Case { file, content, is_expected, pattern, place } in cases {
        let shown = shown(content);
        let path = scratch.path().join(file);
        let error = match read(reader, &path, content) {
            Ok(found) => panic!("{shown} was read as {found}"),
            Err(error) => error,
        };
        assert!(is_expected(&error), "{shown}: {error:?} is no {pattern}");
        assert_eq!((reader.place)(&error), *place, "{shown}: {error}");
        let message = error.to_string();
        let path = path.display().to_string();
        if let Some((line, column)) = place {
            assert!(message.starts_with(&format!("{path}:{line}:{column}: ")), "{message}");
        }
        assert!(message.contains(&path), "{message}");
        let message = message.replace(&path, file);
        assert!(!message.contains(char::is_control), "{message:?}");
        assert!(message.chars().count() < 400, "{message}");
        writeln!(report, "{shown}\n    {message}").expect("texts take all");
    }
    report
}

/// Files that look hostile and are none: what is read from each.
pub(crate) fn accepted<E: Error>(reader: &Reader<E>, cases: &[(&str, Vec<u8>)]) -> String {
    let scratch = tempfile::tempdir().expect("a temporary directory");
    let mut report = String::new();
    for (file, content) in cases {
        let found = read(reader, &scratch.path().join(file), content);
        let found = found.unwrap_or_else(|error| panic!("{}: {error}", shown(content)));
        writeln!(report, "{}\n    {found}", shown(content)).expect("texts take all");
    }
    report
}
