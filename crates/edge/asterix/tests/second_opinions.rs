//! Our own records, of every table, as other decoders read them; and recorded ones. A decoder that is not installed is
//! said so; `cargo xtask setup` installs both. `cargo xtask agree` prints the table of agreement.
#![allow(clippy::unwrap_used, clippy::print_stdout)]

mod common;

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use common::{elements, reference_records};
use parapet_asterix::grammar::{self, Dice};
use parapet_asterix::spec::Category;
use parapet_asterix::{CATEGORIES, Edition, Editions, TABLES, block, records, records_by};
use serde_json::{Value as Json, json};

/// Drawn records of each table.
const DRAWN: usize = 100;
/// Octets of entropy for each.
const ENTROPY_LEN: usize = 700;

/// Records of a table, drawn by the generator of Knuth's MMIX, so that every run draws the same.
fn drawn(table: &'static Category) -> Vec<Vec<u8>> {
    let mut state = u64::from(table.number) + 1;
    let mut octet = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as u8
    };
    let mut one = || {
        let entropy: Vec<u8> = (0..ENTROPY_LEN).map(|_| octet()).collect();
        let mut octets = Vec::new();
        grammar::record(table, &mut Dice::new(&entropy)).encode(&mut octets).unwrap();
        octets
    };
    (0..DRAWN).map(|_| one()).collect()
}

/// Where another decoder is known to be wrong, and how.
const KNOWN: [(&str, &str); 6] = [
    ("/I062/380/COM/STAT", "editions of CAT062 before 1.18 have no text for value 7; the bits are the same"),
    (
        "/I062/340/HEIGHT",
        "editions of CAT062 before 1.19 print the height without a sign, which no sensor at the sea can mean",
    ),
    ("062_340_HEIGHT", "as above"),
    ("/I062/080/MLAT", "a slip in libasterix's text; the bit is the same"),
    (
        "/I048/RE/GEN48/ALTFL/ALTFL",
        "libasterix gives the item's name as the unit of flight levels; the number is the same",
    ),
    ("048_090_FL", "Wireshark 4.0 reads the flight level of CAT048 without its sign"),
];

fn is_known(path: &str) -> bool {
    KNOWN.iter().any(|(known, _)| *known == path)
}

/// How one record decodes here, as elements by path.
fn ours(table: &'static Category, octets: &[u8]) -> BTreeMap<String, String> {
    elements(&json_of(table, octets)["items"])
}

fn json_of(table: &'static Category, octets: &[u8]) -> Json {
    let mut editions = Editions::default();
    editions.choose(None, Edition::of(table.number, table.edition).unwrap());
    let datagram = block(table, octets).unwrap();
    serde_json::to_value(records_by(&datagram, &editions).next().unwrap().unwrap()).unwrap()
}

/// What came of one table, or one recording.
#[derive(Default)]
struct Tally {
    records: usize,
    refused: usize,
    equal: usize,
    /// Elements that the other does not show.
    unseen: usize,
    /// Differences that are the other's, see [`KNOWN`].
    known: usize,
    /// Texts with characters that cannot be printed: the bits are the same, the other shows them otherwise.
    unprintable: usize,
    different: Vec<String>,
}

impl Tally {
    fn print(&self, other: &str, what: &str) {
        let Self { records, refused, equal, unseen, known, unprintable, different } = self;
        println!(
            "{other:<10} {what:<28} {records:>6} records {equal:>8} elements equal {:>4} different {known:>4} known {unprintable:>4} unprintable \
             {unseen:>5} not shown {refused:>3} records refused",
            different.len()
        );
        for one in different.iter().take(5) {
            println!("    {one}");
        }
    }
}

/// Python with libasterix: where `cargo xtask setup` puts it, or where `PARAPET_LIBASTERIX` says.
fn libasterix() -> Option<PathBuf> {
    let installed = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../target/second-opinions/bin/python3");
    let python = std::env::var_os("PARAPET_LIBASTERIX").map_or(installed, PathBuf::from);
    if python.exists() {
        return Some(python);
    }
    println!("SKIPPED: no Python with libasterix at {} (run `cargo xtask setup`)", python.display());
    None
}

