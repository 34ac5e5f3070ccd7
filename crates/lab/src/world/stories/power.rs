//! Politics and world affairs.

use chrono::{DateTime, Datelike, Utc};

use super::{Draft, MarketDraft, date, day};
use crate::noise::Dice;
use crate::world::category::Category;
use crate::world::names::{CITIES, COUNTRIES, PARTIES, people, person};

pub(super) fn politics(dice: &mut Dice, ends: DateTime<Utc>) -> Draft {
    let country = dice.pick(&COUNTRIES);
    match dice.whole(0, 5) {
        0 | 1 => presidential_election(dice, country, ends),
        2 => {
            let city = dice.pick(&CITIES);
            let count = usize::try_from(dice.whole(3, 8)).unwrap_or(5);
            let names = people(dice, count);
            let rules = format!(
                "This market resolves to the candidate who wins the {} mayoral election in \
                 {city}. The resolution \
                 source is the city's election office.",
                ends.year()
            );
            Draft::new(
                Category::Politics,
                format!("{city} Mayoral Election"),
                rules,
                &["politics", "elections"],
            )
            .one_of(dice, &names, 0.03, |name| {
                format!("Will {name} win the {city} mayoral election?")
            })
        }
        3 => {
            let parties: Vec<String> =
                dice.sample(&PARTIES, 6).into_iter().map(str::to_owned).collect();
            let rules = format!(
                "This market resolves to the party that wins the most seats in the next \
                 {country} parliamentary \
                 election. If two parties tie, it resolves to the one with more votes."
            );
            let tags = ["politics", "elections", "world-elections"];
            Draft::new(
                Category::Politics,
                format!("{country} Parliamentary Election Winner"),
                rules,
                &tags,
            )
            .one_of(dice, &parties, 0.01, |party| {
                format!("Will {party} win the most seats in the {country} parliamentary election?")
            })
        }
        4 => {
            let (name, by) = (person(dice), date(ends));
            let title = format!("{name} out as {country} prime minister by {}?", day(ends));
            let rules = format!(
                "This market resolves to \"Yes\" if {name} ceases to be prime minister of \
                 {country} for any length of \
                 time by {by}, 11:59 PM UTC. Otherwise it resolves to \"No\"."
            );
            let logit = dice.between(-3.5, 0.5);
            Draft::new(Category::Politics, title, rules, &["politics", "world"]).single(logit)
        }
        _ => {
            let bill = dice.pick(&[
                "budget bill",
                "election reform act",
                "water compact",
                "pension reform",
                "press act",
            ]);
            let title = format!("Will the {country} parliament pass the {bill} by {}?", day(ends));
            let rules = format!(
                "This market resolves to \"Yes\" if the {bill} passes its final vote in the \
                 parliament of {country} by \
                 {}, 11:59 PM UTC.",
                date(ends)
            );
            let logit = dice.between(-2.0, 2.0);
            Draft::new(Category::Politics, title, rules, &["politics"]).single(logit)
        }
    }
}

fn presidential_election(dice: &mut Dice, country: &str, ends: DateTime<Utc>) -> Draft {
    let count = usize::try_from(dice.whole(4, 22)).unwrap_or(8);
    let names = people(dice, count);
    let year = ends.year();
    let open_field = dice.chance(0.6);
    let rules = format!(
        "This market resolves to the candidate who wins the {year} presidential election in \
         {country}. If no winner is \
         declared by {}, it resolves to \"Other\" where listed and to \"No\" for every \
         candidate. The resolution source \
         is a consensus of credible reporting.",
        date(ends)
    );
    let tags = ["politics", "elections", "world-elections"];
    let title = format!("{country} Presidential Election Winner {year}");
    let residual = if open_field { 0.0 } else { 0.02 };
    let race = Draft::new(Category::Politics, title, rules, &tags).one_of(
        dice,
        &names,
        residual,
        |name| format!("Will {name} win the {year} {country} presidential election?"),
    );
    if open_field {
        race.or_other(&format!(
            "Will another candidate win the {year} {country} presidential election?"
        ))
    } else {
        race
    }
}

pub(super) fn world(dice: &mut Dice, opens: DateTime<Utc>, ends: DateTime<Utc>) -> Draft {
    let two = dice.sample(&COUNTRIES, 2);
    let (left, right) = (two[0], two[1]);
    match dice.whole(0, 3) {
        0 => {
            let deed = dice.pick(&[
                "sign a ceasefire",
                "reopen their border",
                "exchange ambassadors",
                "meet for talks",
            ]);
            by_date(
                dice,
                &format!("{left} and {right} {deed}"),
                &["geopolitics", "world"],
                opens,
                ends,
            )
        }
        1 => {
            let title = format!("Will {left} join the Strait Accord by {}?", day(ends));
            let rules = format!(
                "This market resolves to \"Yes\" if {left} deposits its instrument of accession \
                 to the Strait Accord by \
                 {}, 11:59 PM UTC.",
                date(ends)
            );
            let logit = dice.between(-3.0, 1.0);
            Draft::new(Category::World, title, rules, &["geopolitics", "world", "foreign-policy"])
                .single(logit)
        }
        2 => {
            let deed = dice.pick(&[
                "lifts the grain embargo",
                "recognises the new government",
                "closes its airspace",
            ]);
            by_date(dice, &format!("{left} {deed}"), &["world", "geopolitics"], opens, ends)
        }
        _ => {
            let names = people(dice, 7);
            let rules = format!(
                "This market resolves to the person elected secretary of the Assembly of Nations \
                 at Halden Reach by {}.",
                date(ends)
            );
            Draft::new(
                Category::World,
                "Next Secretary of the Assembly of Nations".to_owned(),
                rules,
                &["world"],
            )
            .one_of(dice, &names, 0.0, |name| {
                format!("Will {name} be the next Assembly secretary?")
            })
            .or_other("Will another person be the next Assembly secretary?")
        }
    }
}

/// "… by …?" with several deadlines: an early one that passes has not seen it happen.
fn by_date(
    dice: &mut Dice,
    deed: &str,
    tags: &[&'static str],
    opens: DateTime<Utc>,
    ends: DateTime<Utc>,
) -> Draft {
    let deadlines = i32::try_from(dice.whole(2, 5)).unwrap_or(3);
    let rules = format!(
        "This market resolves to \"Yes\" if {deed} by the listed date, 11:59 PM UTC. Otherwise \
         it resolves to \"No\". The \
         resolution source is official information from the governments involved and a consensus \
         of credible reporting."
    );
    let last_logit = dice.between(-2.5, 1.0);
    let mut draft = Draft::new(Category::World, format!("{deed} by...?"), rules, tags);
    draft.markets = (1..=deadlines)
        .map(|number| {
            let at = opens + (ends - opens) * number / deadlines;
            let logit = last_logit - 0.7 * f64::from(deadlines - number);
            let mut market =
                MarketDraft::yes_no(format!("{deed} by {}?", date(at)), &day(at), logit);
            market.ends_early = (number < deadlines).then_some(at);
            market
        })
        .collect();
    draft
}
