//! From a failing story to the smallest that still fails.

use crate::fault::Family;
use crate::story::{Options, Plan};

/// How often a fault is shortened by half, at most.
const HALVINGS: u32 = 3;

/// Drops families, then single faults, then shortens what is left, as long as the same checker still finds something. Returns the
/// plan and how many stories that took.
///
/// # Errors
/// When a story cannot be played.
pub fn smallest(plan: &Plan, check: &str, options: Options) -> Result<(Plan, u32), String> {
    let mut shrinking = Shrinking { best: plan.clone(), check, options, stories: 0 };
    for family in Family::ALL {
        shrinking.without(|plan| plan.faults.retain(|fault| fault.kind.family() != family))?;
    }
    for place in (0..shrinking.best.faults.len()).rev() {
        shrinking.without(|plan| _ = plan.faults.remove(place))?;
    }
    for place in 0..shrinking.best.faults.len() {
        for _ in 0..HALVINGS {
            shrinking.without(|plan| plan.faults[place].for_s *= 0.5)?;
        }
    }
    Ok((shrinking.best, shrinking.stories))
}

struct Shrinking<'a> {
    best: Plan,
    check: &'a str,
    options: Options,
    stories: u32,
}

impl Shrinking<'_> {
    /// Takes a change if the story still fails with it.
    fn without(&mut self, change: impl FnOnce(&mut Plan)) -> Result<(), String> {
        let mut plan = self.best.clone();
        change(&mut plan);
        if plan.faults == self.best.faults {
            return Ok(());
        }
        self.stories += 1;
        let outcome = plan.play(Options { tell: false, ..self.options })?;
        if outcome.findings.iter().any(|finding| finding.check == self.check) {
            self.best = plan;
        }
        Ok(())
    }
}
