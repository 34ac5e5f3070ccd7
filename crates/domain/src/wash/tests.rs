use proptest::prelude::*;

use super::*;
use crate::clusters::OwnerIx;
use crate::evidence::{Basis, EvidenceId, Span};
use crate::ledger::MarketIx;
use crate::ledger::tests::kit::Story;

fn market() -> MarketIx {
    Story::default().market()
}

fn fill(id: u128, owner: u32, toward_first: bool, shares: i64, at_s: i64) -> Fill {
    Fill {
        id: EvidenceId(id),
        market: market(),
        owner: OwnerIx(owner),
        other: None,
        toward_first,
        shares,
        at_s,
        is_maker_like: Some(false),
    }
}

fn between(id: u128, owner: u32, other: u32, toward_first: bool, shares: i64) -> Fill {
    let at_s = i64::try_from(id).unwrap() * 1_000;
    Fill { other: Some(OwnerIx(other)), ..fill(id, owner, toward_first, shares, at_s) }
}

fn share(band: &Band, method: Method) -> Option<Span> {
    band.measures.iter().find(|measure| measure.method == method).unwrap().share
}

#[test]
fn what_is_opened_and_closed_at_once_is_counted_both_ways() {
    let fills = [
        fill(1, 1, true, 100, 0),
        fill(2, 1, false, 60, 180),
        fill(3, 2, true, 100, 0),
        fill(4, 2, false, 100, 181),
        fill(5, 3, false, 140, 50),
    ];
    let band = measures(&fills, Basis::Feed);
    assert_eq!(share(&band, Method::OpenAndClose), Some(Span::at(120.0 / 500.0)));
    assert_eq!(share(&band, Method::NeutralHour), Some(Span::at(200.0 / 500.0)));
    assert_eq!(share(&band, Method::ClosedCluster), None, "the feed names one party");
    assert_eq!((band.shares, band.basis), (500, Basis::Feed));
    assert_eq!(measures(&[], Basis::Feed).band, None);
}

#[test]
fn makers_are_left_out_and_those_who_may_be_are_the_width_of_the_band() {
    let by = |owner: u32, is_maker_like: Option<bool>| {
        let id = u128::from(owner) * 2;
        [fill(id, owner, true, 100, 0), fill(id + 1, owner, false, 100, 60)]
            .map(|fill| Fill { is_maker_like, ..fill })
    };
    let fills = [by(1, Some(false)), by(2, Some(true)), by(3, None), by(4, None)].concat();
    let band = measures(&fills, Basis::Feed);
    let hour = &band.measures[1];
    assert_eq!(hour.share, Some(Span { low: 0.25, high: 0.75 }));
    assert_eq!((hour.owners, hour.fills), (3, 6));
    assert_eq!(band.band, Some(Span { low: 0.25, high: 0.75 }));
}

#[test]
fn a_ring_keeps_its_score_and_a_maker_among_many_does_not() {
    // 1, 2 and 3 pass shares round and end where they began; 9 makes a market for 20 who stay.
    let mut fills =
        vec![between(1, 1, 2, true, 100), between(2, 2, 3, true, 100), between(3, 3, 1, true, 100)];
    for number in 0..20u32 {
        fills.push(between(10 + u128::from(number), 20 + number, 9, number % 2 == 0, 50));
    }
    let told: Vec<&Fill> = fills.iter().collect();
    let closure = closed_clusters(&told, Basis::Chain).unwrap();
    assert_eq!(closure.clusters, [[OwnerIx(1), OwnerIx(2), OwnerIx(3)]]);
    let maker = closure.scores.iter().find(|score| score.owner == OwnerIx(9)).unwrap();
    assert!(maker.own > 0.99 && maker.score < 0.01, "{maker:?}");
    let band = measures(&fills, Basis::Chain);
    assert_eq!(share(&band, Method::ClosedCluster), Some(Span::at(300.0 / 1_300.0)));
    assert_eq!(closed_clusters(&told, Basis::Activity), None);
    let mut unsaid = fills.clone();
    unsaid[0].other = None;
    assert_eq!(share(&measures(&unsaid, Basis::Chain), Method::ClosedCluster), None);
}

#[test]
fn with_counterparties_only_the_same_one_closes() {
    let at = |fill: Fill, at_s| Fill { at_s, ..fill };
    let same = [at(between(1, 1, 2, true, 10), 0), at(between(2, 1, 2, false, 10), 60)];
    let other = [at(between(1, 1, 2, true, 10), 0), at(between(2, 1, 3, false, 10), 60)];
    let found = |fills: &[Fill]| share(&measures(fills, Basis::Chain), Method::OpenAndClose);
    assert_eq!((found(&same), found(&other)), (Some(Span::at(1.0)), Some(Span::at(0.0))));
}

proptest! {
    #[test]
    fn measures_are_parts_in_any_order_and_unknown_makers_only_widen(
        told in prop::collection::vec((0u32..5, any::<bool>(), 1i64..100, 0i64..20_000), 1..40),
        by in 0usize..40, unknown in 0u8..32,
    ) {
        let mut fills: Vec<Fill> = told
            .iter()
            .zip(0..)
            .map(|((owner, toward, shares, at_s), id)| fill(id, *owner, *toward, *shares, *at_s))
            .collect();
        let band = measures(&fills, Basis::Feed);
        let length = fills.len();
        fills.rotate_left(by.min(length));
        fills.push(fills[0]);
        prop_assert_eq!(&measures(&fills, Basis::Feed), &band);
        for span in band.measures.iter().filter_map(|measure| measure.share) {
            prop_assert!(0.0 <= span.low && span.low <= span.high && span.high <= 1.0 + 1e-12);
        }
        for fill in &mut fills {
            if unknown >> fill.owner.0 & 1 == 1 {
                fill.is_maker_like = None;
            }
        }
        let wide = measures(&fills, Basis::Feed);
        for (wide, narrow) in wide.measures.iter().zip(&band.measures) {
            let ends = |measure: &Measure| measure.share.map_or((0.0, 0.0), |span| (span.low, span.high));
            prop_assert!(ends(wide).0 <= ends(narrow).0 && ends(wide).1 >= ends(narrow).1);
        }
    }
}
