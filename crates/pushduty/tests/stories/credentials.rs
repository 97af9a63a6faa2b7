//! Remotes that want to know who comes: asked for on a terminal, one at a time and once for each host, and never elsewhere.

use testkit::{Http, PushDuty, Remote};

use crate::scene::{failure, tags, train};

/// Two hosts, the first with two repositories; they let mat in with a password of all kinds of characters.
struct Hosts {
    remotes: [Remote; 3],
    hosts: [Http; 2],
    world: PushDuty,
}

const PASSWORD: &str = r#"s3 "cr'e\t$x"#;

impl Hosts {
    fn new() -> Self {
        let remotes = ["server", "web", "docs"].map(Remote::new);
        let hosts = [
            Http::serving(&[&remotes[0], &remotes[1]], "mat", PASSWORD),
            Http::serving(&[&remotes[2]], "mat", PASSWORD),
        ];
        let places = [(0, 0), (1, 0), (2, 1)];
        let world = places.into_iter().fold(train(), |world, (remote, host)| {
            let (remote, host): (&Remote, &Http) = (&remotes[remote], &hosts[host]);
            world.repo_at(remote.name(), &host.url(remote), "")
        });
        world.at_the_real_time();
        Self { remotes, hosts, world }
    }
}

/// Written by another process: one that is open for writing in this one may not be run.
fn executable(file: &std::path::Path, script: &str) {
    let mut write = std::process::Command::new("sh");
    write.args(["-c", "cat > \"$0\" && chmod +x \"$0\""]).arg(file);
    let mut child = write.stdin(std::process::Stdio::piped()).spawn().expect("a shell");
    let mut stdin = child.stdin.take().expect("it is piped");
    std::io::Write::write_all(&mut stdin, script.as_bytes()).expect("it is read");
    drop(stdin);
    assert!(child.wait().is_ok_and(|status| status.success()));
}

