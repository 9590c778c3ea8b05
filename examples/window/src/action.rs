//! What one can do to the swarm, and by which key.

use bevy::{input::keyboard::Key, input::keyboard::KeyboardInput, prelude::*};
use lampyrid::{
    prelude::*,
    swarm::{Disruption, DisruptionKind, Goal, Pattern, SwarmStopped, adopt, disrupt, install_goal},
};

use crate::{
    Frame, layout,
    meadow::Place,
    panel::{News, Slider},
};

/// Something done to the swarm.
#[derive(Message, Clone, Copy, Debug, PartialEq)]
pub(crate) enum Action {
    /// A setting goes up or down by its step.
    Turn(Setting, f64),
    /// A setting is put at a part of its range.
    Set(Setting, f64),
    /// The swarm is told what to reach.
    Pursue(Pattern),
    /// Everybody sees everybody, or again those nearby only.
    LookUp,
    /// A part of the swarm is disrupted, for so many seconds if that can end.
    Disrupt(DisruptionKind, f64, f64),
    /// Those near a place flash at once.
    Startle(Place),
    /// Time stands still, or goes on.
    Pause,
    /// The window closes.
    Leave,
}

/// A number of the coupling that a slider shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Setting {
    /// K, up to 9 rad/s: more would turn clocks of 9 rad/s with a lag backwards.
    Strength,
    /// α, up to 1.2 rad.
    Lag,
}

impl Setting {
    pub(crate) fn most(self) -> f64 {
        match self {
            Self::Strength => 9.0,
            Self::Lag => 1.2,
        }
    }

    fn steps_per_unit(self) -> f64 {
        match self {
            Self::Strength => 2.0,
            Self::Lag => 10.0,
        }
    }

    pub(crate) fn of(self, coupling: &Coupling) -> f64 {
        match self {
            Self::Strength => coupling.strength,
            Self::Lag => coupling.phase_lag,
        }
    }

    /// To the nearest step, so that turning up and down again changes nothing.
    fn put(self, coupling: &mut Coupling, value: f64) {
        let number = match self {
            Self::Strength => &mut coupling.strength,
            Self::Lag => &mut coupling.phase_lag,
        };
        *number = (value.clamp(0.0, self.most()) * self.steps_per_unit()).round() / self.steps_per_unit();
    }
}

/// How far from a click fireflies are startled, in sides of the meadow.
const FRIGHT: f64 = 0.07;

/// Keys by the names that `--press` knows them by, and what they do.
const KEYS: [(&str, Action); 13] = [
    ("up", Action::Turn(Setting::Strength, 1.0)),
    ("down", Action::Turn(Setting::Strength, -1.0)),
    ("right", Action::Turn(Setting::Lag, 1.0)),
    ("left", Action::Turn(Setting::Lag, -1.0)),
    ("1", Action::Pursue(Pattern::InPhase)),
    ("2", Action::Pursue(Pattern::Splay)),
    ("3", Action::Pursue(Pattern::Clusters(3))),
    ("a", Action::LookUp),
    ("s", Action::Disrupt(DisruptionKind::Scramble, 0.3, 0.0)),
    ("q", Action::Disrupt(DisruptionKind::Silence, 0.3, 5.0)),
    ("c", Action::Disrupt(DisruptionKind::CutLinks, 0.5, 10.0)),
    ("space", Action::Pause),
    ("esc", Action::Leave),
];

/// The keys as the panel explains them.
pub(crate) const HELP: [(&str, &str); 9] = [
    ("up down", "coupling"),
    ("left right", "lag"),
    ("1 2 3", "in phase, splay, thirds"),
    ("a", "see neighbours or all"),
    ("s", "scramble 30 %"),
    ("q", "silence 30 % for 5 s"),
    ("c", "cut half the links 10 s"),
    ("click", "startle those nearby"),
    ("space esc", "pause, leave"),
];

pub(crate) fn plugin(app: &mut App) {
    app.add_message::<Action>();
    app.add_systems(Update, (listen, point).chain().in_set(Frame::Listen));
    app.add_systems(Update, (act, complain).chain().in_set(Frame::Act));
}

