//! What other people's apps may do to a swarm: every case sets one up, abuses it, and finds a typed
//! error or a documented no-op, never a panic and never a wrong result in silence.

mod agents;
mod links;
mod observers;
mod schedules;
mod settings;
mod support;
mod worlds;

use support::Case;

fn cases() -> impl Iterator<Item = &'static Case> {
    [settings::CASES, worlds::CASES, schedules::CASES, agents::CASES, links::CASES, observers::CASES]
        .into_iter()
        .flatten()
}

/// Runs a group, and names the cases that failed.
fn run(cases: &[Case]) {
    let failed: Vec<_> = cases.iter().filter(|(_, case)| std::panic::catch_unwind(case).is_err()).collect();
    let names: Vec<_> = failed.iter().map(|(name, _)| name).collect();
    assert!(failed.is_empty(), "{names:#?}");
}

#[test]
fn settings_may_be_anything() {
    run(settings::CASES);
}

#[test]
fn worlds_may_be_cleared_moved_and_shared() {
    run(worlds::CASES);
}

#[test]
fn schedules_and_clocks_may_be_run_by_anybody() {
    run(schedules::CASES);
}

#[test]
fn agents_may_be_anything_at_any_time() {
    run(agents::CASES);
}

#[test]
fn links_may_lead_anywhere() {
    run(links::CASES);
}

#[test]
fn observers_and_hooks_may_do_what_they_like() {
    run(observers::CASES);
}

#[test]
fn there_are_at_least_sixty_cases_each_with_a_name_of_its_own() {
    let names: std::collections::BTreeSet<_> = cases().map(|(name, _)| name).collect();
    assert_eq!(names.len(), cases().count());
    assert!(names.len() >= 60, "{}", names.len());
}
