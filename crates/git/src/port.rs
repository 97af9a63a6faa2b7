//! The use cases' ports, by the functions of this crate.

use std::path::Path;
use std::sync::Arc;

use async_trait::async_trait;
use conductor::failure::Result;
use conductor::ports::{
    Applied, Examined, Ident, Lock, Merged, Progress, Publish, Pushed, Repository, ResolveTree,
    SecurityLook, SecurityRepository, Stamp, TagDraft,
};
use jiff::Timestamp;
use train::facts::{Brought, Commit, Comparison, Fence, Look, Picked};
use train::fixed::Said;
use train::id::{Oid, RepoName};
use train::intent::IntentId;
use train::pick::PickStep;
use train::propose::Touched;

use crate::environment::Environment;
use crate::security_store::SecurityStore;
use crate::store::Store;
use crate::{
    apply, brought, compare, diff, examine, look, merge, order, picked, pulls, read, resolve,
    resolve_tree, said, security_look, touched, write,
};

#[async_trait]
impl Repository for Store {
    fn name(&self) -> &RepoName {
        &self.settings().name
    }

    fn told_to(&self, progress: &Arc<dyn Progress>) -> Arc<dyn Repository> {
        Arc::new(self.telling(progress))
    }

    async fn fetch(&self, at: Timestamp) -> Result<Look> {
        look::fetch(self, at).await
    }

    async fn last_look(&self, at: Timestamp) -> Result<Option<Look>> {
        look::last(self, at).await
    }

    async fn resolve(&self, text: &str) -> Result<Vec<Commit>> {
        resolve::resolve(&self.computing(), text).await
    }

    async fn of_pull_request(&self, main: &Oid, number: u64) -> Result<Vec<Commit>> {
        pulls::of(&self.computing(), main, number).await
    }

    async fn commit(&self, id: &Oid) -> Result<Commit> {
        read::commit(&self.computing(), id).await
    }

    async fn tree(&self, commit: &Oid) -> Result<Oid> {
        self.computing().objects()?.tree_of(commit)
    }

    async fn outside(&self, tip: &Oid, commits: &[Oid]) -> Result<Vec<Oid>> {
        let outside = read::outside(&self.computing(), tip, commits).await?;
        Ok(commits.iter().filter(|commit| outside.contains(commit)).cloned().collect())
    }

    async fn contains(&self, tip: &Oid, commit: &Oid) -> Result<bool> {
        read::contains(&self.computing(), tip, commit).await
    }

    async fn stands_on(&self, main: &Oid, tip: &Oid) -> Result<Vec<Oid>> {
        read::stands_on(&self.computing(), main, tip).await
    }

    async fn brought_by(&self, tip: &Oid, commit: &Oid) -> Result<Option<Commit>> {
        read::brought_by(&self.computing(), tip, commit).await
    }

    async fn tags_with(&self, commit: &Oid) -> Result<Vec<String>> {
        read::tags_with(&self.computing(), commit).await
    }

    async fn compare(&self, base: Option<&Oid>, head: &Oid, limit: usize) -> Result<Comparison> {
        compare::compare(
            &self.computing(),
            &compare::globs(&self.settings().migrations)?,
            base,
            head,
            limit,
        )
        .await
    }

    async fn touched(&self, base: &Oid, head: &Oid, limit: usize) -> Result<Vec<Touched>> {
        touched::touched(&self.computing(), base, head, limit).await
    }

    async fn said(&self, base: &Oid, head: &Oid, limit: usize) -> Result<Vec<Said>> {
        said::said(&self.computing(), base, head, limit).await
    }

    async fn brought(&self, spans: &[(Oid, Oid)]) -> Result<Vec<Vec<Brought>>> {
        brought::brought(&self.computing(), spans).await
    }

    async fn tagged_at(&self, objects: &[Oid]) -> Result<Vec<Option<Timestamp>>> {
        brought::tagged_at(&self.computing(), objects).await
    }

    async fn picked(&self, main: &Oid, tip: &Oid) -> Result<Vec<Picked>> {
        picked::picked(&self.computing(), main, tip).await
    }

    async fn uncarried(&self, head: &Oid, picked: &[Picked]) -> Result<Vec<Picked>> {
        picked::uncarried(&self.computing(), head, picked).await
    }

    async fn in_order(&self, main: &Oid, commits: &[Oid]) -> Result<Vec<Oid>> {
        order::in_order(&self.computing(), main, commits).await
    }

