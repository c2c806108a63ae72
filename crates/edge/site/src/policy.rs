//! The `[policy]` and `[limits]` tables: what the owner has decided, and the bounds of the engine.

use parapet_engine::Limits;
use parapet_warn::Policy;

use crate::problem::Notes;
use crate::table::{Table, Within, within};

/// Nobody stands farther than this from what a rocket of the kinds treated here can hurt.
const EFFECT_RADIUS: Within = within(0.0, 5_000.0, " m");
/// One plot has no velocity.
const PLOTS: Within = within(2.0, 100.0, " plots");
const HOLD: Within = within(1.0, 3_600.0, " s");
const WITHDRAW: Within = within(1.0, 120.0, " s");

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
    set(&mut policy.hold_s, table.number("hold_s", HOLD, notes));
    set(&mut policy.withdraw_after_s, table.number("withdraw_after_s", WITHDRAW, notes));
    let alarm_probability = table.probability("alarm_probability", notes).unwrap_or(ALARM_PROBABILITY_DEFAULT);
    table.close(notes);
    (policy, alarm_probability)
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
