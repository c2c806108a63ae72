//! The pinned mathematics of the core.
//!
//! The standard library calls whatever the platform provides, and platforms differ in the last bit. A recording must replay
//! to the same bytes anywhere, so the core uses this module and nothing else; a lint over `crates/core` enforces it.
//! `sqrt` is exact by IEEE 754 and may be called directly.

/// Sine of an angle in radians.
#[must_use]
pub fn sin(x: f64) -> f64 {
    libm::sin(x)
}

/// Cosine of an angle in radians.
#[must_use]
pub fn cos(x: f64) -> f64 {
    libm::cos(x)
}

/// Sine and cosine of an angle in radians.
#[must_use]
pub fn sin_cos(x: f64) -> (f64, f64) {
    libm::sincos(x)
}

/// Arc sine in radians; the argument is clamped to [-1, 1] first, so that rounding never makes a NaN.
#[must_use]
pub fn asin(x: f64) -> f64 {
    libm::asin(x.clamp(-1.0, 1.0))
}

/// Arc tangent of `y / x` in the right quadrant, radians in (-pi, pi].
#[must_use]
pub fn atan2(y: f64, x: f64) -> f64 {
    libm::atan2(y, x)
}

/// e to the power of `x`.
#[must_use]
pub fn exp(x: f64) -> f64 {
    libm::exp(x)
}

/// Natural logarithm.
#[must_use]
pub fn ln(x: f64) -> f64 {
    libm::log(x)
}

/// `x` to the power of `y`.
#[must_use]
pub fn pow(x: f64, y: f64) -> f64 {
    libm::pow(x, y)
}

/// The error function.
#[must_use]
pub fn erf(x: f64) -> f64 {
    libm::erf(x)
}

/// The angle brought into (-pi, pi], radians.
#[must_use]
pub fn wrap_pi(angle_rad: f64) -> f64 {
    use core::f64::consts::{PI, TAU};
    let turned = angle_rad - TAU * (angle_rad / TAU).round();
    if turned <= -PI { turned + TAU } else { turned }
}

#[cfg(test)]
mod tests {
    use super::*;
    use core::f64::consts::PI;

    #[test]
    fn wrapping_keeps_the_direction() {
        for k in -5..=5 {
            let a = 1.25 + f64::from(k) * 2.0 * PI;
            assert!((wrap_pi(a) - 1.25).abs() < 1e-12);
        }
        assert!((wrap_pi(-PI) - PI).abs() < 1e-15);
    }
}
