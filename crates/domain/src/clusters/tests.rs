use proptest::prelude::*;

use super::*;
use crate::evidence::EvidenceId;
use crate::ledger::tests::kit::Story;
use crate::ledger::{EventIx, MarketIx};
use crate::stats::Dice;

/// Markets, each of its own event, but the last three of one.
fn world(alone: usize) -> Vec<(MarketIx, EventIx)> {
    let mut story = Story::default();
    let mut markets: Vec<MarketIx> = (0..alone).map(|_| story.market()).collect();
    markets.extend(story.group(3));
    markets.into_iter().map(|market| (market, story.markets.event_of(market))).collect()
}

fn fill(
    id: u128,
    wallet: u32,
    (market, event): (MarketIx, EventIx),
    at_s: i64,
    shares: i64,
) -> Activity {
    Activity {
        id: EvidenceId(id),
        wallet: WalletIx(wallet),
        event,
        market,
        toward: 0,
        at_s,
        shares,
        usdc: shares / 2,
    }
}

/// Two wallets that enter eight rare markets in the same second, among forty that trade at other times.
fn ring() -> Vec<Activity> {
    let world = world(8);
    let mut fills = Vec::new();
    let mut id = 0;
    for (place, market) in world.iter().copied().take(8).enumerate() {
        let start = i64::try_from(place).unwrap() * 7_200;
        for wallet in [0, 1] {
            id += 1;
            fills.push(fill(id, wallet, market, start + 17, 100_000_000));
        }
        for other in 0..4u32 {
            id += 1;
            let wallet = 2 + (other + u32::try_from(place).unwrap() * 5) % 40;
            fills.push(fill(id, wallet, market, start + 100 + i64::from(other) * 31, 100_000_000));
        }
    }
    fills
}

#[test]
fn who_always_comes_together_is_joined_and_nobody_else() {
    let fills = ring();
    let threshold = threshold(42, POSTERIOR);
    let found = clusters(&links(&fills), threshold);
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found[0].wallets, [WalletIx(0), WalletIx(1)]);
    assert_eq!(found[0].owner, OwnerIx(0));
    assert!(found[0].weakest >= threshold);
    assert_eq!(found[0].links[0].1.len(), 8, "one piece of evidence an event");
    assert!(found[0].links[0].1.iter().all(|link| link.records.len() == 2));
    let null = null(&fills, threshold, 99, 1);
    assert_eq!(null.observed, 1);
    assert!(null.expected < 0.1 && null.p < 0.05, "{null:?}");
    assert_eq!(super::null(&fills, threshold, 99, 1), null, "a seed says everything");
    assert!(null.p_of(found[0].weakest) <= 0.02 && null.p_of(0.0) >= 1.0);
}

#[test]
fn where_nobody_belongs_together_the_records_are_like_their_exchanges() {
    let markets = world(8);
    let mut numbers = 1u64;
    let fills: Vec<Activity> = (0..400u32)
        .map(|id| {
            numbers = numbers.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            let market = markets[(numbers >> 33) as usize % 8];
            let at_s = i64::try_from((numbers >> 40) % 600).unwrap();
            fill(u128::from(id), id % 40, market, at_s, 1_000_000)
        })
        .collect();
    let null = null(&fills, threshold(40, POSTERIOR), 49, 5);
    assert!(null.p > 0.05, "{null:?}");
}

#[test]
fn legs_of_one_event_are_one_piece_of_evidence() {
    let world = world(0);
    let legs: Vec<Activity> = (0..3u32)
        .flat_map(|leg| {
            [(2 * leg, 0), (2 * leg + 1, 1)].map(|(id, wallet)| {
                fill(u128::from(id), wallet, world[leg as usize], 17, 5_000_000)
            })
        })
        .collect();
    let of = |fills: &[Activity]| links(fills).iter().map(|link| link.llr).collect::<Vec<_>>();
    assert_eq!(of(&legs).len(), 1);
    assert_eq!(of(&legs), of(&legs[..2]), "three identical legs change nothing");
}

