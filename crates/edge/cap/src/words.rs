//! What people read. Live and exercise have no phrase in common: who sees one sentence on one screen must not have to wonder.

use parapet_engine::Mode;
use parapet_warn::{Alarm, Reason, Stage};

/// The texts of one message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Words {
    /// CAP `event`: what kind of thing this is about.
    pub event: &'static str,
    /// CAP `headline`.
    pub headline: String,
    /// CAP `description`: what happens.
    pub description: String,
    /// CAP `instruction`: what to do.
    pub instruction: &'static str,
}

/// Phrases that only live messages may have, in lower case; a test holds every exercise text against them.
pub const LIVE_PHRASES: [&str; 9] = [
    "be ready",
    "take cover",
    "stay in cover",
    "in cover",
    "all clear",
    "incoming",
    "impact",
    "warning withdrawn",
    "protect your head",
];

/// The texts for an alarm in a zone of a name. `impact_utc` is the predicted time of day, where one is to come.
#[must_use]
pub fn words(mode: Mode, alarm: &Alarm, zone_name: &str, impact_utc: Option<&str>) -> Words {
    match mode {
        Mode::Live => live(alarm, zone_name, impact_utc),
        Mode::Exercise => exercise(alarm, zone_name),
    }
}

fn live(alarm: &Alarm, zone: &str, impact_utc: Option<&str>) -> Words {
    let (headline, description) = match alarm.stage {
        Stage::Prepare => (
            format!("BE READY: possible incoming fire, {zone}"),
            format!("A rocket, shell or mortar bomb is in the air and may come down in or near {zone}."),
        ),
        Stage::TakeCover if alarm.reason == Reason::OperatorRaised => {
            (format!("TAKE COVER NOW: {zone}"), format!("The people on duty warn of incoming fire in or near {zone}."))
        }
        Stage::TakeCover => (format!("TAKE COVER NOW: incoming fire, {zone}"), predicted(alarm, zone, impact_utc)),
        Stage::Hold => (format!("STAY IN COVER: {zone}"), format!("{} {zone}.", holding(alarm.reason))),
        Stage::AllClear => (
            format!("ALL CLEAR: {zone}"),
            format!("Nothing threatens {zone} any more. There may be unexploded ammunition."),
        ),
        Stage::Withdrawn => (format!("WARNING WITHDRAWN: {zone}"), format!("{} {zone}.", withdrawal(alarm.reason))),
    };
    let instruction = match alarm.stage {
        Stage::Prepare => {
            "Be ready to go down where you are or to walk to cover. Do not set out yet; wait for the next message."
        }
        Stage::TakeCover => {
            "Take cover where you are, behind or under something solid. Lie down and protect your head. Do not run to a distant \
             shelter. Stay in cover until the all clear."
        }
        Stage::Hold => "Stay in cover until the all clear.",
        Stage::AllClear => "You may leave cover. Do not touch ammunition or debris; report what you find.",
        Stage::Withdrawn => "You may leave cover.",
    };
    Words { event: "Incoming rocket, artillery or mortar fire", headline, description, instruction }
}

fn predicted(alarm: &Alarm, zone: &str, impact_utc: Option<&str>) -> String {
    let percent = (100.0 * alarm.probability).round();
    let when = impact_utc.map_or_else(String::new, |utc| format!(" at about {utc} UTC"));
    format!("A rocket, shell or mortar bomb is predicted to fall in or near {zone}{when} (probability {percent:.0} %).")
}

fn holding(reason: Reason) -> &'static str {
    match reason {
        Reason::AttackGoesOn => "More rounds are coming down nearby. Nobody is safe yet in",
        Reason::SightLost => "A sensor has failed and the next round might not be seen. Nobody is safe yet in",
        Reason::OperatorHeld => "The people on duty do not yet call it over in",
        _ => "The predicted impacts are over, and more may follow, in or near",
    }
}

fn withdrawal(reason: Reason) -> &'static str {
    match reason {
        Reason::OperatorCancelled => "The people on duty have taken the warning back; no fall of shot is expected in",
        Reason::NotARound => "What was tracked is not a rocket, shell or mortar bomb; no impact is expected in",
        _ => "Better measurements put the impact elsewhere; none is expected in",
    }
}

fn exercise(alarm: &Alarm, zone: &str) -> Words {
    let step = match alarm.stage {
        Stage::Prepare => "drill is announced",
        Stage::TakeCover => "drill begins",
        Stage::Hold => "drill goes on",
        Stage::AllClear => "drill is over",
        Stage::Withdrawn => "drill is called off",
    };
    let instruction = match alarm.stage {
        Stage::Prepare => {
            "EXERCISE: participants get ready as their drill says. Everybody else carries on. Nothing is happening."
        }
        Stage::TakeCover | Stage::Hold => {
            "EXERCISE: participants practise going to shelter as their drill says. Everybody else carries on. Nothing is happening."
        }
        Stage::AllClear | Stage::Withdrawn => "EXERCISE: participants return to what they were doing.",
    };
    Words {
        event: "EXERCISE: indirect fire drill",
        headline: format!("EXERCISE EXERCISE EXERCISE: {step}, {zone}"),
        description: format!(
            "EXERCISE: {step} in {zone}. This is practice with simulated sensors; there is no danger."
        ),
        instruction,
    }
}
