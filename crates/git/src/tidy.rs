//! Keeping an object store quick: fetches leave small packs and loose objects, which are rolled up now and then.
//!
//! Nothing is ever dropped, reachable or not: intents keep objects, and the security store borrows what upstream may
//! have let go of. So this is a geometric repack, and never `git gc`.

use std::path::Path;

use conductor::failure::Result;

use crate::guard::Guard;
use crate::process::Git;

/// Packs that are too many: git's own `gc.autoPackLimit`.
const PACKS: usize = 50;
/// Loose objects in one of 256 folders that are too many: git's own `gc.auto`, 6700 in all.
const LOOSE: usize = 27;

/// Rolls up packs and loose objects, where there are many. What goes wrong is left for the next time.
pub(crate) async fn tidy(git: &Git, guard: &Guard) -> Result<()> {
    if needs(git.dir()) {
        guard.run(git, &["repack", "--geometric=2", "-d", "-l", "--quiet"], &[]).await?;
    }
    Ok(())
}

fn needs(dir: &Path) -> bool {
    let count = |folder: &str, ending: &str| {
        let entries = std::fs::read_dir(dir.join("objects").join(folder)).into_iter().flatten();
        entries.flatten().filter(|e| e.file_name().to_string_lossy().ends_with(ending)).count()
    };
    count("pack", ".pack") > PACKS || count("17", "") > LOOSE
}
