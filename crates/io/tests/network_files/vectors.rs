//! Vectors: one value per line, as many as the network has nodes.

use lampyrid_io::{InputError, Quantity, read_vector};

use crate::support::Scratch;

fn read(text: impl AsRef<[u8]>, expected: usize) -> Result<Vec<f64>, InputError> {
    let file = Scratch::new("theta0.csv", text);
    read_vector(&file.path(), expected, Quantity::Phase)
}

#[test]
fn values_come_in_the_order_of_the_lines() {
    assert_eq!(read("0.5\n-1\n2e-1\n", 3).unwrap(), [0.5, -1.0, 0.2]);
    assert_eq!(read("", 0).unwrap(), [0.0; 0]);
}

#[test]
fn a_header_comments_blank_lines_and_line_ends_do_not_matter() {
    let files = [
        "theta\n1\n2",
        "\u{feff}\"theta\"\r\n1\r\n2\r\n",
        "# phases\n\n_theta\n  1  \n% more\n\n2\n\n",
        "θ\n1\n2\n",
        "1\r\n2",
    ];
    for text in files {
        assert_eq!(read(text, 2).unwrap(), [1.0, 2.0], "{text:?}");
    }
}

#[test]
fn values_are_read_to_the_last_bit() {
    let value = 0.1 + 0.2;
    let text = format!("{value:?}\n{}\n", f64::MIN_POSITIVE);
    assert_eq!(read(text, 2).unwrap(), [value, f64::MIN_POSITIVE]);
}

#[test]
fn a_wrong_length_names_both_lengths_and_the_quantity() {
    for (text, expected, found) in [("1\n2\n3\n", 2, 3), ("1\n", 2, 1), ("phase\n", 1, 0)] {
        let error = read(text, expected).unwrap_err();
        assert!(
            matches!(error, InputError::LengthMismatch { quantity: Quantity::Phase, expected: e, found: f, .. }
                if (e, f) == (expected, found)),
            "{error}"
        );
    }
    let file = Scratch::new("omega.csv", "1\n2\n3\n");
    let error = read_vector(&file.path(), 5, Quantity::Frequency).unwrap_err();
    let message = error.to_string();
    assert!(
        message.ends_with(
            "omega.csv: 3 values, but the network has 5 nodes; give one frequency per node, in \
             the network's node order"
        ),
        "{message}"
    );
    assert_eq!(error.path(), file.path());
    assert_eq!(error.place(), None);
}

#[test]
fn a_wrong_value_is_named_with_its_place() {
    let cases: [(&str, u64, u64, &str); 8] = [
        ("1\nx\n", 2, 1, "phase `x` is not a number"),
        ("1\n  nan\n", 2, 3, "phase `nan` is not a finite number"),
        ("nan\n", 1, 1, "phase `nan` is not a finite number"),
        ("phase\n-inf\n", 2, 1, "phase `-inf` is not a finite number"),
        ("1\r\n1e999\r\n", 2, 1, "phase `1e999` is not a finite number"),
        ("0,5\n", 1, 3, "2 values on this line, 1 expected"),
        ("1\n2 3 4\n", 2, 3, "3 values on this line, 1 expected"),
        ("id;phase\n", 1, 4, "2 values on this line, 1 expected"),
    ];
    for (text, line, column, message) in cases {
        let error = read(text, 1).unwrap_err();
        let place = error.place().expect(text);
        assert_eq!((place.line, place.column), (line, column), "{text:?}");
        assert!(error.to_string().contains(message), "{error}");
    }
}

#[test]
fn only_the_first_line_may_be_a_header() {
    let error = read("phase\nphase\n1\n", 1).unwrap_err();
    assert!(matches!(error, InputError::NotANumber { .. }), "{error}");
    assert_eq!(error.place().map(|place| place.line), Some(2));
}

#[test]
fn a_missing_or_binary_file_is_named() {
    let file = Scratch::new("theta0.csv", "1\0\n");
    let error = read_vector(&file.path(), 1, Quantity::Phase).unwrap_err();
    assert!(matches!(error, InputError::Binary { .. }), "{error}");
    let missing = file.path().with_extension("none");
    let error = read_vector(&missing, 1, Quantity::Phase).unwrap_err();
    assert!(matches!(error, InputError::Missing { .. }), "{error}");
}
