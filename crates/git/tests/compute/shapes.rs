//! Histories by chance: of any shape, with dates that go back as often as forth.

use proptest::prelude::*;

use crate::Bench;

/// One commit: how far back its first parent and another one are, and its date.
pub type Grown = (usize, Option<usize>, u32);

/// A history by chance: each commit takes none, one or two of those before it as parents.
pub fn shape() -> impl Strategy<Value = Vec<Grown>> {
    let date = prop_oneof![3 => 0_u32..50, 1 => 0_u32..2_000_000];
    prop::collection::vec((1_usize..6, prop::option::weighted(0.4, 1_usize..8), date), 30)
}

impl Bench {
    /// Makes that history on a branch of the remote.
    pub fn grow(&self, branch: &str, shape: &[Grown]) {
        let mut script = String::new();
        for (n, (first, second, date)) in shape.iter().enumerate() {
            let date = 1_700_000_000 - date;
            script.push_str(&format!(
                "commit refs/heads/{branch}\nmark :{}\ncommitter C <c@x> {date} +0000\ndata 2\nx\n",
                n + 1
            ));
            let parent = |back: usize| (n >= back).then(|| n + 1 - back);
            if let Some(from) = parent(*first) {
                script.push_str(&format!("from :{from}\n"));
                if let Some(other) = second.and_then(parent).filter(|o| *o != from) {
                    script.push_str(&format!("merge :{other}\n"));
                }
            }
            script.push_str(&format!("M 100644 inline f\ndata {}\n{n}\n", n.to_string().len()));
        }
        let args = ["fast-import", "--quiet", "--force", "--export-marks=marks"];
        let imported = self.feed(self.remote.path(), &args, script.as_bytes());
        assert!(imported.status.success(), "{}", String::from_utf8_lossy(&imported.stderr));
    }
}
