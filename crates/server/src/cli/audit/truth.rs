//! What a lab tells is true of its world. Only audits ask; nothing else of the product knows these routes.

use anyhow::Context;
use chrono::{DateTime, Utc};
use domain::{Address, ConditionId};
use ingest::intelligence::audit::{TrueFill, TrueWallet, Truth};
use serde::Deserialize;
use serde::de::DeserializeOwned;

/// Fills of one answer.
const PAGE: usize = 10_000;

#[derive(Deserialize)]
struct Wallet {
    address: String,
    kind: String,
    group: Option<u32>,
    leader: Option<String>,
}

#[derive(Deserialize)]
struct Party {
    address: String,
    token_id: String,
    side: String,
    price: f64,
}

impl Party {
    fn read(self) -> anyhow::Result<(Address, String, bool)> {
        let address = Address::parse(&self.address).context("an address")?;
        Ok((address, self.token_id, self.side == "BUY"))
    }
}

#[derive(Deserialize)]
struct Fill {
    at: DateTime<Utc>,
    condition_id: String,
    shares: f64,
    taker: Party,
    maker: Party,
}

/// Everybody that the lab at an address knows.
pub(super) async fn wallets_of(lab: &str) -> anyhow::Result<Vec<TrueWallet>> {
    let client = reqwest::Client::builder().no_proxy().build()?;
    let base = lab.trim_end_matches('/');
    let wallets: Vec<Wallet> = get(&client, &format!("{base}/lab/truth/wallets")).await?;
    let wallets = wallets.into_iter().map(|one| {
        let address = Address::parse(&one.address).context("an address")?;
        let leader = one.leader.map(|leader| Address::parse(&leader).context("an address"));
        Ok(TrueWallet { address, kind: one.kind, group: one.group, leader: leader.transpose()? })
    });
    wallets.collect()
}

/// Everything that it says of its people and of what they traded.
pub(super) async fn told_by(lab: &str) -> anyhow::Result<Truth> {
    let client = reqwest::Client::builder().no_proxy().build()?;
    let base = lab.trim_end_matches('/');
    let mut truth = Truth { wallets: wallets_of(lab).await?, ..Truth::default() };
    loop {
        let from = truth.fills.len();
        let path = format!("{base}/lab/truth/fills?from={from}&limit={PAGE}");
        let page: Vec<Fill> = get(&client, &path).await?;
        if page.is_empty() {
            return Ok(truth);
        }
        for fill in page {
            truth.fills.push(TrueFill {
                at: fill.at,
                condition_id: ConditionId::parse(&fill.condition_id).context("a condition")?,
                shares: fill.shares,
                prices: [fill.taker.price, fill.maker.price],
                taker: fill.taker.read()?,
                maker: fill.maker.read()?,
            });
        }
    }
}

async fn get<T: DeserializeOwned>(client: &reqwest::Client, url: &str) -> anyhow::Result<T> {
    let answer = client.get(url).send().await?.error_for_status()?;
    answer.json().await.with_context(|| format!("{url} is not what a lab says"))
}
