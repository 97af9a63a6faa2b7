//! What pages are made of beside their text: inside the binary, each under a name that changes with its contents, so that
//! browsers keep it for good.

use std::sync::{LazyLock, OnceLock};

use axum::body::Bytes;
use axum::extract::Path;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

use crate::packed;

/// A file of the binary.
struct Asset {
    name: &'static str,
    kind: &'static str,
    bytes: &'static [u8],
    /// The same made smaller, once somebody asked for it; none of what is small already.
    smaller: Option<OnceLock<Option<Bytes>>>,
}

static ASSETS: [Asset; 10] = [
    Asset {
        name: "look.css",
        kind: "text/css; charset=utf-8",
        bytes: include_bytes!("../assets/look.css"),
        smaller: Some(OnceLock::new()),
    },
    Asset {
        name: "live.js",
        kind: "text/javascript; charset=utf-8",
        bytes: include_bytes!("../assets/live.js"),
        smaller: Some(OnceLock::new()),
    },
    Asset {
        name: "notes.js",
        kind: "text/javascript; charset=utf-8",
        bytes: include_bytes!("../assets/notes.js"),
        smaller: Some(OnceLock::new()),
    },
    Asset {
        name: "notes-LICENSES.txt",
        kind: "text/plain; charset=utf-8",
        bytes: include_bytes!("../assets/notes-LICENSES.txt"),
        smaller: Some(OnceLock::new()),
    },
    Asset {
        name: "signal.svg",
        kind: "image/svg+xml",
        bytes: include_bytes!("../assets/signal.svg"),
        smaller: Some(OnceLock::new()),
    },
    Asset {
        name: "signal-moving.svg",
        kind: "image/svg+xml",
        bytes: include_bytes!("../assets/signal-moving.svg"),
        smaller: Some(OnceLock::new()),
    },
    Asset {
        name: "signal-held.svg",
        kind: "image/svg+xml",
        bytes: include_bytes!("../assets/signal-held.svg"),
        smaller: Some(OnceLock::new()),
    },
    Asset {
        name: "signal-done.svg",
        kind: "image/svg+xml",
        bytes: include_bytes!("../assets/signal-done.svg"),
        smaller: Some(OnceLock::new()),
    },
    Asset {
        name: "archivo.woff2",
        kind: "font/woff2",
        bytes: include_bytes!("../assets/archivo.woff2"),
        smaller: None,
    },
    Asset {
        name: "archivo-letters.woff2",
        kind: "font/woff2",
        bytes: include_bytes!("../assets/archivo-letters.woff2"),
        smaller: None,
    },
];

/// What stands for all of them in an address: another for other contents.
static MARK: LazyLock<String> = LazyLock::new(|| {
    let mut hasher = blake3::Hasher::new();
    for asset in &ASSETS {
        hasher.update(asset.bytes);
    }
    hasher.finalize().to_hex()[..12].to_owned()
});

/// The mark that pages put behind an asset's name.
pub(crate) fn mark() -> &'static str {
    &MARK
}

impl Asset {
    fn smaller(&self) -> Option<Bytes> {
        let make = || packed::gzip(self.bytes, packed::ONCE, 0);
        self.smaller.as_ref()?.get_or_init(make).clone()
    }
}

/// `/assets/{name}`.
pub(crate) async fn asset(Path(name): Path<String>, asked: HeaderMap) -> Response {
    let Some(asset) = ASSETS.iter().find(|asset| asset.name == name) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let mut headers = HeaderMap::new();
    let kept = HeaderValue::from_static("public, max-age=31536000, immutable");
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(asset.kind));
    headers.insert(header::CACHE_CONTROL, kept);
    let smaller = packed::is_wanted(&asked).then(|| asset.smaller()).flatten();
    if asset.smaller.is_some() {
        headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    }
    let Some(smaller) = smaller else { return (headers, asset.bytes).into_response() };
    headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    (headers, smaller).into_response()
}
