//! What `ARCHITECTURE.md` promises, checked: the arrows that must not exist, what the core and the edge must not touch, and
//! a few habits that are easier kept than restored.
//!
//! Each failure says what was found, where, and why it may not be.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

/// Libraries that the core may use: arithmetic, and values as data. None of them does I/O or reads a clock; `multiversion` asks which
/// vectors the processor has, and the code that it chooses between gives the same bits.
const CORE_LIBRARIES: [&str; 7] = ["libm", "multiversion", "nalgebra", "serde", "sguaba", "smallvec", "uom"];
/// Libraries that the edge may use in addition: each turns bytes or text into values, or back.
const EDGE_LIBRARIES: [&str; 23] = [
    "crc32fast",           // checksums
    "csv",                 // tables of alerts, over any text
    "ed25519-dalek",       // signatures; randomness and keys are given to it
    "etherparse",          // Ethernet, IP and UDP headers
    "geojson",             // zone files
    "jiff",                // UTC as calendar time; its clock is not used
    "mcap",                // the container of recordings, over any reader and writer
    "miette",              // errors that show the place in a text
    "pcap-parser",         // capture files
    "prost",               // protobuf
    "prost-build",         // when building: structures from a schema
    "prost-reflect",       // protobuf's JSON, and a schema's own options
    "prost-types",         // protobuf's own messages
    "quick-xml",           // CAP
    "sapient-rs",          // when building: the published schema; nothing of it is linked
    "schemars",            // JSON Schema from types
    "serde_json",          // JSON
    "serde_path_to_error", // the key that an error is at
    "sha2",                // hashes
    "thiserror",           // error texts
    "tiff",                // chunks of a TIFF file, over any reader
    "toml",                // configuration
    "nalgebra",
];
/// Names for crates that hold whatever found no home.
const HOMELESS: [&str; 6] = ["common", "util", "utils", "types", "helpers", "misc"];
/// Longer files have more than one subject.
const FILE_LINES_MAX: usize = 900;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("xtask lies in the repository").to_owned()
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Fails with every finding at once.
fn none(findings: Vec<String>) {
    assert!(findings.is_empty(), "{} found:\n  {}\n", findings.len(), findings.join("\n  "));
}

/// Where a crate lies decides what it may know.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Layer {
    Core,
    Edge,
    Host,
    Lab,
    App,
    Tool,
}

#[derive(Debug)]
struct Crate {
    layer: Layer,
    folder: PathBuf,
    /// What it depends on, with `true` where that is for its tests only.
    needs: BTreeMap<String, bool>,
}

/// The workspace by crate name, as cargo understands it.
fn crates() -> BTreeMap<String, Crate> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command.current_dir(root()).args(["metadata", "--no-deps", "--format-version", "1", "--offline"]);
    let output = command.output().expect("cargo can be started");
    assert!(output.status.success(), "cargo metadata: {}", String::from_utf8_lossy(&output.stderr));
    let metadata: Value = serde_json::from_slice(&output.stdout).expect("cargo metadata is JSON");
    let packages = metadata["packages"].as_array().expect("a workspace has packages");
    packages.iter().map(|package| (package["name"].as_str().expect("a name").to_owned(), crate_of(package))).collect()
}

fn crate_of(package: &Value) -> Crate {
    let manifest = PathBuf::from(package["manifest_path"].as_str().expect("a manifest"));
    let folder = manifest.parent().expect("a folder").to_owned();
    let place = folder.strip_prefix(root()).expect("crates lie in the repository").to_string_lossy().replace('\\', "/");
    let layer = match place.split('/').collect::<Vec<_>>().as_slice() {
        ["crates", "core", _] => Layer::Core,
        ["crates", "edge", _] => Layer::Edge,
        ["crates", "host", _] => Layer::Host,
        ["crates", "lab", _] => Layer::Lab,
        ["apps", _] => Layer::App,
        ["xtask"] => Layer::Tool,
        _ => panic!("{place} is in no layer: put it under crates/core, edge, host or lab, or under apps"),
    };
    let mut needs = BTreeMap::new();
    for dependency in package["dependencies"].as_array().expect("dependencies") {
        let is_for_tests = dependency["kind"] == "dev";
        let name = dependency["name"].as_str().expect("a name").to_owned();
        *needs.entry(name).or_insert(true) &= is_for_tests;
    }
    Crate { layer, folder, needs }
}

