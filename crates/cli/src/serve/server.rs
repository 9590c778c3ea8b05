//! Connections: how many there are, how long they may take, and how much they may hold.

use std::{io, net::SocketAddr, sync::Arc, time::Duration};

use axum::{Extension, Router};
use hyper::server::conn::http1;
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    service::TowerToHyperService,
};
use tokio::{
    net::{TcpListener, TcpStream},
    runtime::{Builder, Runtime},
    sync::Semaphore,
    time::{sleep, timeout},
};
use tokio_io_timeout::TimeoutStream;

use super::{
    place::ServeError,
    routes::{House, router},
};

/// Connections at a time; more are closed as they come. A browser takes up to six for a page.
const MOST: usize = 256;
/// How long somebody may take to say what is wanted, and stay silent between two requests.
const SILENCE: Duration = Duration::from_secs(15);
/// How long somebody may take nothing of what is sent.
const STALL: Duration = Duration::from_secs(10);
/// Bytes of a request's head, and of what waits to be sent.
const BUFFER: usize = 64 << 10;
/// How often it is asked whether that is all.
const TICK: Duration = Duration::from_millis(50);

/// What one thread answers everybody with.
pub(super) fn runtime() -> Result<Runtime, ServeError> {
    let runtime = Builder::new_current_thread().enable_io().enable_time().max_blocking_threads(4).build();
    runtime.map_err(|source| ServeError::NoRuntime { source })
}

/// Answers whoever comes until that is all.
pub(super) async fn serve(listener: TcpListener, house: House, is_over: impl Fn() -> bool) {
    let router = router(house);
    let seats = Arc::new(Semaphore::new(MOST));
    while !is_over() {
        let Ok(accepted) = timeout(TICK, listener.accept()).await else { continue };
        match accepted {
            Ok((stream, _)) => {
                // Without a seat it is closed at once.
                if let Ok(seat) = seats.clone().try_acquire_owned() {
                    let router = router.clone();
                    tokio::spawn(async move {
                        let _ = attend(stream, router).await;
                        drop(seat);
                    });
                }
            }
            // Whoever went before being let in is nobody's fault; short of files, it is better in a moment.
            Err(_) => sleep(TICK).await,
        }
    }
}

async fn attend(stream: TcpStream, router: Router) -> io::Result<()> {
    let at: SocketAddr = stream.local_addr()?;
    // A frame is written in one go: nothing is gained by waiting for more.
    stream.set_nodelay(true)?;
    let mut stream = TimeoutStream::new(stream);
    stream.set_write_timeout(Some(STALL));
    let service = TowerToHyperService::new(router.layer(Extension(at)));
    let mut protocol = http1::Builder::new();
    protocol.timer(TokioTimer::new()).header_read_timeout(SILENCE).max_buf_size(BUFFER);
    let connection = protocol.serve_connection(TokioIo::new(Box::pin(stream)), service);
    connection.await.map_err(io::Error::other)
}
