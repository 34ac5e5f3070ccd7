//! Wallets that trade one neg-risk event among themselves, so that whatever one of them gets another, or
//! the contract, has given: the books of all must add up.

use proptest::prelude::*;

use super::kit::*;
use crate::ledger::holding::Holding;
use crate::ledger::*;

pub(super) const MARKETS: usize = 3;
pub(super) const WALLETS: usize = 4;

/// What somebody wants to do; what cannot be done is left out.
#[derive(Debug, Clone, Copy)]
pub(super) struct Wish {
    kind: u8,
    wallet: usize,
    other: usize,
    market: usize,
    outcome: u8,
    shares: i64,
    /// Millionths of a dollar a share.
    price: i64,
    /// Millionths of the money.
    fee_rate: i64,
}

prop_compose! {
    pub(super) fn wish(kinds: u8)(
        kind in 0..kinds,
        wallet in 0..WALLETS,
        away in 1..WALLETS,
        market in 0..MARKETS,
        outcome in 0u8..2,
        shares in 1i64..2_000_000_000,
        price in 1i64..1_000_000,
        fee_rate in 0i64..70_000,
    ) -> Wish {
        let other = (wallet + away) % WALLETS;
        Wish { kind, wallet, other, market, outcome, shares, price, fee_rate }
    }
}

/// Every kind of wish but conversions, and with them.
pub(super) const TRADES_AND_SETS: u8 = 6;
pub(super) const EVERYTHING: u8 = 8;

#[derive(Clone)]
pub(super) struct Floor {
    pub(super) wallets: Vec<Story>,
    pub(super) markets: Vec<MarketIx>,
    held: [[[i64; 2]; MARKETS]; WALLETS],
    pub(super) fees: i64,
}

impl Floor {
    pub(super) fn after(wishes: &[Wish]) -> Self {
        let mut first = Story::default();
        let markets = first.group(MARKETS);
        let mut floor = Self {
            wallets: vec![first; WALLETS],
            markets,
            held: [[[0; 2]; MARKETS]; WALLETS],
            fees: 0,
        };
        for wish in wishes {
            floor.wallets.iter_mut().for_each(|wallet| wallet.wait(1));
            floor.grant(wish);
        }
        floor
    }

    fn grant(&mut self, wish: &Wish) {
        let Wish { wallet, other, outcome, shares, .. } = *wish;
        let held = self.held[wallet][wish.market];
        let token = usize::from(outcome);
        let usdc = part_of(wish.price, shares, MICRO);
        let fee = part_of(usdc, wish.fee_rate, MICRO);
        match wish.kind {
            0 => self.set(wallet, wish.market, shares),
            1 if held[0].min(held[1]) >= shares => self.set(wallet, wish.market, -shares),
            // One sells to the other.
            2 | 3 if held[token] >= shares => {
                self.trade(wallet, (wish.market, outcome), -shares, usdc, 0);
                self.trade(other, (wish.market, outcome), shares, usdc, fee);
            }
            // Both buy, and a pair is made.
            4 => {
                self.trade(wallet, (wish.market, outcome), shares, usdc, fee);
                self.trade(other, (wish.market, 1 - outcome), shares, shares - usdc, 0);
            }
            // Both sell, and a pair is given back.
            5 if held[token].min(self.held[other][wish.market][1 - token]) >= shares => {
                self.trade(wallet, (wish.market, outcome), -shares, usdc, fee);
                self.trade(other, (wish.market, 1 - outcome), -shares, shares - usdc, 0);
            }
            6 | 7 => self.convert(wallet, usize::from(outcome) + 1, wish.market, shares),
            _ => {}
        }
    }

    fn set(&mut self, wallet: usize, market: usize, shares: i64) {
        for token in 0..2 {
            self.held[wallet][market][token] += shares;
        }
        let (market, shares_in_all) = (self.markets[market], micro(shares.abs()));
        let story = &mut self.wallets[wallet];
        if shares > 0 {
            story.split(market, shares_in_all);
        } else {
            story.merge(market, shares_in_all);
        }
    }

    fn trade(
        &mut self,
        wallet: usize,
        (market, outcome): (usize, u8),
        shares: i64,
        usdc: i64,
        fee: i64,
    ) {
        self.held[wallet][market][usize::from(outcome)] += shares;
        let slot = (self.markets[market], outcome);
        // A seller's fee is taken off what he gets, so there is no more of it than that.
        let fee = fee.min(usdc);
        self.fees += fee;
        let done = fill(slot, micro(shares.abs()), micro(usdc), micro(fee));
        self.wallets[wallet].then(if shares > 0 { Change::Buy(done) } else { Change::Sell(done) });
    }

