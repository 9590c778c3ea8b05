//! Who is let in: pages of this very address, and whoever knows the token where there is one.
//!
//! A browser runs pages of anybody, and any of them may send requests here. It says of each which page sent it
//! (`Origin`, `Sec-Fetch-Site`), and a page cannot change that. A page whose name was made to lead here (DNS rebinding)
//! still asks for its own name (`Host`). Cookies are for a host, whatever its port: the name of ours has the port in it.

use std::net::SocketAddr;

use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri, header};
use subtle::ConstantTimeEq;

/// The door of one place.
#[derive(Clone, Debug)]
pub(super) struct Door {
    port: u16,
    token: Option<String>,
}

/// Why somebody is not let in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stranger {
    /// No host, or several.
    Hostless,
    /// Another host than this was meant.
    Misled,
    /// A page of somebody else asks.
    Foreign,
    /// The token is missing or wrong.
    Unknown,
}

/// What becomes of whoever is let in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Entry {
    Granted,
    /// The token was in the address: it is remembered, and the address is to be opened without it.
    Introduced {
        cookie: HeaderValue,
    },
}

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

impl Door {
    /// Characters that a token has at least.
    pub(super) const SHORTEST: usize = 16;

    pub(super) fn new(port: u16, token: Option<&str>) -> Self {
        Self { port, token: token.map(str::to_owned) }
    }

    /// Whether nobody would guess a token, and it can stand in an address as it is.
    pub(super) fn is_strong(token: &str) -> bool {
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
        (Self::SHORTEST..=256).contains(&token.len()) && token.bytes().all(is_plain)
    }

    /// Looks at a request that came to an address of this machine.
    pub(super) fn admit(
        &self,
        method: &Method,
        uri: &Uri,
        headers: &HeaderMap,
        at: SocketAddr,
    ) -> Result<Entry, Stranger> {
        let host = only(headers, &header::HOST).ok_or(Stranger::Hostless)?;
        let is_here = |host: &str| is_host(host, at);
        // With a whole address in the first line, that is what was asked for (RFC 9112, 3.2.2).
        if !is_here(host) || uri.authority().is_some_and(|authority| !is_here(authority.as_str())) {
            return Err(Stranger::Misled);
        }
        if !is_ours(method, headers, host) {
            return Err(Stranger::Foreign);
        }
        self.check_token(method, uri, headers)
    }

    fn check_token(&self, method: &Method, uri: &Uri, headers: &HeaderMap) -> Result<Entry, Stranger> {
        let Some(token) = &self.token else { return Ok(Entry::Granted) };
        let is_token = |word: &str| bool::from(word.as_bytes().ct_eq(token.as_bytes()));
        let bearer = only(headers, &header::AUTHORIZATION).and_then(|value| value.strip_prefix("Bearer "));
        if bearer.is_some_and(is_token) || self.cookies(headers).any(is_token) {
            return Ok(Entry::Granted);
        }
        let in_address = uri.query().into_iter().flat_map(|query| query.split('&'));
        let mut in_address = in_address.filter_map(|part| part.strip_prefix("token="));
        if method == Method::GET && uri.path() == "/" && in_address.any(is_token) {
            let cookie = format!("{}={token}; Path=/; HttpOnly; SameSite=Strict", self.cookie_name());
            let cookie = HeaderValue::from_str(&cookie).map_err(|_| Stranger::Unknown)?;
            return Ok(Entry::Introduced { cookie });
        }
        Err(Stranger::Unknown)
    }

    fn cookie_name(&self) -> String {
        format!("lampyrid-{}", self.port)
    }

    /// What the cookies of our name hold.
    fn cookies<'a>(&self, headers: &'a HeaderMap) -> impl Iterator<Item = &'a str> {
        let name = self.cookie_name();
        let all = headers.get_all(header::COOKIE).into_iter().filter_map(|value| value.to_str().ok());
        let all = all.flat_map(|value| value.split(';')).filter_map(|cookie| cookie.trim().split_once('='));
        all.filter(move |(known, _)| *known == name).map(|(_, value)| value)
    }
}

impl Stranger {
    pub(super) fn status(self) -> StatusCode {
        match self {
            Self::Hostless => StatusCode::BAD_REQUEST,
            Self::Misled => StatusCode::MISDIRECTED_REQUEST,
            Self::Foreign => StatusCode::FORBIDDEN,
            Self::Unknown => StatusCode::UNAUTHORIZED,
        }
    }

