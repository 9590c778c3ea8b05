//! What can be asked for, and what is answered.

use std::{convert::Infallible, net::SocketAddr, sync::Arc, time::Duration};

use axum::{
    Extension, Router,
    body::{Body, Bytes, HttpBody},
    extract::{DefaultBodyLimit, FromRequest, Path, Request, State},
    http::{HeaderValue, StatusCode, header},
    middleware::{self, Next},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use futures_util::stream;
use lampyrid::io::{Scenario, plot::phase_color};
use serde::Serialize;
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore, watch},
    task::spawn_blocking,
    time::timeout,
};

use super::{
    audience::Audience,
    door::{Door, Entry},
    download::{Download, Written},
    editor::{Complaint, Editor, Praise},
    frame::Frame,
    page::{ASSETS, secure},
    wish::{self, Unwished},
};
use crate::{
    arguments::Listing,
    list::Word,
    live::{Command, Live, Pace, Refused},
};

/// All that answers are made from.
pub(super) struct House {
    pub live: Arc<Live>,
    pub audience: Audience,
    pub editor: Editor,
    pub door: Door,
}

/// The same, shared, with what is given out one at a time.
#[derive(Clone)]
struct Rooms {
    house: Arc<House>,
    /// Files are written one after the other.
    desk: Arc<Semaphore>,
}

/// Bytes of a command, more than any has.
const LONGEST_WISH: usize = 4 << 10;
/// Bytes of a scenario, as of a file.
const LONGEST_SCENARIO: usize = 128 << 10;
/// How long somebody may take to ask, and we to begin to answer.
const PATIENCE: Duration = Duration::from_secs(20);
/// Between two signs of life to those who look on while nothing happens.
const SIGN_OF_LIFE: Duration = Duration::from_secs(15);

/// Everything that can be asked for.
pub(super) fn router(house: House) -> Router {
    let rooms = Rooms { house: Arc::new(house), desk: Arc::new(Semaphore::new(1)) };
    let mut router = Router::new();
    for asset in &ASSETS {
        router =
            router.route(asset.path, get(move || async { ([(header::CONTENT_TYPE, asset.media_type)], asset.text) }));
    }
    router
        .route("/hello", get(hello))
        .route("/live", get(live))
        .route("/story", get(story))
        .route("/data/scenario.toml", get(scenario))
        .route("/data/{name}", get(data))
        .route("/do", post(act).layer(DefaultBodyLimit::max(LONGEST_WISH)))
        .route("/check", post(check).layer(DefaultBodyLimit::max(LONGEST_SCENARIO)))
        .route("/begin", post(begin).layer(DefaultBodyLimit::max(LONGEST_SCENARIO)))
        .fallback(|| async { told(StatusCode::NOT_FOUND, "there is nothing here") })
        .method_not_allowed_fallback(|| async { told(StatusCode::METHOD_NOT_ALLOWED, "that is not done here") })
        .layer(middleware::from_fn_with_state(rooms.clone(), guard))
        .with_state(rooms)
}

fn told(status: StatusCode, words: impl Into<String>) -> Response {
    (status, [(header::CONTENT_TYPE, "text/plain; charset=utf-8")], words.into() + "\n").into_response()
}

/// Lets in whoever may come in, waits for nobody, and has every answer say how it may be used.
async fn guard(
    State(rooms): State<Rooms>,
    Extension(at): Extension<SocketAddr>,
    request: Request,
    next: Next,
) -> Response {
    let entry = rooms.house.door.admit(request.method(), request.uri(), request.headers(), at);
    let mut response = match entry {
        Err(stranger) => told(stranger.status(), stranger.words()),
        Ok(Entry::Introduced { cookie }) => {
            (StatusCode::SEE_OTHER, [(header::SET_COOKIE, cookie), (header::LOCATION, HeaderValue::from_static("/"))])
                .into_response()
        }
        Ok(Entry::Granted) => match timeout(PATIENCE, next.run(request)).await {
            Ok(response) => response,
            Err(_) => told(StatusCode::REQUEST_TIMEOUT, "that took too long"),
        },
    };
    secure(response.headers_mut());
    response
}

/// What a page has to know once.
#[derive(Serialize)]
struct Hello {
    version: &'static str,
    /// Colours of phases, evenly from 0 on, as #rrggbb.
    colors: Vec<String>,
    speeds: [f64; 10],
    disruptions: &'static [Word],
    patterns: &'static [Word],
    strategies: &'static [Word],
}

