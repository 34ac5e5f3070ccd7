//! Tech, science, culture and weather.

use chrono::{DateTime, Datelike, Utc};

use super::{Draft, Resolution, date, day};
use crate::noise::Dice;
use crate::world::category::Category;
use crate::world::names::{CITIES, COMPANIES, people, person};

pub(super) fn tech(dice: &mut Dice, ends: DateTime<Utc>) -> Draft {
    let company = dice.pick(&COMPANIES);
    match dice.whole(0, 2) {
        0 => {
            let companies: Vec<String> =
                dice.sample(&COMPANIES, 8).into_iter().map(str::to_owned).collect();
            let rules = format!(
                "This market resolves to the company whose model leads the public text \
                 leaderboard at noon UTC on {}.",
                date(ends)
            );
            let title =
                format!("Which company has the best AI model end of {}?", ends.format("%B"));
            Draft::new(Category::Tech, title, rules, &["tech", "ai"])
                .one_of(dice, &companies, 0.0, |name| {
                    format!(
                        "Will {name} have the best AI model at the end of {}?",
                        ends.format("%B %Y")
                    )
                })
                .or_other("Will another company have the best AI model?")
        }
        1 => {
            let version = dice.whole(2, 9);
            let title = format!("{company} releases version {version} by {}?", day(ends));
            let rules = format!(
                "This market resolves to \"Yes\" if {company} makes version {version} of its \
                 main product available to the \
                 public by {}, 11:59 PM UTC.",
                date(ends)
            );
            let logit = dice.between(-2.0, 2.0);
            Draft::new(Category::Tech, title, rules, &["tech"]).single(logit)
        }
        _ => {
            let buyer = dice.pick(&["Norvane", "Quantelle", "Ostrel"]);
            let title = format!("Will {buyer} acquire {company} by {}?", day(ends));
            let rules = format!(
                "This market resolves to \"Yes\" if a definitive agreement for {buyer} to \
                 acquire {company} is announced by \
                 {}.",
                date(ends)
            );
            let logit = dice.between(-4.0, -0.5);
            Draft::new(Category::Tech, title, rules, &["tech", "business"]).single(logit)
        }
    }
}

pub(super) fn science(dice: &mut Dice, ends: DateTime<Utc>) -> Draft {
    if dice.chance(0.5) {
        let vehicle =
            dice.pick(&["Longlight", "Farlantern", "Tern IV", "Deepwake", "Gannet Heavy"]);
        let title = format!("Will the {vehicle} mission launch by {}?", day(ends));
        let rules = format!(
            "This market resolves to \"Yes\" if the vehicle of the {vehicle} mission leaves the \
             pad by {}, 11:59 PM UTC.",
            date(ends)
        );
        let logit = dice.between(-2.0, 2.5);
        return Draft::new(Category::Science, title, rules, &["science", "space"]).single(logit);
    }
    let year = ends.year();
    let rungs: Vec<String> =
        (0..5).map(|rung| format!("{:.2}°C", 1.2 + 0.05 * f64::from(rung))).collect();
    let rules = format!(
        "This market resolves to \"Yes\" if the global mean temperature anomaly published for \
         the month before {} is at or \
         above the listed figure.",
        date(ends)
    );
    let title = format!("Global temperature anomaly before {} {year}?", ends.format("%B"));
    Draft::new(Category::Science, title, rules, &["science", "climate"]).ladder(
        dice,
        &rungs,
        |rung| format!("Will the global temperature anomaly be {rung} or more?"),
    )
}

pub(super) fn culture(dice: &mut Dice, ends: DateTime<Utc>) -> Draft {
    const FILMS: [&str; 10] = [
        "The Salt Ledger",
        "Eleven Lanterns",
        "A Quiet Orbit",
        "Paper Kestrel",
        "The Last Ferry North",
        "Glasshouse Winter",
        "Marrow Street",
        "The Cartographer's Niece",
        "Low Tide",
        "Second Harvest",
    ];
    match dice.whole(0, 2) {
        0 => {
            let films: Vec<String> =
                dice.sample(&FILMS, 9).into_iter().map(str::to_owned).collect();
            let rules = format!(
                "This market resolves to the film that wins Best Picture at the Golden Lanterns \
                 of {}.",
                date(ends)
            );
            Draft::new(
                Category::Culture,
                format!("Golden Lanterns {}: Best Picture Winner", ends.year()),
                rules,
                &["pop-culture", "awards", "movies"],
            )
            .one_of(dice, &films, 0.0, |film| {
                format!("Will {film} win Best Picture at the Golden Lanterns?")
            })
        }
        1 => {
            let film = dice.pick(&FILMS);
            let first = dice.whole(2, 12) * 10;
            let rungs: Vec<String> =
                (0..6).map(|rung| format!("${}m", first + 10 * rung)).collect();
            let rules = format!(
                "This market resolves to \"Yes\" if \"{film}\" opens above the listed gross by {}.",
                date(ends)
            );
            Draft::new(
                Category::Culture,
                format!("\"{film}\" opening weekend box office?"),
                rules,
                &["pop-culture", "movies"],
            )
            .ladder(dice, &rungs, |rung| format!("Will \"{film}\" open above {rung}?"))
        }
        _ => {
            let singer = person(dice);
            let rivals = people(dice, 6);
            if dice.chance(0.5) {
                let title = format!("Will {singer} release an album by {}?", day(ends));
                let rules = format!(
                    "This market resolves to \"Yes\" if {singer} releases a studio album by {}, \
                     11:59 PM UTC.",
                    date(ends)
                );
                let logit = dice.between(-2.5, 1.5);
                return Draft::new(Category::Culture, title, rules, &["pop-culture", "music"])
                    .single(logit);
            }
            let rules = format!(
                "This market resolves to the artist with the most streams on {}.",
                date(ends)
            );
            let title = format!("Top artist of {}?", ends.format("%B"));
            Draft::new(Category::Culture, title, rules, &["pop-culture", "music"])
                .one_of(dice, &rivals, 0.0, |name| {
                    format!("Will {name} be the top artist of {}?", ends.format("%B"))
                })
                .or_other("Will another artist be the top artist?")
        }
    }
}

pub(super) fn weather(dice: &mut Dice, ends: DateTime<Utc>) -> Draft {
    let city = dice.pick(&CITIES);
    let coldest = i32::try_from(dice.whole(0, 30)).unwrap_or(15) - 5;
    let mut ranges = vec![format!("{coldest}°C or below")];
    ranges.extend((1..6).map(|step| format!("{}°C", coldest + step)));
    ranges.push(format!("{}°C or higher", coldest + 6));
    let rules = format!(
        "This market resolves to the range that holds the highest temperature recorded at {city} \
         Airport on {}, in whole \
         degrees.",
        date(ends)
    );
    let title = format!("Highest temperature in {city} on {}?", day(ends));
    let mut draft = Draft::new(Category::Weather, title, rules, &["weather"]).one_range(
        dice,
        &ranges,
        |range| format!("Will the highest temperature in {city} be {range} on {}?", day(ends)),
    );
    draft.resolution = Resolution::Quick;
    draft
}
