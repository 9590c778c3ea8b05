//! Files that are wrong, by accident or on purpose: each gives a typed error that says where and what to do, or is
//! taken for what it is, and none takes more memory than twice its size and 16 MiB.

#[path = "../../../../tests/support/counting_allocator.rs"]
mod counting_allocator;

mod case;
mod checkpoints;
mod networks;
mod scenarios;
mod vectors;

use std::collections::BTreeSet;

use case::{Case, accepted, refused};
use counting_allocator::Counting;

#[global_allocator]
static ALLOCATOR: Counting = Counting;

#[test]
fn bytes_that_are_no_text_are_refused() {
    insta::assert_snapshot!(refused(&networks::READER, &networks::wrong_bytes()));
}

#[test]
fn wrong_matrices_are_refused() {
    insta::assert_snapshot!(refused(&networks::READER, &networks::wrong_matrices()));
}

#[test]
fn wrong_edge_lists_are_refused() {
    insta::assert_snapshot!(refused(&networks::READER, &networks::wrong_edge_lists()));
}

#[test]
fn wrong_graphs_are_refused() {
    insta::assert_snapshot!(refused(&networks::READER, &networks::wrong_graphs()));
}

#[test]
fn networks_that_only_look_hostile_are_read() {
    insta::assert_snapshot!(accepted(&networks::READER, &networks::harmless()));
}

#[test]
fn wrong_vectors_are_refused() {
    insta::assert_snapshot!(refused(&vectors::READER, &vectors::wrong()));
}

#[test]
fn vectors_that_only_look_hostile_are_read() {
    insta::assert_snapshot!(accepted(&vectors::READER, &vectors::harmless()));
}

#[test]
fn wrong_checkpoints_are_refused() {
    insta::assert_snapshot!(refused(&checkpoints::READER, &checkpoints::wrong()));
}

#[test]
fn scenarios_that_are_no_text_or_too_much_of_it_are_refused() {
    insta::assert_snapshot!(refused(&scenarios::READER, &scenarios::wrong()));
}

#[test]
fn scenarios_that_only_look_hostile_are_read() {
    insta::assert_snapshot!(accepted(&scenarios::READER, &scenarios::harmless()));
}

#[test]
fn there_are_many_hostile_files_and_no_two_are_alike() {
    fn contents<E>(kind: &'static str, cases: Vec<Case<E>>) -> impl Iterator<Item = (&'static str, Vec<u8>)> {
        cases.into_iter().map(move |case| (kind, case.content))
    }
    let kinds =
        [networks::wrong_bytes(), networks::wrong_matrices(), networks::wrong_edge_lists(), networks::wrong_graphs()];
    let mut all: Vec<_> = ["bytes", "matrix", "list", "graph"]
        .into_iter()
        .zip(kinds)
        .flat_map(|(kind, cases)| {
            cases.into_iter().map(move |case| (kind, [case.file.as_bytes(), &case.content].concat()))
        })
        .collect();
    all.extend(contents("vector", vectors::wrong()));
    all.extend(contents("checkpoint", checkpoints::wrong()));
    all.extend(contents("scenario", scenarios::wrong()));
    let distinct: BTreeSet<_> = all.iter().collect();
    assert_eq!(distinct.len(), all.len());
    assert!(all.len() >= 200, "{} hostile files", all.len());
}
