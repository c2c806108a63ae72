//! One CAP message.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use parapet_engine::Mode;
use parapet_frame::Time;
use parapet_warn::{Alarm, Reason, Stage};

use crate::words::{Language, Words, words};
use crate::xml::{Xml, token};

/// The namespace of CAP 1.2.
pub(crate) const NAMESPACE: &str = "urn:oasis:names:tc:emergency:cap:1.2";
/// How long past the predicted impact an alarm stands that nobody renews, seconds: it must end by itself.
pub(crate) const STANDS_S: f64 = 120.0;
/// How long the news that an alarm is over is worth telling, seconds.
const NEWS_S: f64 = 600.0;
/// Most corners that are written; a zone file allows no more.
const CORNERS_MAX: usize = 4_000;

/// Who speaks, and whether in earnest. Chosen when the program starts, for good.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Originator {
    /// CAP `sender`, unique in the world; characters that the standard forbids are replaced by `-`.
    pub sender: String,
    /// CAP `senderName`: the site, for people.
    pub site_name: String,
    /// Live or exercise.
    pub mode: Mode,
    /// What messages are written in, one `info` for each, the first being what programs show that know none of them. English where it
    /// is empty.
    pub languages: Vec<Language>,
}

impl Originator {
    /// What messages are written in, never nothing.
    pub(crate) fn languages(&self) -> &[Language] {
        if self.languages.is_empty() { &[Language::English] } else { &self.languages }
    }
}

/// The zone that is warned.
#[derive(Clone, Debug, PartialEq)]
pub struct Warned {
    /// Identifier in the configuration.
    pub key: String,
    /// Name for people.
    pub name: String,
    /// The same in languages in which it is called otherwise.
    pub names: BTreeMap<Language, String>,
    /// What is endangered, the zone or a part of it: outer ring as latitude and longitude in degrees, not closed by repeating its first corner.
    pub outline: Vec<[f64; 2]>,
}

impl Warned {
    /// What the zone is called in a language.
    #[must_use]
    pub fn name_in(&self, language: Language) -> &str {
        self.names.get(&language).unwrap_or(&self.name)
    }
}

/// CAP `msgType`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MessageKind {
    /// The first message of an alarm.
    Alert,
    /// It takes the place of the earlier ones.
    Update,
    /// The earlier ones are void.
    Cancel,
}

impl MessageKind {
    fn text(self) -> &'static str {
        match self {
            MessageKind::Alert => "Alert",
            MessageKind::Update => "Update",
            MessageKind::Cancel => "Cancel",
        }
    }
}

/// An earlier message (CAP 3.2.1 `references`: "in the form sender,identifier,sent").
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reference {
    /// Its identifier.
    pub identifier: String,
    /// When it was sent.
    pub sent: Time,
}

/// One CAP message about one alarm.
///
/// | stage | msgType | responseType | urgency | severity | certainty |
/// |---|---|---|---|---|---|
/// | prepare | `Alert`, later `Update` | `Prepare` | `Expected` | `Severe` | `Possible` |
/// | take cover | `Alert`, later `Update` | `Shelter` | `Immediate` | `Extreme` | `Likely` above one half, else `Possible` |
/// | hold | `Update` | `Shelter` | `Immediate` | `Extreme` | `Observed` |
/// | all clear | `Update` | `AllClear` | `Past` | `Minor` | `Observed` |
/// | withdrawn | `Cancel` | `AllClear` | `Past` | `Minor` | `Unlikely` |
///
/// By CAP 3.2.1 `Update` "updates and supersedes the earlier message(s)" and `Cancel` "cancels the earlier message(s)": an alarm
/// that was right ends by an update that says so (3.2.2 `AllClear`, "the subject event no longer poses a threat"), one that was
/// wrong is cancelled. Certainty follows 3.2.2: `Likely` is "p > ~50 %", `Observed` has occurred or goes on.
#[derive(Clone, Debug, PartialEq)]
pub struct CapAlert {
    /// Who speaks.
    pub originator: Originator,
    /// Identifier, unique for the sender; characters that the standard forbids are replaced by `-`.
    pub identifier: String,
    /// What this message does to the earlier ones.
    pub kind: MessageKind,
    /// The earlier messages of the same alarm.
    pub references: Vec<Reference>,
    /// When it is sent.
    pub sent: Time,
    /// The alarm.
    pub alarm: Alarm,
    /// The zone.
    pub zone: Warned,
}

