//! Loading recorded Gamma responses.
//!
//! Files are told apart by the shape of their rows, never by name. Rows stay verbatim. Where two
//! files hold the same event or market, the row with the later `updatedAt` wins, and on a tie the
//! one that comes first in path order; an event keeps every market any file showed inside it.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use axum::body::Bytes;
use flate2::read::MultiGzDecoder;
use serde_json::value::RawValue;

use crate::catalogue::{Catalogue, Event, Market, NotARow, Tag};
use crate::json::Members;

/// Reads directories of recordings.
#[derive(Debug)]
pub struct Replay;

/// Why a directory cannot be replayed.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// A directory or file cannot be read.
    #[error("cannot read {}: {source}", path.display())]
    Unreadable {
        /// The directory or file.
        path: PathBuf,
        /// What the operating system or the decompressor said.
        source: io::Error,
    },
    /// A file with a JSON name holds something else.
    #[error("{}, line {line}: not JSON: {reason}", path.display())]
    NotJson {
        /// The file.
        path: PathBuf,
        /// Line in the (decompressed) file, from 1.
        line: usize,
        /// What the parser said.
        reason: String,
    },
    /// A row in a Gamma file is not one.
    #[error("{}, row {row}: {reason}; remove the row or the file", path.display())]
    BadRow {
        /// The file.
        path: PathBuf,
        /// Row (of an NDJSON file: line), from 1.
        row: usize,
        /// What is wrong with it.
        reason: String,
    },
    /// The directory holds no recorded Gamma response.
    #[error(
        "{} holds no recorded Gamma response: *.ndjson or *.json files (optionally .gz) of \
         events, markets, tags or \
         sports are looked for in it and in its sub-directories",
        dir.display()
    )]
    NothingRecorded {
        /// The directory.
        dir: PathBuf,
    },
}

impl Replay {
    /// Loads every recorded Gamma file in `dir` and its direct sub-directories: `*.ndjson[.gz]`
    /// with an event or market a line, and `*.json[.gz]` holding arrays of events, markets, tags or
    /// sports, keyset pages, `{fetched_at, markets, summary}` wrappers or a single event or market.
    /// JSON files of other hosts are left out and listed in [`Catalogue::ignored_files`].
    pub fn load(dir: &Path) -> Result<Catalogue, LoadError> {
        let mut rows = Rows::default();
        for path in recorded_files(dir)? {
            rows.add_file(&path)?;
        }
        if rows.events.is_empty() && rows.markets.is_empty() && rows.tags.is_empty() {
            return Err(LoadError::NothingRecorded { dir: dir.to_owned() });
        }
        let catalogue = rows.finish();
        tracing::info!(
            dir = %dir.display(),
            events = catalogue.event_count(),
            markets = catalogue.market_count(),
            tags = catalogue.tag_count(),
            ignored_files = catalogue.ignored_files().len(),
            "Recorded responses are loaded."
        );
        Ok(catalogue)
    }
}

/// JSON files of `dir` and its direct sub-directories, in path order.
fn recorded_files(dir: &Path) -> Result<Vec<PathBuf>, LoadError> {
    let mut files = Vec::new();
    for path in entries(dir)? {
        if path.is_dir() {
            files.extend(entries(&path)?.into_iter().filter(|inner| inner.is_file()));
        } else {
            files.push(path);
        }
    }
    files.retain(|path| Layout::of(path).is_some());
    files.sort();
    Ok(files)
}

/// How a file holds its rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Layout {
    /// One JSON value.
    Whole,
    /// One JSON value a line.
    Lines,
}

impl Layout {
    /// By extension, `.gz` or not; `None` for files of another kind.
    fn of(path: &Path) -> Option<Self> {
        let is = |path: &Path, extension: &str| {
            path.extension().is_some_and(|found| found.eq_ignore_ascii_case(extension))
        };
        let plain = if is(path, "gz") { path.with_extension("") } else { path.to_owned() };
        match () {
            () if is(&plain, "json") => Some(Self::Whole),
            () if is(&plain, "ndjson") => Some(Self::Lines),
            () => None,
        }
    }
}

fn entries(dir: &Path) -> Result<Vec<PathBuf>, LoadError> {
    let unreadable = |source| LoadError::Unreadable { path: dir.to_owned(), source };
    fs::read_dir(dir)
        .map_err(unreadable)?
        .map(|entry| entry.map(|entry| entry.path()).map_err(unreadable))
        .collect()
}

