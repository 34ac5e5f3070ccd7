//! What is counted, and what is withheld.

use proptest::prelude::*;

use crate::Category;
use crate::ledger::tests::kit::*;
use crate::ledger::*;
use crate::performance::*;

const YES: u8 = 0;
const NO: u8 = 1;

fn performance_of(story: &Story, books: &Valuation) -> Performance {
    let mut entries = story.entries.clone();
    sort(&mut entries);
    Performance::of(at(90 * 86_400), &entries, books, &story.markets)
}

fn performance(story: &Story) -> Performance {
    performance_of(story, &story.books())
}

fn all_time(story: &Story) -> Record {
    performance(story).all_time.known().unwrap()
}

/// Buys 100 shares for so many dollars and has them win or lose. One event each.
fn bet(story: &mut Story, dollars: i64, wins: bool) -> MarketIx {
    let market = story.market();
    story.buy((market, YES), cents(10_000), cents(dollars * 100));
    story.resolve(market, Payouts::winner(if wins { YES } else { NO }));
    market
}

#[test]
fn neg_risk_legs_are_one_observation() {
    let mut story = Story::default();
    let group = story.group(4);
    // No of all four: three pay, one does not. 100 each at 0.70: 300 for 280.
    for &market in &group {
        story.buy((market, NO), cents(10_000), cents(7_000));
    }
    assert_eq!(all_time(&story).events, 0, "nothing is over");
    for (place, &market) in group.iter().enumerate() {
        story.resolve(market, Payouts::winner(if place == 2 { YES } else { NO }));
    }
    let record = all_time(&story);
    assert_eq!((record.events, record.wins, record.losses), (1, 1, 0), "not three of four");
    assert_eq!(record.profit, 20_000_000);
    assert_eq!(record.invested, 280_000_000);
    assert_eq!(record.win_rate.unwrap().n, 1);
    assert_eq!(record.profit_factor, None, "no loss to divide by");
}

#[test]
fn what_is_not_redeemed_counts_as_lost() {
    let mut story = Story::default();
    bet(&mut story, 60, true);
    bet(&mut story, 20, false);
    bet(&mut story, 40, false);
    let record = all_time(&story);
    assert_eq!((record.wins, record.losses, record.pushes), (1, 2, 0));
    assert_eq!(record.profit, -20_000_000, "40 gained, 60 lost");
    assert!((record.profit_factor.unwrap() - 2.0 / 3.0).abs() < 1e-12);
    assert!((record.roi.unwrap() + 1.0 / 6.0).abs() < 1e-12);
}

#[test]
fn a_cancelled_event_is_neither_won_nor_lost() {
    let mut story = Story::default();
    let market = story.market();
    story.buy((market, YES), cents(100), cents(50));
    story.resolve(market, Payouts::halves());
    let record = all_time(&story);
    assert_eq!((record.events, record.pushes, record.win_rate), (1, 1, None));
}

#[test]
fn fees_decide() {
    let mut story = Story::default();
    let yes = (story.market(), YES);
    story.then(Change::Buy(fill(yes, cents(100), cents(50), cents(2))));
    story.sell(yes, cents(100), cents(51));
    let record = all_time(&story);
    assert_eq!((record.wins, record.losses, record.profit), (0, 1, -10_000));
    assert_eq!(
        record.edge, None,
        "sold at a loss, but nobody knows yet whether the choice was right"
    );
}

#[test]
fn windows_go_by_the_real_close() {
    let mut story = Story::default();
    bet(&mut story, 60, true);
    story.wait(70 * 86_400);
    bet(&mut story, 20, false);
    story.wait(15 * 86_400);
    bet(&mut story, 40, true);
    let windows = performance(&story).windows;
    let events = windows.map(|(days, record)| (days, record.known().unwrap().events));
    assert_eq!(events, [(7, 1), (30, 2), (90, 3)]);
    // Of one nobody knows when it ended: it may be within any of them.
    let market = bet(&mut story, 30, true);
    let terms = Terms { resolved_at: None, ..story.markets.terms(market).clone() };
    story.markets.set(terms);
    let undated = performance(&story);
    assert_eq!(undated.windows.map(|(_, one)| one.reason()), [Some(Reason::NoCloseTime); 3]);
    assert_eq!(undated.course, Figure::Withheld(Reason::NoCloseTime));
    assert_eq!(undated.all_time.known().unwrap().events, 4);
}

