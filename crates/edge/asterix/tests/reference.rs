//! Decoding compared, field by field, with an independent decoder of the same specification.
#![allow(clippy::unwrap_used, clippy::print_stdout)]

mod common;

use common::{data, elements, json_lines, reference_records, udp_payloads, unhex};
use parapet_asterix::bds::{HeadingAndSpeed, TrackAndTurn};
use parapet_asterix::cat048::{TargetReport, bds_registers};
use parapet_asterix::units::NM_M;
use parapet_asterix::{BlockBuilder, Editions, Fault, Record, RecordBuilder, records, records_by};
use serde_json::Value as Json;

/// What was compared in one file.
#[derive(Default)]
struct Tally {
    records: usize,
    fields: usize,
    equal: usize,
}

impl Tally {
    fn record(&mut self, record: &Record<'_>, reference: &Json) {
        self.records += 1;
        let hex = unhex(reference["hex"].as_str().unwrap());
        assert_eq!(record.bytes(), hex, "record {}", self.records);
        let offset = reference["rec_offset"].as_u64().unwrap();
        assert_eq!(record.offset() as u64, offset);
        assert_eq!(record.category().edition, reference["ed"].as_str().unwrap());
        let mut ours = elements(&serde_json::to_value(record).unwrap()["items"]);
        let theirs = elements(&reference["items"]);
        // The reference leaves the expansion field of CAT021 as octets; ours is read by its table, and is those octets.
        let expansion = "/I021/RE";
        if let Some(octets) = theirs.get(&format!("{expansion}/hex")) {
            let view = record.item("RE").unwrap();
            assert_eq!(view.contents_fault(), None, "record {}", self.records);
            ours.retain(|path, _| !path.starts_with(expansion));
            let text: String = view.bytes()[1..].iter().map(|octet| format!("{octet:02x}")).collect();
            ours.insert(format!("{expansion}/hex"), format!("{text:?}"));
            assert_eq!(ours.get(&format!("{expansion}/hex")), Some(octets));
        }
        for (path, value) in &theirs {
            self.fields += 1;
            self.equal += usize::from(ours.get(path) == Some(value));
            assert_eq!(ours.get(path), Some(value), "record {} {path}", self.records);
        }
        for (path, value) in &ours {
            assert!(theirs.contains_key(path), "record {}: only ours: {path} {value}", self.records);
        }
    }

    fn print(&self, file: &str) {
        let Self { records, fields, equal } = self;
        println!("{file}: {records} records, {fields} fields compared, {equal} equal");
    }
}

/// Compares all records of some datagrams, which must decode without any refusal.
fn compare<'a>(
    file: &str,
    datagrams: impl IntoIterator<Item = &'a [u8]>,
    editions: &'a Editions,
    reference: &[Json],
) -> Tally {
    let mut tally = Tally::default();
    let mut lines = reference.iter();
    for datagram in datagrams {
        for record in records_by(datagram, editions) {
            tally.record(&record.unwrap(), lines.next().unwrap());
        }
    }
    assert!(lines.next().is_none(), "{file}: records missing");
    tally.print(file);
    tally
}

fn compare_raw(file: &str, editions: &Editions) -> Option<Tally> {
    let bytes = data(file)?;
    let reference = json_lines(&data(&format!("{file}.ref.jsonl"))?);
    Some(compare(file, [&bytes[..]], editions, &reference))
}

#[test]
fn raw_recordings_decode_as_the_reference() {
    for (file, edition, records) in [
        ("asterix/croatia/cat034.raw", None, 1),
        ("asterix/croatia/cat048.raw", None, 1),
        ("asterix/croatia/cat062cat065.raw", None, 3),
        ("asterix/croatia/cat21_re.ast", None, 2),
        ("asterix/jasterix/cat001ed1.1.bin", None, 1),
        ("asterix/jasterix/cat002ed1.0.bin", None, 1),
        ("asterix/jasterix/cat021ed2.1.bin", Some("021 2.1"), 1),
        ("asterix/jasterix/cat034ed1.26.bin", None, 1),
        ("asterix/jasterix/cat048ed1.15.bin", None, 1),
        ("asterix/jasterix/cat062ed1.12.bin", None, 1),
        ("asterix/jasterix/cat065ed1.3.bin", None, 1),
    ] {
        let mut editions = Editions::default();
        if let Some(edition) = edition {
            editions.choose(None, edition.parse().unwrap());
        }
        if let Some(tally) = compare_raw(file, &editions) {
            assert_eq!(tally.records, records, "{file}");
        }
    }
}

#[test]
fn croatia_capture_of_system_tracks_decodes_as_the_reference() {
    let file = "asterix/croatia/cat_062_065.pcap";
    let (Some(pcap), Some(reference)) = (data(file), data(&format!("{file}.ref.jsonl"))) else {
        return;
    };
    let tally = compare(file, udp_payloads(&pcap), &Editions::default(), &json_lines(&reference));
    assert_eq!(tally.records, 3);
}