/// Parts of a turn that have a colour of their own, as cells do.
const COLORS: u8 = 255;

async fn hello() -> Response {
    let color = |place: u8| {
        let [red, green, blue] = phase_color(std::f64::consts::TAU * (f64::from(place) + 0.5) / f64::from(COLORS));
        format!("#{red:02x}{green:02x}{blue:02x}")
    };
    json(
        StatusCode::OK,
        &Hello {
            version: env!("CARGO_PKG_VERSION"),
            colors: (0..COLORS).map(color).collect(),
            speeds: Pace::LADDER,
            disruptions: Listing::Disruptions.words(),
            patterns: Listing::Patterns.words(),
            strategies: Listing::Strategies.words(),
        },
    )
}

fn json(status: StatusCode, what: &impl Serialize) -> Response {
    let text = serde_json::to_string(what).unwrap_or_default();
    (status, [(header::CONTENT_TYPE, "application/json")], text).into_response()
}

async fn story(State(rooms): State<Rooms>) -> Response {
    ([(header::CONTENT_TYPE, "application/json")], rooms.house.audience.story()).into_response()
}

/// One who looks on.
struct Spectator {
    frames: watch::Receiver<Arc<Frame>>,
    /// How many events were sent of which run.
    told: Option<(u64, u64)>,
    /// A frame whose events were sent, and it was not.
    next: Option<Arc<Frame>>,
}

impl Spectator {
    /// What is to be sent next: only asked for once all before is on its way, so that nothing piles up here.
    async fn next(mut self) -> Option<(Result<Bytes, Infallible>, Self)> {
        if let Some(frame) = self.next.take() {
            return Some((Ok(frame.view()), self));
        }
        match timeout(SIGN_OF_LIFE, self.frames.changed()).await {
            Err(_) => return Some((Ok(Bytes::from_static(b":\n\n")), self)),
            Ok(Err(_)) => return None,
            Ok(Ok(())) => {}
        }
        let frame = self.frames.borrow_and_update().clone();
        let told = Some((frame.seen.run, frame.told()));
        if self.told == told {
            return Some((Ok(frame.view()), self));
        }
        self.told = told;
        let events = frame.events();
        self.next = Some(frame);
        Some((Ok(events), self))
    }
}

async fn live(State(rooms): State<Rooms>) -> Response {
    let spectator = Spectator { frames: rooms.house.audience.subscribe(), told: None, next: None };
    let body = Body::from_stream(stream::unfold(spectator, Spectator::next));
    ([(header::CONTENT_TYPE, "text/event-stream")], body).into_response()
}

async fn scenario(State(rooms): State<Rooms>) -> Response {
    let text = rooms.house.audience.latest().seen.scenario.to_string();
    attached("scenario.toml", "application/toml", Body::from(text))
}

fn attached(name: &str, media_type: &'static str, body: Body) -> Response {
    let disposition = format!("attachment; filename=\"{name}\"");
    ([(header::CONTENT_TYPE, media_type.to_owned()), (header::CONTENT_DISPOSITION, disposition)], body).into_response()
}

/// Whether a request says what it brings; a page of somebody else cannot say so without asking first (CORS).
fn brings(request: &Request, media_type: &str) -> bool {
    let said = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    said.is_some_and(|said| said.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case(media_type))
}

/// The body of a request, if it is of that kind and no longer than it may be.
async fn body(request: Request, media_type: &str, longest: usize) -> Result<Bytes, Response> {
    if !brings(&request, media_type) {
        return Err(told(StatusCode::UNSUPPORTED_MEDIA_TYPE, format!("this takes {media_type}")));
    }
    // Said beforehand, it need not even be sent.
    if request.body().size_hint().lower() > longest as u64 {
        return Err(told(StatusCode::PAYLOAD_TOO_LARGE, format!("at most {longest} bytes are taken")));
    }
    Bytes::from_request(request, &()).await.map_err(|error| told(error.status(), error.body_text()))
}

