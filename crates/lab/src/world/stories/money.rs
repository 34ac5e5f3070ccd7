//! Crypto, economy and finance.

use chrono::{DateTime, TimeDelta, Utc};

use super::assets::{Asset, COINS, Prices, round_step, shares};
use super::draft::{Claim, Draft, MarketDraft, Number, Resolution, Series, Shape, intervals};
use super::{Scene, date, day, owned};
use crate::world::belief::{Reach, Toward};
use crate::world::category::Category;
use crate::world::names::{COMPANIES, COUNTRIES};

/// Ids of the series of recurring crypto events: one a coin and kind.
const WINDOWS: u64 = 900_100;
const STRIKES: u64 = 900_110;
const HITS: u64 = 900_140;
const RANGES: u64 = 900_170;
/// And of other recurring ones: one a company or country.
const CLOSES: u64 = 900_400;
const EARNINGS: u64 = 900_500;
const RATES: u64 = 900_600;
const INFLATION: u64 = 900_650;

/// Whether a coin ends the window no lower than where it began; one event a window, resolved by a
/// price feed.
pub(crate) fn up_or_down(
    prices: Prices,
    coin: &Asset,
    starts: DateTime<Utc>,
    length: TimeDelta,
) -> Draft {
    let ends = starts + length;
    let title = format!(
        "{} Up or Down - {}, {}-{} UTC",
        coin.name,
        day(starts),
        starts.format("%H:%M"),
        ends.format("%H:%M")
    );
    let rules = format!(
        "This market resolves to \"Up\" if the {} price at the end of the window is at or above \
         the price at its start, and to \"Down\" otherwise. Both are 60-second averages of the \
         feed named in the title.",
        coin.name
    );
    let tags = ["crypto", "crypto-prices", "recurring", "up-or-down", coin.tag];
    let mut draft = Draft::new(Category::Crypto, title.clone(), rules, &tags);
    draft.handle = Some(format!("{}-up-or-down-15m-{}", coin.tag, starts.timestamp()));
    draft.resolution = Resolution::Automatic;
    draft.series = Some(Series {
        id: WINDOWS + coin.number,
        slug: format!("{}-up-or-down-15m", coin.tag),
        title: format!("{} Up or Down 15m", coin.name),
        recurrence: "15m",
    });
    draft.price = Some(prices.course(coin));
    draft.starts = Some(starts);
    let outcomes = ["Up".to_owned(), "Down".to_owned()];
    let rises = Claim::Price(Reach::Rises { from_s: starts.timestamp() });
    draft.markets = vec![MarketDraft::between(title, "", outcomes, rises)];
    draft
}

pub(super) fn crypto(scene: &mut Scene) -> Draft {
    let coin = scene.dice.pick(&COINS);
    let price = scene.prices.dollars(&coin, scene.opens);
    let mut draft = match scene.dice.whole(0, 2) {
        0 => hits(scene, &coin, price),
        1 => ranges(scene, &coin, price),
        _ => strikes(scene, &coin, price),
    };
    draft.price = Some(scene.prices.course(&coin));
    draft
}

/// The series of a coin's events of one kind and recurrence.
fn coin_series(scene: &Scene, coin: &Asset, first: u64, kind: &str, title: &str) -> Series {
    let recurrence = scene.recurrence();
    let place = match recurrence {
        "daily" => 0,
        "weekly" => 10,
        _ => 20,
    };
    Series {
        id: first + place + coin.number,
        slug: format!("{}-{kind}-{recurrence}", coin.tag),
        title: format!("{} {title} {recurrence}", coin.name),
        recurrence,
    }
}

/// Prices to be touched on the way, above and below the present one.
fn hits(scene: &mut Scene, coin: &Asset, price: f64) -> Draft {
    let step = round_step(0.45 * coin.range(price, scene.days()));
    let above = scene.dice.whole(3, 7);
    let below = scene.dice.whole(2, 5);
    let by = day(scene.ends);
    let rules = format!(
        "This market resolves to \"Yes\" if a one-minute candle of {} trades at or beyond the \
         listed price between the opening of the market and {}, 11:59 PM UTC.",
        coin.name,
        date(scene.ends)
    );
    let title = format!("What price will {} hit by {by}?", coin.name);
    let tags = ["crypto", "crypto-prices", "hit-price", coin.tag];
    let mut draft = Draft::new(Category::Crypto, title, rules, &tags);
    draft.resolution = Resolution::Quick;
    draft.series = Some(coin_series(scene, coin, HITS, "hit-price", "Hit Price"));
    let up = (1..=above).rev().map(|rung| ((price / step).ceil() + rung as f64, Toward::Up));
    let down = (1..=below).map(|rung| ((price / step).floor() - rung as f64, Toward::Down));
    draft.markets = up
        .chain(down)
        .filter(|(steps, _)| *steps > 0.5)
        .map(|(steps, toward)| {
            let target = steps * step;
            let (verb, arrow) = match toward {
                Toward::Up => ("reach", '↑'),
                Toward::Down => ("dip to", '↓'),
            };
            let question = format!("Will {} {verb} {} by {by}?", coin.name, coin.quoted(target));
            let claim = Claim::Price(coin.touches(target, toward));
            MarketDraft::yes_no(question, &format!("{arrow} {}", coin.figure(target)), claim)
        })
        .collect();
    draft
}

