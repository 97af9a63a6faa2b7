//! Where an address leads: on which host, and there to which path. The way there, and as whom, is no part of it.

use crate::url;

/// Whether two addresses name the same repository. The transport and the user may differ; so may the port, where the
/// transports have ports of their own.
pub(crate) fn same(one: &str, other: &str) -> bool {
    let (one, other) = (Place::of(one), Place::of(other));
    let alike = one.host == other.host && !one.path.is_empty() && one.path == other.path;
    alike && (one.by != other.by || one.port == other.port)
}

/// What listens at a port.
#[derive(Debug, PartialEq, Eq)]
enum By {
    /// This machine's own files.
    Path,
    Web,
    Ssh,
    Git,
}

#[derive(Debug)]
struct Place {
    by: By,
    /// In small letters; none on this machine.
    host: Option<String>,
    /// None where it is the transport's own.
    port: Option<String>,
    /// Its parts, without `.git` at the end.
    path: Vec<String>,
}

impl Place {
    fn of(address: &str) -> Self {
        match address.split_once("://") {
            Some((scheme, rest)) => Self::of_url(&scheme.to_ascii_lowercase(), rest),
            None => match url::scp_like(address) {
                Some((authority, path)) => Self::at(By::Ssh, authority, &["22"], path),
                None => Self::here(address),
            },
        }
    }

    fn of_url(scheme: &str, rest: &str) -> Self {
        let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
        match scheme {
            "file" if matches!(authority, "" | "localhost") => Self::here(path),
            "http" | "https" => Self::at(By::Web, authority, &["80", "443"], path),
            "git" => Self::at(By::Git, authority, &["9418"], path),
            _ => Self::at(By::Ssh, authority, &["22"], path),
        }
    }

    fn here(path: &str) -> Self {
        Self { by: By::Path, host: None, port: None, path: parts(path) }
    }

    fn at(by: By, authority: &str, own: &[&str], path: &str) -> Self {
        let machine = authority.rsplit('@').next().unwrap_or_default();
        let (host, port) = host_and_port(machine);
        let port = port.filter(|port| !port.is_empty() && !own.contains(port));
        let (host, port) = (Some(host.to_ascii_lowercase()), port.map(str::to_owned));
        Self { by, host, port, path: parts(path) }
    }
}

/// `host`, `host:port`, `[host:port]` as ssh takes it, `[::1]` and `[::1]:port`.
fn host_and_port(machine: &str) -> (&str, Option<&str>) {
    let bracketed = machine.strip_prefix('[').and_then(|rest| rest.split_once(']'));
    let Some((within, after)) = bracketed else {
        return match machine.split_once(':') {
            Some((host, port)) => (host, Some(port)),
            None => (machine, None),
        };
    };
    match within.split_once(':') {
        Some((host, port)) if !port.contains(':') => (host, Some(port)),
        _ => (within, after.strip_prefix(':')),
    }
}

fn parts(path: &str) -> Vec<String> {
    let path = path.trim_end_matches('/');
    let path = path.strip_suffix(".git").unwrap_or(path);
    path.split('/').filter(|part| !part.is_empty()).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_way_may_differ_and_the_place_may_not() {
        let https = "https://github.com/mozilla/addons-server.git";
        for way in [
            "git@github.com:mozilla/addons-server.git",
            "ssh://git@github.com/mozilla/addons-server",
            "ssh://git@GitHub.com:22/mozilla/addons-server/",
            "[github.com:2222]:mozilla/addons-server",
            "https://me@github.com:443/mozilla/addons-server",
            "http://github.com/mozilla/addons-server",
            "git://github.com:9418/mozilla/addons-server",
        ] {
            assert!(same(https, way), "{way}");
        }
        for place in [
            "https://github.com/evil/addons-server.git",
            "git@github.com:mozilla/addons-frontend",
            "https://git.example.org/mozilla/addons-server.git",
            "git@git.example.org:mozilla/addons-server.git",
            "git@github.com.example.org:mozilla/addons-server.git",
            "https://github.com@example.org/mozilla/addons-server.git",
            "https://github.com:8443/mozilla/addons-server.git",
            "https://github.com/mirror/mozilla/addons-server.git",
            "/mozilla/addons-server.git",
            "/mirror/mozilla/addons-server.git",
            "/srv/x.git",
            "",
        ] {
            assert!(!same(https, place) && !same(place, https), "{place}");
        }
    }

    #[test]
    fn a_port_counts_where_the_transport_is_one() {
        assert!(same("ssh://[::1]:22/x", "git@[::1]:x.git"));
        assert!(same("https://h/x", "ssh://git@h:2222/x"));
        assert!(!same("ssh://h:2222/x", "h:x"));
        assert!(!same("ssh://[::1]/x", "ssh://[::2]/x"));
        assert!(!same("http://127.0.0.1:8001/x", "http://127.0.0.1:8002/x"));
    }

    #[test]
    fn two_paths_on_this_machine_are_the_same_or_they_are_not() {
        assert!(same("/srv/x.git", "file:///srv/x.git/"));
        assert!(same("/srv/x", "file://localhost/srv/x"));
        assert!(!same("/srv/x.git", "/other/srv/x.git"));
        assert!(!same("/srv/x.git", "ssh://localhost/srv/x.git"));
        assert!(!same("", ""), "nowhere is no place");
    }
}
