//! What every wallet made and traded lately, worked out once a minute.

use std::sync::{Arc, Mutex, PoisonError};

use super::topic::{Topic, topics_of};
use crate::data::feed::{self, Trade};
use crate::data::ledger::{Ledger, Traded, worth_at};
use crate::data::problem::Problem;
use crate::exchange::{
    Entry, Exchange, Holding, MarketIx, Millis, Outcome, Usdc, WalletIx, payoff,
};
use crate::server::{App, Lab};
use crate::world::World;

const MINUTE_MS: Millis = 60_000;
const DAY_MS: Millis = 86_400_000;

/// Wallets worked out at a stretch, so that the world can go on in between.
const AT_A_STRETCH: usize = 64;

/// The time a board is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Period {
    Day,
    Week,
    Month,
    All,
}

impl Period {
    pub(crate) const ALL: [Self; 4] = [Self::Day, Self::Week, Self::Month, Self::All];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Day => "day",
            Self::Week => "week",
            Self::Month => "month",
            Self::All => "all",
        }
    }

    const fn index(self) -> usize {
        match self {
            Self::Day => 0,
            Self::Week => 1,
            Self::Month => 2,
            Self::All => 3,
        }
    }

    /// The moment after which it counts.
    pub(crate) const fn start_ms(self, now_ms: Millis) -> Millis {
        match self {
            Self::Day => now_ms - DAY_MS,
            Self::Week => now_ms - 7 * DAY_MS,
            Self::Month => now_ms - 30 * DAY_MS,
            Self::All => Millis::MIN,
        }
    }
}

/// What a wallet made and traded in a period. After fees; without rewards, rebates, deposits and
/// withdrawals. In a finite period shares held count at their price at its ends; of all time only what
/// was realised counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Score {
    pub(crate) pnl: Usdc,
    pub(crate) traded: Traded,
}

/// A position held until its market was resolved, at a profit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Win {
    pub(crate) wallet: WalletIx,
    pub(crate) market: MarketIx,
    pub(crate) outcome: Outcome,
    pub(crate) cost: Usdc,
    pub(crate) payoff: Usdc,
    pub(crate) resolved_ms: Millis,
}

/// The scores of one wallet, by topic and period.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Scores([[Score; 4]; Topic::COUNT]);

impl Scores {
    fn of(&self, topic: Topic, period: Period) -> Score {
        self.0[topic.index()][period.index()]
    }

    fn of_mut(&mut self, topic: Topic, period: Period) -> &mut Score {
        &mut self.0[topic.index()][period.index()]
    }
}

/// Everything that boards are made of, as of a minute.
#[derive(Debug, Default)]
pub(crate) struct Scoreboard {
    pub(crate) as_of_ms: Millis,
    /// By wallet.
    wallets: Vec<Scores>,
    wins: Vec<Win>,
}

impl Scoreboard {
    /// The score of a wallet on a topic. Who joined since has none.
    pub(crate) fn score(&self, wallet: WalletIx, topic: Topic, period: Period) -> Score {
        self.wallets.get(wallet.index()).map_or_else(Score::default, |s| s.of(topic, period))
    }

    /// The scores of every wallet on a topic, by wallet.
    pub(crate) fn scores(
        &self,
        topic: Topic,
        period: Period,
    ) -> impl Iterator<Item = (WalletIx, Score)> {
        let scores = self.wallets.iter().map(move |scores| scores.of(topic, period));
        scores.enumerate().map(|(index, score)| (WalletIx::next(index), score))
    }

    pub(crate) fn wins(&self, period: Period) -> impl Iterator<Item = &Win> {
        let start_ms = period.start_ms(self.as_of_ms);
        self.wins.iter().filter(move |win| win.resolved_ms > start_ms)
    }

    /// Adds the next wallets, as many as one stretch has. False when there are no more.
    fn grow(&mut self, world: &World) -> bool {
        let exchange = world.exchange();
        let count = exchange.accounts().wallet_count();
        let from = self.wallets.len();
        for wallet in (from..count.min(from + AT_A_STRETCH)).map(WalletIx::next) {
            let topics = |market: MarketIx| topics_of(world.market(market).0);
            let mut tally = Tally::new(exchange, wallet, self.as_of_ms);
            tally.run(topics);
            self.wins.append(&mut tally.wins());
            self.wallets.push(tally.scores);
        }
        self.wallets.len() < count
    }
}

/// One wallet being worked out.
struct Tally<'e> {
    exchange: &'e Exchange,
    wallet: WalletIx,
    as_of_ms: Millis,
    ledger: Ledger,
    scores: Scores,
}

