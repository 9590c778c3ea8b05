//! `lampyrid serve`: a swarm as a page in a browser while it runs.
//!
//! The page is in the program, and all that it asks for it asks here. One thread answers everybody; the swarm runs on
//! its own and is never waited for, nor waits.
//!
//! | file | what |
//! |---|---|
//! | `arguments` | what can be said on the command line |
//! | `place` | where it is found, and the address that is told |
//! | `door` | who is let in |
//! | `server` | connections: how many, how long, how much |
//! | `routes` | what can be asked for |
//! | `page` | the page itself |
//! | `audience` | what was seen so far, for whoever looks |
//! | `frame` | what is sent of it, written down once for all |
//! | `wish` | what the page may ask the swarm to do |
//! | `editor` | scenarios that are written in the page |
//! | `download` | files of the run as it is now |
//! | `bench` | what being served costs a swarm |

mod arguments;
mod audience;
mod bench;
mod door;
mod download;
mod editor;
mod frame;
mod page;
mod place;
mod routes;
mod server;
mod wish;

use std::{io::Write, sync::Arc};

pub(crate) use arguments::ServeArguments;
use audience::Audience;
pub(crate) use bench::cases;
use place::Place;
pub(crate) use place::ServeError;
use routes::House;

use crate::{
    error::Failure,
    exit_code,
    interrupt::Interrupt,
    live::{Live, Sight, close},
};

/// Serves a scenario until it is interrupted; returns the exit code.
pub(crate) fn serve(arguments: &ServeArguments) -> Result<u8, Failure> {
    let scenario = arguments.live.scenario()?;
    let runtime = server::runtime()?;
    // What can be wrong with the place is found before a swarm is made.
    let (place, listener) = Place::take(arguments, &runtime)?;
    let options = arguments.live.options(Sight::PAGE);
    let editor = editor::Editor::of(&scenario, options.threads);
    let live = Arc::new(Live::start(scenario, options)?);
    let interrupt = Interrupt::listen();
    let audience = Audience::gather(live.clone());
    tell(arguments, &place)?;
    let house = House { live: live.clone(), audience: audience.clone(), editor, door: place.door() };
    runtime.block_on(server::serve(listener, house, || interrupt.was_requested() || audience.is_over()));
    // Whoever is still connected is let go, and with them all that they hold.
    drop(runtime);
    audience.leave();
    let live = Arc::into_inner(live).expect("nobody else holds it any more");
    let ended = live.end();
    close(&ended, "served", arguments.json, arguments.quiet)?;
    Ok(exit_code::INTERRUPTED)
}

/// Says where the page is.
fn tell(arguments: &ServeArguments, place: &Place) -> Result<(), Failure> {
    let mut out = std::io::stdout().lock();
    if arguments.json {
        writeln!(out, "{}", serde_json::json!({ "url": place.url() }))?;
    } else if !arguments.quiet {
        writeln!(out, "The swarm is at {}  (Ctrl-C ends it)", place.url())?;
        if place.is_open_to_others() {
            writeln!(out, "Whoever has this address can steer it; what is sent is not encrypted.")?;
        }
    }
    Ok(out.flush()?)
}
