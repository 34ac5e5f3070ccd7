//! Recorded bodies of the Data API.

use std::time::Duration;

use domain::Side;
use domain::{ConditionId, TokenId};
use polymarket::HistoryRange;
use polymarket::UpstreamErrorKind;
use polymarket::data::{
    DataClient, PricesQuery, ResolutionScope, ResolutionSource, ResolutionStatus, SettlementBasis,
    TradesQuery,
};
use rust_decimal::dec;

use super::{recorded, root};
use crate::fake::Fake;

const HELD: &str = "0x94ad92377199e93e51512d57cc5d5c8e360cad52ff1559ebe190e94530464f6b";

async fn client_of(body: Vec<u8>) -> DataClient {
    DataClient::new(Fake::says(String::from_utf8(body).unwrap()).await.upstream())
}

fn condition(text: &str) -> ConditionId {
    ConditionId::parse(text).unwrap()
}

#[tokio::test]
async fn trades() {
    let Some(body) = recorded("data-v2/trades.json") else { return };
    let page = client_of(body).await.trades(&TradesQuery::default()).await.unwrap();
    assert!(page.rows.rejected.is_empty() && page.rows.issues.is_empty(), "{page:?}");
    assert!(page.rows.unknown_keys.is_empty(), "{:?}", page.rows.unknown_keys);
    assert!(page.has_more && page.next_cursor.unwrap().starts_with("eyJkYXRhIjp7"));
    let [first, second] = page.rows.rows.as_slice() else { panic!("two rows") };
    assert_eq!(first.wallet.as_str(), "0x379a410a36c101e3b8dfb6c90d1176eb0def4b1a");
    assert_eq!((first.side, first.shares), (Side::Buy, dec!(22.84)));
    assert_eq!((first.price.decimal(), first.traded_at.timestamp()), (dec!(0.52), 1_789_381_477));
    assert_eq!((first.outcome.as_deref(), first.outcome_index), (Some("Yes"), None));
    assert_eq!(
        (first.is_combo, first.event_slug.as_ref(), first.bio.as_ref()),
        (false, None, None)
    );
    assert_eq!(
        (first.name.as_deref(), first.pseudonym.as_deref()),
        (Some("jaboobelite"), Some("Scary-Barrel"),)
    );
    assert_eq!(first.token_id.as_str().len(), 78);
    assert_eq!(
        first.transaction_hash.as_ref().unwrap().as_str(),
        "0x7958c0638f1b7ab12d0e3c762a6a2d3fe98edb3f748d0bcbe12adae1a67e58a8"
    );
    assert_eq!((second.shares, second.bio.as_deref()), (dec!(5), Some("grandmaster fiora")));
    assert!(second.profile_image.is_some() && second.icon.is_none());
}

#[tokio::test]
async fn holders() {
    let Some(body) = recorded("data-v2/holders.json") else { return };
    let page = client_of(body).await.holders(&condition(HELD), 2).await.unwrap();
    assert!(page.rows.rejected.is_empty() && page.rows.issues.is_empty(), "{page:?}");
    assert!(page.rows.unknown_keys.is_empty(), "{:?}", page.rows.unknown_keys);
    assert_eq!((page.rows.rows.len(), page.has_more, page.next_cursor), (4, true, None));
    let shares: Vec<_> = page.rows.rows.iter().map(|row| row.shares).collect();
    assert_eq!(shares, [dec!(784.38), dec!(370), dec!(894.775228), dec!(482.278023)]);
    let third = &page.rows.rows[2];
    assert_eq!((third.outcome_index, third.name.as_ref()), (Some(1), None));
    assert_eq!((third.shows_name, third.verified), (Some(false), Some(false)));
    assert!(page.rows.rows.iter().all(|row| row.economics.is_none()));

    let Some(body) = recorded("data-v2/holders_pnl.json") else { return };
    let page = client_of(body).await.holders_with_economics(&condition(HELD), 2).await.unwrap();
    assert!(page.rows.rejected.is_empty() && page.rows.unknown_keys.is_empty(), "{page:?}");
    let first = page.rows.rows[0].economics.unwrap();
    assert_eq!(first.avg_price.unwrap(), dec!(0.9142));
    assert_eq!(first.entry_cost.unwrap().decimal(), dec!(714.9412));
    assert_eq!(first.current_value.unwrap().decimal(), dec!(737.3172));
    assert_eq!(first.unrealized, first.total);
}

