//! Target reports into records.

use super::report::*;
use super::table::CAT048;
use crate::builder::RecordBuilder;
use crate::error::EncodeError;
use crate::units::{FL_FT, NM_M};
use crate::value::Value;

/// The most that RHO of I048/040 can say, in nautical miles.
const RANGE_MAX_NM: f64 = 65_535.0 / 256.0;

impl TargetReport {
    /// A record with what the report has, each value rounded to the step of its item.
    ///
    /// A range beyond that of I048/040 goes into the reserved expansion field as clause 5.2.4 says:
    /// RHO at its maximum, ERR set, the range in RE/ERR. Azimuths and headings may be any finite
    /// angle.
    ///
    /// # Errors
    /// A value that its item cannot hold: a height above 204,775 ft, a Doppler speed beyond
    /// -512 to 511 m/s, and so on.
    pub fn to_record(&self) -> Result<RecordBuilder, EncodeError> {
        let mut record = RecordBuilder::new(&CAT048);
        self.put_source_and_time(&mut record)?;
        self.put_descriptor(&mut record)?;
        self.put_position(&mut record)?;
        self.put_codes(&mut record)?;
        self.put_doppler(&mut record)?;
        self.put_plot(&mut record)?;
        self.put_identity(&mut record)?;
        self.put_track(&mut record)?;
        Ok(record)
    }

    fn put_source_and_time(&self, record: &mut RecordBuilder) -> Result<(), EncodeError> {
        if let Some(source) = self.source {
            record.raw("010/SAC", source.sac.into())?.raw("010/SIC", source.sic.into())?;
        }
        if let Some(time) = self.time_of_day {
            record.raw("140", time.ticks().into())?;
        }
        Ok(())
    }

    fn put_descriptor(&self, record: &mut RecordBuilder) -> Result<(), EncodeError> {
        let first = [
            ("020/SIM", self.simulated),
            ("020/RDP", self.chain_2),
            ("020/SPI", self.special_position),
            ("020/RAB", self.field_monitor),
        ];
        let second = [
            ("020/TST", self.test),
            ("020/ERR", self.extended_range || self.is_beyond_rho()),
            ("020/ME", self.military_emergency),
        ];
        if let Some(detection) = self.detection {
            record.raw("020/TYP", detection.raw())?;
        }
        for (path, _) in first.iter().chain(&second).filter(|(_, set)| *set) {
            record.raw(path, 1)?;
        }
        if self.friend_or_foe != 0 {
            record.raw("020/FOEFRI", self.friend_or_foe.into())?;
        }
        Ok(())
    }

    fn is_beyond_rho(&self) -> bool {
        self.polar.is_some_and(|polar| polar.range_m / NM_M > RANGE_MAX_NM)
    }

    fn put_position(&self, record: &mut RecordBuilder) -> Result<(), EncodeError> {
        if let Some(polar) = self.polar {
            let range_nm = polar.range_m / NM_M;
            if self.extended_range || self.is_beyond_rho() {
                record.quantity("RE/ERR", range_nm)?;
            }
            let sent_nm = if self.is_beyond_rho() { RANGE_MAX_NM } else { range_nm };
            record.quantity("040/RHO", sent_nm)?;
            put_turn(record, "040/THETA", polar.azimuth_rad, 16)?;
        }
        if let Some(cartesian) = self.cartesian {
            record.quantity("042/X", cartesian.x_m / NM_M)?;
            record.quantity("042/Y", cartesian.y_m / NM_M)?;
        }
        if let Some(height_ft) = self.height_3d_ft {
            record.quantity("110/3DH", height_ft)?;
        }
        Ok(())
    }

    fn put_codes(&self, record: &mut RecordBuilder) -> Result<(), EncodeError> {
        if let Some(code) = self.mode_3a {
            let paths = ["070/MODE3A", "070/V", "070/G", "070/L"];
            put_code(record, paths, code)?;
        }
        if let Some(code) = self.mode_2 {
            let paths = ["050/MODE2", "050/V", "050/G", "050/L"];
            put_code(record, paths, code)?;
        }
        if let Some(level) = self.flight_level {
            record.quantity("090/FL", level.altitude_ft / FL_FT)?;
            record.raw("090/V", level.not_validated.into())?;
            record.raw("090/G", level.garbled.into())?;
        }
        Ok(())
    }

    fn put_doppler(&self, record: &mut RecordBuilder) -> Result<(), EncodeError> {
        if let Some(doppler) = self.doppler {
            record.raw("120/CAL/D", doppler.doubtful.into())?;
            record.quantity("120/CAL/CAL", doppler.speed_mps)?;
        }
        if let Some(raw) = self.doppler_raw {
            let entries = vec![
                Some(sixteen_bits("120/RDS/DOP", raw.speed_mps)?),
                Some(sixteen_bits("120/RDS/AMB", raw.ambiguity_mps)?),
                Some(sixteen_bits("120/RDS/FRQ", raw.frequency_mhz)?),
            ];
            record.set("120/RDS", Value::List(vec![Value::Group(entries)]))?;
        }
        Ok(())
    }

