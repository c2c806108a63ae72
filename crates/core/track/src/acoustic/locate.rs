//! Where and when a sound was made, from when and whence it arrived: Gauss-Newton with damping (Levenberg 1944, Marquardt 1963) on
//! the arrival times themselves, with the place, the time and what is not known of the air as unknowns.
//!
//! Time differences alone would throw away that all nodes share the error of one of them; the time of the sound as an unknown is
//! the same without that. The speed of sound and the wind are unknowns with a prior, because their errors are common to all nodes:
//! put into each arrival's own error instead, they would average out, and the covariance would promise too much.

use nalgebra::{Matrix2, Matrix3, SMatrix, SVector, Vector2, Vector3};
use parapet_flight::Environment;
use parapet_frame::{Time, maths};
use smallvec::SmallVec;

use super::air::Air;
use super::arrival::Arrival;

/// Error of finding the beginning of a sound in a record, seconds, besides what the node says of its time.
pub(crate) const ONSET_SIGMA_S: f64 = 0.005;
/// Part of the travel time that refraction, turbulence and detours over the ground make uncertain.
const PATH_SIGMA: f64 = 0.003;
/// What the same do to a bearing, radians (1 degree).
const BEND_SIGMA_RAD: f64 = 0.017_5;
/// A place is not known to begin with: standard deviation about the middle of the nodes, metres. It matters only where the
/// arrivals tell nothing.
const PLACE_SIGMA_M: f64 = 20_000.0;
/// Steps at most from one beginning.
const STEPS_MAX: u32 = 30;
/// Two answers farther apart than this are two answers, metres.
const SAME_ANSWER_M: f64 = 150.0;

/// East and north (m), time after the first arrival (s), and what the air has more than is believed: speed of sound, wind to the
/// east and north (m/s).
type Unknowns = SVector<f64, 6>;
type Information = SMatrix<f64, 6, 6>;

/// Where and when.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Fix {
    pub(crate) place_m: Vector3<f64>,
    pub(crate) at: Time,
    /// Over east (m), north (m) and time (s).
    pub(crate) covariance: Matrix3<f64>,
    pub(crate) chi2: f64,
    pub(crate) spare: u32,
    /// What the air was found to have more.
    air_offset: Vector3<f64>,
}

impl Fix {
    /// Whether the residuals are what chance makes of them, one time in a thousand excepted.
    pub(crate) fn is_plausible(&self) -> bool {
        self.chi2 <= chi2_limit(self.spare)
    }

    /// Whether it is plausible, and known well enough to be of use.
    pub(crate) fn is_worth_telling(&self) -> bool {
        /// A place less known than this is not worth telling, metres.
        const SEMI_MAJOR_MAX_M: f64 = 1_500.0;
        self.is_plausible() && self.semi_major_m() <= SEMI_MAJOR_MAX_M
    }

    /// The longer half-axis of its ellipse of one standard deviation, metres.
    pub(crate) fn semi_major_m(&self) -> f64 {
        let plane = self.plane();
        let (mean, half) = (0.5 * plane.trace(), 0.5 * (plane[(0, 0)] - plane[(1, 1)]));
        (mean + (half * half + plane[(0, 1)] * plane[(0, 1)]).sqrt()).max(0.0).sqrt()
    }

    pub(crate) fn plane(&self) -> Matrix2<f64> {
        self.covariance.fixed_view::<2, 2>(0, 0).into_owned()
    }

    /// Squared distance, in standard deviations, of an arrival's time from what this predicts.
    pub(crate) fn distance2(&self, arrival: &Arrival, air: &Air) -> f64 {
        let way_m = arrival.place_m - self.place_m;
        let travel_s = air.travel_s(&way_m, self.air_offset.x, self.air_offset.yz());
        let range_m = way_m.norm().max(1.0);
        let slowness = way_m.xy() / (range_m * air.sound_mps);
        let row = Vector3::new(-slowness.x, -slowness.y, 1.0);
        // What is not known of the air stretches the way beyond what the nodes so far have tied down.
        let air_s = travel_s * air.sigma_sound_mps.max(air.sigma_wind_mps) / air.sound_mps;
        let variance = row.dot(&(self.covariance * row)) + time_variance(arrival, travel_s, air) + 0.25 * air_s * air_s;
        let off_s = arrival.at.seconds_since(self.at) - travel_s;
        off_s * off_s / variance
    }
}

/// The value that a sum of so many squared normal numbers stays below but for one time in a thousand (Wilson and Hilferty 1931).
fn chi2_limit(degrees: u32) -> f64 {
    /// Standard deviations of a normal number that is exceeded one time in a thousand.
    const Z: f64 = 3.090;
    let n = f64::from(degrees.max(1));
    let root = 1.0 - 2.0 / (9.0 * n) + Z * (2.0 / (9.0 * n)).sqrt();
    n * root * root * root
}

