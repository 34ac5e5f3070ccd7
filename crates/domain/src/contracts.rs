//! Contracts of the exchange. They hold and move everybody's shares and show up where wallets do: as
//! makers of old trades, as holders, as what somebody pastes. They are nobody's wallets.

use std::fmt;

use crate::Address;

/// A contract of the protocol, on Polygon (chain 137).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Contract {
    /// pUSD, the dollars that shares are bought with since 2026-04-28.
    Collateral,
    /// The tokens of outcomes: every share is one of its balances.
    ConditionalTokens,
    /// The exchange of single markets since 2026-04-28.
    ExchangeV2,
    /// The exchange of neg-risk markets since 2026-04-28.
    NegRiskExchangeV2,
    /// The exchange of position ids, since 2026-09-08.
    ExchangeV3,
    /// What turns a No of one outcome into a Yes of all others, and back into dollars.
    NegRiskAdapter,
    /// The exchange of single markets until 2026-04-28.
    ExchangeV1,
    /// The exchange of neg-risk markets until 2026-04-28.
    NegRiskExchangeV1,
}

impl Contract {
    /// Every contract that is known.
    pub const ALL: [Self; 8] = [
        Self::Collateral,
        Self::ConditionalTokens,
        Self::ExchangeV2,
        Self::NegRiskExchangeV2,
        Self::ExchangeV3,
        Self::NegRiskAdapter,
        Self::ExchangeV1,
        Self::NegRiskExchangeV1,
    ];

    /// The contract at this address; `None` for any other, which may be a wallet.
    pub fn of(address: &Address) -> Option<Self> {
        Self::ALL.into_iter().find(|contract| contract.address() == address.as_str())
    }

    /// Where it is: `0x` and 40 hexadecimal digits in lower case, as [`Address`] has them. Source: the
    /// addresses in Polymarket's official clients.
    pub const fn address(self) -> &'static str {
        match self {
            Self::Collateral => "0xc011a7e12a19f7b1f670d46f03b03f3342e82dfb",
            Self::ConditionalTokens => "0x4d97dcd97ec945f40cf65f87097ace5ea0476045",
            Self::ExchangeV2 => "0xe111180000d2663c0091e4f400237545b87b996b",
            Self::NegRiskExchangeV2 => "0xe2222d279d744050d28e00520010520000310f59",
            Self::ExchangeV3 => "0xe3333700ca9d93003f00f0f71f8515005f6c00aa",
            Self::NegRiskAdapter => "0xd91e80cf2e7be2e162c6513ced06f1dd0da35296",
            Self::ExchangeV1 => "0x4bfb41d5b3570defd03c39a9a4d8de6bd8b8982e",
            Self::NegRiskExchangeV1 => "0xc5d563a36ae78145c45a50134d48a1215220f80a",
        }
    }

    /// What it is called, for people.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Collateral => "pUSD collateral",
            Self::ConditionalTokens => "Conditional Tokens",
            Self::ExchangeV2 => "CTF Exchange V2",
            Self::NegRiskExchangeV2 => "Neg Risk CTF Exchange V2",
            Self::ExchangeV3 => "Exchange V3",
            Self::NegRiskAdapter => "Neg Risk Adapter",
            Self::ExchangeV1 => "CTF Exchange V1",
            Self::NegRiskExchangeV1 => "Neg Risk CTF Exchange V1",
        }
    }
}

impl fmt::Display for Contract {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_contract_is_found_by_its_address_in_any_case() {
        for contract in Contract::ALL {
            let digits = contract.address().trim_start_matches("0x").to_ascii_uppercase();
            let address = Address::parse(&format!("0x{digits}")).unwrap();
            assert_eq!(address.as_str(), contract.address(), "in normal form");
            assert_eq!(Contract::of(&address), Some(contract));
        }
        let addresses: BTreeSet<_> = Contract::ALL.map(Contract::address).into();
        let names: BTreeSet<_> = Contract::ALL.map(Contract::name).into();
        assert_eq!((addresses.len(), names.len()), (8, 8));
    }

    #[test]
    fn a_wallet_is_no_contract() {
        let wallet = Address::parse("0x379a410a36c101e3b8dfb6c90d1176eb0def4b1a").unwrap();
        assert_eq!(Contract::of(&wallet), None);
    }
}
