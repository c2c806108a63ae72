//! From what a recording holds, message by message, to what is reported of it.

use std::collections::{BTreeMap, VecDeque};

use parapet_engine::{Config, Output, RefusalReason, SensorHealth, SensorReport, Trouble, TroubleReport};
use parapet_frame::{GeodesyError, Geodetic, SiteFrame, Time};
use parapet_track::{Plot, PlotRef, SensorId, SoundSource, TrackEnd, TrackId, TrackReport};
use parapet_warn::{Alarm, AlarmId, FallReport, OperatorReport, OriginReport, RoundRecord, Threat};
use serde_json::Value;

use crate::{Boundaries, DeliveryRow, Intercept, Moment, Note, Report, judge};

/// Plots remembered until a track says that it used them.
const PLOTS_MAX: usize = 100_000;
/// Outputs of a simulated interception are of kinds that begin so.
const INTERCEPT_KIND: &str = "simulated_";

/// What is known of a recording before its first message.
#[derive(Clone, Debug)]
pub struct About {
    /// Program and version that make the report.
    pub made_by: String,
    /// Name of the recording's file.
    pub file: String,
    /// Its fingerprint, in hexadecimal digits.
    pub sha256: String,
    /// Its length.
    pub bytes: u64,
    /// Program that wrote it, and its version.
    pub written_by: String,
    /// When it begins.
    pub started_at: Time,
    /// Name of the site.
    pub site: String,
    /// The origin of site ENU.
    pub origin: Geodetic,
    /// The engine's configuration.
    pub config: Config,
}

/// Takes in a recording and gives a [`Report`].
#[derive(Clone, Debug)]
pub struct Gathering {
    pub(crate) about: About,
    pub(crate) frame: SiteFrame,
    pub(crate) ended_at: Time,
    pub(crate) cases: BTreeMap<TrackId, Case>,
    pub(crate) alarms: Vec<(AlarmId, Vec<Alarm>)>,
    pub(crate) sensors: Vec<SensorStory>,
    pub(crate) sounds: BTreeMap<u32, SoundSource>,
    pub(crate) falls: BTreeMap<TrackId, FallReport>,
    pub(crate) operators: Vec<OperatorReport>,
    pub(crate) deliveries: Vec<DeliveryRow>,
    pub(crate) intercepts: Vec<Intercept>,
    pub(crate) unknown: BTreeMap<String, u64>,
    pub(crate) faults: Vec<String>,
    pub(crate) notes: Vec<Note>,
    flying: BTreeMap<TrackId, Vec<Plot>>,
    plots: BTreeMap<PlotRef, Plot>,
    order: VecDeque<PlotRef>,
    plots_known: bool,
}

/// What is known of a track that was believed to be a round.
#[derive(Clone, Debug)]
pub(crate) struct Case {
    pub(crate) believed_at: Time,
    /// The last believed prediction.
    pub(crate) believed: Threat,
    /// Whether the last prediction of all was believed.
    pub(crate) still_believed: bool,
    pub(crate) report: Option<TrackReport>,
    pub(crate) origin: Option<OriginReport>,
    pub(crate) record: Option<RoundRecord>,
    pub(crate) end: Option<TrackEnd>,
    pub(crate) plots: Vec<Plot>,
}

/// What a sensor did.
#[derive(Clone, Debug, Default)]
pub(crate) struct SensorStory {
    pub(crate) plots: u64,
    pub(crate) refused: BTreeMap<RefusalReason, u64>,
    pub(crate) silent: Vec<(Time, Option<Time>)>,
    pub(crate) troubles: Vec<(Trouble, Time, Option<Time>, String)>,
}

impl Gathering {
    /// Begins with a recording's header.
    ///
    /// # Errors
    /// When the site's origin is no place on the Earth.
    pub fn new(about: About) -> Result<Self, GeodesyError> {
        let frame = SiteFrame::at(about.origin)?;
        let sensors = vec![SensorStory::default(); about.config.sensors.len()];
        Ok(Gathering {
            ended_at: about.started_at,
            frame,
            about,
            sensors,
            plots_known: true,
            cases: BTreeMap::new(),
            alarms: Vec::new(),
            sounds: BTreeMap::new(),
            falls: BTreeMap::new(),
            operators: Vec::new(),
            deliveries: Vec::new(),
            intercepts: Vec::new(),
            unknown: BTreeMap::new(),
            faults: Vec::new(),
            notes: Vec::new(),
            flying: BTreeMap::new(),
            plots: BTreeMap::new(),
            order: VecDeque::new(),
        })
    }

    /// The recording goes on until here at least.
    pub fn passed(&mut self, at: Time) {
        self.ended_at = self.ended_at.max(at);
    }

    /// A sensor reported a detection.
    pub fn plot(&mut self, plot: &Plot) {
        if let Some(sensor) = self.sensors.get_mut(usize::from(plot.sensor.0)) {
            sensor.plots += 1;
        }
        if !self.plots_known {
            return;
        }
        let of = PlotRef { sensor: plot.sensor, sequence: plot.sequence };
        if self.plots.insert(of, *plot).is_none() {
            self.order.push_back(of);
        }
        while self.order.len() > PLOTS_MAX {
            if let Some(oldest) = self.order.pop_front() {
                self.plots.remove(&oldest);
            }
        }
    }

    /// Something was said of the recording that people should know: a clock that stepped, datagrams that were dropped.
    pub fn note(&mut self, at: Time, text: &str) {
        self.notes.push(Note { at: Moment(at), text: text.to_owned() });
    }

