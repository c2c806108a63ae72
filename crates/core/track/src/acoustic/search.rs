//! Which arrivals are of one sound: the smallest set of them that agrees on a place and a time, grown from the newest arrival.

use nalgebra::Vector3;
use parapet_flight::Environment;
use smallvec::SmallVec;

use super::air::Air;
use super::arrival::Arrival;
use super::locate::{Fix, locate};

/// Arrivals beside the new one that are looked at: the nearest, which most probably heard the same.
const NEIGHBOURS_MAX: usize = 10;
/// Sets that are tried for one arrival. It bounds what a flood of false sounds can cost.
const TRIES_MAX: u32 = 60;
/// With more sets tried than this, one number to spare may agree by chance; with fewer a lone number is check enough ...
const FEW_TRIES: u32 = 4;
/// ... if no more nodes than this are near enough to have heard it too: of more, another would confirm it.
const FEW_EARS: u32 = 5;
/// Times the farthest of those who heard it.
const NEAR_ENOUGH: f64 = 1.2;
/// What that lone number may be off by, squared standard deviations: one time in a hundred.
const LONE_CHI2_MAX: f64 = 6.63;

/// Arrivals that are looked at together.
pub(crate) type Arrivals = SmallVec<[Arrival; 8]>;

/// Finds a set with the new arrival in it, and where its sound was made; `ears` tells how many nodes listen within a distance of a
/// place.
pub(crate) fn form<'a>(
    new: &Arrival,
    waiting: impl Iterator<Item = &'a Arrival>,
    ears: &dyn Fn(&Vector3<f64>, f64) -> u32,
    air: &Air,
    environment: &Environment,
) -> Option<(Arrivals, Fix)> {
    let mut near: Vec<(f64, &Arrival)> = waiting
        .filter(|other| new.agrees(other, air))
        .map(|other| ((other.place_m - new.place_m).norm_squared(), other))
        .collect();
    near.sort_by(|a, b| a.0.total_cmp(&b.0).then(b.1.at.cmp(&a.1.at)).then(a.1.ear.cmp(&b.1.ear)));
    near.truncate(NEIGHBOURS_MAX);
    let mut search = Search { near: &near, ears, air, environment, tries: 0 };
    let mut set = Arrivals::new();
    set.push(*new);
    let fix = search.grow(&mut set, 0)?;
    Some((set, fix))
}

struct Search<'a> {
    near: &'a [(f64, &'a Arrival)],
    ears: &'a dyn Fn(&Vector3<f64>, f64) -> u32,
    air: &'a Air,
    environment: &'a Environment,
    tries: u32,
}

impl Search<'_> {
    /// Adds arrivals from the `from`th on until the set is believed; leaves the set as it was where that cannot be.
    fn grow(&mut self, set: &mut Arrivals, from: usize) -> Option<Fix> {
        for next in from..self.near.len() {
            let arrival = self.near[next].1;
            if !set.iter().all(|member| member.agrees(arrival, self.air)) {
                continue;
            }
            set.push(*arrival);
            match self.judge(set) {
                Verdict::Believed(fix) => return Some(fix),
                Verdict::More => {
                    if let Some(fix) = self.grow(set, next + 1) {
                        return Some(fix);
                    }
                }
                Verdict::Wrong => {}
            }
            set.pop();
            if self.tries >= TRIES_MAX {
                return None;
            }
        }
        None
    }

    fn judge(&mut self, set: &Arrivals) -> Verdict {
        let numbers: u32 = set.iter().map(Arrival::numbers).sum();
        if numbers < 4 {
            return Verdict::More;
        }
        self.tries += 1;
        let Some(fix) = locate(set, self.air, self.environment) else {
            // Two answers so far; another arrival may decide.
            return if numbers == 4 { Verdict::More } else { Verdict::Wrong };
        };
        let is_checked = fix.spare >= 2 || self.is_enough(set, &fix);
        match (fix.is_plausible(), is_checked && fix.is_worth_telling()) {
            (false, _) => Verdict::Wrong,
            (true, true) => Verdict::Believed(fix),
            (true, false) => Verdict::More,
        }
    }
}

impl Search<'_> {
    /// Whether a lone number to spare is check enough.
    fn is_enough(&self, set: &Arrivals, fix: &Fix) -> bool {
        let farthest_m = set.iter().map(|arrival| (arrival.place_m - fix.place_m).norm()).fold(0.0, f64::max);
        self.tries <= FEW_TRIES
            && fix.chi2 <= LONE_CHI2_MAX
            && (self.ears)(&fix.place_m, NEAR_ENOUGH * farthest_m) <= FEW_EARS
    }
}

enum Verdict {
    Believed(Fix),
    More,
    Wrong,
}