#[test]
fn croatia_capture_decodes_as_the_reference() {
    let file = "asterix/croatia/cat_034_048.pcap";
    let (Some(pcap), Some(reference)) = (data(file), data(&format!("{file}.ref.jsonl"))) else {
        return;
    };
    let datagrams = udp_payloads(&pcap);
    assert_eq!(datagrams.len(), 100);
    let tally = compare(file, datagrams.iter().copied(), &Editions::default(), &json_lines(&reference));
    assert_eq!(tally.records, 128 + 34);
    let count = |category| {
        let all = datagrams.iter().flat_map(|datagram| records(datagram));
        all.filter(|r| r.as_ref().unwrap().category().number == category).count()
    };
    assert_eq!((count(48), count(34)), (128, 34));
    let all = datagrams.iter().flat_map(|datagram| records(datagram)).map(Result::unwrap);
    let plots = all.filter(|record| record.category().number == 48);
    let distinct: std::collections::BTreeSet<_> = plots.map(|record| record.bytes()).collect();
    assert_eq!(distinct.len(), 64, "every plot comes twice, on redundant lines");
}

#[test]
fn barcelona_first_two_minutes_decode_as_the_reference() {
    let Some(bytes) = data("asterix/barcelona/bcn_0800_0812.ast") else {
        return;
    };
    let Some(reference) = data("asterix/barcelona/bcn_first2min.ref.jsonl.gz") else {
        return;
    };
    let mut tally = Tally::default();
    for (record, line) in records(&bytes).zip(json_lines(&reference)) {
        tally.record(&record.unwrap(), &line);
    }
    tally.print("asterix/barcelona, first two minutes");
    assert_eq!(tally.records, 1290);
}

/// A column of the plots table and what we have for it: equal, or both absent.
struct Columns<'t> {
    names: Vec<&'t str>,
    compared: Vec<usize>,
}

impl<'t> Columns<'t> {
    fn check(&mut self, row: &[&str], name: &str, ours: Option<f64>, tolerance: f64) {
        let at = self.names.iter().position(|n| *n == name).unwrap();
        match (row[at], ours) {
            ("", None) => return,
            (theirs, Some(ours)) if !theirs.is_empty() => {
                let theirs: f64 = theirs.parse().unwrap();
                assert!((theirs - ours).abs() <= tolerance, "{name}: {theirs} {ours} {row:?}");
            }
            (theirs, ours) => panic!("{name}: {theirs:?} {ours:?} {row:?}"),
        }
        self.compared[at] += 1;
    }

    fn check_text(&mut self, row: &[&str], name: &str, ours: Option<String>) {
        let at = self.names.iter().position(|n| *n == name).unwrap();
        self.compared[at] += usize::from(ours.is_some());
        assert_eq!(row[at], ours.unwrap_or_default(), "{name} {row:?}");
    }
}

#[test]
fn barcelona_all_records_agree_with_the_plots_table() {
    let Some(bytes) = data("asterix/barcelona/bcn_0800_0812.ast") else {
        return;
    };
    let Some(table) = data("asterix/barcelona/bcn_0800_0812_plots.csv.gz") else {
        return;
    };
    let table = String::from_utf8(table).unwrap();
    let mut rows = table.lines().map(|line| line.split(',').collect::<Vec<_>>());
    let names = rows.next().unwrap();
    let mut columns = Columns { compared: vec![0; names.len()], names };
    let mut count = 0;
    for record in records(&bytes) {
        let record = record.unwrap();
        let row = rows.next().unwrap();
        check_row(&record, &row, &mut columns);
        let mut octets = Vec::new();
        let values = RecordBuilder::from_record(&record);
        values.encode(&mut octets).unwrap();
        assert_eq!(octets, record.bytes(), "encoded again");
        count += 1;
    }
    assert_eq!(rows.next(), None);
    assert_eq!(count, 8651);
    let fields: usize = columns.compared.iter().sum();
    println!("asterix/barcelona, whole: {count} records, {fields} fields compared, {fields} equal");
    for (name, compared) in columns.names.iter().zip(&columns.compared) {
        println!("  {name}: {compared}");
    }
}

