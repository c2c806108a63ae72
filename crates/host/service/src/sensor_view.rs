//! How a sensor is, for the page, the metrics and the operator's tools.

use parapet_engine::{Event, Output};
use parapet_frame::Time;
use parapet_track::{Bias, RegistrationReport};
use serde::Serialize;

use crate::shared::SensorTally;

/// The errors that all plots of a sensor share, in the units of people: as values, or as standard deviations.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct BiasView {
    /// Of slant range, metres.
    pub range_m: f64,
    /// Of azimuth, degrees clockwise.
    pub azimuth_deg: f64,
    /// Of elevation, degrees.
    pub elevation_deg: f64,
    /// Of the stamps, seconds: positive for a clock that is ahead.
    pub time_s: f64,
}

impl BiasView {
    /// The same in degrees.
    #[must_use]
    pub fn of(bias: Bias) -> Self {
        BiasView {
            range_m: bias.range_m,
            azimuth_deg: bias.azimuth_rad.to_degrees(),
            elevation_deg: bias.elevation_rad.to_degrees(),
            time_s: bias.time_s,
        }
    }

    /// What each number is called, with the number.
    pub(crate) fn parts(&self) -> [(&'static str, f64); 4] {
        [
            ("range_m", self.range_m),
            ("azimuth_deg", self.azimuth_deg),
            ("elevation_deg", self.elevation_deg),
            ("time_s", self.time_s),
        ]
    }
}

/// What is known of a sensor's errors, on the page.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(crate) struct RegistrationView {
    bias: BiasView,
    sigma: BiasView,
    windows: u64,
    used: bool,
    stands_out: Vec<parapet_track::BiasKind>,
}

impl RegistrationView {
    pub(crate) fn of(report: &RegistrationReport) -> Self {
        RegistrationView {
            bias: BiasView::of(report.bias),
            sigma: BiasView::of(report.sigma),
            windows: report.windows,
            used: report.is_used,
            stands_out: report.stands_out.clone(),
        }
    }
}

/// Takes in that a sensor was heard to say something.
pub(crate) fn hear(sensors: &mut [SensorTally], event: &Event, at: Time) {
    let (sensor, plots) = match event {
        Event::Plot(plot) => (plot.sensor, 1),
        Event::Alive { sensor, .. } | Event::Swept { sensor, .. } => (*sensor, 0),
        Event::Contact(report) => (report.sensor, 0),
        Event::Health(state) => (state.sensor, 0),
        Event::Undecodable(_) | Event::Tick | Event::Operator(_) | Event::Sound(_) | Event::Resumed(_) => return,
    };
    if let Some(tally) = sensors.get_mut(usize::from(sensor.0)) {
        tally.last_heard = Some(at);
        tally.plots += plots;
    }
}

/// Takes in what an output says of a sensor.
pub(crate) fn note(sensors: &mut [SensorTally], output: &Output) {
    match output {
        Output::Refused(refusal) => {
            let tally = refusal.sensor.and_then(|sensor| sensors.get_mut(usize::from(sensor.0)));
            tally.into_iter().for_each(|tally| tally.refused += 1);
        }
        Output::Trouble(report) => {
            let Some(tally) = sensors.get_mut(usize::from(report.sensor.0)) else { return };
            if report.stands {
                tally.troubles.insert(report.trouble, report.detail.clone());
            } else {
                tally.troubles.remove(&report.trouble);
            }
        }
        Output::Registration(report) => {
            let tally = sensors.get_mut(usize::from(report.sensor.0));
            tally.into_iter().for_each(|tally| tally.registration = Some(report.clone()));
        }
        _ => {}
    }
}

/// What stands against a sensor, one sentence each.
pub(crate) fn troubles(tally: &SensorTally) -> Vec<String> {
    let words = |(trouble, detail): (&parapet_engine::Trouble, &String)| match detail.as_str() {
        "" => trouble.words().to_owned(),
        detail => format!("{}: {detail}", trouble.words()),
    };
    tally.troubles.iter().map(words).collect()
}

#[cfg(test)]
mod tests {
    use parapet_engine::{Trouble, TroubleReport};
    use parapet_track::SensorId;

    use super::*;

    #[test]
    fn a_trouble_stands_until_it_is_over() {
        let mut sensors = vec![SensorTally::default()];
        let report = |stands| {
            let detail = if stands { "no stamp has advanced for 1.6 s".to_owned() } else { String::new() };
            Output::Trouble(TroubleReport {
                sensor: SensorId(0),
                at: Time::from_seconds(1.0),
                trouble: Trouble::Frozen,
                stands,
                detail,
            })
        };
        note(&mut sensors, &report(true));
        assert_eq!(troubles(&sensors[0]), ["frozen: says the same again and again: no stamp has advanced for 1.6 s"]);
        note(&mut sensors, &report(false));
        assert!(troubles(&sensors[0]).is_empty());
    }
}
