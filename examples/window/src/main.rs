//! Ten thousand fireflies on a meadow at night, in a window. Each sees those near it and flashes when its phase comes
//! full circle; waves of light run through the meadow, and keys, sliders and clicks push it about.
//!
//!     cargo run --ignore-rust-version
//!
//! To have the swarm takes the few lines of `meadow`. All else is what a host does with one: keys become actions
//! (`action`), phases become light (`flash`, `glow`), numbers become a panel (`panel`).

#![forbid(unsafe_code)]

mod action;
mod flash;
mod glow;
mod layout;
mod meadow;
mod panel;
mod rehearsal;

use bevy::{camera::ScalingMode, prelude::*, render::RenderPlugin, window::PresentMode};
use clap::Parser;

use rehearsal::Arguments;

/// What happens in a frame after the swarm's steps, in order.
#[derive(SystemSet, Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Frame {
    /// Keys and clicks become actions.
    Listen,
    /// Actions are done.
    Act,
    /// The window shows what has come of it.
    Show,
}

fn main() -> AppExit {
    let arguments = Arguments::parse();
    let rehearsed = !arguments.frames.is_empty();
    let window = Window {
        title: "Lampyrid: fireflies".into(),
        resolution: [layout::WIDTH as u32, layout::HEIGHT as u32].into(),
        present_mode: if rehearsed { PresentMode::AutoNoVsync } else { PresentMode::AutoVsync },
        ..default()
    };
    // A screenshot must not depend on how fast shaders are compiled.
    let render = RenderPlugin { synchronous_pipeline_compilation: rehearsed, ..default() };
    let mut app = App::new();
    app.add_plugins(DefaultPlugins.set(WindowPlugin { primary_window: Some(window), ..default() }).set(render));
    app.insert_resource(ClearColor(layout::NIGHT));
    app.configure_sets(Update, (Frame::Listen, Frame::Act, Frame::Show).chain());
    app.add_plugins((meadow::plugin, action::plugin, glow::plugin, panel::plugin));
    app.add_systems(Startup, open_eyes);
    if rehearsed {
        rehearsal::install(&mut app, arguments);
    }
    app.run()
}

/// The whole layout is visible in a window of any size.
fn open_eyes(mut commands: Commands) {
    let scaling_mode = ScalingMode::AutoMin { min_width: layout::WIDTH, min_height: layout::HEIGHT };
    let projection = OrthographicProjection { scaling_mode, ..OrthographicProjection::default_2d() };
    commands.spawn((Camera2d, Projection::Orthographic(projection), Msaa::Off, bevy::camera::CompositingSpace::Linear));
}
