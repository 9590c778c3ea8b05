//! `lampyrid serve`: who is let in, what is answered, and that the swarm does not mind.

#![cfg(target_os = "linux")]

mod support;

use std::{
    fs,
    io::{BufRead, BufReader, Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    path::Path,
    process::{Child, Command, ExitStatus, Stdio},
    thread,
    time::{Duration, Instant},
};

use serde_json::Value;
use support::{code, done, lampyrid, run, said};

/// Two thousand agents for four simulated seconds.
const RING: [&str; 4] =
    ["--set=network.kind=ring", "--set=network.agents=2000", "--set=time.step=0.02", "--set=time.duration=4"];
const TOKEN: &str = "0123456789abcdef";
/// How long anything may take: far longer than it does, also on a machine that has much else to do.
const PATIENCE: Duration = Duration::from_secs(90);

/// A program that serves; dropped, it ends.
struct Served {
    child: Child,
    said: BufReader<std::process::ChildStdout>,
    url: String,
    address: SocketAddr,
}

impl Served {
    fn start(directory: &Path, arguments: &[&str]) -> Self {
        let mut command = lampyrid(directory);
        command.args(["serve", "--json", "--port", "0"]).args(arguments).stdout(Stdio::piped());
        let mut child = command.spawn().expect("the program starts");
        let mut said = BufReader::new(child.stdout.take().expect("it was piped"));
        let mut line = String::new();
        said.read_line(&mut line).expect("it says where it is");
        let told: Value = serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error}: {line}"));
        let url = told["url"].as_str().expect("an address").to_owned();
        let host = url.strip_prefix("http://").and_then(|url| url.split('/').next()).expect("a host");
        let address = host.parse().unwrap();
        Self { child, said, url, address }
    }

    /// What is answered to bytes: status, head and body; none if it was closed without a word.
    fn ask(&self, bytes: &[u8]) -> Option<(u16, String)> {
        let mut stream = TcpStream::connect(self.address).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        // Refused half-way, the rest cannot be sent.
        let _ = stream.write_all(bytes);
        let mut answer = Vec::new();
        let mut piece = [0; 4096];
        while let Ok(count @ 1..) = stream.read(&mut piece) {
            answer.extend_from_slice(&piece[..count]);
            // What goes on for ever is known by its first frames.
            if answer.len() > 1 << 20 || (answer.starts_with(b"HTTP/1.1 200") && is_stream(&answer)) {
                break;
            }
        }
        let answer = String::from_utf8_lossy(&answer).into_owned();
        let status = answer.split(' ').nth(1)?.parse().ok()?;
        Some((status, answer))
    }

    /// A request of a page of this place, or of nobody's; the connection ends with it.
    fn send(&self, method: &str, path: &str, lines: &str, body: &[u8]) -> (u16, String) {
        let address = self.address;
        let length = if method == "GET" { String::new() } else { format!("Content-Length: {}\r\n", body.len()) };
        let head = format!("{method} {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n{length}{lines}\r\n");
        self.ask(&[head.as_bytes(), body].concat()).unwrap_or_else(|| panic!("{method} {path} was not answered"))
    }

    fn get(&self, path: &str) -> String {
        let (status, answer) = self.send("GET", path, "", b"");
        assert_eq!(status, 200, "{path}: {answer}");
        answer
    }

    fn wish(&self, body: &str) -> u16 {
        self.send("POST", "/do", "Content-Type: application/json\r\n", body.as_bytes()).0
    }

    /// How the swarm is now.
    fn view(&self) -> Value {
        let answer = self.get("/live");
        let data = answer.split("event: view\ndata: ").nth(1).and_then(|rest| rest.split('\n').next());
        serde_json::from_str(data.unwrap_or_else(|| panic!("no view: {answer}"))).unwrap()
    }

    fn wait_for(&self, what: &str, is_it: impl Fn(&Value) -> bool) -> Value {
        let began = Instant::now();
        loop {
            let view = self.view();
            if is_it(&view) {
                return view;
            }
            assert!(began.elapsed() < PATIENCE, "never {what}: {view}");
            thread::sleep(Duration::from_millis(20));
        }
    }

    fn status(&self, key: &str) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix(key)).unwrap();
        line.split_whitespace().next().unwrap().parse().unwrap()
    }

    fn open_files(&self) -> usize {
        fs::read_dir(format!("/proc/{}/fd", self.child.id())).unwrap().count()
    }

    /// Ends it as Ctrl-C does; the object that it ends with.
    fn interrupt(mut self) -> (ExitStatus, Value) {
        assert!(Command::new("kill").args(["-INT", &self.child.id().to_string()]).status().unwrap().success());
        let mut rest = String::new();
        self.said.read_to_string(&mut rest).unwrap();
        (self.child.wait().unwrap(), serde_json::from_str(&rest).unwrap_or_else(|error| panic!("{error}: {rest}")))
    }
}

