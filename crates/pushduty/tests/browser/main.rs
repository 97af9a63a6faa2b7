//! Pages as people meet them: a real browser at the real server. What people do in it stands in `web/tests`.
#![cfg(feature = "services")]

mod demo;
mod each_other;
mod gallery;
mod notes;
mod pages;
mod prefix;
mod scenario;
#[path = "../demo/served.rs"]
#[expect(dead_code, reason = "browsers speak HTTP themselves")]
mod served;
#[path = "../serve/server.rs"]
#[expect(dead_code, reason = "browsers speak HTTP themselves")]
mod server;
mod tabs;
mod thursday;
mod waiting;
mod week;
mod zones;