/// Every arrow of a layer that a rule finds fault with.
fn arrows(layer: Layer, fault: impl Fn(&str, Option<Layer>, bool) -> Option<&'static str>) -> Vec<String> {
    let crates = crates();
    let mut findings = Vec::new();
    for (name, found) in crates.iter().filter(|(_, found)| found.layer == layer) {
        for (need, is_for_tests) in &found.needs {
            let to = crates.get(need).map(|found| found.layer);
            if let Some(why) = fault(need, to, *is_for_tests) {
                let manifest = found.folder.join("Cargo.toml");
                findings.push(format!("{name} -> {need} ({}): {why}", manifest.display()));
            }
        }
    }
    findings
}

#[test]
fn the_core_depends_on_pure_thought_only() {
    none(arrows(Layer::Core, |need, to, is_for_tests| match to {
        Some(Layer::Core) => None,
        Some(_) => Some("the core knows nothing of the layers around it"),
        None if is_for_tests || CORE_LIBRARIES.contains(&need) => None,
        None => {
            Some("a library that the core does not use; if it does no I/O and reads no clock, say so in CORE_LIBRARIES")
        }
    }));
}

#[test]
fn the_edge_translates_and_knows_no_other_edge() {
    none(arrows(Layer::Edge, |need, to, is_for_tests| match to {
        Some(Layer::Core) => None,
        Some(Layer::Edge) => Some("edges do not know one another; what they share is a noun of the core"),
        Some(_) => Some("the edge is pure: it knows the core and nothing around itself"),
        None if is_for_tests || CORE_LIBRARIES.contains(&need) || EDGE_LIBRARIES.contains(&need) => None,
        None => {
            Some("a library that the edge does not use; if it opens no socket and no file, say so in EDGE_LIBRARIES")
        }
    }));
}

#[test]
fn host_and_laboratory_do_not_know_each_other() {
    none(arrows(Layer::Host, |_, to, _| match to {
        None | Some(Layer::Core | Layer::Edge | Layer::Host) => None,
        Some(_) => Some("make-believe must not be linked into what warns people"),
    }));
    none(arrows(Layer::Lab, |_, to, _| match to {
        None | Some(Layer::Core | Layer::Edge | Layer::Lab) => None,
        Some(_) => Some("the laboratory plays the outside world; it meets the live program over sockets only"),
    }));
}

#[test]
fn the_live_program_holds_no_make_believe() {
    let crates = crates();
    let mut held = BTreeSet::new();
    let mut open = vec![("parapet".to_owned(), "parapet".to_owned())];
    let mut findings = Vec::new();
    while let Some((name, path)) = open.pop() {
        let Some(found) = crates.get(&name) else { continue };
        if found.layer == Layer::Lab {
            findings.push(format!("{path}: a false target must never be one flag away from a live siren"));
        }
        if held.insert(name) {
            open.extend(found.needs.keys().map(|need| (need.clone(), format!("{path} -> {need}"))));
        }
    }
    assert!(held.contains("parapet-engine"), "the live program is called parapet and holds the engine; held: {held:?}");
    none(findings);
}

#[test]
fn every_crate_has_a_home() {
    let homeless = |name: &&String| HOMELESS.iter().any(|word| name.split('-').any(|part| part == *word));
    let names: Vec<String> = crates().into_keys().collect();
    let why = "a shared noun lives in the crate that makes it";
    none(names.iter().filter(homeless).map(|name| format!("the crate {name}: {why}")).collect());
}

#[test]
fn every_crate_takes_the_lints_of_the_workspace() {
    let mut findings = Vec::new();
    for (name, found) in crates() {
        let manifest = found.folder.join("Cargo.toml");
        if !read(&manifest).contains("[lints]\nworkspace = true") {
            findings.push(format!("{name} ({}): end it with `[lints]` and `workspace = true`", manifest.display()));
        }
        // clippy takes the nearest file above a crate: one in between would hide the rules of the core.
        for own in ["clippy.toml", ".clippy.toml"].map(|file| found.folder.join(file)) {
            if own.exists() {
                findings.push(format!("{}: it hides the rules of the layer; move what it says there", own.display()));
            }
        }
    }
    none(findings);
}

#[test]
fn the_rules_of_the_core_lie_above_it() {
    let rules = read(&root().join("crates/core/clippy.toml"));
    let banned =
        ["std::time::Instant", "std::time::SystemTime", "std::collections::HashMap", "std::fs::File", "f64::sin"];
    let missing = banned.iter().filter(|path| !rules.contains(&format!("\"{path}\"")));
    none(missing.map(|path| format!("crates/core/clippy.toml does not ban {path}")).collect());
}

