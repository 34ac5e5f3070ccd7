//! Which crate may use which. `docs/architecture.md` has the table in words; a dependency that breaks it
//! fails here.

#![expect(clippy::unwrap_used, reason = "a test says by panicking what it did not expect")]

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use serde::Deserialize;

/// What each crate of the workspace may use of the others.
const MAY_USE: &[(&str, &[&str])] = &[
    ("domain", &[]),
    ("polymarket", &["domain"]),
    ("store", &["domain"]),
    ("ingest", &["domain", "polymarket", "store"]),
    ("lab", &["domain"]),
    ("server", &["domain", "polymarket", "store", "ingest", "lab"]),
];

/// Libraries that have a home, and why nobody else may have them. Tests may use them anywhere.
const HOMES: &[(&str, &[&str], &str)] = &[
    ("sqlx", &["store"], "all SQL is in one crate; add a function to store and call it"),
    (
        "reqwest",
        &["polymarket", "server"],
        "requests to upstream pass polymarket's limits, retries and deadlines; the command line asks terminals",
    ),
    ("axum", &["lab", "server"], "only these two serve HTTP"),
    ("clap", &["server"], "there is one command line"),
    ("maud", &["server"], "pages are written by the server"),
    ("marcasite", &[], "the tests of the lab are to know what a stranger's client makes of it"),
];

/// What would give `domain` I/O, tasks, logs or meters.
const NOT_IN_DOMAIN: &[&str] = &[
    "futures-util",
    "metrics",
    "rand",
    "rustix",
    "tokio",
    "tokio-stream",
    "tokio-util",
    "tracing",
];

#[test]
fn no_crate_depends_on_one_it_may_not() {
    let packages = workspace();
    assert!(packages.len() >= MAY_USE.len(), "cargo metadata lists the whole workspace");
    let broken = violations(&packages);
    assert!(broken.is_empty(), "\n{}\n", broken.join("\n"));
}

#[test]
fn every_rule_is_noticed_when_it_is_broken() {
    let cases = [
        (vec![package("store", &["ingest"], &[])], "store must not depend on ingest"),
        (vec![package("ingest", &["sqlx"], &[])], "ingest must not depend on sqlx: all SQL"),
        (vec![package("domain", &["tokio"], &[])], "domain must not depend on tokio"),
        (vec![package("lab", &["marcasite"], &[])], "lab must not depend on marcasite"),
        (vec![package("llm", &[], &[])], "llm is in no row of MAY_USE"),
        (
            vec![package("lab", &[], &["ingest"]), package("ingest", &[], &["lab"])],
            "the tests of ingest use lab, which uses ingest",
        ),
    ];
    for (packages, expected) in cases {
        let broken = violations(&packages);
        assert!(broken.iter().any(|rule| rule.starts_with(expected)), "{expected}: {broken:?}");
    }
}

#[test]
fn the_product_does_not_know_the_truth() {
    let product =
        ["domain", "polymarket", "store", "ingest", "server"].map(|name| format!("{name}/src"));
    let asked = sources_with("lab/truth", &product);
    let is_audit = |path: &&String| path.contains("server/src/cli/audit/");
    assert!(asked.iter().any(|path| is_audit(&path)), "the rule has nothing to be about");
    let strange: Vec<_> = asked.iter().filter(|path| !is_audit(path)).collect();
    assert!(strange.is_empty(), "only tests and audits may ask what is true: {strange:?}");
}

#[test]
fn of_the_server_only_the_command_line_sends_requests_itself() {
    let asking = sources_with("reqwest", &["server/src".to_owned()]);
    assert!(!asking.is_empty(), "the rule has nothing to be about");
    let strange: Vec<_> = asking.iter().filter(|path| !path.contains("server/src/cli/")).collect();
    assert!(strange.is_empty(), "requests to upstream pass polymarket's limits: {strange:?}");
}

/// The source files under some folders of `crates` in which a text occurs.
fn sources_with(text: &str, folders: &[String]) -> Vec<String> {
    let crates = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let mut left: Vec<_> = folders.iter().map(|folder| crates.join(folder)).collect();
    let (mut found, mut read) = (Vec::new(), 0);
    while let Some(path) = left.pop() {
        if path.is_dir() {
            left.extend(path.read_dir().unwrap().map(|entry| entry.unwrap().path()));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            read += 1;
            if std::fs::read_to_string(&path).unwrap().contains(text) {
                found.push(path.display().to_string());
            }
        }
    }
    assert!(read > 50, "only {read} files were read");
    found
}

