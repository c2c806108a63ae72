//! Finds the plots near a place without looking at all of them.

use nalgebra::Vector3;
use parapet_frame::maths;

use crate::measurement::Measurement;

/// The plots of one look in order of their distance from the sensor, which a radar measures best.
#[derive(Clone, Debug, Default)]
pub(crate) struct Index {
    entries: Vec<Entry>,
}

#[derive(Clone, Copy, Debug)]
struct Entry {
    range_m: f64,
    place: Vector3<f64>,
    plot: usize,
}

/// Where a thing may be: a box, and its distance from the sensor.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Reach {
    low: Vector3<f64>,
    high: Vector3<f64>,
    nearest_m: f64,
    farthest_m: f64,
}

impl Reach {
    /// What holds both.
    pub(crate) fn union(self, other: Reach) -> Reach {
        Reach {
            low: self.low.inf(&other.low),
            high: self.high.sup(&other.high),
            nearest_m: self.nearest_m.min(other.nearest_m),
            farthest_m: self.farthest_m.max(other.farthest_m),
        }
    }

    fn boxes(&self, place: &Vector3<f64>) -> bool {
        (0..3).all(|axis| self.low[axis] <= place[axis] && place[axis] <= self.high[axis])
    }
}

/// Where a thing may be by one belief: near a place, and along the line of sight, which a radar measures best, very near.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Gate {
    /// The place, metres, and the direction in which the sensor sees it.
    pub(crate) centre: Vector3<f64>,
    pub(crate) sight: Vector3<f64>,
    /// Its distance from the sensor, metres.
    pub(crate) range_m: f64,
    /// Half-widths of a box about it, metres.
    pub(crate) half_m: Vector3<f64>,
    /// Half-width along the line of sight, metres.
    pub(crate) along_m: f64,
    /// Density, in the unit of a plot's, that no plot exceeds by this belief.
    pub(crate) peak: f64,
}

/// How far off a plot may be.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bound {
    /// Squared Mahalanobis distance beyond which a plot is not held to be a track's.
    pub(crate) distance2: f64,
    /// Standard deviations of a single direction that this allows: its root, rounded up to a tenth.
    pub(crate) sigmas: f64,
    /// What a Gaussian has fallen by there.
    pub(crate) fall: f64,
}

impl Bound {
    pub(crate) fn of(distance2: f64) -> Self {
        Bound { distance2, sigmas: (10.0 * distance2.sqrt()).ceil() / 10.0, fall: maths::exp(0.5 * distance2) }
    }
}

impl Gate {
    /// So many times as wide.
    pub(crate) fn scaled(self, by: f64) -> Gate {
        Gate { half_m: self.half_m * by, along_m: self.along_m * by, ..self }
    }

    /// Wider by so much in every direction, and by so much along the line of sight.
    pub(crate) fn widened(self, by_m: f64, along_by_m: f64) -> Gate {
        Gate { half_m: self.half_m.add_scalar(by_m), along_m: self.along_m + along_by_m, ..self }
    }

    /// Whether a plot lies within.
    pub(crate) fn holds(&self, measurement: &Measurement) -> bool {
        let off = measurement.position_m - self.centre;
        self.sight.dot(&off).abs() <= self.along_m && (0..3).all(|axis| off[axis].abs() <= self.half_m[axis])
    }

    /// What holds it, for the index.
    pub(crate) fn reach(&self) -> Reach {
        // What lies far to the side of the line of sight is farther away.
        let aside_m = 0.5 * self.half_m.norm_squared() / self.range_m;
        Reach {
            low: self.centre - self.half_m,
            high: self.centre + self.half_m,
            nearest_m: self.range_m - self.along_m,
            farthest_m: self.range_m + self.along_m + aside_m,
        }
    }
}

/// A cube that holds every gate of a track at any instant: a look of few plots asks it before it works out gates.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Cube {
    pub(crate) centre: Vector3<f64>,
    pub(crate) velocity: Vector3<f64>,
    /// Half its width is the first, and the second for each second, and the third for each second to the power of one and a half, metres.
    pub(crate) half: [f64; 3],
}

impl Cube {
    /// Its centre and half its width a number of seconds from now.
    pub(crate) fn after(&self, seconds: f64) -> (Vector3<f64>, f64) {
        let [still, even, wandering] = self.half;
        let after = seconds.abs();
        // No root is greater than this, and thousands are asked in each look.
        let root = 0.5 * (1.0 + after);
        (self.centre + self.velocity * seconds, still + after * (even + root * wandering))
    }
}

impl Index {
    /// Takes the plots of a look in place of what it held.
    pub(crate) fn fill(&mut self, measurements: &[Measurement]) {
        self.entries.clear();
        self.entries.extend(measurements.iter().enumerate().map(|(plot, measurement)| Entry {
            range_m: measurement.range_m,
            place: measurement.position_m,
            plot,
        }));
        self.entries.sort_unstable_by(|a, b| a.range_m.total_cmp(&b.range_m).then(a.plot.cmp(&b.plot)));
    }

    /// Every plot within reach, in order of distance from the sensor.
    pub(crate) fn within(&self, reach: &Reach) -> impl Iterator<Item = usize> {
        let reach = *reach;
        let from = self.entries.partition_point(|entry| entry.range_m < reach.nearest_m);
        let in_range = self.entries[from..].iter().take_while(move |entry| entry.range_m <= reach.farthest_m);
        in_range.filter(move |entry| reach.boxes(&entry.place)).map(|entry| entry.plot)
    }
}