#[test]
fn of_several_legs_the_strongest_counts() {
    let world = world(0);
    let pair = |leg: usize| [fill(1, 0, world[leg], 17, 1), fill(2, 1, world[leg], 17, 1)];
    // In the first leg much is going on at that time, in the last nothing.
    let mut legs = [pair(0), pair(1)].concat();
    for (leg, crowd) in [(0, 60), (1, 20)] {
        legs.extend((2..crowd).map(|wallet| {
            let id = u128::from(wallet) + 100 * (leg as u128 + 1);
            fill(id, wallet, world[leg], 900 + i64::from(wallet), 1)
        }));
    }
    let rare = pair(2);
    let both = links(&[legs.as_slice(), &rare].concat());
    assert_eq!(both.len(), 1);
    assert!((both[0].llr - links(&rare)[0].llr).abs() < 1e-12);
    assert!(links(&legs)[0].llr < both[0].llr);
}

#[test]
fn busy_moments_and_crowds_say_less() {
    let world = world(2);
    let pair = |market: usize| [fill(1, 0, world[market], 17, 1), fill(2, 1, world[market], 17, 1)];
    let among = |from_s: i64| {
        let mut fills = pair(0).to_vec();
        fills.extend((2..60u32).map(|wallet| {
            fill(u128::from(wallet) + 10, wallet, world[0], from_s + i64::from(wallet), 1)
        }));
        fills
    };
    let llr = |fills: &[Activity]| links(fills).first().map(|link| link.llr);
    let quiet = (SHARED_ENTRY * 3_600.0 / 2.0).ln();
    assert!((llr(&pair(0)).unwrap() - quiet).abs() < 1e-9);
    let another_day = llr(&among(90_000)).unwrap();
    assert!((another_day - quiet).abs() < 1e-9, "how many know the market does not matter");
    let same_hour = llr(&among(600)).unwrap();
    assert!((same_hour - (SHARED_ENTRY * 3_600.0 / (2.0 * 58.0)).ln()).abs() < 1e-9);
    assert_eq!(llr(&among(20)), None, "in a rush everybody meets");
    let crowd: Vec<Activity> =
        (0..40u32).map(|wallet| fill(u128::from(wallet), wallet, world[0], 17, 1)).collect();
    assert_eq!(links(&crowd), []);
    let apart = [fill(1, 0, world[0], 17, 1), fill(2, 1, world[0], 18, 1)];
    assert_eq!(links(&apart), []);
    let opposed =
        [fill(1, 0, world[0], 17, 1), Activity { toward: 1, ..fill(2, 1, world[0], 17, 1) }];
    assert_eq!(links(&opposed), []);
}

/// Two wallets that meet in two markets and buy so much there, among others.
fn who_meet_twice(shares: [i64; 2], usdc: [i64; 2]) -> Vec<Activity> {
    let world = world(3);
    let mut fills: Vec<Activity> = (2..400u32)
        .map(|wallet| {
            fill(u128::from(wallet) + 10, wallet, world[2], i64::from(wallet) * 60, 100_000_000)
        })
        .collect();
    for (wallet, (shares, usdc)) in [0, 1].into_iter().zip(shares.into_iter().zip(usdc)) {
        for (market, other) in [(0, 0), (1, 7_000_000)] {
            let id = u128::from(wallet) + 1_000 * (market as u128 + 1);
            let told = fill(id, wallet, world[market], 50_000, shares + other);
            fills.push(Activity { usdc: usdc + other, ..told });
        }
    }
    fills
}

#[test]
fn odd_sizes_tell_where_few_use_them_and_never_alone() {
    assert!(odd_size(1_253_700_000) && !odd_size(1_250_000_000) && !odd_size(100_000_000));
    let sizes = |shares, usdc| -> Vec<f64> {
        let links = links(&who_meet_twice(shares, usdc));
        links.iter().filter(|link| link.kind == Kind::OddSize).map(|link| link.llr).collect()
    };
    // An order that agrees in both counts once; two of 400 wallets use it.
    let both = sizes([1_253_712_300; 2], [513_710_000; 2]);
    let expected = (0.1f64 / (2.0 / 400.0)).ln();
    assert_eq!(both.len(), 2);
    assert!(both.iter().all(|llr| (llr - expected).abs() < 1e-9), "{both:?}");
    // At different prices the same sum is other shares, and the same shares are another sum.
    assert_eq!(sizes([1_253_712_300, 1_261_554_000], [513_710_000; 2]), both);
    assert_eq!(sizes([1_253_712_300; 2], [513_710_000, 517_330_000]), both);
    assert_eq!(sizes([1_253_712_300, 1_261_554_000], [513_710_000, 517_330_000]), [0.0; 0]);
    let round = sizes([1_253_712_300; 2], [20_000_000; 2]);
    assert_eq!(round, [0.0; 0], "a round sum says nothing of its shares");
    let one = links(&who_meet_twice([1_253_712_300; 2], [513_710_000; 2]));
    let size = one.iter().find(|link| link.kind == Kind::OddSize).unwrap();
    let many: Vec<Link> = (0..50).map(|_| Link { llr: 3.0, ..size.clone() }).collect();
    assert_eq!(clusters(&many, threshold(400, POSTERIOR)), []);
}

