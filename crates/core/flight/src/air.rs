//! The standard atmosphere and the drag of a generic round by Mach number.

/// Air at a height.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Air {
    /// Density, kg/m^3.
    pub density_kg_m3: f64,
    /// Speed of sound, m/s.
    pub sound_mps: f64,
}

/// A polynomial of the fifth degree in the height, in units of 10 km; lowest power first.
type Polynomial = [f64; 6];

/// The eighth root of the density (kg/m^3), and one over the speed of sound (s/m), as polynomials in the height.
///
/// The density itself would need twice the degree. Products and sums only, because this is the innermost of all loops.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Layer {
    root_density: Polynomial,
    inverse_sound: Polynomial,
}

/// Lowest and highest height of the air, metres: below and above, the air is taken as at these heights. At the upper one the
/// density is 0.7 % of that at sea level.
const AIR_HEIGHT_M: (f64, f64) = (-1_000.0, 35_000.0);
/// Where the temperature stops falling, metres (ISO 2533).
pub(crate) const TROPOPAUSE_M: f64 = 11_000.0;

/// `(1.225 (T/288.15)^4.25588)^(1/8)` and `(1.4 R T)^(-1/2)` with `T = 288.15 - 0.0065 h`, from -1 to 11 km.
pub(crate) const TROPOSPHERE: Layer = Layer {
    root_density: [
        1.025_692_093_153_76,
        -0.123_086_661_837_55,
        -0.006_496_176_702_870_68,
        -0.000_724_485_087_328_145,
        -8.493_091_006_472_33e-5,
        -2.761_260_125_766_75e-5,
    ],
    inverse_sound: [
        0.002_938_635_117_246_35,
        0.000_331_442_562_462_882,
        5.603_587_238_527_36e-5,
        1.079_532_791_744_14e-5,
        1.551_765_303_207_97e-6,
        8.477_387_990_089_74e-7,
    ],
};

/// `(0.363918 exp(-(h - 11000) / 6341.62))^(1/8)` from 11 to 35 km, and the speed of sound at 216.65 K.
pub(crate) const STRATOSPHERE: Layer = Layer {
    root_density: [
        1.094_680_789_735_33,
        -0.215_756_062_381_387,
        0.021_243_145_816_087_5,
        -0.001_382_724_881_268_59,
        6.368_429_467_486_12e-5,
        -1.722_308_332_349_67e-6,
    ],
    inverse_sound: [0.003_389_031_382_636_683, 0.0, 0.0, 0.0, 0.0, 0.0],
};

/// Air as the equations of motion want it, with its change by height.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Slope {
    pub(crate) density_kg_m3: f64,
    /// One over the speed of sound, s/m.
    pub(crate) inverse_sound: f64,
    /// Relative change of the density per metre of height.
    pub(crate) density_per_m: f64,
    /// Change of the inverse speed of sound per metre of height, s/m^2.
    pub(crate) inverse_sound_per_m: f64,
}

impl Layer {
    pub(crate) fn at(height_m: f64) -> &'static Layer {
        if height_m < TROPOPAUSE_M { &TROPOSPHERE } else { &STRATOSPHERE }
    }

    /// One of the two layers, without a branch.
    #[inline(always)]
    pub(crate) fn choose(is_troposphere: bool) -> Layer {
        let one = |low: &Polynomial, high: &Polynomial| {
            let pick = |i: usize| if is_troposphere { low[i] } else { high[i] };
            [pick(0), pick(1), pick(2), pick(3), pick(4), pick(5)]
        };
        Layer {
            root_density: one(&TROPOSPHERE.root_density, &STRATOSPHERE.root_density),
            inverse_sound: one(&TROPOSPHERE.inverse_sound, &STRATOSPHERE.inverse_sound),
        }
    }

    /// Density (kg/m^3) and one over the speed of sound (s/m) at a height.
    #[inline(always)]
    pub(crate) fn air(&self, height_m: f64) -> (f64, f64) {
        let x = scaled(height_m);
        let root2 = value(&self.root_density, x) * value(&self.root_density, x);
        let root4 = root2 * root2;
        (root4 * root4, value(&self.inverse_sound, x))
    }

    pub(crate) fn slope(&self, height_m: f64) -> Slope {
        let x = scaled(height_m);
        let (density_kg_m3, inverse_sound) = self.air(height_m);
        let per_root = derivative(&self.root_density, x) / value(&self.root_density, x);
        Slope {
            density_kg_m3,
            inverse_sound,
            density_per_m: 8.0e-4 * per_root,
            inverse_sound_per_m: 1.0e-4 * derivative(&self.inverse_sound, x),
        }
    }
}

