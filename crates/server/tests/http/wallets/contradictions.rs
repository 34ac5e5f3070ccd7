//! Where the venue's numbers are others than ours, both are told, with what they differ by and why.

use chrono::Utc;
use domain::Address;
use rust_decimal::Decimal;
use serde_json::Value;
use store::wallets::{
    pnl::{self, PnlPoint, PnlSource},
    positions::{self, Position},
};

use super::{Bench, number, rows};

/// A wallet whose history is whole, that holds something, and of which the venue says what we say: of its positions by
/// itself, over time because its last point is made to be of the same instant as our books.
async fn agreeing(bench: &Bench) -> Address {
    for wallet in bench.busiest(80).await.into_iter().rev() {
        bench.import(std::slice::from_ref(&wallet)).await;
        let pnl = bench.wallet(wallet.as_str(), "pnl").await["data"].clone();
        let is_agreed = |name: &str| {
            let all = pnl["reconciliation"].as_array().unwrap();
            all.iter().any(|one| one["measure"] == name && one["class"] == "none")
        };
        if pnl["totals"]["total"]["value"].is_null()
            || !["positions", "realized"].into_iter().all(is_agreed)
        {
            continue;
        }
        let reply = bench.wallet(wallet.as_str(), "positions").await;
        let is_whole = reply["metadata"]["history"]["completeness"] == "full";
        let is_told = |row: &Value| row["reconciliation"]["ours"]["value"].is_number();
        if is_whole && rows(&reply).iter().any(is_told) {
            tell_the_same(bench, &wallet, &pnl["totals"]).await;
            let pnl = bench.wallet(wallet.as_str(), "pnl").await["data"].clone();
            for name in ["after_fees", "economic", "settled"] {
                assert_eq!(measure(&pnl, name)["class"], "none", "{pnl}");
            }
            return wallet;
        }
    }
    panic!("of no wallet the venue says what we say");
}

/// Has the venue say now what our books say.
async fn tell_the_same(bench: &Bench, wallet: &Address, totals: &Value) {
    let usdc = |name: &str| Decimal::try_from(number(&totals[name]["value"])).unwrap().round_dp(6);
    let now = Utc::now();
    let same = PnlPoint {
        at: now,
        observed_at: now,
        realized_usdc: Some(usdc("realized") - usdc("fees")),
        unrealized_usdc: Some(usdc("unrealized")),
        fees_usdc: Some(-usdc("fees")),
        income_usdc: Some(usdc("income")),
        total_usdc: Some(usdc("total")),
    };
    let mut connection = bench.database.service().acquire().await.unwrap();
    pnl::record(&mut connection, wallet, PnlSource::Venue, &[same]).await.unwrap();
}

/// Puts other positions in the place of those held.
async fn rewrite(bench: &Bench, wallet: &Address, change: impl Fn(&mut Vec<Position>)) {
    let pool = bench.database.service();
    let mut all = positions::open(pool, wallet).await.unwrap();
    all.extend(positions::closed(pool, wallet, 10_000, 0).await.unwrap());
    change(&mut all);
    let mut tx = pool.begin().await.unwrap();
    positions::replace(&mut tx, wallet, &all).await.unwrap();
    tx.commit().await.unwrap();
}