fn check_row(record: &Record<'_>, row: &[&str], columns: &mut Columns<'_>) {
    let report = TargetReport::from_record(record).unwrap();
    let polar = report.polar;
    let source = report.source.unwrap();
    let status = report.track_status;
    let velocity = report.track_velocity;
    let knots_mps = NM_M / 3600.0;
    let mut number = |name, ours, tolerance| columns.check(row, name, ours, tolerance);
    number("block_offset", Some(record.offset() as f64 - 3.0), 0.0);
    number("tod_s", report.time_of_day.map(|t| t.seconds()), 0.0);
    number("sac", Some(source.sac.into()), 0.0);
    number("sic", Some(source.sic.into()), 0.0);
    number("typ", report.detection.map(|d| d as u8 as f64), 0.0);
    number("rho_nm", polar.map(|p| p.range_m / NM_M), 1e-9);
    number("theta_deg", polar.map(|p| p.azimuth_rad.to_degrees()), 1e-9);
    number("fl", report.flight_level.map(|l| l.altitude_ft / 100.0), 1e-9);
    number("track_no", report.track_number.map(f64::from), 0.0);
    number("trk_gs_kt", velocity.map(|v| v.ground_speed_mps / knots_mps), 1e-3);
    number("trk_hdg_deg", velocity.map(|v| v.heading_rad.to_degrees()), 1e-9);
    number("cnf", status.map(|s| f64::from(s.tentative)), 0.0);
    number("mah", status.map(|s| f64::from(s.manoeuvring)), 0.0);
    number("cdm", status.map(|s| s.vertical as u8 as f64), 0.0);
    columns.check_text(row, "mode3a", report.mode_3a.map(|c| format!("{:04o}", c.code)));
    columns.check_text(row, "icao", report.aircraft_address.map(|a| format!("{a:06X}")));
    let callsign = report.callsign.map(|c| c.as_str().trim_end().to_owned());
    columns.check_text(row, "callsign", callsign);
    let track = bds_registers(record).find_map(|r| TrackAndTurn::from_register(&r));
    let track = track.unwrap_or_default();
    columns.check(row, "bds50_gs_kt", track.ground_speed_kt, 1e-9);
    columns.check(row, "bds50_trk_deg", track.true_track_deg, 1e-4);
    columns.check(row, "bds50_roll_deg", track.roll_deg, 0.06);
    let air = bds_registers(record).find_map(|r| HeadingAndSpeed::from_register(&r));
    let air = air.unwrap_or_default();
    columns.check(row, "bds60_hdg_deg", air.magnetic_heading_deg, 1e-4);
    columns.check(row, "bds60_ias_kt", air.indicated_air_speed_kt, 1e-9);
    columns.check(row, "bds60_vr_fpm", air.barometric_rate_ft_min, 1e-9);
}

#[test]
fn recordings_of_other_categories_are_refused_at_the_right_offsets() {
    for file in
        ["asterix/jasterix/cat010ed0.31.bin", "asterix/jasterix/cat019ed1.3.bin", "asterix/jasterix/cat020ed1.5.bin"]
    {
        let Some(bytes) = data(file) else {
            continue;
        };
        let mut offset = 0;
        for refusal in records(&bytes) {
            let refusal = refusal.unwrap_err();
            let length = usize::from(u16::from_be_bytes([bytes[offset + 1], bytes[offset + 2]]));
            assert_eq!(refusal.fault, Fault::UnknownCategory { length }, "{file}");
            assert_eq!(refusal.category, Some(bytes[offset]));
            assert_eq!((refusal.offset, refusal.refused), (offset, offset..offset + length));
            offset += length;
        }
        assert_eq!(offset, bytes.len(), "{file}");
        println!("{file}: {offset} octets refused as unknown categories");
    }
}

#[test]
fn reference_records_encode_to_the_octets_that_they_came_from() {
    let (all, mut padded) = (reference_records(), 0);
    for (category, octets) in &all {
        let table = parapet_asterix::CATEGORIES.iter().find(|c| c.number == *category).unwrap();
        let block = parapet_asterix::block(table, octets).unwrap();
        let record = records(&block).next().unwrap().unwrap();
        let builder = RecordBuilder::from_record(&record);
        let mut again = BlockBuilder::new(table);
        again.push(builder.clone());
        let again = again.finish().unwrap();
        if again == block {
            continue;
        }
        // A sender may end its presence octets with one that announces nothing; ours never does. The values are the
        // same.
        padded += 1;
        assert_eq!(again.len() + 1, block.len(), "{record:?}");
        let record = records(&again).next().unwrap().unwrap();
        assert_eq!(RecordBuilder::from_record(&record).values(), builder.values());
    }
    println!("{} reference records encode to the same octets, {padded} of them one octet shorter", all.len());
    assert!(padded <= 4, "only the system tracks of the Croatian capture are padded");
}

#[test]
fn typed_reports_of_reference_records_survive_a_round_trip() {
    let mut count = 0;
    for (category, octets) in reference_records().iter().filter(|(category, _)| *category == 48) {
        let table = parapet_asterix::CATEGORIES.iter().find(|c| c.number == *category).unwrap();
        let block = parapet_asterix::block(table, octets).unwrap();
        let record = records(&block).next().unwrap().unwrap();
        let report = TargetReport::from_record(&record).unwrap();
        let mut again = BlockBuilder::new(table);
        again.push(report.to_record().unwrap());
        let again = again.finish().unwrap();
        let record = records(&again).next().unwrap().unwrap();
        assert_eq!(TargetReport::from_record(&record).unwrap(), report);
        count += 1;
    }
    println!("{count} target reports survive a round trip");
}
