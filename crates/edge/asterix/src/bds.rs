//! Registers of Mode S transponders (ICAO Doc 9871, second edition, appendix A), as radars pass
//! them on in I048/250.
//!
//! What is decoded here is what the aircraft itself measured: an outside check on a tracker.

use crate::bits::{extract, sign_extend};

/// One register as received.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Register {
    /// The 56 bits of the message (MB field).
    pub data: [u8; 7],
    /// BDS1: first digit of the register number.
    pub bds1: u8,
    /// BDS2: second digit of the register number.
    pub bds2: u8,
}

impl Register {
    /// From the eight octets of one repetition of I048/250.
    #[must_use]
    pub fn from_octets([data @ .., code]: [u8; 8]) -> Self {
        Self { data, bds1: code >> 4, bds2: code & 0xF }
    }

    /// Whether this is register `bds1`,`bds2`.
    #[must_use]
    pub fn is(&self, bds1: u8, bds2: u8) -> bool {
        (self.bds1, self.bds2) == (bds1, bds2)
    }

    /// A value behind a status bit; bits count from 1 as in Doc 9871.
    fn field(&self, status_bit: usize, first_bit: usize, width: usize) -> Option<u64> {
        let valid = extract(&self.data, status_bit - 1, 1) == Some(1);
        if valid { extract(&self.data, first_bit - 1, width) } else { None }
    }

    /// As [`field`](Self::field), two's complement with its sign bit first.
    fn signed_field(&self, status_bit: usize, first_bit: usize, width: usize) -> Option<f64> {
        self.field(status_bit, first_bit, width).map(|raw| sign_extend(raw, width) as f64)
    }
}

/// BDS 4,0, selected vertical intention (table A-2-64). A value is `None` when its status bit is 0.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct SelectedVerticalIntention {
    /// Altitude selected at the mode control panel, feet, steps of 16.
    pub mcp_altitude_ft: Option<f64>,
    /// Altitude selected in the flight management system, feet, steps of 16.
    pub fms_altitude_ft: Option<f64>,
    /// Barometric pressure setting, hectopascal (800 plus steps of 0.1).
    pub pressure_setting_hpa: Option<f64>,
}

impl SelectedVerticalIntention {
    /// Reads the register; `None` when it is another.
    #[must_use]
    pub fn from_register(register: &Register) -> Option<Self> {
        register.is(4, 0).then(|| Self {
            mcp_altitude_ft: register.field(1, 2, 12).map(|raw| raw as f64 * 16.0),
            fms_altitude_ft: register.field(14, 15, 12).map(|raw| raw as f64 * 16.0),
            pressure_setting_hpa: register.field(27, 28, 12).map(|raw| raw as f64 * 0.1 + 800.0),
        })
    }
}

/// BDS 5,0, track and turn report (table A-2-80). A value is `None` when its status bit is 0.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct TrackAndTurn {
    /// Roll in degrees, right wing down positive, steps of 45/256.
    pub roll_deg: Option<f64>,
    /// True track angle in degrees, 0 up to 360 clockwise from true north, steps of 90/512.
    pub true_track_deg: Option<f64>,
    /// Ground speed in knots, steps of 2.
    pub ground_speed_kt: Option<f64>,
    /// Rate of change of the track angle, degrees per second, steps of 8/256.
    pub track_rate_deg_s: Option<f64>,
    /// True air speed in knots, steps of 2.
    pub true_air_speed_kt: Option<f64>,
}

impl TrackAndTurn {
    /// Reads the register; `None` when it is another.
    #[must_use]
    pub fn from_register(register: &Register) -> Option<Self> {
        register.is(5, 0).then(|| Self {
            roll_deg: register.signed_field(1, 2, 10).map(|raw| raw * 45.0 / 256.0),
            true_track_deg: register.signed_field(12, 13, 11).map(|raw| turn(raw * 90.0 / 512.0)),
            ground_speed_kt: register.field(24, 25, 10).map(|raw| raw as f64 * 2.0),
            track_rate_deg_s: register.signed_field(35, 36, 10).map(|raw| raw * 8.0 / 256.0),
            true_air_speed_kt: register.field(46, 47, 10).map(|raw| raw as f64 * 2.0),
        })
    }
}

/// BDS 6,0, heading and speed report (table A-2-96). A value is `None` when its status bit is 0.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct HeadingAndSpeed {
    /// Magnetic heading in degrees, 0 up to 360, steps of 90/512.
    pub magnetic_heading_deg: Option<f64>,
    /// Indicated air speed in knots, steps of 1.
    pub indicated_air_speed_kt: Option<f64>,
    /// Mach number, steps of 2.048/512.
    pub mach: Option<f64>,
    /// Barometric altitude rate, feet per minute, steps of 32.
    pub barometric_rate_ft_min: Option<f64>,
    /// Inertial vertical velocity, feet per minute, steps of 32.
    pub inertial_rate_ft_min: Option<f64>,
}

impl HeadingAndSpeed {
    /// Reads the register; `None` when it is another.
    #[must_use]
    pub fn from_register(register: &Register) -> Option<Self> {
        register.is(6, 0).then(|| Self {
            magnetic_heading_deg: register.signed_field(1, 2, 11).map(|raw| turn(raw * 90.0 / 512.0)),
            indicated_air_speed_kt: register.field(13, 14, 10).map(|raw| raw as f64),
            mach: register.field(24, 25, 10).map(|raw| raw as f64 * 2.048 / 512.0),
            barometric_rate_ft_min: register.signed_field(35, 36, 10).map(|raw| raw * 32.0),
            inertial_rate_ft_min: register.signed_field(46, 47, 10).map(|raw| raw * 32.0),
        })
    }
}

/// Degrees between 0 and 360 of degrees between -180 and 180.
fn turn(degrees: f64) -> f64 {
    if degrees < 0.0 { degrees + 360.0 } else { degrees }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_bit_of_zero_means_no_value() {
        let register = Register { data: [0x7F; 7], bds1: 5, bds2: 0 };
        let report = TrackAndTurn::from_register(&register).unwrap();
        assert_eq!(report.roll_deg, None);
        assert_eq!(TrackAndTurn::from_register(&Register { bds2: 1, ..register }), None);
    }

    #[test]
    fn selected_altitude_and_pressure() {
        // 35,008 ft at the panel, none in the flight management system, 1013.2 hPa.
        let bits: u64 = (1 << 55) | (2188 << 43) | (1 << 29) | (2132 << 17);
        let mut data = [0; 7];
        data.copy_from_slice(&bits.to_be_bytes()[1..]);
        let register = Register { data, bds1: 4, bds2: 0 };
        let intention = SelectedVerticalIntention::from_register(&register).unwrap();
        assert_eq!(intention.mcp_altitude_ft, Some(35_008.0));
        assert_eq!(intention.fms_altitude_ft, None);
        assert!((intention.pressure_setting_hpa.unwrap() - 1013.2).abs() < 1e-9);
    }
}
