//! What must hold of the intake for every datagram: the fuzz target and the tests run this.

use parapet_engine::Event;
use parapet_frame::{HeardAt, SensorPose, SitePoint, Time};
use parapet_track::SensorId;

use super::heard::Heard;
use super::source::IntakeSource;
use super::{Intake, IntakeCounts};
use crate::{Source, TABLES, records, records_by};

/// Sources that are listened to, of those that a datagram names.
const SOURCES_MAX: usize = 8;
/// Octets in front of the datagram: when it is heard, and by which editions it is read.
const HEAD_LEN: usize = 5;

/// Reads octets as a moment (four octets), a choice of editions (one octet) and a datagram of sensors that are all
/// known, and checks that
///
/// * each record, and each stretch that cannot be read, becomes one value, and is counted once;
/// * every value is finite, and lies on the Earth where it is a place.
///
/// # Panics
/// When one of these does not hold: a fault of this crate, never of the octets.
pub fn examine_intake(octets: &[u8]) {
    let Some((head, datagram)) = octets.split_at_checked(HEAD_LEN) else { return };
    let seconds = u32::from_be_bytes([head[0], head[1], head[2], head[3]]);
    let heard_at = HeardAt(Time::from_seconds(f64::from(seconds)));
    let mut intake = Intake::new(sources(datagram, head[4]));
    let mut seen = 0;
    intake.hear(heard_at, 0, None, datagram, &mut |heard| {
        seen += 1;
        check(&heard);
    });
    let counts = *intake.counts();
    let found = records_by(datagram, &intake.editions).count().max(usize::from(datagram.is_empty()));
    assert_eq!(seen, found, "one value for each record");
    assert_eq!(total(&counts), found as u64, "each is counted once");
}

fn total(counts: &IntakeCounts) -> u64 {
    counts.plots + counts.alive + counts.cooperative + counts.system_tracks + counts.health + counts.undecodable
}

/// The sources that the datagram names, each with an edition of every category.
fn sources(datagram: &[u8], choice: u8) -> Vec<IntakeSource> {
    let mut named: Vec<Source> = records(datagram).filter_map(|record| Source::of(&record.ok()?)).collect();
    named.sort_unstable();
    named.dedup();
    named.truncate(SOURCES_MAX);
    let edition = |table: &&'static crate::spec::Category| crate::Edition::of(table.number, table.edition).ok();
    let editions = TABLES.iter().skip(usize::from(choice) % TABLES.len()).take(1).filter_map(edition);
    let editions: Vec<_> = editions.collect();
    let source = |(sensor, source): (u16, Source)| IntakeSource {
        sensor: SensorId(sensor),
        sac: source.sac,
        sic: source.sic,
        pose: SensorPose::parallel(SitePoint::default(), 46.0),
        sigma_elevation_rad: Some(0.003),
        sigma_barometric_height_m: 100.0,
        links: Vec::new(),
        senders: Vec::new(),
        editions: editions.clone(),
    };
    (0..).zip(named).map(source).collect()
}

fn check(heard: &Heard) {
    let on_earth = |[latitude, longitude]: [f64; 2]| latitude.abs() <= 90.0 && longitude.abs() <= 180.0;
    match heard {
        Heard::Event(Event::Plot(plot)) => {
            let elevation = plot.elevation.map_or([0.0, 1.0], |it| [it.rad, it.sigma_rad]);
            let numbers = [plot.range_m, plot.azimuth_rad, elevation[0], elevation[1]];
            assert!(numbers.iter().all(|number| number.is_finite()) && elevation[1] > 0.0, "{plot:?}");
        }
        Heard::Event(_) => {}
        Heard::Cooperative(report) => {
            assert!(on_earth(report.position_deg), "{report:?}");
            assert!(report.height.is_none_or(|height| height.m.is_finite()), "{report:?}");
        }
        Heard::SystemTrack(track) => {
            assert!(on_earth(track.position_deg), "{track:?}");
            let possible = track.covariance_m2.is_none_or(|[east, north, both]| both * both <= east * north);
            assert!(possible, "a covariance that is one: {track:?}");
        }
        Heard::Health(health) => {
            let turn = 0.0..=core::f64::consts::TAU;
            assert!(health.antenna_rad.is_none_or(|angle| turn.contains(&angle)), "{health:?}");
        }
    }
}
