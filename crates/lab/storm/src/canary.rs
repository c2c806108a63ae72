//! Planted bugs: each is switched on by name, in the laboratory only, and must be caught by the checker that is named with it.
//!
//! A canary changes what passes between the parts of a story: what the engine is told, what it is made with, what it says, what the
//! desk and the sirens do with that. The engine itself has no switch for any of them, so that none can be on in a live program.

use parapet_engine::{Config, Event, Mode, Output, Refusal, RefusalReason, SensorHealth};
use parapet_frame::{MeasuredAt, Time};
use parapet_track::SensorId;
use parapet_warn::{Alarm, AlarmId, Command, OperatorCommand, Reason, Stage, ZoneId};

use crate::air::Tag;

macro_rules! canaries {
    ($($name:ident $word:literal $check:literal $doc:literal)*) => {
        /// A planted bug.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Canary { $(#[doc = $doc] $name),* }

        impl Canary {
            /// All of them.
            pub const ALL: &[Canary] = &[$(Canary::$name),*];

            /// As on the command line.
            #[must_use]
            pub fn word(self) -> &'static str { match self { $(Canary::$name => $word),* } }

            /// What is wrong.
            #[must_use]
            pub fn meaning(self) -> &'static str { match self { $(Canary::$name => $doc),* } }

            /// The checker that must catch it.
            #[must_use]
            pub fn caught_by(self) -> &'static str { match self { $(Canary::$name => $check),* } }
        }
    };
}

canaries! {
    EndsAreDropped "ends-are-dropped" "ends" "Every second end of an alarm is not told."
    EndsAtOnce "ends-at-once" "life" "An alarm is all clear as soon as its impacts are over, with no hold."
    GoesOnAfterItsEnd "goes-on-after-its-end" "life" "An alarm that has ended is told again under its name."
    RaisesWithoutCause "raises-without-cause" "life" "An alarm that has ended is raised anew, with nothing new seen."
    NamesAlarmsAlike "names-alarms-alike" "life" "The second alarm of a cause has the name of the first."
    ClearsOnSilence "clears-on-silence" "ends" "When a sensor falls silent, every alarm is cleared."
    WithdrawsTooSoon "withdraws-too-soon" "ends" "An alarm is withdrawn seconds after it was raised."
    StaysInCover "stays-in-cover" "ends" "The word that impacts are over is not told, nor any after it."
    SwapsZones "swaps-zones" "warned" "The first two zones are taken for each other."
    ForgetsAZone "forgets-a-zone" "warned" "The first zone is never told to take cover."
    TellsLate "tells-late" "warned" "Everything about alarms is told 25 s late."
    PrepareOnly "prepare-only" "warned" "Nobody is ever told more than to be ready."
    IgnoresOneSensor "ignores-one-sensor" "accounts" "The plots of the first sensor vanish, uncounted."
    LosesLatePlots "loses-late-plots" "accounts" "Plots that come late vanish, uncounted."
    CountsCopiesTwice "counts-copies-twice" "accounts" "A plot that came twice is given to the engine three times."
    RefusesInSilence "refuses-in-silence" "accounts" "Refused plots are counted and not told."
    BelievesTheHearing "believes-the-hearing" "timely" "Plots are taken as measured when they were heard."
    BelievesTheOld "believes-the-old" "timely" "Plots that are too old are used."
    TimeGoesBack "time-goes-back" "time" "Now and then something is told with an earlier time than what was told before."
    OversleepsSilence "oversleeps-silence" "wakes" "The engine is woken only by what comes."
    SilenceIsNotTold "silence-is-not-told" "sight" "Nobody is told that a sensor fell silent."
    CountsSensors "counts-sensors" "groups" "Sensors of one group count as independent."
    NeedsNobodyElse "needs-nobody-else" "groups" "One sensor is enough where the owner asked for two groups."
    ShedsThreats "sheds-threats" "shed" "Over its rate, a sensor's plots of rounds are refused first."
    BelievesDrills "believes-drills" "worlds" "A live site takes simulated plots."
    PractisesLive "practises-live" "worlds" "The engine of a live site beside an exercise takes its plots."
    SignsWithTheOtherKey "signs-with-the-other-key" "worlds" "Commands are signed with the key of the other world."
    OneIsEnough "one-is-enough" "people" "What takes two people is done on the word of one."
    IgnoresCancel "ignores-cancel" "people" "A cancelled alarm goes on, though people are told that it was cancelled."
    BelievesImpostors "believes-impostors" "proof" "Whoever uses a sensor's name is believed, from any address."
    SirenForgetsWhatItObeyed "siren-forgets-what-it-obeyed" "proof" "A siren obeys an old command again."
    SirenBelievesTheBroker "siren-believes-the-broker" "proof" "A siren obeys what the broker had kept."
    SirenIgnoresExpiry "siren-ignores-expiry" "proof" "A siren obeys commands whose time is over."
    SirenBelievesAnyKey "siren-believes-any-key" "proof" "A siren obeys a key that is not the site's."
    ReceiptsAreNotProved "receipts-are-not-proved" "proof" "Whoever answers in a siren's name is believed."
    SirenNeverStopsByItself "siren-never-stops-by-itself" "sirens" "A siren sounds until it is told otherwise."
    EndedAlarmsAreRenewed "ended-alarms-are-renewed" "sirens" "The desk renews the command of an alarm that has ended, as if it stood."
    CancelStaysAtTheDesk "cancel-stays-at-the-desk" "reach" "What people cancelled is not told to sirens."
    SilentSirensAreNotNamed "silent-sirens-are-not-named" "reach" "People are not told which siren does not answer."
    RestartsWithNewNames "restarts-with-new-names" "restart" "After a restart alarms stand under other names."
    RestartsEmpty "restarts-empty" "restart" "After a restart nothing is known of what stood."
    DiskFailsInSilence "disk-fails-in-silence" "sight" "Nobody is told that nothing is recorded."
    ShedsInSilence "sheds-in-silence" "sight" "Nobody is told that plots are shed."
    SaysTheImpossible "says-the-impossible" "possible" "A threat has no place."
    DiffersOnReplay "differs-on-replay" "replay" "The same events give other words the second time."
}