#[test]
fn every_library_that_we_chose_is_used() {
    let manifest = read(&root().join("Cargo.toml"));
    let chosen = manifest.split("[workspace.dependencies]").nth(1).and_then(|rest| rest.split("\n[").next());
    let chosen = chosen.expect("the workspace lists its libraries").lines().filter(|line| !line.starts_with('#'));
    let used: BTreeSet<String> = crates().into_values().flat_map(|found| found.needs.into_keys()).collect();
    let names = chosen.filter_map(|line| line.split_once(" = ")).map(|(name, _)| name);
    let unused = names.filter(|name| !used.contains(*name));
    none(unused.map(|name| format!("Cargo.toml: {name} is listed and nobody uses it: take it out")).collect());
}

/// What neither core nor edge may name, and why. clippy sees resolved paths but only in the core; this sees words, in both.
const IMPURE: [(&str, &str); 19] = [
    ("std::fs", "files belong to the host; bytes arrive as arguments"),
    ("UdpSocket", "sockets belong to the host"),
    ("TcpStream", "sockets belong to the host"),
    ("TcpListener", "sockets belong to the host"),
    ("ToSocketAddrs", "it asks the network for names"),
    ("std::thread", "one thread; the caller decides"),
    ("Mutex<", "one thread; the caller decides"),
    ("RwLock<", "one thread; the caller decides"),
    ("mpsc::", "one thread; the caller decides"),
    ("Atomic", "one thread, and nothing global"),
    ("OnceLock<", "nothing global: what is made once is made by the caller"),
    ("LazyLock<", "nothing global: what is made once is made by the caller"),
    ("SystemTime", "time is data; it arrives as an argument"),
    ("Instant::now", "time is data; it arrives as an argument"),
    ("Timestamp::now", "time is data; it arrives as an argument"),
    ("Zoned::now", "time is data; it arrives as an argument"),
    ("std::process", "nothing here may end or start a program"),
    ("std::env::", "nothing outside the arguments may change a result"),
    ("tokio", "no runtime; bytes in, values out"),
];

#[test]
fn core_and_edge_touch_nothing() {
    let mut findings = Vec::new();
    for layer in ["crates/core", "crates/edge"] {
        for path in files(&root().join(layer)) {
            let shown = path.strip_prefix(root()).expect("found below").display().to_string();
            if !shown.ends_with(".rs") || !shown.contains("/src/") {
                continue;
            }
            for (number, line) in program_lines(&read(&path)) {
                let found = IMPURE.iter().filter(|(word, _)| line.contains(word));
                findings.extend(found.map(|(word, why)| format!("{shown}:{number}: `{word}`: {why}")));
            }
        }
    }
    none(findings);
}

/// The lines of a file without comments and without its tests, which come last.
fn program_lines(text: &str) -> Vec<(usize, &str)> {
    let lines = text.lines().enumerate().map(|(index, line)| (index + 1, line));
    let program =
        lines.take_while(|(_, line)| !line.starts_with("#[cfg(test)]") && !line.starts_with("#[cfg(all(test"));
    program.filter(|(_, line)| !line.trim_start().starts_with("//")).collect()
}

/// Every file of ours below a folder, in order; nothing that is built or installed.
fn files(folder: &Path) -> Vec<PathBuf> {
    const NOT_OURS: [&str; 8] =
        ["target", "node_modules", "dist", "out", "artifacts", "corpus", "test-results", ".git"];
    let mut found = Vec::new();
    let entries = std::fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.expect("a folder can be read").path()).collect();
    paths.sort();
    for path in paths {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if path.is_symlink() || NOT_OURS.contains(&name.as_str()) {
            continue;
        }
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            found.push(path);
        }
    }
    found
}

/// Files with code of ours: Rust and TypeScript.
fn sources() -> Vec<(String, String)> {
    let all = files(&root()).into_iter();
    let code = all.filter(|path| path.extension().is_some_and(|ending| ending == "rs" || ending == "ts"));
    let shown = |path: &Path| path.strip_prefix(root()).expect("found below").display().to_string();
    code.map(|path| (shown(&path), read(&path))).collect()
}

