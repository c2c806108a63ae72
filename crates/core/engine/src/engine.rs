//! The engine: everything that happens, in the order in which it happens.

use parapet_frame::Time;
use parapet_track::{
    CommonTarget, ContactReport, DriftReport, Ended, Findings, Listener, Look, Plot, Recogniser, Registered, Scan,
    SensorId, SensorModel, Tracker,
};
use parapet_warn::{Falls, Hazard, OperatorCommand, OperatorReport, Warner};

use crate::admission::{Door, admit, timely};
use crate::contacts;
use crate::health::{Missed, Watch};
use crate::possible::{could_begin_so, could_fly_so, could_land_so, could_move_so};
use crate::{
    Complaints, Config, Counts, Digest, Event, Outbox, Output, OwnState, Refusal, RefusalReason, SensorHealth,
    SensorReport, TroubleReport, Undecodable,
};

/// Nanoseconds between two passes over what time alone may change: lost tracks, impacts that are over, holds that run out.
const SWEEP_NANOS: i64 = 250_000_000;
/// Silence of a sensor that tells its sectors is blindness after this long at most, seconds.
const BLIND_AT_MOST_S: f64 = 2.0;
/// A sensor that tells of a jamming strobe counts as jammed for so long, seconds: two turns of a slow antenna.
const JAMMED_KEPT_S: f64 = 10.0;
/// Plots of a rotating sensor that were measured within this part of a scan are associated together.
const LOOK_PART_OF_SCAN: f64 = 0.02;

/// What one sensor has said and when.
#[derive(Clone, Debug)]
struct Channel {
    door: Door,
    health: SensorHealth,
    last_heard_at: Option<Time>,
    watch: Watch,
    complaints: Complaints,
    jammed_at: Option<Time>,
}

impl Channel {
    /// Seconds of silence that count as a fault: a sensor that tells its sectors speaks often enough for blindness to be known soon.
    fn silent_after_s(&self, model: &SensorModel) -> f64 {
        if self.watch.tells_sectors() { model.silent_after_s.min(BLIND_AT_MOST_S) } else { model.silent_after_s }
    }
}

/// The engine.
#[derive(Clone, Debug)]
pub struct Engine {
    pub(crate) config: Config,
    pub(crate) now: Time,
    channels: Vec<Channel>,
    pub(crate) tracker: Tracker,
    recogniser: Recogniser,
    common_targets: Vec<CommonTarget>,
    pub(crate) warner: Warner,
    pub(crate) listener: Listener,
    pub(crate) falls: Falls,
    pub(crate) counts: Counts,
    /// When the next sweep is due, while anything may change by time alone.
    pub(crate) sweep_at: Option<Time>,
}

impl Engine {
    /// An engine at rest.
    #[must_use]
    pub fn new(config: Config) -> Self {
        let silent = Channel {
            door: Door::default(),
            health: SensorHealth::NeverHeard,
            last_heard_at: None,
            watch: Watch::default(),
            complaints: Complaints::default(),
            jammed_at: None,
        };
        Engine {
            now: Time::from_nanos(i64::MIN),
            channels: vec![silent; config.sensors.len()],
            tracker: Tracker::new(config.environment.clone(), config.sensors.clone(), config.limits.tracker()),
            recogniser: Recogniser::new(config.limits.contacts_max as usize),
            common_targets: Vec::new(),
            warner: Warner::new(config.policy, &config.zones),
            listener: Listener::default(),
            falls: Falls::default(),
            counts: Counts::default(),
            sweep_at: None,
            config,
        }
    }

    /// What it was made with.
    #[must_use]
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// What was heard, used and refused so far.
    #[must_use]
    pub fn counts(&self) -> &Counts {
        &self.counts
    }

    /// All tracks, tentative ones included.
    #[must_use]
    pub fn tracks(&self) -> &[Box<parapet_track::Track>] {
        self.tracker.tracks()
    }

    /// What each zone is exposed to for which anything stands or threatens, as of the latest event: for those who ask why, and why
    /// not.
    pub fn hazards(&self) -> impl Iterator<Item = Hazard> {
        self.warner.hazards(self.now)
    }

    /// What the latest look measured of things that say where they are: what a sensor may be calibrated by. Only contacts that have
    /// earned belief, tell their own error and agree with the track are in it.
    #[must_use]
    pub fn common_targets(&self) -> &[CommonTarget] {
        &self.common_targets
    }

