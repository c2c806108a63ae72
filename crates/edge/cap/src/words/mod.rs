//! What people read, hear and see on every channel. Live and exercise have no phrase in common: who sees one sentence on one screen
//! must not have to wonder.
//!
//! One table of phrases for each language, complete or it does not compile. Names and numbers are set into right-to-left texts with
//! directional isolates (Unicode 15, UAX 9), so that neither a Latin name nor a time of day turns its surroundings around.

mod arabic;
mod english;
pub mod page;

use parapet_engine::Mode;
use parapet_warn::{Advice, Alarm, Reason, Stage};

/// A language that messages are written in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Language {
    /// English of the United States.
    #[default]
    English,
    /// Modern Standard Arabic.
    Arabic,
}

impl Language {
    /// Every language that there is a table for.
    pub const ALL: [Language; 2] = [Language::English, Language::Arabic];

    /// Its code (RFC 3066, as CAP 3.2.2 `language` wants it).
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Language::English => "en-US",
            Language::Arabic => "ar",
        }
    }

    /// The language of a code.
    #[must_use]
    pub fn of(code: &str) -> Option<Language> {
        Language::ALL.into_iter().find(|language| language.code().eq_ignore_ascii_case(code))
    }

    /// Whether it is written from right to left.
    #[must_use]
    pub fn is_right_to_left(self) -> bool {
        matches!(self, Language::Arabic)
    }

    fn text(self, phrase: Phrase) -> &'static str {
        match self {
            Language::English => english::text(phrase),
            Language::Arabic => arabic::text(phrase),
        }
    }

    /// Phrases that only live messages may have, in lower case; a test holds every exercise text against them.
    #[must_use]
    pub fn live_phrases(self) -> &'static [&'static str] {
        match self {
            Language::English => &english::LIVE_PHRASES,
            Language::Arabic => &arabic::LIVE_PHRASES,
        }
    }

    /// What every text of an exercise begins with, and no live text holds.
    #[must_use]
    pub fn exercise_mark(self) -> &'static str {
        self.text(Phrase::ExerciseMark)
    }
}

/// Everything that is said. In the texts stand `{zone}`, `{time}`, `{percent}` and `{seconds}`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Phrase {
    Event,
    Headline(Stage),
    HeadlineRaised,
    Possible,
    Raised,
    Predicted,
    PredictedAt,
    HoldOver,
    HoldAttack,
    HoldSight,
    HoldOperator,
    AllClear,
    WithdrawnOperator,
    WithdrawnNotARound,
    WithdrawnElsewhere,
    BeReady,
    DownNow,
    Walk,
    StayInCover,
    LeaveCover,
    LeaveCoverAfterImpacts,
    ExerciseMark,
    ExerciseEvent,
    ExerciseHeadline(Stage),
    ExerciseDescription(Stage),
    ExerciseReady,
    ExerciseGo,
    ExerciseEnd,
}

impl Phrase {
    /// Every phrase whose text a page may need: those of messages in a world.
    fn of(mode: Mode) -> Vec<Phrase> {
        use Phrase as P;
        match mode {
            Mode::Live => vec![
                P::Possible,
                P::Raised,
                P::Predicted,
                P::HoldOver,
                P::HoldAttack,
                P::HoldSight,
                P::HoldOperator,
                P::AllClear,
                P::WithdrawnOperator,
                P::WithdrawnNotARound,
                P::WithdrawnElsewhere,
                P::BeReady,
                P::DownNow,
                P::Walk,
                P::StayInCover,
                P::LeaveCover,
                P::LeaveCoverAfterImpacts,
            ],
            Mode::Exercise => {
                let described = Stage::ALL.map(P::ExerciseDescription);
                described.into_iter().chain([P::ExerciseReady, P::ExerciseGo, P::ExerciseEnd]).collect()
            }
        }
    }

    /// The name by which a page asks for the text; the same in every language.
    fn key(self) -> String {
        // `HoldOver` is "hold_over", `ExerciseDescription(TakeCover)` is "exercise_description_take_cover".
        let mut key = String::new();
        for c in format!("{self:?}").chars().filter(|c| c.is_ascii_alphanumeric() || *c == '(') {
            if (c.is_ascii_uppercase() || c == '(') && !key.is_empty() && !key.ends_with('_') {
                key.push('_');
            }
            key.extend(c.is_ascii_alphanumeric().then(|| c.to_ascii_lowercase()));
        }
        key
    }
}

/// The texts of one message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Words {
    /// CAP `event`: what kind of thing this is about.
    pub event: String,
    /// CAP `headline`.
    pub headline: String,
    /// CAP `description`: what happens.
    pub description: String,
    /// CAP `instruction`: what to do.
    pub instruction: String,
}

