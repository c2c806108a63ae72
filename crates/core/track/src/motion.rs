//! The kinds of motion that are told apart.

use nalgebra::{Matrix3, SMatrix, SVector, Vector3};

use crate::priors;

/// Place (0..3, m), velocity (3..6, m/s) and logarithm of the ballistic coefficient (6).
pub(crate) type State = SVector<f64, 7>;
/// Covariance of [`State`].
pub(crate) type Covariance = SMatrix<f64, 7, 7>;

/// A kind of motion.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Motion {
    /// Falling freely under drag.
    Ballistic,
    /// Driven by a rocket motor: fast changes of speed along the path.
    Boosting,
    /// Falling freely after a rocket motor burnt out; apart from [`Motion::Ballistic`] so that what boost leaves uncertain
    /// does not spoil the belief about a round that never had a motor.
    Coasting,
    /// Carried by lift: nearly straight and level.
    Level,
}

impl Motion {
    /// In the order of [`priors::MOTION_ODDS`].
    pub(crate) const ALL: [Motion; 4] = [Motion::Ballistic, Motion::Boosting, Motion::Coasting, Motion::Level];

    /// Covariance of the velocity before anything is known of it.
    pub(crate) fn velocity_prior(self) -> Matrix3<f64> {
        let square = |v: f64| v * v;
        let (horizontal, vertical) = match self {
            Motion::Ballistic | Motion::Boosting | Motion::Coasting => {
                (priors::ROUND_SPEED_SIGMA_MPS, priors::ROUND_SPEED_SIGMA_MPS)
            }
            Motion::Level => (priors::LEVEL_SPEED_SIGMA_MPS, priors::LEVEL_CLIMB_SIGMA_MPS),
        };
        Matrix3::from_diagonal(&Vector3::new(square(horizontal), square(horizontal), square(vertical)))
    }

    /// Noise that enters within a number of seconds, but for what the wind does to a fall.
    pub(crate) fn noise(self, velocity_mps: &Vector3<f64>, seconds: f64) -> Noise {
        Noise { density: self.acceleration_density(velocity_mps), seconds }
    }

    /// Power spectral density of the acceleration, m^2/s^3.
    fn acceleration_density(self, velocity_mps: &Vector3<f64>) -> Matrix3<f64> {
        let square = |v: f64| v * v;
        match self {
            Motion::Ballistic | Motion::Coasting => Matrix3::identity() * square(priors::COAST_NOISE),
            Motion::Boosting => {
                let speed = velocity_mps.norm();
                let along = if speed > 1.0 { velocity_mps / speed } else { Vector3::z() };
                Matrix3::identity() * square(priors::BOOST_NOISE_ACROSS)
                    + along
                        * along.transpose()
                        * (square(priors::BOOST_NOISE_ALONG) - square(priors::BOOST_NOISE_ACROSS))
            }
            Motion::Level => Matrix3::from_diagonal(&Vector3::new(
                square(priors::LEVEL_NOISE_HORIZONTAL),
                square(priors::LEVEL_NOISE_HORIZONTAL),
                square(priors::LEVEL_NOISE_VERTICAL),
            )),
        }
    }
}

/// Noise that enters within a number of seconds: white acceleration, integrated once into velocity and twice into place, and a
/// drift of the ballistic coefficient.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Noise {
    /// Power spectral density of the acceleration, m^2/s^3.
    density: Matrix3<f64>,
    seconds: f64,
}

impl Noise {
    /// The same with what an unknown wind does to a body whose deceleration changes so much per m/s of it.
    ///
    /// A wind that is off by `sigma` for as long as a round takes through a layer of air, `tau`, is an acceleration of density
    /// `2 tau (D sigma)^2`, with `D` the change of deceleration (1/s) (first-order Gauss-Markov; Gelb 1974, section 3.8).
    pub(crate) fn with_wind(mut self, sigma_mps: f64, deceleration: &Matrix3<f64>) -> Self {
        let horizontal = deceleration.fixed_columns::<2>(0);
        let density = 2.0 * priors::WIND_LAYER_S * sigma_mps * sigma_mps;
        self.density += horizontal * horizontal.transpose() * density;
        self
    }

    /// Its part in the covariance of the place, m^2.
    pub(crate) fn place(&self) -> Matrix3<f64> {
        self.density * (self.seconds * self.seconds * self.seconds / 3.0)
    }

    /// Its part in the covariance of the velocity, m^2/s^2.
    pub(crate) fn velocity(&self) -> Matrix3<f64> {
        self.density * self.seconds
    }

    /// Adds it to a covariance.
    pub(crate) fn add_to(&self, covariance: &mut Covariance) {
        let (place, velocity) = (self.place(), self.velocity());
        let half_square = 0.5 * self.seconds * self.seconds;
        for column in 0..3 {
            for row in 0..3 {
                covariance[(row, column)] += place[(row, column)];
                covariance[(row + 3, column + 3)] += velocity[(row, column)];
                covariance[(row, column + 3)] += self.density[(row, column)] * half_square;
                covariance[(row + 3, column)] += self.density[(row, column)] * half_square;
            }
        }
        covariance[(6, 6)] += priors::LN_BETA_DRIFT * priors::LN_BETA_DRIFT * self.seconds;
    }
}