#[test]
fn one_moment_joins_nobody_whatever_it_looks_like() {
    let link = |kind, llr| Link { pair: (WalletIx(0), WalletIx(1)), kind, llr, records: vec![] };
    let once = [link(Kind::SameSecond, 6.0), link(Kind::OddSize, 6.0)];
    assert_eq!(clusters(&once, 8.0), []);
    let twice = [once.as_slice(), &[link(Kind::SameSecond, 0.5)]].concat();
    assert_eq!(clusters(&twice, 8.0).len(), 1);
    let funded = [once.as_slice(), &[link(Kind::Funder, 0.5)]].concat();
    assert_eq!(clusters(&funded, 8.0).len(), 1);
    let apart = [twice.as_slice(), &[link(Kind::Apart, -5.0)]].concat();
    assert_eq!(clusters(&apart, 8.0), [], "what speaks against it counts");
}

#[test]
fn whoever_is_everywhere_meets_everybody() {
    let world = world(60);
    let mut fills = Vec::new();
    for (place, market) in world.iter().copied().enumerate().take(60) {
        let start = i64::try_from(place).unwrap() * 10_000;
        for wallet in [0, 1] {
            let id = 2 * place as u128 + u128::from(wallet);
            // They meet in three of sixty.
            let at_s = start + if place < 3 { 0 } else { i64::from(wallet) * 4_000 };
            fills.push(fill(id, wallet, market, at_s, 5_000_000));
        }
    }
    let found = links(&fills);
    let of = |kind| found.iter().filter(|link| link.kind == kind).map(|link| link.llr).sum::<f64>();
    assert!(of(Kind::SameSecond) > 13.0);
    assert!((of(Kind::Apart) - 57.0 * 0.95f64.ln()).abs() < 1e-9);
}

#[test]
fn a_funder_of_many_is_an_exchange() {
    let funded = |count: u32| (0..count).map(|w| (WalletIx(w), "f")).collect::<Vec<_>>();
    assert_eq!(funder_links(&funded(3), 10_000).len(), 3);
    assert_eq!(funder_links(&funded(601), 10_000), []);
    assert_eq!(funder_links(&funded(3), 3), [], "everybody here has it");
}

#[test]
fn owners_say_whose_books_are_to_be_made_anew() {
    let mut owners = Owners::new();
    let address = |number: u8| crate::Address::parse(&format!("0x{number:040x}")).unwrap();
    let [one, two, three] = [1, 2, 3].map(|number| owners.wallet(&address(number)));
    assert_eq!(owners.wallet(&address(2)), two);
    assert_eq!(owners.address(three), Some(&address(3)));
    let cluster =
        Cluster { owner: OwnerIx(0), wallets: vec![one, three], weakest: 9.0, links: vec![] };
    assert_eq!(owners.set(std::slice::from_ref(&cluster)), [OwnerIx(0), OwnerIx(2)]);
    assert_eq!((owners.owner(three), owners.owner(two)), (OwnerIx(0), OwnerIx(1)));
    assert_eq!(owners.set(&[cluster]), []);
    assert_eq!(owners.set(&[]), [OwnerIx(0), OwnerIx(2)]);
}

/// Sixty wallets that trade by themselves in forty markets for five days, and at news, all within seconds.
fn strangers(dice: &mut Dice, world: &[(MarketIx, EventIx)]) -> Vec<Activity> {
    let seconds = |dice: &mut Dice, bound| i64::try_from(dice.below(bound)).unwrap();
    let mut fills: Vec<Activity> = (0..3_000u32)
        .map(|id| {
            let market = world[dice.below(40)];
            let at_s = seconds(dice, 432_000);
            fill(u128::from(id), id % 60, market, at_s, 1_000_000 + seconds(dice, 9_000_000))
        })
        .collect();
    for news in 0..40u32 {
        let (market, at_s) = (world[dice.below(40)], seconds(dice, 432_000));
        for reader in 0..30u32 {
            let id = 10_000 + u128::from(news * 100 + reader);
            let wallet = u32::try_from(dice.below(60)).unwrap();
            fills.push(fill(id, wallet, market, at_s + seconds(dice, 90), 5_000_000));
        }
    }
    fills
}

