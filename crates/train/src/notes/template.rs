//! The template of a new page.

/// The runbook's own template, byte for byte, with the repositories' lines in place of its two.
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
