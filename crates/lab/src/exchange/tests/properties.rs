//! What holds whatever is done.

use std::collections::BTreeMap;

use proptest::prelude::*;
use proptest::test_runner::TestCaseResult;

use super::ledger::Ledger;
use super::random::{Act, MARKETS, WALLETS, acts, exchange, lawful, perform};
use super::*;

/// Acts in one random sequence, at most.
const ACTS: usize = 160;

fn config() -> ProptestConfig {
    ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(128) }
}

/// Does one thing a second and looks at the exchange after each.
fn live(
    exchange: &mut Exchange,
    acts: &[Act],
    mut check: impl FnMut(&mut Exchange, Millis, &Act) -> TestCaseResult,
) -> TestCaseResult {
    for (second, act) in (1..).zip(acts) {
        let at_ms = NOON + second * 1_000;
        perform(exchange, at_ms, act);
        check(exchange, at_ms, act)?;
    }
    Ok(())
}

/// Both halves of every book: not crossed, and each level the sum of its orders.
fn check_books(exchange: &Exchange) -> TestCaseResult {
    for listing in exchange.listings() {
        let book = &listing.book;
        if let (Some(bid), Some(ask)) = (book.best_bid(YES), book.best_ask(YES)) {
            prop_assert!(bid < ask, "crossed: {bid} is bid and {ask} asked");
        }
        for half in [Half::Bids, Half::Asks] {
            for (price, level) in book.half(half) {
                let sum: Shares = level.orders.iter().map(|order| order.shares).sum();
                prop_assert_eq!(sum, level.total, "at {}", price);
                prop_assert!(level.orders.iter().all(|order| order.shares > 0));
                prop_assert!(!level.orders.is_empty());
            }
        }
    }
    Ok(())
}

