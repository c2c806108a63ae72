//! What a moving thing is: odds of classes, from how it moves, how much the air slows it and how fast it is.
//!
//! Each kind of motion is shared out among the classes that move so, by Bayes' rule: the belief about the ballistic coefficient and
//! the speed against what is published of each class. "Unknown" is a class of its own with flat densities, so that what fits no
//! class well is called unknown.

use parapet_frame::maths;
use serde::{Deserialize, Serialize};

use crate::filter::Estimate;
use crate::priors::{LN_BETA_MEAN, LN_BETA_SIGMA};
use crate::{Class, MotionOdds};

/// Probabilities of what a thing is; they add up to 1.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct ClassOdds {
    /// A mortar bomb.
    pub mortar: f64,
    /// A shell of a gun or howitzer.
    pub artillery: f64,
    /// A rocket, its motor burning or burnt out.
    pub rocket: f64,
    /// An aeroplane or a helicopter.
    pub aircraft: f64,
    /// A drone.
    pub drone: f64,
    /// A bird.
    pub bird: f64,
    /// None of these, or not known.
    pub unknown: f64,
}

/// What is published of a class of rounds.
struct Round {
    /// Logarithm of the ballistic coefficient in kg/m^2: mean and standard deviation.
    ln_beta: [f64; 2],
    /// Least and greatest speed of launch by energy, m/s, lowered by what drag may have taken before a radar sees it.
    launch_mps: [f64; 2],
}

/// Ballistic coefficients `m / (Cd A)` from masses and calibres of common types, with subsonic drag coefficients of 0.12 to 0.2
/// (McCoy, Modern Exterior Ballistics, 1999); each spread holds nine in ten between the two ends named. Speeds are those of the
/// lowest and the highest charge.
///
/// Mortar bombs of 60 to 120 mm: 2,500 to 6,000 kg/m^2, 65 to 320 m/s at the muzzle.
const MORTAR: Round = Round { ln_beta: [8.262, 0.266], launch_mps: [50.0, 320.0] };
/// Shells of 105 to 155 mm: 8,000 to 20,000 kg/m^2, 300 to 900 m/s at the muzzle, of which drag leaves half at the worst.
const ARTILLERY: Round = Round { ln_beta: [9.445, 0.279], launch_mps: [150.0, 900.0] };
/// Rockets of 107 to 122 mm and their like: 6,000 to 14,000 kg/m^2, 300 to 1,200 m/s at burnout, of which drag leaves half.
const ROCKET: Round = Round { ln_beta: [9.123, 0.258], launch_mps: [150.0, 1_200.0] };

/// Speeds of aeroplanes, m/s: above what most fly at without stalling, below that of sound.
const AIRCRAFT_MPS: [f64; 2] = [60.0, 350.0];
/// Speeds of helicopters and light aeroplanes below that, m/s, and the part of all aircraft that they are.
const SLOW_AIRCRAFT_MPS: [f64; 2] = [5.0, 60.0];
const SLOW_AIRCRAFT: f64 = 0.15;
/// Speeds of small and tactical drones, m/s.
const DRONE_MPS: [f64; 2] = [10.0, 60.0];
/// Air speeds of birds, m/s (Alerstam et al. 2007, PLoS Biology 5(8): 8 to 23), with a little wind.
const BIRD_MPS: [f64; 2] = [5.0, 25.0];

/// Ballistic coefficients of anything, kg/m^2, and speeds of anything, m/s: over these the unknown is spread evenly by logarithm.
const BETA: [f64; 2] = [200.0, 100_000.0];
const SPEED_MPS: [f64; 2] = [1.0, SPEED_MAX_MPS];
/// Faster than this nothing flies that is told apart here, m/s.
const SPEED_MAX_MPS: f64 = 3_000.0;
/// Part of what moves in a certain way that belongs to none of the classes.
const UNKNOWN: f64 = 0.05;
/// How often a drone, or something unknown, answers an interrogation, relative to aircraft. Birds do not.
const ANSWERS: f64 = 0.01;
/// Relative softness of the ends of a range of speeds.
const SOFT: f64 = 0.1;

