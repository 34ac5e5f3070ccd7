//! `/v2/approvals`: which contracts a wallet lets handle its collateral and its shares. There is no
//! chain, so they are what the wallet must have approved to do what it did.

use std::collections::BTreeSet;

use axum::extract::State;
use serde::Serialize;

use super::number::seconds;
use super::paging::Envelope;
use super::params::Params;
use super::rows::iso;
use super::{Answer, ask, cached};
use crate::exchange::{Entry, Exchange, MovementKind, WalletIx};
use crate::server::App;
use Deed::{Redeems, Trades, TradesGroups, Unheard};

/// How often the chain is looked at, in seconds.
const CHECKED_EVERY_S: i64 = 20;

const COLLATERAL: &str = "0xc011a7e12a19f7b1f670d46f03b03f3342e82dfb";
const BRIDGED: &str = "0x2791bca1f2de4661ed88a30c99a7a9449aa84174";
const SHARES: &str = "0x4d97dcd97ec945f40cf65f87097ace5ea0476045";
const POSITIONS: &str = "0x006f54f7f9a22e0000cc2ab60031000000ae9fef";

/// What a wallet does that needs an approval.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Deed {
    /// Trades, splits or merges.
    Trades,
    /// Does so in groups of markets that exclude each other.
    TradesGroups,
    Redeems,
    /// Nothing in the lab needs it.
    Unheard,
}

/// A token, who may take it, and what for.
#[derive(Clone, Copy)]
struct Grant {
    id: &'static str,
    feature: &'static str,
    token: &'static str,
    spender: &'static str,
    needed_by: Deed,
}

const fn trading(
    id: &'static str,
    token: &'static str,
    spender: &'static str,
    needed_by: Deed,
) -> Grant {
    Grant { id, feature: "trading", token, spender, needed_by }
}

const fn of(feature: &'static str, grant: Grant) -> Grant {
    Grant { feature, ..grant }
}

const EXCHANGE: &str = "0xe111180000d2663c0091e4f400237545b87b996b";
const GROUPS: &str = "0xe2222d279d744050d28e00520010520000310f59";
const V3: &str = "0xe3333700ca9d93003f00f0f71f8515005f6c00aa";
const GROUP_ADAPTER: &str = "0xd91e80cf2e7be2e162c6513ced06f1dd0da35296";
const ADAPTER: &str = "0xada100db00ca00073811820692005400218fce1f";
const GROUP_ADAPTER_2: &str = "0xada2005600dec949baf300f4c6120000bdb6eaab";
const ROUTER: &str = "0x12121212006e4cd160d18e3f00711da5c3372600";
const ONRAMP: &str = "0x93070a847efef7f70739046a929d47a521f5b8ee";
const PERPS: &str = "0xdca4af75705dbb50f62437045aff9921947917d2";
const SPONSOR: &str = "0xdd8db71ce3be8d71ff148b2163d64da181a29e8b";
const OPERATOR: &str = "0xf3cfb6a6ebfeb51876289eb235719eb1c65252b0";
const REDEEMER: &str = "0xa1200000d0002264c9a1698e001292d00e1b00af";
const MODULE: &str = "0x1000008dd9001b968442c1000017eae6e0da00ba";
const GROUP_MODULE: &str = "0x200000900045e3b6259600682756002200028933";

/// The real host's catalogue, in its order.
#[rustfmt::skip]
const CATALOGUE: [Grant; 23] = [
    trading("UsdcCtf", COLLATERAL, SHARES, Trades),
    trading("UsdcExchange", COLLATERAL, EXCHANGE, Trades),
    trading("UsdcNegRiskExchange", COLLATERAL, GROUPS, TradesGroups),
    trading("UsdcNegRiskAdapter", COLLATERAL, GROUP_ADAPTER, TradesGroups),
    trading("UsdcCollateralAdapter", COLLATERAL, ADAPTER, Trades),
    trading("UsdcNegRiskCollateralAdapter", COLLATERAL, GROUP_ADAPTER_2, TradesGroups),
    trading("PusdV2Exchange", COLLATERAL, V3, Unheard),
    trading("PusdV2Router", COLLATERAL, ROUTER, Unheard),
    trading("UsdceCollateralOnramp", BRIDGED, ONRAMP, Unheard),
    of("perps", trading("PerpsPusdDeposit", COLLATERAL, PERPS, Unheard)),
    of("rewards", trading("SponsorRewards", COLLATERAL, SPONSOR, Unheard)),
    trading("CtfExchangeIsApprovedForAll", SHARES, EXCHANGE, Trades),
    trading("CtfNegRiskExchangeIsApprovedForAll", SHARES, GROUPS, TradesGroups),
    trading("CtfNegRiskAdapterIsApprovedForAll", SHARES, GROUP_ADAPTER, TradesGroups),
    trading("CtfCollateralAdapterIsApprovedForAll", SHARES, ADAPTER, Trades),
    trading("CtfNegRiskCollateralAdapterIsApprovedForAll", SHARES, GROUP_ADAPTER_2, TradesGroups),
    trading("V2PositionManagerRouterIsApprovedForAll", POSITIONS, ROUTER, Unheard),
    trading("V2PositionManagerExchangeIsApprovedForAll", POSITIONS, V3, Unheard),
    of("auto-redeem", trading("AutoRedeemCtfOperator", SHARES, OPERATOR, Redeems)),
    of("auto-redeem", trading("AutoRedeemCtfV2Redeemer", SHARES, REDEEMER, Redeems)),
    of("auto-redeem", trading("AutoRedeemV2PositionManagerV2Redeemer", POSITIONS, REDEEMER, Unheard)),
    trading("CtfBinaryModuleIsApprovedForAll", SHARES, MODULE, Unheard),
    trading("CtfNegRiskModuleIsApprovedForAll", SHARES, GROUP_MODULE, Unheard),
];

