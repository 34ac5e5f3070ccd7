//! Version 1 says the same as version 2, as far as it says anything.

use std::collections::BTreeMap;

use polymarket::data::{
    ActivityQuery, ActivityWalk, DataVersion, PositionFilter, PositionRow, TradesQuery, TradesWalk,
};
use rust_decimal::Decimal;

use crate::service::{Service, positions, whole};

/// A position without what only version 2 says.
fn in_common(row: PositionRow) -> PositionRow {
    PositionRow {
        entry_fees: None,
        total_cost: None,
        total: None,
        status: None,
        archived: None,
        last_event_at: None,
        first_entry_at: None,
        name: None,
        profile_image: None,
        verified: None,
        ..row
    }
}

/// A closed one without it.
fn closed_in_common(row: PositionRow) -> PositionRow {
    PositionRow {
        shares: None,
        entry_cost: None,
        current_value: None,
        unrealized: None,
        percent_unrealized: None,
        percent_realized: None,
        redeemable: None,
        mergeable: None,
        neg_risk: None,
        event_id: None,
        ..in_common(row)
    }
}

fn by_token(
    rows: Vec<PositionRow>,
    in_common: fn(PositionRow) -> PositionRow,
) -> BTreeMap<String, PositionRow> {
    rows.into_iter().map(|row| (row.token_id.to_string(), in_common(row))).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn where_version_2_is_missing_version_1_says_the_same() {
    let service = Service::start(511, 0.02).await;
    let (second, first) = (service.data(), service.first_version().await);
    let mut compared = (0, 0, 0);
    for wallet in service.traders(12).await {
        let open = async |client| positions(client, &wallet, PositionFilter::Open).await;
        let (old, new) = (open(&first).await, open(&second).await);
        compared.0 += old.len();
        assert_eq!(by_token(old, in_common), by_token(new, in_common));

        let closed = async |client| positions(client, &wallet, PositionFilter::Closed).await;
        let (old, new) = (closed(&first).await, closed(&second).await);
        compared.1 += old.len();
        assert!(old.iter().all(|row| row.shares.is_none() && row.last_event_at.is_some()));
        // For version 2 a tenth of a share is closed, for version 1 it is not.
        let none_left = |row: &PositionRow| row.shares == Some(Decimal::ZERO);
        let new: Vec<_> = new.into_iter().filter(none_left).collect();
        assert_eq!(by_token(old, closed_in_common), by_token(new, closed_in_common));

        let query = ActivityQuery::of(wallet.clone());
        let old = ActivityWalk::with_fallback(first.clone(), query.clone()).to_the_end().await;
        assert_eq!(old.version, Some(DataVersion::V1));
        let new = ActivityWalk::with_fallback(second.clone(), query).to_the_end().await;
        assert_eq!(new.version, Some(DataVersion::V2));
        let keys = |rows: Vec<_>| -> Vec<String> {
            rows.iter().map(polymarket::data::ActivityRow::key).collect()
        };
        let (old, new) = (keys(whole(old)), keys(whole(new)));
        compared.2 += old.len();
        assert_eq!(old, new);

        let query = TradesQuery::of_wallet(wallet.clone());
        let old = TradesWalk::with_fallback(first.clone(), query.clone()).to_the_end().await;
        let new = TradesWalk::with_fallback(second.clone(), query).to_the_end().await;
        let keys = |rows: Vec<_>| -> Vec<String> {
            rows.iter().map(polymarket::data::TradeRow::key).collect()
        };
        assert_eq!(keys(whole(old)), keys(whole(new)));

        let old = first.value_with_fallback(&wallet, &[]).await.unwrap();
        let new = second.value_with_fallback(&wallet, &[]).await.unwrap();
        assert_eq!((old.version, new.version), (DataVersion::V1, DataVersion::V2));
        assert_eq!(old.answer.value, new.answer.value);
    }
    println!("{compared:?} open, closed, acts");
    assert!(compared.0 > 100 && compared.1 > 50 && compared.2 > 500, "{compared:?}");
}