    async fn merged_by(&self, merge: &Oid) -> Result<Vec<Commit>> {
        read::merged_by(&self.computing(), merge).await
    }

    async fn apply(&self, onto: &Oid, steps: &[PickStep], stamp: &Stamp) -> Result<Applied> {
        apply::apply(&self.computing(), onto, steps, stamp).await
    }

    async fn prerequisites(
        &self,
        onto: &Oid,
        main: &Oid,
        commit: &Oid,
        files: &[String],
    ) -> Result<Vec<Commit>> {
        order::prerequisites(&self.computing(), onto, main, commit, files).await
    }

    async fn migrations(&self, from: &Oid, to: &Oid) -> Result<Vec<String>> {
        compare::migrations(
            &self.computing(),
            &compare::globs(&self.settings().migrations)?,
            from,
            to,
        )
        .await
    }

    async fn write_tag(&self, draft: &TagDraft) -> Result<Oid> {
        write::tag(self, draft).await
    }

    async fn write_fence(&self, fence: &Fence) -> Result<Oid> {
        write::fence(self, fence).await
    }

    async fn keep(&self, intent: &IntentId, objects: &[Oid]) -> Result<()> {
        write::keep(&self.upstream_dir(), &self.guard().await?, intent, objects)
    }

    async fn release(&self, intent: &IntentId) -> Result<()> {
        write::release(&self.upstream_dir(), &self.guard().await?, intent)
    }

    async fn check_address(&self) -> Result<()> {
        self.address_holds().await
    }

    async fn publish(&self, lock: &Lock, publish: &Publish) -> Result<Pushed> {
        self.push(lock, publish).await
    }

    async fn tag_message(&self, object: &Oid) -> Result<Option<String>> {
        read::tag_message(&self.computing(), object)
    }

    async fn open_resolve(&self, dir: &Path, onto: &Oid, step: &PickStep) -> Result<ResolveTree> {
        resolve_tree::open(&self.computing(), dir, onto, step).await
    }

    async fn take_resolve(&self, tree: &ResolveTree, stamp: &Stamp) -> Result<Oid> {
        resolve_tree::take(&self.computing(), tree, stamp).await
    }

    async fn close_resolve(&self, dir: &Path) -> Result<()> {
        resolve_tree::close(&self.computing(), dir).await
    }

    async fn authors(&self, main: &Oid, limit: usize) -> Result<Vec<(Ident, usize)>> {
        read::authors(&self.computing(), main, limit).await
    }

    async fn examine(&self) -> Vec<Examined> {
        examine::examine(self).await
    }
}

#[async_trait]
impl SecurityRepository for SecurityStore {
    fn name(&self) -> &RepoName {
        &self.public().settings().name
    }

    async fn fetch(&self, at: Timestamp) -> Result<SecurityLook> {
        self.look(at).await
    }

    async fn last_look(&self, at: Timestamp) -> Result<Option<SecurityLook>> {
        self.last(at).await
    }

    async fn merge(
        &self,
        onto: &Oid,
        commits: &[Oid],
        message: &str,
        stamp: &Stamp,
    ) -> Result<Merged> {
        merge::merge(&self.git(Environment::Compute), onto, commits, message, stamp).await
    }

    async fn commits(&self, main: &Oid, tip: &Oid, limit: usize) -> Result<Vec<Commit>> {
        security_look::lacked(&self.git(Environment::Compute), main, tip, limit).await
    }

    async fn diff(&self, from: &Oid, to: &Oid) -> Result<String> {
        diff::diff(&self.git(Environment::Compute), from, to).await
    }

    async fn diff_digest(&self, from: &Oid, to: &Oid) -> Result<String> {
        diff::diff_digest(&self.git(Environment::Compute), from, to).await
    }

    async fn contains(&self, tip: &Oid, commit: &Oid) -> Result<bool> {
        self.has(tip, commit).await
    }

    async fn keep(&self, intent: &IntentId, objects: &[Oid]) -> Result<()> {
        self.keep_objects(intent, objects).await
    }

    async fn release(&self, intent: &IntentId) -> Result<()> {
        self.release_objects(intent).await
    }

    async fn check_address(&self) -> Result<()> {
        self.address_holds().await
    }

    async fn publish_upstream(&self, lock: &Lock, publish: &Publish) -> Result<Pushed> {
        self.push_upstream(lock, publish).await
    }

    async fn publish_security(&self, lock: &Lock, publish: &Publish) -> Result<Pushed> {
        self.push_security(lock, publish).await
    }
}
