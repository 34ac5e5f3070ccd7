//! People: who has which wallet, and which name.

use chrono::{DateTime, Utc};
use domain::{Address, Contract, Usdc};
use rust_decimal::Decimal;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::GammaClient;
use crate::fields::Fields;
use crate::quarantine::RowKind;
use crate::rows::{Row, Rows};
use crate::{Host, Request, UpstreamError, UpstreamErrorKind};

/// What everybody may see of a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicProfile {
    /// The wallet that all data of this person is keyed by.
    pub wallet: Option<Address>,
    /// Name the person chose; where none was chosen, upstream may put one together from the address.
    pub name: Option<String>,
    /// Name upstream gave.
    pub pseudonym: Option<String>,
    /// Whether the person wants the chosen name shown.
    pub shows_name: Option<bool>,
    /// What the person says of himself.
    pub bio: Option<String>,
    /// Address of the person's picture.
    pub profile_image: Option<String>,
    /// Name on X.
    pub x_username: Option<String>,
    /// Whether upstream has verified the person.
    pub verified: Option<bool>,
    /// When the profile was made.
    pub created_at: Option<DateTime<Utc>>,
    /// The tier that decides about takers' fees, from 0.
    pub taker_tier: Option<u64>,
    /// What it is called.
    pub taker_tier_name: Option<String>,
    /// The volume that decides about the tier, in a unit that upstream does not tell.
    pub weighted_volume: Option<Decimal>,
}

impl PublicProfile {
    /// The name, if the person chose it: the ones that upstream puts together are an address and a number.
    pub fn chosen_name(&self) -> Option<&str> {
        let is_made_up = |name: &&str| {
            let address = name.split_once('-').map(|(address, _)| address);
            address.is_some_and(|address| Address::parse(address).is_ok())
        };
        self.name.as_deref().filter(|name| !is_made_up(name))
    }
}

impl Row for PublicProfile {
    const KIND: RowKind = RowKind::Profile;

    fn decode(fields: &mut Fields<'_>) -> Result<Self, &'static str> {
        fields.discard(&["$schema", "users", "id", "profileImageOptimized", "optimized"]);
        let profile = Self {
            wallet: fields.id("proxyWallet", Address::parse),
            name: fields.text("name"),
            pseudonym: fields.text("pseudonym"),
            shows_name: fields.flag("displayUsernamePublic"),
            bio: fields.text("bio"),
            profile_image: fields.text("profileImage"),
            x_username: fields.text("xUsername"),
            verified: fields.flag("verifiedBadge"),
            created_at: fields.instant("createdAt"),
            taker_tier: fields.count("takerTier"),
            taker_tier_name: fields.text("takerTierName"),
            weighted_volume: fields.usdc("weightedVolume").map(Usdc::decimal),
        };
        // Neither whose it is nor how he is called: nothing is said.
        let is_somebody =
            profile.wallet.is_some() || profile.name.is_some() || profile.pseudonym.is_some();
        if is_somebody { Ok(profile) } else { Err("proxyWallet") }
    }

    fn key(&self) -> String {
        let wallet = self.wallet.as_ref().map(Address::as_str);
        wallet.or(self.name.as_deref()).unwrap_or_default().to_owned()
    }
}

/// Whose wallet an address is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WalletOwner {
    /// It is the wallet that data is keyed by.
    Wallet(PublicProfile),
    /// It is the key of somebody whose data is keyed by another wallet, as upstream's profile says. Data
    /// asked for by the key itself would be empty.
    KeyOf {
        /// That wallet.
        wallet: Address,
        /// Its owner's profile.
        profile: PublicProfile,
    },
    /// There is a profile, but it does not say to which wallet it belongs: whether the address is a wallet
    /// or a key is unknown.
    Undisclosed(PublicProfile),
    /// Upstream knows no profile of the address. Wallets without one exist, so it may be a wallet all the
    /// same, a key, or nobody's.
    Unknown,
    /// It is a contract of the exchange.
    Contract(Contract),
}

/// People found by name.
#[derive(Debug, Clone, PartialEq)]
pub struct ProfileHits {
    /// Their profiles, the best first in upstream's opinion. Those without a wallet are of no use here and
    /// are in quarantine.
    pub rows: Rows<PublicProfile>,
    /// Whether there may be others on the next page: this one is full, and upstream says of its hits of
    /// some kind that they go on.
    pub has_more: bool,
}

/// A search for people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProfileSearch {
    /// A part of a name.
    pub text: String,
    /// The page, from 1 to 100.
    pub page: u16,
    /// Most people on it, 1 to 50.
    pub limit: u16,
}

impl ProfileSearch {
    /// The first page.
    pub fn new(text: impl Into<String>) -> Self {
        Self { text: text.into(), page: 1, limit: 20 }
    }