/// Resolves what is open and hands in every share.
fn wind_up(exchange: &mut Exchange, how: u8) {
    let end = NOON + 1_000_000;
    for market in (0..MARKETS).map(MarketIx) {
        if exchange.listing(market).payouts.is_none() {
            let payouts = lawful(exchange, market, how);
            exchange.resolve(end, market, payouts);
        }
        for wallet in (0..WALLETS).map(WalletIx) {
            let _ = exchange.redeem(end, wallet, market);
        }
    }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn the_books_always_balance(acts in acts(ACTS)) {
        live(&mut exchange(), &acts, |exchange, _, _| {
            prop_assert_eq!(exchange.audit(), Ok(()));
            check_books(exchange)
        })?;
    }

    #[test]
    fn no_order_costs_more_than_it_says(acts in acts(ACTS)) {
        let mut exchange = exchange();
        for (second, act) in (1..).zip(&acts) {
            let Act::Submit(order) = *act else {
                perform(&mut exchange, NOON + second, act);
                continue;
            };
            let cash = exchange.accounts().cash(order.wallet);
            let held = exchange.accounts().shares(order.wallet, order.market, order.outcome);
            let Ok(taken) = exchange.submit(NOON + second, order) else { continue };
            let Taken { shares, usdc, fee, resting, .. } = taken;
            let (price, wanted) = match order.wish {
                Wish::Limit { price, shares } | Wish::PostOnly { price, shares } => (price, shares),
                Wish::Take { price, shares } => {
                    prop_assert_eq!(resting, 0);
                    (price, shares)
                }
                Wish::Spend { price, usdc: most } => {
                    prop_assert_eq!(resting, 0);
                    prop_assert!(usdc <= most, "{} spent of {}", usdc, most);
                    (price, Shares::MAX)
                }
            };
            prop_assert!(shares + resting <= wanted);
            let fills = taken.matched.map_or(0, |ix| exchange.tape().get(ix).fill_count);
            // Each fill is rounded to the nearest millionth.
            let slack = i128::from(fills) * i128::from(PIPS);
            let at_limit = i128::from(shares) * i128::from(price);
            let paid = i128::from(usdc) * i128::from(PIPS);
            let (cash_now, held_now) = (
                exchange.accounts().cash(order.wallet),
                exchange.accounts().shares(order.wallet, order.market, order.outcome),
            );
            match order.side {
                Side::Buy => {
                    prop_assert!(paid <= at_limit + slack);
                    prop_assert_eq!((cash_now, held_now), (cash - usdc - fee, held + shares));
                }
                Side::Sell => {
                    prop_assert!(paid >= at_limit - slack);
                    prop_assert_eq!((cash_now, held_now), (cash + usdc - fee, held - shares));
                }
            }
        }
    }

    #[test]
    fn a_short_purse_is_spent_and_not_overdrawn(
        price in 1..PIPS,
        basis_points in prop::sample::select(vec![0, 400, 700]),
        purse in 10..50_i64 * MICRO,
    ) {
        let mut exchange = Exchange::default();
        let terms = Terms { tick: 1, fee: FeeRate { basis_points }, group: None };
        let market = exchange.list(NOON, terms, price);
        let [seller, buyer] = [(); 2].map(|()| exchange.open_wallet());
        let shares = purse / i64::from(price) * i64::from(PIPS) + 5 * MICRO;
        exchange.deposit(NOON, seller, shares);
        exchange.deposit(NOON, buyer, purse);
        exchange.split(NOON, seller, market, shares).unwrap();
        let sell = Order {
            wallet: seller, market, outcome: YES, side: Side::Sell, wish: Wish::Limit { price, shares },
        };
        exchange.submit(NOON, sell).unwrap();
        let wish = Wish::Take { price, shares };
        let taken = exchange.submit(NOON, Order { wallet: buyer, side: Side::Buy, wish, ..sell });
        let Taken { usdc, fee, .. } = taken.unwrap();
        prop_assert_eq!(exchange.audit(), Ok(()));
        prop_assert!((purse - 5..=purse).contains(&(usdc + fee)), "{usdc} and {fee} of {purse}");
    }

    #[test]
    fn makers_get_their_price_in_the_order_of_the_queue(acts in acts(ACTS)) {
        let mut exchange = exchange();
        for (second, act) in (1..).zip(&acts) {
            let before = match act {
                Act::Submit(order) => exchange.listing(order.market).book.clone(),
                _ => Book::default(),
            };
            perform(&mut exchange, NOON + second, act);
            let Act::Submit(order) = *act else { continue };
            let done = exchange.tape().matches().last();
            let Some(done) = done.filter(|done| done.at_ms == NOON + second) else { continue };
            let half = Half::of(order.outcome, order.side).opposite();
            let mut queue: Vec<(Pips, Resting)> = Vec::new();
            for (&price, level) in before.half(half) {
                let orders = level.orders.iter().map(|&order| (price, order));
                let place = if half == Half::Bids { 0 } else { queue.len() };
                queue.splice(place..place, orders);
            }
            // Fills come in the order of the queue; orders in between were void.
            let mut queue = queue.into_iter();
            let fills = exchange.tape().fills();
            for fill in &fills[done.first_fill.index()..] {
                let price = mirrored(fill.outcome, fill.price);
                let met = queue.find(|&(at, waiting)| {
                    (at, waiting.wallet, waiting.outcome) == (price, fill.maker, fill.outcome)
                        && waiting.shares >= fill.shares
                });
                prop_assert!(met.is_some(), "{:?} is out of turn", fill);
                prop_assert_ne!(fill.maker, done.taker);
            }
        }
    }

    #[test]
    fn the_tape_tells_what_everybody_has(acts in acts(ACTS)) {
        let mut exchange = exchange();
        live(&mut exchange, &acts, |_, _, _| Ok(()))?;
        let ledger = Ledger::of(&exchange);
        for (&wallet, &cash) in &ledger.cash {
            prop_assert_eq!(exchange.accounts().cash(wallet), cash);
        }
        for (market, listing) in (0..).map(MarketIx).zip(exchange.listings()) {
            let done = exchange.tape().of_market(market).iter();
            let (usdc, shares) = done.fold((0, 0), |(usdc, shares), &ix| {
                let done = exchange.tape().get(ix);
                (usdc + done.usdc, shares + done.shares)
            });
            let last = listing.series.last().unwrap();
            prop_assert_eq!((last.volume, last.shares), (usdc, shares));
        }
        // Half a millionth for every rounding.
        let slack = exchange.tape().fills().len() + exchange.tape().movements().len();
        for position in exchange.accounts().positions() {
            for (place, holding) in position.holdings.iter().enumerate() {
                let told = ledger.accounts.get(&(position.wallet, position.market, place));
                let told = told.copied().unwrap_or_default();
                prop_assert_eq!(holding.shares, told.shares);
                prop_assert_eq!(holding.bought, told.bought);
                prop_assert_eq!((holding.fees, holding.entry_fees), (told.fees, told.entry_fees));
                let cost = told.average * told.shares as f64;
                for (name, kept, told) in [
                    ("cost", holding.cost, cost),
                    ("spent", holding.spent, told.spent),
                    ("realized", holding.realized, told.realized),
                ] {
                    let off = (kept as f64 - told).abs();
                    prop_assert!(off <= slack as f64, "{}: {} is kept, {} told", name, kept, told);
                }
            }
        }
    }

    #[test]
    fn a_market_that_is_over_cost_its_traders_the_fees(acts in acts(ACTS), how in 0..2_u8) {
        let mut exchange = exchange();
        live(&mut exchange, &acts, |_, _, _| Ok(()))?;
        wind_up(&mut exchange, how);
        prop_assert_eq!(exchange.audit(), Ok(()));
        let ledger = Ledger::of(&exchange);
        let sum = |of: &BTreeMap<MarketIx, Usdc>, markets: &[u32]| -> Usdc {
            markets.iter().filter_map(|&market| of.get(&MarketIx(market))).sum()
        };
        // The three of the group together, because conversions move cash between them.
        for markets in [&[0][..], &[1], &[2, 3, 4]] {
            let halves = exchange.tape().movements().iter().filter(|moved| {
                let market = moved.market.filter(|ix| markets.contains(&ix.0));
                moved.kind == MovementKind::Redeem
                    && market.is_some_and(|ix| {
                        exchange.listing(ix).payouts == Some([MICRO / 2; 2])
                    })
            });
            let lost = -sum(&ledger.flows, markets) - sum(&ledger.fees, markets);
            let most = 2 * i64::try_from(halves.count()).unwrap();
            prop_assert!((0..=most).contains(&lost), "{} lost in {:?}", lost, markets);
        }
        for position in exchange.accounts().positions() {
            let left = position.holdings.map(|holding| (holding.shares, holding.cost));
            prop_assert_eq!(left, [(0, 0); 2]);
        }
    }

    #[test]
    fn the_news_tell_the_book(before in acts(ACTS / 4), acts in acts(ACTS)) {
        let mut exchange = exchange();
        live(&mut exchange, &before, |_, _, _| Ok(()))?;
        exchange.set_reporting(true);
        let mut mirror: BTreeMap<(MarketIx, Half, Pips), Shares> = BTreeMap::new();
        for market in (0..MARKETS).map(MarketIx) {
            for half in [Half::Bids, Half::Asks] {
                let levels = exchange.listing(market).book.half(half).iter();
                mirror.extend(levels.map(|(&price, level)| ((market, half, price), level.total)));
            }
        }
        let mut matches = exchange.tape().matches().len();
        live(&mut exchange, &acts, |exchange, at_ms, act| {
            if let Act::Submit(order) = act {
                exchange.publish(at_ms, order.market);
            } else if let Act::Cancel(_, market) = act {
                exchange.publish(at_ms, *market);
            }
            for news in exchange.take_news() {
                let News::Levels { market, changes, best_bid, best_ask, was, .. } = &news else {
                    matches += usize::from(matches!(news, News::Matched { .. }));
                    continue;
                };
                prop_assert_eq!(*was, best_of(&mirror, *market));
                for change in changes {
                    let level = (*market, change.half, change.price);
                    match change.shares {
                        0 => mirror.remove(&level),
                        shares => mirror.insert(level, shares),
                    };
                }
                prop_assert_eq!((*best_bid, *best_ask), best_of(&mirror, *market));
            }
            prop_assert_eq!(matches, exchange.tape().matches().len());
            let mut levels = BTreeMap::new();
            for (market, listing) in (0..).map(MarketIx).zip(exchange.listings()) {
                for half in [Half::Bids, Half::Asks] {
                    let rows = listing.book.half(half).iter();
                    levels.extend(rows.map(|(&price, row)| ((market, half, price), row.total)));
                }
            }
            prop_assert_eq!(&mirror, &levels);
            Ok(())
        })?;
    }
}

/// Best bid and ask of a mirrored book.
fn best_of(
    mirror: &BTreeMap<(MarketIx, Half, Pips), Shares>,
    market: MarketIx,
) -> (Option<Pips>, Option<Pips>) {
    let prices = |half| {
        let levels = mirror.range((market, half, Pips::MIN)..=(market, half, Pips::MAX));
        levels.map(|(&(_, _, price), _)| price)
    };
    (prices(Half::Bids).next_back(), prices(Half::Asks).next())
}