#[test]
fn tests_may_use_what_their_crate_may_not() {
    let packages =
        [package("domain", &[], &["store", "tokio", "sqlx"]), package("store", &[], &["store"])];
    assert_eq!(violations(&packages), [] as [&str; 0]);
}

#[derive(Debug, Deserialize)]
struct Package {
    name: String,
    dependencies: Vec<Dependency>,
}

#[derive(Debug, Deserialize)]
struct Dependency {
    name: String,
    /// `None` for what the crate itself uses; `dev` or `build` otherwise.
    kind: Option<String>,
}

impl Package {
    fn uses(&self) -> impl Iterator<Item = &str> {
        self.dependencies.iter().filter(|used| used.kind.is_none()).map(|used| used.name.as_str())
    }
}

fn workspace() -> Vec<Package> {
    #[derive(Deserialize)]
    struct Metadata {
        packages: Vec<Package>,
    }
    let manifest = concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml");
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version=1", "--no-deps", "--offline"])
        .args(["--manifest-path", manifest])
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice::<Metadata>(&output.stdout).unwrap().packages
}

/// Every broken rule, one sentence each.
fn violations(packages: &[Package]) -> Vec<String> {
    let mut broken = Vec::new();
    for package in packages {
        let name = package.name.as_str();
        match MAY_USE.iter().find(|(of, _)| *of == name) {
            None => {
                broken.push(format!("{name} is in no row of MAY_USE in {}: give it one", file!()));
            }
            Some((_, allowed)) => broken.extend(broken_by(package, allowed)),
        }
    }
    broken.extend(test_cycles(packages));
    broken
}

fn broken_by(package: &Package, allowed: &[&str]) -> Vec<String> {
    let name = package.name.as_str();
    let mut broken = Vec::new();
    for used in package.uses() {
        let is_ours = MAY_USE.iter().any(|(of, _)| *of == used);
        if is_ours && !allowed.contains(&used) {
            let allowed = if allowed.is_empty() { "none".to_owned() } else { allowed.join(", ") };
            broken.push(format!(
                "{name} must not depend on {used}: of the crates here it may use {allowed}. Move what \
                 both need further down, or pass it in from above."
            ));
        }
        let home = HOMES.iter().find(|(library, _, _)| *library == used);
        if let Some((_, homes, reason)) = home.filter(|(_, homes, _)| !homes.contains(&name)) {
            let homes = if homes.is_empty() { "nobody".to_owned() } else { homes.join(", ") };
            broken.push(format!("{name} must not depend on {used}: {reason} ({homes} may)."));
        }
        if name == "domain" && NOT_IN_DOMAIN.contains(&used) {
            broken.push(format!(
                "domain must not depend on {used}: it has no I/O, no tasks and no clock. Pass in what \
                 they would bring."
            ));
        }
    }
    broken
}

/// Tests that use, directly or not, a crate that uses the crate under test in its turn. Cargo allows it,
/// and then compiles that crate twice, as types that do not fit each other.
fn test_cycles(packages: &[Package]) -> Vec<String> {
    let everything: BTreeMap<&str, BTreeSet<&str>> = packages
        .iter()
        .map(|package| {
            let used = package.dependencies.iter().map(|used| used.name.as_str());
            (package.name.as_str(), used.filter(|used| *used != package.name).collect())
        })
        .collect();
    let mut cycles = Vec::new();
    for package in packages {
        let name = package.name.as_str();
        let dev = package.dependencies.iter().filter(|used| used.kind.as_deref() == Some("dev"));
        for used in dev.map(|used| used.name.as_str()).filter(|used| *used != name) {
            if reaches(&everything, used, name) {
                cycles.push(format!(
                    "the tests of {name} use {used}, which uses {name}: put these tests into {used}."
                ));
            }
        }
    }
    cycles
}

fn reaches(uses: &BTreeMap<&str, BTreeSet<&str>>, from: &str, to: &str) -> bool {
    let mut seen = BTreeSet::new();
    let mut next = vec![from];
    while let Some(name) = next.pop() {
        if name == to {
            return true;
        }
        if seen.insert(name.to_owned()) {
            next.extend(uses.get(name).into_iter().flatten().copied());
        }
    }
    false
}

fn package(name: &str, uses: &[&str], tests_use: &[&str]) -> Package {
    let of = |kind: Option<&str>, names: &[&str]| -> Vec<Dependency> {
        let kind = kind.map(str::to_owned);
        names
            .iter()
            .map(|name| Dependency { name: (*name).to_owned(), kind: kind.clone() })
            .collect()
    };
    let mut dependencies = of(None, uses);
    dependencies.extend(of(Some("dev"), tests_use));
    Package { name: name.to_owned(), dependencies }
}
