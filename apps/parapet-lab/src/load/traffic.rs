//! Traffic that comes round every minute: made as bytes once, sent again and again with the times of the day.

use std::fmt::Write as _;

use nalgebra::Vector3;
use parapet_asterix::cat034::{MessageType, ServiceMessage};
use parapet_asterix::cat048::{CalculatedDoppler, Detection, Polar as WirePolar, TargetReport};
use parapet_asterix::{CAT034, CAT048, Source, TimeOfDay, block};
use parapet_flight::{Body, Environment, advance};
use parapet_frame::{Geodetic, SensorPose, SiteFrame};

pub(super) const SECOND_NS: i64 = 1_000_000_000;
/// Time between two sends, milliseconds: a sixteenth of a sensor's scan and a bit.
pub(super) const BEAT_MS: u64 = 10;
const BEATS_A_SCAN: u64 = 100;
/// The traffic comes round after so many scans of a second each.
const ROUND_SCANS: u64 = 60;
/// One plot in ten is false.
const FALSE_SHARE: f64 = 0.1;
/// Radars that find nine targets of ten.
const DETECTION: f64 = 0.9;
/// Rounds in the air at a time; the rest circles.
const ROUNDS: u32 = 6;
const ORIGIN: Geodetic = Geodetic { lat_deg: 33.3, lon_deg: 44.39, height_m: 34.0 };
/// What the sensors measure by, one standard deviation: metres, radians, m/s.
const SIGMA_RANGE_M: f64 = 15.0;
const SIGMA_ANGLE_RAD: f64 = 0.003;
const SIGMA_DOPPLER_MPS: f64 = 2.0;
const RANGE_MAX_M: f64 = 45_000.0;
const SYSTEM_AREA: u8 = 25;
/// Octets of I048/010 and I034/010, which stand before the time of day.
const SOURCE_OCTETS: usize = 2;

/// A datagram, and where in it the times of day stand, each with the time within the round.
struct Packet {
    sensor: u16,
    octets: Vec<u8>,
    times: Vec<(usize, i64)>,
    plots: u64,
}

/// All packets of a round, by beat.
pub(super) struct Traffic {
    sensors: Vec<SensorPose>,
    beats: Vec<Vec<Packet>>,
}

/// What flies.
enum Thing {
    Circling { middle_m: Vector3<f64>, radius_m: f64, phase_rad: f64 },
    Falling { launched_s: f64, body: Body },
}

impl Traffic {
    /// Traffic of so many plots a second, of so many things: each is seen by as many sensors as that takes, by all if not said.
    pub(super) fn new(sensors: u16, rate: u32, things: Option<u32>) -> Result<Traffic, String> {
        let frame = SiteFrame::at(ORIGIN).map_err(|error| error.to_string())?;
        let mut dice = Dice(1);
        let sensors: Vec<SensorPose> = (0..sensors)
            .map(|_| frame.sensor_pose(place(&mut dice)).map_err(|error| error.to_string()))
            .collect::<Result<_, _>>()?;
        let a_scan = f64::from(rate) / sensors.len() as f64;
        let (false_plots, objects) = (FALSE_SHARE * a_scan, (1.0 - FALSE_SHARE) * a_scan / DETECTION);
        let seen_by_each = (objects.round() as u32).max(1);
        let things: Vec<Thing> = (0..things.unwrap_or(seen_by_each)).map(|number| thing(number, &mut dice)).collect();
        // Each sensor sees every so manieth thing, and each the next ones.
        let every = (things.len() / seen_by_each as usize).max(1);
        let mut beats: Vec<Vec<Packet>> = (0..ROUND_SCANS * BEATS_A_SCAN).map(|_| Vec::new()).collect();
        for (number, pose) in sensors.iter().enumerate() {
            for scan in 0..ROUND_SCANS {
                let own = things.iter().skip(number % every).step_by(every);
                let sightings = look(pose, scan, own, false_plots, &mut dice);
                packets(number as u16, scan, sightings, &mut beats)?;
            }
        }
        Ok(Traffic { sensors, beats })
    }

    /// Sends what is due at a beat; gives the number of plots.
    pub(super) fn send(
        &mut self,
        beat: u64,
        begin_ns: i64,
        mut send: impl FnMut(u16, &[u8]) -> Result<(), String>,
    ) -> Result<u64, String> {
        let count = self.beats.len() as u64;
        let round_ns = begin_ns + (beat / count * ROUND_SCANS) as i64 * SECOND_NS;
        let mut plots = 0;
        for packet in &mut self.beats[(beat % count) as usize] {
            for (place, after_ns) in &packet.times {
                let ticks = TimeOfDay::from_ns((round_ns + after_ns).rem_euclid(86_400 * SECOND_NS));
                let ticks = ticks.map_or(0, |time| time.ticks() % TimeOfDay::DAY_TICKS);
                packet.octets[*place..place + 3].copy_from_slice(&ticks.to_be_bytes()[1..]);
            }
            send(packet.sensor, &packet.octets)?;
            plots += packet.plots;
        }
        Ok(plots)
    }

