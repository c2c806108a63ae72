//! What is let in: each plot is checked once, then waits for the rest of its look.

use parapet_frame::Time;
use parapet_track::{Plot, SensorModel};

use crate::seen::SeenPlots;
use crate::{Limits, Mode, RefusalReason};

/// One sensor's door.
#[derive(Clone, Debug, Default)]
pub(crate) struct Door {
    /// Plots that wait, in the order of hearing.
    pub(crate) waiting: Vec<Plot>,
    /// When the first of them was heard.
    pub(crate) since: Option<Time>,
    /// The time of the scan that a staring sensor says it has completed.
    pub(crate) scanned_at: Option<Time>,
    /// What was let in lately, to know it again on a redundant line.
    seen: SeenPlots,
}

/// Whether a plot may come in; if not, why not.
pub(crate) fn admit(
    plot: &Plot,
    sensor: &SensorModel,
    mode: Mode,
    limits: &Limits,
    door: &mut Door,
) -> Result<(), (RefusalReason, String)> {
    possible(plot, sensor).map_err(|detail| (RefusalReason::Impossible, detail))?;
    if plot.simulated && mode == Mode::Live {
        return Err((RefusalReason::Simulated, String::new()));
    }
    timely(plot.measured_at.0, plot.heard_at.0, sensor.trust.bias_sigma.time_s, limits)?;
    if door.seen.holds(plot) {
        return Err((RefusalReason::Duplicate, String::new()));
    }
    if door.waiting.len() >= limits.pending_plots_max as usize {
        return Err((RefusalReason::TableFull, format!("{} plots of this sensor wait already", door.waiting.len())));
    }
    // A plot older than that is refused for its age, so nothing older need be remembered.
    door.seen.remember(plot, plot.heard_at.0.plus_seconds(-limits.plot_age_max_s));
    Ok(())
}

/// Whether something measured then can be used when it is heard now; if not, why not.
pub(crate) fn timely(
    measured_at: Time,
    heard_at: Time,
    sigma_clock_s: f64,
    limits: &Limits,
) -> Result<(), (RefusalReason, String)> {
    /// Standard deviations by which a clock may be off that is known to be.
    const SIGMAS: f64 = 4.0;
    let slack_s = SIGMAS * sigma_clock_s;
    let age_s = heard_at.seconds_since(measured_at);
    if age_s > limits.plot_age_max_s + slack_s {
        return Err((RefusalReason::TooOld, format!("measured {age_s:.3} s before it was heard")));
    }
    if -age_s > limits.plot_ahead_max_s + slack_s {
        return Err((RefusalReason::FromTheFuture, format!("measured {:.3} s after it was heard", -age_s)));
    }
    Ok(())
}

/// Whether a sensor can have measured this.
fn possible(plot: &Plot, sensor: &SensorModel) -> Result<(), String> {
    let elevation = plot.elevation.map_or((0.0, 1.0), |e| (e.rad, e.sigma_rad));
    let numbers = [plot.range_m, plot.azimuth_rad, elevation.0, elevation.1, plot.range_rate_mps.unwrap_or(0.0)];
    if numbers.iter().any(|n| !n.is_finite()) {
        return Err("not a finite number".into());
    }
    let told = plot.accuracy.unwrap_or_default();
    let sigmas = [told.range_m, told.azimuth_rad, told.range_rate_mps];
    if sigmas.iter().flatten().any(|sigma| !(sigma.is_finite() && *sigma > 0.0)) {
        return Err("a standard deviation is not above 0".into());
    }
    // Noise may carry a plot a little beyond what the sensor covers.
    let slack_m = 5.0 * sensor.sigma_range_m;
    if plot.range_m <= 0.0 || plot.range_m < sensor.range_min_m - slack_m || plot.range_m > sensor.range_max_m + slack_m
    {
        return Err(format!("range {:.1} m is outside what the sensor covers", plot.range_m));
    }
    if elevation.0.abs() > core::f64::consts::FRAC_PI_2 || elevation.1 <= 0.0 {
        return Err(format!("elevation {} rad is impossible", elevation.0));
    }
    if plot.range_rate_mps.is_some_and(|rate| rate.abs() > RANGE_RATE_MAX_MPS) {
        return Err("range rate is impossible".into());
    }
    Ok(())
}

/// Nothing that this engine tracks moves faster, m/s.
const RANGE_RATE_MAX_MPS: f64 = 3_000.0;
