//! A ground station that writes what aircraft say as CAT021, and the intake that reads it.

use parapet_asterix::{BlockBuilder, CAT021, EncodeError, Intake, IntakeSource};
use parapet_engine::Event;
use parapet_frame::{EarthAxes, HeardAt, SensorPose, SiteFrame, SitePoint, Time};
use parapet_track::{
    ContactSource, DELAY_SIGMA_DEFAULT_S, PLACE_SIGMA_DEFAULT_M, PRESSURE_SIGMA_DEFAULT_M, Scan, SensorModel, Trust,
};

use super::STATION;
use super::flights::Report;

/// What the station calls itself.
const SAC: u8 = 25;
const SIC: u8 = 210;
/// NACp of a modern aircraft: 30 m with 95 %.
const NACP: u64 = 9;
/// Nautical miles in a metre; feet in a metre; feet a minute in a metre per second.
const NM_PER_M: f64 = 1.0 / 1_852.0;
const FT_PER_M: f64 = 1.0 / 0.3048;

/// The station, and how its words come to the engine.
#[derive(Debug)]
pub(crate) struct Station {
    model: SensorModel,
    intake: Intake,
}

impl Station {
    pub(crate) fn at(frame: &SiteFrame) -> Self {
        let pose = SensorPose::parallel(SitePoint::default(), 0.0);
        let model = SensorModel {
            name: "adsb".to_owned(),
            pose,
            range_min_m: 0.0,
            range_max_m: 450_000.0,
            elevation_min_rad: -0.2,
            elevation_max_rad: 1.5,
            scan: Scan::Rotating,
            scan_period_s: 1.0,
            sigma_range_m: 30.0,
            sigma_azimuth_rad: 0.01,
            sigma_range_rate_mps: 10.0,
            detection_probability: 0.5,
            clutter_per_scan: 0.0,
            silent_after_s: 60.0,
            blanked: Vec::new(),
            trust: Trust::default(),
        };
        let source = IntakeSource {
            sensor: STATION,
            sac: SAC,
            sic: SIC,
            pose,
            sigma_elevation_rad: None,
            sigma_barometric_height_m: PRESSURE_SIGMA_DEFAULT_M,
            links: Vec::new(),
            senders: Vec::new(),
            editions: Vec::new(),
        };
        let contact = ContactSource {
            sensor: STATION,
            earth: EarthAxes::of(frame),
            geoid_m: None,
            place_sigma_m: PLACE_SIGMA_DEFAULT_M,
            pressure_sigma_m: PRESSURE_SIGMA_DEFAULT_M,
            delay_sigma_s: DELAY_SIGMA_DEFAULT_S,
        };
        Station { model, intake: Intake::new(vec![source]).with_contacts(vec![contact]) }
    }

    pub(crate) fn model(&self) -> &SensorModel {
        &self.model
    }

    /// Writes a report as octets and reads them again. What cannot be written, such as a height beyond the item's range, is not sent.
    pub(crate) fn hear(&mut self, report: &Report, told_for: Time, heard_at: HeardAt, sink: &mut dyn FnMut(Event)) {
        if let Ok(octets) = written(report, told_for) {
            self.intake.datagram(heard_at, 0, None, &octets, sink);
        }
    }
}

fn written(report: &Report, told_for: Time) -> Result<Vec<u8>, EncodeError> {
    const DAY_NS: i64 = 86_400_000_000_000;
    let of_day_s = told_for.nanos().rem_euclid(DAY_NS) as f64 * 1e-9;
    let mut block = BlockBuilder::new(&CAT021);
    let record = block.record();
    record.raw("010/SAC", SAC.into())?.raw("010/SIC", SIC.into())?;
    record.raw("040/ATP", 0)?.raw("040/GBS", report.on_ground.into())?.raw("080", report.address.into())?;
    record.raw("210/VN", 2)?.raw("090/NACP", NACP)?;
    record.quantity("131/LAT", report.lat_deg)?.quantity("131/LON", report.lon_deg)?.quantity("071", of_day_s)?;
    if let Some(height_m) = report.height_m {
        record.quantity("145", height_m * FT_PER_M / 100.0)?;
    }
    if let Some([east_mps, north_mps, climb_mps]) = report.velocity_mps {
        record.quantity("160/GS", east_mps.hypot(north_mps) * NM_PER_M)?;
        record.quantity("160/TA", east_mps.atan2(north_mps).to_degrees().rem_euclid(360.0))?;
        record.quantity("157/GVR", climb_mps * FT_PER_M * 60.0)?;
    }
    // The item has letters, digits and spaces: a transponder leaves out the hyphen that gliders have in theirs.
    let callsign: String = report.callsign.chars().filter(char::is_ascii_alphanumeric).collect();
    if !callsign.is_empty() && callsign.len() <= 8 {
        record.text("170", &callsign)?;
    }
    block.finish()
}
