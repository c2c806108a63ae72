//! Plays every story of a small world to the life of an alarm, and holds what is told against what people are promised.
//!
//! The world has one zone, two rounds and two sensors. A story is a sequence of things that happen; after each the zone is decided
//! on. A witness that shares nothing with [`Life`] but the constants keeps its own book of what threatens, and says which promise
//! is broken. The promises are those of `docs/warning.md`:
//!
//! 1. nobody is told that it is over while a round that threatens is on its way, rounds of the same attack come down, every sensor
//!    that saw the threat is silent (as long as is waited for it), or people keep everybody in cover;
//! 2. every alarm ends by itself;
//! 3. none is raised without a new cause, none by a round that people cancelled, and no name is given twice;
//! 4. a zone that is threatened enough has been told so, at once or as soon as waiting is over;
//! 5. stages follow each other only as drawn in `life.rs`.

use std::collections::BTreeSet;

use parapet_frame::{PlaneCovariance, SitePoint, Time};
use parapet_track::{SensorId, TrackId};

use crate::danger::{Arrival, Exposure};
use crate::hazard::Outline;
use crate::life::{Life, NEGLIGIBLE, RELEASE, Setting};
use crate::part::Region;
use crate::sight::Sight;
use crate::{Alarm, AlarmId, Impact, Policy, Posture, Reason, Stage, Threat, Zone, ZoneId};

/// How many stories were played.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Checked {
    /// Things that happen in each.
    pub depth: u32,
    /// Stories of that many things, all different: every order of every choice.
    pub stories: u64,
    /// Decisions taken, those after the end of each story included.
    pub decisions: u64,
    /// Alarms raised; one that several stories begin with counts once.
    pub raised: u64,
}

/// A promise was broken: which, and the story that broke it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Broken {
    /// Which, for people.
    pub promise: String,
    /// What had happened, in order.
    pub story: Vec<&'static str>,
}

/// Plays every story of so many things; there are thirteen to choose from at each place.
///
/// # Errors
/// The first broken promise, with its story.
pub fn check_life(depth: u32) -> Result<Checked, Box<Broken>> {
    let mut checked = Checked { depth, ..Checked::default() };
    let mut story = Vec::new();
    play(&World::new(), depth, &mut story, &mut checked)?;
    Ok(checked)
}

/// What can happen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Thing {
    /// Round 0 or 1 is predicted to fall here: surely, perhaps, or hardly.
    Surely(u64),
    Hardly(u64),
    Perhaps,
    /// Round 0 is none.
    NoRound,
    /// Time passes.
    Second,
    HalfMinute,
    /// The sensor that sees both rounds falls silent, or speaks again.
    Silent,
    Speaks,
    /// A round falls nearby.
    Near,
    /// People on duty.
    Cancel,
    Hold,
    Raise,
}

const THINGS: [(Thing, &str); 13] = [
    (Thing::Surely(0), "round 0 comes here"),
    (Thing::Surely(1), "round 1 comes here"),
    (Thing::Perhaps, "round 0 may come here"),
    (Thing::Hardly(0), "round 0 goes elsewhere"),
    (Thing::NoRound, "round 0 is none"),
    (Thing::Second, "a second passes"),
    (Thing::HalfMinute, "half a minute passes"),
    (Thing::Silent, "the sensor falls silent"),
    (Thing::Speaks, "the sensor speaks again"),
    (Thing::Near, "a round falls nearby"),
    (Thing::Cancel, "people cancel"),
    (Thing::Hold, "people hold"),
    (Thing::Raise, "people raise"),
];

const THRESHOLD: f64 = 0.1;
/// A round comes down this long after it was first seen, seconds.
const FLIGHT_S: f64 = 20.0;
/// A round that fell nearby keeps the attack open for so long, seconds.
const NEAR_S: f64 = 30.0;

/// The zone's life, and what the witness knows of the same world.
#[derive(Clone)]
struct World {
    now: Time,
    outline: Outline,
    policy: Policy,
    life: Life,
    sight: Sight,
    held_until: Option<Time>,
    witness: Witness,
}

