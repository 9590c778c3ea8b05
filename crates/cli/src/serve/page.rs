//! The page itself: built from `crates/cli/web` by `scripts/web.sh`, and part of the program.

use axum::http::{HeaderMap, HeaderName, HeaderValue, header};

/// A file of the page.
pub(super) struct Asset {
    pub path: &'static str,
    pub media_type: &'static str,
    pub text: &'static str,
}

/// All of it.
pub(super) const ASSETS: [Asset; 4] = [
    Asset { path: "/", media_type: "text/html; charset=utf-8", text: include_str!("assets/index.html") },
    Asset { path: "/app.js", media_type: "text/javascript; charset=utf-8", text: include_str!("assets/app.js") },
    Asset { path: "/app.css", media_type: "text/css; charset=utf-8", text: include_str!("assets/app.css") },
    Asset { path: "/favicon.svg", media_type: "image/svg+xml", text: include_str!("assets/favicon.svg") },
];

/// What every answer says of how it may be used: nothing but our own files is run, nothing is kept, nobody embeds it.
const LINES: [(HeaderName, &str); 7] = [
    (
        header::CONTENT_SECURITY_POLICY,
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; \
         base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; \
         trusted-types 'none'",
    ),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (header::REFERRER_POLICY, "no-referrer"),
    (header::CACHE_CONTROL, "no-store"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
];

/// Adds these lines to an answer.
pub(super) fn secure(headers: &mut HeaderMap) {
    headers.extend(LINES.map(|(name, value)| (name, HeaderValue::from_static(value))));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_has_nothing_that_its_own_policy_forbids() {
        let html = ASSETS[0].text;
        for forbidden in ["<style", " style=", " onclick=", " onload=", "javascript:", "http://", "https://"] {
            assert!(!html.contains(forbidden), "{forbidden}");
        }
        let scripts: Vec<&str> = html.split("<script").skip(1).collect();
        assert!(!scripts.is_empty() && scripts.iter().all(|script| script.contains("></script>")), "inline script");
    }

    #[test]
    fn every_file_that_the_page_names_is_there() {
        for (attribute, _) in [("src=\"", 0), ("href=\"", 0)] {
            for named in ASSETS[0].text.split(attribute).skip(1).filter_map(|rest| rest.split('"').next()) {
                let is_asset = ASSETS.iter().any(|asset| asset.path == named);
                let is_download = named.strip_prefix("/data/").is_some_and(|name| {
                    name == "scenario.toml" || super::super::download::Download::named(name).is_some()
                });
                assert!(is_asset || is_download || named.starts_with('#'), "{named}");
            }
        }
    }
}