    pub(super) fn words(self) -> &'static str {
        match self {
            Self::Hostless => "a request names one host",
            Self::Misled => "this is not that host; open the address that the program has printed",
            Self::Foreign => "pages of other places may not ask here; open the address in a window of its own",
            Self::Unknown => "the token is missing or wrong; open the whole address that the program has printed",
        }
    }
}

/// The value of a header that is there once.
fn only<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    let mut values = headers.get_all(name).into_iter();
    let value = values.next()?.to_str().ok()?;
    values.next().is_none().then_some(value)
}

/// Whether a host with its port is the address that was reached; names lead anywhere, but for the one of this machine.
fn is_host(host: &str, at: SocketAddr) -> bool {
    let is_name_of_this_machine = at.ip().to_canonical().is_loopback()
        && host
            .rsplit_once(':')
            .is_some_and(|(name, port)| name.eq_ignore_ascii_case("localhost") && port.parse() == Ok(at.port()));
    let canonical = SocketAddr::new(at.ip().to_canonical(), at.port());
    let is_address = |host: &str| host.parse() == Ok(canonical);
    // A browser leaves out the port that is usual.
    let is_usual = at.port() == 80 && !host.ends_with(":80");
    is_name_of_this_machine || is_address(host) || is_usual && is_host(&format!("{host}:80"), at)
}

