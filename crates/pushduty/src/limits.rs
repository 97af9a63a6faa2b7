//! How many files the server may have open at once: each page that follows a train takes one, each editor another.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// Takes as many as the system gives to whoever asks: many systems begin with 1,024, for programs of another time. Where it
/// gives no more, the server goes on with what it has.
pub fn take_all_files() {
    let now = getrlimit(Resource::Nofile);
    let _ = setrlimit(Resource::Nofile, Rlimit { current: now.maximum, ..now });
}
