//! What people call a wallet: an address in any case, a name, the address of a profile page, a key that signs for it.

use std::time::Duration;

use domain::{Address, Contract, ErrorCode, InvalidField};
use moka::future::Cache;
use polymarket::gamma::{GammaClient, ProfileSearch, WalletOwner};
use store::wallets::{self, Wallet};

use crate::http::{client::Client, error::ApiError, state::AppState};

/// How long upstream's word on an address or a name is believed.
const KEPT_FOR: Duration = Duration::from_mins(10);
/// How long upstream may take to say whose an address is before it is taken for a wallet's.
const OWNER_WITHIN: Duration = Duration::from_secs(2);
/// Longest name.
const MAX_NAME_CHARS: usize = 64;
/// What is accepted.
const REMEDY: &str = "must be a wallet's address (`0x` and 40 hexadecimal digits, in any case), a user name, or the address of a profile page such as https://polymarket.com/@name";

/// What somebody wrote for a wallet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WalletName {
    /// An address: a wallet's, a key's or a contract's.
    Address(Address),
    /// A name.
    Name(String),
}

impl WalletName {
    /// Reads what somebody wrote.
    pub fn parse(text: &str) -> Result<Self, InvalidField> {
        let refuse = |message: String| Err(InvalidField::new("address", text, message));
        let Some(name) = of_page(text.trim()) else {
            return refuse(format!("{REMEDY}; this is another page"));
        };
        let name = name.trim_start_matches('@');
        if let Some(digits) = name.strip_prefix("0x").or_else(|| name.strip_prefix("0X")) {
            // Where nobody chose a name, the site puts one together: the address, a dash and a time.
            let digits = digits.split('-').next().unwrap_or_default();
            return match Address::parse(&format!("0x{digits}")) {
                Ok(address) => Ok(Self::Address(address)),
                Err(_) => refuse(format!("{REMEDY}; this {}", what_is_wrong(digits))),
            };
        }
        if name.len() == 40 && name.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Address::parse(&format!("0x{name}"))
                .map(Self::Address)
                .or_else(|_| refuse(REMEDY.to_owned()));
        }
        let is_legal = |letter: char| !letter.is_control() && !"/\\?#<>".contains(letter);
        if name.is_empty() || name.chars().count() > MAX_NAME_CHARS || !name.chars().all(is_legal) {
            return refuse(REMEDY.to_owned());
        }
        Ok(Self::Name(name.to_owned()))
    }
}

fn what_is_wrong(digits: &str) -> String {
    match digits.chars().find(|digit| !digit.is_ascii_hexdigit()) {
        Some(other) => format!("has {other:?}, which is no hexadecimal digit"),
        None => format!("has {} digits", digits.len()),
    }
}

/// The name that a profile page's address has in it; the text itself where it is no page's address, and `None` where it
/// is another page's.
fn of_page(text: &str) -> Option<&str> {
    let bare = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    let is_url = bare.is_some();
    let bare = bare.unwrap_or(text);
    let (host, path) = bare.split_once('/').unwrap_or((bare, ""));
    let host = host.strip_prefix("www.").unwrap_or(host);
    if !host.eq_ignore_ascii_case("polymarket.com") {
        return (!is_url).then_some(text);
    }
    let path = path.split(['?', '#']).next().unwrap_or_default().trim_matches('/');
    let name = match path.split_once('/') {
        Some(("profile", name)) => name,
        // A page in another language.
        Some((_, name)) if name.starts_with('@') => name,
        Some(_) => return None,
        None => path.starts_with(['@', '%']).then_some(path)?,
    };
    // What browsers may make of the sign.
    let name = name.strip_prefix("%40").unwrap_or(name);
    (!name.is_empty() && !name.contains('/')).then_some(name)
}

/// The wallet that somebody means.
#[derive(Debug, Clone, PartialEq)]
pub struct Resolved {
    /// Its address.
    pub address: Address,
    /// What is held of it.
    pub held: Option<Wallet>,
    /// How it was found, where what was written is not its address: `name` or `key`.
    pub by: Option<&'static str>,
    /// Upstream was asked for it, which was counted: an import that follows is not counted again.
    pub is_counted: bool,
}