/// Wallets from `first` on, which on so many occasions all buy for one odd sum; `late_s` says how much later each is.
fn in_company(
    dice: &mut Dice,
    world: &[(MarketIx, EventIx)],
    (first, wallets, occasions): (u32, u32, usize),
    late_s: impl Fn(&mut Dice, u32) -> i64,
) -> Vec<Activity> {
    let mut fills = Vec::new();
    for occasion in 0..occasions {
        let market = world[2 * occasion];
        let at_s = 28_000 * i64::try_from(occasion).unwrap() + 77;
        let sum = 20_003_700 + 10_000 * i64::try_from(dice.below(5_000)).unwrap();
        for wallet in first..first + wallets {
            let id = u128::from(wallet) * 1_000 + occasion as u128 + 1_000_000;
            let shares = 2 * sum + 1_331 * i64::from(wallet);
            let late_s = late_s(dice, wallet);
            fills.push(Activity { usdc: sum, ..fill(id, wallet, market, at_s + late_s, shares) });
        }
    }
    fills
}

fn any_fill() -> impl Strategy<Value = (u32, usize, i64, i64)> {
    (0u32..12, 0usize..6, 0i64..40, prop_oneof![Just(100_000_000i64), Just(123_456_789)])
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn of_strangers_nobody_is_joined_and_of_those_who_act_together_all(seed in any::<u64>()) {
        let (mut dice, world) = (Dice::new(seed, 0), world(40));
        let mut fills = strangers(&mut dice, &world);
        let threshold = threshold(66, POSTERIOR);
        prop_assert_eq!(clusters(&links(&fills), threshold), []);
        fills.extend(in_company(&mut dice, &world, (60, 6, 4), |_, _| 0));
        let found = clusters(&links(&fills), threshold);
        prop_assert_eq!(found.len(), 1);
        prop_assert_eq!(&found[0].wallets, &(60..66).map(WalletIx).collect::<Vec<_>>());
        let null = null(&fills, threshold, 5, seed);
        prop_assert!(null.observed == 15 && null.expected < 7.5, "{null:?}");
    }

    #[test]
    fn whoever_follows_the_same_is_not_joined(seed in any::<u64>(), within_s in 3usize..30) {
        let (mut dice, world) = (Dice::new(seed, 0), world(40));
        let mut fills = strangers(&mut dice, &world);
        // The first leads; the others come at the same second as often as not.
        fills.extend(in_company(&mut dice, &world, (60, 4, 15), |dice, wallet| {
            if wallet == 60 { 0 } else { i64::try_from(1 + dice.below(within_s) / 2).unwrap() }
        }));
        prop_assert_eq!(clusters(&links(&fills), threshold(64, POSTERIOR)), []);
    }
}

proptest! {
    #[test]
    fn the_order_of_records_does_not_matter(told in prop::collection::vec(any_fill(), 0..60), by in 0usize..60) {
        let world = world(3);
        let fills: Vec<Activity> = told
            .iter()
            .zip(0..)
            .map(|((wallet, market, at_s, shares), id)| fill(id, *wallet, world[*market], *at_s, *shares))
            .collect();
        let mut turned = fills.clone();
        turned.rotate_left(by.min(fills.len()));
        let (one, mut other) = (links(&fills), links(&turned));
        prop_assert_eq!(&one, &other);
        let found = clusters(&one, 5.0);
        other.reverse();
        for link in &mut other {
            link.pair = (link.pair.1, link.pair.0);
        }
        prop_assert_eq!(&clusters(&other, 5.0), &found);
        prop_assert_eq!(null(&fills, 5.0, 3, 7), null(&turned, 5.0, 3, 7));
        // A higher threshold only splits.
        for cluster in clusters(&one, 8.0) {
            prop_assert!(found.iter().any(|wide| cluster.wallets.iter().all(|w| wide.wallets.contains(w))));
        }
        let mut wallets: Vec<_> = found.iter().flat_map(|cluster| &cluster.wallets).collect();
        let count = wallets.len();
        wallets.sort_unstable();
        wallets.dedup();
        prop_assert_eq!(wallets.len(), count, "nobody is in two clusters");
    }
}