/// A round as the witness knows it.
#[derive(Clone, Copy, Default)]
struct Seen {
    probability: f64,
    over_at: Time,
    cancelled: bool,
    /// The zone has heard of it and has had no reason to forget it.
    known: bool,
    /// When it was last said to come here.
    said_at: Time,
}

#[derive(Clone, Default)]
struct Witness {
    rounds: [Seen; 2],
    silent_since: Option<Time>,
    attack_until: Time,
    order_until: Time,
    ordered_at: Time,
    stage: Option<Stage>,
    ended_at: Time,
    /// Since when the zone is threatened enough without being told to take cover.
    untold_since: Option<Time>,
    names: BTreeSet<AlarmId>,
    /// The sensor has seen a round that the standing alarm is about.
    saw: bool,
}

impl World {
    fn new() -> Self {
        let ring = vec![[-100.0, -100.0], [100.0, -100.0], [100.0, 100.0], [-100.0, 100.0]];
        let zone = Zone {
            key: "zone".to_owned(),
            name: "Zone".to_owned(),
            kind: "test".to_owned(),
            people: 1,
            rings: vec![ring],
            alarm_probability: THRESHOLD,
            shelter_s: Some(10.0),
        };
        World {
            now: Time::from_seconds(1_000.0),
            outline: Outline::of(&zone),
            policy: Policy::default(),
            life: Life::new(ZoneId(0), THRESHOLD, zone.shelter_s),
            sight: Sight::default(),
            held_until: None,
            witness: Witness::default(),
        }
    }

    fn happen(&mut self, thing: Thing) {
        match thing {
            Thing::Surely(round) => self.predict(round, 0.9),
            Thing::Perhaps => self.predict(0, 0.15),
            Thing::Hardly(round) => self.predict(round, 0.02),
            Thing::NoRound => {
                self.life.released(TrackId(0), true);
                self.witness.rounds[0].probability = 0.0;
            }
            Thing::Second => self.now = self.now.plus_seconds(1.0),
            Thing::HalfMinute => self.now = self.now.plus_seconds(31.0),
            Thing::Silent => {
                self.sight.lost(SensorId(0), self.now);
                self.witness.silent_since.get_or_insert(self.now);
            }
            Thing::Speaks => {
                self.sight.regained(SensorId(0));
                self.witness.silent_since = None;
            }
            Thing::Near => {
                let until = self.now.plus_seconds(NEAR_S);
                self.life.attacked_near(until);
                if self.witness.stage.is_some() {
                    self.witness.attack_until = until;
                }
            }
            Thing::Cancel => {
                self.life.cancel("ann");
                let from = if self.witness.stage.is_some() { 0.0 } else { NEGLIGIBLE * THRESHOLD };
                for round in self.witness.rounds.iter_mut().filter(|round| round.known && round.probability >= from) {
                    round.cancelled = true;
                }
                self.witness.order_until = Time::default();
            }
            Thing::Hold => self.held_until = Some(self.now.plus_seconds(self.policy.operator_hold_max_s)),
            Thing::Raise => {
                let until = self.now.plus_seconds(self.policy.operator_alarm_s);
                self.life.order(self.now, until, "ann, bob");
                (self.witness.order_until, self.witness.ordered_at) = (until, self.now);
            }
        }
    }

    /// A round is first seen when it is first predicted, and again when what was seen of it then is over.
    fn predict(&mut self, round: u64, probability: f64) {
        let seen = &mut self.witness.rounds[round as usize];
        if seen.said_at == Time::default() || seen.over_at > self.now {
            let impact_at = if seen.said_at == Time::default() {
                self.now.plus_seconds(FLIGHT_S)
            } else {
                seen.over_at.plus_seconds(-1.2)
            };
            let first_plot_at = impact_at.plus_seconds(-FLIGHT_S - 0.1 * round as f64);
            *seen = Seen { probability, over_at: impact_at.plus_seconds(1.2), said_at: self.now, known: true, ..*seen };
            let impact = Impact {
                at: impact_at,
                sigma_time_s: 0.1,
                place: SitePoint::default(),
                covariance: PlaneCovariance::default(),
                speed_mps: 200.0,
            };
            let track = TrackId(round);
            let threat = Threat { track, at: self.now, first_plot_at, probability: 1.0, believed: true, impact };
            let arrivals = [Arrival { probability, at: impact_at, sigma_s: 0.1 }];
            self.life.predicted(&Exposure {
                threat: &threat,
                arrivals: &arrivals,
                seen_by: &[SensorId(0)],
                region: &Region::EMPTY,
                scan_s: Some(1.0),
                kept: 0.5,
            });
        }
    }