    /// The site that is defended, as the live program reads it.
    pub(super) fn site(&self, port: u16) -> String {
        let Geodetic { lat_deg, lon_deg, height_m } = ORIGIN;
        let mut text = format!(
            "[site]\nname = \"Load\"\nmode = \"exercise\"\norigin = {{ lat_deg = {lat_deg}, lon_deg = {lon_deg}, height_m = {height_m} }}\n\
             \n[[zone]]\nid = \"camp\"\npeople = 500\ncircle = {{ lat_deg = {lat_deg}, lon_deg = {lon_deg}, radius_m = 400.0 }}\n"
        );
        let mut dice = Dice(1);
        for number in 0..self.sensors.len() {
            // The same throws as when the sensors were placed.
            let Geodetic { lat_deg, lon_deg, height_m } = place(&mut dice);
            let (port, elevation_deg) = (port + number as u16, SIGMA_ANGLE_RAD.to_degrees());
            let clutter = (self.plots_a_second() * FALSE_SHARE / self.sensors.len() as f64).max(1.0);
            let _ = write!(
                text,
                "\n[[sensor]]\nid = \"radar-{number}\"\nposition = {{ lat_deg = {lat_deg}, lon_deg = {lon_deg}, height_m = {height_m} }}\n\
                 asterix = {{ sac = {SYSTEM_AREA}, sic = {number} }}\nlinks = [\"udp://127.0.0.1:{port}\"]\nsenders = [\"127.0.0.1\"]\n\
                 scan_period_s = 1.0\nrange_m = [50.0, {RANGE_MAX_M:.1}]\nelevation_deg = [-5.0, 85.0]\n\
                 detection_probability = {DETECTION}\nclutter_per_scan = {clutter:.1}\n\
                 accuracy = {{ range_m = {SIGMA_RANGE_M:.1}, azimuth_deg = {elevation_deg:.4}, elevation_deg = {elevation_deg:.4}, \
                 range_rate_mps = {SIGMA_DOPPLER_MPS:.1} }}\n"
            );
        }
        text
    }

    fn plots_a_second(&self) -> f64 {
        self.beats.iter().flatten().map(|packet| packet.plots).sum::<u64>() as f64 / ROUND_SCANS as f64
    }
}

/// Where a sensor stands: within some ten kilometres.
fn place(dice: &mut Dice) -> Geodetic {
    let (north, east) = (dice.between(-0.1, 0.1), dice.between(-0.1, 0.1));
    // Degrees as they are written into the site's file.
    let rounded = |degrees: f64| (degrees * 1e5).round() / 1e5;
    Geodetic { lat_deg: rounded(ORIGIN.lat_deg + north), lon_deg: rounded(ORIGIN.lon_deg + east), height_m: 40.0 }
}

/// Something that is where it was after every round.
fn thing(number: u32, dice: &mut Dice) -> Thing {
    if number < ROUNDS {
        let bearing_rad = dice.between(0.0, std::f64::consts::TAU);
        let (sin, cos) = bearing_rad.sin_cos();
        // About 4 km at 60 degrees: it falls on or near the camp.
        let speed_mps = dice.between(225.0, 240.0);
        let body = Body {
            position_m: Vector3::new(sin * 3_900.0, cos * 3_900.0, 1.0),
            velocity_mps: Vector3::new(-sin * 0.5, -cos * 0.5, 0.866) * speed_mps,
            ln_beta: 5_000f64.ln(),
        };
        return Thing::Falling { launched_s: f64::from(number) * ROUND_SCANS as f64 / f64::from(ROUNDS), body };
    }
    Thing::Circling {
        middle_m: Vector3::new(dice.between(-15e3, 15e3), dice.between(-15e3, 15e3), dice.between(300.0, 4_000.0)),
        radius_m: dice.between(200.0, 900.0),
        phase_rad: dice.between(0.0, std::f64::consts::TAU),
    }
}

