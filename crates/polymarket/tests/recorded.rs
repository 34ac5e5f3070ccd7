//! Every recorded Gamma row decodes, and the decoded figures sum to what was sent.

#![expect(clippy::print_stdout, reason = "figures and skipped files are the report of these tests")]
#![expect(clippy::unwrap_used, reason = "a broken set-up should end the test where it is")]

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::str::FromStr;

use domain::{MarketStatus, Usdc};
use flate2::read::GzDecoder;
use polymarket::fields::FieldIssue;
use polymarket::gamma::{Drift, IssueCount, Page, RowKind};
use rust_decimal::Decimal;
use serde_json::Value;

fn recorded(path: &str) -> Option<PathBuf> {
    let root = std::env::var_os("CASCADIAN_RECORDED_DATA").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data"),
        PathBuf::from,
    );
    let file = root.join(path);
    if file.exists() {
        return Some(file);
    }
    println!("SKIPPED: {} is absent; set CASCADIAN_RECORDED_DATA", file.display());
    None
}

fn decompressed(file: &Path) -> BufReader<GzDecoder<File>> {
    BufReader::new(GzDecoder::new(File::open(file).unwrap()))
}

/// What a whole file decoded to.
#[derive(Default)]
struct Decoded {
    events: usize,
    markets: usize,
    resolved: usize,
    market_volume: Decimal,
    event_volume: Decimal,
    issues: BTreeMap<(RowKind, FieldIssue), IssueCount>,
    drift: Drift,
}

impl Decoded {
    fn add(&mut self, page: Page) {
        assert!(page.rejected.is_empty(), "{:?}", page.rejected.first());
        self.events += page.events.len();
        self.markets += page.markets.len();
        self.resolved +=
            page.markets.iter().filter(|m| m.status() == MarketStatus::Resolved).count();
        let dollars = |amount: Option<Usdc>| amount.map_or(Decimal::ZERO, Usdc::decimal);
        self.market_volume += page.markets.iter().map(|m| dollars(m.volume_total)).sum::<Decimal>();
        self.event_volume += page.events.iter().map(|e| dollars(e.volume_total)).sum::<Decimal>();
        for (key, issue) in page.issues {
            self.issues.entry(key).and_modify(|i| i.count += issue.count).or_insert(issue);
        }
        self.drift.merge(page.drift);
    }

    fn report(&self, name: &str) {
        println!(
            "{name}: {} events, {} markets ({} resolved), ${} traded",
            self.events, self.markets, self.resolved, self.market_volume
        );
        for ((kind, issue), count) in &self.issues {
            println!(
                "  issue: {} {} {}: {} rows, first {}",
                kind.name(),
                issue.field,
                issue.reason,
                count.count,
                count.example_id
            );
        }
        println!("  drift: {:?}", self.drift);
    }
}

/// The figures by another way: the generic JSON tree.
#[derive(Default)]
struct Expected {
    events: usize,
    markets: usize,
    market_volume: Decimal,
    event_volume: Decimal,
}

impl Expected {
    fn add_event(&mut self, event: &Value) {
        self.events += 1;
        self.event_volume += number(&event["volume"]);
        event["markets"].as_array().into_iter().flatten().for_each(|m| self.add_market(m));
    }

    fn add_market(&mut self, market: &Value) {
        self.markets += 1;
        self.market_volume += number(&market["volume"]);
    }

    fn check(&self, decoded: &Decoded) {
        assert_eq!((decoded.events, decoded.markets), (self.events, self.markets));
        // Each amount is rounded to a millionth of a dollar.
        let tolerance = |rows: usize| Decimal::new(5, 7) * Decimal::from(rows);
        let differs = (decoded.market_volume - self.market_volume).abs();
        assert!(differs <= tolerance(self.markets), "markets differ by {differs}");
        let differs = (decoded.event_volume - self.event_volume).abs();
        assert!(differs <= tolerance(self.events), "events differ by {differs}");
        assert!(self.market_volume > Decimal::ZERO);
    }
}

fn number(value: &Value) -> Decimal {
    let text = match value {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        _ => return Decimal::ZERO,
    };
    Decimal::from_str(&text).or_else(|_| Decimal::from_scientific(&text)).unwrap()
}