/// Whether an answer has brought a whole frame of a stream.
fn is_stream(answer: &[u8]) -> bool {
    let text = String::from_utf8_lossy(answer);
    text.contains("text/event-stream")
        && text.split("event: view\ndata: ").nth(1).is_some_and(|rest| rest.contains("\n\n"))
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What `lampyrid run` comes to.
fn unserved(directory: &Path) -> Value {
    done(directory, &[&["run", "--quiet", "--out", "run"][..], &RING].concat());
    serde_json::from_slice(&fs::read(directory.join("run/run.json")).unwrap()).unwrap()
}

/// A request in which `@` stands for the host, and what is answered; 0 where the connection is closed or refused.
struct Case {
    what: &'static str,
    request: Vec<u8>,
    expected: &'static [u16],
}

fn case(what: &'static str, request: &str, expected: &'static [u16]) -> Case {
    Case { what, request: request.replace('\n', "\r\n").into_bytes(), expected }
}

/// A command, with its length and what it says of its kind.
fn command(what: &'static str, body: &[u8], expected: &'static [u16]) -> Case {
    posted(what, "/do", "application/json", body, expected)
}

fn posted(what: &'static str, path: &str, kind: &str, body: &[u8], expected: &'static [u16]) -> Case {
    let head = format!(
        "POST {path} HTTP/1.1\r\nHost: @\r\nConnection: close\r\nContent-Type: {kind}\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    Case { what, request: [head.as_bytes(), body].concat(), expected }
}

fn requests() -> Vec<Case> {
    let get = "HTTP/1.1\nHost: @\nConnection: close";
    let refused: &[u16] = &[0, 400];
    vec![
        case("the page", &format!("GET / {get}\n\n"), &[200]),
        case("its script", &format!("GET /app.js {get}\n\n"), &[200]),
        case("its style", &format!("GET /app.css {get}\n\n"), &[200]),
        case("its sign", &format!("GET /favicon.svg {get}\n\n"), &[200]),
        case("its head", &format!("HEAD / {get}\n\n"), &[200]),
        case("what it has to know", &format!("GET /hello {get}\n\n"), &[200]),
        case("the story", &format!("GET /story {get}\n\n"), &[200]),
        case("the scenario", &format!("GET /data/scenario.toml {get}\n\n"), &[200]),
        case("the name of this machine", "GET / HTTP/1.1\nHost: localhost:#\nConnection: close\n\n", &[200]),
        case("a web socket", &format!("GET / {get}\nUpgrade: websocket\n\n"), &[200]),
        case("nothing", &format!("GET /nowhere {get}\n\n"), &[404]),
        case("a file that is none", &format!("GET /data/passwd {get}\n\n"), &[404]),
        case("a way up", &format!("GET /data/../../etc/passwd {get}\n\n"), &[404]),
        case("a way up in disguise", &format!("GET /data/%2e%2e%2f%2e%2e%2fetc%2fpasswd {get}\n\n"), &[404]),
        case("no letters", &format!("GET /data/%ff%fe {get}\n\n"), &[400, 404]),
        case("two slashes", &format!("GET // {get}\n\n"), &[404]),
        case("another page's way to write", &format!("PUT /do {get}\nContent-Length: 0\n\n"), &[405]),
        case("to delete", &format!("DELETE /do {get}\n\n"), &[405]),
        case("to read what is written", &format!("GET /do {get}\n\n"), &[405]),
        case("to write what is read", &format!("POST / {get}\nContent-Length: 0\n\n"), &[405]),
        case("to trace", &format!("TRACE / {get}\n\n"), &[405]),
        case("to be asked first", &format!("OPTIONS /do {get}\n\n"), &[405]),
        case("to be a proxy", "CONNECT example.org:80 HTTP/1.1\nHost: @\nConnection: close\n\n", &[421]),
        case("no host", "GET / HTTP/1.1\nConnection: close\n\n", &[400]),
        case("no host, as of old", "GET / HTTP/1.0\n\n", &[400]),
        case("two hosts", "GET / HTTP/1.1\nHost: @\nHost: evil.example\nConnection: close\n\n", &[400]),
        case("an empty host", "GET / HTTP/1.1\nHost:\nConnection: close\n\n", &[421]),
        case("a foreign host", "GET / HTTP/1.1\nHost: evil.example\nConnection: close\n\n", &[421]),
        case("a foreign name for this port", "GET /live HTTP/1.1\nHost: evil.example:#\nConnection: close\n\n", &[421]),
        case("a name that begins like ours", "GET / HTTP/1.1\nHost: @.evil.example\nConnection: close\n\n", &[421]),
        case("another port", "GET / HTTP/1.1\nHost: 127.0.0.1:1\nConnection: close\n\n", &[421]),
        case("no port", "GET / HTTP/1.1\nHost: 127.0.0.1\nConnection: close\n\n", &[421]),
        case("a whole foreign address", &format!("GET http://evil.example/ {get}\n\n"), &[421]),
        case("a foreign page", &format!("GET /live {get}\nOrigin: http://evil.example\n\n"), &[403]),
        case("no page's page", &format!("GET /live {get}\nOrigin: null\n\n"), &[403]),
        case("a page by another protocol", &format!("GET /live {get}\nOrigin: https://@\n\n"), &[403]),
        case("two pages", &format!("GET /live {get}\nOrigin: http://@\nOrigin: http://evil.example\n\n"), &[403]),
        case("a page from elsewhere", &format!("GET / {get}\nSec-Fetch-Site: cross-site\n\n"), &[403]),
        case("a page from nearby", &format!("GET / {get}\nSec-Fetch-Site: same-site\n\n"), &[403]),
        case(
            "a command from a bookmark",
            &format!(
                "POST /do {get}\nSec-Fetch-Site: none\nContent-Type: application/json\nContent-Length: 13\n\n{{\"do\":\"step\"}}"
            ),
            &[403],
        ),
        case(
            "a command of a foreign page",
            &format!(
                "POST /do {get}\nOrigin: http://evil.example\nContent-Type: application/json\nContent-Length: 13\n\n{{\"do\":\"step\"}}"
            ),
            &[403],
        ),
        case("a command of no kind", &format!("POST /do {get}\nContent-Length: 13\n\n{{\"do\":\"step\"}}"), &[415]),
        posted("a command as text", "/do", "text/plain", b"{\"do\":\"step\"}", &[415]),
        posted("a command as a form", "/do", "application/x-www-form-urlencoded", b"do=step", &[415]),
        posted("a scenario as text", "/begin", "text/plain", b"seed = 1", &[415]),
        command("half a command", b"{\"do\":", &[400]),
        command("no command", b"", &[400]),
        command("a list", b"[]", &[400]),
        command("an unknown command", b"{\"do\":\"quit\"}", &[400]),
        command("more than a command", b"{\"do\":\"reset\",\"now\":true}", &[400]),
        command("a very deep one", &[b'['; 4000], &[400]),
        command("no text", b"\xff\xfe\xfd", &[400]),
        command("nothing to be disrupted", b"{\"do\":\"disrupt\",\"kind\":\"scramble\",\"fraction\":0}", &[422]),
        command("more than all", b"{\"do\":\"disrupt\",\"kind\":\"scramble\",\"fraction\":2}", &[422]),
        command("another disruption", b"{\"do\":\"disrupt\",\"kind\":\"explode\",\"fraction\":1}", &[422]),
        command("another goal", b"{\"do\":\"pursue\",\"pattern\":\"peace\"}", &[422]),
        command("another strategy", b"{\"do\":\"follow\",\"strategy\":\"hope\"}", &[422]),
        command("a coupling beyond reason", b"{\"do\":\"couple\",\"strength\":1e300}", &[422]),
        command("no agents", b"{\"do\":\"resize\",\"agents\":0}", &[422]),
        command("too many agents", b"{\"do\":\"resize\",\"agents\":18446744073709551615}", &[422]),
        command("a seed that is too large", b"{\"do\":\"seed\",\"seed\":9223372036854775808}", &[422]),
        command("a long command", &[b' '; 5000], &[413]),
        posted("a scenario that is wrong", "/begin", "application/toml", b"sead = 1", &[422]),
        posted("a file to be read", "/begin", "application/toml", b"[network]\nfile = \"/etc/passwd\"", &[422]),
        posted("a scenario that is no text", "/begin", "application/toml", b"\xff", &[400]),
        posted("a long scenario", "/check", "application/toml", &[b'#'; 140_000], &[413]),
        case(
            "a length beyond reason",
            &format!("POST /do {get}\nContent-Type: application/json\nContent-Length: 99999999999\n\n{{"),
            &[413],
        ),
        case("a negative length", &format!("POST /do {get}\nContent-Length: -1\n\n"), refused),
        case("two lengths", &format!("POST /do {get}\nContent-Length: 1\nContent-Length: 2\n\n{{}}"), refused),
        case(
            "pieces that are none",
            &format!("POST /do {get}\nContent-Type: application/json\nTransfer-Encoding: chunked\n\nzz\n{{}}\n0\n\n"),
            refused,
        ),
        case("no request", "what is this\n\n", refused),
        case("a protocol of tomorrow", "GET / HTTP/9.9\nHost: @\n\n", refused),
        case("the protocol after this one", "PRI * HTTP/2.0\n\nSM\n\n", &[0, 400, 505]),
        case("a line without a name", &format!("GET / {get}\n: nobody\n\n"), refused),
        case("a line with a zero", &format!("GET / {get}\nX: a\0b\n\n"), refused),
        Case {
            what: "a secret greeting",
            request: b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03".repeat(40),
            expected: refused,
        },
        case("a long line", &format!("GET / {get}\nX: {}\n\n", "x".repeat(400_000)), &[0, 431]),
        case("many lines", &format!("GET / {get}\n{}\n", "X: y\n".repeat(500)), &[0, 431]),
        case("a long address", &format!("GET /{} {get}\n\n", "x".repeat(70_000)), &[0, 414, 431]),
    ]
}

#[test]
fn requests_that_are_wrong_or_foreign_are_turned_away_and_the_run_ends_with_its_bits() {
    let scratch = tempfile::tempdir().unwrap();
    let expected = unserved(scratch.path());
    let served = Served::start(scratch.path(), &RING);
    let requests = requests();
    assert!(requests.len() >= 50);
    let (host, port) = (served.address.to_string(), served.address.port().to_string());
    for Case { what, request, expected } in requests {
        // Bodies have neither sign.
        let place = request.windows(4).position(|four| four == b"\r\n\r\n").unwrap_or(request.len());
        let head = String::from_utf8_lossy(&request[..place]).replace('@', &host).replace('#', &port);
        let is_text = std::str::from_utf8(&request[..place]).is_ok();
        let sent = if is_text { [head.as_bytes(), &request[place..]].concat() } else { request };
        let found = served.ask(&sent);
        let status = found.as_ref().map_or(0, |(status, _)| *status);
        assert!(expected.contains(&status), "{what}: {status}, not {expected:?}; {found:?}");
        let is_ours = ![0, 431, 414, 505].contains(&status) && !expected.contains(&0);
        if let Some((_, answer)) = found.filter(|_| is_ours) {
            let answer = answer.to_lowercase();
            assert!(answer.contains("content-security-policy: default-src 'none'"), "{what}: {answer}");
            assert!(!answer.contains("access-control-allow-origin"), "{what}: {answer}");
        }
    }
    assert_eq!(served.wish("{\"do\":\"pace\",\"speed\":null}"), 204);
    let view = served.wait_for("its end", |view| view["state"]["state"] == "finished");
    assert_eq!((&view["agents"], &view["run"]), (&2000.into(), &0.into()), "nothing has got through");
    let (status, closing) = served.interrupt();
    assert_eq!(status.code(), Some(130));
    assert_eq!((&closing["steps"], &closing["phase_hash"]), (&200.into(), &expected["phase_hash"]));
}

#[test]
fn without_the_token_nobody_is_let_in() {
    let scratch = tempfile::tempdir().unwrap();
    let served = Served::start(scratch.path(), &[&RING[..], &["--token", TOKEN]].concat());
    assert!(served.url.ends_with(&format!("/?token={TOKEN}")), "{}", served.url);
    let (_, answer) = served.send("GET", &format!("/?token={TOKEN}"), "", b"");
    assert!(answer.starts_with("HTTP/1.1 303") && answer.contains("HttpOnly; SameSite=Strict"), "{answer}");
    let cookie = answer.lines().find_map(|line| line.strip_prefix("set-cookie: ")).unwrap().split(';').next().unwrap();
    let cookie = format!("Cookie: {cookie}\r\n");
    let wrong = TOKEN.replace('f', "0");
    let json = "Content-Type: application/json\r\n";
    for (method, path, lines, expected) in [
        ("GET", "/".to_owned(), String::new(), 401),
        ("GET", "/?token=".to_owned(), String::new(), 401),
        ("GET", format!("/?token={wrong}"), String::new(), 401),
        ("GET", format!("/live?token={TOKEN}"), String::new(), 401),
        ("GET", "/app.js".to_owned(), String::new(), 401),
        ("GET", "/live".to_owned(), String::new(), 401),
        ("GET", "/nowhere".to_owned(), String::new(), 401),
        ("GET", "/data/report.html".to_owned(), cookie.replace('f', "e"), 401),
        ("GET", "/story".to_owned(), format!("Authorization: Bearer {wrong}\r\n"), 401),
        ("GET", "/story".to_owned(), format!("Authorization: Bearer {TOKEN}\r\n"), 200),
        ("GET", "/story".to_owned(), cookie.clone(), 200),
        ("GET", "/".to_owned(), cookie.clone(), 200),
        ("POST", "/do".to_owned(), json.to_owned(), 401),
        ("POST", "/do".to_owned(), format!("{json}{cookie}Origin: http://evil.example\r\n"), 403),
        ("POST", "/do".to_owned(), format!("{json}{cookie}"), 204),
    ] {
        let (status, answer) =
            served.send(method, &path, &lines, if method == "GET" { b"" } else { b"{\"do\":\"step\"}" });
        assert_eq!(status, expected, "{method} {path} {lines}: {answer}");
    }
}

#[test]
fn other_machines_are_let_in_by_a_random_token_alone() {
    let scratch = tempfile::tempdir().unwrap();
    let arguments = [&RING[..], &["--bind", "0.0.0.0"]].concat();
    let [one, other] = [(); 2].map(|()| Served::start(scratch.path(), &arguments));
    let token = one.url.split("token=").nth(1).unwrap();
    assert!(token.len() == 32 && token.bytes().all(|byte| byte.is_ascii_hexdigit()), "{token}");
    assert_ne!(token, other.url.split("token=").nth(1).unwrap());
    assert_eq!(one.send("GET", "/", "", b"").0, 401);
    assert_eq!(one.send("GET", &format!("/?token={token}"), "", b"").0, 303);
}

#[test]
fn a_place_that_cannot_be_taken_is_told_with_what_to_do() {
    let scratch = tempfile::tempdir().unwrap();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    for (arguments, words) in [
        (&["--port", &port][..], "--port 0"),
        (&["--bind", "192.0.2.1"], "one of its own addresses"),
        (&["--token", "short"], "at least 16"),
        (&["--bind", "example.org"], "--bind"),
        (&["--port", "70000"], "--port"),
        (&["--speed", "0"], "from 0.1 to 100"),
        (&["--set", "network.kind=rign"], "did you mean \"ring\"?"),
    ] {
        let output = run(scratch.path(), &[&["serve"][..], arguments].concat());
        assert_eq!(code(&output), 2, "{arguments:?}: {}", said(&output));
        assert!(said(&output).contains(words), "{arguments:?}: {}", said(&output));
    }
}

/// Descriptors that the program has beside those of clients, and a few that come and go.
const SPARE_FILES: usize = 4;

#[test]
fn two_hundred_clients_connect_stall_and_vanish_while_the_run_goes_on_in_bounded_memory() {
    let scratch = tempfile::tempdir().unwrap();
    let expected = unserved(scratch.path());
    // So slowly that it lasts for some seconds; frames are more than connections hold of them.
    let served = Served::start(scratch.path(), &[&RING[..], &["--speed", "0.4"]].concat());
    let view = served.view();
    let (files, before) = (served.open_files(), served.status("VmRSS:"));
    let request = format!("GET /live HTTP/1.1\r\nHost: {}\r\n\r\n", served.address);
    let mut held = Vec::new();
    for number in 0..200 {
        let mut stream = TcpStream::connect(served.address).unwrap();
        match number % 5 {
            // Asks, and takes nothing.
            0 => stream.write_all(request.as_bytes()).unwrap(),
            // Stalls in the middle of asking,
            1 => stream.write_all(&request.as_bytes()[..20]).unwrap(),
            // or of telling,
            2 => {
                let head = request.replace("GET /live", "POST /begin").replace(
                    "\r\n\r\n",
                    "\r\nContent-Type: application/toml\r\nContent-Length: 100000\r\n\r\nseed = 1",
                );
                stream.write_all(head.as_bytes()).unwrap();
            }
            // or says nothing at all.
            3 => {}
            // Looks on for a moment and vanishes.
            _ => {
                stream.write_all(request.as_bytes()).unwrap();
                let _ = stream.read(&mut [0; 16]).unwrap();
                continue;
            }
        }
        held.push(stream);
    }
    // It goes on, for whoever else looks, and grows no more than by what 200 clients may have.
    served.wait_for("a second later", |later| later["steps"].as_u64() > view["steps"].as_u64().map(|steps| steps + 5));
    let after = served.status("VmRSS:");
    assert!(after < before + (48 << 10), "from {before} KiB to {after} KiB");

    // Who takes nothing and says nothing is let go, one after the other.
    let began = Instant::now();
    while served.open_files() > files + SPARE_FILES {
        assert!(began.elapsed() < PATIENCE, "{} files, {files} at first", served.open_files());
        thread::sleep(Duration::from_millis(100));
    }
    drop(held);
    let peak = served.status("VmHWM:");
    assert!(peak < before + (64 << 10), "from {before} KiB to {peak} KiB at most");
    assert_eq!(served.wish("{\"do\":\"pace\",\"speed\":null}"), 204);
    served.wait_for("its end", |view| view["state"]["state"] == "finished");
    let (status, closing) = served.interrupt();
    assert_eq!(status.code(), Some(130));
    assert_eq!((&closing["steps"], &closing["phase_hash"]), (&200.into(), &expected["phase_hash"]));
}

#[test]
fn more_clients_than_there_is_room_for_are_closed_and_those_inside_stay() {
    let scratch = tempfile::tempdir().unwrap();
    let served = Served::start(scratch.path(), &[&RING[..], &["--speed", "0.1"]].concat());
    let request = format!("GET /live HTTP/1.1\r\nHost: {}\r\n\r\n", served.address);
    let mut first = TcpStream::connect(served.address).unwrap();
    first.write_all(request.as_bytes()).unwrap();
    let crowd: Vec<TcpStream> = (0..400).map(|_| TcpStream::connect(served.address).unwrap()).collect();
    let mut last = TcpStream::connect(served.address).unwrap();
    last.set_read_timeout(Some(PATIENCE)).unwrap();
    let _ = last.write_all(request.as_bytes());
    assert!(!matches!(last.read(&mut [0; 16]), Ok(1..)), "there was room for one more");
    let mut seen = [0; 64];
    assert!(first.read(&mut seen).unwrap() > 0 && seen.starts_with(b"HTTP/1.1 200"));
    drop(crowd);
    let began = Instant::now();
    while served
        .ask(format!("GET /story HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n", served.address).as_bytes())
        .is_none()
    {
        assert!(began.elapsed() < PATIENCE, "nobody is let in any more");
        thread::sleep(Duration::from_millis(50));
    }
}

#[test]
fn what_is_taken_away_is_what_a_run_writes_until_it_was_changed_by_hand() {
    let scratch = tempfile::tempdir().unwrap();
    let expected = unserved(scratch.path());
    let served = Served::start(scratch.path(), &[&RING[..], &["--speed", "max"]].concat());
    served.wait_for("its end", |view| view["state"]["state"] == "finished");
    let body = |path: &str| served.get(path).split_once("\r\n\r\n").unwrap().1.to_owned();
    assert_eq!(body("/data/final_state.csv"), fs::read_to_string(scratch.path().join("run/final_state.csv")).unwrap());
    let record: Value = serde_json::from_str(&body("/data/run.json")).unwrap();
    for key in ["steps", "time", "seed", "agents", "links", "phase_hash", "final", "exit_code", "interrupted"] {
        assert_eq!(record[key], expected[key], "{key}");
    }
    let series = body("/data/order_parameter.csv");
    assert!(series.starts_with("time,R,psi\n") && series.lines().last().unwrap().starts_with("4,"), "{series}");
    fs::write(scratch.path().join("seen.html"), body("/data/report.html")).unwrap();
    done(scratch.path(), &["replay", "seen.html"]);
    fs::write(scratch.path().join("seen.toml"), body("/data/scenario.toml")).unwrap();
    done(scratch.path(), &["run", "seen.toml", "--quiet", "--out", "again"]);
    let again: Value = serde_json::from_slice(&fs::read(scratch.path().join("again/run.json")).unwrap()).unwrap();
    assert_eq!(again["phase_hash"], expected["phase_hash"]);

    assert_eq!(served.wish("{\"do\":\"disrupt\",\"kind\":\"remove\",\"fraction\":0.5}"), 204);
    served.wait_for("the removal", |view| view["agents"] == 1000);
    assert_eq!(body("/data/final_state.csv").lines().count(), 1001);
    let record: Value = serde_json::from_str(&body("/data/run.json")).unwrap();
    assert_eq!(record["changed_by_hand"], 1);
    let report = body("/data/report.html");
    assert!(report.contains("changed by hand"), "it does not say so");
    fs::write(scratch.path().join("changed.html"), report).unwrap();
    assert_eq!(code(&run(scratch.path(), &["replay", "changed.html"])), 3);
}

#[test]
fn a_scenario_of_the_page_is_read_as_a_file_is_and_begun_with_when_right() {
    let scratch = tempfile::tempdir().unwrap();
    let served = Served::start(scratch.path(), &[&RING[..], &["--speed", "0.1"]].concat());
    let toml = "Content-Type: application/toml\r\n";
    for text in ["[coupling]\nstrenght = 2\n", "[network]\nkind = \"rign\"\n", "seed = = 1\n", "[time]\nstep = -1\n"] {
        fs::write(scratch.path().join("scenario.toml"), text).unwrap();
        let expected = said(&run(scratch.path(), &["run", "scenario.toml"]));
        for (path, expected_status) in [("/check", 200), ("/begin", 422)] {
            let (status, answer) = served.send("POST", path, toml, text.as_bytes());
            let complaint: Value = serde_json::from_str(answer.split_once("\r\n\r\n").unwrap().1).unwrap();
            assert_eq!((status, complaint["message"].as_str().unwrap()), (expected_status, expected.as_str()));
            assert!(complaint["line"].as_u64() >= Some(1) && complaint["column"].as_u64() >= Some(1), "{complaint}");
        }
    }
    let right = "seed = 9\n[network]\nkind = \"star\"\nagents = 33\n";
    assert_eq!(served.send("POST", "/check", toml, right.as_bytes()).0, 200);
    assert_eq!(served.view()["run"], 0);
    assert_eq!(served.send("POST", "/begin", toml, right.as_bytes()).0, 204);
    let view = served.wait_for("another swarm", |view| view["run"] == 1);
    assert_eq!((&view["agents"], &view["seed"], &view["network"]), (&33.into(), &"9".into(), &"star".into()));
    for (wish, key, value) in [
        ("{\"do\":\"resize\",\"agents\":50}", "agents", Value::from(50)),
        ("{\"do\":\"seed\",\"seed\":4611686018427387904}", "seed", "4611686018427387904".into()),
        ("{\"do\":\"couple\",\"strength\":-1.5}", "coupling", (-1.5).into()),
        ("{\"do\":\"follow\",\"strategy\":\"frequency_lock\"}", "rule", "frequency_lock".into()),
    ] {
        assert_eq!(served.wish(wish), 204, "{wish}");
        served.wait_for(wish, |view| view[key] == value);
    }
    assert_eq!(served.wish("{\"do\":\"pursue\",\"pattern\":\"splay\"}"), 204);
    served.wait_for("another goal", |view| view["goal"]["pattern"] == "splay");
}
