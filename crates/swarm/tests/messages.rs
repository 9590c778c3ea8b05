//! What happens is told both ways: as messages to whoever reads, and at once to whoever observes.

use bevy_app::{App, Update};
use bevy_ecs::prelude::*;
use lampyrid_swarm::*;

/// What was heard, by which way, in order.
#[derive(Resource, Default, Debug, PartialEq)]
struct Heard {
    read: Vec<String>,
    observed: Vec<String>,
}

/// Listens both ways for one kind of event.
fn listen<E: Message + Event + std::fmt::Debug>(app: &mut App) {
    app.init_resource::<Heard>();
    app.add_observer(|event: On<E>, mut heard: ResMut<Heard>| heard.observed.push(format!("{:?}", event.event())));
    let read = |mut messages: MessageReader<E>, mut heard: ResMut<Heard>| {
        heard.read.extend(messages.read().map(|message| format!("{message:?}")));
    };
    app.add_systems(Update, read.in_set(SwarmSystems::Last));
}

fn app() -> App {
    let mut app = App::new();
    app.add_plugins(SwarmPlugins::new(Update));
    app
}

#[test]
fn goals_attained_lost_and_recovered_are_read_and_observed_alike() {
    let mut app = app();
    let mut goal = Goal::new(Pattern::InPhase);
    goal.hold = 0.5;
    app.add_plugins((GoalPlugin { goal, supervisor: None }, DisruptionPlugin::default()));
    listen::<GoalAttained>(&mut app);
    listen::<GoalLost>(&mut app);
    listen::<Recovered>(&mut app);
    listen::<Disrupted>(&mut app);
    app.insert_resource(Coupling { strength: 5.0, all_to_all: true, ..Coupling::default() });
    (0..20).for_each(|i| _ = app.world_mut().spawn(Phase(0.1 * f64::from(i))));
    (0..200).for_each(|_| app.update());
    disrupt(app.world_mut(), Disruption::new(DisruptionKind::Scramble, 1.0, 0.0)).unwrap();
    (0..2000).for_each(|_| app.update());
    let heard = app.world().resource::<Heard>();
    let kinds: Vec<&str> = heard.observed.iter().map(|event| event.split(' ').next().unwrap()).collect();
    assert_eq!(kinds, ["GoalAttained", "Disrupted", "GoalLost", "GoalAttained", "Recovered"]);
    let sorted = |list: &[String]| {
        let mut list = list.to_vec();
        list.sort();
        list
    };
    assert_eq!(sorted(&heard.read), sorted(&heard.observed));
}

#[test]
fn a_stopped_swarm_and_a_burst_budget_are_observed() {
    let mut app = app();
    let budget = MemoryBudget { total: Some(1), policy: MemoryPolicy::Pause, ..MemoryBudget::default() };
    app.add_plugins(MemoryBudgetPlugin(budget));
    listen::<BudgetExceeded>(&mut app);
    listen::<SwarmStopped>(&mut app);
    app.world_mut().spawn(Phase(0.0));
    (0..4).for_each(|_| app.update());
    let heard = app.world().resource::<Heard>();
    let kinds: Vec<&str> = heard.observed.iter().map(|event| event.split([' ', '(']).next().unwrap()).collect();
    assert_eq!(kinds, ["BudgetExceeded", "SwarmStopped"]);
    assert_eq!(heard.read, heard.observed);
}

#[test]
fn agents_fire_in_the_order_of_their_ids_whatever_order_they_came_in() {
    let mut app = app();
    app.add_plugins(FiringPlugin);
    listen::<Fired>(&mut app);
    for id in [3, 1, 4, 0, 2] {
        // Half a radian a step: over the turn after the second; id 4 turns backwards over zero, id 3 is not asked.
        let (phase, frequency) = if id == 4 { (0.8, -32.0) } else { (5.5, 32.0) };
        let mut agent = app.world_mut().spawn((AgentId::new(id), Phase(phase), Frequency(frequency)));
        if id != 3 {
            agent.insert(Fires::default());
        }
    }
    (0..2).for_each(|_| app.update());
    let heard = std::mem::take(&mut *app.world_mut().resource_mut::<Heard>());
    assert_eq!(heard.read, heard.observed);
    let ids: Vec<bool> = (0..3).map(|id| heard.observed[id].contains(&format!("AgentId({id})"))).collect();
    assert_eq!((ids, heard.observed.len()), (vec![true; 3], 3));
    // Once a turn, and neither in between nor backwards.
    (0..10).for_each(|_| app.update());
    assert!(app.world().resource::<Heard>().observed.is_empty());
    (0..3).for_each(|_| app.update());
    assert_eq!(app.world().resource::<Heard>().observed.len(), 3);
}

#[test]
fn one_agent_can_be_observed_alone() {
    let mut world = World::new();
    install_firing(&mut world);
    world.init_resource::<Heard>();
    let agents = [0, 1].map(|_| world.spawn((Phase(6.0), Frequency(16.0), Fires::default())).id());
    world.entity_mut(agents[1]).observe(|fired: On<Fired>, mut heard: ResMut<Heard>| {
        heard.observed.push(format!("{}", fired.id.get()));
    });
    advance(&mut world, 3).unwrap();
    assert_eq!(world.resource::<Heard>().observed, ["1"]);
}

#[test]
fn looking_for_those_who_fire_moves_nobody() {
    let hash = |watched: bool| {
        let mut world = World::new();
        install_swarm(&mut world);
        if watched {
            install_firing(&mut world);
        }
        for i in 0..50 {
            let agent = world.spawn((Phase(0.3 * f64::from(i)), Frequency(20.0 + f64::from(i)))).id();
            if watched {
                world.entity_mut(agent).insert(Fires::default());
            }
        }
        world.resource_mut::<Coupling>().all_to_all = true;
        advance(&mut world, 300).unwrap();
        phase_hash(&mut world)
    };
    assert_eq!(hash(true), hash(false));
}