fn time_variance(arrival: &Arrival, travel_s: f64, air: &Air) -> f64 {
    let survey_s = arrival.sigma_place_m / air.sound_mps;
    let path_s = PATH_SIGMA * travel_s;
    arrival.sigma_time_s * arrival.sigma_time_s + survey_s * survey_s + path_s * path_s + ONSET_SIGMA_S * ONSET_SIGMA_S
}

/// Locates a sound; `None` where the arrivals tell too little, contradict themselves numerically, or have two answers.
///
/// Needs more numbers (times and bearings) than the three unknowns, so that something is left to check the answer by.
pub(crate) fn locate(arrivals: &[Arrival], air: &Air, environment: &Environment) -> Option<Fix> {
    let numbers: u32 = arrivals.iter().map(Arrival::numbers).sum();
    let spare = numbers.checked_sub(3).filter(|spare| *spare > 0)?;
    let problem = Problem::of(arrivals, air, environment)?;
    let beginnings = problem.beginnings().into_iter().chain(problem.linear());
    let answers: SmallVec<[Answer; 3]> = beginnings.filter_map(|beginning| problem.solve(beginning)).collect();
    let best = *answers.iter().min_by(|a, b| a.chi2.total_cmp(&b.chi2))?;
    let is_another = |other: &Answer| (other.at.xy() - best.at.xy()).norm() > SAME_ANSWER_M;
    if answers.iter().any(|other| is_another(other) && other.chi2 <= chi2_limit(spare)) {
        return None;
    }
    problem.fix(&best, spare)
}

struct Problem<'a> {
    arrivals: &'a [Arrival],
    air: &'a Air,
    environment: &'a Environment,
    first_at: Time,
    middle_m: Vector3<f64>,
    spread_m: f64,
}

/// A point at which the solver came to rest.
#[derive(Clone, Copy, Debug)]
struct Answer {
    at: Unknowns,
    chi2: f64,
    information: Information,
}

impl<'a> Problem<'a> {
    fn of(arrivals: &'a [Arrival], air: &'a Air, environment: &'a Environment) -> Option<Self> {
        let first_at = arrivals.iter().map(|a| a.at).min()?;
        let middle_m = arrivals.iter().map(|a| a.place_m).sum::<Vector3<f64>>() / arrivals.len() as f64;
        let spread_m = arrivals.iter().map(|a| (a.place_m - middle_m).norm()).fold(50.0, f64::max);
        Some(Problem { arrivals, air, environment, first_at, middle_m, spread_m })
    }

    /// A place on the ground.
    fn ground(&self, east_m: f64, north_m: f64) -> Vector3<f64> {
        let level = Vector3::new(east_m, north_m, 0.0);
        let up_m = self.environment.ground_height_at_m(&level) - self.environment.height_m(&level);
        Vector3::new(east_m, north_m, up_m)
    }

    /// The two best of a coarse net of beginnings, the better one first: near the first nodes, and all around the middle.
    fn beginnings(&self) -> [Unknowns; 2] {
        const AROUND: u32 = 16;
        let around = [0.25, 0.6, 1.0, 1.6, 2.5, 4.0, 7.0].into_iter().flat_map(|rings| {
            (0..AROUND).map(move |step| {
                let (sin, cos) = maths::sin_cos(core::f64::consts::TAU * f64::from(step) / f64::from(AROUND));
                Vector2::new(sin, cos) * rings
            })
        });
        let net = around.map(|off| self.middle_m.xy() + off * self.spread_m).chain([self.middle_m.xy()]);
        let mut best = [(f64::INFINITY, Unknowns::zeros()); 2];
        for place in net {
            let (cost, unknowns) = self.coarse(place);
            let apart_m = (place - best[0].1.xy()).norm();
            if cost < best[0].0 {
                if apart_m > 0.5 * self.spread_m {
                    best[1] = best[0];
                }
                best[0] = (cost, unknowns);
            } else if cost < best[1].0 && apart_m > 0.5 * self.spread_m {
                best[1] = (cost, unknowns);
            }
        }
        [best[0].1, if best[1].0.is_finite() { best[1].1 } else { best[0].1 }]
    }

