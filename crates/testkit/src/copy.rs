//! A directory again, as it is now: what takes long to set up is set up once.

use std::path::Path;

/// Copies a directory with everything in it, rights too.
pub(crate) fn tree(from: &Path, to: &Path) {
    std::fs::create_dir(to).expect("the copy is new");
    let rights = std::fs::metadata(from).expect("the original is there").permissions();
    std::fs::set_permissions(to, rights).expect("a new directory takes rights");
    for entry in std::fs::read_dir(from).expect("the original can be read").flatten() {
        let (source, copy) = (entry.path(), to.join(entry.file_name()));
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            tree(&source, &copy);
        } else {
            std::fs::copy(&source, &copy).expect("a file can be copied");
        }
    }
}