#[test]
fn an_incomplete_history_has_no_record() {
    let mut story = Story::default();
    bet(&mut story, 60, true);
    let capped = story.covering(Coverage::capped(at(0))).value(&story.markets, |_| Mark::Unknown);
    let capped = performance_of(&story, &capped);
    assert_eq!(capped.all_time, Figure::Withheld(Reason::Capped));
    assert_eq!(capped.by_category, Figure::Withheld(Reason::Capped));
    assert_eq!(capped.calibration, Figure::Withheld(Reason::Capped));
    assert_eq!(capped.best_event, Figure::Withheld(Reason::Capped));
    assert_eq!(capped.windows.map(|(_, one)| one.reason()), [Some(Reason::Capped); 3]);
    assert!(capped.frequency.known().flatten().is_some(), "as far as the entries go back");
    story.then(Change::Unreadable { market: None });
    let gap = performance(&story);
    assert_eq!(gap.all_time, Figure::Withheld(Reason::Gap));
    assert_eq!(gap.frequency, Figure::Withheld(Reason::Gap));
}

#[test]
fn events_of_unknown_cost_are_left_out_and_said_to_be() {
    let mut story = Story::default();
    bet(&mut story, 60, true);
    let gift = story.market();
    let slot = Slot { market: gift, outcome: YES };
    story.then(Change::TransferIn { slot, shares: cents(100) });
    story.sell((gift, YES), cents(100), cents(90));
    let performance = performance(&story);
    assert_eq!(performance.left_out, 1);
    assert_eq!(performance.all_time.known().unwrap().events, 1);
}

#[test]
fn nothing_has_no_figures() {
    let performance = performance(&Story::default());
    let record = performance.all_time.clone().known().unwrap();
    assert_eq!((record.events, record.win_rate, record.roi), (0, None, None));
    assert_eq!((record.profit_factor, record.edge), (None, None));
    assert_eq!(performance.calibration, Figure::Known(None));
    assert_eq!(performance.best_event, Figure::Known(None));
    assert_eq!(performance.hold_time, Figure::Known(None));
    assert_eq!(performance.concentration, Figure::Known(None));
    assert_eq!(performance.frequency, Figure::Known(None));
    assert_eq!(performance.maker_share, Figure::Known(MakerShare { value: None, fills: 0 }));
    assert_eq!(performance.courses.known().unwrap().map(|(_, course)| course), [None; 3]);
}

#[test]
fn courses_are_of_equal_length() {
    let mut story = Story::default();
    // Profits: 19 of 10, then −90, −90, 50.
    for _ in 0..19 {
        bet(&mut story, 90, true);
    }
    bet(&mut story, 90, false);
    bet(&mut story, 90, false);
    bet(&mut story, 50, true);
    let performance = performance(&story);
    let course = performance.course.known().unwrap();
    assert_eq!((course.events, course.drawdown), (22, 180_000_000));
    assert_eq!((course.longest_wins, course.longest_losses, course.current), (19, 2, 1));
    let [twenty, fifty, _] = performance.courses.known().unwrap();
    assert_eq!(twenty.1.unwrap().events, 20);
    assert_eq!(twenty.1.unwrap().longest_wins, 17);
    assert_eq!(fifty, (50, None));
    let settled = performance.settled.known().unwrap();
    assert!(settled.is_sorted_by_key(|one| one.closed_at));
    assert_eq!(performance.best_event.known().flatten().unwrap().profit, 50_000_000);
    assert_eq!(performance.worst_event.known().flatten().unwrap().profit, -90_000_000);
    assert_eq!(performance.best_position.known().flatten().unwrap().1, 50_000_000);
    assert_eq!(performance.worst_position.known().flatten().unwrap().1, -90_000_000);
}

#[test]
fn a_fall_from_the_start_is_a_drawdown() {
    let mut story = Story::default();
    bet(&mut story, 30, false);
    bet(&mut story, 20, false);
    bet(&mut story, 90, true);
    let course = performance(&story).course.known().unwrap();
    assert_eq!((course.drawdown, course.longest_losses, course.current), (50_000_000, 2, 1));
}

