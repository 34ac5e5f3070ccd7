//! How people appear on the site.

use super::World;
use super::people::{Person, address};
use crate::exchange::WalletIx;
use crate::noise::Noise;

/// The chosen name; who has not chosen one goes by the address and the time of joining, as upstream.
pub(crate) fn shown_name(person: &Person) -> String {
    if person.name.is_empty() {
        format!("{}-{}", person.address, person.joined_ms)
    } else {
        person.name.clone()
    }
}

/// The address that controls the wallet. Upstream it signs for the proxy wallet that holds the
/// shares.
pub(crate) fn base_address(person: &Person) -> String {
    let letters = person.address.bytes();
    address(letters.fold(Noise::of(0x6261_7365), |noise, letter| noise.with(u64::from(letter))))
}

/// Whose address it is, wallet or base.
pub(crate) fn find(world: &World, address: &str) -> Option<WalletIx> {
    let by_base = || {
        let address = address.to_ascii_lowercase();
        let owner = world.people().iter().find(|person| base_address(person) == address);
        owner.map(|person| person.wallet)
    };
    world.by_address(address).or_else(by_base)
}