    /// Takes one event and says what follows.
    ///
    /// What was due before `at` is done first, each at its own time, so that extra [`Event::Tick`]s change nothing. An `at`
    /// before an earlier one is taken as that earlier one. Never fails and never blocks.
    pub fn step(&mut self, at: Time, event: Event, out: &mut Outbox) {
        self.catch_up(at, out);
        self.now = self.now.max(at);
        match event {
            Event::Plot(plot) => self.hear_plot(plot, out),
            Event::Alive { sensor, measured_at } => self.hear_alive(sensor, measured_at.0, None, out),
            Event::Undecodable(what) => self.hear_noise(what, out),
            Event::Tick => {}
            Event::Operator(command) => self.obey(command, out),
            Event::Swept { sensor, measured_at, antenna_rad } => {
                self.hear_alive(sensor, measured_at.0, Some(antenna_rad), out);
            }
            Event::Sound(report) => self.hear_sound(&report, out),
            Event::Contact(report) => self.hear_contact(&report, out),
            Event::Health(state) => self.hear_state(&state, out),
            Event::Resumed(state) => self.resume(*state, out),
        }
    }

    /// When the engine next has something to do of its own accord; [`Time::NEVER`] when it only waits for events.
    #[must_use]
    pub fn next_wake(&self) -> Time {
        let sensors = self.config.sensors.iter().zip(&self.channels);
        sensors
            .flat_map(|(model, channel)| {
                let silence = channel
                    .last_heard_at
                    .filter(|_| channel.health == SensorHealth::Speaking)
                    .map(|heard| heard.plus_seconds(channel.silent_after_s(model)));
                [self.gathered_at(channel), silence]
            })
            .chain([self.sweep_at])
            .flatten()
            .min()
            .unwrap_or(Time::NEVER)
    }

    /// Equal digests, equal futures.
    #[must_use]
    pub fn digest(&self) -> Digest {
        Digest::of(self)
    }

    /// Does everything that is due by `at`, each at its own time.
    fn catch_up(&mut self, at: Time, out: &mut Outbox) {
        loop {
            let due = self.next_wake();
            if due > at || due == Time::NEVER {
                return;
            }
            self.now = self.now.max(due);
            for sensor in 0..self.channels.len() {
                if self.gathered_at(&self.channels[sensor]).is_some_and(|when| when <= due) {
                    self.take_looks(SensorId(sensor as u16), out);
                }
            }
            self.note_silence(out);
            if self.sweep_at.is_some_and(|when| when <= due) {
                self.sweep(due, out);
            }
            self.sweep_at = self.changes_by_time().then(|| self.sweep_at.unwrap_or_else(|| next_on_grid(due)));
        }
    }

    fn gathered_at(&self, channel: &Channel) -> Option<Time> {
        channel.door.since.map(|since| since.plus_nanos(i64::from(self.config.limits.gather_ms) * 1_000_000))
    }

    fn hear_plot(&mut self, plot: Plot, out: &mut Outbox) {
        self.counts.heard += 1;
        let index = usize::from(plot.sensor.0);
        let Some(model) = self.config.sensors.get(index) else {
            return self.refuse(
                Some(plot.sensor),
                Some(plot.sequence),
                RefusalReason::UnknownSensor,
                String::new(),
                out,
            );
        };
        let Channel { door, watch, .. } = &mut self.channels[index];
        let (tracker, now) = (&self.tracker, self.now);
        watch.hear_plot(&plot, model, now);
        let admitted = if watch.may_send(model, now, || tracker.may_support_round(&plot)) {
            admit(&plot, model, self.config.mode, &self.config.limits, door)
        } else {
            Err((RefusalReason::OverRate, String::new()))
        };
        match admitted {
            Ok(()) => {
                door.since.get_or_insert(self.now);
                door.waiting.push(plot);
                self.counts.waiting += 1;
            }
            Err((reason, detail)) => {
                if reason == RefusalReason::Impossible {
                    watch.hear_impossible(&detail, now);
                }
                self.refuse(Some(plot.sensor), Some(plot.sequence), reason, detail, out);
            }
        }
        self.hear_sensor(plot.sensor, out);
    }

    /// A sensor says that it is alive, and perhaps where its antenna points.
    fn hear_alive(&mut self, sensor: SensorId, measured_at: Time, antenna_rad: Option<f64>, out: &mut Outbox) {
        let index = usize::from(sensor.0);
        if let Some((channel, model)) = self.channels.get_mut(index).zip(self.config.sensors.get(index)) {
            channel.watch.hear_stamp(measured_at, model, self.now);
            if let Some(antenna_rad) = antenna_rad {
                channel.watch.hear_antenna(antenna_rad, model, self.now);
            }
        }
        self.note_scan(sensor, measured_at, out);
        self.hear_sensor(sensor, out);
    }