    fn request(&self) -> Result<Request, UpstreamError> {
        const MAX_PAGE: u16 = 100;
        const MAX_LIMIT: u16 = 50;
        let request = Request::new(Host::Gamma, "/public-search", ["public-search"]);
        let refuse = |detail: String| Err(request.error(UpstreamErrorKind::InvalidRequest(detail)));
        let text = self.text.trim();
        if text.is_empty() {
            return refuse("the text to search for is empty".to_owned());
        }
        if !(1..=MAX_PAGE).contains(&self.page) {
            return refuse(format!("page must be between 1 and {MAX_PAGE}, not {}", self.page));
        }
        if !(1..=MAX_LIMIT).contains(&self.limit) {
            return refuse(format!("limit must be between 1 and {MAX_LIMIT}, not {}", self.limit));
        }
        // Events come whether they are wanted or not; `optimized` makes them small.
        Ok(request
            .with("q", &text)
            .with("search_profiles", &true)
            .with("search_tags", &false)
            .with("limit_per_type", &self.limit)
            .with("page", &self.page)
            .with("optimized", &true))
    }
}

impl GammaClient {
    /// The profile of an address, be it a wallet or the key that signs for one (`/public-profile`); `None`
    /// where there is none.
    pub async fn public_profile(
        &self,
        address: &Address,
    ) -> Result<Option<PublicProfile>, UpstreamError> {
        let request = Request::new(Host::Gamma, "/public-profile", ["public-profile"])
            .with("address", address);
        let read = |body: &[u8]| PublicProfile::decode_single(body, |_| true);
        match self.upstream.get(&request, read).await {
            Ok(mut rows) => {
                rows.report(PublicProfile::KIND, request.route());
                Ok(rows.rows.pop())
            }
            Err(error) if error.kind == UpstreamErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Whose wallet an address is, and which wallet to ask for if it is a person's key.
    ///
    /// All upstream offers is the profile: `/public-profile` is found by wallet and by key, and its
    /// `proxyWallet` is the wallet. Nothing else may be made of a key: the address derived from it is not
    /// the wallet of those who came by e-mail or with another kind of wallet (Polymarket/polymarket-cli#14),
    /// and the relayer's `/address` answers with wallets of its own
    /// (Polymarket/py-builder-relayer-client#11). A person with several wallets has a profile for each.
    pub async fn owner_of(&self, address: &Address) -> Result<WalletOwner, UpstreamError> {
        if let Some(contract) = Contract::of(address) {
            return Ok(WalletOwner::Contract(contract));
        }
        let Some(profile) = self.public_profile(address).await? else {
            return Ok(WalletOwner::Unknown);
        };
        Ok(match profile.wallet.clone() {
            None => WalletOwner::Undisclosed(profile),
            Some(wallet) if wallet == *address => WalletOwner::Wallet(profile),
            Some(wallet) => WalletOwner::KeyOf { wallet, profile },
        })
    }

    /// People whose names hold a text (`/public-search`). Names are not unique and can be changed.
    pub async fn search_profiles(
        &self,
        search: &ProfileSearch,
    ) -> Result<ProfileHits, UpstreamError> {
        let request = search.request()?;
        let limit = usize::from(search.limit);
        let hits = self.upstream.get(&request, move |body: &[u8]| read_hits(body, limit)).await?;
        hits.rows.report(PublicProfile::KIND, request.route());
        Ok(hits)
    }
}

/// What a search answers. The flag stands alone or in `pagination`, as asked for.
#[derive(Deserialize)]
struct SearchBody<'a> {
    #[serde(borrow, default)]
    profiles: Option<&'a RawValue>,
    #[serde(borrow, default, rename = "hasMore")]
    has_more: Option<&'a RawValue>,
    #[serde(borrow, default)]
    pagination: Option<&'a RawValue>,
}

pub(crate) fn read_hits(body: &[u8], limit: usize) -> Result<ProfileHits, serde_json::Error> {
    let text = String::from_utf8_lossy(body);
    let body: SearchBody<'_> = serde_json::from_str(&text)?;
    let raws: Option<Vec<&RawValue>> =
        body.profiles.map(|raw| serde_json::from_str(raw.get())).transpose()?.flatten();
    let decode = |fields: &mut Fields<'_>| {
        let profile = PublicProfile::decode(fields)?;
        if profile.wallet.is_some() { Ok(profile) } else { Err("proxyWallet") }
    };
    let mut rows = Rows::default();
    for (index, raw) in raws.unwrap_or_default().into_iter().enumerate() {
        rows.raw_rows += 1;
        let path = format!("profiles[{index}]");
        PublicProfile::decode_into(&mut rows, raw, &path, decode, &|_| true);
    }
    let flag = |raw: &RawValue| crate::lenient::flag(raw.get()).ok().flatten();
    let within = |raw: &RawValue| Fields::parse(raw).ok()?.flag("hasMore");
    let goes_on = body.has_more.and_then(flag).or(body.pagination.and_then(within));
    Ok(ProfileHits { has_more: rows.raw_rows >= limit && goes_on.unwrap_or(true), rows })
}