async fn act(State(rooms): State<Rooms>, request: Request) -> Response {
    let body = match body(request, "application/json", LONGEST_WISH).await {
        Ok(body) => body,
        Err(response) => return response,
    };
    let seen = rooms.house.audience.latest().seen.clone();
    match wish::read(&body, &seen) {
        Err(error @ Unwished::Malformed(_)) => told(StatusCode::BAD_REQUEST, error.to_string()),
        Err(error) => told(StatusCode::UNPROCESSABLE_ENTITY, error.to_string()),
        Ok(Command::Resize(agents)) => {
            match rooms.house.editor.varied(&seen.scenario, &format!("network.agents={agents}")) {
                // What else may be wrong with it is told among the events.
                Ok(_) => passed_on(&rooms, Command::Resize(agents)),
                Err(Complaint { message, .. }) => told(StatusCode::UNPROCESSABLE_ENTITY, message.trim_end()),
            }
        }
        Ok(command) => passed_on(&rooms, command),
    }
}

fn passed_on(rooms: &Rooms, command: Command) -> Response {
    rooms.house.live.send(command).map_or_else(refused, |()| StatusCode::NO_CONTENT.into_response())
}

fn refused(refused: Refused) -> Response {
    let mut response = told(StatusCode::SERVICE_UNAVAILABLE, refused.to_string());
    response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
    response
}

/// Whether a scenario is right: that it is not is a finding, and no failure.
async fn check(State(rooms): State<Rooms>, request: Request) -> Response {
    match read(&rooms, request).await {
        Ok(Ok(scenario)) => json(StatusCode::OK, &Praise::of(&scenario)),
        Ok(Err(complaint)) => json(StatusCode::OK, &complaint),
        Err(response) => response,
    }
}

async fn begin(State(rooms): State<Rooms>, request: Request) -> Response {
    match read(&rooms, request).await {
        Ok(Ok(scenario)) => passed_on(&rooms, Command::Begin(Box::new(scenario))),
        Ok(Err(complaint)) => json(StatusCode::UNPROCESSABLE_ENTITY, &complaint),
        Err(response) => response,
    }
}

/// The scenario of a request, or what is wrong with it.
async fn read(rooms: &Rooms, request: Request) -> Result<Result<Scenario, Complaint>, Response> {
    let body = body(request, "application/toml", LONGEST_SCENARIO).await?;
    let text = std::str::from_utf8(&body)
        .map_err(|error| told(StatusCode::BAD_REQUEST, format!("a scenario is UTF-8 text: {error}")))?;
    Ok(rooms.house.editor.read(text))
}

async fn data(State(rooms): State<Rooms>, Path(name): Path<String>) -> Response {
    let Some(download) = Download::named(&name) else {
        return told(StatusCode::NOT_FOUND, "there is no such file");
    };
    // Whoever gives up waiting leaves the desk to the next.
    let Ok(desk) = rooms.desk.clone().acquire_owned().await else {
        return told(StatusCode::SERVICE_UNAVAILABLE, "no files are written any more");
    };
    let house = rooms.house.clone();
    let account = spawn_blocking(move || house.live.account(PATIENCE / 2)).await;
    let account = match account {
        Ok(Ok(account)) => account,
        Ok(Err(error)) => return refused(error),
        Err(_) => return told(StatusCode::INTERNAL_SERVER_ERROR, "the file could not be begun"),
    };
    match spawn_blocking(move || download.write(account)).await {
        Ok(Ok(written)) => sent(download, written, desk),
        Ok(Err(error)) => told(StatusCode::INTERNAL_SERVER_ERROR, error.to_string()),
        Err(_) => told(StatusCode::INTERNAL_SERVER_ERROR, "the file could not be written"),
    }
}

/// Sends a file piece by piece, each once the one before is on its way.
fn sent(download: Download, written: Written, desk: OwnedSemaphorePermit) -> Response {
    let bytes = written.bytes;
    let pieces = stream::unfold(Some((written, desk)), |state| async {
        let (mut written, desk) = state?;
        let (piece, written) = spawn_blocking(move || (written.piece(), written)).await.ok()?;
        match piece {
            Ok(piece) if piece.is_empty() => None,
            Ok(piece) => Some((Ok(Bytes::from(piece)), Some((written, desk)))),
            Err(error) => Some((Err(error), None)),
        }
    });
    let mut response = attached(download.name(), download.media_type(), Body::from_stream(pieces));
    response.headers_mut().insert(header::CONTENT_LENGTH, bytes.into());
    response
}