    fn hear_contact(&mut self, report: &ContactReport, out: &mut Outbox) {
        self.counts.heard += 1;
        let sensor = report.sensor;
        let Some(model) = self.config.sensors.get(usize::from(sensor.0)) else {
            return self.refuse(Some(sensor), None, RefusalReason::UnknownSensor, String::new(), out);
        };
        let (taken, suspicion) =
            contacts::admit(report, model, self.config.mode, &self.config.limits, &mut self.recogniser);
        match taken {
            Ok(()) => self.counts.used += 1,
            Err((reason, detail)) => self.refuse(Some(sensor), None, reason, detail, out),
        }
        out.outputs.extend(suspicion.map(Output::Suspicion));
        self.hear_sensor(sensor, out);
    }

    fn hear_state(&mut self, state: &OwnState, out: &mut Outbox) {
        let Some(channel) = self.channels.get_mut(usize::from(state.sensor.0)) else { return };
        if state.jammed_from_rad.is_some() {
            channel.jammed_at = Some(self.now);
        }
        let was = channel.complaints;
        channel.complaints = was.after(state);
        channel.complaints.jammed = channel.jammed_at.is_some_and(|at| self.now.seconds_since(at) < JAMMED_KEPT_S);
        let has_changed = channel.complaints != was;
        let was_speaking = channel.health == SensorHealth::Speaking;
        // Whoever says that it is not to be used is not alive by that word: its silence is to be noticed.
        let is_alive = state.released != Some(false);
        if is_alive {
            self.hear_alive(state.sensor, state.measured_at.0, state.antenna_rad, out);
        }
        let channel = &self.channels[usize::from(state.sensor.0)];
        // A sensor that begins to speak has said it all already.
        if has_changed && (was_speaking || !is_alive) {
            let (health, complaints) = (channel.health, channel.complaints);
            out.outputs.push(Output::Sensor(SensorReport { sensor: state.sensor, at: self.now, health, complaints }));
        }
    }

    /// A sensor that looks everywhere at once says that it has looked: whatever it does not show, it missed. A time that a plot
    /// would be refused for is refused here too.
    fn note_scan(&mut self, sensor: SensorId, scanned_at: Time, out: &mut Outbox) {
        let index = usize::from(sensor.0);
        if self.config.sensors.get(index).is_none_or(|model| model.scan != Scan::Staring) {
            return;
        }
        if let Err((reason, detail)) =
            timely(scanned_at, self.now, self.config.sensors[index].trust.bias_sigma.time_s, &self.config.limits)
        {
            self.counts.heard += 1;
            return self.refuse(Some(sensor), None, reason, detail, out);
        }
        let door = &mut self.channels[index].door;
        door.since.get_or_insert(self.now);
        door.scanned_at = door.scanned_at.max(Some(scanned_at));
    }

    fn obey(&mut self, command: OperatorCommand, out: &mut Outbox) {
        let refused = self.warner.obey(self.now, &command).err();
        out.outputs.push(Output::Operator(OperatorReport { at: self.now, command, refused }));
        self.decide(out);
        self.watch_time();
    }

    fn hear_noise(&mut self, what: Undecodable, out: &mut Outbox) {
        self.counts.heard += 1;
        self.refuse(what.sensor, None, RefusalReason::Undecodable, what.detail, out);
    }

    fn hear_sensor(&mut self, sensor: SensorId, out: &mut Outbox) {
        let Some(channel) = self.channels.get_mut(usize::from(sensor.0)) else { return };
        channel.last_heard_at = Some(self.now);
        if channel.health != SensorHealth::Speaking {
            channel.health = SensorHealth::Speaking;
            self.warner.sight_regained(sensor);
            let (health, complaints) = (channel.health, channel.complaints);
            out.outputs.push(Output::Sensor(SensorReport { sensor, at: self.now, health, complaints }));
        }
        if let Some((seconds, sigma_s)) = channel.watch.stepped() {
            self.tracker.clock_stepped(sensor, seconds, sigma_s);
        }
        self.tell_troubles(sensor, out);
    }

