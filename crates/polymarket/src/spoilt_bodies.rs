//! No body makes a decoder panic, or lose a row without saying so.

use std::collections::HashSet;

use domain::TokenId;
use proptest::prelude::*;
use proptest::sample::Index;

use crate::clob::{ClobMarket, HistoryQuery};
use crate::history::{HistoryRange, PricePoint};
use crate::rows::{Row, Rows};
use crate::{clob, data, gamma, user_pnl};

const BODIES: [&str; 10] = [
    r#"{"data":[{"proxy_wallet":"0x379a410a36c101e3b8dfb6c90d1176eb0def4b1a","side":"BUY","token_id":"10756",
      "condition_id":"0x571aafcdc9d3549ac260d5f956adc4ae57d9ace63575abd99db58ba0130e9fcf","size":22.84,"price":0.52,
      "timestamp":1789381477,"title":"Will it?","slug":"it","outcome_index":999,"transaction_hash":""},{"side":"SELL"}],
      "pagination":{"limit":2,"offset":0,"has_more":true,"next_cursor":"eyJk"}}"#,
    r#"{"data":[{"token_id":"663","holders":[{"proxy_wallet":"0x379a410a36c101e3b8dfb6c90d1176eb0def4b1a","amount":784.38,
      "outcome_index":0,"verified":false,"avg_price":0.9142,"realized_pnl":-2.5}]},null],"pagination":{"has_more":false}}"#,
    r#"{"data":[{"condition_id":"0x571aafcdc9d3549ac260d5f956adc4ae57d9ace63575abd99db58ba0130e9fcf","status":"resolved",
      "payouts":[1000000,0],"price":"69","proposed_price":"1000000000000000000","last_update_timestamp":"1790649809"}]}"#,
    r#"{"data":{"computed_at":"2026-09-14T10:24:36Z","age_seconds":24,"serving":{"lag_seconds":4,"mechanisms":
      [{"name":"pnl","age_seconds":1}]},"ingestion":{"cursors":148,"lagging":[{"source":"x","block":1,"behind_max":1}]}}}"#,
    r#"{"history":[{"t":1770476912,"p":0.225},{"t":1770476958,"p":"0.3"},{"timestamp":1770476958,"price":1,"resolution_seconds":60}]}"#,
    r#"{"market":"0x12","asset_id":"5453","timestamp":"1792173951815","bids":[{"price":"0.134","size":"5364"}],
      "asks":[{"price":"0.175","size":"100"},{"price":"0.174","size":"19.6"}],"tick_size":"0.001","neg_risk":true,
      "condition_id":"0x571aafcdc9d3549ac260d5f956adc4ae57d9ace63575abd99db58ba0130e9fcf","tokens":[{"token_id":"1"}]}"#,
    r#"{"data":[{"proxy_wallet":"0x379a410a36c101e3b8dfb6c90d1176eb0def4b1a","token_id":"561","current_size":28.09,"avg_price":0.6699,
      "type":"REDEEM","timestamp":1789381477,"size":5,"usdc_size":0,"user_id":"0x379a410a36c101e3b8dfb6c90d1176eb0def4b1a","rank":1,
      "end_date":"2026-10-08","last_event_at":0,"status":"OPEN","event_id":0,"outcome_index":999}],"pagination":{"has_more":true}}"#,
    r#"{"data":{"proxy_wallet":"0x379a410a36c101e3b8dfb6c90d1176eb0def4b1a","points":[{"timestamp":1788825600,"fees":-1061.66628,
      "deposits":null,"volume":163434.104074},{}],"trades":2746,"join_date":1784757664,"all_time_pnl":{"timestamp":1789379430,"fees":-1}}}"#,
    r#"[{"proxyWallet":"0x379a410a36c101e3b8dfb6c90d1176eb0def4b1a","asset":"561","size":28.09,"timestamp":1774966309,"type":"TRADE",
      "side":"BUY","price":0.12,"curPrice":1,"endDate":""},{"t":1790000000,"p":-2.5}]"#,
    r#"{"profiles":[{"proxyWallet":"0x379a410a36c101e3b8dfb6c90d1176eb0def4b1a","name":"a","createdAt":"2024-10-21T16:29:58Z",
      "takerTier":2,"weightedVolume":1.5},null,{"name":"b"}],"events":null,"pagination":{"hasMore":true}}"#,
];

fn all_accounted_for<T>(rows: &Rows<T>) {
    assert_eq!(rows.rows.len() + rows.rejected.len(), rows.raw_rows);
}

/// Every decoder reads it, whatever it is.
fn read(body: &[u8]) {
    data::read_for_tests(body);
    if let Ok(hits) = gamma::read_hits(body, 3) {
        all_accounted_for(&hits.rows);
    }
    if let Ok(points) = user_pnl::read(body) {
        all_accounted_for(&points);
        assert!(points.rows.is_sorted_by_key(|point| point.at));
    }
    let query = HistoryQuery::last(HistoryRange::Day);
    if let Ok(points) = query.read(body) {
        assert!(points.rows.len() + points.rejected.len() <= points.raw_rows);
        assert!(points.rows.is_sorted_by_key(|point: &PricePoint| point.at));
    }
    let wanted = HashSet::from([TokenId::parse("1").unwrap()]);
    let _ = query.read_batch(body, &wanted);
    let _ = clob::RawBook::decode_single(body, |_| true);
    let _ = ClobMarket::decode_single(body, |_| true);
    let _ = clob::TokenMarket::decode_single(body, |_| true);
    if let Ok(markets) = ClobMarket::of_catalogue(body) {
        all_accounted_for(&markets);
    }
    clob::read_for_tests(body, &wanted);
}

proptest! {
    #[test]
    fn nothing_panics_on_a_body_cut_or_changed(
        which in 0..BODIES.len(),
        end: Index,
        changes in proptest::collection::vec((any::<Index>(), any::<u8>()), 0..4),
        cut in any::<bool>(),
    ) {
        let mut body = BODIES[which].as_bytes().to_vec();
        for (at, byte) in changes {
            let at = at.index(body.len());
            body[at] = byte;
        }
        if cut {
            body.truncate(end.index(body.len()));
        }
        read(&body);
    }

    #[test]
    fn nothing_panics_on_a_value_put_in_the_place_of_another(
        which in 0..BODIES.len(),
        at: Index,
        value in prop::sample::select(vec![
            "null", "\"\"", "-1", "1e999", "69", "true", "[]", "{}", "[null]", "\"NaN\"",
            "\"\\u0000\"", "99999999999999999999999999999999999999", "[[[]]]",
        ]),
    ) {
        let body = BODIES[which];
        let colons: Vec<usize> = body.match_indices("\":").map(|(at, _)| at + 2).collect();
        let begin = colons[at.index(colons.len())];
        let rest = body.get(begin..).unwrap();
        let old = serde_json::Deserializer::from_str(rest)
            .into_iter::<&serde_json::value::RawValue>()
            .next()
            .unwrap()
            .unwrap();
        let after = rest.get(old.get().len()..).unwrap();
        read(format!("{}{value}{after}", body.get(..begin).unwrap()).as_bytes());
    }
}
