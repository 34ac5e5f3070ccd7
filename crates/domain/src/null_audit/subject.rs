//! What is audited, and by which trials.

use crate::scores::{Budget, ScoreKind};

/// Something that makes claims about wallets or markets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Subject {
    /// A score.
    Score(ScoreKind),
    /// The evidence on insiders: the account's history, and wallets in markets.
    Insiders,
    /// Reversals of a side.
    Flips,
    /// Measures of trade with oneself.
    Wash,
    /// Wallets of one owner.
    Clusters,
}

/// What something is tried on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Trial {
    /// Synthetic wallets.
    Synthetic,
    /// Real bets, with outcomes drawn anew from what was paid.
    Redrawn,
    /// A simulated world that tells what each wallet is.
    Planted,
}

impl Trial {
    /// All, the cheapest first.
    pub const ALL: [Self; 3] = [Self::Synthetic, Self::Redrawn, Self::Planted];

    /// The word in the database and the API.
    pub const fn slug(self) -> &'static str {
        match self {
            Self::Synthetic => "synthetic",
            Self::Redrawn => "redrawn",
            Self::Planted => "planted",
        }
    }

    /// The trial with a name; `None` where there is none.
    pub fn of_slug(slug: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|trial| trial.slug() == slug)
    }
}

impl Subject {
    /// All, scores first.
    pub const ALL: [Self; 9] = [
        Self::Score(ScoreKind::Whale),
        Self::Score(ScoreKind::Smart),
        Self::Score(ScoreKind::Reputation),
        Self::Score(ScoreKind::Maker),
        Self::Score(ScoreKind::Bot),
        Self::Insiders,
        Self::Flips,
        Self::Wash,
        Self::Clusters,
    ];

    /// The word in the database and the API.
    pub fn slug(self) -> &'static str {
        match self {
            Self::Score(kind) => kind.slug(),
            Self::Insiders => "insiders",
            Self::Flips => "flips",
            Self::Wash => "wash",
            Self::Clusters => "clusters",
        }
    }

    /// The subject with a name; `None` where there is none.
    pub fn of_slug(slug: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|subject| subject.slug() == slug)
    }

    /// Of its definition.
    pub fn version(self) -> u32 {
        match self {
            Self::Score(kind) => kind.version(),
            Self::Insiders | Self::Flips | Self::Wash | Self::Clusters => 1,
        }
    }

    /// The errors it may make.
    pub fn budget(self) -> Budget {
        match self {
            Self::Score(kind) => kind.budget(),
            Self::Insiders => Budget::INSIDERS,
            Self::Flips | Self::Wash | Self::Clusters => Budget::NONE,
        }
    }

    /// Why a trial says nothing of it; `None` where it does.
    pub fn does_not_apply(self, trial: Trial) -> Option<&'static str> {
        match (self, trial) {
            (Self::Score(ScoreKind::Smart | ScoreKind::Reputation) | Self::Insiders, _)
            | (
                Self::Score(ScoreKind::Maker | ScoreKind::Bot)
                | Self::Flips
                | Self::Wash
                | Self::Clusters,
                Trial::Planted,
            ) => None,
            (Self::Score(ScoreKind::Whale), Trial::Planted) => Some(
                "size is measured against the market and not guessed: in no world is a wallet a whale but by its trades",
            ),
            (Self::Score(ScoreKind::Whale), _) => Some(
                "size is a fact and claims no skill: drawing outcomes anew does not change how large a trade was",
            ),
            (Self::Score(ScoreKind::Maker | ScoreKind::Bot), _) => Some(
                "how somebody trades does not depend on how it came out: only a world that tells who quotes, and who is a program, can show its errors",
            ),
            (Self::Flips, _) => Some(
                "a reversal is read from the books; only books kept independently can show errors",
            ),
            (Self::Wash, _) => Some(
                "who trades with himself does not depend on outcomes; only a world that tells both sides can show errors",
            ),
            (Self::Clusters, _) => Some(
                "owners do not depend on outcomes; every run has a null of its own, in which wallets are exchanged within each market and hour",
            ),
        }
    }
}