#[test]
fn files_have_one_subject() {
    let long = |(path, text): (String, String)| {
        let lines = text.lines().count();
        (lines > FILE_LINES_MAX).then(|| {
            format!(
                "{path} has {lines} lines, more than {FILE_LINES_MAX}: find its second subject and give that a file"
            )
        })
    };
    none(sources().into_iter().filter_map(long).collect());
}

#[test]
fn nothing_is_left_for_later() {
    // Put together here, so that this file does not find itself.
    let words = [
        (["#[ign", "ore"].concat(), "a test that does not run proves nothing; make it run or take it out"),
        (["to", "do!("].concat(), "finish it or take it out"),
        (["unimple", "mented!("].concat(), "finish it or take it out"),
        (["FIX", "ME"].concat(), "mend it, or open an issue"),
        (["it.sk", "ip("].concat(), "a test that does not run proves nothing; make it run or take it out"),
        (["it.on", "ly("].concat(), "the other tests would not run"),
    ];
    let mut findings = Vec::new();
    for (path, text) in sources() {
        for (index, line) in text.lines().enumerate() {
            let found = words.iter().filter(|(word, _)| line.contains(word.as_str()));
            findings.extend(found.map(|(word, why)| format!("{path}:{}: `{word}`: {why}", index + 1)));
        }
    }
    none(findings);
}

/// The documents that lead through the project.
fn documents() -> Vec<PathBuf> {
    files(&root()).into_iter().filter(|path| path.extension().is_some_and(|ending| ending == "md")).collect()
}

#[test]
fn documents_name_what_exists() {
    let mut findings = Vec::new();
    for path in documents() {
        let text = read(&path);
        let folder = path.parent().expect("a folder");
        let shown = path.strip_prefix(root()).expect("found below").display().to_string();
        for link in links(&text) {
            if !folder.join(&link).exists() {
                findings.push(format!("{shown} links to {link}, which does not exist: write it or take the link out"));
            }
        }
        for named in named_paths(&text) {
            if !root().join(&named).exists() && !folder.join(&named).exists() {
                findings.push(format!("{shown} names `{named}`, which does not exist: correct it"));
            }
        }
    }
    none(findings);
}

/// Targets of links within the repository.
fn links(text: &str) -> Vec<String> {
    let targets = text.split("](").skip(1).filter_map(|rest| rest.split(')').next());
    let own =
        targets.filter(|target| !target.contains("://") && !target.starts_with('#') && !target.starts_with("mailto:"));
    own.filter_map(|target| target.split('#').next().map(str::to_owned)).collect()
}

/// Paths between backticks that begin in a folder of ours.
fn named_paths(text: &str) -> Vec<String> {
    const FOLDERS: [&str; 6] = ["crates/", "apps/", "scenarios/", "xtask/", "docs/", "fuzz/"];
    let quoted = text.split('`').skip(1).step_by(2);
    let paths = quoted.filter(|word| FOLDERS.iter().any(|folder| word.starts_with(folder)));
    paths.filter(|word| !word.contains([' ', '*', '<', '{', '\n'])).map(str::to_owned).collect()
}

#[test]
fn decisions_are_numbered_and_complete() {
    let folder = root().join("docs/adr");
    let mut findings = Vec::new();
    for (index, path) in files(&folder).iter().enumerate() {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if !name.starts_with(&format!("{:04}-", index + 1)) {
            findings.push(format!(
                "docs/adr/{name}: number {:04} comes here; decisions are counted without gaps",
                index + 1
            ));
        }
        let text = read(path);
        for part in ["Status:", "## Context", "## Decision", "## Consequences"] {
            if !text.contains(part) {
                findings.push(format!("docs/adr/{name}: it has no `{part}`"));
            }
        }
    }
    none(findings);
}

#[test]
fn fuzz_targets_have_a_corpus() {
    let manifest = read(&root().join("fuzz/Cargo.toml"));
    let targets =
        manifest.lines().filter_map(|line| line.strip_prefix("path = \"fuzz_targets/")?.strip_suffix(".rs\""));
    let mut findings = Vec::new();
    for target in targets {
        let corpus = root().join("fuzz/corpus").join(target);
        if std::fs::read_dir(&corpus).is_ok_and(|mut entries| entries.next().is_some()) {
            continue;
        }
        findings.push(format!(
            "the fuzz target {target} has no corpus in {}: what it begins with runs as a plain test",
            corpus.display()
        ));
    }
    none(findings);
}