    fn tell_troubles(&mut self, sensor: SensorId, out: &mut Outbox) {
        let at = self.now;
        let Channel { watch, health, .. } = &mut self.channels[usize::from(sensor.0)];
        let was_changed = out.outputs.len();
        let report = |(trouble, stands, detail)| TroubleReport { sensor, at, trouble, stands, detail };
        out.outputs.extend(watch.changes().map(|change| Output::Trouble(report(change))));
        if out.outputs.len() == was_changed {
            return;
        }
        if watch.is_blind() {
            self.warner.sight_lost(sensor, at);
        } else if *health == SensorHealth::Speaking {
            self.warner.sight_regained(sensor);
        }
    }

    fn note_silence(&mut self, out: &mut Outbox) {
        for (index, (model, channel)) in self.config.sensors.iter().zip(&mut self.channels).enumerate() {
            let Some(heard) = channel.last_heard_at else { continue };
            if channel.health == SensorHealth::Speaking && heard.plus_seconds(channel.silent_after_s(model)) <= self.now
            {
                channel.health = SensorHealth::Silent;
                let sensor = SensorId(index as u16);
                self.warner.sight_lost(sensor, self.now);
                let (health, complaints) = (channel.health, channel.complaints);
                out.outputs.push(Output::Sensor(SensorReport { sensor, at: self.now, health, complaints }));
            }
        }
    }

    pub(crate) fn refuse(
        &mut self,
        sensor: Option<SensorId>,
        sequence: Option<u64>,
        reason: RefusalReason,
        detail: String,
        out: &mut Outbox,
    ) {
        *self.counts.refused.entry(reason).or_insert(0) += 1;
        out.outputs.push(Output::Refused(Refusal { at: self.now, sensor, sequence, reason, detail }));
    }

    /// Takes the gathered plots of one sensor in the order in which they were measured, look by look.
    fn take_looks(&mut self, sensor: SensorId, out: &mut Outbox) {
        let index = usize::from(sensor.0);
        let door = &mut self.channels[index].door;
        door.since = None;
        let scanned_at = door.scanned_at.take();
        let mut plots = core::mem::take(&mut door.waiting);
        plots.sort_unstable_by_key(|plot| (plot.measured_at, plot.sequence));
        self.counts.waiting -= plots.len() as u64;
        self.counts.used += plots.len() as u64;
        let span_s = LOOK_PART_OF_SCAN * self.config.sensors[index].scan_period_s;
        let together = |a: &Plot, b: &Plot| b.measured_at.0.seconds_since(a.measured_at.0) <= span_s;
        let mut rest = plots.as_slice();
        while let Some(first) = rest.first() {
            let length = rest.iter().take_while(|plot| together(first, plot)).count();
            let (look, later) = rest.split_at(length);
            self.take_look(&Look { sensor, at: look[length - 1].measured_at.0, plots: look }, out);
            rest = later;
        }
        if let Some(at) = scanned_at.filter(|at| plots.last().is_none_or(|plot| plot.measured_at.0 < *at)) {
            self.take_look(&Look { sensor, at, plots: &[] }, out);
        }
        plots.clear();
        self.channels[index].door.waiting = plots;
    }

    fn take_look(&mut self, look: &Look<'_>, out: &mut Outbox) {
        let ended = self.tracker.look(look);
        let at = self.tracker.true_time(look.sensor, look.at);
        let findings = self.recognise(look, at);
        self.common_targets = findings.common_targets;
        out.outputs.extend(findings.suspicions.into_iter().map(Output::Suspicion));
        self.say_ended(ended, self.now, out);
        let (warner, environment) = (&mut self.warner, &self.config.environment);
        let (model, watch) =
            (&self.config.sensors[usize::from(look.sensor.0)], &mut self.channels[usize::from(look.sensor.0)].watch);
        let mut missed = Vec::new();
        for (track, report) in self.tracker.moved(at) {
            if !could_move_so(&report) {
                watch.hear_impossible("a track of its plots moves as nothing can", self.now);
                continue;
            }
            if report.evidence.is_empty() {
                missed.extend(
                    in_sight(model, report.position_m).map(|azimuth_rad| Missed { track: report.id, azimuth_rad }),
                );
            }
            let threat = warner.assess(track, environment).filter(could_land_so);
            let origin = threat.and_then(|threat| warner.trace(&threat, track, environment)).filter(could_begin_so);
            self.falls.expect(track.id(), at, threat.as_ref());
            out.outputs.push(Output::Track(report));
            out.outputs.extend(threat.map(Output::Threat));
            out.outputs.extend(origin.map(Output::Origin));
        }
        watch.hear_look(look.plots, &missed, model, self.now);
        watch.expect(self.tracker.shown());
        self.say_registered(out);
        self.tell_troubles(look.sensor, out);
        self.decide(out);
    }