    fn put_plot(&self, record: &mut RecordBuilder) -> Result<(), EncodeError> {
        let plot = &self.plot;
        let quantities = [
            ("130/SRL", plot.secondary_runlength_rad.map(f64::to_degrees)),
            ("130/SAM", plot.secondary_amplitude_dbm),
            ("130/PRL", plot.primary_runlength_rad.map(f64::to_degrees)),
            ("130/PAM", plot.primary_amplitude_dbm),
            ("130/RPD", plot.range_difference_m.map(|m| m / NM_M)),
            ("130/APD", plot.azimuth_difference_rad.map(f64::to_degrees)),
            ("RE/GEN48/RCSDB/RCSDB", self.radar_cross_section_dbsm),
        ];
        for (path, value) in quantities {
            if let Some(value) = value {
                record.quantity(path, value)?;
            }
        }
        if let Some(replies) = plot.secondary_replies {
            record.raw("130/SRR", replies.into())?;
        }
        Ok(())
    }

    fn put_identity(&self, record: &mut RecordBuilder) -> Result<(), EncodeError> {
        if let Some(address) = self.aircraft_address {
            record.raw("220", address.into())?;
        }
        if let Some(callsign) = self.callsign {
            match callsign.as_str() {
                "" => record.raw("240", 0)?, // eight times "no character", not eight blanks
                text => record.text("240", text)?,
            };
        }
        if let Some(status) = self.flight_status {
            record.raw("230/STAT", status as u64)?;
        }
        Ok(())
    }

    fn put_track(&self, record: &mut RecordBuilder) -> Result<(), EncodeError> {
        if let Some(number) = self.track_number {
            record.raw("161/TRN", number.into())?;
        }
        if let Some(status) = self.track_status {
            put_track_status(record, status)?;
        }
        if let Some(velocity) = self.track_velocity {
            record.quantity("200/GSP", velocity.ground_speed_mps / NM_M)?;
            put_turn(record, "200/HDG", velocity.heading_rad, 16)?;
        }
        if let Some(quality) = self.track_quality {
            record.quantity("210/SIGX", quality.sigma_x_m / NM_M)?;
            record.quantity("210/SIGY", quality.sigma_y_m / NM_M)?;
            record.quantity("210/SIGV", quality.sigma_speed_mps / NM_M)?;
            record.quantity("210/SIGH", quality.sigma_heading_rad.to_degrees())?;
        }
        Ok(())
    }
}

fn put_track_status(record: &mut RecordBuilder, status: TrackStatus) -> Result<(), EncodeError> {
    record.raw("170/CNF", status.tentative.into())?;
    record.raw("170/RAD", status.sensor as u64)?;
    record.raw("170/DOU", status.doubtful.into())?;
    record.raw("170/MAH", status.manoeuvring.into())?;
    record.raw("170/CDM", status.vertical as u64)?;
    let extension = [
        ("170/TRE", status.ended),
        ("170/GHO", status.ghost),
        ("170/SUP", status.supported),
        ("170/TCC", status.projected),
    ];
    for (path, _) in extension.iter().filter(|(_, set)| *set) {
        record.raw(path, 1)?;
    }
    Ok(())
}

/// A number of whole units in sixteen bits.
fn sixteen_bits(path: &str, value: f64) -> Result<Value, EncodeError> {
    if !(0.0..=65_535.0).contains(&value.round()) {
        return Err(EncodeError::OutOfRange { path: path.into(), value, bits: 16, lsb: 1.0 });
    }
    Ok(Value::Raw(value.round() as u64))
}

fn put_code(record: &mut RecordBuilder, [digits, v, g, l]: [&str; 4], code: Code) -> Result<(), EncodeError> {
    record.raw(digits, code.code.into())?;
    record.raw(v, code.not_validated.into())?;
    record.raw(g, code.garbled.into())?;
    record.raw(l, code.not_from_this_scan.into())?;
    Ok(())
}

/// An angle of any number of turns as a fraction of one turn, `bits` wide.
pub(crate) fn put_turn(record: &mut RecordBuilder, path: &str, angle_rad: f64, bits: u32) -> Result<(), EncodeError> {
    let steps = f64::from(1_u32 << bits);
    let fraction = angle_rad.rem_euclid(core::f64::consts::TAU) / core::f64::consts::TAU;
    if fraction.is_nan() {
        let (value, lsb) = (angle_rad, 360.0 / steps);
        return Err(EncodeError::OutOfRange { path: path.into(), value, bits: bits as u16, lsb });
    }
    record.raw(path, (fraction * steps).round() as u64 % u64::from(1_u32 << bits))?;
    Ok(())
}
