//! Octets of one edition read by another: refused or flagged, never taken for something.
#![allow(clippy::unwrap_used, clippy::print_stdout)]

mod common;

use parapet_asterix::{
    BlockBuilder, CAT062, Doubt, Edition, Editions, Heard, Intake, IntakeSource, RecordBuilder, cat021, doubts,
    records_by, spec::Category,
};
use parapet_engine::Event;
use parapet_frame::{HeardAt, SensorPose, SitePoint, Time};
use parapet_track::SensorId;

/// 2023-05-02T09:18:22Z, when the time of day is that of the recorded report.
const HEARD_S: f64 = 1_683_019_102.0;

fn editions(edition: &str) -> Editions {
    let mut editions = Editions::default();
    editions.choose(None, edition.parse().unwrap());
    editions
}

/// How one datagram fares when it is read by an edition.
#[derive(Default, Debug, PartialEq)]
struct Outcome {
    refused_octets: bool,
    fatal: bool,
    odd: bool,
}

fn read(datagram: &[u8], edition: &str) -> Outcome {
    let mut outcome = Outcome::default();
    for found in records_by(datagram, &editions(edition)) {
        match found {
            Ok(record) => doubts(&record, &mut |doubt| match doubt.is_fatal() {
                true => outcome.fatal = true,
                false => outcome.odd = true,
            }),
            Err(_) => outcome.refused_octets = true,
        }
    }
    outcome
}

/// A receiver of ADS-B that is believed to send this edition.
fn intake(sac: u8, sic: u8, edition: &str) -> Intake {
    Intake::new(vec![IntakeSource {
        sensor: SensorId(0),
        sac,
        sic,
        pose: SensorPose::parallel(SitePoint::default(), 46.0),
        sigma_elevation_rad: None,
        sigma_barometric_height_m: 100.0,
        links: vec![],
        senders: vec![],
        editions: vec![edition.parse().unwrap()],
    }])
}

fn hear(intake: &mut Intake, heard_s: f64, datagram: &[u8]) -> Vec<Heard> {
    let mut all = Vec::new();
    intake.hear(HeardAt(Time::from_seconds(heard_s)), 0, None, datagram, &mut |heard| all.push(heard));
    all
}

#[test]
fn a_recorded_report_is_read_by_its_own_edition_only() {
    let Some(datagram) = common::data("asterix/jasterix/cat021ed2.1.bin") else {
        return;
    };
    for edition in ["021 2.1", "021 2.5", "021 2.7"] {
        assert_eq!(read(&datagram, edition), Outcome::default(), "{edition}: the items that it has are the same");
        let heard = hear(&mut intake(0, 3, edition), HEARD_S, &datagram);
        let [Heard::Cooperative(report)] = &heard[..] else { panic!("{heard:?}") };
        assert!((report.position_deg[0] - 46.844).abs() < 1e-3 && (report.position_deg[1] - 12.299).abs() < 1e-3);
    }
    for edition in ["021 0.23", "021 0.26"] {
        let outcome = read(&datagram, edition);
        assert!(outcome.refused_octets || outcome.fatal, "{edition}: {outcome:?}");
        let mut intake = intake(0, 3, edition);
        for heard in hear(&mut intake, HEARD_S, &datagram) {
            assert!(matches!(heard, Heard::Event(Event::Undecodable(_))), "{heard:?}");
        }
        assert!(intake.counts().undecodable > 0, "{edition}");
    }
}

/// Numbers that look like an aircraft's, by the generator of Knuth's MMIX.
struct Draw(u64);

impl Draw {
    fn between(&mut self, low: f64, high: f64) -> f64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        low + (high - low) * ((self.0 >> 11) as f64 / (1_u64 << 53) as f64)
    }
}

/// A report of the first generation as a ground station of that time sent it.
fn first_generation(table: &'static Category, draw: &mut Draw) -> Vec<u8> {
    let mut block = BlockBuilder::new(table);
    fill(block.record(), draw).unwrap();
    block.finish().unwrap()
}