fn measure(pnl: &Value, name: &str) -> Value {
    let all = pnl["reconciliation"].as_array().unwrap();
    all.iter().find(|one| one["measure"] == name).unwrap().clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn numbers_that_contradict_ours_stand_beside_them_with_the_residual_and_its_class() {
    let bench = Bench::start().await;
    let _importers = bench.importers();
    let wallet = agreeing(&bench).await;
    let address = wallet.as_str();
    let before = bench.wallet(address, "pnl").await["data"].clone();

    // The venue realised 1,000 dollars more on one token, and counts a share more of it.
    rewrite(&bench, &wallet, |all| {
        let changed = all
            .iter_mut()
            .find(|one| one.closed.is_none() && one.reported.venue_total_usdc.is_some())
            .unwrap();
        let reported = &mut changed.reported;
        for usdc in [&mut reported.venue_realized_usdc, &mut reported.venue_total_usdc] {
            *usdc = usdc.map(|usdc| usdc + Decimal::ONE_THOUSAND);
        }
        reported.venue_shares = reported.venue_shares.map(|shares| shares + Decimal::ONE);
    })
    .await;
    let after = bench.wallet(address, "pnl").await["data"].clone();
    for name in ["positions", "realized"] {
        let (was, is) = (measure(&before, name), measure(&after, name));
        assert_eq!(is["ours"], was["ours"], "ours does not follow the venue's");
        assert!((number(&is["venue"]) - number(&was["venue"]) - 1_000.0).abs() < 1e-6, "{is}");
        let residual = number(&is["residual"]["value"]);
        assert!((number(&is["ours"]["value"]) - number(&is["venue"]) - residual).abs() < 1e-5);
        assert!(residual < -900.0 && number(&is["tolerance"]) < 900.0, "{is}");
        assert_eq!(is["class"], "unclassified", "nothing that is known explains it: {is}");
        assert!(is["venue_as_of"].is_string());
    }
    assert_eq!(measure(&after, "economic"), measure(&before, "economic"), "another number");
    assert_eq!(after["totals"], before["totals"]);

    let reply = bench.wallet(address, "positions").await;
    let differing: Vec<_> = rows(&reply)
        .iter()
        .filter(|row| row["differs"].as_array().unwrap().iter().any(|name| name == "shares"))
        .collect();
    assert_eq!(differing.len(), 1, "{differing:?}");
    let (row, told) = (differing[0], &differing[0]["reconciliation"]);
    assert!((number(&row["venue"]["shares"]) - number(&row["shares"]) - 1.0).abs() < 2e-4, "{row}");
    assert_eq!(told["venue"], row["venue"]["total_usdc"]);
    assert_eq!(told["ours"]["value"], row["total_usdc"]);
    assert!(number(&told["residual"]["value"]) < -900.0 && told["class"] != "none", "{told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_residual_has_the_class_of_what_explains_it() {
    let bench = Bench::start().await;
    let _importers = bench.importers();
    let wallet = agreeing(&bench).await;
    let address = wallet.as_str();
    let pool = bench.database.service();
    let last = pnl::last(pool, &wallet, PnlSource::Venue).await.unwrap().unwrap();
    let thousand = Decimal::ONE_THOUSAND;
    // Other marks: what is not realised differs, and the total with it.
    let marked = PnlPoint {
        unrealized_usdc: last.unrealized_usdc.map(|usdc| usdc + thousand),
        total_usdc: last.total_usdc.map(|usdc| usdc + thousand),
        ..last
    };
    let mut connection = pool.acquire().await.unwrap();
    pnl::record(&mut connection, &wallet, PnlSource::Venue, &[marked]).await.unwrap();
    drop(connection);
    let pnl = bench.wallet(address, "pnl").await["data"].clone();
    assert_eq!(measure(&pnl, "economic")["class"], "mark_timing", "{pnl}");
    assert_eq!(measure(&pnl, "after_fees")["class"], "mark_timing");
    assert_eq!(measure(&pnl, "settled")["class"], "none", "it has no marks in it");

    // What our history does not explain is withheld, and the venue's number stands alone.
    rewrite(&bench, &wallet, |all| {
        let lost = all
            .iter_mut()
            .find(|one| one.closed.is_none() && one.reported.venue_total_usdc.is_some())
            .unwrap();
        lost.booked = positions::Booked::default();
        lost.doubts = vec!["not_in_history".to_owned()];
    })
    .await;
    let reply = bench.wallet(address, "positions").await;
    let lost = rows(&reply).iter().find(|row| row["shares"].is_null()).unwrap();
    assert_eq!((&lost["withheld"], &lost["total_usdc"]), (&"gap".into(), &Value::Null));
    let told = &lost["reconciliation"];
    assert_eq!((&told["ours"]["value"], &told["ours"]["withheld"]), (&Value::Null, &"gap".into()));
    assert_eq!((&told["residual"]["value"], &told["class"]), (&Value::Null, &"gap".into()));
    assert!(told["venue"].is_number() && lost["venue"]["shares"].is_number(), "{lost}");
}
