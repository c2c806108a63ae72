//! The standard atmosphere and the drag of a generic round by Mach number.

use parapet_frame::maths;

/// Air at a height.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Air {
    /// Density, kg/m^3.
    pub density_kg_m3: f64,
    /// Speed of sound, m/s.
    pub sound_mps: f64,
}

/// The International Standard Atmosphere (ISO 2533): troposphere and the isothermal layer above it.
///
/// Heights below -500 m are taken as -500 m. Constants: 288.15 K and 1.225 kg/m^3 at sea level, -6.5 K/km, tropopause at
/// 11,000 m with 216.65 K and 0.363918 kg/m^3, scale height 6,341.62 m above it, exponent g/(R L) - 1 = 4.25588.
#[must_use]
pub fn air_at(height_m: f64) -> Air {
    let height_m = height_m.max(-500.0);
    let (temperature_k, density_kg_m3) = if height_m < 11_000.0 {
        let t = 288.15 - 0.0065 * height_m;
        (t, 1.225 * density_power(t / 288.15))
    } else {
        (216.65, 0.363_918 * maths::exp(-(height_m - 11_000.0) / 6_341.62))
    };
    // Ratio of specific heats 1.4, specific gas constant of dry air 287.053 J/(kg K).
    Air { density_kg_m3, sound_mps: (1.4 * 287.053 * temperature_k).sqrt() }
}

/// `x` to the power of 4.25588 for `x` from 0.75 (the tropopause) to 1.05, to eight digits.
///
/// As `x^4 x^(1/4) e^(0.00588 ln x)`: the first two are exact operations, and the last exponent is so small that short series do.
/// The general power would be a third of the whole cost of flying.
fn density_power(x: f64) -> f64 {
    let y = (x - 1.0) / (x + 1.0);
    let ln_x = 2.0 * y * (1.0 + y * y * (1.0 / 3.0 + 0.2 * y * y));
    let small = 0.005_88 * ln_x;
    let square = x * x;
    square * square * x.sqrt().sqrt() * (1.0 + small * (1.0 + 0.5 * small))
}

/// Knots of the generic drag shape: Mach number, and drag relative to its subsonic value.
///
/// A blunt-based spin- or fin-stabilised body in round public numbers: flat below Mach 0.8, a transonic rise to 1.8 at
/// Mach 1.2, falling slowly beyond. Between knots it is linear, beyond the last it is constant.
pub const MACH_KNOTS: [(f64, f64); 9] = [
    (0.0, 1.0),
    (0.80, 1.0),
    (0.95, 1.25),
    (1.05, 1.70),
    (1.20, 1.80),
    (1.50, 1.65),
    (2.00, 1.45),
    (3.00, 1.20),
    (5.00, 1.00),
];

/// Drag coefficient relative to its subsonic value at a Mach number, and its slope per unit of Mach.
#[must_use]
pub fn drag_shape(mach: f64) -> (f64, f64) {
    if mach <= MACH_KNOTS[1].0 {
        return (MACH_KNOTS[1].1, 0.0);
    }
    for pair in MACH_KNOTS.windows(2) {
        let ((m0, c0), (m1, c1)) = (pair[0], pair[1]);
        if mach < m1 {
            let slope = (c1 - c0) / (m1 - m0);
            return (c0 + (mach - m0) * slope, slope);
        }
    }
    (MACH_KNOTS[MACH_KNOTS.len() - 1].1, 0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// ISO 2533 tables by geometric height: height, density, speed of sound. The formulas take the height as
    /// geopotential, which costs 0.6 % of the density at 15 km.
    #[test]
    fn agrees_with_the_published_tables() {
        let table = [
            (0.0, 1.2250, 340.294),
            (5_000.0, 0.73643, 320.545),
            (11_000.0, 0.36480, 295.069),
            (15_000.0, 0.19475, 295.069),
        ];
        for (h, rho, c) in table {
            let air = air_at(h);
            assert!((air.density_kg_m3 / rho - 1.0).abs() < 6e-3, "{h} {air:?}");
            assert!((air.sound_mps - c).abs() < 0.05, "{h} {air:?}");
        }
    }

    #[test]
    fn short_series_agree_with_the_power() {
        for i in 0..=300 {
            let x = 0.75 + f64::from(i) * 1e-3;
            assert!((density_power(x) / maths::pow(x, 4.255_88) - 1.0).abs() < 1e-8, "{x}");
        }
    }

    #[test]
    fn drag_is_linear_between_knots_and_constant_beyond() {
        assert_eq!(drag_shape(0.3), (1.0, 0.0));
        assert!((drag_shape(1.0).0 - 1.475).abs() < 1e-12);
        assert!((drag_shape(1.0).1 - 4.5).abs() < 1e-9);
        assert_eq!(drag_shape(9.0), (1.0, 0.0));
    }
}
