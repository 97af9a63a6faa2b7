//! What people wish, and what the world does meanwhile.

use proptest::prelude::*;

/// One thing that happens.
#[derive(Debug, Clone)]
pub enum Wish {
    /// Time passes, so many hours.
    Wait(i64),
    /// Main moves on in one of the repositories.
    Commit(usize),
    /// `tag`, with what was asked for beside it.
    Tag {
        again: bool,
        because: bool,
        stay: Option<usize>,
        day: Option<i32>,
        off_cycle: bool,
        alone: bool,
    },
    /// `pick` in one of the repositories.
    Pick(usize),
    /// `security approve`, at the branch's commit or at another.
    Approve {
        branch: u32,
        there: bool,
    },
    /// `security merge`, of reviewed branches or of one whatever its review.
    Merge(Option<u32>),
    /// `security sync`, or somebody else's.
    Sync {
        by_other: bool,
    },
    /// `move`, so many days on.
    Move(i32),
    /// `cancel`.
    Cancel,
    /// `rotation swap`.
    Swap(usize),
    /// `rotation offer`, to one of the heroes or to all; `take`, `decline`, `keep`.
    Offer(Option<usize>),
    Take(usize),
    Decline,
    Keep,
    /// `rotation away`, from so many days on, for so many.
    Away(usize, i32, i32),
    /// The same with `--undo`, of one that is noted.
    Back(usize),
    /// What became of one of the open intents.
    Settle(usize, Became),
    /// Whoever wished last is told.
    Tell,
    /// Something of push day.
    Day(Day),
}

/// What is wished about a push on its way to production.
#[derive(Debug, Clone, Copy)]
pub enum Day {
    /// `approve`, in one of the repositories.
    SignOff(usize),
    /// `approve --withdraw`, in one of them.
    Withdraw(usize),
    /// `hold`, of one of them or the push, for so many hours or without an end.
    Hold(Option<usize>, Option<i64>),
    /// `resume`, of one of them or all.
    Resume(Option<usize>),
    /// `claim`.
    Claim,
    /// `unclaim`.
    Unclaim,
}

impl Day {
    fn any() -> impl Strategy<Value = Self> {
        let repo = || 0..2_usize;
        prop_oneof![
            4 => repo().prop_map(Self::SignOff),
            1 => repo().prop_map(Self::Withdraw),
            2 => (prop::option::of(repo()), prop::option::of(1..60_i64))
                .prop_map(|(repo, hours)| Self::Hold(repo, hours)),
            1 => prop::option::of(repo()).prop_map(Self::Resume),
            1 => Just(Self::Claim),
            1 => Just(Self::Unclaim),
        ]
    }
}

/// What became of an intent.
#[derive(Debug, Clone, Copy)]
pub enum Became {
    Published,
    Already,
    Refused,
    Overtaken,
}

impl Wish {
    /// Any of them, the usual ones more often.
    pub fn any() -> impl Strategy<Value = Self> {
        let became = prop_oneof![
            5 => Just(Became::Published),
            1 => Just(Became::Already),
            1 => Just(Became::Refused),
            1 => Just(Became::Overtaken),
        ];
        let tag = (
            any::<bool>(),
            any::<bool>(),
            prop::option::weighted(0.2, 0..2_usize),
            prop::option::weighted(0.3, -3..20_i32),
            any::<bool>(),
            any::<bool>(),
        );
        prop_oneof![
            3 => (1..80_i64).prop_map(Self::Wait),
            2 => (0..2_usize).prop_map(Self::Commit),
            6 => tag.prop_map(|(again, because, stay, day, off_cycle, alone)| Self::Tag { again, because, stay, day, off_cycle, alone }),
            4 => (0..2_usize).prop_map(Self::Pick),
            2 => (1..4_u32, any::<bool>()).prop_map(|(branch, there)| Self::Approve { branch, there }),
            2 => prop::option::of(1..4_u32).prop_map(Self::Merge),
            2 => any::<bool>().prop_map(|by_other| Self::Sync { by_other }),
            1 => (-2..20_i32).prop_map(Self::Move),
            1 => Just(Self::Cancel),
            1 => (0..3_usize).prop_map(Self::Swap),
            3 => prop::option::of(0..3_usize).prop_map(Self::Offer),
            1 => (0..3_usize).prop_map(Self::Take),
            1 => Just(Self::Decline),
            1 => Just(Self::Keep),
            1 => (0..3_usize, -5..30_i32, 0..10_i32).prop_map(|(who, from, days)| Self::Away(who, from, days)),
            1 => (0..2_usize).prop_map(Self::Back),
            12 => (0..4_usize, became).prop_map(|(which, became)| Self::Settle(which, became)),
            2 => Just(Self::Tell),
            6 => Day::any().prop_map(Self::Day),
        ]
    }
}
