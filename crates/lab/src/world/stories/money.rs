//! Crypto, economy and finance.

use chrono::{DateTime, TimeDelta, Utc};

use super::{Draft, MarketDraft, Resolution, Series, date, day};
use crate::noise::Dice;
use crate::world::category::Category;
use crate::world::names::{COMPANIES, COUNTRIES};

/// A cryptocurrency of the recurring markets.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Coin {
    name: &'static str,
    tag: &'static str,
    /// Where the ladders of price targets start, in dollars.
    price: f64,
    series: u64,
}

pub(crate) const COINS: [Coin; 4] = [
    Coin { name: "Bitcoin", tag: "bitcoin", price: 100_000.0, series: 900_101 },
    Coin { name: "Ethereum", tag: "ethereum", price: 4_000.0, series: 900_102 },
    Coin { name: "Solana", tag: "solana", price: 200.0, series: 900_103 },
    Coin { name: "XRP", tag: "xrp", price: 2.5, series: 900_104 },
];

/// Whether a coin ends the window above where it began; one event a window, resolved by a price
/// feed.
pub(crate) fn up_or_down(coin: Coin, starts: DateTime<Utc>, length: TimeDelta) -> Draft {
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
         the price at its start, \
         and to \"Down\" otherwise. Both are 60-second averages of the feed named in the title.",
        coin.name
    );
    let tags = ["crypto", "crypto-prices", "recurring", "up-or-down", coin.tag];
    let mut draft = Draft::new(Category::Crypto, title.clone(), rules, &tags);
    draft.resolution = Resolution::Automatic;
    draft.series = Some(Series {
        id: coin.series,
        slug: format!("{}-up-or-down-15m", coin.tag),
        title: format!("{} Up or Down 15m", coin.name),
        recurrence: "15m",
    });
    draft.markets =
        vec![MarketDraft::between(title, "", ["Up".to_owned(), "Down".to_owned()], 0.0)];
    draft
}

pub(super) fn crypto(dice: &mut Dice, ends: DateTime<Utc>) -> Draft {
    let coin = dice.pick(&COINS);
    let tags = ["crypto", "crypto-prices", coin.tag];
    let step = coin.price * dice.pick(&[0.02, 0.05, 0.1]);
    let first = coin.price * dice.between(0.8, 1.1);
    let count = dice.whole(3, 11);
    let dollars = |amount: f64| {
        if coin.price < 10.0 { format!("${amount:.2}") } else { format!("${}", thousands(amount)) }
    };
    match dice.whole(0, 2) {
        0 => {
            let rungs: Vec<String> =
                (0..count).map(|rung| dollars(first + step * rung as f64)).collect();
            let rules = format!(
                "This market resolves to \"Yes\" if a one-minute candle of {} trades at or above \
                 the listed price before \
                 {}, 11:59 PM UTC.",
                coin.name,
                date(ends)
            );
            let title = format!("What price will {} hit by {}?", coin.name, day(ends));
            Draft::new(Category::Crypto, title, rules, &tags).ladder(dice, &rungs, |rung| {
                format!("Will {} hit {rung} by {}?", coin.name, day(ends))
            })
        }
        1 => {
            let edge = |rung: u64| dollars(first + step * rung as f64);
            let mut ranges = vec![format!("<{}", edge(0))];
            ranges.extend((0..count).map(|rung| format!("{}-{}", edge(rung), edge(rung + 1))));
            ranges.push(format!(">{}", edge(count)));
            let rules = format!(
                "This market resolves to the range that holds the {} price at noon UTC on {}. A \
                 price on a boundary \
                 counts for the higher range.",
                coin.name,
                date(ends)
            );
            let title = format!("{} price on {}?", coin.name, day(ends));
            let mut draft = Draft::new(Category::Crypto, title, rules, &tags).one_of(
                dice,
                &ranges,
                0.04,
                |range| format!("Will the price of {} be {range} on {}?", coin.name, day(ends)),
            );
            draft.resolution = Resolution::Automatic;
            draft
        }
        _ => {
            let title = format!("{} above {} on {}?", coin.name, dollars(first), day(ends));
            let rules = format!(
                "This market resolves to \"Yes\" if {} trades above the listed price at noon UTC \
                 on {}.",
                coin.name,
                date(ends)
            );
            let logit = 1.5 * dice.bell();
            let mut draft = Draft::new(Category::Crypto, title, rules, &tags).single(logit);
            draft.resolution = Resolution::Automatic;
            draft
        }
    }
}