    /// Gives No of `count` markets, from `first` on.
    fn convert(&mut self, wallet: usize, count: usize, first: usize, shares: i64) {
        let given: Vec<usize> = (first..first + count).map(|market| market % MARKETS).collect();
        if given.iter().any(|market| self.held[wallet][*market][1] < shares) {
            return;
        }
        for market in 0..MARKETS {
            if given.contains(&market) {
                self.held[wallet][market][1] -= shares;
            } else {
                self.held[wallet][market][0] += shares;
            }
        }
        let cash = shares * i64::try_from(count - 1).unwrap();
        self.wallets[wallet].then(Change::Convert(Box::new(Conversion {
            members: self.markets.clone().into(),
            given: Given::All(given.iter().map(|market| self.markets[*market]).collect()),
            shares: micro(shares),
            usdc: micro(cash),
        })));
    }

    /// One market pays Yes. Every second wallet redeems.
    pub(super) fn settle(&mut self, winner: usize) {
        for (number, story) in self.wallets.iter_mut().enumerate() {
            for (place, &market) in self.markets.iter().enumerate() {
                let won = if place == winner { YES } else { NO };
                story.resolve(market, Payouts::winner(won));
                let [yes, no] = self.held[number][place];
                if number % 2 == 0 && yes + no > 0 {
                    story.redeem(market, micro(if won == YES { yes } else { no }));
                }
            }
        }
    }
}

fn part_of(whole: i64, part: i64, of: i64) -> i64 {
    crate::ledger::amount::part_of(whole, part, of)
}

fn wishes(kinds: u8) -> impl Strategy<Value = Vec<Wish>> {
    prop::collection::vec(wish(kinds), 1..60)
}