    /// Decides, and holds what is told against the promises.
    fn decide(&mut self) -> Result<Option<Alarm>, String> {
        let setting = Setting {
            now: self.now,
            policy: &self.policy,
            posture: Posture::Normal,
            sight: &self.sight,
            held_until: self.held_until,
            held_by: None,
        };
        let told = self.life.decide(&setting, &self.outline);
        self.witness.hear(told.as_ref(), self.now, &self.policy, self.held_until)?;
        Ok(told)
    }
}

impl Witness {
    fn threat(&self, now: Time) -> f64 {
        let coming = self.rounds.iter().filter(|round| round.over_at > now && !round.cancelled);
        1.0 - coming.map(|round| 1.0 - round.probability).product::<f64>()
    }

    fn hear(&mut self, told: Option<&Alarm>, now: Time, policy: &Policy, held: Option<Time>) -> Result<(), String> {
        let threat = self.threat(now);
        if let Some(alarm) = told {
            self.follow(alarm)?;
            if alarm.stage.is_ended() {
                self.may_end(alarm, threat, now, policy, held)?;
                self.ended_at = now;
                self.stage = None;
                self.saw = false;
                self.attack_until = Time::default();
            } else {
                if self.stage.is_none() {
                    self.may_begin(alarm, threat)?;
                }
                self.stage = Some(alarm.stage);
            }
        }
        if self.stage.is_none() {
            for round in self.rounds.iter_mut().filter(|round| !round.cancelled) {
                round.known &= round.probability >= NEGLIGIBLE * THRESHOLD;
            }
        }
        let in_cover = self.stage.is_some_and(Stage::is_in_cover);
        if self.stage.is_some() && threat >= NEGLIGIBLE * THRESHOLD {
            self.saw = true;
        }
        if threat < THRESHOLD || in_cover {
            self.untold_since = None;
            return Ok(());
        }
        let since = *self.untold_since.get_or_insert(now);
        // A tenth of the twenty seconds at most, and a story's clock has whole seconds.
        if now.seconds_since(since) > policy.wait_part_max * FLIGHT_S {
            return Err(format!("promise 4: threatened with {threat:.3} and not told to take cover"));
        }
        if self.stage.is_none() {
            return Err(format!("promise 4: threatened with {threat:.3} and told nothing"));
        }
        Ok(())
    }

    fn follow(&self, alarm: &Alarm) -> Result<(), String> {
        use Stage::{AllClear, Hold, Prepare, TakeCover, Withdrawn};
        let fits = match self.stage {
            None => matches!(alarm.stage, Prepare | TakeCover),
            Some(Prepare) => alarm.stage != AllClear,
            Some(TakeCover) => matches!(alarm.stage, TakeCover | Hold | Withdrawn),
            Some(Hold) => alarm.stage != Prepare,
            Some(AllClear | Withdrawn) => false,
        };
        if fits { Ok(()) } else { Err(format!("promise 5: {:?} after {:?}", alarm.stage, self.stage)) }
    }

    fn may_end(
        &self,
        alarm: &Alarm,
        threat: f64,
        now: Time,
        policy: &Policy,
        held: Option<Time>,
    ) -> Result<(), String> {
        if alarm.reason == Reason::OperatorCancelled {
            return Ok(());
        }
        let faint = if alarm.stage == Stage::AllClear { NEGLIGIBLE } else { RELEASE } * THRESHOLD;
        if threat >= faint {
            return Err(format!("promise 1: {:?} while a round threatens with {threat:.3}", alarm.stage));
        }
        if now < self.attack_until {
            return Err("promise 1: over while rounds of the attack still fall".to_owned());
        }
        let blind_s = self.silent_since.filter(|_| self.saw).map(|since| now.seconds_since(since));
        if blind_s.is_some_and(|blind_s| blind_s < policy.sight_lost_max_s) {
            return Err("promise 1: over while nobody would see the next round".to_owned());
        }
        if self.stage.is_some_and(Stage::is_in_cover) && held.is_some_and(|until| now < until) {
            return Err("promise 1: over while people on duty hold".to_owned());
        }
        Ok(())
    }

