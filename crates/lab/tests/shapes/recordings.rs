//! The recorded bodies, and the account of which of them are compared.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use flate2::read::GzDecoder;
use serde_json::Value;

/// A directory of recorded bodies, and which of its files were asked for.
pub struct Recordings {
    dir: PathBuf,
    used: RefCell<BTreeSet<String>>,
}

impl Recordings {
    pub fn in_dir(dir: PathBuf) -> Self {
        Self { dir, used: RefCell::default() }
    }

    /// The body in a file.
    pub fn body(&self, file: &str) -> Value {
        let text = self.text(file);
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("{file}: {error}"))
    }

    /// The rows of a file that is an array, or has a row a line.
    pub fn rows(&self, file: &str) -> Vec<Value> {
        if file.ends_with(".ndjson.gz") {
            let text = self.text(file);
            let row =
                |line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{file}: {error}"));
            return text.lines().map(row).collect();
        }
        match self.body(file) {
            Value::Array(rows) => rows,
            other => panic!("{file} is no array: {other:.60}"),
        }
    }

    fn text(&self, file: &str) -> String {
        self.used.borrow_mut().insert(file.to_owned());
        let path = self.dir.join(file);
        let bytes = fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        if path.extension().is_none_or(|extension| extension != "gz") {
            return String::from_utf8(bytes).expect("UTF-8");
        }
        let mut text = String::new();
        GzDecoder::new(bytes.as_slice()).read_to_string(&mut text).expect("a gzip of UTF-8");
        text
    }

    /// The files of JSON that nobody asked for.
    pub fn unused(&self) -> BTreeSet<String> {
        let mut files = BTreeSet::new();
        list(&self.dir, "", &mut files);
        files.difference(&self.used.borrow()).cloned().collect()
    }
}

fn list(dir: &Path, prefix: &str, into: &mut BTreeSet<String>) {
    for entry in fs::read_dir(dir).expect("a directory") {
        let entry = entry.expect("an entry");
        let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
        if entry.path().is_dir() {
            list(&entry.path(), &format!("{name}/"), into);
        } else if [".json", ".json.gz", ".ndjson.gz"].iter().any(|end| name.ends_with(end)) {
            into.insert(name);
        }
    }
}