    /// The beginning that four arrival times or more give directly: squared, the equations `|p - n| = c (t - t0)` differ by terms that
    /// are linear in the place and the time (Smith and Abel 1987, spherical intersection, with the time in place of the range).
    fn linear(&self) -> Option<Unknowns> {
        /// A time known worse than this is no use here, seconds.
        const SHARP_S: f64 = 0.1;
        let sharp = || self.arrivals.iter().filter(|arrival| arrival.sigma_time_s <= SHARP_S);
        let first = sharp().next()?;
        if sharp().count() < 4 {
            return None;
        }
        let square = self.air.sound_mps * self.air.sound_mps;
        let seconds = |arrival: &Arrival| arrival.at.seconds_since(self.first_at);
        let off = |arrival: &Arrival| (arrival.place_m - self.middle_m).xy();
        let (mut normal, mut right) = (Matrix3::zeros(), Vector3::zeros());
        for arrival in sharp().skip(1) {
            let apart = off(arrival) - off(first);
            let later_s = seconds(arrival) - seconds(first);
            let row = Vector3::new(2.0 * apart.x, 2.0 * apart.y, -2.0 * square * later_s);
            let squares = off(arrival).norm_squared() - off(first).norm_squared();
            let value = squares - square * (seconds(arrival) * seconds(arrival) - seconds(first) * seconds(first));
            // The error of a squared time grows with it; the scale keeps metres and seconds alike.
            let weight = 1.0 / apart.norm_squared().max(1.0);
            normal += row * row.transpose() * weight;
            right += row * (weight * value);
        }
        // The time as the way of sound in it, so that the three unknowns are of one size.
        let scale = Matrix3::from_diagonal(&Vector3::new(1.0, 1.0, 1.0 / self.air.sound_mps));
        let solved = scale * (scale * normal * scale).cholesky()?.solve(&(scale * right));
        let place = self.middle_m.xy() + solved.xy();
        let is_near = solved.xy().norm() < PLACE_SIGMA_M;
        is_near.then(|| Unknowns::from_row_slice(&[place.x, place.y, solved.z, 0.0, 0.0, 0.0]))
    }

    /// What a place costs at the time that suits it best.
    fn coarse(&self, place: Vector2<f64>) -> (f64, Unknowns) {
        let source_m = self.ground(place.x, place.y);
        let (mut weights, mut weighted_s, mut squares, mut cost) = (0.0, 0.0, 0.0, 0.0);
        for arrival in self.arrivals {
            let way_m = arrival.place_m - source_m;
            let travel_s = self.air.travel_s(&way_m, 0.0, Vector2::zeros());
            let off_s = arrival.at.seconds_since(self.first_at) - travel_s;
            let weight = 1.0 / time_variance(arrival, travel_s, self.air);
            weights += weight;
            weighted_s += weight * off_s;
            squares += weight * off_s * off_s;
            if let Some((off_rad, variance)) = self.bearing_off(arrival, &way_m, travel_s, &Unknowns::zeros()) {
                cost += off_rad * off_rad / variance;
            }
        }
        let mean_s = weighted_s / weights;
        let unknowns = Unknowns::from_row_slice(&[place.x, place.y, mean_s, 0.0, 0.0, 0.0]);
        (cost + squares - weights * mean_s * mean_s, unknowns)
    }

    /// By how much a bearing lies clockwise of what is expected, radians, and its variance. The front that arrives has drifted
    /// with the wind.
    fn bearing_off(&self, arrival: &Arrival, way_m: &Vector3<f64>, travel_s: f64, x: &Unknowns) -> Option<(f64, f64)> {
        let bearing = arrival.bearing?;
        let drift_m = (self.air.wind_mps + Vector2::new(x[4], x[5])) * travel_s;
        let towards = drift_m - way_m.xy();
        let expected_rad = maths::atan2(towards.x, towards.y);
        let survey_rad = arrival.sigma_place_m / way_m.norm().max(10.0);
        let variance =
            bearing.sigma_rad * bearing.sigma_rad + survey_rad * survey_rad + BEND_SIGMA_RAD * BEND_SIGMA_RAD;
        Some((maths::wrap_pi(bearing.azimuth_rad - expected_rad), variance))
    }

    /// What is believed before any arrival.
    fn prior(&self) -> (Unknowns, Information) {
        let [sound, wind] = [self.air.sigma_sound_mps, self.air.sigma_wind_mps].map(|sigma| 1.0 / (sigma * sigma));
        let place = 1.0 / (PLACE_SIGMA_M * PLACE_SIGMA_M);
        let mean = Unknowns::from_row_slice(&[self.middle_m.x, self.middle_m.y, 0.0, 0.0, 0.0, 0.0]);
        let weights = Unknowns::from_row_slice(&[place, place, 0.0, sound, wind, wind]);
        (mean, Information::from_diagonal(&weights))
    }

