//! What being served costs a swarm.

use std::{
    io::{BufRead, BufReader, Write},
    net::{Ipv4Addr, SocketAddr, TcpStream},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    thread,
    time::Duration,
};

use lampyrid::io::Scenario;
use lampyrid_bench::suite::Case;

use super::{
    audience::Audience,
    door::Door,
    editor::Editor,
    place::{ServeError, listen},
    routes::House,
    server,
};
use crate::live::{BAR, Live, Sight, against_unseen};

/// Frames that a client has to get in a second for the figure to be one of serving.
const FRAMES: f64 = 20.0;

/// The cases of `lampyrid bench` that are about serving.
pub(crate) fn cases() -> Vec<Case> {
    let sentence = "10,000 agents on one thread while a client reads all of them over HTTP, against steps that nobody looks at, and \
                    the frames that it gets";
    let names = ["over_unserved", "frames"];
    vec![Case::of_duel_at_a_rate("serving/10000".to_owned(), names, sentence, [BAR, FRAMES], |conditions| {
        let frames = AtomicU64::new(0);
        let (duel, served) = against_unseen(conditions, Sight::PAGE, |live, is_over| {
            // Without a place to be served at no frame comes, which is told.
            let _ = serve_a_client(live, is_over, &frames);
        })?;
        Ok((duel, frames.load(Ordering::Relaxed) as f64 / served.as_secs_f64()))
    })]
}

/// Serves on a port of this machine to a client that reads whatever comes, until it is over.
fn serve_a_client(live: Arc<Live>, is_over: &AtomicBool, frames: &AtomicU64) -> Result<(), ServeError> {
    let runtime = server::runtime()?;
    let wanted = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    let unusable = |source| ServeError::Unusable { address: wanted, source };
    let listener = {
        let _in = runtime.enter();
        listen(wanted).map_err(unusable)?
    };
    let address = listener.local_addr().map_err(unusable)?;
    let scenario = Scenario::parse("", "the bench").expect("an empty scenario is one");
    let (editor, door) = (Editor::of(&scenario, 1), Door::new(address.port(), None));
    let audience = Audience::gather(live.clone());
    let house = House { live, audience: audience.clone(), editor, door };
    thread::scope(|scope| {
        scope.spawn(|| read(address, is_over, frames));
        runtime.block_on(server::serve(listener, house, || is_over.load(Ordering::Relaxed)));
        drop(runtime);
    });
    audience.leave();
    Ok(())
}

/// Counts the frames that come.
fn read(address: SocketAddr, is_over: &AtomicBool, frames: &AtomicU64) -> Option<()> {
    let mut stream = TcpStream::connect(address).ok()?;
    stream.set_read_timeout(Some(Duration::from_millis(100))).ok()?;
    write!(stream, "GET /live HTTP/1.1\r\nHost: {address}\r\n\r\n").ok()?;
    let (mut reader, mut line) = (BufReader::with_capacity(64 << 10, stream), Vec::new());
    while !is_over.load(Ordering::Relaxed) {
        line.clear();
        // While nothing is stepped there is nothing to be read.
        match reader.read_until(b'\n', &mut line) {
            Ok(0) => return None,
            Ok(_) if line.starts_with(b"event: view") => {
                frames.fetch_add(1, Ordering::Relaxed);
            }
            _ => {}
        }
    }
    Some(())
}