/// What the key of a name does.
pub(crate) fn named(name: &str) -> Option<Action> {
    KEYS.iter().find(|(known, _)| *known == name).map(|(_, action)| *action)
}

/// What a key does, wherever the keyboard has it.
fn action_of(key: &Key) -> Option<Action> {
    match key {
        Key::ArrowUp => named("up"),
        Key::ArrowDown => named("down"),
        Key::ArrowRight => named("right"),
        Key::ArrowLeft => named("left"),
        Key::Space => named("space"),
        Key::Escape => named("esc"),
        Key::Character(character) => named(&character.to_lowercase()),
        _ => None,
    }
}

fn listen(mut keys: MessageReader<KeyboardInput>, mut actions: MessageWriter<Action>) {
    let pressed = keys.read().filter(|key| key.state.is_pressed());
    actions.write_batch(pressed.filter_map(|key| action_of(&key.logical_key)));
}

/// Sliders follow the pointer while its button is down; a click on the meadow startles.
fn point(
    buttons: Res<ButtonInput<MouseButton>>,
    window: Single<&Window>,
    camera: Single<(&Camera, &GlobalTransform)>,
    sliders: Query<&Slider>,
    mut actions: MessageWriter<Action>,
) {
    let (camera, transform) = *camera;
    let seen = window.cursor_position().filter(|_| buttons.pressed(MouseButton::Left));
    let Some(point) = seen.and_then(|cursor| camera.viewport_to_world_2d(transform, cursor).ok()) else {
        return;
    };
    for slider in &sliders {
        actions.write_batch(layout::part_at(point, slider.top).map(|part| Action::Set(slider.setting, part)));
    }
    if buttons.just_pressed(MouseButton::Left) {
        actions.write_batch(layout::place_at(point).map(Action::Startle));
    }
}

fn act(world: &mut World) {
    let actions: Vec<Action> = world.resource_mut::<Messages<Action>>().drain().collect();
    for action in actions {
        let news = act_one(world, action).unwrap_or_else(|error| Some(error.to_string()));
        if let Some(news) = news {
            world.insert_resource(News(news));
        }
    }
}

/// Does it, and says what has come of it if the panel doesn't show that anyway.
fn act_one(world: &mut World, action: Action) -> Result<Option<String>, SwarmError> {
    let now = world.resource::<SwarmClock>().seconds();
    match action {
        Action::Turn(setting, steps) => {
            let mut coupling = world.resource_mut::<Coupling>();
            let value = setting.of(&coupling) + steps / setting.steps_per_unit();
            setting.put(&mut coupling, value);
        }
        Action::Set(setting, part) => setting.put(&mut world.resource_mut::<Coupling>(), part * setting.most()),
        Action::Pursue(pattern) => pursue(world, pattern)?,
        Action::LookUp => {
            let mut coupling = world.resource_mut::<Coupling>();
            coupling.all_to_all = !coupling.all_to_all;
        }
        Action::Disrupt(kind, fraction, seconds) => {
            let until = kind.can_end().then_some(now + seconds);
            let hit = disrupt(world, Disruption { until, ..Disruption::new(kind, fraction, now) })?;
            return Ok(Some(format!("{} hit {hit} at {now:.1} s", kind.name().replace('_', " "))));
        }
        Action::Startle(place) => {
            let startled = startle(world, place);
            return Ok(Some(format!("startled {startled} at {now:.1} s")));
        }
        Action::Pause => {
            let mut time = world.resource_mut::<Time<Virtual>>();
            if time.is_paused() { time.unpause() } else { time.pause() }
        }
        Action::Leave => {
            world.write_message(AppExit::Success);
        }
    }
    Ok(None)
}

/// Gives the swarm a goal without deadline, and the rule by which a swarm usually comes to it.
pub(crate) fn pursue(world: &mut World, pattern: Pattern) -> Result<(), SwarmError> {
    install_goal(world, Goal { deadline: f64::MAX, ..Goal::new(pattern) }, None)?;
    pattern.usual_rules().first().map_or(Ok(()), |rule| adopt(world, rule))
}

