//! What the world does that the engine has not been told, row by row.

use parapet_track::{Bias, SensorModel};
use parapet_world::{Message, MessageKind, RoundClass, Scenario, Scene, Stream};

/// A row of the matrix.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Row {
    /// As the engine believes.
    Nominal,
    /// Drag far from what is expected of rounds, in size and in shape.
    WrongDrag,
    /// Wind, of which the engine knows nothing.
    Wind,
    /// Half of the looks show nothing.
    HalfDetection,
    /// Ten times as many false plots.
    MoreClutter,
    /// The radar measures wrongly, always in the same way.
    Bias,
    /// The same, and the engine is told that it may.
    FearedBias,
    /// Some measurements are far worse than stated.
    HeavyTails,
    /// The motor burns long or short and unevenly.
    LongBoost,
    /// Flat trajectories, first seen near the horizon.
    Low,
    /// The radar's clock is late.
    LateClock,
    /// The same, and the engine is told that it may be.
    FearedClock,
    /// The radar looks half as often.
    SlowScan,
}

/// Standard deviations of the bias.
const BIAS_SIGMAS: f64 = 2.0;
/// Wind at all heights, m/s.
const WIND_MPS: f64 = 15.0;
/// How late the radar's clock is, seconds.
const LATE_S: f64 = 0.3;
/// Part of the measurements with the larger error, and how many times larger that is.
const TAIL: (f64, f64) = (0.1, 4.0);
/// What rounds are expected to have: logarithm of the ballistic coefficient in kg/m^2.
const LN_BETA: f64 = 8.81;
/// How far from that the wrong one lies: a factor of 2.7.
const WRONG_DRAG: f64 = 1.0;
/// Lowest elevation of the radar where rounds fly low, degrees.
const HORIZON_DEG: f64 = 1.5;

impl Row {
    /// All of them, in the order of the table.
    pub const ALL: [Row; 13] = [
        Row::Nominal,
        Row::WrongDrag,
        Row::Wind,
        Row::HalfDetection,
        Row::MoreClutter,
        Row::Bias,
        Row::FearedBias,
        Row::HeavyTails,
        Row::LongBoost,
        Row::Low,
        Row::LateClock,
        Row::FearedClock,
        Row::SlowScan,
    ];