fn ask_libasterix(python: &Path, table: &'static Category, all: &[Vec<u8>]) -> Vec<Json> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/opinions/libasterix_decode.py");
    let mut child =
        Command::new(python).arg(script).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("Python starts");
    let uap = table.twin.map_or("", |twin| twin.name);
    let question = |octets: &Vec<u8>| {
        let hex: String = octets.iter().map(|octet| format!("{octet:02x}")).collect();
        json!({"cat": table.number, "ed": table.edition, "uap": uap, "hex": hex}).to_string() + "\n"
    };
    let questions: String = all.iter().map(question).collect();
    let mut stdin = child.stdin.take().unwrap();
    let writer = std::thread::spawn(move || stdin.write_all(questions.as_bytes()));
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap().unwrap();
    assert!(output.status.success());
    common::json_lines(&output.stdout)
}

fn compare_with_libasterix(python: &Path, table: &'static Category, all: &[Vec<u8>]) -> Option<Tally> {
    let answers = ask_libasterix(python, table, all);
    assert_eq!(answers.len(), all.len());
    let mut tally = Tally::default();
    for (octets, answer) in all.iter().zip(answers) {
        if answer.get("unknown").is_some() {
            return None;
        }
        tally.records += 1;
        if let Some(refusal) = answer.get("refused") {
            tally.refused += 1;
            tally.different.push(format!("refused: {refusal}"));
            continue;
        }
        // Editions of CAT062 before 1.20 call the registers of I062/380 otherwise.
        let renamed = |(path, element): (String, String)| (path.replace("/380/MB[", "/380/BDSDATA["), element);
        let theirs: BTreeMap<_, _> = elements(&answer).into_iter().map(renamed).collect();
        let ours = ours(table, octets);
        for path in ours.keys().chain(theirs.keys().filter(|path| !ours.contains_key(*path))) {
            let (mine, other) = (ours.get(path), theirs.get(path));
            let is_text = mine.is_some_and(|mine| mine.ends_with("unit None text None"));
            let same_bits = mine.zip(other).is_some_and(|(mine, other)| bits(mine) == bits(other));
            if mine == other {
                tally.equal += 1;
            } else if is_text && same_bits {
                tally.unprintable += 1;
            } else if is_known(path) && same_bits {
                tally.known += 1;
            } else {
                tally.different.push(format!("{path}: ours {mine:?}, theirs {other:?}"));
            }
        }
    }
    Some(tally)
}

/// The raw bits in the text of an element.
fn bits(element: &str) -> Option<&str> {
    element.strip_prefix("raw ")?.split(' ').next()
}

#[test]
fn libasterix_reads_what_we_encode() {
    let Some(python) = libasterix() else { return };
    KNOWN.iter().for_each(|(path, why)| println!("known: {path}: {why}"));
    let mut unknown = Vec::new();
    for table in TABLES {
        let what = format!("CAT{:03} {} drawn", table.number, edition_of(table));
        match compare_with_libasterix(&python, table, &drawn(table)) {
            Some(tally) => {
                tally.print("libasterix", &what);
                assert!(tally.different.is_empty() && tally.equal > DRAWN, "{what}");
            }
            None => unknown.push(table.number),
        }
    }
    println!("libasterix does not know categories {unknown:?}");
    assert_eq!(unknown, [129], "everything else is compared");
}

fn edition_of(table: &Category) -> String {
    table.twin.map_or_else(|| table.edition.to_owned(), |twin| format!("{} {}", table.edition, twin.name))
}

#[test]
fn libasterix_reads_recordings_as_we_do() {
    let Some(python) = libasterix() else { return };
    for (table, all) in recorded() {
        if let Some(tally) = compare_with_libasterix(&python, table, &all) {
            tally.print("libasterix", &format!("CAT{:03} recorded", table.number));
            assert!(tally.different.is_empty(), "CAT{:03}", table.number);
        }
    }
}

