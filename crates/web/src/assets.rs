//! What pages are made of beside their text: inside the binary, each under a name that changes with its contents, so that
//! browsers keep it for good.

use std::sync::LazyLock;

use axum::extract::Path;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

/// A file of the binary.
struct Asset {
    name: &'static str,
    kind: &'static str,
    bytes: &'static [u8],
}

const ASSETS: &[Asset] = &[
    Asset {
        name: "look.css",
        kind: "text/css; charset=utf-8",
        bytes: include_bytes!("../assets/look.css"),
    },
    Asset {
        name: "live.js",
        kind: "text/javascript; charset=utf-8",
        bytes: include_bytes!("../assets/live.js"),
    },
    Asset {
        name: "notes.js",
        kind: "text/javascript; charset=utf-8",
        bytes: include_bytes!("../assets/notes.js"),
    },
    Asset {
        name: "notes-LICENSES.txt",
        kind: "text/plain; charset=utf-8",
        bytes: include_bytes!("../assets/notes-LICENSES.txt"),
    },
    Asset {
        name: "signal.svg",
        kind: "image/svg+xml",
        bytes: include_bytes!("../assets/signal.svg"),
    },
    Asset {
        name: "archivo.woff2",
        kind: "font/woff2",
        bytes: include_bytes!("../assets/archivo.woff2"),
    },
];

/// What stands for all of them in an address: another for other contents.
static MARK: LazyLock<String> = LazyLock::new(|| {
    let mut hasher = blake3::Hasher::new();
    for asset in ASSETS {
        hasher.update(asset.bytes);
    }
    hasher.finalize().to_hex()[..12].to_owned()
});

/// The mark that pages put behind an asset's name.
pub(crate) fn mark() -> &'static str {
    &MARK
}

/// `/assets/{name}`.
pub(crate) async fn asset(Path(name): Path<String>) -> Response {
    let Some(asset) = ASSETS.iter().find(|asset| asset.name == name) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let kept = HeaderValue::from_static("public, max-age=31536000, immutable");
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(asset.kind)),
        (header::CACHE_CONTROL, kept),
    ];
    (headers, asset.bytes).into_response()
}