impl Thing {
    /// Place and velocity at a time of the round; `None` while it is on the ground.
    fn at(&self, seconds: f64) -> Option<(Vector3<f64>, Vector3<f64>)> {
        match self {
            Thing::Circling { middle_m, radius_m, phase_rad } => {
                let rate = std::f64::consts::TAU / ROUND_SCANS as f64;
                let (sin, cos) = (phase_rad + rate * seconds).sin_cos();
                let place = middle_m + Vector3::new(cos, sin, 0.0) * *radius_m;
                Some((place, Vector3::new(-sin, cos, 0.0) * (radius_m * rate)))
            }
            Thing::Falling { launched_s, body } => {
                let flown_s = (seconds - launched_s).rem_euclid(ROUND_SCANS as f64);
                let environment = Environment::sphere(ORIGIN.lat_deg, ORIGIN.height_m, ORIGIN.height_m);
                let there = advance(&environment, body, flown_s);
                (there.position_m.z > 0.0 && flown_s < 50.0).then_some((there.position_m, there.velocity_mps))
            }
        }
    }
}

/// What a sensor saw: when, after the beginning of the round.
struct Sighting {
    at_s: f64,
    range_m: f64,
    azimuth_rad: f64,
    height_m: f64,
    doppler_mps: f64,
}

/// One turn of a sensor's antenna.
fn look<'a>(
    pose: &SensorPose,
    scan: u64,
    things: impl Iterator<Item = &'a Thing>,
    false_plots: f64,
    dice: &mut Dice,
) -> Vec<Sighting> {
    let turn = |azimuth_rad: f64| azimuth_rad.rem_euclid(std::f64::consts::TAU) / std::f64::consts::TAU;
    let mut sightings = Vec::new();
    for thing in things {
        if dice.between(0.0, 1.0) > DETECTION {
            continue;
        }
        let Some((early, _)) = thing.at(scan as f64) else { continue };
        let at_s = scan as f64 + turn(pose.polar_from_site(early).azimuth_rad);
        let Some((place, velocity)) = thing.at(at_s) else { continue };
        let polar = pose.polar_from_site(place);
        let measured = parapet_frame::Polar {
            range_m: polar.range_m + SIGMA_RANGE_M * dice.normal(),
            azimuth_rad: polar.azimuth_rad + SIGMA_ANGLE_RAD * dice.normal(),
            elevation_rad: polar.elevation_rad + SIGMA_ANGLE_RAD * dice.normal(),
        };
        if !(100.0..RANGE_MAX_M).contains(&measured.range_m) {
            continue;
        }
        let along = (place - pose.origin()).normalize();
        sightings.push(Sighting {
            at_s,
            range_m: measured.range_m,
            azimuth_rad: measured.azimuth_rad,
            height_m: pose.height_of_polar(measured),
            doppler_mps: along.dot(&velocity) + SIGMA_DOPPLER_MPS * dice.normal(),
        });
    }
    for _ in 0..(false_plots + dice.between(0.0, 1.0)) as usize {
        let azimuth_rad = dice.between(0.0, std::f64::consts::TAU);
        sightings.push(Sighting {
            at_s: scan as f64 + turn(azimuth_rad),
            range_m: dice.between(200.0, 30_000.0),
            azimuth_rad,
            height_m: dice.between(50.0, 5_000.0),
            doppler_mps: dice.between(-200.0, 200.0),
        });
    }
    sightings.sort_by(|a, b| a.at_s.total_cmp(&b.at_s));
    sightings
}

/// Sightings of one turn as datagrams: eight sectors, each sent when the antenna has passed it, and the north marker.
fn packets(sensor: u16, scan: u64, sightings: Vec<Sighting>, beats: &mut [Vec<Packet>]) -> Result<(), String> {
    const SECTORS: usize = 8;
    let source = Source { sac: SYSTEM_AREA, sic: sensor as u8 };
    let mut rest = sightings.as_slice();
    for sector in 1..=SECTORS {
        let end_s = scan as f64 + sector as f64 / SECTORS as f64;
        let count = rest.iter().take_while(|sighting| sighting.at_s < end_s).count();
        let (now, later) = rest.split_at(count);
        rest = later;
        // Neighbouring sensors do not turn in step.
        let beat = (end_s * BEATS_A_SCAN as f64) as usize + usize::from(sensor) % 12;
        // What the last turn saw is sent when the next round has begun.
        let place = beat % beats.len();
        let round_ns = if place < beat { ROUND_SCANS as i64 * SECOND_NS } else { 0 };
        for part in now.chunks(30) {
            beats[place].push(plots(sensor, source, part, round_ns)?);
        }
    }
    let beat = (scan * BEATS_A_SCAN) as usize + usize::from(sensor) % 12;
    beats[beat].push(north(sensor, source, scan)?);
    Ok(())
}

