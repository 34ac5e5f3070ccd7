//! Every recorded body decodes.

mod clob;
mod data;
mod wallets;

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use flate2::read::GzDecoder;

/// Where recordings are.
fn root() -> PathBuf {
    std::env::var_os("CASCADIAN_RECORDED_DATA").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data"),
        PathBuf::from,
    )
}

/// The bytes of a recorded body, `None` where recordings are absent.
fn recorded(path: &str) -> Option<Vec<u8>> {
    let file = root().join(path);
    if !file.exists() {
        println!("SKIPPED: {} is absent; set CASCADIAN_RECORDED_DATA", file.display());
        return None;
    }
    let mut body = Vec::new();
    let mut opened = File::open(&file).unwrap();
    if file.extension().is_some_and(|extension| extension == "gz") {
        GzDecoder::new(opened).read_to_end(&mut body).unwrap();
    } else {
        opened.read_to_end(&mut body).unwrap();
    }
    Some(body)
}