/// Fireflies are ordinary entities: any system may write their phases.
fn startle(world: &mut World, Place(middle): Place) -> usize {
    let near = |place: &Place| (place.0[0] - middle[0]).hypot(place.0[1] - middle[1]) <= FRIGHT;
    let mut startled = 0;
    for (_, mut phase) in world.query::<(&Place, &mut Phase)>().iter_mut(world).filter(|(place, _)| near(place)) {
        *phase = Phase(0.0);
        startled += 1;
    }
    startled
}

/// An error stops the swarm, not the window.
fn complain(mut stopped: MessageReader<SwarmStopped>, mut news: ResMut<News>) {
    for SwarmStopped(error) in stopped.read() {
        news.0 = error.to_string();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arrows_turn_settings_and_letters_disrupt_in_either_case() {
        assert_eq!(action_of(&Key::ArrowUp), Some(Action::Turn(Setting::Strength, 1.0)));
        assert_eq!(action_of(&Key::ArrowLeft), Some(Action::Turn(Setting::Lag, -1.0)));
        assert_eq!(action_of(&Key::Character("S".into())), named("s"));
        assert_eq!(action_of(&Key::Character("3".into())), Some(Action::Pursue(Pattern::Clusters(3))));
        assert_eq!(action_of(&Key::Character("x".into())), None);
    }

    #[test]
    fn every_key_is_explained_and_nothing_else() {
        let explained: Vec<&str> = HELP.iter().flat_map(|(keys, _)| keys.split(' ')).collect();
        assert!(KEYS.iter().all(|(name, _)| explained.contains(name)));
        assert_eq!(explained.len(), KEYS.len() + 1, "all but the click are keys");
    }

    #[test]
    fn a_setting_stays_in_its_range_and_comes_back_to_where_it_was() {
        let mut coupling = Coupling { strength: 6.0, phase_lag: 0.8, ..default() };
        let before = coupling;
        for steps in [-3.0, 3.0] {
            for setting in [Setting::Strength, Setting::Lag] {
                let value = setting.of(&coupling) + steps / setting.steps_per_unit();
                setting.put(&mut coupling, value);
            }
        }
        assert_eq!(coupling, before);
        Setting::Strength.put(&mut coupling, -1.0);
        Setting::Lag.put(&mut coupling, 100.0);
        assert_eq!((coupling.strength, coupling.phase_lag), (0.0, 1.2));
    }

    /// A meadow of three: two near each other, one far away.
    fn meadow() -> World {
        let mut world = World::new();
        install_swarm(&mut world);
        world.init_resource::<Time<Virtual>>();
        for (place, phase) in [([0.5, 0.5], 1.0), ([0.52, 0.5], 2.0), ([0.9, 0.9], 3.0)] {
            world.spawn((Place(place), Phase(phase), Frequency(1.0)));
        }
        world
    }

    #[test]
    fn only_those_nearby_are_startled() -> Result<(), SwarmError> {
        let mut world = meadow();
        act_one(&mut world, Action::Startle(Place([0.5, 0.5])))?;
        let mut phases: Vec<f64> = world.query::<&Phase>().iter(&world).map(|phase| phase.0).collect();
        phases.sort_by(f64::total_cmp);
        assert_eq!(phases, [0.0, 0.0, 3.0]);
        Ok(())
    }

    #[test]
    fn whatever_keys_are_pressed_the_swarm_goes_on() -> Result<(), SwarmError> {
        let mut world = meadow();
        let actions = KEYS.iter().filter(|(_, action)| *action != Action::Leave);
        for (_, action) in actions.clone().chain(actions) {
            act_one(&mut world, *action)?;
            advance(&mut world, 2)?;
        }
        assert_eq!(world.resource::<SwarmClock>().steps(), 2 * 2 * (KEYS.len() as u64 - 1));
        Ok(())
    }
}