fn plots(sensor: u16, source: Source, sightings: &[Sighting], round_ns: i64) -> Result<Packet, String> {
    let (mut records, mut times) = (Vec::new(), Vec::new());
    for sighting in sightings {
        let report = TargetReport {
            source: Some(source),
            time_of_day: TimeOfDay::from_ticks(0),
            detection: Some(Detection::Primary),
            simulated: true,
            polar: Some(WirePolar {
                range_m: sighting.range_m,
                azimuth_rad: sighting.azimuth_rad.rem_euclid(std::f64::consts::TAU),
            }),
            height_3d_ft: Some((sighting.height_m / 0.3048 / 25.0).round() * 25.0),
            doppler: Some(CalculatedDoppler { speed_mps: sighting.doppler_mps.round(), doubtful: false }),
            ..TargetReport::default()
        };
        let mut record = Vec::new();
        let encoded = report.to_record().and_then(|builder| builder.encode(&mut record));
        encoded.map_err(|error| format!("a plot does not fit into ASTERIX: {error}"))?;
        let place = parapet_asterix::HEADER_LEN + records.len() + time_place(&record);
        times.push((place, (sighting.at_s * 1e9) as i64 - round_ns));
        records.extend_from_slice(&record);
    }
    let octets = block(&CAT048, &records).map_err(|error| error.to_string())?;
    Ok(Packet { sensor, octets, times, plots: sightings.len() as u64 })
}

fn north(sensor: u16, source: Source, scan: u64) -> Result<Packet, String> {
    let message = ServiceMessage {
        source: Some(source),
        message_type: Some(MessageType::NorthMarker),
        time_of_day: TimeOfDay::from_ticks(0),
        ..ServiceMessage::default()
    };
    let mut record = Vec::new();
    let encoded = message.to_record().and_then(|builder| builder.encode(&mut record));
    encoded.map_err(|error| error.to_string())?;
    // I034/000, one octet, stands between source and time.
    let place = parapet_asterix::HEADER_LEN + time_place(&record) + 1;
    let octets = block(&CAT034, &record).map_err(|error| error.to_string())?;
    Ok(Packet { sensor, octets, times: vec![(place, scan as i64 * SECOND_NS)], plots: 0 })
}

/// Where the time of day stands in a record: behind the field specification and the source.
fn time_place(record: &[u8]) -> usize {
    record.iter().take_while(|octet| *octet & 1 == 1).count() + 1 + SOURCE_OCTETS
}

/// Small, and the same at every run: splitmix64 (Steele et al. 2014).
struct Dice(u64);

impl Dice {
    fn between(&mut self, low: f64, high: f64) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        low + (high - low) * ((z ^ (z >> 31)) >> 11) as f64 / (1u64 << 53) as f64
    }

    /// Nearly normal: the sum of twelve uniform draws.
    fn normal(&mut self) -> f64 {
        (0..12).map(|_| self.between(0.0, 1.0)).sum::<f64>() - 6.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is sent is what the decoder reads, with the times of the day that it is sent at.
    #[test]
    fn the_bytes_hold_the_plots_and_the_times() {
        let mut traffic = Traffic::new(4, 400, None).unwrap();
        let begin_ns = 86_390 * SECOND_NS;
        let (mut plots, mut records, mut far) = (0, 0, 0);
        for beat in 0..2 * ROUND_SCANS * BEATS_A_SCAN {
            let now_ns = (begin_ns + beat as i64 * BEAT_MS as i64 * 1_000_000) % (86_400 * SECOND_NS);
            plots += traffic
                .send(beat, begin_ns, |_, datagram| {
                    for record in parapet_asterix::records(datagram) {
                        record.map_err(|error| error.to_string())?;
                        records += u64::from(datagram[0] == 48);
                        let ticks_at = 3 + time_place(&datagram[3..]) + usize::from(datagram[0] == 34);
                        let ticks =
                            datagram[ticks_at..ticks_at + 3].iter().fold(0, |sum, octet| sum << 8 | i64::from(*octet));
                        let age_ns = now_ns - ticks * SECOND_NS / 128;
                        // Across midnight the difference is that of the clocks, not of the numbers.
                        let (day, half) = (86_400 * SECOND_NS, 43_200 * SECOND_NS);
                        let age_ns = (age_ns + half).rem_euclid(day) - half;
                        far += u64::from(!(-10_000_000..400_000_000).contains(&age_ns));
                    }
                    Ok(())
                })
                .unwrap();
        }
        assert_eq!(plots, records);
        assert_eq!(far, 0, "every plot is younger than 0.4 s when it is sent");
        let rate = plots as f64 / (2 * ROUND_SCANS) as f64;
        assert!((370.0..430.0).contains(&rate), "{rate}");
    }
}
