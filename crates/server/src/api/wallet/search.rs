//! `GET /api/polymarket/wallets/search`: wallets by what people call them.

use std::time::Duration;

use axum::{extract::State, response::Response};
use chrono::Utc;
use domain::{Address, Contract, QueryReader};
use polymarket::gamma::{GammaClient, ProfileSearch, PublicProfile};
use serde::{Deserialize, Serialize};
use store::wallets::{self, Wallet};
use utoipa::{
    IntoParams, ToSchema,
    openapi::path::{Parameter, ParameterIn},
};

use crate::{
    api::{
        parameters::{integer, parameter, text},
        reply::{ItemMetadata, Reply, loaded_snapshot},
        wallet::names::WalletName,
    },
    http::{
        cache::CachePolicy,
        error::{ApiError, Failure},
        extract::{FromQuery, Query},
        state::AppState,
    },
    view::wallet::FoundWallet,
};

const MAX_LIMIT: u16 = 20;
const DEFAULT_LIMIT: u16 = 8;
/// Shorter names are looked up in what is held only.
const SHORTEST_FOR_UPSTREAM: usize = 3;
/// How long upstream may take before what is held is the answer.
const UPSTREAM_WITHIN: Duration = Duration::from_millis(1_500);

/// Whom to look for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WalletSearchQuery {
    text: String,
    limit: u16,
}

impl FromQuery for WalletSearchQuery {
    fn read(query: &mut QueryReader) -> Self {
        let text = query.text("q").unwrap_or_default();
        Self { text, limit: query.within("limit", 1, MAX_LIMIT).unwrap_or(DEFAULT_LIMIT) }
    }
}

impl IntoParams for WalletSearchQuery {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let limit = integer(1, Some(MAX_LIMIT.into())).default(Some(DEFAULT_LIMIT.into()));
        vec![
            text(
                "q",
                "An address, the beginning of a name, or the address of a profile page; nothing is found for nothing.",
            ),
            parameter("limit", "The most wallets to answer with.", limit),
        ]
    }
}

/// Wallets that were found.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FoundWallets {
    /// Those that are held first, the latest active first.
    pub wallets: Vec<FoundWallet>,
    /// The text is the address of this contract of the exchange, which is nobody's wallet.
    pub contract: Option<String>,
    /// Polymarket was asked as well and has answered. A wallet that is not held is found only then.
    pub upstream_answered: bool,
}

/// Wallets that a text names.
pub(crate) async fn load(app: &AppState, text: &str, limit: u16) -> Result<FoundWallets, ApiError> {
    match WalletName::parse(text) {
        Ok(WalletName::Address(address)) => by_address(app, &address).await,
        Ok(WalletName::Name(name)) => by_name(app, &name, limit).await,
        // Somebody is still writing.
        Err(_) => Ok(FoundWallets::default()),
    }
}

async fn by_address(app: &AppState, address: &Address) -> Result<FoundWallets, ApiError> {
    if let Some(contract) = Contract::of(address) {
        let contract = Some(contract.name().to_owned());
        return Ok(FoundWallets { contract, ..FoundWallets::default() });
    }
    let held = wallets::get(app.database().public(), address).await?;
    let found = held.as_ref().map_or_else(|| bare(address), FoundWallet::of);
    Ok(FoundWallets { wallets: vec![found], ..FoundWallets::default() })
}

/// A wallet of which nothing but the address is known.
fn bare(address: &Address) -> FoundWallet {
    FoundWallet {
        address: address.to_string(),
        name: None,
        pseudonym: None,
        profile_image: None,
        imported: false,
        last_active_at: None,
    }
}

async fn by_name(app: &AppState, name: &str, limit: u16) -> Result<FoundWallets, ApiError> {
    let public = app.database().public();
    let held = wallets::with_name_beginning(public, name, limit.into()).await?;
    let mut found: Vec<FoundWallet> = held.iter().map(FoundWallet::of).collect();
    let mut upstream_answered = false;
    if found.len() < limit.into() && name.chars().count() >= SHORTEST_FOR_UPSTREAM {
        let profiles = profiles(app, name, limit).await;
        upstream_answered = profiles.is_some();
        let known: Vec<Address> =
            profiles.iter().flatten().filter_map(|profile| profile.wallet.clone()).collect();
        let known = wallets::get_all(public, &known).await?;
        for profile in profiles.into_iter().flatten() {
            let Some(wallet) = of_profile(&profile, &known) else { continue };
            if found.iter().all(|other| other.address != wallet.address) {
                found.push(wallet);
            }
        }
        found.truncate(limit.into());
    }
    Ok(FoundWallets { wallets: found, contract: None, upstream_answered })
}

async fn profiles(app: &AppState, name: &str, limit: u16) -> Option<Vec<PublicProfile>> {
    let gamma = GammaClient::new(app.live().upstream().clone());
    let search = ProfileSearch { limit, ..ProfileSearch::new(name) };
    match tokio::time::timeout(UPSTREAM_WITHIN, gamma.search_profiles(&search)).await {
        Ok(Ok(hits)) => Some(hits.rows.rows),
        Ok(Err(error)) => {
            tracing::debug!(%error, "people cannot be searched for upstream");
            None
        }
        Err(_) => None,
    }
}

fn of_profile(profile: &PublicProfile, known: &[Wallet]) -> Option<FoundWallet> {
    let address = profile.wallet.as_ref()?;
    if let Some(held) = known.iter().find(|wallet| wallet.address == *address) {
        let view = FoundWallet::of(held);
        let name = view.name.or_else(|| shown_name(profile));
        let pseudonym = view.pseudonym.or_else(|| profile.pseudonym.clone());
        return Some(FoundWallet { name, pseudonym, ..view });
    }
    Some(FoundWallet {
        name: shown_name(profile),
        pseudonym: profile.pseudonym.clone(),
        profile_image: profile.profile_image.clone(),
        ..bare(address)
    })
}

/// The name its owner chose and wants to be shown.
fn shown_name(profile: &PublicProfile) -> Option<String> {
    let name = profile.chosen_name().filter(|_| profile.shows_name != Some(false));
    name.map(str::to_owned)
}

// The macro below takes names without parameters.
type FoundReply = Reply<FoundWallets>;

/// Search wallets
///
/// By address, name or profile page: among those held, and at Polymarket. No import is asked for.
#[utoipa::path(
    get, path = "/api/polymarket/wallets/search", tag = "wallets", operation_id = "search_wallets",
    params(WalletSearchQuery),
    responses(
        (status = 200, description = "Who was found", body = FoundReply),
        (status = "default", description = "An error", body = Failure),
    ),
)]
pub(crate) async fn search_wallets(
    State(app): State<AppState>,
    Query(query): Query<WalletSearchQuery>,
) -> Result<Response, ApiError> {
    let snapshot = loaded_snapshot(&app)?;
    let found = load(&app, &query.text, query.limit).await?;
    let metadata = ItemMetadata::of(&app, &snapshot, Utc::now());
    Ok(Reply::new(found, metadata).respond(CachePolicy::NoStore))
}