#[derive(Serialize)]
struct Approvals {
    address: String,
    chain_id: u32,
    checked_at: String,
    contracts: Vec<Approval>,
}

#[derive(Serialize)]
struct Approval {
    id: &'static str,
    feature: &'static str,
    token: &'static str,
    spender: &'static str,
    standard: &'static str,
    /// Only of collateral: shares are approved all together.
    #[serde(skip_serializing_if = "Option::is_none")]
    amount: Option<&'static str>,
    approved: bool,
}

impl Approval {
    fn new(grant: &Grant, approved: bool) -> Self {
        let is_collateral = matches!(grant.token, COLLATERAL | BRIDGED);
        Self {
            id: grant.id,
            feature: grant.feature,
            token: grant.token,
            spender: grant.spender,
            standard: if is_collateral { "ERC20" } else { "ERC1155" },
            amount: is_collateral.then_some(if approved { "max" } else { "0" }),
            approved,
        }
    }
}

/// What a wallet has done.
fn deeds(exchange: &Exchange, wallet: WalletIx) -> BTreeSet<Deed> {
    let tape = exchange.tape();
    let deed = |&entry: &Entry| {
        let market = match entry {
            Entry::Taken(ix) => tape.get(ix).market,
            Entry::Made(ix) => tape.get(tape.fill(ix).of).market,
            Entry::Moved(ix) => {
                let moved = tape.movement(ix);
                match moved.kind {
                    MovementKind::Redeem => return Some(Deed::Redeems),
                    _ => moved.market?,
                }
            }
        };
        let grouped = exchange.listing(market).terms.group.is_some();
        Some(if grouped { Deed::TradesGroups } else { Deed::Trades })
    };
    tape.of_wallet(wallet).iter().filter_map(deed).collect()
}

pub(crate) async fn get(State(app): State<App>, params: Params) -> Answer {
    let data = ask(&app, move |world| {
        let address = params.address()?;
        let wallet = world.by_address(&address);
        let deeds = wallet.map(|wallet| deeds(world.exchange(), wallet)).unwrap_or_default();
        let checked_s = seconds(world.now_ms()).div_euclid(CHECKED_EVERY_S) * CHECKED_EVERY_S;
        let approval = |grant: &Grant| Approval::new(grant, deeds.contains(&grant.needed_by));
        Ok(Approvals {
            address,
            chain_id: 137,
            checked_at: iso(checked_s),
            contracts: CATALOGUE.iter().map(approval).collect(),
        })
    });
    Ok(cached(20, Envelope { data: data.await? }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::kit::{Floor, NOON};
    use crate::exchange::MICRO;

    #[test]
    fn what_was_done_had_to_be_approved() {
        let mut floor = Floor::new(3);
        floor.trade(0, 1, 6_000, 10);
        floor.exchange.resolve(NOON + 60_000, floor.market, [MICRO, 0]);
        floor.exchange.redeem(NOON + 70_000, WalletIx(1), floor.market).unwrap();
        let deeds = |wallet| Vec::from_iter(deeds(&floor.exchange, WalletIx(wallet)));
        assert_eq!(deeds(0), [Deed::Trades]);
        assert_eq!(deeds(1), [Deed::Trades, Deed::Redeems]);
        assert!(deeds(2).is_empty(), "cash alone needs no approval");
    }
}
