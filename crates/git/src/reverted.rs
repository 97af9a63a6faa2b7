//! The names of what a revert takes back. A commit that was put on another tag has another name there: what stays the same
//! is where it was picked from, and of a revert what it takes back in its turn.

use conductor::failure::Result;
use train::id::Oid;

use crate::footer;
use crate::objects::Objects;
use crate::raw::Raw;

/// A name of a commit (0), of what it takes back if it is a revert (1), of what that takes back (2), and so on.
pub(crate) type Name = (usize, Oid);

/// All names of a commit: its own, its origins', and those of what it takes back. Of one that is not in this store only its
/// own is known.
pub(crate) fn names(objects: &Objects, id: &Oid) -> Result<Vec<Name>> {
    let (mut names, mut next) = (Vec::new(), Some(id.clone()));
    for depth in 0.. {
        let Some(id) = next.take() else { break };
        if let Some(bytes) = objects.commit(&id)? {
            let message = Raw::parse(&bytes).message;
            names.extend(footer::origins(message).into_iter().map(|origin| (depth, origin)));
            next = footer::reverts(message);
        }
        names.push((depth, id));
    }
    Ok(names)
}