#[tokio::test]
async fn open_interest() {
    let Some(body) = recorded("data-v2/open_interest.json") else { return };
    let rows = client_of(body).await.open_interest(&[condition(HELD)]).await.unwrap().value;
    assert_eq!((rows.rows.len(), rows.rejected.len()), (1, 0));
    assert_eq!(rows.rows[0].value.decimal(), dec!(3356.035556));
    let Some(body) = recorded("data-v2/open_interest_global.json") else { return };
    let all = client_of(body).await.open_interest_of_all().await.unwrap().value;
    assert_eq!(all.decimal(), dec!(359030965.466658));
}

#[tokio::test]
async fn resolutions() {
    let Some(body) = recorded("data-v2/resolutions.json") else { return };
    let id = condition("0x789f0872f66cfffd21a33020e5c90e11f95f947e03be77ac2df7e86b0cb71527");
    let scope = ResolutionScope::Markets(vec![id.clone()]);
    let rows = client_of(body).await.resolutions(&scope).await.unwrap().value;
    assert!(rows.rejected.is_empty() && rows.issues.is_empty(), "{rows:?}");
    assert!(rows.unknown_keys.is_empty(), "{:?}", rows.unknown_keys);
    let row = &rows.rows[0];
    assert_eq!((row.condition_id.as_ref(), &row.status), (Some(&id), &ResolutionStatus::Resolved));
    assert_eq!(row.payouts_micro.as_deref(), Some(&[1_000_000, 0][..]));
    assert_eq!(row.payout(0).unwrap().decimal(), dec!(1));
    assert_eq!(
        (row.source.as_ref(), row.reporter.as_ref()),
        (Some(&ResolutionSource::Reported), None)
    );
    assert_eq!((row.resolved_at, row.resolved_block), (row.updated_at, Some(93_522_484)));
    assert_eq!(row.resolved_at.unwrap().to_rfc3339(), "2026-09-09T21:19:19+00:00");
    assert_eq!((row.transaction_hash.as_ref(), row.log_index), (None, None));

    let Some(body) = recorded("data-v2/resolutions_pending.json") else { return };
    let ids = [
        "0x2458f124d8c37c68c7b0119078c5a8ba70beb840dcd90ee1aeca63c88abebbfd",
        "0x01579d0b4d0648c373ccf83cf1619ede0483f1e8919b4b76fe79a13e2ac2dddd",
    ];
    let scope = ResolutionScope::Markets(ids.map(condition).to_vec());
    let rows = client_of(body).await.resolutions(&scope).await.unwrap().value;
    assert!(rows.rejected.is_empty() && rows.issues.is_empty(), "{rows:?}");
    let [disputed, proposed] = rows.rows.as_slice() else { panic!("two rows") };
    assert_eq!(
        (&disputed.status, disputed.was_disputed),
        (&ResolutionStatus::Disputed, Some(true))
    );
    assert_eq!(disputed.proposed_price.unwrap().decimal(), dec!(1));
    assert_eq!(disputed.reproposed_price.unwrap().decimal(), dec!(0.5));
    assert_eq!((disputed.settled_price, disputed.payouts_micro.as_ref()), (None, None));
    assert_eq!(disputed.settlement_basis, Some(SettlementBasis::Vote));
    assert_eq!((disputed.log_index, disputed.was_arbitrated), (Some(602), None));
    assert_eq!(disputed.updated_at.unwrap().timestamp(), 1_790_649_809);
    assert_eq!(proposed.status, ResolutionStatus::Proposed);
    assert_eq!((proposed.reproposed_price, proposed.rules_updated), (None, Some(true)));
    let estimate = proposed.expected_settlement_at.unwrap();
    assert_eq!(estimate.to_rfc3339(), "2026-09-29T19:50:27+00:00");
}