impl Canary {
    /// The canary of this word.
    #[must_use]
    pub fn of_word(word: &str) -> Option<Canary> {
        Canary::ALL.iter().copied().find(|canary| canary.word() == word)
    }

    /// Changes what an engine is made with.
    pub(crate) fn configure(self, config: &mut Config) {
        match self {
            Canary::CountsSensors => config.sensors.iter_mut().for_each(|sensor| sensor.trust.group = None),
            Canary::NeedsNobodyElse => config.policy.corroboration = 1,
            Canary::BelievesDrills => config.mode = Mode::Exercise,
            Canary::BelievesTheOld => config.limits.plot_age_max_s = 1e3,
            _ => {}
        }
    }
}

/// A canary with what it has to remember.
#[derive(Clone, Debug, Default)]
pub(crate) struct Planted {
    pub(crate) canary: Option<Canary>,
    count: u64,
    late: Vec<(Time, Output)>,
    stood: Vec<Alarm>,
    cancelled: Vec<AlarmId>,
    shed: Vec<Output>,
    /// It is the second time that these events are played.
    pub(crate) again: bool,
}

impl Planted {
    pub(crate) fn new(canary: Option<Canary>) -> Self {
        Planted { canary, ..Planted::default() }
    }

    /// Changes what the engine is told of a datagram.
    pub(crate) fn events(&mut self, events: &mut Vec<Event>, tags: &[Tag]) {
        let Some(canary) = self.canary else { return };
        match canary {
            Canary::IgnoresOneSensor => events.retain(|e| !matches!(e, Event::Plot(p) if p.sensor == SensorId(0))),
            Canary::LosesLatePlots => events.retain(|event| match event {
                Event::Plot(plot) => plot.heard_at.0.seconds_since(plot.measured_at.0) < 1.5,
                _ => true,
            }),
            Canary::CountsCopiesTwice => {
                self.count += 1;
                if self.count.is_multiple_of(7) {
                    events.extend(events.clone().into_iter().filter(|event| matches!(event, Event::Plot(_))));
                }
            }
            Canary::BelievesTheHearing => events.iter_mut().for_each(|event| {
                if let Event::Plot(plot) = event {
                    plot.measured_at = MeasuredAt(plot.heard_at.0);
                }
            }),
            Canary::ShedsThreats => self.shed(events, tags),
            _ => {}
        }
    }

