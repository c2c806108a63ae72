//! The units that ASTERIX uses, in SI.

/// Metres in a nautical mile (ICAO Annex 5).
pub const NM_M: f64 = 1852.0;
/// Metres in a foot.
pub const FT_M: f64 = 0.3048;
/// Feet in a flight level.
pub const FL_FT: f64 = 100.0;
