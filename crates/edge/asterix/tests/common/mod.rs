//! Where the reference data lies, and how to read it.
#![allow(dead_code, clippy::unwrap_used, clippy::print_stdout, unreachable_pub)]

use std::collections::BTreeMap;
use std::io::Read;
use std::path::{Path, PathBuf};

use serde_json::Value as Json;

/// A file of the reference data, or `None` with a plain word when it is not there. The data is not
/// part of the project: `PARAPET_DATA` names its folder, else `../shared/data` beside the repository.
pub fn data(relative: &str) -> Option<Vec<u8>> {
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../../shared/data");
    let root = std::env::var_os("PARAPET_DATA").map_or_else(beside, PathBuf::from);
    let path = root.join(relative);
    if !path.exists() {
        println!("SKIPPED: reference data {relative} is not there (set PARAPET_DATA)");
        return None;
    }
    let bytes = std::fs::read(&path).unwrap();
    if relative.ends_with(".gz") {
        let mut plain = Vec::new();
        flate2::read::GzDecoder::new(&bytes[..]).read_to_end(&mut plain).unwrap();
        return Some(plain);
    }
    Some(bytes)
}

/// The lines of a reference decode.
pub fn json_lines(bytes: &[u8]) -> Vec<Json> {
    let text = std::str::from_utf8(bytes).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// The UDP payloads of a classic little-endian pcap of IPv4 without options: all that the reference
/// captures are. (The program reads captures with its own crate, which has tests of its own.)
pub fn udp_payloads(pcap: &[u8]) -> Vec<&[u8]> {
    assert_eq!(pcap[..4], [0xD4, 0xC3, 0xB2, 0xA1]);
    let mut payloads = Vec::new();
    let mut rest = &pcap[24..];
    while rest.len() >= 16 {
        let captured = u32::from_le_bytes(rest[8..12].try_into().unwrap()) as usize;
        let frame = &rest[16..16 + captured];
        let udp = &frame[14 + 20..];
        let length = u16::from_be_bytes([udp[4], udp[5]]) as usize;
        payloads.push(&udp[8..length]);
        rest = &rest[16 + captured..];
    }
    payloads
}

/// Every element of a decoded record by its path, as comparable text.
pub fn elements(items: &Json) -> BTreeMap<String, String> {
    let mut all = BTreeMap::new();
    collect(items, String::new(), &mut all);
    all
}

fn collect(json: &Json, path: String, all: &mut BTreeMap<String, String>) {
    match json {
        Json::Object(map) if map.contains_key("raw") => {
            all.insert(path, element_text(map));
        }
        Json::Object(map) => {
            for (name, inner) in map {
                collect(inner, format!("{path}/{name}"), all);
            }
        }
        Json::Array(list) => {
            for (i, inner) in list.iter().enumerate() {
                collect(inner, format!("{path}[{i}]"), all);
            }
        }
        other => {
            all.insert(path, other.to_string());
        }
    }
}

/// Raw, value, unit and text, whatever the two decoders call them. Numbers compare as numbers.
fn element_text(map: &serde_json::Map<String, Json>) -> String {
    let get = |names: [&str; 2]| names.iter().find_map(|name| map.get(*name));
    let value = get(["val", "value"]).map(|v| match v.as_f64() {
        Some(number) => format!("{number:?}"),
        // A character that is none: one decoder keeps it, ours leaves it out.
        None => v.to_string().replace("\\u0000", ""),
    });
    let text = get(["txt", "text"]);
    format!("raw {} value {value:?} unit {:?} text {text:?}", map["raw"], map.get("unit"))
}

/// `"f7ff"` as octets.
pub fn unhex(text: &str) -> Vec<u8> {
    (0..text.len()).step_by(2).map(|i| u8::from_str_radix(&text[i..i + 2], 16).unwrap()).collect()
}

/// Every record of our categories in the reference data that is there, but for those of older editions.
pub fn reference_records() -> Vec<(u8, Vec<u8>)> {
    let mut all = Vec::new();
    for relative in [
        "asterix/croatia/cat034.raw.ref.jsonl",
        "asterix/croatia/cat048.raw.ref.jsonl",
        "asterix/croatia/cat_034_048.pcap.ref.jsonl",
        "asterix/croatia/cat062cat065.raw.ref.jsonl",
        "asterix/croatia/cat_062_065.pcap.ref.jsonl",
        "asterix/croatia/cat21_re.ast.ref.jsonl",
        "asterix/jasterix/cat001ed1.1.bin.ref.jsonl",
        "asterix/jasterix/cat002ed1.0.bin.ref.jsonl",
        "asterix/jasterix/cat062ed1.12.bin.ref.jsonl",
        "asterix/jasterix/cat065ed1.3.bin.ref.jsonl",
        "asterix/jasterix/cat034ed1.26.bin.ref.jsonl",
        "asterix/jasterix/cat048ed1.15.bin.ref.jsonl",
        "asterix/barcelona/bcn_first2min.ref.jsonl.gz",
    ] {
        for line in data(relative).iter().flat_map(|bytes| json_lines(bytes)) {
            let category = u8::try_from(line["cat"].as_u64().unwrap()).unwrap();
            all.push((category, unhex(line["hex"].as_str().unwrap())));
        }
    }
    all
}
