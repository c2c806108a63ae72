//! Where something is at any time.

use nalgebra::Vector3;

/// A place and a velocity at a time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Moment {
    /// Seconds since the start of the scenario.
    pub time_s: f64,
    /// Place in site ENU, metres.
    pub position_m: Vector3<f64>,
    /// Velocity in site ENU, m/s.
    pub velocity_mps: Vector3<f64>,
}

/// A way through space and time: moments in order, with a cubic between each two.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Path {
    moments: Vec<Moment>,
}

impl Path {
    /// From moments in the order of time.
    #[must_use]
    pub fn new(moments: Vec<Moment>) -> Self {
        debug_assert!(moments.is_sorted_by(|a, b| a.time_s <= b.time_s));
        Path { moments }
    }

    /// The moments that the path was made of.
    #[must_use]
    pub fn moments(&self) -> &[Moment] {
        &self.moments
    }

    /// The state at a time, `None` before the path begins and after it ends.
    #[must_use]
    pub fn at(&self, time_s: f64) -> Option<Moment> {
        let after = self.moments.partition_point(|m| m.time_s <= time_s);
        let before = self.moments.get(after.checked_sub(1)?)?;
        match self.moments.get(after) {
            Some(next) => Some(between(before, next, time_s)),
            None => (before.time_s == time_s).then_some(*before),
        }
    }
}

/// Cubic Hermite interpolation, which is exact in place and velocity at both ends.
fn between(a: &Moment, b: &Moment, time_s: f64) -> Moment {
    let h = b.time_s - a.time_s;
    let u = (time_s - a.time_s) / h;
    let (p0, p1, v0, v1) = (a.position_m, b.position_m, a.velocity_mps * h, b.velocity_mps * h);
    let c2 = (p1 - p0) * 3.0 - v0 * 2.0 - v1;
    let c3 = (p0 - p1) * 2.0 + v0 + v1;
    Moment {
        time_s,
        position_m: p0 + (v0 + (c2 + c3 * u) * u) * u,
        velocity_mps: (v0 + (c2 * 2.0 + c3 * (3.0 * u)) * u) / h,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_parabola_is_met_exactly() {
        let moment = |t: f64| Moment {
            time_s: t,
            position_m: Vector3::new(3.0 * t, 0.0, 20.0 * t - 5.0 * t * t),
            velocity_mps: Vector3::new(3.0, 0.0, 20.0 - 10.0 * t),
        };
        let path = Path::new(vec![moment(0.0), moment(0.5), moment(2.0)]);
        for t in [0.0, 0.2, 0.5, 1.3, 2.0] {
            let (is, should) = (path.at(t).unwrap(), moment(t));
            assert!((is.position_m - should.position_m).norm() < 1e-12);
            assert!((is.velocity_mps - should.velocity_mps).norm() < 1e-12);
        }
        assert!(path.at(-0.1).is_none() && path.at(2.1).is_none());
        assert!(Path::default().at(0.0).is_none());
    }
}