/// Odds that allow a name; below it "unknown" is the honest answer.
const NAMED: f64 = 0.8;

/// Standard gravity, m/s^2.
const GRAVITY_MPS2: f64 = 9.806_65;

impl Estimate {
    /// Whether a thing can move like this at all: every number finite, no faster than 3 km/s, and a ballistic coefficient between
    /// those of a feather and of a penetrator (200 to 100,000 kg/m^2).
    #[must_use]
    pub fn is_physical(&self) -> bool {
        let finite = self.mean.iter().chain(self.covariance.iter()).all(|value| value.is_finite());
        let [low, high] = BETA.map(maths::ln);
        finite && self.speed_mps() <= SPEED_MAX_MPS && (low..=high).contains(&self.mean[6])
    }

    fn speed_mps(&self) -> f64 {
        self.mean.fixed_rows::<3>(3).norm()
    }

    /// Relative standard deviation of the speed.
    fn speed_softness(&self) -> f64 {
        let velocity = self.mean.fixed_rows::<3>(3);
        let speed2 = velocity.norm_squared().max(1.0);
        let spread = self.covariance.fixed_view::<3, 3>(3, 3) * velocity;
        (velocity.dot(&spread).max(0.0) / (speed2 * speed2)).sqrt().max(SOFT)
    }
}

impl ClassOdds {
    /// Nothing is known.
    const UNKNOWN: ClassOdds =
        ClassOdds { mortar: 0.0, artillery: 0.0, rocket: 0.0, aircraft: 0.0, drone: 0.0, bird: 0.0, unknown: 1.0 };

    /// Of a thing that moves in these ways, so high above the ground; it may answer a transponder's interrogation.
    pub(crate) fn of(motion: &MotionOdds, estimate: &Estimate, height_m: f64, answers: bool) -> Self {
        if !estimate.is_physical() || !height_m.is_finite() {
            return ClassOdds::UNKNOWN;
        }
        let rounds = Rounds::of(estimate, height_m);
        let [mortar, artillery, fallen, fallen_unknown] = rounds.shares([1.0 / 3.0; 3]);
        let [_, _, rocket, burnt_unknown] = rounds.shares([0.0, 0.0, 1.0]);
        let [aircraft, drone, bird, carried_unknown] = carried(estimate, answers);
        let burned = motion.boosting + motion.coasting;
        ClassOdds {
            mortar: motion.ballistic * mortar,
            artillery: motion.ballistic * artillery,
            rocket: motion.ballistic * fallen + burned * rocket,
            aircraft: motion.level * aircraft,
            drone: motion.level * drone,
            bird: motion.level * bird,
            unknown: motion.ballistic * fallen_unknown + burned * burnt_unknown + motion.level * carried_unknown,
        }
    }

    /// The name that these odds allow: of one class, of several classes together, or none.
    #[must_use]
    pub fn named(&self) -> Class {
        let names = [
            (self.rocket, Class::Rocket),
            (self.mortar, Class::Mortar),
            (self.artillery, Class::Artillery),
            (self.aircraft, Class::Aircraft),
            (self.drone, Class::Drone),
            (self.bird, Class::Bird),
            (self.mortar + self.artillery + self.rocket, Class::Ballistic),
            (self.drone + self.bird, Class::SlowFlyer),
        ];
        names.into_iter().find(|(odds, _)| *odds >= NAMED).map_or(Class::Unknown, |(_, class)| class)
    }
}

/// How well a falling thing fits each class of rounds, and the unknown.
struct Rounds {
    fits: [f64; 3],
    unknown: f64,
}

impl Rounds {
    fn of(estimate: &Estimate, height_m: f64) -> Self {
        let beta = Told::of(estimate);
        // Drag only takes energy, so what there is bounds the speed of launch from below.
        let speed_mps = estimate.speed_mps();
        let launch_mps = (speed_mps * speed_mps + 2.0 * GRAVITY_MPS2 * height_m.max(0.0)).sqrt();
        let soft = estimate.speed_softness();
        let fits =
            [MORTAR, ARTILLERY, ROCKET].map(|round| beta.fit(round.ln_beta) * even(launch_mps, round.launch_mps, soft));
        Rounds { fits, unknown: beta.flat() * even(launch_mps, SPEED_MPS, soft) }
    }