    /// Messages are missing. From here on plots cannot be told by their numbers.
    pub fn gap(&mut self, at: Time, lost: u64) {
        self.plots_known = false;
        self.faults.push(format!(
            "{lost} messages before {} were not recorded because the disk was too slow; what happened then is not in this report, \
             and residuals are only of plots before",
            Moment(at)
        ));
    }

    /// What is wrong with the recording: where it was cut or damaged.
    pub fn fault(&mut self, words: String) {
        self.faults.push(words);
    }

    /// What became of a message to a receiver, as the live program wrote it.
    pub fn delivery(&mut self, told: &Value) {
        let text = |key: &str| told[key].as_str().unwrap_or_default().to_owned();
        self.deliveries.push(DeliveryRow {
            alarm: text("alarm"),
            stage: text("stage"),
            channel: text("channel"),
            receiver: text("receiver"),
            sent_s: told["sent_s"].as_f64(),
            acknowledged_s: told["acknowledged_s"].as_f64(),
            resent: told["resent"].as_u64().unwrap_or(0),
        });
    }

    /// An output of a kind, or of a shape, that this program does not know.
    pub fn unknown_output(&mut self, at: Time, kind: &str, json: &[u8]) {
        if kind.starts_with(INTERCEPT_KIND) {
            let told = serde_json::from_slice(json).unwrap_or(Value::Null);
            self.intercepts.push(Intercept { at: Moment(at), kind: kind.to_owned(), told });
        } else {
            *self.unknown.entry(kind.to_owned()).or_default() += 1;
        }
    }

    /// What the engine said in the step at this time.
    pub fn output(&mut self, at: Time, output: Output) {
        self.passed(at);
        match output {
            Output::Track(report) => self.track(report),
            Output::TrackEnded { track, why, .. } => self.track_ended(track, why),
            Output::Threat(threat) => self.threat(&threat),
            Output::Origin(report) => self.case(report.track, |case| case.origin = Some(report)),
            Output::Record(record) => self.case(record.arc.track, |case| case.record = Some(*record)),
            Output::Alarm(alarm) => self.alarm(alarm),
            Output::Sensor(report) => self.sensor(report),
            Output::Trouble(report) => self.trouble(report),
            Output::Refused(refusal) => {
                if let Some(sensor) = refusal.sensor.and_then(|sensor| self.sensors.get_mut(usize::from(sensor.0))) {
                    *sensor.refused.entry(refusal.reason).or_default() += 1;
                }
            }
            Output::Operator(report) => self.operators.push(report),
            Output::Sound(source) => drop(self.sounds.insert(source.id, source)),
            Output::Fall(report) => drop(self.falls.insert(report.track, report)),
            // Not part of what is reported.
            _ => {}
        }
    }

    /// The report of everything that came.
    #[must_use]
    pub fn report(self, boundaries: &Boundaries) -> Report {
        judge::report(self, boundaries)
    }

    fn case(&mut self, track: TrackId, change: impl FnOnce(&mut Case)) {
        if let Some(case) = self.cases.get_mut(&track) {
            change(case);
        }
    }

    fn track(&mut self, report: TrackReport) {
        let plots = self.flying.entry(report.id).or_default();
        plots.extend(report.evidence.iter().filter_map(|plot| self.plots.get(plot)));
        self.case(report.id, |case| case.report = Some(report));
    }

    fn threat(&mut self, threat: &Threat) {
        if threat.believed {
            let first = || Case {
                believed_at: threat.at,
                believed: *threat,
                still_believed: true,
                report: None,
                origin: None,
                record: None,
                end: None,
                plots: Vec::new(),
            };
            let case = self.cases.entry(threat.track).or_insert_with(first);
            case.believed = *threat;
        }
        self.case(threat.track, |case| case.still_believed = threat.believed);
    }

    fn track_ended(&mut self, track: TrackId, why: TrackEnd) {
        let plots = self.flying.remove(&track).unwrap_or_default();
        self.case(track, |case| {
            case.end = Some(why);
            case.plots = plots;
        });
    }

    /// What flew still when the recording ended keeps its plots too.
    pub(crate) fn settle(&mut self) {
        for (track, plots) in core::mem::take(&mut self.flying) {
            self.case(track, |case| case.plots = plots);
        }
    }

    fn alarm(&mut self, alarm: Alarm) {
        match self.alarms.iter_mut().rev().find(|(id, _)| *id == alarm.id) {
            Some((_, words)) => words.push(alarm),
            None => self.alarms.push((alarm.id, vec![alarm])),
        }
    }

    fn story(&mut self, sensor: SensorId) -> Option<&mut SensorStory> {
        self.sensors.get_mut(usize::from(sensor.0))
    }

    fn sensor(&mut self, report: SensorReport) {
        let Some(story) = self.story(report.sensor) else { return };
        let open = story.silent.last_mut().filter(|(_, until)| until.is_none());
        match (open, report.health) {
            (None, SensorHealth::Silent) => story.silent.push((report.at, None)),
            (Some(open), SensorHealth::Speaking) => open.1 = Some(report.at),
            _ => {}
        }
    }

    fn trouble(&mut self, report: TroubleReport) {
        let TroubleReport { sensor, at, trouble, stands, detail } = report;
        let Some(story) = self.story(sensor) else { return };
        let open = story.troubles.iter_mut().find(|(of, _, until, _)| *of == trouble && until.is_none());
        match open {
            None if stands => story.troubles.push((trouble, at, None, detail)),
            Some(open) if !stands => open.2 = Some(at),
            _ => {}
        }
    }
}
