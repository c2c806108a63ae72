//! How much of the surroundings of a zone the sensors see.

use parapet_service::Lookers;
use parapet_warn::Zone;

/// Bearings and distances at which the surroundings are asked.
const BEARINGS: usize = 180;
const DISTANCES: usize = 50;
/// A bearing is blind when more than this part of the way along it is unseen.
const BLIND_SHARE: f64 = 1.0 / 3.0;

/// The surroundings of a zone.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Approach {
    pub(crate) zone: String,
    /// Part of the area that at least one sensor sees, and at least two.
    pub(crate) by_one: f64,
    pub(crate) by_two: f64,
    pub(crate) unseen_m2: f64,
    /// Bearings along which more than a third of the way is unseen: from and to, clockwise, degrees.
    pub(crate) blind_deg: Vec<[f64; 2]>,
}

impl Approach {
    pub(crate) fn of(zone: &Zone, lookers: &Lookers, height_m: f64, radius_m: f64) -> Self {
        let [east_m, north_m] = middle(zone);
        let (mut by_one, mut by_two, mut all) = (0.0, 0.0, 0.0);
        let mut blind = Vec::with_capacity(BEARINGS);
        for bearing in 0..BEARINGS {
            let (sin, cos) = ((bearing as f64 + 0.5) / BEARINGS as f64 * std::f64::consts::TAU).sin_cos();
            let mut unseen = 0;
            for distance in 0..DISTANCES {
                let distance_m = (distance as f64 + 0.5) / DISTANCES as f64 * radius_m;
                let seen = lookers.count([east_m + sin * distance_m, north_m + cos * distance_m], height_m);
                // The farther out, the more ground a place of the polar grid stands for.
                all += distance_m;
                by_one += if seen >= 1 { distance_m } else { 0.0 };
                by_two += if seen >= 2 { distance_m } else { 0.0 };
                unseen += usize::from(seen == 0);
            }
            blind.push(unseen as f64 > BLIND_SHARE * DISTANCES as f64);
        }
        let area_m2 = std::f64::consts::PI * radius_m * radius_m;
        Approach {
            zone: zone.key.clone(),
            by_one: by_one / all,
            by_two: by_two / all,
            unseen_m2: (1.0 - by_one / all) * area_m2,
            blind_deg: sectors(&blind),
        }
    }

    pub(crate) fn blind_words(&self) -> String {
        match self.blind_deg.as_slice() {
            [] => "none".to_owned(),
            [[from, to]] if from == to => "all".to_owned(),
            sectors => sectors.iter().map(|[from, to]| format!("{from:.0} to {to:.0}")).collect::<Vec<_>>().join(", "),
        }
    }
}

/// The middle of a zone's corners.
pub(crate) fn middle(zone: &Zone) -> [f64; 2] {
    let corners: Vec<&[f64; 2]> = zone.rings.iter().take(1).flatten().collect();
    let count = corners.len().max(1) as f64;
    [0, 1].map(|axis| corners.iter().map(|corner| corner[axis]).sum::<f64>() / count)
}

/// The runs of what is true around a circle, in degrees; a whole circle from 0 to 0.
fn sectors(flags: &[bool]) -> Vec<[f64; 2]> {
    let count = flags.len();
    let degrees = |number: usize| (number % count) as f64 * 360.0 / count as f64;
    let Some(first_false) = flags.iter().position(|flag| !flag) else { return vec![[0.0, 0.0]] };
    let mut sectors = Vec::new();
    let mut began = None;
    for number in first_false..=first_false + count {
        match (flags[number % count], began) {
            (true, None) => began = Some(number),
            (false, Some(from)) => {
                sectors.push([degrees(from), degrees(number)]);
                began = None;
            }
            _ => {}
        }
    }
    sectors
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_may_lie_across_north() {
        let flags = |on: &[usize]| (0..36).map(|number| on.contains(&number)).collect::<Vec<_>>();
        assert_eq!(sectors(&flags(&[0, 1, 35, 10])), [[100.0, 110.0], [350.0, 20.0]]);
        assert!(sectors(&flags(&[])).is_empty());
        assert_eq!(sectors(&[true; 36]), [[0.0, 0.0]]);
    }
}