impl<'e> Tally<'e> {
    fn new(exchange: &'e Exchange, wallet: WalletIx, as_of_ms: Millis) -> Self {
        let ledger = Ledger::default();
        Self { exchange, wallet, as_of_ms, ledger, scores: Scores::default() }
    }

    /// Replays the wallet's tape up to the moment, with a stop at the beginning of every period.
    fn run<T: Iterator<Item = Topic>>(&mut self, topics: impl Fn(MarketIx) -> T) {
        let tape = self.exchange.tape();
        // The longest period begins first.
        let mut stops = [Period::Month, Period::Week, Period::Day].into_iter().peekable();
        for &entry in tape.of_wallet(self.wallet) {
            let at_ms = feed::time_of(tape, entry);
            if at_ms > self.as_of_ms {
                break;
            }
            while let Some(period) = stops.next_if(|p| p.start_ms(self.as_of_ms) < at_ms) {
                self.mark(period, -1, period.start_ms(self.as_of_ms), &topics);
            }
            self.count(entry, at_ms, &topics);
            self.ledger.apply(self.exchange, entry);
        }
        for period in stops {
            self.mark(period, -1, period.start_ms(self.as_of_ms), &topics);
        }
        for period in Period::ALL {
            self.mark(period, 1, self.as_of_ms, &topics);
        }
    }

    /// Adds what the wallet had made by `at_ms` to a period, or takes it off.
    fn mark<T: Iterator<Item = Topic>>(
        &mut self,
        period: Period,
        sign: i64,
        at_ms: Millis,
        topics: impl Fn(MarketIx) -> T,
    ) {
        for (market, holdings) in self.ledger.holdings() {
            let made = self.made(market, holdings, period, at_ms);
            for topic in topics(market) {
                self.scores.of_mut(topic, period).pnl += sign * made;
            }
        }
    }

    fn made(
        &self,
        market: MarketIx,
        holdings: &[Holding; 2],
        period: Period,
        at_ms: Millis,
    ) -> Usdc {
        let of = |(outcome, holding): (Outcome, &Holding)| {
            let realized = holding.realized - holding.fees;
            if period == Period::All || holding.shares == 0 {
                return realized;
            }
            let worth = worth_at(self.exchange, market, outcome, holding.shares, at_ms);
            realized + worth - holding.cost
        };
        Outcome::BOTH.into_iter().zip(holdings).map(of).sum()
    }

    /// Adds a trade to the periods it falls in.
    fn count<T: Iterator<Item = Topic>>(
        &mut self,
        entry: Entry,
        at_ms: Millis,
        topics: impl Fn(MarketIx) -> T,
    ) {
        let Some(trade) = Trade::read(self.exchange.tape(), entry) else { return };
        for topic in topics(trade.market) {
            for period in Period::ALL {
                if period.start_ms(self.as_of_ms) < at_ms {
                    self.scores.of_mut(topic, period).traded.add(&trade);
                }
            }
        }
    }

    /// The positions that paid more than they cost, handed in or not.
    fn wins(&self) -> Vec<Win> {
        let handed_in = self.ledger.hand_ins().iter();
        let handed_in = handed_in.map(|hand| (hand.market, hand.outcome, hand.cost, hand.usdc));
        let held = self.ledger.holdings().flat_map(|(market, holdings)| {
            let payouts = self.exchange.listing(market).payouts;
            Outcome::BOTH.into_iter().zip(holdings).filter_map(move |(outcome, holding)| {
                let payout = payouts?[outcome.index()];
                Some((market, outcome, holding.cost, payoff(holding.shares, payout)))
            })
        });
        let win = |(market, outcome, cost, payoff)| {
            let resolved_ms = self.exchange.listing(market).resolved_ms?;
            let wallet = self.wallet;
            let win = Win { wallet, market, outcome, cost, payoff, resolved_ms };
            (payoff > cost && resolved_ms <= self.as_of_ms).then_some(win)
        };
        handed_in.chain(held).filter_map(win).collect()
    }
}

/// The last scoreboard worked out, and of which world.
#[derive(Debug, Default)]
pub(crate) struct Cache {
    kept: Mutex<Option<(u64, Arc<Scoreboard>)>>,
}

impl Cache {
    /// The scoreboard as of the present minute.
    pub(crate) async fn scoreboard(self: Arc<Self>, app: &App) -> Result<Arc<Scoreboard>, Problem> {
        let lab = app.lab.clone();
        let worked_out = tokio::task::spawn_blocking(move || self.work_out(&lab)).await;
        worked_out.map_err(|_| Problem::internal())?.ok_or_else(Problem::not_recorded)
    }