/// The file's text, decompressed when its first bytes are gzip's.
fn read_text(path: &Path) -> Result<Bytes, LoadError> {
    let unreadable = |source| LoadError::Unreadable { path: path.to_owned(), source };
    let mut stored = Vec::new();
    File::open(path).and_then(|mut file| file.read_to_end(&mut stored)).map_err(unreadable)?;
    let text = if stored.starts_with(&[0x1f, 0x8b]) {
        let mut text = Vec::with_capacity(stored.len() * 8);
        MultiGzDecoder::new(stored.as_slice()).read_to_end(&mut text).map_err(unreadable)?;
        text
    } else {
        stored
    };
    if let Err(error) = std::str::from_utf8(&text) {
        let before = text.get(..error.valid_up_to()).unwrap_or_default();
        let line = before.split(|&byte| byte == b'\n').count();
        return Err(LoadError::NotJson { path: path.to_owned(), line, reason: error.to_string() });
    }
    Ok(text.into())
}

/// What a row is, by its members.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shape {
    Event,
    Market,
    Tag,
    Sport,
}

impl Shape {
    fn of(members: &Members<'_>) -> Option<Self> {
        let has = |key| members.has(key);
        let numbered = members.text("id").is_some_and(|id| id.parse::<u64>().is_ok());
        if numbered && has("question") && has("conditionId") {
            Some(Self::Market)
        } else if numbered && has("slug") && (has("ticker") || has("markets")) {
            Some(Self::Event)
        } else if numbered && has("slug") && has("label") {
            Some(Self::Tag)
        } else if has("sport") && has("ordering") {
            Some(Self::Sport)
        } else {
            None
        }
    }
}

/// Rows gathered so far.
#[derive(Default)]
struct Rows {
    events: BTreeMap<u64, Event>,
    markets: BTreeMap<u64, Market>,
    tags: BTreeMap<u64, Arc<Tag>>,
    sports: Vec<Bytes>,
    /// Markets seen inside each event, in the order seen.
    nested: BTreeMap<u64, Vec<u64>>,
    ignored_files: Vec<PathBuf>,
}

impl Rows {
    fn add_file(&mut self, path: &Path) -> Result<(), LoadError> {
        let text = read_text(path)?;
        for (index, row) in split_rows(path, &text)?.into_iter().enumerate() {
            let bad_row = |reason: String| LoadError::BadRow {
                path: path.to_owned(),
                row: index + 1,
                reason,
            };
            // Not an object in the first row: a file of something else, such as bare numbers.
            let members = Members::parse(row.get());
            let shape = members.as_ref().ok().and_then(Shape::of);
            match (members, shape) {
                (Ok(members), Some(shape)) => {
                    let body = text.slice_ref(row.get().as_bytes());
                    self.add_row(shape, &body, &members, row)
                        .map_err(|error| bad_row(error.to_string()))?;
                }
                _ if index == 0 => {
                    self.ignored_files.push(path.to_owned());
                    return Ok(());
                }
                (Err(error), _) => return Err(bad_row(error.to_string())),
                (Ok(_), None) => {
                    return Err(bad_row(
                        "it is neither an event, a market, a tag nor a sport".to_owned(),
                    ));
                }
            }
        }
        Ok(())
    }

    fn add_row(
        &mut self,
        shape: Shape,
        body: &Bytes,
        members: &Members<'_>,
        raw: &RawValue,
    ) -> Result<(), NotARow> {
        match shape {
            Shape::Event => self.add_event(body, members),
            Shape::Market => self.add_listed_market(body, members),
            Shape::Tag => {
                self.add_tag(Tag::read(raw)?);
                Ok(())
            }
            Shape::Sport => {
                self.sports.push(body.clone());
                Ok(())
            }
        }
    }

    fn add_event(&mut self, body: &Bytes, members: &Members<'_>) -> Result<(), NotARow> {
        let mut event = Event::read(body, members)?;
        let number = event.facts.number;
        for tag in members.elements("tags") {
            // An unusable tag inside an event is served with the event all the same.
            if let Ok(tag) = Tag::read(tag) {
                self.add_tag(tag);
            }
        }
        for raw in members.elements("markets") {
            let body = body.slice_ref(raw.get().as_bytes());
            let market = Market::read(&body, &Members::parse(raw.get())?)?;
            event.market_numbers.push(market.facts.number);
            self.place_market(market, Some(number));
        }
        self.place_event(event);
        Ok(())
    }