/// Recorded records by table: the reference recordings, and all of the Barcelona radar.
fn recorded() -> Vec<(&'static Category, Vec<Vec<u8>>)> {
    let mut all: BTreeMap<u8, Vec<Vec<u8>>> = BTreeMap::new();
    for (category, octets) in reference_records() {
        all.entry(category).or_default().push(octets);
    }
    let barcelona = common::data("asterix/barcelona/bcn_0800_0812.ast").unwrap_or_default();
    for record in records(&barcelona) {
        all.entry(48).or_default().push(record.unwrap().bytes().to_vec());
    }
    let table = |category: u8| *CATEGORIES.iter().find(|table| table.number == category).unwrap();
    // The two layouts of category 001 are told apart by the record.
    all.into_iter().map(|(category, octets)| (table(category), octets)).collect()
}

/// Our editions that Wireshark 4.0 has, and how it is told to use one that is not its latest.
const WIRESHARK: [(&str, Option<&str>); 12] = [
    ("001 1.4", None),
    ("002 1.2", None),
    ("015 1.2", None),
    ("016 1.0", None),
    ("021 2.6", None),
    ("021 2.5", Some("asterix.i021_version:Version 2.5")),
    ("021 0.23", Some("asterix.i021_version:Version 0.23")),
    ("034 1.29", None),
    ("048 1.32", None),
    ("062 1.19", None),
    ("062 1.17", Some("asterix.i062_version:Version 1.17")),
    ("065 1.6", None),
];

/// An item that Wireshark 4.0 stumbles over: after the first of several composed track numbers it loses its place.
/// (libasterix reads them as we do.)
const STUMBLING: &str = "I062/510";

fn tshark_is_there() -> bool {
    let found = Command::new("tshark").arg("--version").output().is_ok_and(|output| output.status.success());
    if !found {
        println!("SKIPPED: no tshark (run `cargo xtask setup`, or install Wireshark)");
    }
    found
}

/// A capture of one UDP datagram for each record.
fn capture(table: &'static Category, all: &[Vec<u8>]) -> Vec<u8> {
    let mut file = vec![0xD4, 0xC3, 0xB2, 0xA1, 2, 0, 4, 0];
    file.extend([0; 8]);
    file.extend(65_535_u32.to_le_bytes());
    file.extend(1_u32.to_le_bytes());
    for octets in all {
        let payload = block(table, octets).unwrap();
        let udp = (payload.len() + 8) as u16;
        let mut frame = vec![0; 12];
        frame.extend([0x08, 0x00, 0x45, 0]);
        frame.extend((udp + 20).to_be_bytes());
        frame.extend([0, 0, 0, 0, 64, 17, 0, 0, 127, 0, 0, 1, 127, 0, 0, 1, 0x21, 0x98, 0x21, 0x98]);
        frame.extend(udp.to_be_bytes());
        frame.extend([0, 0]);
        frame.extend(payload);
        let length = (frame.len() as u32).to_le_bytes();
        file.extend([1, 0, 0, 0, 0, 0, 0, 0]);
        file.extend(length);
        file.extend(length);
        file.extend(frame);
    }
    file
}

/// What tshark shows of each record: its words by the name of the field, in the order shown.
fn ask_tshark(
    table: &'static Category,
    all: &[Vec<u8>],
    preference: Option<&str>,
) -> Vec<BTreeMap<String, Vec<String>>> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("drawn.pcap");
    std::fs::write(&path, capture(table, all)).unwrap();
    let mut tshark = Command::new("tshark");
    tshark.arg("-r").arg(&path).args(["-d", "udp.port==8600,asterix", "-T", "pdml"]);
    if let Some(preference) = preference {
        tshark.args(["-o", preference]);
    }
    let output = tshark.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    // Fields of an edition that is not the latest have it in their names: 021_V2_5_010.
    let version = preference.and_then(|it| it.split("Version ").nth(1)).unwrap_or("-").replace('.', "_");
    let version = format!("_V{version}");
    let mut shown: Vec<BTreeMap<String, Vec<String>>> = Vec::new();
    for line in String::from_utf8_lossy(&output.stdout).lines() {
        let (Some(name), Some(word)) = (attribute(line, "name"), attribute(line, "show")) else { continue };
        let Some(name) = name.strip_prefix("asterix.") else { continue };
        if name == "category" {
            shown.push(BTreeMap::new());
        }
        let name = name.strip_suffix("_VALUE").unwrap_or(name).replacen(&version, "", 1);
        if let Some(last) = shown.last_mut().filter(|_| !word.is_empty()) {
            last.entry(name).or_default().push(word.to_owned());
        }
    }
    shown
}

