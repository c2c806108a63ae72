//! How far a sensor is trusted: its common errors, whose voice it is one of, how loud it may be.

use parapet_track::{Bias, Trust};

use crate::problem::Notes;
use crate::table::{Table, Within, within};

/// Standard deviations of errors that all plots share. Beyond these a sensor wants surveying, not estimating.
const BIAS_RANGE: Within = within(0.0, 1_000.0, " m");
const BIAS_ANGLE: Within = within(0.0, 5.0, " degrees");
const BIAS_TIME: Within = within(0.0, 5.0, " s");
/// From a slow acoustic node to more than any single radar sends.
const RATE: Within = within(0.1, 1_000_000.0, " plots/s");

/// Reads `bias_sigma`, `group` and `plots_per_s_max` of a `[[sensor]]`; what is not said is zero, nobody's and unbounded.
pub(crate) fn read(table: &mut Table<'_>, notes: &mut Notes) -> Trust {
    let bias_sigma = table.table("bias_sigma", notes).map_or_else(Bias::default, |mut bias| {
        let angle = |bias: &mut Table<'_>, key, notes: &mut Notes| {
            bias.number(key, BIAS_ANGLE, notes).unwrap_or(0.0).to_radians()
        };
        let sigma = Bias {
            range_m: bias.number("range_m", BIAS_RANGE, notes).unwrap_or(0.0),
            azimuth_rad: angle(&mut bias, "azimuth_deg", notes),
            elevation_rad: angle(&mut bias, "elevation_deg", notes),
            time_s: bias.number("time_s", BIAS_TIME, notes).unwrap_or(0.0),
        };
        bias.close(notes);
        sigma
    });
    let group = table.identifier("group", notes);
    let plots_per_s_max = table.number("plots_per_s_max", RATE, notes);
    Trust { bias_sigma, group, plots_per_s_max }
}
