//! The product's books of a wallet against the exchange's own: what upstream's rows tell, folded by
//! `domain::ledger`, must come to what the exchange knows.

use chrono::DateTime;
use domain::ledger::{
    BlockPosition, Change, Completeness, Conversion, Coverage, Entry as Booked, Figure, Fill,
    Given, IncomeKind, Ledger, Mark, MarketIx as BookedMarket, Markets, Micro, Payouts, Place,
    Role, Slot, Terms,
};
use domain::{ConditionId, Shares, Side as BookedSide, Usdc};
use rust_decimal::Decimal;

use super::feed::{self, Sequence, Trade};
use super::kit;
use crate::exchange::{Entry, Exchange, MICRO, Movement, MovementKind, Outcome, Side, WalletIx};

/// The exchange's markets as the product names them.
struct Names {
    markets: Markets,
    all: Vec<BookedMarket>,
}

impl Names {
    fn of(exchange: &Exchange, count: u32) -> Self {
        let mut markets = Markets::new();
        let all = (0..count).map(|number| {
            let listing = exchange.listing(crate::exchange::MarketIx(number));
            let payouts = listing.payouts.map(|[first, _]| match first {
                0 => Payouts::winner(1),
                MICRO => Payouts::winner(0),
                _ => Payouts::halves(),
            });
            let condition_id = ConditionId::parse(&format!("{number:064x}")).expect("hexadecimal");
            markets.set(Terms { payouts, ..Terms::unknown(condition_id) })
        });
        let all = all.collect();
        Self { markets, all }
    }

    fn market(&self, market: crate::exchange::MarketIx) -> BookedMarket {
        self.all[market.index()]
    }

    fn slot(&self, market: crate::exchange::MarketIx, outcome: Outcome) -> Slot {
        Slot {
            market: self.market(market),
            outcome: u8::try_from(outcome.index()).expect("0 or 1"),
        }
    }
}

fn micro(millionths: i64) -> Micro {
    Micro::new(millionths).expect("no more than a wallet has")
}

/// From the numbers as a row tells them: shares, what moved, and a price as a double.
fn traded(names: &Names, trade: &Trade, role: Role) -> Change {
    let shares = Shares::from_micro(trade.shares.unsigned_abs());
    let usdc = Usdc::new(Decimal::new(trade.cash(), 6)).expect("in range");
    let price: Decimal = trade.price.to_string().parse().expect("a double in decimal");
    let slot = names.slot(trade.market, trade.outcome);
    let fill = |side| Fill::reported(slot, side, shares, usdc, price, role).expect("a trade");
    match trade.side {
        Side::Buy => Change::Buy(fill(BookedSide::Buy)),
        Side::Sell => Change::Sell(fill(BookedSide::Sell)),
    }
}

fn moved(exchange: &Exchange, names: &Names, moved: &Movement) -> Change {
    let (shares, usdc) = (micro(moved.shares), micro(moved.usdc));
    let market = || names.market(moved.market.expect("of a market"));
    match moved.kind {
        MovementKind::Split => Change::Split { market: market(), shares },
        MovementKind::Merge => Change::Merge { market: market(), shares },
        MovementKind::Redeem => Change::Redeem { market: market(), usdc },
        MovementKind::Convert => {
            let first = exchange.listing(moved.market.expect("of a market"));
            let group = &exchange.groups()[first.terms.group.expect("of a group").index()];
            Change::Convert(Box::new(Conversion {
                members: group.markets.iter().map(|market| names.market(*market)).collect(),
                given: Given::All(
                    moved.converted.iter().map(|market| names.market(*market)).collect(),
                ),
                shares,
                usdc,
            }))
        }
        MovementKind::Reward => Change::Income { kind: IncomeKind::Reward, usdc },
        MovementKind::MakerRebate => Change::Income { kind: IncomeKind::MakerRebate, usdc },
        MovementKind::Deposit => Change::Deposit { usdc },
        MovementKind::Withdrawal => Change::Withdrawal { usdc },
    }
}

fn entries(exchange: &Exchange, names: &Names, wallet: WalletIx) -> Vec<Booked> {
    let tape = exchange.tape();
    let booked = tape.of_wallet(wallet).iter().map(|&entry| {
        let change = match entry {
            Entry::Taken(ix) => traded(names, &Trade::taken(tape, ix), Role::Taker),
            Entry::Made(ix) => traded(names, &Trade::made(tape, ix), Role::Maker),
            Entry::Moved(ix) => moved(exchange, names, tape.movement(ix)),
        };
        let at = DateTime::from_timestamp(feed::time_of(tape, entry) / 1_000, 0).expect("in range");
        let block = Some(BlockPosition { block: Sequence::of(tape, entry).0, log_index: 0 });
        Booked { place: Place { block, ..Place::at(at) }, change }
    });
    booked.collect()
}

