//! Nothing that a test starts outlives it: each child leads a process group that ends with its value,
//! and one small shell per test process ends the groups that are left when the test process is killed.

use std::io::Write;
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Mutex, OnceLock, PoisonError};

use rustix::process::{Pid, Signal, kill_process, kill_process_group};

/// Keeps the list of living groups; its input ends when the test process does, however that ends.
const WATCH: &str = r#"
live=
while read -r what id; do
  case $what in
    start) live="$live $id" ;;
    end) left=; for one in $live; do [ "$one" = "$id" ] || left="$left $one"; done; live=$left ;;
  esac
done
for id in $live; do kill -s KILL -- "-$id" 2>/dev/null; done
"#;

/// The one shell of this process: a child must be known to it before the test can be killed.
static WATCHER: OnceLock<Mutex<Child>> = OnceLock::new();

fn watcher() -> &'static Mutex<Child> {
    WATCHER.get_or_init(|| {
        let shell = Command::new("sh")
            .args(["-c", WATCH])
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .process_group(0)
            .spawn()
            .expect("a shell that watches over children starts");
        Mutex::new(shell)
    })
}

fn tell(what: &str, id: u32) {
    let mut shell = watcher().lock().unwrap_or_else(PoisonError::into_inner);
    // A shell that somebody killed takes nothing away from the test: dropping still ends the group.
    if let Some(input) = &mut shell.stdin {
        let _ = writeln!(input, "{what} {id}");
    }
}

/// A child and everything in its process group; both end when this is dropped.
#[derive(Debug)]
pub struct Reaped {
    child: Child,
    ended: Option<ExitStatus>,
}

impl Reaped {
    /// Starts `command` as the leader of a process group of its own.
    ///
    /// # Panics
    /// When the program does not start.
    #[must_use]
    pub fn start(command: &mut Command) -> Self {
        let _ = watcher();
        let child = command
            .process_group(0)
            .spawn()
            .unwrap_or_else(|why| panic!("{} starts: {why}", command.get_program().display()));
        tell("start", child.id());
        Self { child, ended: None }
    }

    /// The process's id.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// The child itself, for its pipes.
    pub fn child(&mut self) -> &mut Child {
        &mut self.child
    }

    /// How it ended, if it has.
    ///
    /// # Panics
    /// When the system cannot say.
    pub fn ended(&mut self) -> Option<ExitStatus> {
        if self.ended.is_none() {
            self.ended = self.child.try_wait().expect("a child can be waited for");
        }
        self.ended
    }

    /// Waits until the process has ended (not its group).
    ///
    /// # Panics
    /// When the system cannot say.
    pub fn wait(&mut self) -> ExitStatus {
        let status = self.child.wait().expect("a child can be waited for");
        self.ended = Some(status);
        status
    }

    /// Sends a signal to the process alone: its children live on. Nothing happens once it has ended.
    pub fn signal(&mut self, signal: Signal) {
        if self.ended().is_none() {
            let _ = kill_process(pid(self.child.id()), signal);
        }
    }

    /// Sends a signal to the process and everything in its group.
    pub fn signal_group(&mut self, signal: Signal) {
        let _ = kill_process_group(pid(self.child.id()), signal);
    }
}

impl Drop for Reaped {
    fn drop(&mut self) {
        self.signal_group(Signal::KILL);
        let _ = self.child.wait();
        tell("end", self.child.id());
    }
}

fn pid(id: u32) -> Pid {
    i32::try_from(id).ok().and_then(Pid::from_raw).expect("a child's id is a process id")
}