/// The message as an XML document. Never fails: what XML cannot hold is replaced, what the standard forbids is left out.
#[must_use]
pub fn alert_xml(alert: &CapAlert) -> String {
    let mut xml = Xml::new();
    xml.nest("alert", Some(NAMESPACE), |xml| {
        xml.text("identifier", &token(&alert.identifier));
        xml.text("sender", &token(&alert.originator.sender));
        xml.text("sent", &date_time(alert.sent));
        write_handling(xml, alert);
        if !alert.references.is_empty() {
            xml.text("references", &references(alert));
        }
        xml.text("incidents", &token(&alert.alarm.id.label(&alert.zone.key)));
        for language in alert.originator.languages() {
            xml.nest("info", None, |xml| write_info(xml, alert, *language));
        }
    });
    xml.finish()
}

fn write_handling(xml: &mut Xml, alert: &CapAlert) {
    let kind = alert.kind.text();
    match alert.originator.mode {
        Mode::Live => {
            xml.text("status", "Actual");
            xml.text("msgType", kind);
            xml.text("scope", "Public");
        }
        // CAP 3.2.1: "Actionable only by designated exercise participants; exercise identifier SHOULD appear in <note>".
        Mode::Exercise => {
            xml.text("status", "Exercise");
            xml.text("msgType", kind);
            xml.text("scope", "Restricted");
            xml.text("restriction", "EXERCISE: participants of this exercise only");
            xml.text("note", &format!("EXERCISE: {}", alert.originator.site_name));
        }
    }
}

fn references(alert: &CapAlert) -> String {
    let sender = token(&alert.originator.sender);
    let one = |r: &Reference| format!("{sender},{},{}", token(&r.identifier), date_time(r.sent));
    alert.references.iter().map(one).collect::<Vec<_>>().join(" ")
}

fn write_info(xml: &mut Xml, alert: &CapAlert, language: Language) {
    let alarm = &alert.alarm;
    let (onset, expires) = times(alert);
    let words = alert_words(alert, language);
    let [response, urgency, severity, certainty] = grading(alarm);
    xml.text("language", language.code());
    xml.text("category", "Safety");
    xml.text("category", "Security");
    xml.text("event", &words.event);
    xml.text("responseType", response);
    xml.text("urgency", urgency);
    xml.text("severity", severity);
    xml.text("certainty", certainty);
    xml.text("effective", &date_time(alert.sent));
    if let Some(onset) = onset {
        xml.text("onset", &date_time(onset));
    }
    xml.text("expires", &date_time(expires));
    xml.text("senderName", &alert.originator.site_name);
    xml.text("headline", &words.headline);
    xml.text("description", &words.description);
    xml.text("instruction", &words.instruction);
    write_evidence(xml, alert);
    xml.nest("area", None, |xml| write_area(xml, &alert.zone, language));
}

/// What people read of a message in a language.
pub(crate) fn alert_words(alert: &CapAlert, language: Language) -> Words {
    let impact = times(alert).0.map(time_of_day);
    words(language, alert.originator.mode, &alert.alarm, alert.zone.name_in(language), impact.as_deref())
}

fn grading(alarm: &Alarm) -> [&'static str; 4] {
    match alarm.stage {
        Stage::Prepare => ["Prepare", "Expected", "Severe", "Possible"],
        Stage::TakeCover if alarm.probability > 0.5 => ["Shelter", "Immediate", "Extreme", "Likely"],
        Stage::TakeCover => ["Shelter", "Immediate", "Extreme", "Possible"],
        Stage::Hold => ["Shelter", "Immediate", "Extreme", "Observed"],
        Stage::AllClear => ["AllClear", "Past", "Minor", "Observed"],
        Stage::Withdrawn => ["AllClear", "Past", "Minor", "Unlikely"],
    }
}