    /// From the sixteenth plot of rounds on, every second is refused for its sensor's rate.
    fn shed(&mut self, events: &mut Vec<Event>, tags: &[Tag]) {
        let mut tags = tags.iter();
        events.retain(|event| {
            let Event::Plot(plot) = event else { return true };
            let is_of_round = matches!(tags.next(), Some(Tag::Round(_)));
            self.count += u64::from(is_of_round);
            let is_shed = is_of_round && self.count > 15 && self.count.is_multiple_of(2);
            if is_shed {
                let (reason, detail) = (RefusalReason::OverRate, String::new());
                let (sensor, sequence) = (Some(plot.sensor), Some(plot.sequence));
                self.shed.push(Output::Refused(Refusal { at: plot.heard_at.0, sensor, sequence, reason, detail }));
            }
            !is_shed
        });
    }

    /// Whether the engine is woken when it asks for it.
    pub(crate) fn sleeps(&self) -> bool {
        self.canary == Some(Canary::OversleepsSilence)
    }

    /// Changes what people order, on its way to the engine.
    pub(crate) fn order(&mut self, order: &mut OperatorCommand) {
        match (self.canary, &order.command) {
            (Some(Canary::OneIsEnough), command) if command.needs_two() => {
                order.seconded_by = Some("nobody".to_owned())
            }
            (Some(Canary::IgnoresCancel), Command::Cancel { alarm }) => self.cancelled.push(*alarm),
            _ => {}
        }
    }

    /// Changes what the engine has said.
    pub(crate) fn outputs(&mut self, outputs: &mut Vec<Output>, now: Time, zones: usize) {
        let Some(canary) = self.canary else { return };
        match canary {
            Canary::EndsAreDropped => outputs.retain(|output| {
                let is_end = matches!(output, Output::Alarm(alarm) if alarm.stage.is_ended());
                self.count += u64::from(is_end);
                !(is_end && self.count % 2 == 1)
            }),
            Canary::EndsAtOnce => alarms(outputs, |alarm| {
                if alarm.stage == Stage::Hold {
                    (alarm.stage, alarm.reason) = (Stage::AllClear, Reason::HoldOver);
                }
            }),
            Canary::GoesOnAfterItsEnd => self.repeat_ended(outputs, now, 0),
            Canary::RaisesWithoutCause => self.repeat_ended(outputs, now, 100),
            Canary::NamesAlarmsAlike => alarms(outputs, |alarm| alarm.id.cause = Time::from_seconds(1.0)),
            Canary::ClearsOnSilence => self.clear_on_silence(outputs, now),
            Canary::WithdrawsTooSoon => self.withdraw(outputs, now),
            Canary::StaysInCover => outputs.retain(|output| match output {
                Output::Alarm(alarm) => !matches!(alarm.stage, Stage::Hold | Stage::AllClear),
                _ => true,
            }),
            Canary::SwapsZones if zones > 1 => alarms(outputs, |alarm| {
                alarm.id.zone = match alarm.id.zone.0 {
                    0 => ZoneId(1),
                    1 => ZoneId(0),
                    _ => alarm.id.zone,
                };
            }),
            Canary::ForgetsAZone => outputs.retain(|o| !matches!(o, Output::Alarm(a) if a.id.zone.0 == 0)),
            Canary::TellsLate => self.delay(outputs, now),
            Canary::PrepareOnly => alarms(outputs, |alarm| {
                if alarm.stage.is_in_cover() {
                    alarm.stage = Stage::Prepare;
                }
            }),
            Canary::RefusesInSilence => outputs.retain(|output| match output {
                Output::Refused(refusal) => refusal.reason == RefusalReason::Undecodable,
                _ => true,
            }),
            Canary::TimeGoesBack => alarms(outputs, |alarm| {
                self.count += 1;
                if self.count.is_multiple_of(3) {
                    alarm.at = alarm.at.plus_seconds(-3.0);
                }
            }),
            Canary::SilenceIsNotTold => outputs
                .retain(|output| !matches!(output, Output::Sensor(report) if report.health == SensorHealth::Silent)),
            Canary::IgnoresCancel => {
                outputs.retain(|o| !matches!(o, Output::Alarm(a) if self.cancelled.contains(&a.id)));
            }
            Canary::OneIsEnough => outputs.iter_mut().for_each(|output| {
                if let Output::Operator(report) = output {
                    report.command.seconded_by = report.command.seconded_by.take().filter(|second| second != "nobody");
                }
            }),
            Canary::SaysTheImpossible => outputs.iter_mut().for_each(|output| {
                if let Output::Threat(threat) = output {
                    threat.impact.place.east_m = f64::NAN;
                }
            }),
            Canary::ShedsThreats => outputs.append(&mut self.shed),
            Canary::DiffersOnReplay if self.again && outputs.len() > 1 => outputs.reverse(),
            _ => {}
        }
    }

