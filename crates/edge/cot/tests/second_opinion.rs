//! Other people's schema, examples and readers agree with us.

mod support;

use std::path::{Path, PathBuf};
use std::process::Command;

use parapet_cot::{CotEvent, Cutter, Due, Wire, read_datagram};
use parapet_engine::Mode;
use parapet_warn::Stage;
use support::{alarm, at, round, shared, standing, words, zone};

/// Every kind of event that we send.
fn every_kind() -> Vec<CotEvent> {
    let mut said = Vec::new();
    for mode in [Mode::Live, Mode::Exercise] {
        let mut standing = standing(mode);
        let from = standing.originator().clone();
        let place = parapet_frame::Geodetic { lat_deg: 33.3, lon_deg: 44.4, height_m: 34.0 };
        let own = [from.presence(place, at(0.0)), from.ping(at(0.0)), from.protobuf_request(at(0.0))];
        said.extend(own.into_iter().map(|event| event.expect("a place")));
        let mut take = |due: Due| said.extend(due.alarms.into_iter().chain(due.picture));
        take(standing.round(round(7, 0.0), at(0.0)));
        take(standing.round_over(round(7, 0.0).track.id, at(1.0)));
        for stage in [Stage::TakeCover, Stage::Hold, Stage::AllClear] {
            take(standing.alarm(&alarm(stage, 1.0), &zone(), &words(mode), at(1.0)));
        }
    }
    said
}

fn sorted(mut event: CotEvent) -> CotEvent {
    event.detail.sort_by(|a, b| a.name.cmp(&b.name));
    event
}

#[test]
fn protobuf_and_xml_of_others_say_the_same() {
    let Some(folder) = shared("tak/protobuf_vectors") else { return };
    let mut count = 0;
    for entry in std::fs::read_dir(&folder).expect("a folder") {
        let path = entry.expect("a file").path();
        if path.extension().is_none_or(|ending| ending != "xml") {
            continue;
        }
        let xml = std::fs::read(&path).expect("it can be read");
        let from_xml = CotEvent::from_xml(&xml).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let mesh = read_datagram(&std::fs::read(path.with_extension("mesh.bin")).expect("its datagram"));
        let stream = Cutter::default().take(&std::fs::read(path.with_extension("stream.bin")).expect("its frame"));
        let mesh = mesh.unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        assert_eq!(stream, [Ok(mesh.clone())], "{}", path.display());
        let (one, other) = (sorted(from_xml.clone()), sorted(mesh));
        assert_eq!(
            (&one.uid, &one.kind, &one.how, one.time, one.stale),
            (&other.uid, &other.kind, &other.how, other.time, other.stale)
        );
        assert_eq!(one.point, other.point, "{}", path.display());
        // The library that wrote the vectors loses an element `status` that says more than a battery.
        let names = |event: &CotEvent| {
            let names = event.detail.iter().map(|element| element.name.clone());
            names.filter(|name| name != "status").collect::<Vec<_>>()
        };
        assert_eq!(names(&one), names(&other), "{}", path.display());
        assert_eq!((one.callsign(), one.remarks()), (other.callsign(), other.remarks()));
        count += 1;
    }
    assert_eq!(count, 11, "examples of the TAK Product Center and two of ours");
    for name in ["track", "warning"] {
        let event =
            CotEvent::from_xml(&std::fs::read(folder.join(format!("{name}.xml"))).expect("a file")).expect("an event");
        let theirs = std::fs::read(folder.join(format!("{name}.mesh.bin"))).expect("a file");
        assert_eq!(Wire::Protobuf.datagram(&event), theirs, "{name}: octet by octet what another library wrote");
        let theirs = std::fs::read(folder.join(format!("{name}.stream.bin"))).expect("a file");
        assert_eq!(Wire::Protobuf.stream(&event), theirs, "{name}");
    }
}

#[test]
fn every_kind_is_valid_by_the_schema() {
    let Some(schema) = shared("tak/mitre/cot-base-event-public-release.xsd") else { return };
    if Command::new("xmllint").arg("--version").output().is_err() {
        eprintln!("SKIPPED: xmllint is not installed");
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let write = |(number, event): (usize, CotEvent)| -> PathBuf {
        let file = folder.path().join(format!("{number}.xml"));
        std::fs::write(&file, event.to_xml()).expect("a file");
        file
    };
    let files: Vec<PathBuf> = every_kind().into_iter().enumerate().map(write).collect();
    let lint =
        Command::new("xmllint").args(["--noout", "--schema"]).arg(schema).args(&files).output().expect("xmllint");
    assert!(lint.status.success(), "{}", String::from_utf8_lossy(&lint.stderr));
    println!("valid by the schema: {} events", files.len());
    assert!(files.len() >= 30, "{} events", files.len());
}

/// A folder with `node_modules/@tak-ps/node-cot`: `PARAPET_NODE_COT`, else where `cargo xtask peers` puts it.
fn node_cot() -> Option<PathBuf> {
    let made = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../target/peers/node");
    let folder = std::env::var_os("PARAPET_NODE_COT").map_or(made, PathBuf::from);
    if !folder.join("node_modules/@tak-ps/node-cot").exists() {
        eprintln!("SKIPPED: @tak-ps/node-cot is not in {}; `cargo xtask peers` installs it", folder.display());
        return None;
    }
    Some(folder)
}

const READER: &str = r#"
import { readFileSync } from 'node:fs';
import CoT, { CoTParser } from '@tak-ps/node-cot';
const told = [];
for (const line of readFileSync(0, 'utf8').trim().split('\n')) {
    const [xml, proto] = JSON.parse(line);
    const one = await CoTParser.from_xml(xml);
    const two = await CoTParser.from_proto(Buffer.from(proto, 'hex'));
    const of = (cot) => [cot.raw.event._attributes.uid, cot.raw.event._attributes.type, cot.callsign()];
    told.push([of(one), of(two)]);
}
console.log(JSON.stringify(told));
"#;

#[test]
fn node_cot_reads_every_kind_in_both_writings() {
    let Some(folder) = node_cot() else { return };
    let events = every_kind();
    let script = folder.join("read.mjs");
    std::fs::write(&script, READER).expect("a script");
    let hex = |octets: &[u8]| octets.iter().map(|octet| format!("{octet:02x}")).collect::<String>();
    let lines = events.iter().map(|event| serde_json::json!([event.to_xml(), hex(&event.to_protobuf())]).to_string());
    let file = folder.join("events.jsonl");
    std::fs::write(&file, lines.collect::<Vec<_>>().join("\n")).expect("a file");
    let input = std::fs::File::open(&file).expect("a file");
    let node = Command::new("node").arg(&script).stdin(input).current_dir(&folder).output().expect("node runs");
    assert!(node.status.success(), "{}", String::from_utf8_lossy(&node.stderr));
    let told: Vec<[[String; 3]; 2]> = serde_json::from_slice(&node.stdout).expect("its answer");
    assert_eq!(told.len(), events.len());
    println!("read by node-cot in both writings: {} events", told.len());
    for (event, [xml, proto]) in events.iter().zip(told) {
        assert_eq!((&xml[0], &xml[1]), (&event.uid, &event.kind));
        assert_eq!(xml, proto, "{}", event.to_xml());
        if let Some(callsign) = event.callsign() {
            assert_eq!(xml[2], callsign);
        }
    }
}
