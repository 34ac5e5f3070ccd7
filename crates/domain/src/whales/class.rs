//! Whose money it is.

/// Days since a wallet's first act within which it is new.
pub const NEW_DAYS: i64 = 14;

/// Whose money it is. Exclusive: makers and bots are taken out before anybody is called smart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Class {
    /// Quotes both sides, as far as public fills show that.
    MakerLike,
    /// Trades as programs do.
    BotLike,
    /// With an edge at the error rate that is declared.
    Smart,
    /// With large positions.
    Whale,
    /// Within [`NEW_DAYS`] of its first act.
    New,
    /// Anybody else, and whoever nothing is known of.
    Other,
}

impl Class {
    /// Every class, in the order in which they are decided.
    pub const ALL: [Self; 6] =
        [Self::MakerLike, Self::BotLike, Self::Smart, Self::Whale, Self::New, Self::Other];

    /// The stable lower-case name.
    pub fn slug(self) -> &'static str {
        match self {
            Self::MakerLike => "maker_like",
            Self::BotLike => "bot_like",
            Self::Smart => "smart",
            Self::Whale => "whale",
            Self::New => "new",
            Self::Other => "other",
        }
    }
}

/// What is known of an owner; `None` unknown, or too little to say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Traits {
    /// See [`crate::conduct`].
    pub is_maker_like: Option<bool>,
    /// See [`crate::conduct`].
    pub is_bot_like: Option<bool>,
    /// Beyond the declared false discovery rate, with enough events.
    pub is_smart: Option<bool>,
    /// See [`super::is_whale`].
    pub is_whale: Option<bool>,
    /// Whole days since the first act; only where the history is known to begin there.
    pub age_days: Option<i64>,
}

/// A class, and whether what is unknown could change it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Classified {
    /// The class.
    pub class: Class,
    /// Whether every trait that is decided before it is known.
    pub is_certain: bool,
}

impl Classified {
    /// The first class, in order, whose trait is known to hold.
    pub fn of(traits: Traits) -> Self {
        let is_new = traits.age_days.map(|days| days < NEW_DAYS);
        let decided = [
            traits.is_maker_like,
            traits.is_bot_like,
            traits.is_smart,
            traits.is_whale,
            is_new,
            Some(true),
        ];
        let mut is_certain = true;
        for (class, holds) in Class::ALL.into_iter().zip(decided) {
            match holds {
                Some(true) => return Self { class, is_certain },
                Some(false) => {}
                None => is_certain = false,
            }
        }
        Self { class: Class::Other, is_certain }
    }
}