/// Whether a page of this place sent it, or nobody's.
fn is_ours(method: &Method, headers: &HeaderMap, host: &str) -> bool {
    let from_where = headers.contains_key(SEC_FETCH_SITE).then(|| only(headers, &SEC_FETCH_SITE));
    let is_navigation = *method == Method::GET || *method == Method::HEAD;
    let is_site_ours = match from_where {
        // No browser, or an old one: there is `Origin` for those.
        None => true,
        Some(Some("same-origin")) => true,
        // Typed, or from a bookmark.
        Some(Some("none")) => is_navigation,
        Some(_) => false,
    };
    let origin = headers.contains_key(header::ORIGIN).then(|| only(headers, &header::ORIGIN));
    let is_origin_ours = origin.is_none_or(|origin| {
        origin.and_then(|origin| origin.strip_prefix("http://")).is_some_and(|origin| origin.eq_ignore_ascii_case(host))
    });
    is_site_ours && is_origin_ours
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOKEN: &str = "0123456789abcdef";

    fn headers(lines: &[(&'static str, &str)]) -> HeaderMap {
        lines.iter().map(|(name, value)| (HeaderName::from_static(name), value.parse().unwrap())).collect()
    }

    fn admitted(token: Option<&str>, at: &str, uri: &str, lines: &[(&'static str, &str)]) -> Result<Entry, Stranger> {
        let at: SocketAddr = at.parse().unwrap();
        Door::new(at.port(), token).admit(&Method::GET, &uri.parse().unwrap(), &headers(lines), at)
    }

    #[test]
    fn a_host_is_the_address_that_was_reached() {
        for (at, host, is_it) in [
            ("127.0.0.1:8765", "127.0.0.1:8765", true),
            ("127.0.0.1:8765", "localhost:8765", true),
            ("127.0.0.1:8765", "LocalHost:8765", true),
            ("127.0.0.1:8765", "127.0.0.1:8766", false),
            ("127.0.0.1:8765", "127.0.0.1", false),
            ("127.0.0.1:8765", "localhost", false),
            ("127.0.0.1:8765", "localhost.evil.example:8765", false),
            ("127.0.0.1:8765", "evil.example:8765", false),
            ("127.0.0.1:8765", "127.0.0.1:8765.evil.example", false),
            ("127.0.0.1:8765", "", false),
            ("127.0.0.1:80", "127.0.0.1", true),
            ("127.0.0.1:80", "localhost", true),
            ("127.0.0.1:80", "localhost:80", true),
            ("127.0.0.1:80", "evil.example", false),
            ("[::1]:9", "[::1]:9", true),
            ("[::1]:9", "localhost:9", true),
            ("[::ffff:10.0.0.7]:9", "10.0.0.7:9", true),
            ("10.0.0.7:9", "10.0.0.7:9", true),
            ("10.0.0.7:9", "localhost:9", false),
            ("10.0.0.7:9", "10.0.0.8:9", false),
        ] {
            assert_eq!(is_host(host, at.parse().unwrap()), is_it, "{host} at {at}");
        }
    }

    #[test]
    fn pages_of_others_are_turned_away_whatever_they_call_themselves() {
        let at = "127.0.0.1:8765";
        let with = |lines: &[(&'static str, &str)]| {
            let host = [("host", at)];
            admitted(None, at, "/", &[&host[..], lines].concat())
        };
        assert_eq!(with(&[]), Ok(Entry::Granted));
        assert_eq!(with(&[("origin", "http://127.0.0.1:8765"), ("sec-fetch-site", "same-origin")]), Ok(Entry::Granted));
        assert_eq!(with(&[("sec-fetch-site", "none")]), Ok(Entry::Granted));
        for lines in [
            [("origin", "http://evil.example")],
            [("origin", "https://127.0.0.1:8765")],
            [("origin", "http://127.0.0.1:8765.evil.example")],
            [("origin", "http://localhost:8765")],
            [("origin", "null")],
            [("origin", "")],
            [("sec-fetch-site", "cross-site")],
            [("sec-fetch-site", "same-site")],
            [("sec-fetch-site", "")],
        ] {
            assert_eq!(with(&lines), Err(Stranger::Foreign), "{lines:?}");
        }
        assert_eq!(admitted(None, at, "http://evil.example/", &[("host", at)]), Err(Stranger::Misled));
        assert_eq!(admitted(None, at, "/", &[]), Err(Stranger::Hostless));
        assert_eq!(admitted(None, at, "/", &[("host", at), ("host", "evil.example")]), Err(Stranger::Hostless));
    }

    #[test]
    fn a_typed_address_may_be_opened_but_changes_nothing() {
        let at = "127.0.0.1:8765";
        let typed = headers(&[("host", at), ("sec-fetch-site", "none")]);
        let door = Door::new(8765, None);
        let came = |method| door.admit(&method, &Uri::from_static("/do"), &typed, at.parse().unwrap());
        assert_eq!((came(Method::GET), came(Method::POST)), (Ok(Entry::Granted), Err(Stranger::Foreign)));
    }

    #[test]
    fn a_token_is_known_from_the_address_once_and_then_from_the_cookie() {
        let at = "10.0.0.7:9";
        let asked = |uri: &str, lines: &[(&'static str, &str)]| {
            admitted(Some(TOKEN), at, uri, &[&[("host", at)][..], lines].concat())
        };
        let Ok(Entry::Introduced { cookie }) = asked(&format!("/?token={TOKEN}"), &[]) else { panic!("not let in") };
        let cookie = cookie.to_str().unwrap();
        assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict"), "{cookie}");
        let (sent, _) = cookie.split_once(';').unwrap();
        assert_eq!(asked("/live", &[("cookie", &format!("other=1; {sent}"))]), Ok(Entry::Granted));
        assert_eq!(asked("/live", &[("authorization", &format!("Bearer {TOKEN}"))]), Ok(Entry::Granted));
        let wrong = TOKEN.replace('f', "e");
        for (uri, lines) in [
            ("/".to_owned(), vec![]),
            ("/?token=".to_owned(), vec![]),
            (format!("/?token={wrong}"), vec![]),
            (format!("/?token={TOKEN}0"), vec![]),
            (format!("/live?token={TOKEN}"), vec![]),
            ("/live".to_owned(), vec![("cookie", format!("lampyrid-8={TOKEN}"))]),
            ("/live".to_owned(), vec![("cookie", format!("lampyrid-9={wrong}"))]),
            ("/live".to_owned(), vec![("authorization", format!("Basic {TOKEN}"))]),
            ("/live".to_owned(), vec![("authorization", format!("Bearer {wrong}"))]),
        ] {
            let lines: Vec<_> = lines.iter().map(|(name, value)| (*name, value.as_str())).collect();
            assert_eq!(asked(&uri, &lines), Err(Stranger::Unknown), "{uri} {lines:?}");
        }
    }

    #[test]
    fn a_token_of_ones_own_has_to_be_long_and_plain() {
        assert!(Door::is_strong(TOKEN) && Door::is_strong("a-token_of-mine-1"));
        for weak in ["", "short", "fifteen-letters", "sixteen letters!", "0123456789abcde&", "0123456789abcdeé"] {
            assert!(!Door::is_strong(weak), "{weak}");
        }
    }
}
