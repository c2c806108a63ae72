//! The phrases in English.

use parapet_warn::Stage;

use super::Phrase;

pub(super) const LIVE_PHRASES: [&str; 9] = [
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

pub(super) fn text(phrase: Phrase) -> &'static str {
    match phrase {
        Phrase::Event => "Incoming rocket, artillery or mortar fire",
        Phrase::Headline(Stage::Prepare) => "BE READY: possible incoming fire, {zone}",
        Phrase::Headline(Stage::TakeCover) => "TAKE COVER NOW: incoming fire, {zone}",
        Phrase::Headline(Stage::Hold) => "STAY IN COVER: {zone}",
        Phrase::Headline(Stage::AllClear) => "ALL CLEAR: {zone}",
        Phrase::Headline(Stage::Withdrawn) => "WARNING WITHDRAWN: {zone}",
        Phrase::HeadlineRaised => "TAKE COVER NOW: {zone}",
        Phrase::Possible => "A rocket, shell or mortar bomb is in the air and may come down in or near {zone}.",
        Phrase::Raised => "The people on duty warn of incoming fire in or near {zone}.",
        Phrase::Predicted => {
            "A rocket, shell or mortar bomb is predicted to fall in or near {zone} (probability {percent} %)."
        }
        Phrase::PredictedAt => {
            "A rocket, shell or mortar bomb is predicted to fall in or near {zone} at about {time} UTC (probability {percent} %)."
        }
        Phrase::HoldOver => "The predicted impacts are over, and more may follow, in or near {zone}.",
        Phrase::HoldAttack => "More rounds are coming down nearby. Nobody is safe yet in {zone}.",
        Phrase::HoldSight => "A sensor has failed and the next round might not be seen. Nobody is safe yet in {zone}.",
        Phrase::HoldOperator => "The people on duty do not yet call it over in {zone}.",
        Phrase::AllClear => "Nothing threatens {zone} any more. There may be unexploded ammunition.",
        Phrase::WithdrawnOperator => {
            "The people on duty have taken the warning back; no fall of shot is expected in {zone}."
        }
        Phrase::WithdrawnNotARound => {
            "What was tracked is not a rocket, shell or mortar bomb; no impact is expected in {zone}."
        }
        Phrase::WithdrawnElsewhere => "Better measurements put the impact elsewhere; none is expected in {zone}.",
        Phrase::BeReady => {
            "Be ready to go down where you are or to walk to cover. Do not set out yet; wait for the next message."
        }
        Phrase::DownNow => {
            "Take cover where you are, behind or under something solid. Lie down and protect your head. Do not run to a distant \
             shelter. Stay in cover until the all clear."
        }
        Phrase::Walk => {
            "Walk to your shelter now and take cover there; it is {seconds} seconds away, and there is time. Do not run. Stay in \
             cover until the all clear."
        }
        Phrase::StayInCover => "Stay in cover until the all clear.",
        Phrase::LeaveCover => "You may leave cover.",
        Phrase::LeaveCoverAfterImpacts => {
            "You may leave cover. Do not touch ammunition or debris; report what you find."
        }
        Phrase::ExerciseMark => "EXERCISE",
        Phrase::ExerciseEvent => "EXERCISE: indirect fire drill",
        Phrase::ExerciseHeadline(Stage::Prepare) => "EXERCISE EXERCISE EXERCISE: drill is announced, {zone}",
        Phrase::ExerciseHeadline(Stage::TakeCover) => "EXERCISE EXERCISE EXERCISE: drill begins, {zone}",
        Phrase::ExerciseHeadline(Stage::Hold) => "EXERCISE EXERCISE EXERCISE: drill goes on, {zone}",
        Phrase::ExerciseHeadline(Stage::AllClear) => "EXERCISE EXERCISE EXERCISE: drill is over, {zone}",
        Phrase::ExerciseHeadline(Stage::Withdrawn) => "EXERCISE EXERCISE EXERCISE: drill is called off, {zone}",
        Phrase::ExerciseDescription(Stage::Prepare) => {
            "EXERCISE: drill is announced in {zone}. This is practice with simulated sensors; there is no danger."
        }
        Phrase::ExerciseDescription(Stage::TakeCover) => {
            "EXERCISE: drill begins in {zone}. This is practice with simulated sensors; there is no danger."
        }
        Phrase::ExerciseDescription(Stage::Hold) => {
            "EXERCISE: drill goes on in {zone}. This is practice with simulated sensors; there is no danger."
        }
        Phrase::ExerciseDescription(Stage::AllClear) => {
            "EXERCISE: drill is over in {zone}. This is practice with simulated sensors; there is no danger."
        }
        Phrase::ExerciseDescription(Stage::Withdrawn) => {
            "EXERCISE: drill is called off in {zone}. This is practice with simulated sensors; there is no danger."
        }
        Phrase::ExerciseReady => {
            "EXERCISE: participants get ready as their drill says. Everybody else carries on. Nothing is happening."
        }
        Phrase::ExerciseGo => {
            "EXERCISE: participants practise going to shelter as their drill says. Everybody else carries on. Nothing is happening."
        }
        Phrase::ExerciseEnd => "EXERCISE: participants return to what they were doing.",
    }
}
