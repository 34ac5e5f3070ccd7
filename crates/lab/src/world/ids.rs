//! Ids of generated rows. They depend on what they name and on nothing else, so they stay the same
//! between worlds of one numbering.

use crate::noise::Noise;

/// `0x` and 64 hex digits.
pub(super) fn hex_id(what: &str, number: u64) -> String {
    let noise = what.bytes().fold(Noise::of(number), |noise, byte| noise.with(u64::from(byte)));
    let words = (0..4).map(|word| format!("{:016x}", noise.with(word).bits()));
    format!("0x{}", words.collect::<String>())
}

/// Of the neg-risk group of an event: the last byte is 0.
pub(super) fn group_id(event_number: u64) -> String {
    indexed(event_number, 0)
}

/// In a neg-risk group the last byte is the index of the market.
pub(super) fn question_id(event_number: u64, market_number: u64, grouped: Option<usize>) -> String {
    match grouped {
        None => hex_id("question", market_number),
        Some(index) => indexed(event_number, index),
    }
}

fn indexed(event_number: u64, index: usize) -> String {
    let mut id = hex_id("group", event_number);
    id.truncate(id.len() - 2);
    format!("{id}{index:02x}")
}

/// 77 decimal digits, as an unsigned 256-bit number has.
pub(super) fn token_id(market_number: u64, outcome: u64) -> String {
    let noise = Noise::of(market_number).with(0x746f_6b65_6e00 + outcome);
    let digits = (0..5).map(|word| format!("{:016}", noise.with(word).bits() % 10_u64.pow(16)));
    let mut id: String = std::iter::once("5".to_owned()).chain(digits).collect();
    id.truncate(77);
    id
}
