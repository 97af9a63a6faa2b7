//! The template of a new page, and the page made from it.

use crate::id::PushDate;
use crate::links::compare;
use crate::settings::Repo;

/// The runbook's own template, byte for byte, with marks where its names and links stood.
///
/// `{hero}`, `{push}` and `{links}` are filled in; a train's own template may have each any number of times, or not at all.
pub const TEMPLATE: &str = "\
This week's push hero is {hero}

Notable things shipping:


Blockers:


To pick.  Link to the actual commits - NOT the merge commits.  This list needs
to be in chronological order, first to cherry-pick on top.:


Pushing:

{links}


Before we push:

-------------------------------------------------------------------------------
Before we start:


After we're done:


start: 
end: 
";

/// A new page. Until a push is cut its links show where they will stand, as in the runbook; a hero who is not known yet is
/// `<push hero>`.
#[must_use]
pub fn page(template: &str, push: PushDate, hero: Option<&str>, repos: &[Repo]) -> String {
    let mark = "YYYY.MM.DD";
    let links: Vec<String> = repos.iter().filter_map(|repo| compare(repo, mark, mark)).collect();
    let mut out = String::with_capacity(template.len());
    let mut rest = template;
    while let Some(at) = rest.find('{') {
        out.push_str(&rest[..at]);
        let line = out.rfind('\n').map_or(0, |end| end + 1);
        let alone = out[line..].trim().is_empty();
        rest = &rest[at..];
        let filled =
            [("{hero}", hero.unwrap_or("<push hero>").to_owned()), ("{push}", push.to_string())];
        if let Some(after) = rest.strip_prefix("{links}") {
            // The links go on with whatever their first line begins with; the runbook's are four spaces in.
            let lead =
                if alone && out[line..].is_empty() { "    " } else { &out[line..] }.to_owned();
            out.truncate(line);
            out.push_str(
                &links.iter().map(|link| format!("{lead}{link}")).collect::<Vec<_>>().join("\n"),
            );
            rest = after;
        } else if let Some((name, value)) = filled.iter().find(|(name, _)| rest.starts_with(name)) {
            out.push_str(value);
            rest = &rest[name.len()..];
        } else {
            out.push('{');
            rest = &rest[1..];
        }
    }
    out + rest
}
