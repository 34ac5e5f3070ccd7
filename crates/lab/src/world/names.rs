//! Invented people, places, clubs and companies. Nobody and nothing here exists.

use crate::noise::Dice;

pub(crate) const COUNTRIES: [&str; 12] = [
    "Velmoria",
    "Karsunda",
    "Tiralen",
    "Oskelia",
    "Brenovar",
    "Zantheria",
    "Quilland",
    "Meravia",
    "Dolvania",
    "Ustrelia",
    "Fennmark Isles",
    "Halcyra",
];

pub(crate) const CITIES: [&str; 24] = [
    "Velm",
    "Karsport",
    "Tirbridge",
    "Osk Harbor",
    "Brenfield",
    "Zanth Bay",
    "Quillmouth",
    "Merrow Falls",
    "Dolvik",
    "Ustwater",
    "Lorngate",
    "Fennmark",
    "Graywick",
    "Halden Reach",
    "Ivermoor",
    "Jorvale",
    "Kestrel Point",
    "Lunderby",
    "Morrowdale",
    "Nethercliff",
    "Ondress",
    "Pellin",
    "Rookhaven",
    "Saltmere",
];

pub(crate) const MASCOTS: [&str; 16] = [
    "Kestrels",
    "Ironclads",
    "Lanterns",
    "Foxgloves",
    "Meridians",
    "Anvils",
    "Stormrooks",
    "Pilgrims",
    "Wayfarers",
    "Tidewatch",
    "Comets",
    "Millers",
    "Foresters",
    "Embers",
    "Harriers",
    "Longbows",
];

pub(crate) const COMPANIES: [&str; 16] = [
    "Norvane",
    "Quantelle",
    "Brightmoor Labs",
    "Ostrel",
    "Vireon",
    "Cindral",
    "Mapleforge",
    "Tesselon",
    "Aurellic",
    "Drayfin",
    "Hexmere",
    "Lumenwick",
    "Parallax Nine",
    "Sorrelworks",
    "Umbrafield",
    "Wrenly",
];

pub(crate) const PARTIES: [&str; 8] = [
    "Harbor Party",
    "Civic Union",
    "Green Compact",
    "Workers' League",
    "National Renewal",
    "Liberal Assembly",
    "Farmers' Bloc",
    "Reform Movement",
];

const GIVEN_STARTS: [&str; 18] = [
    "Ulr", "Bre", "Corv", "Ilv", "Fen", "Gorm", "Hesk", "Isk", "Jorr", "Kell", "Lorv", "Nev",
    "Osr", "Pell", "Sel", "Torv", "Vesk", "Zan",
];
const GIVEN_ENDS: [&str; 10] = ["eth", "ara", "en", "ic", "wyn", "ina", "o", "as", "elle", "und"];
const FAMILY_STARTS: [&str; 20] = [
    "Ash", "Bram", "Carn", "Dunv", "Esk", "Falv", "Gren", "Holv", "Istr", "Jarr", "Kest", "Morv",
    "Norr", "Ostr", "Quill", "Rav", "Stav", "Ulm", "Vant", "Wex",
];
const FAMILY_ENDS: [&str; 10] =
    ["mere", "ovar", "enko", "strand", "dottir", "escu", "aro", "inski", "wick", "holt"];

/// A full name.
pub(crate) fn person(dice: &mut Dice) -> String {
    let given = (dice.pick(&GIVEN_STARTS), dice.pick(&GIVEN_ENDS));
    let family = (dice.pick(&FAMILY_STARTS), dice.pick(&FAMILY_ENDS));
    format!("{}{} {}{}", given.0, given.1, family.0, family.1)
}

/// `count` different full names.
pub(crate) fn people(dice: &mut Dice, count: usize) -> Vec<String> {
    let mut names: Vec<String> = Vec::with_capacity(count);
    while names.len() < count {
        let name = person(dice);
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

/// Two different clubs: city and mascot.
pub(crate) fn two_clubs(dice: &mut Dice) -> (String, String) {
    let clubs = clubs(dice, 2);
    match clubs.as_slice() {
        [home, away] => (home.clone(), away.clone()),
        _ => (CITIES[0].to_owned(), CITIES[1].to_owned()),
    }
}

/// Different clubs of different cities.
pub(crate) fn clubs(dice: &mut Dice, count: usize) -> Vec<String> {
    let cities = dice.sample(&CITIES, count);
    cities.into_iter().map(|city| format!("{city} {}", dice.pick(&MASCOTS))).collect()
}

/// Lower case, words joined by hyphens, as in upstream slugs.
pub(crate) fn slug(text: &str) -> String {
    let mut slug = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '.' => slug.push_str("pt"),
            '\'' | '\u{2019}' => {}
            _ if letter.is_ascii_alphanumeric() => slug.push(letter.to_ascii_lowercase()),
            _ if slug.ends_with('-') || slug.is_empty() => {}
            _ => slug.push('-'),
        }
    }
    slug.truncate(slug.trim_end_matches('-').len());
    slug
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slugs_are_kebab_case() {
        assert_eq!(slug("Will BTC hit $104.5k on Nov 3?"), "will-btc-hit-104pt5k-on-nov-3");
        assert_eq!(slug("Workers' League"), "workers-league");
    }
}