#[tokio::test]
async fn price_history() {
    let Some(body) = recorded("data-v2/prices_history.json") else { return };
    // Recorded with `limit=2`: the next page, which nobody recorded, is the end here.
    let first = String::from_utf8(body).unwrap();
    let fake = Fake::serve(move |number, _| match number {
        0 => crate::fake::json(first.clone()),
        _ => crate::fake::json(r#"{"data":[],"pagination":{"has_more":false}}"#),
    })
    .await;
    let token = TokenId::parse("7").unwrap();
    let client = DataClient::new(fake.upstream());
    let query = PricesQuery::last(HistoryRange::Day);
    let points = client.prices_history(&token, query).await.unwrap().value;
    assert_eq!((points.rows.len(), points.rejected.len(), fake.asked().len()), (2, 0, 2));
    assert_eq!(points.rows[1].at.timestamp(), 1_789_295_160);
    assert_eq!(points.rows[1].bucket_seconds, Some(60));
    assert_eq!(points.rows[1].price.decimal(), dec!(0.34));
}

#[tokio::test]
async fn status() {
    let Some(body) = recorded("data-v2/status.json") else { return };
    let status = client_of(body).await.status().await.unwrap();
    assert_eq!(status.computed_at.unwrap().to_rfc3339(), "2026-09-14T10:24:36+00:00");
    assert_eq!(status.age, Some(Duration::from_secs(24)));
    assert_eq!(status.serving_lag, Some(Duration::from_secs(4)));
    assert_eq!(status.worst.as_deref(), Some("activity_feed"));
    assert_eq!(status.age_of("activity_feed"), Some(Duration::from_secs(4)));
    assert_eq!(status.mechanisms[1].blocks_behind, Some(833));
    assert_eq!((status.streams, status.max_synced_block), (Some(148), Some(93_784_295)));
    assert_eq!((status.lagging.len(), status.lagging[0].blocks_behind), (5, Some(1)));
}

/// Bodies of routes that have no client here do no harm when they come where others were expected.
#[tokio::test]
async fn bodies_of_other_routes_are_quarantined_and_never_fatal() {
    let Ok(files) = std::fs::read_dir(root().join("data-v2")) else {
        println!("SKIPPED: data-v2 is absent; set CASCADIAN_RECORDED_DATA");
        return;
    };
    let names = files.map(|file| file.unwrap().file_name().into_string().unwrap());
    let mut bodies: Vec<_> =
        names.filter_map(|name| name.strip_suffix(".json").map(str::to_owned)).collect();
    bodies.sort();
    assert!(bodies.len() >= 30, "{bodies:?}");
    for name in bodies {
        let Some(body) = recorded(&format!("data-v2/{name}.json")) else { return };
        let client = client_of(body).await;
        let fate = match client.trades(&TradesQuery::default()).await {
            Ok(page) => format!(
                "{} of {} rows are trades, {} new keys",
                page.rows.rows.len(),
                page.rows.raw_rows,
                page.rows.unknown_keys.len()
            ),
            Err(error) => {
                assert!(matches!(error.kind, UpstreamErrorKind::Malformed(_)), "{name}: {error}");
                "no list".to_owned()
            }
        };
        println!("{name}: {fate}");
        let held = client.holders(&condition(HELD), 2).await.map_or(0, |page| page.rows.rows.len());
        assert_eq!(held > 0, name.starts_with("holders"), "{name}");
        let _ = client.open_interest(&[condition(HELD)]).await;
        let _ = client.status().await;
        let scope = ResolutionScope::Markets(vec![condition(HELD)]);
        let resolved = client.resolutions(&scope).await.map_or(0, |answer| answer.value.rows.len());
        assert_eq!(resolved, 0, "{name}");
    }
}
