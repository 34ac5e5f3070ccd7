//! `/public-profile` and `/profiles`: what everybody may see of a person.

use axum::extract::{Path, Query, State};
use chrono::{DateTime, SecondsFormat};
use serde::Serialize;

use super::answer::{Answer, Pairs, ask, written};
use super::params::Params;
use super::problem::Problem;
use crate::server::App;
use crate::world::{Person, profile};

/// Fees do not depend on who pays them here: everybody is in the lowest tier, which counts no
/// volume.
#[derive(Clone, Copy, Serialize)]
#[serde(rename_all = "camelCase")]
struct Tier {
    #[serde(rename = "takerTier")]
    number: u8,
    #[serde(rename = "takerTierName")]
    name: &'static str,
    weighted_volume: u8,
}

const LOWEST: Tier = Tier { number: 0, name: "Tier 0", weighted_volume: 0 };

/// A row of `/public-profile`.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PublicRow {
    created_at: String,
    proxy_wallet: String,
    display_username_public: bool,
    #[serde(skip_serializing_if = "String::is_empty")]
    bio: String,
    pseudonym: String,
    name: String,
    users: [UserRow; 1],
    #[serde(skip_serializing_if = "String::is_empty")]
    x_username: String,
    verified_badge: bool,
    #[serde(flatten)]
    tier: Tier,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct UserRow {
    id: String,
    creator: bool,
    #[serde(rename = "mod")]
    moderator: bool,
    community_mod: bool,
}

/// A row of `/profiles/user_address/{address}`.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ProfileRow {
    name: String,
    pseudonym: String,
    proxy_wallet: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    bio: String,
    created_at: String,
    #[serde(flatten)]
    tier: Tier,
}

pub(super) async fn public(State(app): State<App>, Query(pairs): Pairs) -> Answer {
    let params = Params::new(pairs);
    let missing = || Problem::Invalid("query parameter address is required".to_owned());
    let address = params.one("address").ok_or_else(missing)?;
    let person = find(&app, address).await?;
    let row = PublicRow {
        created_at: joined(&person),
        display_username_public: person.displays_name,
        name: profile::shown_name(&person),
        users: [UserRow {
            id: (person.wallet.index() + 1).to_string(),
            creator: false,
            moderator: false,
            community_mod: false,
        }],
        proxy_wallet: person.address,
        bio: person.bio,
        pseudonym: person.pseudonym,
        x_username: person.x_username,
        verified_badge: person.verified,
        tier: LOWEST,
    };
    written(&app, "PublicProfileResponse", &row)
}

pub(super) async fn by_address(State(app): State<App>, Path(address): Path<String>) -> Answer {
    let person = find(&app, &address).await?;
    let row = ProfileRow {
        name: profile::shown_name(&person),
        created_at: joined(&person),
        pseudonym: person.pseudonym,
        proxy_wallet: person.address,
        bio: person.bio,
        tier: LOWEST,
    };
    written(&app, "PublicProfile", &row)
}

/// Whose wallet or base address it is. A replay has no people.
async fn find(app: &App, address: &str) -> Result<Person, Problem> {
    if !is_address(address) {
        return Err(Problem::Malformed("address is invalid".to_owned()));
    }
    let address = address.to_owned();
    let found = ask(app, move |world| {
        profile::find(world, &address).map(|wallet| world.person(wallet).clone())
    });
    found.await?.flatten().ok_or(Problem::NotFound("profile"))
}

/// `0x` and 40 hex digits.
fn is_address(text: &str) -> bool {
    text.strip_prefix("0x").is_some_and(|digits| {
        digits.len() == 40 && digits.bytes().all(|digit| digit.is_ascii_hexdigit())
    })
}

fn joined(person: &Person) -> String {
    let at = DateTime::from_timestamp_millis(person.joined_ms).unwrap_or_default();
    at.to_rfc3339_opts(SecondsFormat::Millis, true)
}