fn attribute<'l>(line: &'l str, name: &str) -> Option<&'l str> {
    let start = line.find(&format!(" {name}=\""))? + name.len() + 3;
    line[start..].split('"').next()
}

/// Our elements by Wireshark's name for them, in order.
fn by_wireshark_name(json: &Json, name: &str, all: &mut BTreeMap<String, Vec<Json>>) {
    match json {
        Json::Object(map) if map.contains_key("raw") => all.entry(name.to_owned()).or_default().push(json.clone()),
        Json::Object(map) => {
            for (member, inner) in map {
                let member = member
                    .strip_prefix('I')
                    .and_then(|m| m.split_once('/'))
                    .map_or(member.clone(), |(c, i)| format!("{c}_{i}"));
                let joined = if name.is_empty() { member } else { format!("{name}_{member}") };
                by_wireshark_name(inner, &joined, all);
            }
        }
        Json::Array(list) => list.iter().for_each(|inner| by_wireshark_name(inner, name, all)),
        _ => {}
    }
}

/// Whether tshark's word is our element: its bits, its value or its text.
fn agrees(element: &Json, word: &str) -> bool {
    let raw = element["raw"].as_u64().unwrap();
    let number = word
        .strip_prefix("0x")
        .map_or_else(|| word.parse::<f64>().ok(), |hex| u64::from_str_radix(hex, 16).ok().map(|number| number as f64));
    let value = element["value"].as_f64();
    // Wireshark prints doubles with fifteen digits.
    let near = |ours: f64, theirs: f64| (ours - theirs).abs() <= 1e-9 * ours.abs().max(1e-6);
    let as_bits = word.strip_prefix("0x").and_then(|hex| u64::from_str_radix(hex, 16).ok()) == Some(raw)
        || word.parse() == Ok(raw);
    let text = element["value"].as_str().is_some_and(|text| text.trim_end() == word.trim_end());
    as_bits || text || number.zip(value).is_some_and(|(theirs, ours)| near(ours, theirs))
}

#[test]
fn wireshark_reads_what_we_encode() {
    if !tshark_is_there() {
        return;
    }
    for (edition, preference) in WIRESHARK {
        let mut unseen: BTreeMap<String, usize> = BTreeMap::new();
        let table = edition.parse::<Edition>().unwrap().table();
        let (all, left_out): (Vec<_>, Vec<_>) =
            drawn(table).into_iter().partition(|octets| json_of(table, octets)["items"].get(STUMBLING).is_none());
        let shown = ask_tshark(table, &all, preference);
        let mut tally = Tally { records: all.len(), refused: all.len() - shown.len(), ..Tally::default() };
        for (octets, shown) in all.iter().zip(&shown) {
            let mut ours = BTreeMap::new();
            by_wireshark_name(&json_of(table, octets)["items"], "", &mut ours);
            for (name, list) in ours {
                let words = shown.get(&name).map_or(&[][..], Vec::as_slice);
                for (place, element) in list.iter().enumerate() {
                    match words.get(place) {
                        Some(word) if agrees(element, word) => tally.equal += 1,
                        Some(_) if is_unprintable(element) => tally.unprintable += 1,
                        Some(_) if is_known(&name) => tally.known += 1,
                        Some(word) => tally.different.push(format!("{name}: ours {element}, theirs {word}")),
                        None => {
                            tally.unseen += 1;
                            *unseen.entry(name.clone()).or_default() += 1;
                        }
                    }
                }
            }
        }
        tally.print("Wireshark", &format!("CAT{edition} drawn"));
        let unseen: BTreeMap<_, usize> = unseen.into_iter().fold(BTreeMap::new(), |mut all, (name, count)| {
            *all.entry(name.split('_').take(2).collect::<Vec<_>>().join("/")).or_default() += count;
            all
        });
        println!("    {} records with {STUMBLING} left out; not shown: {unseen:?}", left_out.len());
        assert!(tally.different.is_empty() && tally.equal > DRAWN, "{edition}");
    }
}

/// A text with characters outside its alphabet: we show each as `?`, Wireshark in one way or another.
fn is_unprintable(element: &Json) -> bool {
    element["value"].as_str().is_some_and(|ours| ours.contains('?'))
}