fn fill(record: &mut RecordBuilder, draw: &mut Draw) -> Result<(), parapet_asterix::EncodeError> {
    record.raw("010/SAC", 25)?.raw("010/SIC", 7)?;
    record.raw("040/ATP", 1)?.raw("040/ARC", 1)?;
    record.quantity("030", draw.between(0.0, 86_399.0))?;
    record.quantity("130/LAT", draw.between(35.0, 70.0))?.quantity("130/LON", draw.between(-10.0, 40.0))?;
    record.raw("080", draw.between(1.0, 16_777_215.0) as u64)?;
    record.quantity("140", draw.between(0.0, 40_000.0))?;
    record.quantity("090/PA", draw.between(0.0, 7.0))?;
    record.raw("210/MDS", 1)?;
    record.quantity("145", draw.between(0.0, 400.0))?;
    record.quantity("157", draw.between(-3_000.0, 3_000.0))?;
    record.quantity("160/GS", draw.between(0.0, 0.15))?.quantity("160/TA", draw.between(0.0, 359.0))?;
    record.text("170", "DLH4AB")?;
    record.raw("020", 3)?;
    Ok(())
}

#[test]
fn the_first_generation_is_never_taken_for_the_second() {
    let mut draw = Draw(1);
    let (mut by_octets, mut by_values) = (0, 0);
    for round in 0..2_000 {
        let table = if round % 2 == 0 { &cat021::CAT021_0_26 } else { &cat021::CAT021_0_23 };
        let datagram = first_generation(table, &mut draw);
        assert_eq!(read(&datagram, &format!("021 {}", table.edition)), Outcome::default());
        for later in ["021 2.1", "021 2.2", "021 2.5", "021 2.6", "021 2.7"] {
            let outcome = read(&datagram, later);
            assert!(outcome.refused_octets || outcome.fatal || outcome.odd, "{later}: {datagram:02x?}");
            by_octets += usize::from(outcome.refused_octets);
            by_values += usize::from(!outcome.refused_octets && outcome.fatal);
            for heard in hear(&mut intake(25, 7, later), HEARD_S, &datagram) {
                assert!(matches!(heard, Heard::Event(Event::Undecodable(_))), "{later}: {heard:?}");
            }
        }
    }
    println!("of 10,000 readings by a wrong edition {by_octets} failed by octets, {by_values} more by values");
}