/// The texts for an alarm in a zone of a name. `impact_utc` is the predicted time of day, where one is to come.
#[must_use]
pub fn words(language: Language, mode: Mode, alarm: &Alarm, zone_name: &str, impact_utc: Option<&str>) -> Words {
    let percent = format!("{:.0}", (100.0 * alarm.probability).round());
    let seconds = match alarm.advice {
        Advice::WalkToShelter { walk_s } => format!("{:.0}", walk_s.ceil()),
        _ => String::new(),
    };
    let values = [
        ("{zone}", zone_name),
        ("{time}", impact_utc.unwrap_or_default()),
        ("{percent}", &percent),
        ("{seconds}", &seconds),
    ];
    let say = |phrase| filled(language, language.text(phrase), &values);
    let [event, headline, description, instruction] = phrases(mode, alarm, impact_utc.is_some());
    Words { event: say(event), headline: say(headline), description: say(description), instruction: say(instruction) }
}

fn phrases(mode: Mode, alarm: &Alarm, has_time: bool) -> [Phrase; 4] {
    match mode {
        Mode::Live => live(alarm, has_time),
        Mode::Exercise => exercise(alarm.stage),
    }
}

fn live(alarm: &Alarm, has_time: bool) -> [Phrase; 4] {
    let raised = alarm.stage == Stage::TakeCover && alarm.reason == Reason::OperatorRaised;
    let headline = if raised { Phrase::HeadlineRaised } else { Phrase::Headline(alarm.stage) };
    let description = match (alarm.stage, alarm.reason) {
        (Stage::Prepare, _) => Phrase::Possible,
        (Stage::TakeCover, Reason::OperatorRaised) => Phrase::Raised,
        (Stage::TakeCover, _) if has_time => Phrase::PredictedAt,
        (Stage::TakeCover, _) => Phrase::Predicted,
        (Stage::Hold, Reason::AttackGoesOn) => Phrase::HoldAttack,
        (Stage::Hold, Reason::SightLost) => Phrase::HoldSight,
        (Stage::Hold, Reason::OperatorHeld) => Phrase::HoldOperator,
        (Stage::Hold, _) => Phrase::HoldOver,
        (Stage::AllClear, _) => Phrase::AllClear,
        (Stage::Withdrawn, Reason::OperatorCancelled) => Phrase::WithdrawnOperator,
        (Stage::Withdrawn, Reason::NotARound) => Phrase::WithdrawnNotARound,
        (Stage::Withdrawn, _) => Phrase::WithdrawnElsewhere,
    };
    let instruction = match (alarm.stage, alarm.advice) {
        (Stage::Prepare, _) => Phrase::BeReady,
        (Stage::TakeCover, Advice::WalkToShelter { .. }) => Phrase::Walk,
        (Stage::TakeCover, _) => Phrase::DownNow,
        (Stage::Hold, _) => Phrase::StayInCover,
        (Stage::AllClear, _) => Phrase::LeaveCoverAfterImpacts,
        (Stage::Withdrawn, _) => Phrase::LeaveCover,
    };
    [Phrase::Event, headline, description, instruction]
}

fn exercise(stage: Stage) -> [Phrase; 4] {
    let instruction = match stage {
        Stage::Prepare => Phrase::ExerciseReady,
        Stage::TakeCover | Stage::Hold => Phrase::ExerciseGo,
        Stage::AllClear | Stage::Withdrawn => Phrase::ExerciseEnd,
    };
    [Phrase::ExerciseEvent, Phrase::ExerciseHeadline(stage), Phrase::ExerciseDescription(stage), instruction]
}

/// The text with its values in place. A value is taken once, whatever it holds: a zone called `{time}` stays one.
fn filled(language: Language, text: &str, values: &[(&str, &str)]) -> String {
    let mut out = String::with_capacity(text.len() + 64);
    let mut rest = text;
    while let Some(begin) = rest.find('{') {
        out.push_str(&rest[..begin]);
        rest = &rest[begin..];
        match values.iter().find(|(name, _)| rest.starts_with(name)) {
            Some((name, value)) => {
                out.push_str(&set_in(language, value));
                rest = &rest[name.len()..];
            }
            None => {
                out.push('{');
                rest = &rest[1..];
            }
        }
    }
    out.push_str(rest);
    out
}

/// A value as it stands in a text of a language: without marks of direction of its own, and isolated where one of both is written from
/// right to left.
fn set_in(language: Language, value: &str) -> String {
    /// First strong isolate, and its end.
    const ISOLATE: [char; 2] = ['\u{2068}', '\u{2069}'];
    let value: String = value.chars().filter(|c| !turns(*c)).collect();
    if language.is_right_to_left() || value.chars().any(is_right_to_left) {
        format!("{}{value}{}", ISOLATE[0], ISOLATE[1])
    } else {
        value
    }
}

/// Whether a character changes the direction of what follows and shows nothing: a name needs none, and could hide words with them.
fn turns(c: char) -> bool {
    matches!(c, '\u{200E}' | '\u{200F}' | '\u{061C}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

/// Letters of Hebrew, Arabic and their neighbours, in the blocks that Unicode keeps for scripts written from right to left.
fn is_right_to_left(c: char) -> bool {
    matches!(c, '\u{0590}'..='\u{08FF}' | '\u{FB1D}'..='\u{FDFF}' | '\u{FE70}'..='\u{FEFF}' | '\u{10800}'..='\u{10FFF}')
}