#[test]
fn every_wallets_books_come_to_what_the_exchange_knows() {
    let mut positions = 0;
    for seed in 0..20 {
        let exchange = kit::busy_exchange(seed, 400);
        let names = Names::of(&exchange, 5);
        let accounts = exchange.accounts();
        for wallet in (0..accounts.wallet_count()).map(WalletIx::next) {
            let mut entries = entries(&exchange, &names, wallet);
            let rows = i64::try_from(entries.len()).expect("few");
            let ledger = Ledger::fold(&names.markets, Coverage::full(), &mut entries);
            let books = ledger.value(&names.markets, |slot| {
                let number = names.all.iter().position(|market| *market == slot.market);
                let listing =
                    exchange.listing(crate::exchange::MarketIx::next(number.expect("named")));
                let outcome = Outcome::BOTH[usize::from(slot.outcome)];
                Mark::Bid(i64::from(listing.shown(outcome)) * 100)
            });
            assert_eq!(books.completeness, Completeness::Full, "seed {seed}: {:?}", books.doubts);
            assert_eq!(books.cash.balance(), accounts.cash(wallet), "seed {seed}");
            let mut realised = 0;
            for position in accounts.of_wallet(wallet) {
                for outcome in Outcome::BOTH {
                    let truth = position.holding(outcome);
                    let slot = names.slot(position.market, outcome);
                    assert_eq!(ledger.held(slot), truth.shares, "seed {seed}");
                    realised += truth.realized - truth.fees;
                    let Some(ours) = books.positions.iter().find(|one| one.slot == slot) else {
                        continue;
                    };
                    positions += 1;
                    assert_eq!(ours.bought, truth.bought, "seed {seed}");
                    // A row of the taker is one sale where the exchange rounds fill by fill.
                    let basis = ours.average.known().expect("complete");
                    assert!(
                        (basis.cost - truth.cost).abs() <= rows,
                        "seed {seed}: {ours:?} {truth:?}"
                    );
                    assert!(
                        (basis.realised - truth.realized).abs() <= rows,
                        "seed {seed}: {ours:?} {truth:?}"
                    );
                }
            }
            let earned = books.realised.and(books.fees, |gross, fees| gross - fees);
            let Figure::Known(earned) = earned else { unreachable!("complete") };
            assert!((earned - realised).abs() <= rows, "seed {seed}: {earned} {realised}");
            let made = kit::wealth(&exchange, wallet) - kit::paid_in(&exchange, wallet);
            let total = books.total.known().expect("everything has a price");
            assert!((total - made).abs() <= 10, "seed {seed}: {total} {made}");
        }
    }
    assert!(positions > 500, "{positions}");
}

/// A feed's row names the first market of a conversion only. What was given then follows, or is unknown and
/// said to be; it is never wrong.
#[test]
fn conversions_told_by_one_market_are_found_or_doubted() {
    let (mut found, mut doubted) = (0, 0);
    for seed in 0..20 {
        let exchange = kit::busy_exchange(seed, 400);
        let names = Names::of(&exchange, 5);
        for wallet in (0..exchange.accounts().wallet_count()).map(WalletIx::next) {
            let mut entries = entries(&exchange, &names, wallet);
            for entry in &mut entries {
                if let Change::Convert(conversion) = &mut entry.change
                    && let Given::All(given) = &conversion.given
                {
                    conversion.given = Given::Including(given[0]);
                }
            }
            let ledger = Ledger::fold(&names.markets, Coverage::full(), &mut entries);
            let books = ledger.value(&names.markets, |_| Mark::Unknown);
            if books.completeness == Completeness::Gap {
                doubted += 1;
                assert!(books.total.known().is_none());
                continue;
            }
            found += usize::from(books.conversions > 0);
            for position in exchange.accounts().of_wallet(wallet) {
                for outcome in Outcome::BOTH {
                    let held = ledger.held(names.slot(position.market, outcome));
                    assert_eq!(held, position.holding(outcome).shares, "seed {seed}");
                }
            }
        }
    }
    println!("{found} wallets with conversions found, {doubted} doubted");
    assert!(found > 10 && doubted > 0, "{found} {doubted}");
}
