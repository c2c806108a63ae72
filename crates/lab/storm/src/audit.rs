//! What stories have met: an audit of the generator itself.

use parapet_engine::{Event, Output};

use crate::fact::{Fact, Path, Tally};

/// Counts what a fact is, by names of which [`LISTED`] holds those that must be met.
pub(crate) fn count(met: &mut Tally, fact: &Fact<'_>) {
    let mut one = |name: String| *met.entry(name).or_default() += 1;
    match fact {
        Fact::Read { events, .. } => events.iter().for_each(|event| one(format!("event {}", event_name(event)))),
        Fact::Said(output) => {
            one(format!("output {}", output_name(output)));
            match output {
                Output::Refused(refusal) => one(format!("refused {:?}", refusal.reason)),
                Output::Alarm(alarm) => {
                    one(format!("stage {:?}", alarm.stage));
                    one(format!("reason {:?}", alarm.reason));
                }
                Output::Trouble(report) => one(format!("trouble {:?}", report.trouble)),
                Output::Operator(report) => one(match report.refused {
                    Some(refused) => format!("order refused {refused:?}"),
                    None => "order obeyed".to_owned(),
                }),
                Output::Sensor(report) => one(format!("sensor {:?}", report.health)),
                Output::TrackEnded { why, .. } => one(format!("track ended {why:?}")),
                _ => {}
            }
        }
        Fact::Ordered(_) => one("event Operator".to_owned()),
        Fact::Judged { verdict, path, .. } => {
            let judged = if verdict.is_some() { "obeyed" } else { "refused" };
            let by = if *path == Path::Attacker { "attacker" } else { "host" };
            one(format!("siren {judged} {by}"));
        }
        Fact::Named { .. } => one("siren named".to_owned()),
        Fact::Skipped { of_round } => {
            one("datagram skipped".to_owned());
            if *of_round {
                one("datagram of a round skipped".to_owned());
            }
        }
        Fact::Back { .. } => one("restarted".to_owned()),
        Fact::OtherSaid(Output::Refused(_)) => one("refused by the other world".to_owned()),
        _ => {}
    }
}

/// What enough seeds must meet, beside every kind of fault.
pub const LISTED: &[&str] = &[
    "event Plot",
    "event Undecodable",
    "event Health",
    "event Operator",
    "output Track",
    "output TrackEnded",
    "output Threat",
    "output Origin",
    "output Record",
    "output Alarm",
    "output Sensor",
    "output Refused",
    "output Operator",
    "output Trouble",
    "refused Undecodable",
    "refused Duplicate",
    "refused Impossible",
    "refused TooOld",
    "refused FromTheFuture",
    "refused Simulated",
    "refused OverRate",
    "stage Prepare",
    "stage TakeCover",
    "stage Hold",
    "stage AllClear",
    "stage Withdrawn",
    "reason ImpactPredicted",
    "reason ImpactsOver",
    "reason HoldOver",
    "reason ImpactElsewhere",
    "reason RoundPossible",
    "reason SightLost",
    "reason OperatorRaised",
    "reason OperatorHeld",
    "reason OperatorCancelled",
    "trouble Frozen",
    "trouble Flood",
    "trouble ClockStepped",
    "trouble OverRate",
    "order obeyed",
    "order refused Nameless",
    "order refused NeedsTwo",
    "order refused NoSuchAlarm",
    "order refused NoSuchZone",
    "order refused AlreadySo",
    "sensor Speaking",
    "sensor Silent",
    "siren obeyed host",
    "siren refused host",
    "siren refused attacker",
    "siren named",
    "datagram skipped",
    "restarted",
    "refused by the other world",
];

/// What the generator does not make yet, with the reason: what no number of seeds will meet.
pub const NOT_MADE: &[(&str, &str)] = &[
    ("event Resumed", "a story's restart runs its recording again from its beginning"),
    ("event Sound, output Sound, Fall, Ear", "no acoustic nodes"),
    ("event Contact, output Suspicion, refused Contradiction", "no aircraft that say where they are"),
    ("errors of survey", "sensors of stories are exact but for their clocks"),
    ("orders to comment, order refused NoComment", "a comment changes nothing that anybody is told"),
    ("trouble ImpossibleMotion", "only a flipped bit makes it, once in some thousand stories; it is not asked for"),
    ("refused UnknownSensor", "the intake names no sensor that the engine does not know"),
    ("refused TableFull", "no flood is large enough for the engine's tables"),
];

fn event_name(event: &Event) -> &'static str {
    match event {
        Event::Plot(_) => "Plot",
        Event::Alive { .. } => "Alive",
        Event::Undecodable(_) => "Undecodable",
        Event::Tick => "Tick",
        Event::Operator(_) => "Operator",
        Event::Swept { .. } => "Swept",
        Event::Sound(_) => "Sound",
        Event::Contact(_) => "Contact",
        Event::Health(_) => "Health",
        Event::Resumed(_) => "Resumed",
    }
}

fn output_name(output: &Output) -> &'static str {
    match output {
        Output::Track(_) => "Track",
        Output::TrackEnded { .. } => "TrackEnded",
        Output::Threat(_) => "Threat",
        Output::Origin(_) => "Origin",
        Output::Record(_) => "Record",
        Output::Alarm(_) => "Alarm",
        Output::Sensor(_) => "Sensor",
        Output::Refused(_) => "Refused",
        Output::Operator(_) => "Operator",
        Output::Registration(_) => "Registration",
        Output::Trouble(_) => "Trouble",
        Output::Sound(_) => "Sound",
        Output::Fall(_) => "Fall",
        Output::Ear(_) => "Ear",
        Output::Suspicion(_) => "Suspicion",
    }
}