fn check_events(path: &str) {
    let Some(file) = recorded(path) else { return };
    let lines: Vec<String> = decompressed(&file).lines().map(Result::unwrap).collect();
    let (mut decoded, mut expected) = (Decoded::default(), Expected::default());
    for page in lines.chunks(100) {
        let body = format!(r#"{{"events":[{}],"next_cursor":"x"}}"#, page.join(","));
        decoded.add(Page::of_events(body.as_bytes()).unwrap());
        for line in page {
            expected.add_event(&serde_json::from_str(line).unwrap());
        }
    }
    decoded.report(path);
    expected.check(&decoded);
    assert!(decoded.drift.is_empty(), "{:?}", decoded.drift);
}

#[test]
fn events_of_2024() {
    check_events("gamma-2024/events.ndjson.gz");
}

#[test]
fn events_of_2022() {
    check_events("gamma-2022/events.ndjson.gz");
}

#[test]
fn bodies_of_2026() {
    for name in ["markets-600", "markets-open-200", "markets-open-100", "markets-oldest-500"] {
        let path = format!("gamma-2026/{name}.json.gz");
        let Some(file) = recorded(&path) else { return };
        let mut body = Vec::new();
        decompressed(&file).read_to_end(&mut body).unwrap();
        let whole: Value = serde_json::from_slice(&body).unwrap();
        let rows = whole.get("markets").unwrap_or(&whole);
        let (mut decoded, mut expected) = (Decoded::default(), Expected::default());
        let page = Page::of_market_rows(rows.to_string().as_bytes()).unwrap();
        let orphans = page.markets.iter().filter(|m| m.event_id.is_none()).count();
        assert!(orphans <= 2, "{name}: two rows were recorded without an event, not {orphans}");
        assert!(page.events.is_empty() && !page.slim_events.is_empty());
        decoded.add(page);
        rows.as_array().unwrap().iter().for_each(|row| expected.add_market(row));
        decoded.report(&path);
        expected.check(&decoded);
        assert!(decoded.drift.is_empty(), "{:?}", decoded.drift);
    }
    for name in ["event-1", "events-10"] {
        let path = format!("gamma-2026/{name}.json.gz");
        let Some(file) = recorded(&path) else { return };
        let mut body = Vec::new();
        decompressed(&file).read_to_end(&mut body).unwrap();
        let mut decoded = Decoded::default();
        decoded.add(Page::of_event_rows(&body).unwrap());
        decoded.report(&path);
        assert!(decoded.events > 0 && decoded.markets > 0);
    }
}

#[test]
fn an_event_of_october_2026_is_mapped_field_by_field() {
    let Some(file) = recorded("one-market-2026-10/gamma_event.json") else { return };
    let page = Page::of_event_rows(&std::fs::read(file).unwrap()).unwrap();
    assert!(page.rejected.is_empty() && page.issues.is_empty() && page.drift.is_empty());
    let event = &page.events[0];
    assert_eq!(event.event_id.as_str(), "30829");
    assert!(event.neg_risk && event.neg_risk_augmented && !event.closed);
    assert_eq!(event.volume_total.unwrap().to_string(), "1294574707.489875");
    assert!(event.tags.iter().any(|tag| tag.slug == "politics"), "{:?}", event.tags);
    assert_eq!(event.category, Some(domain::Category::Politics));
    let market = &page.markets[0];
    assert_eq!(market.market_id.as_str(), "559652");
    assert_eq!(market.event_id.as_ref(), Some(&event.event_id));
    assert_eq!(market.category, event.category);
    assert_eq!(market.group_title.as_deref(), Some("Gavin Newsom"));
    assert_eq!(market.outcomes[0].label, "Yes");
    assert_eq!(market.outcomes[1].price.unwrap().to_string(), "0.8455");
    assert_eq!(market.outcomes[0].token_id.as_ref().unwrap().as_str().len(), 77);
    assert_eq!(market.volume_total.unwrap().to_string(), "27987344.821055");
    assert_eq!(market.volume_24h.unwrap().to_string(), "2489.207124");
    assert_eq!(market.change_24h, None, "absent is not zero");
    assert!(market.has_rewards() && market.neg_risk && market.accepting_orders);
    for mapped in ["volume", "question", "events", "clobTokenIds", "twitterCardImage", "updatedAt"]
    {
        assert!(!market.extra.contains_key(mapped), "{mapped}");
    }
    assert_eq!(market.extra["oneYearPriceChange"], serde_json::json!(-0.1955));
    assert!(market.extra.contains_key("clobRewards"));
}