/// Whole dollars with separators, to three significant digits.
fn thousands(amount: f64) -> String {
    let unit = 10_f64.powf(amount.log10().floor() - 2.0).max(1.0);
    let mut left = format!("{:.0}", (amount / unit).round() * unit);
    let mut groups = Vec::new();
    while left.len() > 3 {
        groups.push(left.split_off(left.len() - 3));
    }
    groups.push(left);
    groups.reverse();
    groups.join(",")
}

pub(super) fn economy(dice: &mut Dice, ends: DateTime<Utc>) -> Draft {
    let country = dice.pick(&COUNTRIES);
    if dice.chance(0.5) {
        let choices = ["50+ bps decrease", "25 bps decrease", "No change", "25+ bps increase"]
            .map(str::to_owned);
        let rules = format!(
            "This market resolves to the change of the policy rate that the central bank of \
             {country} announces at its \
             meeting of {}.",
            date(ends)
        );
        let title = format!("{country} central bank decision in {}?", ends.format("%B"));
        return Draft::new(Category::Economy, title, rules, &["economy", "economic-policy"])
            .one_of(dice, &choices, 0.0, |choice| {
                format!(
                    "{choice} in {country} interest rates after the {} meeting?",
                    ends.format("%B")
                )
            });
    }
    let first = dice.whole(10, 45);
    let rungs: Vec<String> =
        (0..6).map(|rung| format!("{:.1}%", (first + rung) as f64 / 10.0)).collect();
    let rules = format!(
        "This market resolves to \"Yes\" if the annual inflation published by the statistics \
         office of {country} by {} is \
         at or above the listed figure.",
        date(ends)
    );
    let title = format!("{country} annual inflation in {}?", ends.format("%B"));
    Draft::new(Category::Economy, title, rules, &["economy", "inflation"]).ladder(
        dice,
        &rungs,
        |rung| format!("Will annual inflation in {country} be {rung} or more?"),
    )
}

pub(super) fn finance(dice: &mut Dice, ends: DateTime<Utc>) -> Draft {
    let company = dice.pick(&COMPANIES);
    match dice.whole(0, 2) {
        0 => {
            let title = format!("Will {company} beat quarterly earnings?");
            let rules = format!(
                "This market resolves to \"Yes\" if {company} reports earnings per share above \
                 the consensus estimate in \
                 the report due by {}.",
                date(ends)
            );
            let logit = dice.between(-0.5, 2.0);
            Draft::new(Category::Finance, title, rules, &["finance", "earnings", "stocks"])
                .single(logit)
        }
        1 => {
            let first = dice.whole(8, 60) * 10;
            let rungs: Vec<String> = (0..7).map(|rung| format!("${}", first + 10 * rung)).collect();
            let rules = format!(
                "This market resolves to \"Yes\" if the closing price of {company} on {} is \
                 above the listed price.",
                date(ends)
            );
            let title = format!("{company} closes above ___ on {}?", day(ends));
            let mut draft = Draft::new(Category::Finance, title, rules, &["finance", "stocks"])
                .ladder(dice, &rungs, |rung| {
                    format!("Will {company} close above {rung} on {}?", day(ends))
                });
            draft.resolution = Resolution::Automatic;
            draft
        }
        _ => {
            let companies: Vec<String> =
                dice.sample(&COMPANIES, 9).into_iter().map(str::to_owned).collect();
            let rules = format!(
                "This market resolves to the first of the listed companies whose shares trade \
                 publicly by {}.",
                date(ends)
            );
            Draft::new(
                Category::Finance,
                "Next company to go public?".to_owned(),
                rules,
                &["finance", "ipos", "business"],
            )
            .one_of(dice, &companies, 0.15, |name| {
                format!("Will {name} be the next company to go public?")
            })
        }
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn dollars_are_grouped() {
        assert_eq!(super::thousands(104_321.0), "104,000");
        assert_eq!(super::thousands(987.4), "987");
    }
}
