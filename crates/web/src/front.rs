//! A door before there is a house: the demo listens at once, and says on a calm page what it waits for. Everything else that
//! is asked meanwhile is answered as soon as the house is there.

use std::sync::Arc;
use std::time::Duration;

use askama::Template;
use axum::Router;
use axum::extract::{Path, Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use tokio::sync::watch;
use tower_service::Service;

use crate::guard;
use crate::house::House;
use crate::{assets, pages, router};

/// How long somebody waits for the house.
const PATIENCE: Duration = Duration::from_secs(30);

/// The page that goes on by itself asks for this one, which is answered once the house is there.
const OPEN: &str = "/demo/open";

/// A door, with the house behind it once there is one.
#[derive(Debug)]
pub struct Front {
    house: watch::Sender<Option<Router>>,
}

impl Default for Front {
    fn default() -> Self {
        Self { house: watch::Sender::new(None) }
    }
}

impl Front {
    /// From now on this house answers.
    pub fn opens(&self, house: House) {
        self.house.send_replace(Some(router::router(house)));
    }

    /// From now on it is waited for another one.
    pub fn closes(&self) {
        self.house.send_replace(None);
    }

    /// What a server answers with.
    pub fn router(self: &Arc<Self>) -> Router {
        Router::new().fallback(answer).with_state(Arc::clone(self))
    }
}

async fn answer(State(front): State<Arc<Front>>, request: Request) -> Response {
    if !is_here(request.headers()) {
        let words = "the demo answers to 127.0.0.1 and localhost alone";
        return (StatusCode::MISDIRECTED_REQUEST, words).into_response();
    }
    let mut house = front.house.subscribe();
    let path = request.uri().path();
    if house.borrow().is_none() {
        if let Some(name) = path.strip_prefix("/assets/") {
            return assets::asset(Path(name.to_owned()), request.headers().clone()).await;
        }
        if path == "/" && request.method() == Method::GET {
            return making();
        }
    }
    let there = tokio::time::timeout(PATIENCE, house.wait_for(Option::is_some)).await;
    let there = there.ok().and_then(|there| there.ok()?.clone());
    match there {
        None => (StatusCode::SERVICE_UNAVAILABLE, "the demo is not there yet").into_response(),
        Some(_) if path == OPEN => Redirect::to("/").into_response(),
        Some(mut router) => router.call(request).await.into_response(),
    }
}

/// Whether it is asked for by a name of this machine: no page of the web gets here by a name of its own that leads here.
fn is_here(headers: &HeaderMap) -> bool {
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let name = match host.strip_prefix('[') {
        Some(rest) => rest.split(']').next(),
        None => host.split(':').next(),
    };
    matches!(name, Some("127.0.0.1" | "localhost" | "::1"))
}

#[derive(Template)]
#[template(path = "making.html")]
struct Making {
    mark: &'static str,
}

/// What is shown before there is a house.
fn making() -> Response {
    let mut response = pages::shown(&Making { mark: assets::mark() });
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(guard::POLICY));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::REFRESH, HeaderValue::from_static("0; url=/demo/open"));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_answers_by_this_machines_names_alone() {
        let asked = |host: &'static str| {
            is_here(&HeaderMap::from_iter([(header::HOST, HeaderValue::from_static(host))]))
        };
        for host in ["127.0.0.1:7381", "localhost:7381", "localhost", "[::1]:7381"] {
            assert!(asked(host), "{host}");
        }
        for host in ["evil.example.org", "127.0.0.1.evil.example.org:7381", "", "[::2]:7381"] {
            assert!(!asked(host), "{host}");
        }
        assert!(!is_here(&HeaderMap::new()));
    }
}
