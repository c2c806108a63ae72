//! What is let in of what contacts say: checked once, counted like a plot.

use parapet_track::{ContactFault, ContactReport, Recogniser, SensorModel, Suspicion};

use crate::admission::timely;
use crate::{Limits, Mode, RefusalReason};

/// Takes a report or says why not, and whether the contact is suspected from now on.
pub(crate) fn admit(
    report: &ContactReport,
    sensor: &SensorModel,
    mode: Mode,
    limits: &Limits,
    recogniser: &mut Recogniser,
) -> (Result<(), (RefusalReason, String)>, Option<Suspicion>) {
    if let Err(refused) = usable(report, sensor, mode, limits) {
        return (Err(refused), None);
    }
    let (taken, suspicion) = recogniser.hear(report);
    (taken.map_err(|fault| (reason(&fault), fault.to_string())), suspicion)
}

fn usable(
    report: &ContactReport,
    sensor: &SensorModel,
    mode: Mode,
    limits: &Limits,
) -> Result<(), (RefusalReason, String)> {
    if report.doubts.simulated && mode == Mode::Live {
        return Err((RefusalReason::Simulated, String::new()));
    }
    timely(report.measured_at.0, report.heard_at.0, sensor.trust.bias_sigma.time_s, limits)?;
    let range_m = (report.place.to_vector() - sensor.pose.origin()).norm();
    if range_m > sensor.range_max_m {
        return Err((RefusalReason::Impossible, format!("{range_m:.0} m away is farther than this sensor hears")));
    }
    Ok(())
}

fn reason(fault: &ContactFault) -> RefusalReason {
    match fault {
        ContactFault::Known => RefusalReason::Duplicate,
        ContactFault::TableFull => RefusalReason::TableFull,
        ContactFault::Jump { .. } => RefusalReason::Contradiction,
        ContactFault::NotANumber | ContactFault::Speed(_) | ContactFault::Climb(_) | ContactFault::Height(_) => {
            RefusalReason::Impossible
        }
    }
}
