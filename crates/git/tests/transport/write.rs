//! Objects of our own, and what keeps them.

use std::path::Path;

use conductor::ports::{Ident, Repository, Stamp, TagDraft};
use testkit::Remote;
use train::facts::Head;
use train::intent::{IntentId, Remote as Side};
use train::refusal::Code;
use train::settings::Tagging;

use crate::{Machine, cut, draft, fence, now, stamp};

#[tokio::test]
async fn an_annotated_tag_is_byte_for_byte_what_was_drafted() {
    let (machine, remote) = (Machine::new(), Remote::new("server"));
    machine.configure("[user]\n\tname = Somebody Else\n[tag]\n\tgpgSign = true\n");
    let store = machine.store(&remote);
    let main = store.fetch(now()).await.unwrap().main.unwrap();
    let draft = draft("2026.11.26", &main, Tagging::Annotated);
    let made = store.write_tag(&draft).await.unwrap();
    assert_eq!(
        store.write_tag(&draft).await.unwrap(),
        made,
        "the same draft gives the same object"
    );
    let dir = machine.data().join("repos/server/upstream.git");
    let bytes = machine.sealed.git(&dir, &["cat-file", "tag", made.as_str()]);
    let expected = format!(
        "object {main}\ntype commit\ntag 2026.11.26\ntagger Mat <mat@example.org> 1795539600 -0800\n\nPush 2026.11.26"
    );
    assert_eq!(bytes, expected);
    let hostile = Stamp { by: Ident { name: "a\n> <b".into(), email: "\n".into() }, ..stamp() };
    let tag = store.write_tag(&TagDraft { stamp: hostile, ..draft }).await.unwrap();
    assert!(
        machine
            .sealed
            .git(&dir, &["cat-file", "tag", tag.as_str()])
            .contains("tagger a b <> 1795539600")
    );
}

#[tokio::test]
async fn a_lightweight_tag_is_the_commit() {
    let (machine, remote) = (Machine::new(), Remote::new("server"));
    let store = machine.store(&remote);
    let main = store.fetch(now()).await.unwrap().main.unwrap();
    assert_eq!(
        store.write_tag(&draft("2026.11.26", &main, Tagging::Lightweight)).await.unwrap(),
        main
    );
}

#[cfg(feature = "services")]
#[tokio::test]
async fn a_signed_tag_is_signed_as_the_user_signs_and_leaves_no_local_ref() {
    let (machine, remote) = (Machine::new(), Remote::new("server"));
    let key = machine.sealed.path("key");
    let made = machine
        .sealed
        .command("ssh-keygen")
        .args(["-q", "-t", "ed25519", "-N", "", "-f"])
        .arg(&key)
        .status();
    let made = made.is_ok_and(|status| status.success());
    assert!(made, "ssh-keygen is missing: apt-get install openssh-client");
    machine
        .configure(&format!("[user]\n\tsigningKey = {}\n[gpg]\n\tformat = ssh\n", key.display()));
    let store = machine.store(&remote);
    let main = store.fetch(now()).await.unwrap().main.unwrap();
    let object = store.write_tag(&draft("2026.11.26", &main, Tagging::Signed)).await.unwrap();
    let dir = machine.data().join("repos/server/upstream.git");
    assert_eq!(machine.sealed.git(&dir, &["for-each-ref", "refs/tags/"]), "");
    let text = machine.sealed.git(&dir, &["cat-file", "tag", object.as_str()]);
    assert!(text.contains("tag 2026.11.26\ntagger Mat <mat@example.org> 1795539600 -0800\n\nPush 2026.11.26\n-----BEGIN SSH"), "{text}");

    let publish = conductor::ports::Publish {
        updates: vec![crate::new_ref("refs/tags/2026.11.26", &object, &main)],
        fence: None,
    };
    assert_eq!(
        store.publish(&machine.lock(), &publish).await.unwrap(),
        conductor::ports::Pushed::Done
    );
    let public = std::fs::read_to_string(key.with_extension("pub")).unwrap();
    std::fs::write(remote.path().join("signers"), format!("mat@example.org {public}")).unwrap();
    let signers = format!("gpg.ssh.allowedSignersFile={}", remote.path().join("signers").display());
    remote.git(&["-c", &signers, "verify-tag", "2026.11.26"]);
}

#[tokio::test]
async fn a_signature_that_can_not_be_made_is_told_with_what_to_do() {
    let (machine, remote) = (Machine::new(), Remote::new("server"));
    machine.configure("[user]\n\tsigningKey = /nowhere/key\n[gpg]\n\tformat = ssh\n");
    let store = machine.store(&remote);
    let main = store.fetch(now()).await.unwrap().main.unwrap();
    let refusal = store.write_tag(&draft("2026.11.26", &main, Tagging::Signed)).await.unwrap_err();
    assert_eq!(refusal.code, Code::Git);
    assert!(refusal.hint.contains("user.signingKey"), "{}", refusal.hint);
}

#[tokio::test]
async fn what_is_kept_survives_a_collection_until_it_is_released() {
    let (machine, remote) = (Machine::new(), Remote::new("server"));
    let store = machine.store(&remote);
    store.fetch(now()).await.unwrap();
    let intent =
        IntentId::after(&Head { seq: 1, hash: "0".repeat(64) }, store.name(), Side::Upstream);
    let publish = cut(&store, "2026.11.26", "m\n").await;
    let (tag, blob) = (publish.updates[0].new.clone(), publish.fence.unwrap().to);
    let loose = store.write_fence(&fence()).await.unwrap();
    store.keep(&intent, &[tag.clone(), blob.clone()]).await.unwrap();
    store.keep(&intent, &[tag.clone(), blob.clone()]).await.unwrap();
    let dir = machine.data().join("repos/server/upstream.git");
    let collect = || machine.sealed.git(&dir, &["gc", "--quiet", "--prune=now"]);
    let has = |dir: &Path, object: &str| {
        machine.sealed.try_git(dir, &["cat-file", "-e", object]).status.success()
    };
    collect();
    assert!(has(&dir, tag.as_str()) && has(&dir, blob.as_str()) && !has(&dir, loose.as_str()));
    store.release(&intent).await.unwrap();
    store.release(&intent).await.unwrap();
    collect();
    assert!(!has(&dir, tag.as_str()) && !has(&dir, blob.as_str()));
}
