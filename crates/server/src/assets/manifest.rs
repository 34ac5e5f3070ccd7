//! Which files a page needs, as the bundler wrote it down.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::LazyLock,
};

use serde::Deserialize;

use super::Files;

const MANIFEST: &str = ".vite/manifest.json";
const MAIN: &str = "src/main.tsx";

/// The part of the script that draws one page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Chunk {
    /// The screener.
    Screener,
    /// A market.
    Market,
    /// The list of events.
    Events,
    /// An event.
    Event,
    /// The map.
    Map,
    /// The categories.
    Categories,
    /// The search for wallets.
    Wallets,
    /// A wallet.
    Wallet,
    /// Wallets beside each other.
    Compare,
    /// What large and scored wallets do.
    Whales,
    /// Evidence of informed trading.
    Insiders,
    /// The ledger of signals.
    Signals,
    /// A signal.
    Signal,
    /// Every score.
    Scores,
    /// A score.
    Score,
}

impl Chunk {
    fn source(self) -> &'static str {
        match self {
            Self::Screener => "src/features/screener/ScreenerPage.tsx",
            Self::Market => "src/features/market/MarketPage.tsx",
            Self::Events => "src/features/events/EventsPage.tsx",
            Self::Event => "src/features/events/EventPage.tsx",
            Self::Map => "src/features/map/MapPage.tsx",
            Self::Categories => "src/features/categories/CategoriesPage.tsx",
            Self::Wallets => "src/features/wallet/WalletsPage.tsx",
            Self::Wallet => "src/features/wallet/WalletPage.tsx",
            Self::Compare => "src/features/wallet/ComparePage.tsx",
            Self::Whales => "src/features/whales/WhalesPage.tsx",
            Self::Insiders => "src/features/insiders/InsidersPage.tsx",
            Self::Signals => "src/features/signals/SignalsPage.tsx",
            Self::Signal => "src/features/signals/SignalPage.tsx",
            Self::Scores => "src/features/scores/ScoresPage.tsx",
            Self::Score => "src/features/scores/ScorePage.tsx",
        }
    }
}

/// Addresses of the files a page needs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Entry {
    /// The script; `None` where the front end was not built.
    pub script: Option<String>,
    /// Style sheets.
    pub styles: Vec<String>,
    /// Scripts worth fetching before the first one asks for them.
    pub preloads: Vec<String>,
}

impl Entry {
    /// The files of a page; none, and a word in the log, where the front end was not built.
    pub fn of(chunk: Option<Chunk>) -> Self {
        static BUILT: LazyLock<Option<Manifest>> = LazyLock::new(|| {
            let manifest = Manifest::read();
            if manifest.is_none() {
                tracing::warn!("The terminal's script is not built; pages work without it");
            }
            manifest
        });
        if cfg!(debug_assertions) {
            // Debug builds read files from disk, so that a rebuilt front end shows without a restart.
            return Manifest::read().map(|manifest| manifest.entry(chunk)).unwrap_or_default();
        }
        BUILT.as_ref().map(|manifest| manifest.entry(chunk)).unwrap_or_default()
    }
}

#[derive(Debug, Deserialize)]
#[serde(transparent)]
struct Manifest(BTreeMap<String, File>);

#[derive(Debug, Deserialize)]
struct File {
    #[serde(rename = "file")]
    path: String,
    #[serde(default)]
    css: Vec<String>,
    #[serde(default)]
    imports: Vec<String>,
}

impl Manifest {
    fn read() -> Option<Self> {
        let file = Files::get(MANIFEST)?;
        match serde_json::from_slice(&file.data) {
            Ok(manifest) => Some(manifest),
            Err(error) => {
                tracing::error!(%error, "The front end's manifest cannot be read");
                None
            }
        }
    }

    fn entry(&self, chunk: Option<Chunk>) -> Entry {
        let Some(main) = self.0.get(MAIN) else { return Entry::default() };
        let mut keys = BTreeSet::new();
        self.collect_imports(MAIN, &mut keys);
        if let Some(source) = chunk.map(Chunk::source)
            && self.0.contains_key(source)
        {
            keys.insert(source);
            self.collect_imports(source, &mut keys);
        }
        keys.remove(MAIN);
        let files = || keys.iter().filter_map(|key| self.0.get(*key));
        let address = |file: &String| format!("/{file}");
        let mut styles: Vec<String> = main.css.iter().map(address).collect();
        for style in files().flat_map(|file| &file.css).map(address) {
            if !styles.contains(&style) {
                styles.push(style);
            }
        }
        Entry {
            script: Some(address(&main.path)),
            styles,
            preloads: files().map(|file| address(&file.path)).collect(),
        }
    }

    fn collect_imports<'a>(&'a self, key: &str, found: &mut BTreeSet<&'a str>) {
        for import in self.0.get(key).into_iter().flat_map(|file| &file.imports) {
            if found.insert(import) {
                self.collect_imports(import, found);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_gets_its_script_its_styles_and_what_they_import() {
        let manifest: Manifest = serde_json::from_str(
            r#"{
                "src/main.tsx": {"file": "assets/main-aaaaaaaa.js", "css": ["assets/main-b.css"], "imports": ["_lib.js"]},
                "_lib.js": {"file": "assets/lib-cccccccc.js", "imports": ["_lib.js"]},
                "src/features/market/MarketPage.tsx": {"file": "assets/market-d.js", "css": ["assets/market-e.css"], "imports": ["src/main.tsx"]}
            }"#,
        )
        .unwrap();
        let entry = manifest.entry(Some(Chunk::Market));
        assert_eq!(entry.script.as_deref(), Some("/assets/main-aaaaaaaa.js"));
        assert_eq!(entry.styles, ["/assets/main-b.css", "/assets/market-e.css"]);
        assert_eq!(entry.preloads, ["/assets/lib-cccccccc.js", "/assets/market-d.js"]);
        assert_eq!(manifest.entry(Some(Chunk::Event)).preloads, ["/assets/lib-cccccccc.js"]);
    }
}