#[test]
fn two_sources_on_one_line_each_have_their_edition() {
    let mut draw = Draw(2);
    let mut sources = Vec::new();
    for (sensor, sic, edition) in [(0, 7, "021 0.26"), (1, 8, "021 2.7")] {
        let edition: Edition = edition.parse().unwrap();
        let pose = SensorPose::parallel(SitePoint::default(), 0.0);
        sources.push(IntakeSource {
            sensor: SensorId(sensor),
            sac: 25,
            sic,
            pose,
            sigma_elevation_rad: None,
            sigma_barometric_height_m: 100.0,
            links: vec![],
            senders: vec![],
            editions: vec![edition],
        });
    }
    // What a recording keeps of the configuration is enough to read it again.
    let kept = serde_json::to_string(&sources).unwrap();
    assert!(kept.contains(r#""editions":["021 0.26"]"#), "{kept}");
    let mut intake = Intake::new(serde_json::from_str(&kept).unwrap());
    let old = first_generation(&cat021::CAT021_0_26, &mut draw);
    let mut block = BlockBuilder::new(&parapet_asterix::CAT021);
    let new = block.record();
    new.raw("010/SAC", 25).unwrap().raw("010/SIC", 8).unwrap().raw("040/ATP", 0).unwrap().raw("080", 77).unwrap();
    new.quantity("130/LAT", 48.0).unwrap().quantity("130/LON", 11.0).unwrap().quantity("073", 33_502.0).unwrap();
    let new = block.finish().unwrap();
    let seconds = |heard: &Heard| match heard {
        Heard::Cooperative(report) => report.position_deg[0],
        other => panic!("{other:?}"),
    };
    // The old one tells any time of day: heard at that time it is in time.
    let time = records_by(&old, &editions("021 0.26")).next().unwrap().unwrap().value("030").unwrap();
    let midnight_s = 1_682_985_600.0;
    let heard = hear(&mut intake, midnight_s + time, &old);
    assert!((35.0..70.0).contains(&seconds(&heard[0])));
    let heard = hear(&mut intake, midnight_s + 33_502.5, &new);
    assert!((seconds(&heard[0]) - 48.0).abs() < 1e-4);
}

#[test]
fn a_latitude_of_4330_degrees_is_refused_with_its_place() {
    let mut block = BlockBuilder::new(&CAT062);
    let record = block.record();
    record.raw("010/SAC", 25).unwrap().raw("010/SIC", 100).unwrap().raw("040", 1).unwrap().raw("080/MON", 0).unwrap();
    record.quantity("070", 33_502.0).unwrap();
    record.quantity("105/LAT", 4_330.0).unwrap().quantity("105/LON", 16.0).unwrap();
    let datagram = block.finish().unwrap();
    let heard = hear(&mut intake(25, 100, "062 1.21"), HEARD_S, &datagram);
    let [Heard::Event(Event::Undecodable(it))] = &heard[..] else { panic!("{heard:?}") };
    let start = "link 0: CAT062 record 0 at octet 3: I062/105/LAT is 4329.99";
    assert!(it.detail.starts_with(start), "{}", it.detail);
    assert!(it.detail.ends_with(" °, which cannot be: another edition, or broken"), "{}", it.detail);
    assert_eq!(it.sensor, Some(SensorId(0)));
}

#[test]
fn what_every_record_has_must_be_there_and_spare_bits_are_told() {
    let told = |datagram: &[u8]| {
        let mut told = Vec::new();
        let editions = Editions::default();
        for record in records_by(datagram, &editions) {
            doubts(&record.unwrap(), &mut |doubt| told.push(doubt));
        }
        told
    };
    // CAT062 with nothing but a source; then with the spare bit 8 of I062/060 set, and a height beyond 150,000 ft.
    let missing = ["I062/070", "I062/040", "I062/080"].map(|item| Doubt::Missing { item });
    assert_eq!(told(&[62, 0, 6, 0x80, 25, 100]), missing);
    let spare = told(&[62, 0, 7, 0x01, 0x40, 0x10, 0x00][..]);
    assert!(spare.contains(&Doubt::SpareBits { item: "I062/060", first_bit: 3, raw: 1 }), "{spare:?}");
    let high = told(&[62, 0, 8, 0x01, 0x01, 0x10, 0x7F, 0xFF]);
    let beyond = Doubt::OutOfRange { item: "I062/130", field: "", value: 204_793.75, unit: "ft" };
    assert!(high.contains(&beyond), "{high:?}");
    assert!(!beyond.is_fatal() && beyond.to_string().contains("beyond what the specification allows"));
}

#[test]
fn real_recordings_give_no_doubt() {
    let mut records = 0;
    for file in [
        "asterix/barcelona/bcn_0800_0812.ast",
        "asterix/croatia/cat21_re.ast",
        "asterix/croatia/cat062cat065.raw",
        "asterix/jasterix/cat001ed1.1.bin",
        "asterix/jasterix/cat048ed1.15.bin",
        "asterix/jasterix/cat062ed1.12.bin",
    ] {
        let Some(bytes) = common::data(file) else { continue };
        let editions = Editions::default();
        for record in records_by(&bytes, &editions) {
            records += 1;
            let record = record.unwrap();
            doubts(&record, &mut |doubt| panic!("{file}: {doubt}"));
        }
    }
    println!("{records} records without a doubt");
}