/// What upstream said of addresses and names lately.
#[derive(Debug)]
pub struct OwnerCache {
    /// The wallet of a key; `None` for what is itself a wallet, or nobody's.
    keys: Cache<Address, Option<Address>>,
    names: Cache<String, Vec<Address>>,
}

impl Default for OwnerCache {
    fn default() -> Self {
        Self {
            keys: Cache::builder().max_capacity(10_000).time_to_live(KEPT_FOR).build(),
            names: Cache::builder().max_capacity(10_000).time_to_live(KEPT_FOR).build(),
        }
    }
}

/// The refusal of a contract's address.
pub fn contract_refusal(contract: Contract) -> ApiError {
    ApiError::new(ErrorCode::ProtocolContract)
        .saying(format!("This is {contract}, a contract of the exchange and nobody's wallet."))
        .with("contract", contract.name())
        .with("address", contract.address())
}

/// The refusal of a name that several wallets have.
fn ambiguous(name: &str, wallets: &[Address]) -> ApiError {
    let all: Vec<&str> = wallets.iter().map(Address::as_str).collect();
    let message = format!("is the name of several wallets; give one's address: {}", all.join(", "));
    ApiError::invalid_query(vec![InvalidField::new("address", name, message)])
}

/// The wallet that somebody means, and what is held of it. Who asks for many that nobody has heard of is refused.
pub async fn resolve(app: &AppState, client: Client, text: &str) -> Result<Resolved, ApiError> {
    let named = WalletName::parse(text).map_err(|field| ApiError::invalid_query(vec![field]))?;
    match named {
        WalletName::Address(address) => of_address(app, client, address).await,
        WalletName::Name(name) => of_name(app, client, &name).await,
    }
}

async fn of_address(
    app: &AppState,
    client: Client,
    address: Address,
) -> Result<Resolved, ApiError> {
    if let Some(contract) = Contract::of(&address) {
        return Err(contract_refusal(contract));
    }
    let public = app.database().public();
    let held = wallets::get(public, &address).await?;
    if !held.as_ref().is_none_or(may_be_a_key) {
        return Ok(Resolved { address, held, by: None, is_counted: false });
    }
    let is_counted = !app.wallet_owners().keys.contains_key(&address);
    if is_counted && let Err(refusal) = app.import_limits().admit(client) {
        // What is held of one that was asked for before can be told all the same.
        let is_known = held.is_some();
        let kept = Resolved { address, held, by: None, is_counted: false };
        return if is_known { Ok(kept) } else { Err(refusal) };
    }
    match owner(app, &address).await {
        Some(wallet) => {
            let held = wallets::get(public, &wallet).await?;
            Ok(Resolved { address: wallet, held, by: Some("key"), is_counted })
        }
        None => Ok(Resolved { address, held, by: None, is_counted }),
    }
}

/// Whether nothing has ever been seen of an address that keys do not do.
fn may_be_a_key(held: &Wallet) -> bool {
    held.found_by == wallets::FoundBy::Asked.slug()
        && held.history.as_ref().is_none_or(|history| history.is_empty)
}

/// The wallet that a key signs for; `None` for everything else, and while upstream does not say.
async fn owner(app: &AppState, address: &Address) -> Option<Address> {
    let gamma = GammaClient::new(app.live().upstream().clone());
    let ask = async {
        gamma.owner_of(address).await.map(|owner| match owner {
            WalletOwner::KeyOf { wallet, .. } => Some(wallet),
            _ => None,
        })
    };
    let asked = app.wallet_owners().keys.try_get_with_by_ref(address, ask);
    match tokio::time::timeout(OWNER_WITHIN, asked).await {
        Ok(Ok(owner)) => owner.filter(|wallet| Contract::of(wallet).is_none()),
        Ok(Err(error)) => {
            tracing::debug!(%address, %error, "whose address this is, upstream does not say");
            None
        }
        Err(_) => None,
    }
}

