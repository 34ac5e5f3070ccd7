//! What the markets of one event say together.
//!
//! Where they exclude each other their prices are chances of one question, and should sum to one. They
//! sum to more or less by spreads, by staleness, and because the list may leave something out.

use std::cmp::Reverse;

use rust_decimal::Decimal;

use crate::{Event, FeeSchedule, Market, MarketId, MarketStatus, Price, Usdc};

/// One market of an event, as far as the event's distribution is concerned. All prices are of outcome 0.
#[derive(Debug, Clone, PartialEq)]
pub struct Contender {
    /// The market.
    pub market_id: MarketId,
    /// The displayed price.
    pub price: Option<Price>,
    /// The best bid.
    pub best_bid: Option<Price>,
    /// The best ask.
    pub best_ask: Option<Price>,
    /// What takers pay; `None` unknown.
    pub fee: Option<FeeSchedule>,
    /// Where the market stands.
    pub standing: Standing,
}

/// Where one market of an event stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Standing {
    /// It is about something that is named and open.
    Open,
    /// Kept for a name that is yet to be given.
    Placeholder,
    /// What is not named, which becomes less as names are given.
    Other,
    /// Closed, and finally not the answer.
    Lost,
    /// Closed otherwise.
    Closed,
}

impl Contender {
    /// Reads the rows of Gamma. Their best prices lag; set those of live books where there are any.
    pub fn of(event: &Event, market: &Market) -> Self {
        let standing = match market.status() {
            MarketStatus::Resolved
                if market
                    .resolution()
                    .is_some_and(|end| end.outcome_index.is_some_and(|i| i != 0)) =>
            {
                Standing::Lost
            }
            MarketStatus::Resolved | MarketStatus::Closed => Standing::Closed,
            // Without augmentation nobody moves from Other to a name of their own.
            MarketStatus::Open if event.neg_risk_augmented && market.neg_risk_other => {
                Standing::Other
            }
            // Upstream calls everything active, even what is long closed, but for places without a name.
            MarketStatus::Open if event.neg_risk_augmented && !market.active => {
                Standing::Placeholder
            }
            MarketStatus::Open => Standing::Open,
        };
        Self {
            market_id: market.market_id.clone(),
            price: market.price(),
            best_bid: market.best_bid,
            best_ask: market.best_ask,
            fee: market.fee_schedule(),
            standing,
        }
    }
}

/// Why a market is not part of the distribution.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Exclusion {
    /// It has no name yet.
    Placeholder,
    /// It is whatever the others are not, and changes with them.
    Other,
    /// It does not trade any more.
    Closed,
    /// It has no price.
    NoPrice,
}

impl Exclusion {
    /// The stable name.
    pub fn slug(self) -> &'static str {
        match self {
            Self::Placeholder => "placeholder",
            Self::Other => "other",
            Self::Closed => "closed",
            Self::NoPrice => "no_price",
        }
    }
}

/// One outcome of the event.
#[derive(Debug, Clone, PartialEq)]
pub struct Chance {
    /// The market.
    pub market_id: MarketId,
    /// Its displayed price.
    pub price: Price,
    /// price / Σ prices: its chance, given that one of those listed happens. `None` where the markets do
    /// not exclude each other, or there are fewer than two.
    pub coherent: Option<f64>,
}

/// What the markets of an event say together.
#[derive(Debug, Clone, PartialEq)]
pub struct Distribution {
    /// At most one of the markets comes true.
    pub exclusive: bool,
    /// Σ prices of the outcomes listed.
    pub raw_sum: Decimal,
    /// The outcomes, likeliest first.
    pub outcomes: Vec<Chance>,
    /// What is left out, in the order given.
    pub excluded: Vec<(MarketId, Exclusion)>,
    /// What a share of every outcome costs: Σ (best ask + fee). One of them pays a dollar, so less than
    /// one is a profit, for whoever is sure that the list has the answer: exclusive is not exhaustive.
    /// `None` where the markets do not exclude each other, where an ask or a fee is missing, or where
    /// anything but certain losers is left out, because the rest is no complete set then.
    pub buy_all_cost: Option<Usdc>,
    /// What a share of every outcome that is bid for sells for: Σ (best bid − fee). At most one of them
    /// takes a dollar back, so more than one is a profit, complete or not. `None` where the markets do
    /// not exclude each other, where nothing is bid, or where a fee is missing.
    pub sell_all_value: Option<Usdc>,
}

