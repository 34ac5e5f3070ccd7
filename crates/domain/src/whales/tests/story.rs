//! Markets and what somebody does on them, in few words.

use proptest::prelude::*;

use crate::evidence::EvidenceId;
use crate::ledger::tests::kit::{Story, fill, micro};
use crate::ledger::{Change, Conversion, Entry, Given, MarketIx};
use crate::whales::{Question, Questions, Stance};

pub(super) const YES: u8 = 0;
pub(super) const NO: u8 = 1;

/// Something to do, of whole shares at so many cents.
#[derive(Debug, Clone, Copy)]
pub(super) enum Act {
    Buy(usize, u8, i64, i64),
    Sell(usize, u8, i64, i64),
    Split(usize, i64),
    Merge(usize, i64),
    Convert(usize, i64),
}

pub(super) fn any_act(markets: usize) -> impl Strategy<Value = Act> {
    let trade = (0..markets, 0u8..2, 1i64..1_000, 1i64..100, any::<bool>());
    prop_oneof![
        4 => trade.prop_map(|(market, outcome, shares, cents, buys)| {
            let act = if buys { Act::Buy } else { Act::Sell };
            act(market, outcome, shares, cents)
        }),
        1 => (0..markets, 1i64..1_000).prop_map(|(market, shares)| Act::Split(market, shares)),
        1 => (0..markets, 1i64..1_000).prop_map(|(market, shares)| Act::Merge(market, shares)),
        1 => (1..=markets, 1i64..1_000).prop_map(|(given, shares)| Act::Convert(given, shares)),
    ]
}

pub(super) fn shares(whole: i64) -> i64 {
    whole * 1_000_000
}

impl Act {
    pub(super) fn change(self, group: &[MarketIx]) -> Change {
        let trade = |market: usize, outcome, count: i64, cents: i64| {
            let usdc = micro(count * cents * 10_000);
            fill((group[market], outcome), micro(shares(count)), usdc, micro(0))
        };
        match self {
            Self::Buy(market, outcome, count, cents) => {
                Change::Buy(trade(market, outcome, count, cents))
            }
            Self::Sell(market, outcome, count, cents) => {
                Change::Sell(trade(market, outcome, count, cents))
            }
            Self::Split(market, count) => {
                Change::Split { market: group[market], shares: micro(shares(count)) }
            }
            Self::Merge(market, count) => {
                Change::Merge { market: group[market], shares: micro(shares(count)) }
            }
            Self::Convert(given, count) => Change::Convert(Box::new(Conversion {
                members: group.into(),
                given: Given::All(group[..given].into()),
                shares: micro(shares(count)),
                usdc: micro(shares(count) * i64::try_from(given - 1).unwrap()),
            })),
        }
    }
}

/// A world of one neg-risk group and a market by itself.
pub(super) struct World {
    pub(super) story: Story,
    pub(super) group: Vec<MarketIx>,
    pub(super) alone: MarketIx,
    pub(super) questions: Questions,
}

impl World {
    pub(super) fn new(members: usize) -> Self {
        let mut story = Story::default();
        let group = story.group(members);
        let alone = story.market();
        let questions = Questions::of(&story.markets);
        Self { story, group, alone, questions }
    }

    pub(super) fn stance(&self, market: MarketIx) -> Stance {
        let question = Question::of(&self.story.markets, market);
        Stance::new(question, self.questions.answers(&self.story.markets, question))
    }

    /// The stance after acts on the group.
    pub(super) fn after(&self, acts: &[Act]) -> Stance {
        self.after_on(&self.group, acts)
    }

    /// The stance after acts on the market by itself.
    pub(super) fn alone_after(&self, acts: &[Act]) -> Stance {
        self.after_on(&[self.alone], acts)
    }

    fn after_on(&self, group: &[MarketIx], acts: &[Act]) -> Stance {
        let mut stance = self.stance(group[0]);
        for act in acts {
            stance.apply(&self.story.markets, &act.change(group));
        }
        stance
    }

    /// Acts as entries a second apart, and their ids.
    pub(super) fn entries(&self, group: &[MarketIx], acts: &[Act]) -> Vec<(Entry, EvidenceId)> {
        let mut story = self.story.clone();
        for act in acts {
            story.then(act.change(group));
        }
        story.entries.into_iter().zip((0..).map(EvidenceId)).collect()
    }
}
