//! What is believed before the first plot: physics and round public numbers, all in one place, tuned to no recording.

/// Logarithm of the ballistic coefficient in kg/m^2: mean. 6,700 kg/m^2 lies between a light mortar bomb (about 4,000) and a
/// slender rocket (about 12,000).
pub(crate) const LN_BETA_MEAN: f64 = 8.809_863;
/// ... and standard deviation, a factor of 1.65 either way: the lightest bombs (60 mm, about 2,500) and the heaviest shells (155 mm,
/// about 17,000) lie two of them off.
pub(crate) const LN_BETA_SIGMA: f64 = 0.50;
/// Relative drift of the ballistic coefficient, per square root of a second: what the drag shape does not capture.
pub(crate) const LN_BETA_DRIFT: f64 = 0.002;

/// Velocity of a round when first seen, m/s per axis.
pub(crate) const ROUND_SPEED_SIGMA_MPS: f64 = 300.0;
/// Horizontal velocity of something carried by wings or rotors, m/s per axis.
pub(crate) const LEVEL_SPEED_SIGMA_MPS: f64 = 110.0;
/// Vertical velocity of the same, m/s: climbs and descents of aircraft.
pub(crate) const LEVEL_CLIMB_SIGMA_MPS: f64 = 8.0;

/// Unmodelled acceleration of a coasting round, m/s^2 per square root of hertz: yaw. What the wind does comes on top of it, by how well
/// the wind is known.
pub(crate) const COAST_NOISE: f64 = 0.005;
/// Time for which a round meets the same error of the wind, seconds: a layer of some two kilometres, climbed at 130 m/s.
pub(crate) const WIND_LAYER_S: f64 = 15.0;
/// Thrust along the flight path of a burning rocket motor, m/s^2 per square root of hertz.
pub(crate) const BOOST_NOISE_ALONG: f64 = 250.0;
/// ... and across it.
pub(crate) const BOOST_NOISE_ACROSS: f64 = 30.0;
/// Manoeuvres of a wing- or rotor-borne target, m/s^2 per square root of hertz: horizontal turns.
pub(crate) const LEVEL_NOISE_HORIZONTAL: f64 = 4.0;
/// ... and changes of climb.
pub(crate) const LEVEL_NOISE_VERTICAL: f64 = 1.5;

/// Odds of ballistic, boosting, coasting and level motion when first seen.
pub(crate) const MOTION_ODDS: [f64; 4] = [0.2, 0.1, 0.0, 0.7];
/// How much less probable a round is when the thing answers a transponder interrogation. Kinematics can still overrule it: an
/// identity may be forged.
pub(crate) const COOPERATIVE_ROUND: f64 = 1e-3;
/// How much rarer false plots are among transponder replies.
pub(crate) const COOPERATIVE_CLUTTER: f64 = 1e-2;
/// Rates of change between the motions, per second: row from, column to, in the same order. Motors burn for about two
/// seconds and are not lit again; a round hardly begins to fly level and an aircraft rarely begins to fall.
pub(crate) const MOTION_RATES_PER_S: [[f64; 4]; 4] =
    [[0.0, 0.0, 0.0, 0.000_2], [0.0, 0.0, 0.5, 0.000_2], [0.0, 0.0, 0.0, 0.000_2], [0.000_5, 0.0, 0.0, 0.0]];
/// Odds below which a motion is given up, so that it costs nothing and disturbs no other.
pub(crate) const MOTION_ODDS_MIN: f64 = 1e-6;

/// New objects per scan in a whole coverage.
pub(crate) const BIRTHS_PER_SCAN: f64 = 1.0;
/// Mean time for which a thing outside every sensor's sight is believed to go on, seconds.
pub(crate) const UNSEEN_LIFE_S: f64 = 15.0;
/// The same for a thing that the ground or a blanked sector is known to hide: a round comes down within it, and where
/// a drone or an aircraft is two minutes later nobody knows.
pub(crate) const HIDDEN_LIFE_S: f64 = 120.0;
/// Mean time after which a thing that was hidden, and that should be in the open by now, comes into sight, seconds: how late it may
/// be after half a minute in which nobody saw it turn.
pub(crate) const EMERGING_S: f64 = 10.0;
/// How much rarer a new object is where the sensor cannot see than where it can. Not never: the survey may be wrong.
pub(crate) const HIDDEN_BIRTH: f64 = 0.01;
/// Rate at which things that surely were there are gone, or are not what their track takes them for, per second: existence never
/// exceeds what this leaves of certainty by the next look, so that a few misses bring any track into doubt.
pub(crate) const VANISHING_PER_S: f64 = 1e-3;
/// Existence below which a track is dropped.
pub(crate) const EXISTENCE_MIN: f64 = 2e-4;

/// Half-width of the uniform part of the Doppler of false plots, m/s.
pub(crate) const CLUTTER_RATE_MAX_MPS: f64 = 500.0;
/// Standard deviation of the ground-clutter part of the Doppler of false plots, m/s.
pub(crate) const CLUTTER_RATE_SIGMA_MPS: f64 = 3.0;
/// Highest elevation of false plots, radians (30 degrees).
pub(crate) const CLUTTER_ELEVATION_MAX_RAD: f64 = core::f64::consts::FRAC_PI_6;

/// Elevation assumed where a sensor tells none: a few degrees above the horizon, hardly known.
pub(crate) const BLIND_ELEVATION_RAD: f64 = 0.06;
/// ... and its standard deviation, radians.
pub(crate) const BLIND_ELEVATION_SIGMA_RAD: f64 = 0.10;

/// Probability below which an explanation is dropped.
pub(crate) const EXPLANATION_MIN: f64 = 3e-4;
/// Probability that a thing exists, gave a plot and is explained so, below which that is forgotten.
pub(crate) const MASS_MIN: f64 = 2e-4;
/// Squared Mahalanobis distance of place and velocity below which two explanations are one.
pub(crate) const ALIKE: f64 = 1.0;
