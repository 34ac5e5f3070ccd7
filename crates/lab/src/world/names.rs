//! Invented people, places, clubs and companies. Nobody and nothing here exists.

use crate::noise::Dice;

pub(crate) const COUNTRIES: [&str; 20] = [
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
    "Lorrand",
    "Istvany",
    "Cape Orlan",
    "Tessaly Republic",
    "Norrmark",
    "Ardenne Coast",
    "Sundara Bay",
    "Vostria",
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

pub(crate) const COMPANIES: [&str; 28] = [
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
    "Ashgrove Systems",
    "Belltower Health",
    "Corvid Dynamics",
    "Dunmere Foods",
    "Eastlight",
    "Fathom Energy",
    "Gildwater Bank",
    "Harrow & Pike",
    "Ironwood Rail",
    "Juniper Air",
    "Kiteworks Media",
    "Larkspur Biotech",
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

/// Films that were never made.
pub(crate) const FILMS: [&str; 16] = [
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
    "The Understudy",
    "Nine Bridges",
    "Copper Hour",
    "An Ordinary Comet",
    "The Weight of Rain",
    "Halfway to Ondress",
];

/// Words that speakers may say.
pub(crate) const WORDS: [&str; 24] = [
    "inflation",
    "harbor",
    "ceasefire",
    "pension",
    "Assembly",
    "tomorrow",
    "crypto",
    "wheat",
    "border",
    "tariff",
    "freedom",
    "drought",
    "railway",
    "satellite",
    "budget",
    "election",
    "embargo",
    "lighthouse",
    "mandate",
    "energy",
    "housing",
    "fisheries",
    "veteran",
    "accord",
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