    /// As tables call it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Row::Nominal => "nominal",
            Row::WrongDrag => "wrong drag class",
            Row::Wind => "wind 15 m/s, not told",
            Row::HalfDetection => "detection probability 0.5",
            Row::MoreClutter => "ten times the clutter",
            Row::Bias => "bias of 2 sigma",
            Row::FearedBias => "bias of 2 sigma, told that it may be",
            Row::HeavyTails => "10 % of errors at 4 sigma",
            Row::LongBoost => "boost of 1 to 6 s, uneven",
            Row::Low => "low, first seen at 1.5 degrees",
            Row::LateClock => "clock late by 0.3 s",
            Row::FearedClock => "clock late by 0.3 s, told that it may be",
            Row::SlowScan => "scan period 2 s",
        }
    }

    /// The class of a round: each in turn, where the row allows it.
    pub(super) fn class(self, number: u64) -> RoundClass {
        match (self, number % 3) {
            (Row::LongBoost, _) => RoundClass::Rocket,
            (Row::Low, n) if n != 2 => RoundClass::Artillery,
            (_, 0) => RoundClass::Mortar,
            (_, 1) => RoundClass::Artillery,
            _ => RoundClass::Rocket,
        }
    }

    /// Elevations of launch that a class is given, degrees.
    pub(super) fn elevations_deg(self, class: RoundClass) -> (f64, f64) {
        match (self, class) {
            (Row::Low, _) => (10.0, 16.0),
            (_, RoundClass::Mortar) => (50.0, 75.0),
            (_, RoundClass::Artillery) => (30.0, 55.0),
            (_, RoundClass::Rocket) => (30.0, 50.0),
        }
    }

    /// Changes the scene's description; `draws` are those of the run.
    pub(super) fn disturb(self, scenario: &mut Scenario, draws: &mut Stream) {
        let sign = if draws.chance(0.5) { 1.0 } else { -1.0 };
        let (radar, launch) = (&mut scenario.radar[0], &mut scenario.launch[0]);
        match self {
            Row::WrongDrag => {
                launch.beta_kg_m2 = Some((LN_BETA + sign * WRONG_DRAG).exp());
                launch.beta_spread = 0.0;
                launch.drag_shape_scale = if draws.chance(0.5) { 0.5 } else { 1.5 };
            }
            Row::Wind => {
                let towards_rad = draws.uniform(0.0, core::f64::consts::TAU);
                scenario.wind.east_mps = WIND_MPS * towards_rad.sin();
                scenario.wind.north_mps = WIND_MPS * towards_rad.cos();
            }
            Row::HalfDetection => radar.detection_probability = 0.5,
            Row::MoreClutter => radar.clutter_per_scan *= 10.0,
            Row::Bias | Row::FearedBias => {
                let mut bias = |sigma: f64| if draws.chance(0.5) { BIAS_SIGMAS * sigma } else { -BIAS_SIGMAS * sigma };
                radar.bias_range_m = bias(radar.sigma_range_m);
                radar.bias_azimuth_deg = bias(radar.sigma_azimuth_deg);
                radar.bias_elevation_deg = bias(radar.sigma_elevation_deg);
            }
            Row::LongBoost => {
                launch.burn_s = Some(draws.uniform(1.0, 6.0));
                launch.thrust_slope = draws.uniform(-0.5, 0.5);
            }
            Row::Low => radar.elevation_min_deg = HORIZON_DEG,
            Row::LateClock | Row::FearedClock => radar.stamp_error_s = -LATE_S,
            Row::SlowScan => radar.scan_period_s = 2.0,
            Row::Nominal | Row::HeavyTails => {}
        }
    }

    /// What the engine is told differs from the undisturbed scene's: a site knows how often its radar looks and how low, and
    /// nothing of the rest.
    pub(super) fn is_told(self) -> bool {
        matches!(self, Row::Low | Row::SlowScan)
    }

    /// Standard deviations of the radar's common errors that the engine is told.
    pub(super) fn feared(self, sensor: &SensorModel) -> Bias {
        match self {
            Row::FearedBias => Bias {
                range_m: BIAS_SIGMAS * sensor.sigma_range_m,
                azimuth_rad: BIAS_SIGMAS * sensor.sigma_azimuth_rad,
                // The scene's radars measure both angles equally well.
                elevation_rad: BIAS_SIGMAS * sensor.sigma_azimuth_rad,
                time_s: 0.0,
            },
            Row::FearedClock => Bias { time_s: LATE_S, ..Bias::default() },
            _ => Bias::default(),
        }
    }

    /// Changes what the radar has measured.
    pub(super) fn spoil(self, scene: &Scene, messages: &mut [Message], draws: &mut Stream) {
        if self != Row::HeavyTails {
            return;
        }
        let spec = &scene.radars[0].spec;
        // Added to the ordinary error, this makes one so many times as large.
        let more = (TAIL.1 * TAIL.1 - 1.0).sqrt();
        for message in messages {
            let MessageKind::Plots(plots) = &mut message.kind else { continue };
            for plot in plots.iter_mut().filter(|plot| plot.object.is_some()) {
                let mut error = |sigma: f64| if draws.chance(TAIL.0) { draws.normal(more * sigma) } else { 0.0 };
                plot.polar.range_m += error(spec.sigma_range_m);
                plot.polar.azimuth_rad += error(spec.sigma_azimuth_deg.to_radians());
                plot.polar.elevation_rad += error(spec.sigma_elevation_deg.to_radians());
                let rate_error_mps = error(spec.sigma_range_rate_mps.unwrap_or(0.0));
                plot.range_rate_mps = plot.range_rate_mps.map(|rate| rate + rate_error_mps);
            }
        }
    }
}
