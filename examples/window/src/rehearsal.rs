//! Screenshots of a performance that goes the same way every time: so many steps a frame, and keys pressed at given
//! frames.

use std::{path::PathBuf, str::FromStr};

use bevy::{
    prelude::*,
    render::view::screenshot::{Screenshot, ScreenshotCaptured, save_to_disk},
    time::TimeUpdateStrategy,
    winit::WinitSettings,
};
use clap::Parser;

use crate::{
    Frame,
    action::{Action, named},
};

/// Ten thousand fireflies in a window: see the panel for keys.
#[derive(Parser, Resource, Clone, Debug, PartialEq)]
#[command(version)]
pub(crate) struct Arguments {
    /// Take screenshots of these frames, from 2 on, then end; time passes by frames, not by the clock
    #[arg(long, value_name = "FRAMES", value_delimiter = ',', value_parser = clap::value_parser!(u32).range(2..))]
    pub(crate) frames: Vec<u32>,
    /// Where they go, as frame_N.png
    #[arg(long, value_name = "DIRECTORY", default_value = ".")]
    screenshots: PathBuf,
    /// Press keys at frames, as 300:s,310:up
    #[arg(long, value_name = "FRAME:KEY", value_delimiter = ',', requires = "frames")]
    press: Vec<Press>,
    /// Steps of 1/64 s from one frame to the next
    #[arg(long, value_name = "STEPS", default_value_t = 4, requires = "frames")]
    steps: u32,
}

/// A key at a frame.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Press {
    frame: u32,
    action: Action,
}

impl FromStr for Press {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (frame, key) = text.split_once(':').ok_or("a frame and a key, as 300:s")?;
        let frame = frame.parse().map_err(|_| format!("`{frame}` is no frame"))?;
        let action = named(key).ok_or_else(|| format!("no key is called `{key}`"))?;
        Ok(Self { frame, action })
    }
}

pub(crate) fn install(app: &mut App, arguments: Arguments) {
    app.insert_resource(TimeUpdateStrategy::FixedTimesteps(arguments.steps));
    // Without a window manager no window has the focus.
    app.insert_resource(WinitSettings::continuous());
    app.insert_resource(arguments);
    app.add_systems(Update, perform.in_set(Frame::Listen));
}

/// One frame of the performance.
fn perform(
    arguments: Res<Arguments>,
    mut frame: Local<u32>,
    mut actions: MessageWriter<Action>,
    mut commands: Commands,
) {
    *frame += 1;
    actions.write_batch(arguments.press.iter().filter(|press| press.frame == *frame).map(|press| press.action));
    if arguments.frames.contains(&frame) {
        let file = arguments.screenshots.join(format!("frame_{:04}.png", *frame));
        let mut screenshot = commands.spawn(Screenshot::primary_window());
        screenshot.observe(save_to_disk(file));
        // It comes some frames after it was asked for.
        if arguments.frames.iter().all(|other| *other <= *frame) {
            screenshot.observe(|_: On<ScreenshotCaptured>, mut exit: MessageWriter<AppExit>| {
                exit.write(AppExit::Success);
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_performance_is_read_from_the_command_line() {
        let line = ["window", "--frames", "30,300", "--screenshots", "shots", "--press", "200:s,210:up"];
        let arguments = Arguments::try_parse_from(line).expect("it is complete");
        assert_eq!((arguments.frames, arguments.steps), (vec![30, 300], 4));
        assert_eq!(arguments.press[0], Press { frame: 200, action: named("s").expect("s is a key") });
    }

    #[test]
    fn keys_that_do_nothing_and_frames_that_are_none_are_refused() {
        assert!("200:x".parse::<Press>().is_err());
        assert!("soon:s".parse::<Press>().is_err());
        assert!("s".parse::<Press>().is_err());
        assert!(Arguments::try_parse_from(["window", "--frames", "1"]).is_err(), "the first shows nothing yet");
        assert!(Arguments::try_parse_from(["window", "--press", "2:s"]).is_err(), "no frames, no performance");
    }
}