    /// Sum of squares at a point.
    fn chi2(&self, x: &Unknowns) -> f64 {
        let (mean, prior) = self.prior();
        let off = x - mean;
        let source_m = self.ground(x[0], x[1]);
        let of = |arrival: &Arrival| {
            let way_m = arrival.place_m - source_m;
            let travel_s = self.air.travel_s(&way_m, x[3], Vector2::new(x[4], x[5]));
            let off_s = arrival.at.seconds_since(self.first_at) - x[2] - travel_s;
            let by_time = off_s * off_s / time_variance(arrival, travel_s, self.air);
            let bearing = self.bearing_off(arrival, &way_m, travel_s, x);
            by_time + bearing.map_or(0.0, |(off_rad, variance)| off_rad * off_rad / variance)
        };
        off.dot(&(prior * off)) + self.arrivals.iter().map(of).sum::<f64>()
    }

    /// Information and gradient at a point.
    fn normal(&self, x: &Unknowns) -> (Information, Unknowns) {
        /// Steps of the differences: metres, seconds, m/s.
        const STEP: [f64; 6] = [0.5, 0.5, 0.0, 0.05, 0.05, 0.05];
        let (mean, prior) = self.prior();
        let (mut information, mut gradient) = (prior, prior * (mean - x));
        let here_m = self.ground(x[0], x[1]);
        let beside = STEP.map(|step| step);
        let moved: [Vector3<f64>; 2] = [self.ground(x[0] + beside[0], x[1]), self.ground(x[0], x[1] + beside[1])];
        for arrival in self.arrivals {
            let travel = |source_m: &Vector3<f64>, x: &Unknowns| {
                self.air.travel_s(&(arrival.place_m - source_m), x[3], Vector2::new(x[4], x[5]))
            };
            let travel_s = travel(&here_m, x);
            let shifted = |k: usize| {
                let mut there = *x;
                there[k] += beside[k];
                let source_m = if k < 2 { moved[k] } else { here_m };
                (there, source_m)
            };
            let mut row = Unknowns::zeros();
            row[2] = 1.0;
            for k in [0, 1, 3, 4, 5] {
                let (there, source_m) = shifted(k);
                row[k] = (travel(&source_m, &there) - travel_s) / beside[k];
            }
            let off_s = arrival.at.seconds_since(self.first_at) - x[2] - travel_s;
            let weight = 1.0 / time_variance(arrival, travel_s, self.air);
            information += row * row.transpose() * weight;
            gradient += row * (weight * off_s);
            let way_m = arrival.place_m - here_m;
            let Some((off_rad, variance)) = self.bearing_off(arrival, &way_m, travel_s, x) else { continue };
            let mut row = Unknowns::zeros();
            for k in [0, 1, 4, 5] {
                let (there, source_m) = shifted(k);
                let moved = self.bearing_off(arrival, &(arrival.place_m - source_m), travel_s, &there);
                // What is off falls when what is expected grows.
                row[k] = moved.map_or(0.0, |(moved_rad, _)| maths::wrap_pi(off_rad - moved_rad) / beside[k]);
            }
            information += row * row.transpose() / variance;
            gradient += row * (off_rad / variance);
        }
        (information, gradient)
    }

    /// Goes downhill from a beginning until it no longer matters.
    fn solve(&self, beginning: Unknowns) -> Option<Answer> {
        let mut x = beginning;
        let mut chi2 = self.chi2(&x);
        let mut damping = 1e-3;
        for _ in 0..STEPS_MAX {
            let (information, gradient) = self.normal(&x);
            let damped = information + Information::from_diagonal(&(information.diagonal() * damping));
            let step = damped.cholesky()?.solve(&gradient);
            let next = x + step;
            let next_chi2 = self.chi2(&next);
            if next_chi2 <= chi2 {
                let gain = chi2 - next_chi2;
                (x, chi2) = (next, next_chi2);
                damping *= 0.1;
                if gain < 1e-4 && step.xy().norm() < 0.5 {
                    break;
                }
            } else {
                damping *= 10.0;
                if damping > 1e6 {
                    break;
                }
            }
        }
        let (information, _) = self.normal(&x);
        (chi2.is_finite()).then_some(Answer { at: x, chi2, information })
    }

    fn fix(&self, answer: &Answer, spare: u32) -> Option<Fix> {
        let covariance = answer.information.cholesky()?.inverse();
        let x = answer.at;
        Some(Fix {
            place_m: self.ground(x[0], x[1]),
            at: self.first_at.plus_seconds(x[2]),
            covariance: covariance.fixed_view::<3, 3>(0, 0).into_owned(),
            chi2: answer.chi2,
            spare,
            air_offset: Vector3::new(x[3], x[4], x[5]),
        })
    }
}