    fn may_begin(&mut self, alarm: &Alarm, threat: f64) -> Result<(), String> {
        if !self.names.insert(alarm.id) {
            return Err(format!("promise 3: the name {:?} is given twice", alarm.id));
        }
        let said_since = self.rounds.iter().any(|r| !r.cancelled && r.said_at >= self.ended_at && r.probability > 0.0);
        let ordered_since = self.ordered_at >= self.ended_at && self.order_until > alarm.at;
        if !(threat >= THRESHOLD && said_since || ordered_since) {
            return Err("promise 3: raised without a new cause".to_owned());
        }
        Ok(())
    }
}

fn play(world: &World, depth: u32, story: &mut Vec<&'static str>, checked: &mut Checked) -> Result<(), Box<Broken>> {
    if depth == 0 {
        checked.stories += 1;
        return end(world.clone(), story, checked);
    }
    for (thing, name) in THINGS {
        let mut world = world.clone();
        story.push(name);
        world.happen(thing);
        step(&mut world, story, checked)?;
        play(&world, depth - 1, story, checked)?;
        story.pop();
    }
    Ok(())
}

fn step(world: &mut World, story: &[&'static str], checked: &mut Checked) -> Result<(), Box<Broken>> {
    checked.decisions += 1;
    let fresh = world.witness.stage.is_none();
    let told = world.decide().map_err(|promise| Box::new(Broken { promise, story: story.to_vec() }))?;
    checked.raised += u64::from(fresh && told.is_some());
    Ok(())
}

/// Nothing happens any more: whatever stands must end by itself.
fn end(mut world: World, story: &[&'static str], checked: &mut Checked) -> Result<(), Box<Broken>> {
    /// Seconds after the end of the story at which the clock is looked at: beyond each bound of the policy once.
    const LATER_S: [f64; 9] = [3.0, 25.0, 60.0, 70.0, 130.0, 160.0, 320.0, 340.0, 360.0];
    /// Beyond the longest hold of people.
    const LATEST_S: [f64; 4] = [1_840.0, 1_850.0, 1_900.0, 1_910.0];
    let ended_at = world.now;
    let held = world.held_until.is_some();
    for after_s in LATER_S.into_iter().chain(LATEST_S.into_iter().filter(|_| held)) {
        world.now = ended_at.plus_seconds(after_s);
        step(&mut world, story, checked)?;
    }
    if let Some(stage) = world.witness.stage {
        let promise = format!("promise 2: {stage:?} stands {:.0} s after anything happened", 1_910.0);
        return Err(Box::new(Broken { promise, story: story.to_vec() }));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// All stories of five things. `parapet-lab life --depth 6` goes deeper.
    #[test]
    fn every_story_of_a_small_world_keeps_the_promises() {
        let checked = check_life(5).unwrap_or_else(|broken| panic!("{broken:#?}"));
        assert_eq!(checked.stories, 13_u64.pow(5));
        println!("{checked:?}");
        assert!(checked.raised > 10_000, "the stories tell of alarms: {checked:?}");
    }

    /// The witness is awake: a life that forgets a silent sensor breaks a promise.
    #[test]
    fn a_broken_promise_is_found() {
        let mut world = World::new();
        for thing in [Thing::Surely(0), Thing::Second, Thing::HalfMinute, Thing::Silent] {
            world.happen(thing);
            world.decide().unwrap();
        }
        // The life is told that the sensor speaks, and the witness is not.
        world.sight.regained(SensorId(0));
        let broken = (0..40).find_map(|_| {
            world.now = world.now.plus_seconds(2.0);
            world.decide().err()
        });
        assert!(broken.is_some_and(|broken| broken.contains("promise 1")));
    }
}