    /// Shares of the classes with these odds beforehand, and of the unknown; they add up to 1.
    fn shares(&self, before: [f64; 3]) -> [f64; 4] {
        let known = |k: usize| (1.0 - UNKNOWN) * before[k] * self.fits[k];
        shared([known(0), known(1), known(2), UNKNOWN * self.unknown])
    }
}

/// Shares of aircraft, drones, birds and the unknown of what is carried by wings or rotors; they add up to 1.
fn carried(estimate: &Estimate, answers: bool) -> [f64; 4] {
    let (speed_mps, soft) = (estimate.speed_mps(), estimate.speed_softness());
    let fit = |range| even(speed_mps, range, soft);
    let [silent, bird] = if answers { [ANSWERS, 0.0] } else { [1.0, 1.0] };
    let each = (1.0 - UNKNOWN) / 3.0;
    shared([
        each * ((1.0 - SLOW_AIRCRAFT) * fit(AIRCRAFT_MPS) + SLOW_AIRCRAFT * fit(SLOW_AIRCRAFT_MPS)),
        each * silent * fit(DRONE_MPS),
        each * bird * fit(BIRD_MPS),
        UNKNOWN * silent * fit(SPEED_MPS),
    ])
}

/// What the plots alone tell of the logarithm of the ballistic coefficient: a Gaussian likelihood, of which the belief is the
/// product with the filter's prior.
struct Told {
    /// One over its variance; nothing where the plots have told nothing yet.
    information: f64,
    /// Its mean, less the prior's, times that.
    pull: f64,
}

impl Told {
    /// Information below which the mean means less and less: a standard deviation of 1.4 is a factor of four either way.
    const LEAST: f64 = 0.5;

    fn of(estimate: &Estimate) -> Self {
        let (prior, posterior) = (1.0 / (LN_BETA_SIGMA * LN_BETA_SIGMA), 1.0 / estimate.covariance[(6, 6)].max(1e-6));
        let gained = (posterior - prior).max(0.0);
        let information = gained.max(Told::LEAST);
        // In deviations from the prior's mean, so that a belief that is the prior says nothing.
        let pull = posterior * (estimate.mean[6] - LN_BETA_MEAN) * (gained / information);
        Told { information, pull }
    }

    /// The likelihood, its peak taken as 1, averaged over a class.
    fn fit(&self, [mean, sigma]: [f64; 2]) -> f64 {
        let off = self.pull / self.information - (mean - LN_BETA_MEAN);
        let widened = 1.0 + self.information * sigma * sigma;
        maths::exp(-0.5 * off * off * self.information / widened) / widened.sqrt()
    }

    /// The same averaged over everything.
    fn flat(&self) -> f64 {
        let [low, high] = BETA.map(maths::ln);
        ((core::f64::consts::TAU / self.information).sqrt() / (high - low)).min(1.0)
    }
}

/// Density by logarithm of speeds that are spread evenly between two ends, which are soft.
fn even(speed_mps: f64, [low, high]: [f64; 2], soft: f64) -> f64 {
    let (low, high) = (maths::ln(low), maths::ln(high));
    let at = maths::ln(speed_mps.max(0.1));
    let outside = (low - at).max(at - high).max(0.0) / soft;
    maths::exp(-0.5 * outside * outside) / (high - low)
}

