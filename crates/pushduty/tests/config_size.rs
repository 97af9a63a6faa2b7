//! A configuration that is wrong throughout is refused in time in proportion to its length, with as much as people read.

use std::path::Path;
use std::time::{Duration, Instant};

use pushduty::config::{ConfigError, read};

/// Reads and draws it; answers with the time that took.
fn refused(text: &str) -> Duration {
    let began = Instant::now();
    let problems = read(text, Path::new("/train")).expect_err("it is wrong");
    let error = ConfigError::located("pushduty.toml", text, problems);
    assert!((1..=100).contains(&error.problems().count()));
    assert!(!error.render(false, 80).is_empty());
    began.elapsed()
}

#[test]
fn a_file_that_is_wrong_throughout_takes_time_in_proportion() {
    for form in [
        "x\n",
        "[[",
        "= = ",
        "\"\n",
        "{}[]",
        "k%n% = 1\n",
        "[t%n%]\n",
        "[people.p%n%]\nx = 1\n",
        "[repos.r%n%]\nupstream = 1\n",
    ] {
        let text = |lines: usize| -> String {
            (0..lines).map(|n| form.replace("%n%", &n.to_string())).collect()
        };
        // Eight times the text: a search from each place to the end would take sixty-four times as long. A machine that is busy
        // with other things gets another try; such a search fails them all.
        let in_proportion = (0..3).any(|_| {
            let (short, long) = (refused(&text(1_000)), refused(&text(8_000)));
            long < short * 30 + Duration::from_millis(150)
        });
        assert!(in_proportion, "{form:?}");
    }
}