#[inline(always)]
fn scaled(height_m: f64) -> f64 {
    let raised_m = if height_m > AIR_HEIGHT_M.0 { height_m } else { AIR_HEIGHT_M.0 };
    let held_m = if raised_m < AIR_HEIGHT_M.1 { raised_m } else { AIR_HEIGHT_M.1 };
    held_m * 1.0e-4
}

#[inline(always)]
fn value(c: &Polynomial, x: f64) -> f64 {
    // In pairs, which a processor can work on at once.
    let square = x * x;
    (c[0] + c[1] * x) + square * ((c[2] + c[3] * x) + square * (c[4] + c[5] * x))
}

fn derivative(c: &Polynomial, x: f64) -> f64 {
    (((5.0 * c[5] * x + 4.0 * c[4]) * x + 3.0 * c[3]) * x + 2.0 * c[2]) * x + c[1]
}

/// The International Standard Atmosphere (ISO 2533): troposphere and the isothermal layer above it.
///
/// Heights below -1 km are taken as -1 km, and those above 35 km as 35 km. Constants: 288.15 K and 1.225 kg/m^3 at sea level,
/// -6.5 K/km, tropopause at 11,000 m with 216.65 K and 0.363918 kg/m^3, scale height 6,341.62 m above it, exponent
/// g/(R L) - 1 = 4.25588, ratio of specific heats 1.4, specific gas constant of dry air 287.053 J/(kg K). Polynomials stand for the
/// formulas, to seven digits.
#[must_use]
pub fn air_at(height_m: f64) -> Air {
    let (density_kg_m3, inverse_sound) = Layer::at(height_m).air(height_m);
    Air { density_kg_m3, sound_mps: 1.0 / inverse_sound }
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
    use parapet_frame::maths;

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
    fn polynomials_agree_with_the_formulas() {
        for i in -1_000..35_000 {
            let h = f64::from(i);
            let (t, rho) = if h < 11_000.0 {
                let t = 288.15 - 0.0065 * h;
                (t, 1.225 * maths::pow(t / 288.15, 4.255_88))
            } else {
                (216.65, 0.363_918 * maths::exp(-(h - 11_000.0) / 6_341.62))
            };
            let air = air_at(h);
            assert!((air.density_kg_m3 / rho - 1.0).abs() < 1e-7, "{h} {air:?}");
            assert!((air.sound_mps / (1.4 * 287.053 * t).sqrt() - 1.0).abs() < 1.1e-7, "{h} {air:?}");
        }
        assert_eq!(air_at(-5_000.0), air_at(-1_000.0));
        assert_eq!(air_at(80_000.0), air_at(35_000.0));
    }

    #[test]
    fn slopes_agree_with_differences() {
        for h in [-500.0, 0.0, 3_000.0, 10_500.0, 11_500.0, 20_000.0] {
            let (layer, slope) = (Layer::at(h), Layer::at(h).slope(h));
            let ((rho_low, c_low), (rho_high, c_high)) = (layer.air(h - 1.0), layer.air(h + 1.0));
            let by_difference = (rho_high - rho_low) / (2.0 * slope.density_kg_m3);
            assert!((by_difference / slope.density_per_m - 1.0).abs() < 1e-6, "{h} {slope:?}");
            assert!((0.5 * (c_high - c_low) - slope.inverse_sound_per_m).abs() < 1e-13, "{h} {slope:?}");
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