/// Parts that add up to 1; the last is all where there is nothing to share out.
fn shared(parts: [f64; 4]) -> [f64; 4] {
    let total: f64 = parts.iter().sum();
    if total > 0.0 { parts.map(|part| part / total) } else { [0.0, 0.0, 0.0, 1.0] }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::motion::{Covariance, State};

    const FALLING: MotionOdds = MotionOdds { ballistic: 1.0, boosting: 0.0, coasting: 0.0, level: 0.0 };
    const LEVEL: MotionOdds = MotionOdds { ballistic: 0.0, boosting: 0.0, coasting: 0.0, level: 1.0 };

    /// Something this fast, of which the ballistic coefficient is known within a part of itself.
    fn seen(speed_mps: f64, beta: f64, sigma: f64) -> Estimate {
        let mut mean = State::zeros();
        (mean[3], mean[6]) = (speed_mps, maths::ln(beta));
        let mut covariance = Covariance::identity();
        covariance[(6, 6)] = sigma * sigma;
        Estimate { mean, covariance }
    }

    fn of(motion: &MotionOdds, estimate: &Estimate) -> ClassOdds {
        ClassOdds::of(motion, estimate, 500.0, false)
    }

    fn total(odds: &ClassOdds) -> f64 {
        odds.mortar + odds.artillery + odds.rocket + odds.aircraft + odds.drone + odds.bird + odds.unknown
    }

    #[test]
    fn rounds_are_told_apart_by_drag_and_speed() {
        assert_eq!(of(&FALLING, &seen(150.0, 3_800.0, 0.03)).named(), Class::Mortar);
        assert_eq!(of(&FALLING, &seen(500.0, 17_000.0, 0.03)).named(), Class::Artillery);
        let coasting = MotionOdds { ballistic: 0.05, coasting: 0.95, ..LEVEL };
        assert_eq!(of(&MotionOdds { level: 0.0, ..coasting }, &seen(500.0, 9_000.0, 0.03)).named(), Class::Rocket);
    }

    /// Between shells and rockets nothing tells: it is a round, and no more is said.
    #[test]
    fn what_is_not_known_of_a_round_is_not_said() {
        let odds = of(&FALLING, &seen(450.0, 9_000.0, LN_BETA_SIGMA));
        assert_eq!(odds.named(), Class::Ballistic, "{odds:?}");
        assert!(odds.artillery > 0.2 && odds.rocket > 0.2, "{odds:?}");
    }

    #[test]
    fn what_is_carried_is_told_apart_by_speed() {
        let named = |speed_mps| of(&LEVEL, &seen(speed_mps, 6_700.0, LN_BETA_SIGMA)).named();
        assert_eq!([120.0, 40.0, 6.0].map(named), [Class::Aircraft, Class::Drone, Class::Bird]);
        assert_eq!(named(15.0), Class::SlowFlyer);
        let answering = ClassOdds::of(&LEVEL, &seen(30.0, 6_700.0, LN_BETA_SIGMA), 500.0, true);
        assert_eq!(answering.named(), Class::Aircraft, "{answering:?}");
    }

    /// A ballistic coefficient that no class has, and states that nothing can be in.
    #[test]
    fn what_fits_nothing_is_unknown() {
        let feather = of(&FALLING, &seen(150.0, 600.0, 0.03));
        assert!(feather.unknown > 0.9, "{feather:?}");
        for impossible in [seen(3_500.0, 9_000.0, 0.1), seen(500.0, 150.0, 0.1), seen(500.0, 200_000.0, 0.1)] {
            assert!(!impossible.is_physical());
            assert_eq!(of(&FALLING, &impossible), ClassOdds::UNKNOWN);
        }
        assert_eq!(of(&FALLING, &seen(f64::NAN, 9_000.0, 0.1)), ClassOdds::UNKNOWN);
    }

    #[test]
    fn odds_add_up() {
        for speed_mps in [0.0, 3.0, 30.0, 300.0, 2_900.0] {
            for beta in [250.0, 4_000.0, 90_000.0] {
                for sigma in [1e-4, 0.1, LN_BETA_SIGMA, 0.6] {
                    let motion = MotionOdds { ballistic: 0.4, boosting: 0.1, coasting: 0.2, level: 0.3 };
                    let odds = of(&motion, &seen(speed_mps, beta, sigma));
                    assert!((total(&odds) - 1.0).abs() < 1e-9, "{odds:?}");
                }
            }
        }
    }
}