#[test]
fn without_a_terminal_nothing_is_asked_and_it_is_said_at_once() {
    let hosts = Hosts::new();
    for args in [&["compare"][..], &["tag", "--yes"], &["check"], &["compare", "--json"]] {
        let begun = std::time::Instant::now();
        let ran = hosts.world.hero("mat").runs(args).expect_code(1);
        assert!(begun.elapsed() < std::time::Duration::from_secs(20), "it hung: {ran}");
        assert!(format!("{ran}").contains("does not let this user in"), "{ran}");
    }
    let ran = hosts.world.hero("mat").types("compare server");
    let told = failure(&hosts.world, &ran);
    insta::assert_snapshot!(told, @"
    ✗ server: upstream (“[server]”) does not let this user in (git: fatal: could not read Username for 'http://127.0.0.1:[port]': terminal prompts disabled).
      → make `git ls-remote` of it work without a question: a credential helper, an SSH agent, a known host key; on a terminal it is asked for.
    ");
    assert!(hosts.remotes.iter().all(|remote| tags(remote).is_empty()));
    assert_eq!(hosts.hosts[0].let_in() + hosts.hosts[0].turned_away(), 0);
}

#[test]
fn a_program_that_answers_for_the_user_is_asked_where_there_is_no_terminal() {
    let hosts = Hosts::new();
    let program = hosts.world.sealed().path("answers");
    let script =
        format!("#!/bin/sh\ncase $1 in User*) echo mat;; *) cat <<'E'\n{PASSWORD}\nE\nesac\n");
    executable(&program, &script);
    let mut command = hosts.world.hero("mat").command();
    command.env("GIT_ASKPASS", &program).args(["tag", "--yes"]);
    hosts.world.start_command(&mut command).wait().ok();
    assert!(hosts.remotes.iter().all(|remote| tags(remote).len() == 1));
}

#[cfg(feature = "services")]
mod on_a_terminal {
    use std::process::Stdio;
    use std::time::{Duration, Instant};

    use testkit::{Ran, Running};

    use super::*;

    /// A run on a terminal; what it shows goes to its standard output.
    fn starts(hosts: &Hosts, args: &[&str], variables: &[(&str, &str)]) -> Running {
        let mut run = hosts.world.hero("mat").command();
        run.args(args).env("SHELL", "/bin/sh").env("NO_COLOR", "1").env("TERM", "xterm");
        run.envs(variables.iter().copied());
        let on_a_terminal = r#"exec script -qec "exec $0 $*" /dev/null"#;
        let mut run = hosts.world.sealed().wrapped("sh", &["-c", on_a_terminal], &run);
        hosts.world.start_command(run.stdin(Stdio::piped()))
    }

    /// Waits until it has asked this `times`, and answers.
    #[track_caller]
    fn answers(running: &mut Running, question: &str, times: usize, keys: &str) {
        let begun = Instant::now();
        while running.stdout_so_far().matches(question).count() < times {
            assert!(begun.elapsed() < Duration::from_secs(30), "{}", running.stdout_so_far());
            std::thread::sleep(Duration::from_millis(5));
        }
        running.types(&format!("{keys}\r"));
    }

    /// Nothing that was told or kept has the password, and no git has it in its arguments.
    #[track_caller]
    fn kept_secret(hosts: &Hosts, ran: &Ran) {
        for told in [&ran.stdout, &ran.stderr] {
            assert!(!told.contains("s3 "), "{ran}");
        }
        let found = hosts
            .world
            .sealed()
            .command("grep")
            .args(["-rlaF", PASSWORD])
            .arg(hosts.world.sealed().home())
            .output();
        let found = found.map(|found| found.stdout).expect("grep is there");
        let found = String::from_utf8_lossy(&found);
        assert_eq!(found, "", "the password is in a file");
    }

    fn asked(shown: &str) -> usize {
        shown.matches("Username for").count() - shown.matches("could not read Username for").count()
    }

    #[test]
    fn each_host_is_asked_for_once_and_one_at_a_time() {
        let hosts = Hosts::new();
        let (written, path) = watched(&hosts);
        let mut running = starts(&hosts, &["tag", "--yes"], &[("PATH", &path)]);
        for n in 1..=2 {
            answers(&mut running, "Username for", n, "mat");
            std::thread::sleep(Duration::from_millis(300));
            assert_eq!(asked(&running.stdout_so_far()), n, "the next waits for this one");
            answers(&mut running, "Password for", n, PASSWORD);
        }
        let ran = running.wait().ok();
        assert_eq!(asked(&ran.stdout), 2, "{ran}");
        assert!(hosts.remotes.iter().all(|remote| tags(remote).len() == 1), "{ran}");
        assert!(hosts.hosts.iter().all(|host| host.turned_away() == 0 && host.let_in() > 1));
        let seen = std::fs::read_to_string(written).expect("git ran");
        assert!(seen.contains("credential fill") && seen.contains("GIT_ASKPASS="), "{seen}");
        kept_secret(&hosts, &ran);
    }

    /// A git that writes its arguments and its environment to a file, and the path by which it is found.
    fn watched(hosts: &Hosts) -> (std::path::PathBuf, String) {
        let bin = hosts.world.sealed().path("bin");
        std::fs::create_dir(&bin).expect("the home is writable");
        let script = "#!/bin/sh\n{ echo \"$*\"; env; } >> \"${0%/bin/git}/seen\"\n\
                      PATH=\"${PATH#*:}\" exec git \"$@\"\n";
        executable(&bin.join("git"), script);
        let command = hosts.world.hero("mat").command();
        let found = command.get_envs().find(|(name, _)| *name == "PATH");
        let path = found.and_then(|(_, path)| path?.to_str()).expect("a path of plain text");
        let path = format!("{}:{path}", bin.display());
        (hosts.world.sealed().path("seen"), path)
    }

    #[test]
    fn a_wrong_password_is_said_and_not_asked_for_again() {
        let hosts = Hosts::new();
        let mut running = starts(&hosts, &["compare"], &[]);
        for n in 1..=2 {
            answers(&mut running, "Username for", n, "mat");
            answers(&mut running, "Password for", n, "guess");
        }
        let ran = running.wait().expect_code(1);
        assert_eq!(asked(&ran.stdout), 2, "{ran}");
        for name in ["server", "web", "docs"] {
            let said = format!("✗ {name}: upstream");
            assert!(ran.stdout.contains(&said), "{ran}");
        }
        // Who came late to a host whose answer was known to be wrong was not let in.
        let told = |words| ran.stdout.matches(words).count();
        let (wrong, late) =
            (told("does not take that user name"), told("does not let this user in"));
        assert!(wrong >= 2 && wrong + late == 3, "{ran}");
        assert!(!ran.stdout.contains("guess"), "{ran}");
    }

    #[test]
    fn what_works_is_handed_to_the_user_s_own_helper_as_git_does() {
        let hosts = Hosts::new();
        hosts.world.sealed().git_config("credential.helper", "store");
        let mut running = starts(&hosts, &["compare"], &[]);
        for n in 1..=2 {
            answers(&mut running, "Username for", n, "mat");
            answers(&mut running, "Password for", n, PASSWORD);
        }
        running.wait().ok();
        let ran = hosts.world.hero("mat").types("compare").ok();
        assert_eq!(asked(&format!("{ran}")), 0, "{ran}");
    }

    #[test]
    fn nobody_is_asked_for_a_document() {
        let hosts = Hosts::new();
        let ran = starts(&hosts, &["compare", "--json"], &[]).wait().expect_code(1);
        assert_eq!(asked(&ran.stdout), 0, "{ran}");
    }

    #[test]
    fn ssh_may_ask_on_the_terminal_before_it_is_used_silently() {
        let server = Remote::new("server");
        let world = train().repo_at("server", &format!("ssh://git@host{}", server.url()), "");
        world.at_the_real_time();
        let ssh = world.sealed().path("ssh");
        // Asks for an unknown host's key where it may, and remembers; then it runs what it is told to on this machine.
        let script = r#"#!/bin/sh
known="${0%/ssh}/known"
if [ ! -e "$known" ]; then
    if [ "$SSH_ASKPASS_REQUIRE" = force ]; then echo "Host key verification failed." >&2; exit 255; fi
    printf 'Is this the host (yes/no)? ' >/dev/tty
    read -r answer </dev/tty
    [ "$answer" = yes ] || { echo "Host key verification failed." >&2; exit 255; }
    : >"$known"
fi
while [ $# -gt 1 ]; do shift; done
exec sh -c "$1"
"#;
        executable(&ssh, script);
        let hosts = Hosts { world, ..Hosts::new() };
        let variables =
            [("GIT_SSH_COMMAND", ssh.to_str().expect("plain text")), ("GIT_SSH_VARIANT", "ssh")];
        let mut command = hosts.world.hero("mat").command();
        command.envs(variables).arg("compare");
        let ran = hosts.world.start_command(&mut command).wait().expect_code(1);
        assert!(ran.stderr.contains("does not let this user in"), "{ran}");
        let mut running = starts(&hosts, &["compare"], &variables);
        answers(&mut running, "Is this the host", 1, "yes");
        let ran = running.wait().ok();
        assert_eq!(ran.stdout.matches("Is this the host").count(), 1, "{ran}");
    }
}