/// Round prices around the present one, so that its standard deviation until the end spans
/// `per_sd` of them.
fn round_prices(asset: &Asset, scene: &Scene, price: f64, count: u64, per_sd: f64) -> Vec<f64> {
    let step = round_step(asset.range(price, scene.days()) / per_sd);
    let first = (price / step).round() - (count / 2) as f64;
    (0..count).map(|rung| (first + rung as f64) * step).filter(|price| *price > 0.0).collect()
}

/// Neighbouring ranges of the price at the end.
fn ranges(scene: &mut Scene, coin: &Asset, price: f64) -> Draft {
    let count = scene.dice.whole(4, 10);
    let bounds = round_prices(coin, scene, price, count, count as f64 / 4.0);
    let at = moment(scene);
    let rules = format!(
        "This market resolves to the range that holds the {} price on {}. A price on a boundary \
         counts for the lower range.",
        coin.name,
        date(scene.ends)
    );
    let title = format!("{} price on {at}?", coin.name);
    let tags = ["crypto", "crypto-prices", coin.tag];
    let mut draft = Draft::new(Category::Crypto, title, rules, &tags);
    draft.shape = Shape::Ranges;
    draft.resolution = Resolution::Automatic;
    draft.series = Some(coin_series(scene, coin, RANGES, "neg-risk", "Price"));
    draft.markets = intervals(&bounds)
        .map(|(low, high)| {
            let (label, words) = if low == f64::NEG_INFINITY {
                (format!("<{}", coin.figure(high)), format!("less than {}", coin.quoted(high)))
            } else if high == f64::INFINITY {
                (format!(">{}", coin.figure(low)), format!("greater than {}", coin.quoted(low)))
            } else {
                (
                    format!("{}-{}", coin.figure(low), coin.figure(high)),
                    format!("between {} and {}", coin.quoted(low), coin.quoted(high)),
                )
            };
            let question = format!("Will the price of {} be {words} on {at}?", coin.name);
            MarketDraft::yes_no(question, &label, Claim::Price(coin.ends((low, high))))
        })
        .collect();
    draft
}

/// Prices to be exceeded at the end.
fn strikes(scene: &mut Scene, coin: &Asset, price: f64) -> Draft {
    let count = scene.dice.whole(4, 11);
    let at = moment(scene);
    let rules = format!(
        "This market resolves to \"Yes\" if {} trades above the listed price on {}.",
        coin.name,
        date(scene.ends)
    );
    let title = format!("{} above ___ on {at}?", coin.name);
    let tags = ["crypto", "crypto-prices", coin.tag];
    let mut draft = Draft::new(Category::Crypto, title, rules, &tags);
    draft.resolution = Resolution::Automatic;
    draft.series = Some(coin_series(scene, coin, STRIKES, "multi-strikes", "Strikes"));
    draft.markets = round_prices(coin, scene, price, count, count as f64 / 4.0)
        .into_iter()
        .map(|strike| {
            let question = format!(
                "Will the price of {} be above {} on {at}?",
                coin.name,
                coin.quoted(strike)
            );
            let claim = Claim::Price(coin.ends((strike, f64::INFINITY)));
            MarketDraft::yes_no(question, &coin.figure(strike), claim)
        })
        .collect();
    draft
}

/// The day of the end, with the hour where that matters.
fn moment(scene: &Scene) -> String {
    if scene.recurrence() == "daily" {
        format!("{}, {} UTC", day(scene.ends), scene.ends.format("%-I%p"))
    } else {
        day(scene.ends)
    }
}

pub(super) fn economy(scene: &mut Scene) -> Draft {
    let index = scene.dice.whole(0, COUNTRIES.len() as u64 - 1);
    let country = COUNTRIES[usize::try_from(index).unwrap_or(0)];
    if scene.dice.chance(0.5) {
        return policy_rate(scene, country, RATES + index);
    }
    // Each country has its own.
    let first = 1.0 + (index * 11 % 37) as f64 / 10.0;
    let rungs: Vec<(f64, String)> = (0..6_u8)
        .map(|rung| first + f64::from(rung) / 10.0)
        .map(|rung| (rung - 0.05, format!("{rung:.1}%")))
        .collect();
    let rules = format!(
        "This market resolves to \"Yes\" if the annual inflation published by the statistics \
         office of {country} by {} is at or above the listed figure.",
        date(scene.ends)
    );
    let month = scene.ends.format("%B").to_string();
    let title = format!("{country} annual inflation in {month}?");
    let number = Number { mean: first + scene.dice.between(0.1, 0.4), sd: 0.17 };
    let mut draft = Draft::new(Category::Economy, title, rules, &["economy", "inflation"]).ladder(
        number,
        &rungs,
        |rung| format!("Will annual inflation in {country} be {rung} or more in {month}?"),
    );
    draft.series = Some(Series {
        id: INFLATION + index,
        slug: format!("{}-inflation", crate::world::names::slug(country)),
        title: format!("{country} inflation"),
        recurrence: "monthly",
    });
    draft
}