    fn repeat_ended(&mut self, outputs: &mut Vec<Output>, now: Time, again: u16) {
        let ended: Vec<Alarm> = ended(outputs).cloned().collect();
        self.stood.extend(ended);
        self.stood.retain(|alarm| {
            let due = now.seconds_since(alarm.at) > 3.0;
            if due {
                let id = AlarmId { again: alarm.id.again + again, ..alarm.id };
                let raised = Alarm::plain(id, now, Stage::TakeCover, Reason::ImpactPredicted);
                outputs.push(Output::Alarm(Alarm { threats: alarm.threats.clone(), ..raised }));
            }
            !due
        });
    }

    fn remember(&mut self, outputs: &[Output]) {
        for output in outputs {
            if let Output::Alarm(alarm) = output {
                self.stood.retain(|stood| stood.id != alarm.id);
                if !alarm.stage.is_ended() {
                    self.stood.push(alarm.clone());
                }
            }
        }
    }

    fn clear_on_silence(&mut self, outputs: &mut Vec<Output>, now: Time) {
        self.remember(outputs);
        outputs.retain(|o| !matches!(o, Output::Alarm(a) if self.cancelled.contains(&a.id)));
        if outputs.iter().any(|o| matches!(o, Output::Sensor(report) if report.health == SensorHealth::Silent)) {
            for stood in core::mem::take(&mut self.stood) {
                if !self.cancelled.contains(&stood.id) {
                    self.cancelled.push(stood.id);
                    outputs.push(Output::Alarm(Alarm {
                        at: now,
                        stage: Stage::Withdrawn,
                        reason: Reason::ImpactElsewhere,
                        ..stood
                    }));
                }
            }
        }
    }

    fn withdraw(&mut self, outputs: &mut Vec<Output>, now: Time) {
        self.remember(outputs);
        outputs.retain(|o| !matches!(o, Output::Alarm(a) if self.cancelled.contains(&a.id)));
        let cancelled = &mut self.cancelled;
        self.stood.retain(|stood| {
            let due = now.seconds_since(stood.raised_at) > 2.0;
            if due && !cancelled.contains(&stood.id) {
                cancelled.push(stood.id);
                let (stage, reason) = (Stage::Withdrawn, Reason::ImpactElsewhere);
                outputs.push(Output::Alarm(Alarm { at: now, stage, reason, ..stood.clone() }));
            }
            !due
        });
    }

    fn delay(&mut self, outputs: &mut Vec<Output>, now: Time) {
        let (alarms, rest): (Vec<Output>, Vec<Output>) =
            core::mem::take(outputs).into_iter().partition(|output| matches!(output, Output::Alarm(_)));
        *outputs = rest;
        self.late.extend(alarms.into_iter().map(|alarm| (now.plus_seconds(25.0), alarm)));
        let due = self.late.iter().take_while(|(at, _)| *at <= now).count();
        outputs.extend(self.late.drain(..due).map(|(_, mut output)| {
            if let Output::Alarm(alarm) = &mut output {
                alarm.at = now;
            }
            output
        }));
    }
}

fn alarms(outputs: &mut [Output], mut change: impl FnMut(&mut Alarm)) {
    for output in outputs {
        if let Output::Alarm(alarm) = output {
            change(alarm);
        }
    }
}

fn ended(outputs: &[Output]) -> impl Iterator<Item = &Alarm> {
    outputs.iter().filter_map(|output| match output {
        Output::Alarm(alarm) if alarm.stage.is_ended() => Some(alarm),
        _ => None,
    })
}
