//! Ids of generated rows. They depend on what they name and on nothing else.

use super::is_neg_risk;
use crate::noise::Noise;
use crate::world::event::Event;
use crate::world::market::Market;

/// 64 hex digits that depend on what they name and on nothing else: ids stay the same between
/// worlds of one numbering.
pub(super) fn hex_id(what: &str, number: u64) -> String {
    let noise = what.bytes().fold(Noise::of(number), |noise, byte| noise.with(u64::from(byte)));
    let words = (0..4).map(|word| format!("{:016x}", noise.with(word).bits()));
    format!("0x{}", words.collect::<String>())
}

pub(super) fn group_id(event: &Event) -> String {
    let mut id = hex_id("group", event.number);
    id.truncate(id.len() - 2);
    id + "00"
}

/// In a neg-risk group the last byte is the index of the market.
pub(super) fn question_id(event: &Event, market: &Market) -> String {
    if !is_neg_risk(event) {
        return hex_id("question", market.number);
    }
    let index = event.markets.first().map_or(0, |first| market.number - first.number);
    let mut id = group_id(event);
    id.truncate(id.len() - 2);
    format!("{id}{index:02x}")
}

/// 77 decimal digits, as an unsigned 256-bit number has.
pub(super) fn token_id(number: u64, outcome: u64) -> String {
    let noise = Noise::of(number).with(0x746f_6b65_6e00 + outcome);
    let digits = (0..5).map(|word| format!("{:016}", noise.with(word).bits() % 10_u64.pow(16)));
    let mut id: String = std::iter::once("5".to_owned()).chain(digits).collect();
    id.truncate(77);
    id
}