#[test]
fn bands_and_categories_split_the_record() {
    let mut story = Story::default();
    let cheap = bet(&mut story, 5, true);
    bet(&mut story, 10, false);
    bet(&mut story, 95, true);
    let terms = Terms { category: Some(Category::Crypto), ..story.markets.terms(cheap).clone() };
    story.markets.set(terms);
    let performance = performance(&story);
    let by_price = performance.by_price.known().unwrap();
    let bands: Vec<_> = by_price.iter().map(|(band, record)| (*band, record.profit)).collect();
    assert_eq!(bands, [(0, 95_000_000), (10, -10_000_000), (90, 5_000_000)]);
    let by_category = performance.by_category.known().unwrap();
    let categories: Vec<_> =
        by_category.iter().map(|(what, record)| (*what, record.events)).collect();
    assert_eq!(categories, [(None, 2), (Some(Category::Crypto), 1)]);
}

#[test]
fn habits_are_counted() {
    let mut story = Story::default();
    let (one, other) = ((story.market(), YES), (story.market(), NO));
    // 30 shares held 10 s, 10 shares held 100 s, 75 and 25 dollars.
    story.buy(one, cents(3_000), cents(7_500));
    story.wait(9);
    story.sell(one, cents(3_000), cents(7_000));
    story.wait(2 * 86_400);
    story.buy(other, cents(1_000), cents(2_500));
    story.wait(99);
    story.sell(other, cents(1_000), cents(2_000));
    let performance = performance(&story);
    let hold = performance.hold_time.known().flatten().unwrap();
    assert_eq!((hold.mean.num_seconds(), hold.median.num_seconds()), (32, 10), "1300 / 40");
    assert_eq!(hold.positions, 2);
    let spread = performance.concentration.known().flatten().unwrap();
    assert!((spread.hhi - 0.625).abs() < 1e-12 && (spread.effective_events - 1.6).abs() < 1e-12);
    assert_eq!((spread.events, spread.top_share), (2, 0.75));
    let frequency = performance.frequency.known().flatten().unwrap();
    assert_eq!((frequency.fills, frequency.active_days), (4, 2));
    assert!((frequency.per_active_day - 2.0).abs() < 1e-12);
    assert!((frequency.per_day - 4.0 / 3.0).abs() < 1e-12);
}

#[test]
fn a_makers_share_is_unknown_where_one_fill_does_not_say() {
    let mut story = Story::default();
    let slot = Slot { market: story.market(), outcome: YES };
    let role = |role, dollars| {
        Change::Buy(Fill { slot, shares: cents(100), usdc: cents(dollars), fee: None, role })
    };
    story.then(role(Role::Maker, 30)).then(role(Role::Taker, 10));
    let share = performance(&story).maker_share.known().unwrap();
    assert_eq!((share.value, share.fills), (Some(0.75), 2));
    story.then(role(Role::Unknown, 1));
    let share = performance(&story).maker_share.known().unwrap();
    assert_eq!((share.value, share.fills), (None, 3));
}

proptest! {
    #[test]
    fn the_parts_are_the_whole(bets in prop::collection::vec((1i64..100, any::<bool>()), 1..60)) {
        let mut story = Story::default();
        for (number, (dollars, wins)) in bets.iter().enumerate() {
            let market = bet(&mut story, *dollars, *wins);
            let category = (number % 3 > 0).then(|| Category::ALL[number % 3]);
            story.markets.set(Terms { category, ..story.markets.terms(market).clone() });
        }
        let performance = performance(&story);
        let whole = performance.all_time.clone().known().unwrap();
        let events = |records: Vec<Record>| {
            let profit: i64 = records.iter().map(|record| record.profit).sum();
            (records.iter().map(|record| record.events).sum::<usize>(), profit)
        };
        let by_category = performance.by_category.known().unwrap();
        let by_price = performance.by_price.known().unwrap();
        let expected = (whole.events, whole.profit);
        prop_assert_eq!(events(by_category.into_iter().map(|(_, one)| one).collect()), expected);
        prop_assert_eq!(events(by_price.into_iter().map(|(_, one)| one).collect()), expected);
        let settled = performance.settled.known().unwrap();
        prop_assert_eq!(settled.iter().map(|one| one.profit).sum::<i64>(), whole.profit);
        prop_assert_eq!(story.books().total, Figure::Known(whole.profit), "all of it is settled");
    }
}
