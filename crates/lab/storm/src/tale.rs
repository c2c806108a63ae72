//! The story as lines for people.

use parapet_engine::Output;

use crate::fact::{Fact, Moment};
use crate::site::Site;

/// Collects lines, where it is asked to.
#[derive(Debug, Default)]
pub(crate) struct Tale {
    keeps: bool,
    pub(crate) lines: Vec<String>,
}

impl Tale {
    pub(crate) fn new(keeps: bool) -> Self {
        Tale { keeps, lines: Vec::new() }
    }

    pub(crate) fn say(&mut self, second: f64, what: &str) {
        if self.keeps {
            self.lines.push(format!("{second:9.3}  {what}"));
        }
    }

    /// Tells what a person would want to know of a fact; plots and tracks are too many.
    pub(crate) fn tell(&mut self, moment: &Moment, site: &Site, fact: &Fact<'_>) {
        if !self.keeps {
            return;
        }
        let second = |at: parapet_frame::Time| site.second(at);
        let line = match fact {
            Fact::Said(output) => match said(output, site) {
                Some(line) => line,
                None => return,
            },
            Fact::Ordered(order) => {
                format!("people      {:?} by {} and {:?}", order.command, order.who, order.seconded_by)
            }
            Fact::Sounds { siren, sounding } => match sounding {
                Some(sounding) => format!("siren {siren}     sounds {} for {}", sounding.stage.word(), sounding.zone),
                None => format!("siren {siren}     is silent"),
            },
            Fact::Judged { siren, path, verdict, retained, .. }
                if *path == crate::fact::Path::Attacker || *retained =>
            {
                format!("siren {siren}     is sent a message by {path:?}, retained {retained}: {verdict:?}")
            }
            Fact::Acknowledged { siren, id, revision } => {
                format!(
                    "desk        siren {siren} has {} revision {revision}",
                    id.label(site.zone_key(id.zone.0.into()))
                )
            }
            Fact::Named { siren, id, revision } => {
                let label = id.label(site.zone_key(id.zone.0.into()));
                format!("desk        shows that siren {siren} does not answer for {label} revision {revision}")
            }
            Fact::DiskShown { failed } => format!("desk        shows that the disk fails: {failed}"),
            Fact::SheddingShown => "desk        shows that plots are shed".to_owned(),
            Fact::Gone => "host        is gone".to_owned(),
            Fact::Back { standing, kept_until, same, .. } => format!(
                "host        is back with {} alarms; recorded until {:.3}; the same as before: {same}",
                standing.len(),
                second(*kept_until)
            ),
            Fact::Clears => "the weather clears".to_owned(),
            Fact::OtherSaid(Output::Alarm(alarm)) => format!("OTHER WORLD raises {:?}", alarm.id),
            _ => return,
        };
        self.say(moment.second, &line);
    }
}

fn said(output: &Output, site: &Site) -> Option<String> {
    Some(match output {
        Output::Alarm(alarm) => format!(
            "engine      {} is {:?} ({:?}), p {:.2}, threats {:?}, impact at {:?}, by {:?}",
            alarm.id.label(site.zone_key(alarm.id.zone.0.into())),
            alarm.stage,
            alarm.reason,
            alarm.probability,
            alarm.threats.iter().map(|track| track.0).collect::<Vec<_>>(),
            alarm.impact_at.map(|at| (site.second(at) * 10.0).round() / 10.0),
            alarm.by
        ),
        Output::Sensor(report) => format!("engine      sensor {} is {:?}", report.sensor.0, report.health),
        Output::Trouble(report) => {
            let is = if report.stands { "has trouble" } else { "is rid of trouble" };
            format!("engine      sensor {} {is}: {:?} {}", report.sensor.0, report.trouble, report.detail)
        }
        Output::Operator(report) => {
            format!("engine      obeys: {:?}", report.refused.map_or("yes".to_owned(), |r| format!("{r:?}")))
        }
        Output::TrackEnded { track, why, .. } => format!("engine      track {} has ended: {why:?}", track.0),
        Output::Threat(threat) if threat.believed => format!(
            "engine      track {} falls {:.0} m east, {:.0} m north at {:.1} (sigma {:.0} m)",
            threat.track.0,
            threat.impact.place.east_m,
            threat.impact.place.north_m,
            site.second(threat.impact.at),
            threat.impact.covariance.east_east_m2.max(threat.impact.covariance.north_north_m2).sqrt()
        ),
        _ => return None,
    })
}
