//! Files before anything of them is read: whether they are there, what they are, and as what they are read.

use std::fs;
use std::path::Path;

use lampyrid_io::InputError::{Directory, Missing, Unreadable, Xml};
use lampyrid_io::{NetworkFormat, ReadOptions, read_network};

use crate::support::Scratch;

#[test]
fn files_that_are_not_there() {
    let options = ReadOptions::default();
    let file = Scratch::new("a.mtx", "");
    let directory = file.path().parent().map(Path::to_owned).unwrap();

    let missing = read_network(&directory.join("none.mtx"), &options).unwrap_err();
    assert!(matches!(missing, Missing { .. }), "{missing}");
    let directory_error = read_network(&directory, &options).unwrap_err();
    assert!(matches!(directory_error, Directory { .. }), "{directory_error}");
    let within_a_file = read_network(&file.path().join("b.mtx"), &options).unwrap_err();
    assert!(matches!(within_a_file, Unreadable { .. }), "{within_a_file}");
    let impossible = read_network(Path::new("a\0.mtx"), &options).unwrap_err();
    assert!(matches!(impossible, Unreadable { .. }), "{impossible}");
}

#[cfg(unix)]
#[test]
fn a_pipe_is_read_like_a_file() {
    let file = Scratch::new("a.txt", "");
    let pipe = file.path().with_extension("mtx");
    let made = std::process::Command::new("mkfifo").arg(&pipe).status();
    assert!(made.is_ok_and(|status| status.success()), "mkfifo is part of any Unix");
    let writer = {
        let pipe = pipe.clone();
        std::thread::spawn(move || fs::write(pipe, "%%MatrixMarket matrix coordinate pattern general\n2 2 1\n2 1\n"))
    };
    let network = read_network(&pipe, &ReadOptions::default()).unwrap();
    writer.join().unwrap().unwrap();
    assert_eq!(network.adjacency.neighbors(1), [0]);
}

#[test]
fn a_named_format_is_not_second_guessed() {
    let options = ReadOptions { format: Some(NetworkFormat::GraphMl), ..ReadOptions::default() };
    let error = Scratch::new("a.csv", "0,1\n").read(&options).unwrap_err();
    assert!(matches!(error, Xml { .. }), "{error}");
}