async fn of_name(app: &AppState, client: Client, name: &str) -> Result<Resolved, ApiError> {
    let public = app.database().public();
    let mut held = wallets::by_name(public, name).await?;
    if held.len() > 1 {
        let all: Vec<Address> = held.into_iter().map(|wallet| wallet.address).collect();
        return Err(ambiguous(name, &all));
    }
    let by = Some("name");
    if let Some(held) = held.pop() {
        let address = held.address.clone();
        return Ok(Resolved { address, held: Some(held), by, is_counted: false });
    }
    let is_counted = !app.wallet_owners().names.contains_key(&name.to_lowercase());
    if is_counted {
        app.import_limits().admit(client)?;
    }
    let found = called(app, name).await?;
    match found.as_slice() {
        [] => Err(ApiError::new(ErrorCode::WalletNotFound).with("name", name)),
        [address] => {
            let held = wallets::get(public, address).await?;
            Ok(Resolved { address: address.clone(), held, by, is_counted })
        }
        several => Err(ambiguous(name, several)),
    }
}

/// The wallets whose owners upstream knows by exactly this name.
async fn called(app: &AppState, name: &str) -> Result<Vec<Address>, ApiError> {
    let gamma = GammaClient::new(app.live().upstream().clone());
    let wanted = name.to_lowercase();
    let ask = async {
        let hits = gamma.search_profiles(&ProfileSearch::new(name)).await?;
        let exact = hits.rows.rows.into_iter().filter(|profile| {
            let names = [profile.name.as_deref(), profile.pseudonym.as_deref()];
            names.into_iter().flatten().any(|name| name.to_lowercase() == wanted)
        });
        let mut wallets: Vec<Address> = exact.filter_map(|profile| profile.wallet).collect();
        wallets.sort();
        wallets.dedup();
        Ok::<_, polymarket::UpstreamError>(wallets)
    };
    let unavailable = || ApiError::new(ErrorCode::UpstreamUnavailable);
    let asked = app.wallet_owners().names.try_get_with_by_ref(&wanted, ask);
    match tokio::time::timeout(OWNER_WITHIN, asked).await {
        Ok(Ok(found)) => Ok(found),
        Ok(Err(error)) => Err(unavailable().because(error)),
        Err(_) => Err(unavailable()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DIGITS: &str = "379A410a36c101e3b8dfb6c90d1176eb0def4b1a";

    #[test]
    fn an_address_is_read_however_it_is_written() {
        let address = WalletName::Address(Address::parse(&format!("0x{DIGITS}")).unwrap());
        for text in [
            format!("0x{DIGITS}"),
            format!("0X{}", DIGITS.to_uppercase()),
            format!(" 0x{DIGITS} "),
            DIGITS.to_owned(),
            format!("0x{DIGITS}-1712345678901"),
            format!("@0x{DIGITS}-1712345678901"),
            format!("https://polymarket.com/profile/0x{DIGITS}"),
            format!("https://polymarket.com/profile/0x{DIGITS}?tab=activity#x"),
            format!("http://www.polymarket.com/profile/0x{DIGITS}/"),
            format!("polymarket.com/profile/0x{DIGITS}"),
        ] {
            assert_eq!(WalletName::parse(&text).as_ref(), Ok(&address), "{text}");
        }
    }

    #[test]
    fn a_name_is_read_with_its_sign_and_out_of_its_page() {
        let name = WalletName::Name("Some.One-1".to_owned());
        for text in [
            "Some.One-1",
            "@Some.One-1",
            "https://polymarket.com/@Some.One-1",
            "https://polymarket.com/@Some.One-1?tab=positions",
            "https://polymarket.com/%40Some.One-1",
            "https://polymarket.com/profile/%40Some.One-1",
            "https://polymarket.com/es/@Some.One-1",
        ] {
            assert_eq!(WalletName::parse(text).as_ref(), Ok(&name), "{text}");
        }
    }

    #[test]
    fn what_names_no_wallet_is_refused_with_what_would() {
        let short: String = format!("0x{DIGITS}").chars().take(41).collect();
        for (text, part) in [
            (short.as_str(), "39 digits"),
            ("0x", "0 digits"),
            ("0xzz", "'z'"),
            ("0x€", "'€'"),
            ("", "a user name"),
            ("@", "a user name"),
            ("a/b", "a user name"),
            ("https://polymarket.com/event/x", "another page"),
            ("https://polymarket.com/", "another page"),
            ("https://evil.example/@name", "another page"),
        ] {
            let refused = WalletName::parse(text).unwrap_err();
            assert_eq!(refused.field, "address");
            assert!(refused.message.contains(part), "{text}: {}", refused.message);
        }
        assert!(WalletName::parse(&"x".repeat(65)).is_err());
    }
}