proptest! {
    #[test]
    fn what_all_made_is_what_the_exchange_took(wishes in wishes(EVERYTHING), winner in 0..MARKETS) {
        let mut floor = Floor::after(&wishes);
        floor.settle(winner);
        let mut sum = 0;
        for story in &floor.wallets {
            let books = story.books();
            prop_assert_eq!(books.completeness, Completeness::Full);
            prop_assert_eq!(books.identity.unwrap().remainder(), 0);
            prop_assert_eq!(books.identity.unwrap().unexplained, 0);
            sum += books.total.known().unwrap();
        }
        prop_assert_eq!(sum, -floor.fees);
    }

    #[test]
    fn the_methods_agree_on_the_total(wishes in wishes(EVERYTHING)) {
        for story in &Floor::after(&wishes).wallets {
            let ledger = story.ledger();
            // A conversion moves cost from token to token, by each method its own; together they agree.
            let total = |of: fn(&Holding) -> Basis| {
                ledger.holdings.iter().map(of).map(|b| b.realised - b.cost).sum::<i64>()
            };
            prop_assert_eq!(total(|holding| holding.average), total(|holding| holding.fifo));
            for holding in ledger.holdings.iter().filter(|holding| holding.shares == 0) {
                prop_assert_eq!((holding.average.cost, holding.fifo.cost), (0, 0));
            }
        }
    }

    #[test]
    fn one_by_one_is_all_at_once(wishes in wishes(EVERYTHING)) {
        for story in &Floor::after(&wishes).wallets {
            let mut ledger = Ledger::new(Coverage::full());
            for entry in &story.entries {
                prop_assert_eq!(ledger.apply(&story.markets, entry), Ok(()));
            }
            prop_assert_eq!(ledger, story.ledger());
        }
    }

    #[test]
    fn the_order_of_arrival_does_not_matter(wishes in wishes(EVERYTHING), turn in 0usize..60) {
        for story in &Floor::after(&wishes).wallets {
            let mut shuffled = story.clone();
            let length = shuffled.entries.len().max(1);
            shuffled.entries.rotate_left(turn % length);
            shuffled.entries.reverse();
            prop_assert_eq!(shuffled.ledger(), story.ledger());
        }
    }

    /// Everything happens in one second, and what happens in different markets in another order.
    #[test]
    fn the_order_of_independent_entries_does_not_matter(wishes in wishes(TRADES_AND_SETS)) {
        let market_of = |entry: &Entry| match entry.change {
            Change::Buy(fill) | Change::Sell(fill) => fill.slot.market,
            Change::Split { market, .. } | Change::Merge { market, .. } => market,
            _ => unreachable!(),
        };
        for story in &Floor::after(&wishes).wallets {
            let in_blocks = |mut story: Story| {
                for (log_index, entry) in (0..).zip(&mut story.entries) {
                    let block = Some(BlockPosition { block: 1, log_index });
                    entry.place = Place { block, ..Place::at(at(0)) };
                }
                let mut positions = story.books().positions;
                positions.sort_by_key(|position| position.slot);
                positions
            };
            let mut by_market = story.clone();
            by_market.entries.sort_by_key(market_of);
            prop_assert_eq!(in_blocks(by_market), in_blocks(story.clone()));
        }
    }

    /// The venue's list and the cash at the end find every row that is missing, or it made no difference.
    #[test]
    fn a_missing_row_never_changes_a_number_in_silence(
        wishes in wishes(EVERYTHING),
        which: prop::sample::Index,
        winner in 0..MARKETS,
    ) {
        let mut floor = Floor::after(&wishes);
        floor.settle(winner);
        for story in floor.wallets.iter().filter(|story| !story.entries.is_empty()) {
            let whole = story.ledger();
            let told = whole.value(&story.markets, |_| Mark::Unknown);
            let reported = as_reported(&told);
            let mut partial = story.clone();
            partial.entries.remove(which.index(story.entries.len()));
            let mut ledger = partial.ledger();
            let report = Report { positions: &reported, tolerance: 0, is_complete: true };
            ledger.check_positions(&story.markets, &report);
            ledger.check_cash(whole.cash().balance(), 0);
            let found = ledger.value(&story.markets, |_| Mark::Unknown);
            if found.completeness == Completeness::Full {
                prop_assert_eq!(found.total, told.total);
                prop_assert_eq!(found.realised, told.realised);
            } else {
                prop_assert_eq!(found.total, Figure::Withheld(Reason::Gap));
            }
        }
    }
    /// What is concluded of conversions of which only one market is told is what happened; also of histories in which
    /// a row is missing the books then are right or withheld.
    #[test]
    fn what_is_proved_of_conversions_is_true(
        wishes in wishes(EVERYTHING),
        which: prop::sample::Index,
        winner in 0..MARKETS,
    ) {
        let mut floor = Floor::after(&wishes);
        floor.settle(winner);
        for story in floor.wallets.iter().filter(|story| !story.entries.is_empty()) {
            let whole = story.ledger();
            let told = whole.value(&story.markets, |_| Mark::Unknown);
            let reported = as_reported(&told);
            let report = Report { positions: &reported, tolerance: 0, is_complete: true };
            let mut forgetful = story.clone();
            forget(&mut forgetful.entries);
            let mut proved = forgetful.clone();
            prove_conversions(&story.markets, &Coverage::full(), &mut proved.entries, &report);
            for (truth, proved) in story.entries.iter().zip(&proved.entries) {
                if let Change::Convert(conversion) = &proved.change
                    && let Given::All(_) = conversion.given
                {
                    prop_assert_eq!(sorted(&truth.change), sorted(&proved.change));
                }
            }
            forgetful.entries.remove(which.index(story.entries.len()));
            let coverage = Coverage::full();
            prove_conversions(&story.markets, &coverage, &mut forgetful.entries, &report);
            let mut ledger = forgetful.ledger();
            ledger.check_positions(&story.markets, &report);
            ledger.check_cash(whole.cash().balance(), 0);
            let found = ledger.value(&story.markets, |_| Mark::Unknown);
            if found.completeness == Completeness::Full {
                prop_assert_eq!(found.total, told.total);
            }
        }
    }
}

fn as_reported(books: &Valuation) -> Vec<ReportedPosition> {
    let reported =
        |p: &Position| ReportedPosition { slot: p.slot, shares: p.held(), bought: Some(p.bought) };
    books.positions.iter().map(reported).collect()
}

/// Leaves of each conversion the one market that a feed names.
fn forget(entries: &mut [Entry]) {
    for entry in entries {
        if let Change::Convert(conversion) = &mut entry.change
            && let Given::All(given) = &conversion.given
        {
            conversion.given = Given::Including(given[0]);
        }
    }
}

fn sorted(change: &Change) -> Vec<MarketIx> {
    let Change::Convert(conversion) = change else { unreachable!() };
    let Given::All(given) = &conversion.given else { unreachable!() };
    let mut given = given.to_vec();
    given.sort();
    given
}
