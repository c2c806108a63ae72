//! The `[policy]` and `[limits]` tables: what the owner has decided, and the bounds of the engine.

use parapet_engine::Limits;
use parapet_warn::{Policy, Posture, cost_loss_threshold};

use crate::problem::Notes;
use crate::table::{Table, Within, within};

/// Nobody stands farther than this from what a rocket of the kinds treated here can hurt.
const EFFECT_RADIUS: Within = within(0.0, 5_000.0, " m");
/// One plot has no velocity.
const PLOTS: Within = within(2.0, 100.0, " plots");
/// More independent groups of sensors than a site has.
const GROUPS: Within = within(1.0, 16.0, " groups");
const HOLD: Within = within(1.0, 3_600.0, " s");
const WITHDRAW: Within = within(1.0, 120.0, " s");
/// Costs count relative to each other; nobody needs more than a million.
pub(crate) const COST: Within = within(1e-6, 1e6, "");
/// Who needs longer than a quarter of an hour has no shelter.
pub(crate) const SHELTER: Within = within(1.0, 900.0, " s");
const MISS_FACTOR: Within = within(1.0, 1_000.0, "");
const SIGHT_LOST: Within = within(0.0, 3_600.0, " s");
const OPERATOR_HOLD: Within = within(60.0, 86_400.0, " s");
const OPERATOR_ALARM: Within = within(10.0, 3_600.0, " s");
/// Who waits for more than half of the time is no longer warning.
const WAIT_PART: Within = within(0.0, 0.5, "");
/// Below a hundredth nearly the whole of a zone is told anyway.
const PLACE_PART: Within = within(0.01, 1.0, "");
const POSTURES: [(&str, Posture); 2] = [("normal", Posture::Normal), ("heightened", Posture::Heightened)];

/// The cost-loss ratio `C_false / (C_false + C_miss)`: an owner who holds a missed round for nine times as bad as a needless
/// alarm alarms from one chance in ten on.
const ALARM_PROBABILITY_DEFAULT: f64 = 0.1;

/// What `[policy]` says, on top of the core's own defaults, and the threshold of zones that have none of their own.
pub(crate) fn policy(table: Option<Table<'_>>, notes: &mut Notes) -> (Policy, f64) {
    let mut policy = Policy::default();
    let Some(mut table) = table else {
        return (policy, ALARM_PROBABILITY_DEFAULT);
    };
    set(&mut policy.effect_radius_m, table.number("effect_radius_m", EFFECT_RADIUS, notes));
    set(&mut policy.ballistic_probability, table.probability("ballistic_probability", notes));
    set(&mut policy.existence_probability, table.probability("existence_probability", notes));
    set(&mut policy.plots_min, table.whole("plots_min", PLOTS, notes));
    set(&mut policy.corroboration, table.whole("corroboration", GROUPS, notes));
    set(&mut policy.hold_s, table.number("hold_s", HOLD, notes));
    set(&mut policy.withdraw_after_s, table.number("withdraw_after_s", WITHDRAW, notes));
    if let Some(mut radii) = table.table("effect_radius_of", notes) {
        policy.effect_radius_of.mortar_m = radii.number("mortar_m", EFFECT_RADIUS, notes);
        policy.effect_radius_of.artillery_m = radii.number("artillery_m", EFFECT_RADIUS, notes);
        policy.effect_radius_of.rocket_m = radii.number("rocket_m", EFFECT_RADIUS, notes);
        radii.close(notes);
    }
    set(&mut policy.posture, table.word("posture", &POSTURES, notes));
    set(&mut policy.heightened_miss_factor, table.number("heightened_miss_factor", MISS_FACTOR, notes));
    set(&mut policy.wait_part_max, table.number("wait_part_max", WAIT_PART, notes));
    set(&mut policy.place_part, table.number("place_part", PLACE_PART, notes));
    set(&mut policy.sight_lost_max_s, table.number("sight_lost_max_s", SIGHT_LOST, notes));
    set(&mut policy.operator_hold_max_s, table.number("operator_hold_max_s", OPERATOR_HOLD, notes));
    set(&mut policy.operator_alarm_s, table.number("operator_alarm_s", OPERATOR_ALARM, notes));
    let alarm_probability = threshold(&mut table, notes).unwrap_or(ALARM_PROBABILITY_DEFAULT);
    table.close(notes);
    (policy, alarm_probability)
}

/// A threshold, as it is or as the costs that it follows from; `None` when neither is given, or something is wrong.
pub(crate) fn threshold(table: &mut Table<'_>, notes: &mut Notes) -> Option<f64> {
    let probability = table.probability("alarm_probability", notes);
    let costs = (table.number("cost_false", COST, notes), table.number("cost_miss", COST, notes));
    let given = ["alarm_probability", "cost_false", "cost_miss"].map(|key| table.has(key));
    match threshold_fault(given) {
        Some((key, what, remedy)) => {
            notes.problems.push(table.problem(key, what, remedy));
            None
        }
        None => probability.or_else(|| Some(cost_loss_threshold(costs.0?, costs.1?))),
    }
}

/// What is wrong with which of `alarm_probability`, `cost_false` and `cost_miss` are given: the key, what, and the remedy.
pub(crate) fn threshold_fault(given: [bool; 3]) -> Option<(&'static str, &'static str, &'static str)> {
    match given {
        [true, true, _] | [true, _, true] => Some((
            "alarm_probability",
            "both `alarm_probability` and costs are given",
            "write the probability, or `cost_false` and `cost_miss`, from which it follows",
        )),
        [false, true, false] => Some(("cost_miss", "`cost_miss` is missing", "add it, for example `cost_miss = 9.0`")),
        [false, false, true] => {
            Some(("cost_false", "`cost_false` is missing", "add it, for example `cost_false = 1.0`"))
        }
        _ => None,
    }
}

/// What `[limits]` says; the engine's own defaults stand for what it does not say.
pub(crate) fn limits(table: Option<Table<'_>>, notes: &mut Notes) -> Limits {
    let mut limits = Limits::default();
    let Some(mut table) = table else {
        return limits;
    };
    set(&mut limits.tracks_max, table.whole("tracks_max", within(16.0, 1_000_000.0, " tracks"), notes));
    set(&mut limits.explanations_max, table.whole("explanations_max", within(1.0, 64.0, " explanations"), notes));
    set(
        &mut limits.remembered_plots_max,
        table.whole("remembered_plots_max", within(16.0, 10_000_000.0, " plots"), notes),
    );
    set(&mut limits.gate, table.number("gate", within(9.0, 64.0, ", squared standard deviations"), notes));
    set(&mut limits.pending_plots_max, table.whole("pending_plots_max", within(16.0, 1_000_000.0, " plots"), notes));
    set(&mut limits.gather_ms, table.whole("gather_ms", within(0.0, 1_000.0, " ms"), notes));
    set(&mut limits.plot_age_max_s, table.number("plot_age_max_s", within(0.1, 600.0, " s"), notes));
    set(&mut limits.plot_ahead_max_s, table.number("plot_ahead_max_s", within(0.0, 60.0, " s"), notes));
    table.close(notes);
    limits
}

fn set<T>(place: &mut T, value: Option<T>) {
    if let Some(value) = value {
        *place = value;
    }
}
