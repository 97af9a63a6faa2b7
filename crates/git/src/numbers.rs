//! The numbers that security branches go by: given once per name, kept beside the store (P9).

use std::collections::BTreeMap;

use conductor::failure::{self, Failure, Result};
use train::refusal::Code;

use crate::environment::Environment;
use crate::guard::Guard;
use crate::security_store::SecurityStore;

/// Branch names and their numbers. A branch that is gone keeps its number: one that comes back is the same.
pub(crate) type Numbers = BTreeMap<String, u32>;

/// Reads the numbers given so far.
pub(crate) fn read(store: &SecurityStore) -> Result<Numbers> {
    match std::fs::read(file(store)) {
        Ok(json) => serde_json::from_slice(&json).map_err(|_| {
            let hint = "restore numbers.json in the security store from a backup, or remove it: branches are numbered anew then";
            Failure::new(Code::Io, "the numbers of the security branches can't be read", hint).in_repo(&store.public().settings().name)
        }),
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(Numbers::new()),
        Err(e) => Err(failure::io("the numbers of the security branches can't be read", &e)),
    }
}

/// Gives the next numbers to branches that have none yet, by name.
pub(crate) async fn give(store: &SecurityStore, _guard: &Guard) -> Result<()> {
    let mut numbers = read(store)?;
    let names = store
        .git(Environment::Compute)
        .text(["for-each-ref", "--format=%(refname:lstrip=3)", "refs/security/heads/"])
        .await?;
    let mut next = numbers.values().max().map_or(1, |n| n + 1);
    let known = numbers.len();
    let main = store.main_branch().await?;
    for name in names.lines().filter(|name| *name != main) {
        numbers.entry(name.to_owned()).or_insert_with(|| {
            next += 1;
            next - 1
        });
    }
    if numbers.len() == known {
        return Ok(());
    }
    let io = |e: &std::io::Error| {
        failure::io("the numbers of the security branches could not be written", e)
    };
    let new = file(store).with_extension("new");
    let json = serde_json::to_vec_pretty(&numbers).map_err(|e| io(&e.into()))?;
    std::fs::write(&new, json).and_then(|()| std::fs::rename(&new, file(store))).map_err(|e| io(&e))
}

fn file(store: &SecurityStore) -> std::path::PathBuf {
    store.public().security_dir().join("numbers.json")
}