impl Distribution {
    /// `None` for an event without markets.
    pub fn of(exclusive: bool, contenders: &[Contender]) -> Option<Self> {
        if contenders.is_empty() {
            return None;
        }
        let mut listed = Vec::new();
        let mut excluded = Vec::new();
        for contender in contenders {
            match (exclusion(contender), contender.price) {
                (None, Some(price)) => listed.push((contender, price)),
                (None, None) => excluded.push((contender.market_id.clone(), Exclusion::NoPrice)),
                (Some(why), _) => excluded.push((contender.market_id.clone(), why)),
            }
        }
        let raw_sum: Decimal = listed.iter().map(|(_, price)| price.decimal()).sum();
        let is_normal = exclusive && listed.len() >= 2 && raw_sum > Decimal::ZERO;
        let coherent = |price: Price| {
            let part = is_normal.then(|| price.decimal() / raw_sum)?;
            f64::try_from(part).ok()
        };
        let mut outcomes: Vec<Chance> = listed
            .iter()
            .map(|(contender, price)| Chance {
                market_id: contender.market_id.clone(),
                price: *price,
                coherent: coherent(*price),
            })
            .collect();
        outcomes.sort_by(|one, other| {
            (Reverse(one.price), &one.market_id).cmp(&(Reverse(other.price), &other.market_id))
        });
        let is_complete = excluded.len()
            == contenders.iter().filter(|one| one.standing == Standing::Lost).count();
        let listed = || listed.iter().map(|(contender, _)| *contender);
        Some(Self {
            exclusive,
            raw_sum,
            outcomes,
            excluded,
            buy_all_cost: (exclusive && is_complete).then(|| buy_all(listed())).flatten(),
            sell_all_value: exclusive.then(|| sell_all(listed())).flatten(),
        })
    }
}

fn exclusion(contender: &Contender) -> Option<Exclusion> {
    match contender.standing {
        Standing::Open => None,
        Standing::Placeholder => Some(Exclusion::Placeholder),
        Standing::Other => Some(Exclusion::Other),
        Standing::Lost | Standing::Closed => Some(Exclusion::Closed),
    }
}

fn buy_all<'a>(contenders: impl Iterator<Item = &'a Contender>) -> Option<Usdc> {
    let mut sum = None;
    for contender in contenders {
        let ask = contender.best_ask?;
        let cost = ask.decimal() + contender.fee?.per_share(ask);
        sum = Some(sum.unwrap_or(Decimal::ZERO) + cost);
    }
    Usdc::new(sum?).ok()
}