    /// Holds what says where it is against the plots as corrected, and tells the tracker what it may know its sensors' errors by.
    fn recognise(&mut self, look: &Look<'_>, at: Time) -> Findings {
        if self.recogniser.is_empty() {
            return Findings::default();
        }
        let corrected = self.tracker.corrected(look.plots);
        let seen = Look { sensor: look.sensor, at, plots: corrected.as_deref().unwrap_or(look.plots) };
        let findings = self.recogniser.look(&seen, &mut self.tracker);
        for CommonTarget { plot, reference } in &findings.common_targets {
            if let Some(told) = look.plots.iter().find(|told| told.sequence == plot.sequence) {
                self.tracker.refer(told, reference.at.0, reference.place, reference.covariance);
            }
        }
        findings
    }

    /// Says what the tracker has found out about the sensors' errors.
    fn say_registered(&mut self, out: &mut Outbox) {
        let found: Vec<Registered> = self.tracker.registered().collect();
        for found in found {
            match found {
                Registered::Bias(report) => out.outputs.push(Output::Registration(report)),
                Registered::Drift(report) => {
                    for sensor in [Some(report.sensor), report.against].into_iter().flatten() {
                        let detail = drift_words(&report, sensor, &self.config.sensors);
                        self.channels[usize::from(sensor.0)].watch.hear_drift(detail, self.now);
                        self.tell_troubles(sensor, out);
                    }
                }
            }
        }
    }

    fn sweep(&mut self, due: Time, out: &mut Outbox) {
        let ended = self.tracker.expire(due);
        self.say_ended(ended, due, out);
        self.decide(out);
        self.sweep_sounds(due, out);
        self.sweep_at = Some(next_on_grid(due));
    }

    pub(crate) fn decide(&mut self, out: &mut Outbox) {
        out.outputs.extend(self.warner.decide(self.now).into_iter().map(Output::Alarm));
    }

    /// Sees to it that what began without any plot ends by time.
    pub(crate) fn watch_time(&mut self) {
        if self.changes_by_time() {
            self.sweep_at.get_or_insert(next_on_grid(self.now));
        }
    }

    fn changes_by_time(&self) -> bool {
        self.warner.is_active()
            || !self.tracker.tracks().is_empty()
            || self.falls.is_active()
            || self.listener.is_active()
    }

    fn say_ended(&mut self, ended: Vec<Ended>, at: Time, out: &mut Outbox) {
        for ended in ended {
            out.outputs.push(Output::TrackEnded { track: ended.track, at, why: ended.why });
            let record = self.warner.close(ended, at, &self.config.environment).filter(could_fly_so);
            out.outputs.extend(record.map(|record| Output::Record(Box::new(record))));
        }
    }
}

/// The next instant after this one at which a sweep may fall: whole multiples of the interval, whoever asks and when.
pub(crate) fn next_on_grid(after: Time) -> Time {
    Time::from_nanos((after.nanos().div_euclid(SWEEP_NANOS) + 1).saturating_mul(SWEEP_NANOS))
}

/// The direction of a place from a sensor, radians clockwise from north, if the sensor covers it.
fn in_sight(model: &SensorModel, position_m: [f64; 3]) -> Option<f64> {
    let polar = model.pose.polar_from_site(position_m.into());
    let covers = (model.range_min_m..model.range_max_m).contains(&polar.range_m)
        && (model.elevation_min_rad..model.elevation_max_rad).contains(&polar.elevation_rad);
    covers.then_some(polar.azimuth_rad)
}

fn drift_words(report: &DriftReport, of: SensorId, sensors: &[SensorModel]) -> String {
    let [east, north, up] = report.velocity_mps;
    let speed_mps = (east * east + north * north + up * up).sqrt();
    let name = |sensor: SensorId| &sensors[usize::from(sensor.0)].name;
    match report.against {
        None => format!("by {speed_mps:.1} m/s against all others"),
        Some(other) if of == other => {
            format!("by {speed_mps:.1} m/s against {}: which of the two is not known", name(report.sensor))
        }
        Some(other) => format!("by {speed_mps:.1} m/s against {}: which of the two is not known", name(other)),
    }
}
