//! What is promised of a swarm that is watched.

use lampyrid::{
    io::scenario::ScenarioBuilder,
    swarm::{DisruptionKind, Pattern, advance, phase_hash},
};

use super::*;
use crate::{
    events::Event,
    live::snapshot::{Happening, What},
    run::prepare,
};

fn scenario(settings: &[&str]) -> Scenario {
    let common = ["network.kind=small_world", "network.agents=200", "time.step=0.02", "time.duration=8"];
    let all = common.iter().chain(settings);
    let builder = all.fold(ScenarioBuilder::from_text("", "test").unwrap(), |all, one| all.set(one).unwrap());
    builder.build().unwrap()
}

fn watched(settings: &[&str], pace: Pace, hold: Option<f64>) -> Live {
    let scratch = std::env::temp_dir().join("lampyrid-live-tests");
    let mut scenario = scenario(settings);
    scenario.output.dir = scratch;
    Live::start(scenario, Options { threads: 1, strict: false, pace, hold, sight: Sight::TERMINAL }).unwrap()
}

/// Waits for a snapshot that is as asked.
fn wait_for(live: &Live, is_it: impl Fn(&Snapshot) -> bool) -> Arc<Snapshot> {
    let mut known = 0;
    for _ in 0..6_000 {
        if let Ok(Some((version, seen))) = live.newer(known, Duration::from_millis(10)) {
            known = version;
            if is_it(&seen) {
                return seen;
            }
        }
    }
    panic!("it never came to that: {:?}", live.snapshot())
}

fn events(seen: &Snapshot) -> Vec<Event> {
    seen.events
        .iter()
        .filter_map(|one| if let What::Event(event) = &one.what { Some(event.clone()) } else { None })
        .collect()
}

fn unwatched(settings: &[&str], steps: u64) -> String {
    let mut prepared = prepare(&scenario(settings), 1, false).unwrap();
    advance(&mut prepared.world, steps).unwrap();
    phase_hash(&mut prepared.world)
}

#[test]
fn watching_changes_no_bit_at_any_pace() {
    let noisy = ["coupling.noise=0.05", "goal.pattern=in_phase", "goal.target=0.99999", "time.duration=8"];
    let expected = unwatched(&noisy, 400);
    for pace in [Pace::FlatOut, Pace::Times(100.0)] {
        let live = watched(&noisy, pace, None);
        let seen = wait_for(&live, |seen| seen.state == State::Finished);
        assert_eq!(seen.steps, 400, "{pace:?}");
        assert_eq!(live.end().phase_hash, expected, "{pace:?}");
    }
}

#[test]
fn a_hold_is_reached_to_the_step_and_left_when_another_is_asked_for() {
    let live = watched(&[], Pace::FlatOut, Some(1.0));
    let seen = wait_for(&live, |seen| seen.held);
    assert_eq!((seen.steps, seen.state.clone()), (50, State::Running));
    live.send(Command::Hold(Some(1.5))).unwrap();
    let seen = wait_for(&live, |seen| seen.held && seen.steps > 50);
    assert_eq!(seen.steps, 75);
    live.send(Command::Hold(None)).unwrap();
    wait_for(&live, |seen| seen.state == State::Finished);
    assert_eq!(live.end().phase_hash, unwatched(&[], 400));
}

#[test]
fn commands_at_a_time_come_to_the_same_bits_every_time() {
    let played = |pace| {
        let live = watched(&[], pace, Some(2.0));
        wait_for(&live, |seen| seen.held);
        live.send(Command::Pursue(Pattern::InPhase)).unwrap();
        live.send(Command::Disrupt { kind: DisruptionKind::Scramble, fraction: 0.3, seconds: 1.0 }).unwrap();
        live.send(Command::Disrupt { kind: DisruptionKind::Silence, fraction: 0.2, seconds: 1.0 }).unwrap();
        live.send(Command::Hold(Some(6.0))).unwrap();
        let seen = wait_for(&live, |seen| seen.held && seen.elapsed > 5.9);
        (events(&seen), live.end().phase_hash)
    };
    let (events, hash) = played(Pace::FlatOut);
    assert!(matches!(
        events[..2],
        [Event::Disruption { kind: "scramble", hit: 60, .. }, Event::Disruption { kind: "silence", hit: 40, .. }]
    ));
    assert_eq!(played(Pace::Times(50.0)), (events, hash));
}

#[test]
fn a_pause_stops_the_clock_and_a_single_step_is_one() {
    let live = watched(&[], Pace::FlatOut, Some(0.1));
    wait_for(&live, |seen| seen.held);
    live.send(Command::Toggle).unwrap();
    live.send(Command::Hold(None)).unwrap();
    live.send(Command::Step).unwrap();
    live.send(Command::Step).unwrap();
    let seen = wait_for(&live, |seen| seen.steps == 7);
    assert_eq!(seen.state, State::Paused);
    live.send(Command::Toggle).unwrap();
    wait_for(&live, |seen| seen.state == State::Finished);
}

