//! Keeping an object store quick: fetches leave small packs, loose objects and refs in a file each, which are rolled up
//! now and then.
//!
//! Nothing is ever dropped, reachable or not: intents keep objects, and the security store borrows what upstream may
//! have let go of. So this is a geometric repack, and never `git gc`.

use conductor::failure::Result;

use crate::guard::Guard;
use crate::process::Git;

/// Packs that are too many: git's own `gc.autoPackLimit`.
const PACKS: usize = 50;
/// Loose objects in one of 256 folders that are too many: git's own `gc.auto`, 6700 in all.
const LOOSE: usize = 27;
/// Tags in a file each that are too many: git reads every one several times in a fetch.
const TAGS: usize = 50;

/// Rolls up packs, loose objects and tags, where there are many. What goes wrong is left for the next time.
pub(crate) async fn tidy(git: &Git, guard: &Guard) -> Result<()> {
    let count = |folder: &str, ending: &str| {
        let entries = std::fs::read_dir(git.dir().join(folder)).into_iter().flatten();
        entries.flatten().filter(|e| e.file_name().to_string_lossy().ends_with(ending)).count()
    };
    if count("objects/pack", ".pack") > PACKS || count("objects/17", "") > LOOSE {
        guard.run(git, &["repack", "--geometric=2", "-d", "-l", "--quiet"], &[]).await?;
    }
    if count("refs/upstream/tags", "") > TAGS {
        guard.run(git, &["pack-refs", "--all"], &[]).await?;
    }
    Ok(())
}