    /// `None` when there is no world.
    fn work_out(&self, lab: &Lab) -> Option<Arc<Scoreboard>> {
        // Held throughout, so that it is worked out once when many ask.
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let (seed, now_ms) = lab.with_world(|world| (world.seed(), world.now_ms()))?;
        let as_of_ms = now_ms.div_euclid(MINUTE_MS) * MINUTE_MS;
        if let Some((kept_seed, board)) = kept.as_ref()
            && (*kept_seed, board.as_of_ms) == (seed, as_of_ms)
        {
            return Some(Arc::clone(board));
        }
        let mut board = Scoreboard { as_of_ms, ..Scoreboard::default() };
        // What has happened by then does not change while the world goes on.
        while lab.with_world(|world| board.grow(world))? {}
        let board = Arc::new(board);
        *kept = Some((seed, Arc::clone(&board)));
        Some(board)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::kit::{self, Floor, NOON};
    use crate::exchange::MICRO;

    /// Every market counts for everything.
    fn tally(exchange: &Exchange, wallet: WalletIx, as_of_ms: Millis) -> Tally<'_> {
        let mut tally = Tally::new(exchange, wallet, as_of_ms);
        tally.run(|_| Topic::named("overall").into_iter());
        tally
    }

    fn scores(exchange: &Exchange, wallet: u32, as_of_ms: Millis) -> [Score; 4] {
        tally(exchange, WalletIx(wallet), as_of_ms).scores.0[0]
    }

    #[test]
    fn a_period_counts_what_was_made_in_it() {
        let mut floor = Floor::new(2);
        floor.trade(0, 1, 6_000, 10);
        floor.at_ms = NOON + 10 * DAY_MS;
        floor.trade(0, 1, 3_000, 10);
        // 10 shares at 0.60 fell by 0.30 in the last week; 10 at 0.30 stayed.
        let [day, week, month, all] = scores(&floor.exchange, 1, NOON + 10 * DAY_MS + 2_000);
        // 10 × 0.05 × p(1 − p)
        let (fee_at_3, fee_at_6) = (105_000, 120_000);
        assert_eq!(day, week);
        assert_eq!(week.pnl, -3_000_000 - fee_at_3);
        assert_eq!(week.traded.shares, 10 * MICRO);
        assert_eq!(month.pnl, -3_000_000 - fee_at_3 - fee_at_6);
        assert_eq!(month.traded.count, 2);
        assert_eq!(all.pnl, -fee_at_3 - fee_at_6, "nothing is realised");
        // A day later nothing has happened within a day.
        let [day, ..] = scores(&floor.exchange, 1, NOON + 12 * DAY_MS);
        assert_eq!(day, Score::default());
    }

    #[test]
    fn a_period_that_holds_everything_is_the_whole_profit() {
        for seed in 0..10 {
            let exchange = kit::busy_exchange(seed, 300);
            let now_ms = NOON + 1_000_000;
            for wallet in 0..5 {
                let [day, .., all] = scores(&exchange, wallet, now_ms);
                let (_, standing) = Ledger::course(&exchange, WalletIx(wallet), [now_ms])[0];
                let net = standing.realized - standing.fees;
                assert_eq!((all.pnl, day.pnl), (net, net + standing.unrealized));
                assert_eq!((all.traded, day.traded), (standing.traded, standing.traded));
            }
        }
    }

    #[test]
    fn wins_are_shares_held_to_the_end() {
        let mut floor = Floor::new(3);
        floor.trade(0, 1, 6_000, 10);
        floor.trade(0, 2, 2_000, 5);
        floor.exchange.resolve(NOON + 60_000, floor.market, [MICRO, 0]);
        floor.exchange.redeem(NOON + 70_000, WalletIx(1), floor.market).unwrap();
        let wins = |wallet, as_of_ms| tally(&floor.exchange, WalletIx(wallet), as_of_ms).wins();
        for as_of_ms in [NOON + 65_000, NOON + 80_000] {
            let [win] = wins(1, as_of_ms)[..] else { panic!("one win") };
            assert_eq!((win.cost, win.payoff), (6 * MICRO, 10 * MICRO));
            assert_eq!(win.resolved_ms, NOON + 60_000);
        }
        let [win] = wins(2, NOON + 80_000)[..] else { panic!("one win") };
        assert_eq!((win.cost, win.payoff), (MICRO, 5 * MICRO));
        assert!(wins(0, NOON + 80_000).is_empty(), "the maker held the losing side");
        assert!(wins(1, NOON + 30_000).is_empty(), "not resolved yet");
    }
}