#[test]
fn whoever_asks_to_go_on_gets_past_the_end() {
    let live = watched(&["time.duration=0.2"], Pace::FlatOut, None);
    let seen = wait_for(&live, |seen| seen.state == State::Finished);
    assert_eq!((seen.steps, seen.end), (10, Some(10)));
    live.send(Command::Toggle).unwrap();
    let seen = wait_for(&live, |seen| seen.steps > 20);
    assert_eq!((&seen.state, seen.end), (&State::Running, None));
}

#[test]
fn beginning_anew_keeps_the_time_watched_and_refusals_keep_the_swarm() {
    let live = watched(&[], Pace::FlatOut, Some(1.0));
    wait_for(&live, |seen| seen.held);
    live.send(Command::Resize(100)).unwrap();
    let seen = wait_for(&live, |seen| seen.run == 1);
    assert_eq!((seen.agents, seen.time, seen.elapsed), (100, 0.0, 1.0));
    live.send(Command::Resize(4)).unwrap();
    let is_refusal = |one: &Happening| matches!(one.what, What::Note { is_refusal: true, .. });
    let seen = wait_for(&live, |seen| seen.events.last().is_some_and(is_refusal));
    assert_eq!(seen.agents, 100, "four agents have no eight neighbours");
    live.send(Command::Seed(7)).unwrap();
    let seen = wait_for(&live, |seen| seen.seed == 7);
    assert_eq!(seen.time, 0.0);
}

#[test]
fn a_slow_reader_delays_nothing_and_too_many_commands_are_refused() {
    let live = watched(&["time.duration=1e6"], Pace::FlatOut, None);
    let held = live.snapshot();
    wait_for(&live, |seen| seen.steps > 1_000);
    assert_eq!(held.steps, 0, "a snapshot that is held stays as it is");
    live.send(Command::Quit).unwrap();
    let refused = (0..=QUEUE + 1).find_map(|_| live.send(Command::Toggle).err());
    assert!(refused.is_some());
}

#[test]
fn a_million_agents_are_sampled_not_sent_whole() {
    // The swarm of a mean field is made quickly; nothing is stepped.
    let settings = ["coupling.all_to_all=true", "network.kind=complete", "network.agents=1000000"];
    let mut subject = Subject::new(scenario(&settings), 1, false).unwrap();
    let mut seen = Snapshot::default();
    subject.look(Sight::TERMINAL.sample, &mut seen);
    assert_eq!((seen.agents, seen.sample.ids.len(), seen.sample.phases.len()), (1_000_000, 2_000, 2_000));
    assert_eq!(seen.histogram.iter().map(|&count| u64::from(count)).sum::<u64>(), 1_000_000);
    assert!((seen.sample.ids[1], seen.sample.ids[1_999]) == (500, 999_500));
    let sent = serde_json::to_string(&seen).unwrap().len();
    assert!(sent < 64 << 10, "{sent} bytes");
    let mut again = Snapshot::default();
    subject.look(Sight::TERMINAL.sample, &mut again);
    assert_eq!(seen, again, "a look moves nothing, and the sample is the same every time");
}

#[test]
fn an_account_of_a_swarm_is_that_of_a_run_until_hands_have_changed_it() {
    let options = Options { threads: 1, strict: false, pace: Pace::FlatOut, hold: None, sight: Sight::PAGE };
    let live = Live::start(scenario(&["coupling.noise=0.05"]), options).unwrap();
    wait_for(&live, |seen| seen.state == State::Finished);
    let account = live.account(Duration::from_secs(60)).unwrap();
    assert_eq!(account.record.phase_hash, unwatched(&["coupling.noise=0.05"], 400));
    assert_eq!((account.by_hand, account.record.interrupted, account.states.len()), (0, false, 200));
    let times: Vec<f64> = account.rows.iter().map(|(time, _)| *time).collect();
    assert!(times.is_sorted() && times.last() == Some(&8.0), "{times:?}");
    assert_eq!(account.curves[0].1.last().unwrap().1, account.record.r#final.r);

    live.send(Command::Disrupt { kind: DisruptionKind::Remove, fraction: 0.5, seconds: 1.0 }).unwrap();
    live.send(Command::Couple(-1.0)).unwrap();
    let seen = wait_for(&live, |seen| seen.coupling == -1.0);
    let account = live.account(Duration::from_secs(60)).unwrap();
    assert_eq!((account.by_hand, account.states.len(), seen.initial), (2, 100, 200));
    assert!(account.record.interrupted, "it may go on now");
}

#[test]
fn nobody_keeps_an_account_for_a_terminal() {
    let live = watched(&[], Pace::Times(1.0), None);
    assert_eq!(live.account(Duration::from_secs(60)).err(), Some(Refused::Over));
}