    fn add_listed_market(&mut self, body: &Bytes, members: &Members<'_>) -> Result<(), NotARow> {
        let mut event_number = None;
        if let Some(raw) = members.elements("events").first() {
            let event_body = body.slice_ref(raw.get().as_bytes());
            let event = Event::read(&event_body, &Members::parse(raw.get())?)?;
            event_number = Some(event.facts.number);
            self.place_event(event);
        }
        self.place_market(Market::read(body, members)?, event_number);
        Ok(())
    }

    fn add_tag(&mut self, tag: Tag) {
        self.tags.entry(tag.number).or_insert_with(|| Arc::new(tag));
    }

    fn place_market(&mut self, mut market: Market, event_number: Option<u64>) {
        let number = market.facts.number;
        if let Some(event_number) = event_number {
            let nested = self.nested.entry(event_number).or_default();
            if !nested.contains(&number) {
                nested.push(number);
            }
        }
        market.event_number = event_number;
        match self.markets.entry(number) {
            Entry::Vacant(free) => {
                free.insert(market);
            }
            Entry::Occupied(mut held) => {
                let held = held.get_mut();
                market.event_number = held.event_number.or(event_number);
                if market.facts.updated_ms > held.facts.updated_ms {
                    *held = market;
                } else {
                    held.event_number = market.event_number;
                }
            }
        }
    }

    fn place_event(&mut self, event: Event) {
        match self.events.entry(event.facts.number) {
            Entry::Vacant(free) => {
                free.insert(event);
            }
            Entry::Occupied(mut held) => {
                let held = held.get_mut();
                // A slim embed carries no tags: keep those a full recording had.
                if event.facts.updated_ms > held.facts.updated_ms {
                    let older = std::mem::replace(held, event);
                    keep_tags(held, older);
                } else {
                    keep_tags(held, event);
                }
            }
        }
    }

    fn finish(self) -> Catalogue {
        let Self { events, markets, tags, sports, mut nested, ignored_files } = self;
        let events = events.into_iter().map(|(number, mut event)| {
            let all = nested.remove(&number).unwrap_or_default();
            if all.len() > event.market_numbers.len() {
                // Other files show more markets of this event than its own recording does.
                event.recorded = None;
            }
            event.market_numbers = all;
            (number, Arc::new(event))
        });
        let markets = markets.into_iter().map(|(number, market)| (number, Arc::new(market)));
        Catalogue::new(events.collect(), markets.collect(), tags, sports, ignored_files)
    }
}

fn keep_tags(winner: &mut Event, other: Event) {
    if winner.tags.is_none() && other.tags.is_some() {
        winner.tags = other.tags;
        winner.tag_numbers = other.tag_numbers;
        winner.tag_slugs = other.tag_slugs;
        // The verbatim body has no tags: put it together instead.
        winner.recorded = None;
    }
}

/// The rows of a file as raw JSON.
fn split_rows<'a>(path: &Path, text: &'a Bytes) -> Result<Vec<&'a RawValue>, LoadError> {
    // Checked when the file was read.
    let text = std::str::from_utf8(text).unwrap_or_default();
    let not_json = |line: usize, error: &serde_json::Error| LoadError::NotJson {
        path: path.to_owned(),
        line,
        reason: error.to_string(),
    };
    if Layout::of(path) == Some(Layout::Lines) {
        return text
            .split('\n')
            .enumerate()
            .filter(|(_, line)| !line.trim().is_empty())
            .map(|(index, line)| {
                serde_json::from_str(line.trim()).map_err(|error| not_json(index + 1, &error))
            })
            .collect();
    }
    let whole: &RawValue =
        serde_json::from_str(text).map_err(|error| not_json(error.line(), &error))?;
    if let Ok(rows) = serde_json::from_str::<Vec<&RawValue>>(whole.get()) {
        return Ok(rows);
    }
    let Ok(members) = Members::parse(whole.get()) else { return Ok(vec![whole]) };
    if members.has("id") {
        return Ok(vec![whole]);
    }
    for list in ["events", "markets"] {
        let rows = members.elements(list);
        if !rows.is_empty() {
            return Ok(rows);
        }
    }
    Ok(vec![whole])
}