/// What a central bank decides, in basis points.
fn policy_rate(scene: &mut Scene, country: &str, series: u64) -> Draft {
    let labels =
        owned(vec!["50+ bps decrease", "25 bps decrease", "No change", "25+ bps increase"]);
    let rules = format!(
        "This market resolves to the change of the policy rate that the central bank of {country} \
         announces at its meeting of {}.",
        date(scene.ends)
    );
    let month = scene.ends.format("%B").to_string();
    let title = format!("{country} central bank decision in {month}?");
    let number = Number { mean: scene.dice.between(-32.0, 12.0), sd: 14.0 };
    let mut draft = Draft::new(Category::Economy, title, rules, &["economy", "economic-policy"])
        .one_range(number, &[-37.5, -12.5, 12.5], &labels, |choice| {
            format!("{choice} in {country} interest rates after the {month} meeting?")
        });
    draft.series = Some(Series {
        id: series,
        slug: format!("{}-rates", crate::world::names::slug(country)),
        title: format!("{country} policy rate"),
        recurrence: "monthly",
    });
    draft
}

pub(super) fn finance(scene: &mut Scene) -> Draft {
    let index = scene.dice.whole(0, COMPANIES.len() as u64 - 1);
    let share = shares(usize::try_from(index).unwrap_or(0));
    match scene.dice.whole(0, 3) {
        0 => earnings(scene, share.name, EARNINGS + index),
        1 | 2 => closes(scene, &share, CLOSES + index),
        _ => {
            let companies = owned(scene.dice.sample(&COMPANIES, 9));
            let rules = format!(
                "This market resolves to the first of the listed companies whose shares trade \
                 publicly by {}.",
                date(scene.ends)
            );
            let title = format!("Next company to go public by {}?", day(scene.ends));
            let tags = ["finance", "ipos", "business"];
            Draft::new(Category::Finance, title, rules, &tags).one_of(
                scene.dice,
                &companies,
                0.15,
                |name| format!("Will {name} be the next company to go public?"),
            )
        }
    }
}

fn earnings(scene: &mut Scene, company: &str, series: u64) -> Draft {
    let title = format!("Will {company} beat quarterly earnings?");
    let rules = format!(
        "This market resolves to \"Yes\" if {company} reports earnings per share above the \
         consensus estimate in the report due by {}.",
        date(scene.ends)
    );
    let logit = scene.dice.between(-0.5, 2.0);
    let mut draft = Draft::new(Category::Finance, title, rules, &["finance", "earnings", "stocks"])
        .single(Claim::Fact { logit });
    draft.series = Some(Series {
        id: series,
        slug: format!("{}-earnings", crate::world::names::slug(company)),
        title: format!("{company} earnings"),
        recurrence: "quarterly",
    });
    draft
}

/// Share prices to be exceeded at the end.
fn closes(scene: &mut Scene, share: &Asset, series: u64) -> Draft {
    let price = scene.prices.dollars(share, scene.opens);
    let count = scene.dice.whole(4, 8);
    let on = day(scene.ends);
    let rules = format!(
        "This market resolves to \"Yes\" if the closing price of {} on {} is above the listed \
         price.",
        share.name,
        date(scene.ends)
    );
    let title = format!("{} closes above ___ on {on}?", share.name);
    let mut draft = Draft::new(Category::Finance, title, rules, &["finance", "stocks"]);
    draft.resolution = Resolution::Automatic;
    draft.price = Some(scene.prices.course(share));
    draft.series = Some(Series {
        id: series,
        slug: format!("{}-multi-strikes", crate::world::names::slug(share.name)),
        title: format!("{} closes above", share.name),
        recurrence: "weekly",
    });
    draft.markets = round_prices(share, scene, price, count, count as f64 / 4.0)
        .into_iter()
        .map(|strike| {
            let label = share.quoted(strike);
            let question = format!("Will {} close above {label} on {on}?", share.name);
            let claim = Claim::Price(share.ends((strike, f64::INFINITY)));
            MarketDraft::yes_no(question, &label, claim)
        })
        .collect();
    draft
}
