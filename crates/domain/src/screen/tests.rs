//! Screens survive their URLs, and mistakes are named.

use proptest::prelude::*;

use super::*;
use crate::analytics::Window;

fn fields(pairs: &[(&str, &str)]) -> Vec<String> {
    let invalid = Screen::from_pairs(pairs.iter().copied()).unwrap_err();
    invalid.into_iter().map(|invalid| invalid.field).collect()
}

#[test]
fn nothing_asked_is_the_default() {
    assert_eq!(Screen::from_pairs([("", ""); 0]).unwrap(), Screen::default());
    assert_eq!(Screen::default().to_pairs(), []);
}

#[test]
fn every_bad_parameter_is_named() {
    let bad = [("category", "sport"), ("price_max", "52"), ("status", "live"), ("sort", "vol")];
    assert_eq!(fields(&bad), ["category", "status", "price_max", "sort"]);
    assert_eq!(fields(&[("price_min", "0.9"), ("price_max", "0.1")]), ["price_min"]);
    assert_eq!(fields(&[("sort", "relevance")]), ["sort"]);
    assert_eq!(fields(&[("sort", "price,-price")]), ["sort"]);
    assert_eq!(fields(&[("ends_after", "tomorrow")]), ["ends_after"]);
    assert_eq!(fields(&[("q", &"x".repeat(201))]), ["q"]);
    assert_eq!(fields(&[("utm_source", "x")]), ["utm_source"]);
}

#[test]
fn the_source_documents_query_is_understood() {
    let pairs = [("category", "Sports"), ("volume_min", "10000"), ("active", "true")];
    let screen = Screen::from_pairs(pairs).unwrap();
    assert_eq!(screen.categories, [Some(Category::Sports)]);
    let volume = Range { column: RangeColumn::Volume24h, min: Some(10_000.0), max: None };
    assert_eq!(screen.ranges, [volume]);
    assert_eq!(screen.active, Some(true));
}

#[test]
fn the_tapes_columns_have_names_of_their_own() {
    let mut names: Vec<_> = SortColumn::ALL.iter().map(|column| column.slug()).collect();
    let all = names.len();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), all);
    assert_eq!(TapeColumn::ALL.len(), 43);
    let pairs =
        [("trades_10m_min", "5"), ("taker_flow_24h_max", "-2.5"), ("sort", "-taker_volume_1h")];
    let screen = Screen::from_pairs(pairs).unwrap();
    let column = |figure, window| TapeColumn::new(figure, window).unwrap();
    let trades = column(TapeFigure::Trades, Window::TenMinutes);
    let flow = column(TapeFigure::Flow, Window::Day);
    let range = |column, min, max| Range { column: RangeColumn::Tape(column), min, max };
    assert_eq!(screen.ranges, [range(trades, Some(5.0), None), range(flow, None, Some(-2.5))]);
    let volume = SortColumn::Tape(column(TapeFigure::Volume, Window::Hour));
    assert_eq!(screen.sort, [Sort { column: volume, descending: true }]);
    // Upstream tells these, so that there is one column of each name.
    assert_eq!(SortColumn::parse("change_1h"), Some(SortColumn::Change1h));
    assert_eq!(SortColumn::parse("change_24h"), Some(SortColumn::Change24h));
    assert_eq!(fields(&[("trades_7d_min", "1")]), ["trades_7d_min"]);
    assert_eq!(fields(&[("trades_1h_min", "-1")]), ["trades_1h_min"]);
}

#[test]
fn the_closed_flag_alone_asks_for_closed_markets() {
    let screen = Screen::from_pairs([("closed", "true")]).unwrap();
    assert_eq!((screen.status, screen.closed), (None, Some(true)));
}

fn subset<T: Clone + std::fmt::Debug + 'static>(
    all: &[T],
) -> impl Strategy<Value = Vec<T>> + use<T> {
    prop::sample::subsequence(all.to_vec(), 0..=all.len())
}

prop_compose! {
    fn screens()(
        search in prop::option::of("[a-z]{1,12}( [a-z]{1,6})?"),
        categories in subset(&Category::ALL.map(Some)),
        tags in prop::collection::vec("[a-z]{1,8}(-[a-z]{1,4})?", 0..3),
        status in prop::option::of(prop::sample::select(MarketStatus::ALL.to_vec())),
        active in any::<Option<bool>>(),
        columns in subset(RangeColumn::ALL),
        min in 0u32..50, max in 50u32..=100,
        closes in subset(Closes::ALL),
        traits in subset(Trait::ALL),
        mut sort in prop::sample::subsequence(SortColumn::ALL.to_vec(), 0..=MAX_SORTS),
        descending in any::<bool>(),
        seconds in prop::option::of(0i64..4_000_000_000),
    ) -> Screen {
        if search.is_none() {
            sort.retain(|column| *column != SortColumn::Relevance);
        }
        Screen {
            search, categories, tags, status, active, closes, traits,
            closed: None,
            ranges: columns.into_iter().map(|column| Range {
                column, min: Some(f64::from(min) / 100.0), max: Some(f64::from(max) / 100.0),
            }).collect(),
            ends_after: seconds.and_then(|s| DateTime::from_timestamp(s, 0)),
            ends_before: None,
            sort: sort.into_iter().map(|column| Sort { column, descending }).collect(),
        }
    }
}

proptest! {
    #[test]
    fn a_screen_survives_its_url(screen in screens()) {
        prop_assert_eq!(Screen::from_pairs(screen.to_pairs()).unwrap(), screen);
    }

    #[test]
    fn any_text_is_read_or_refused(name in "[a-z_]{1,12}", value in ".{0,40}") {
        // The point is that nothing panics.
        let _ = Screen::from_pairs([(name, value)]);
    }
}