fn sell_all<'a>(contenders: impl Iterator<Item = &'a Contender>) -> Option<Usdc> {
    let mut sum = None;
    for contender in contenders {
        // What nobody bids for is kept, and can only gain.
        let Some(bid) = contender.best_bid else { continue };
        let value = bid.decimal() - contender.fee?.per_share(bid);
        sum = Some(sum.unwrap_or(Decimal::ZERO) + value);
    }
    Usdc::new(sum?).ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rust_decimal::dec;

    use super::*;
    use crate::{EventId, market::tests::market};

    fn cents(cents: i64) -> Price {
        Price::new(Decimal::new(cents, 2)).unwrap()
    }

    /// Bid a cent below and asked a cent above its price, without a fee.
    fn contender(id: usize, price: i64) -> Contender {
        Contender {
            market_id: MarketId::parse(&id.to_string()).unwrap(),
            price: Some(cents(price)),
            best_bid: Some(cents(price - 1)),
            best_ask: Some(cents(price + 1)),
            fee: Some(FeeSchedule::FREE),
            standing: Standing::Open,
        }
    }

    fn usdc(value: Decimal) -> Option<Usdc> {
        Usdc::new(value).ok()
    }

    /// An open event whose markets exclude each other.
    fn event() -> Event {
        Event {
            event_id: EventId::parse("1").unwrap(),
            slug: "an-event".to_owned(),
            title: "An event?".to_owned(),
            description: None,
            resolution_source: None,
            category: None,
            tags: vec![],
            image: None,
            active: true,
            closed: false,
            archived: false,
            neg_risk: true,
            neg_risk_augmented: false,
            series_slug: None,
            volume_24h: None,
            volume_total: None,
            liquidity: None,
            open_interest: None,
            start_date: None,
            end_date: None,
            closed_at: None,
            created_at: None,
            upstream_updated_at: None,
            extra: serde_json::Map::new(),
        }
    }

    #[test]
    fn rows_of_gamma_say_where_a_market_stands() {
        let resolved = |yes| {
            let mut market = Market { closed: true, ..market() };
            market.outcomes[0].price = Some(cents(yes));
            market.outcomes[1].price = Some(cents(100 - yes));
            market
        };
        let augmented = Event { neg_risk_augmented: true, ..event() };
        let unnamed = Market { active: false, ..market() };
        let other = Market { neg_risk_other: true, ..market() };
        let cases = [
            (&augmented, market(), Standing::Open),
            (&augmented, unnamed.clone(), Standing::Placeholder),
            (&event(), unnamed, Standing::Open),
            (&augmented, other.clone(), Standing::Other),
            (&event(), other, Standing::Open),
            (&augmented, resolved(0), Standing::Lost),
            (&augmented, resolved(100), Standing::Closed),
            (&augmented, resolved(40), Standing::Closed),
        ];
        for (event, market, standing) in cases {
            assert_eq!(Contender::of(event, &market).standing, standing, "{market:?}");
        }
        let of = Contender::of(&event(), &market());
        assert_eq!((of.price, of.best_bid, of.fee), (Some(cents(40)), None, None));
    }

    #[test]
    fn exclusive_prices_become_chances() {
        let of = Distribution::of(true, &[contender(1, 20), contender(2, 50), contender(3, 10)]);
        let of = of.unwrap();
        assert_eq!(of.raw_sum, dec!(0.8));
        let chances: Vec<_> =
            of.outcomes.iter().map(|one| (one.market_id.as_str(), one.coherent)).collect();
        assert_eq!(chances, [("2", Some(0.625)), ("1", Some(0.25)), ("3", Some(0.125))]);
        assert_eq!(of.buy_all_cost, usdc(dec!(0.83)));
        assert_eq!(of.sell_all_value, usdc(dec!(0.77)));
        assert_eq!(of.excluded, []);
    }

    #[test]
    fn markets_that_do_not_exclude_each_other_are_only_listed() {
        let of = Distribution::of(false, &[contender(1, 70), contender(2, 60)]).unwrap();
        assert_eq!(of.raw_sum, dec!(1.3));
        assert!(of.outcomes.iter().all(|one| one.coherent.is_none()));
        assert_eq!((of.buy_all_cost, of.sell_all_value), (None, None));
        assert_eq!(Distribution::of(true, &[]), None);
    }

    #[test]
    fn what_has_no_steady_meaning_is_left_out_and_ends_the_complete_set() {
        let cases = [
            (Standing::Placeholder, Exclusion::Placeholder, None),
            (Standing::Other, Exclusion::Other, None),
            (Standing::Closed, Exclusion::Closed, None),
            (Standing::Lost, Exclusion::Closed, usdc(dec!(0.92))),
        ];
        for (standing, why, buy_all) in cases {
            let apart = Contender { standing, ..contender(3, 10) };
            let of = Distribution::of(true, &[contender(1, 40), apart, contender(2, 50)]).unwrap();
            assert_eq!(of.excluded, [(MarketId::parse("3").unwrap(), why)]);
            assert_eq!(of.raw_sum, dec!(0.9));
            assert_eq!(of.buy_all_cost, buy_all, "{standing:?}");
            assert_eq!(of.sell_all_value, usdc(dec!(0.88)), "at most one comes true all the same");
        }
        let unpriced = Contender { price: None, ..contender(3, 10) };
        let of = Distribution::of(true, &[contender(1, 40), unpriced]).unwrap();
        assert_eq!(of.excluded[0].1, Exclusion::NoPrice);
        assert_eq!(of.buy_all_cost, None);
        assert_eq!(of.outcomes[0].coherent, None, "one alone has nothing to be normalised with");
    }

    #[test]
    fn bounds_are_net_of_fees_and_unknown_where_one_is() {
        let fee = FeeSchedule::new(dec!(0.05), Decimal::ONE);
        let taxed = |id, price| Contender { fee, ..contender(id, price) };
        let of = Distribution::of(true, &[taxed(1, 49), taxed(2, 49)]).unwrap();
        assert_eq!(of.buy_all_cost, usdc(dec!(1.025)));
        assert_eq!(of.sell_all_value, usdc(dec!(0.93504)));
        let unknown = Contender { fee: None, ..contender(2, 49) };
        let of = Distribution::of(true, &[taxed(1, 49), unknown]).unwrap();
        assert_eq!((of.buy_all_cost, of.sell_all_value), (None, None));
    }

    #[test]
    fn a_missing_ask_ends_buying_all_and_a_missing_bid_only_adds_nothing() {
        let bare = Contender { best_bid: None, best_ask: None, fee: None, ..contender(2, 30) };
        let of = Distribution::of(true, &[contender(1, 40), bare.clone()]).unwrap();
        assert_eq!((of.buy_all_cost, of.sell_all_value), (None, usdc(dec!(0.39))));
        assert_eq!(Distribution::of(true, &[bare]).unwrap().sell_all_value, None);
    }

    proptest! {
        #[test]
        fn chances_sum_to_one_and_keep_the_order(prices in prop::collection::vec(1i64..99, 2..30)) {
            let all: Vec<_> = prices.iter().enumerate().map(|(id, p)| contender(id, *p)).collect();
            let of = Distribution::of(true, &all).unwrap();
            let sum: f64 = of.outcomes.iter().filter_map(|one| one.coherent).sum();
            prop_assert!((sum - 1.0).abs() < 1e-9);
            prop_assert!(of.outcomes.windows(2).all(|pair| pair[0].coherent >= pair[1].coherent));
            prop_assert!(of.sell_all_value < of.buy_all_cost);
        }
    }
}