/// When the predicted impact begins, where one is to come, and when the message ends by itself: always later than both.
pub(crate) fn times(alert: &CapAlert) -> (Option<Time>, Time) {
    match alert.alarm.stage {
        Stage::Prepare | Stage::TakeCover | Stage::Hold => {
            let onset = alert.alarm.impact_at;
            let latest = onset.map_or(alert.sent, |onset| onset.max(alert.sent));
            (onset, latest.plus_seconds(STANDS_S))
        }
        Stage::AllClear | Stage::Withdrawn => (None, alert.sent.plus_seconds(NEWS_S)),
    }
}

/// The evidence, for machines and for who asks later.
fn write_evidence(xml: &mut Xml, alert: &CapAlert) {
    let alarm = &alert.alarm;
    let tracks: Vec<String> = alarm.threats.iter().map(|track| track.0.to_string()).collect();
    let stage = match alarm.stage {
        Stage::Prepare => "prepare",
        Stage::TakeCover => "take_cover",
        Stage::Hold => "hold",
        Stage::AllClear => "all_clear",
        Stage::Withdrawn => "withdrawn",
    };
    let values = [
        ("stage", stage.to_owned()),
        ("reason", reason(alarm.reason).to_owned()),
        ("probability", format!("{:.3}", alarm.probability)),
        ("threshold", format!("{:.3}", alarm.threshold)),
        ("tracks", tracks.join(" ")),
    ];
    for (name, value) in values {
        xml.nest("parameter", None, |xml| {
            xml.text("valueName", &format!("parapet:{name}"));
            xml.text("value", &value);
        });
    }
}

fn reason(reason: Reason) -> &'static str {
    match reason {
        Reason::ImpactPredicted => "impact_predicted",
        Reason::ImpactsOver => "impacts_over",
        Reason::HoldOver => "hold_over",
        Reason::ImpactElsewhere => "impact_elsewhere",
        Reason::NotARound => "not_a_round",
        Reason::RoundPossible => "round_possible",
        Reason::AttackGoesOn => "attack_goes_on",
        Reason::SightLost => "sight_lost",
        Reason::SightNotRegained => "sight_not_regained",
        Reason::OperatorRaised => "operator_raised",
        Reason::OperatorHeld => "operator_held",
        Reason::OperatorCancelled => "operator_cancelled",
    }
}

/// CAP 3.2.4 `polygon`: "a minimum of 4 coordinate pairs MUST be present and the first and last pairs MUST be the same".
fn write_area(xml: &mut Xml, zone: &Warned, language: Language) {
    xml.text("areaDesc", zone.name_in(language));
    let sound = |corner: &[f64; 2]| corner[0].abs() <= 90.0 && corner[1].abs() <= 180.0;
    let outline = &zone.outline;
    if !(3..=CORNERS_MAX).contains(&outline.len()) || !outline.iter().all(sound) {
        return;
    }
    let closed = outline.iter().chain(outline.first());
    let pairs: Vec<String> = closed.map(|[lat, lon]| format!("{lat:.6},{lon:.6}")).collect();
    xml.text("polygon", &pairs.join(" "));
}

/// CAP 3.3.2: "the time zone designator for UTC must be represented as -00:00", never `Z`; whole seconds, rounded down.
pub(crate) fn date_time(time: Time) -> String {
    format!("{}-00:00", civil(time).strftime("%Y-%m-%dT%H:%M:%S"))
}

/// Time of day, UTC.
#[must_use]
pub fn time_of_day(time: Time) -> String {
    civil(time).strftime("%H:%M:%S").to_string()
}

/// Date and time of day, UTC. Nanoseconds of 64 bits span the years 1677 to 2262, all of which jiff can tell; the fallback is
/// never used.
fn civil(time: Time) -> jiff::civil::DateTime {
    let timestamp = Timestamp::from_nanosecond(i128::from(time.nanos())).unwrap_or(Timestamp::UNIX_EPOCH);
    timestamp.to_zoned(TimeZone::UTC).datetime()
}
