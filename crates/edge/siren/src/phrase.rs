//! What a siren or a page says aloud. The words of an exercise are other words, whatever a zone is called.

use crate::command::SirenStage;
use crate::key::World;

/// What marks a text as live; no text of an exercise holds any of these.
pub const LIVE_MARKS: [&str; 5] = ["take cover", "get ready", "stay in cover", "all clear", "warning is withdrawn"];
/// What marks a text as an exercise; no live text holds any of these.
pub const EXERCISE_MARKS: [&str; 3] = ["exercise", "drill", "practise"];

/// The sentence for a stage in a zone; `seconds_left` is told where an impact is to come.
///
/// A zone whose name holds words of the other world, or whose name would make them together with the sentence, is called
/// "your zone".
#[must_use]
pub fn phrase(world: World, stage: SirenStage, zone: &str, seconds_left: Option<f64>) -> String {
    let foreign: &[&str] = match world {
        World::Live => &EXERCISE_MARKS,
        World::Exercise => &LIVE_MARKS,
    };
    let named = sentence(world, stage, zone.trim(), seconds_left);
    let plain = flattened(&named);
    if zone.trim().is_empty() || foreign.iter().any(|mark| plain.contains(mark)) {
        return sentence(world, stage, "your zone", seconds_left);
    }
    named
}

/// Lower case, letters only, single spaces: what is heard rather than what is written.
#[must_use]
pub fn flattened(text: &str) -> String {
    let letters = |c: char| if c.is_alphanumeric() { c } else { ' ' };
    let text: String = text.chars().map(letters).flat_map(char::to_lowercase).collect();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn sentence(world: World, stage: SirenStage, zone: &str, seconds_left: Option<f64>) -> String {
    let left = seconds_left.filter(|left| left.is_finite() && *left >= 1.0).map(|left| left.min(999.0) as u32);
    let (opening, impact) = match (world, stage) {
        (World::Live, SirenStage::Prepare) => ("Get ready", "Possible impact"),
        (World::Live, SirenStage::TakeCover) => ("Take cover now", "Impact"),
        (World::Live, SirenStage::Hold) => ("Stay in cover", "Impact"),
        (World::Live, SirenStage::AllClear) => ("All clear", ""),
        (World::Live, SirenStage::Withdrawn) => ("The warning is withdrawn", ""),
        (World::Exercise, SirenStage::Prepare) => ("Exercise. Stage one of the drill", "Pretended event"),
        (World::Exercise, SirenStage::TakeCover) => ("Exercise. Practise sheltering", "Pretended event"),
        (World::Exercise, SirenStage::Hold) => ("Exercise. Keep practising", "Pretended event"),
        (World::Exercise, SirenStage::AllClear) => ("Exercise. The drill is over", ""),
        (World::Exercise, SirenStage::Withdrawn) => ("Exercise. The drill is called off", ""),
    };
    match left.filter(|_| !impact.is_empty()) {
        Some(left) => format!("{opening}. {zone}. {impact} in {left} seconds."),
        None => format!("{opening}. {zone}."),
    }
}
