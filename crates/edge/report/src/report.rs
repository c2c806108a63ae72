//! The report as a value: its JSON is these types, explained key by key in `docs/report.md`.

use std::collections::BTreeMap;

use parapet_frame::PlaneCovariance;
use parapet_track::ClassOdds;
use serde::Serialize;

use crate::Moment;

/// The format of the JSON; it grows when a key changes its meaning or goes.
pub const FORMAT: u32 = 1;

/// Everything that is reported of one recording.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Report {
    /// [`FORMAT`].
    pub format: u32,
    /// Program and version that made the report.
    pub made_by: String,
    /// What it rests on.
    pub recording: RecordingFacts,
    /// Where.
    pub site: SiteFacts,
    /// The statement: plain sentences, the most important first.
    pub statement: Vec<String>,
    /// Stretches of rounds and alarms with quiet between them.
    pub incidents: Vec<Incident>,
    /// The rounds, in the order in which they were first seen.
    pub rounds: Vec<Round>,
    /// Tracks that were believed to be rounds for a time and were not followed to the ground: not counted as rounds.
    pub doubtful: Vec<Doubtful>,
    /// The areas from which the rounds came, the one with most rounds first. For the record only.
    pub origins: Vec<OriginArea>,
    /// Every zone that was told anything or endangered, the most endangered first.
    pub zones: Vec<ZoneRow>,
    /// Every alarm, in the order in which they were raised.
    pub alarms: Vec<AlarmRow>,
    /// Sounds that several nodes located.
    pub sounds: Vec<SoundRow>,
    /// What was intercepted in simulation; empty where the recording holds no such outputs.
    pub intercepts: Vec<Intercept>,
    /// The sensors: what they gave, and when they were silent or in trouble.
    pub sensors: Vec<SensorRow>,
    /// The channels, each with what became of its messages.
    pub channels: Vec<ChannelRow>,
    /// Every message to every receiver.
    pub deliveries: Vec<DeliveryRow>,
    /// What people on duty ordered.
    pub orders: Vec<OrderRow>,
    /// What people on duty put on record.
    pub comments: Vec<CommentRow>,
}

/// The recording that a report rests on.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RecordingFacts {
    /// Name of the file.
    pub file: String,
    /// Its fingerprint, in hexadecimal digits.
    pub sha256: String,
    /// Its length.
    pub bytes: u64,
    /// Program that wrote it, and its version.
    pub written_by: String,
    /// When it begins.
    pub started_at: Moment,
    /// The latest instant in it.
    pub ended_at: Moment,
    /// What is wrong with it: where it was cut or damaged, and what is missing; empty for one that was closed in order.
    pub faults: Vec<String>,
    /// Outputs of kinds that this program does not know, counted.
    pub unknown_outputs: BTreeMap<String, u64>,
    /// What the program noted for people while it wrote.
    pub notes: Vec<Note>,
}

/// Something that the program noted.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Note {
    /// When.
    pub at: Moment,
    /// What.
    pub text: String,
}

/// The site.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SiteFacts {
    /// Name for people.
    pub name: String,
    /// `live` or `exercise`.
    pub mode: String,
    /// The reference point that distances and bearings are told from, degrees.
    pub lat_deg: f64,
    /// Likewise.
    pub lon_deg: f64,
    /// Number of zones of the site.
    pub zones: usize,
    /// Where the names of districts come from, in the words of whoever gave them; empty where none were given.
    pub boundaries: String,
}

/// Rounds and alarms that follow each other without five minutes of quiet between them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Incident {
    /// Its number in this report, from 1.
    pub number: usize,
    /// From the first launch or word.
    pub from: Moment,
    /// Until the last impact or word.
    pub until: Moment,
    /// Rounds in it.
    pub rounds: usize,
}

impl Incident {
    pub(crate) fn holds(&self, at: Moment) -> bool {
        self.from <= at && at <= self.until
    }
}

/// A place on the ground with its uncertainty.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Place {
    /// Latitude, degrees.
    pub lat_deg: f64,
    /// Longitude, degrees.
    pub lon_deg: f64,
    /// From the site's reference point, metres towards east.
    pub east_m: f64,
    /// Likewise towards north.
    pub north_m: f64,
    /// Half of the longer axis of the ellipse that holds it with a probability of 95 %, metres.
    pub semi_major_m: f64,
    /// Half of the shorter axis, metres.
    pub semi_minor_m: f64,
    /// Direction of the longer axis, degrees clockwise from north.
    pub bearing_deg: f64,
    /// The same as a covariance.
    #[serde(skip)]
    pub covariance: PlaneCovariance,
}

/// A place and when.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Happened {
    /// When.
    pub at: Moment,
    /// Standard deviation of the time, seconds.
    pub sigma_time_s: f64,
    /// Where.
    pub place: Place,
}

/// What an impact was worked out from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Basis {
    /// All plots of the round together, once it had come down.
    WholeArc,
    /// The last prediction while it flew.
    LastPrediction,
}

/// One round.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Round {
    /// Its number in this report, from 1.
    pub number: usize,
    /// Its track in the recording.
    pub track: u64,
    /// What it most probably was.
    pub class: String,
    /// With these odds.
    pub classes: Option<ClassOdds>,
    /// When it was first seen.
    pub first_plot_at: Moment,
    /// When it was last seen.
    pub last_plot_at: Moment,
    /// When it was first believed to be a round.
    pub believed_at: Moment,
    /// Plots that its track used.
    pub plots: u32,
    /// Where and when it left the ground: an estimate, for the record only.
    pub origin: Option<Happened>,
    /// Where and when it came down.
    pub impact: Happened,
    /// What that rests on.
    pub impact_basis: Basis,
    /// Speed on arrival, m/s.
    pub impact_speed_mps: f64,
    /// Greatest height above the site's reference point, metres, where it was seen.
    pub apex_m: Option<f64>,
    /// Sum of squared residuals for each degree of freedom: about 1 for a free fall.
    pub misfit: Option<f64>,
    /// What acoustic nodes heard of its impact.
    pub heard: Option<Heard>,
    /// The zones that its impact endangered with a probability of 1 % or more, by what is known of the impact afterwards.
    pub zones: Vec<ZoneShare>,
    /// What each sensor gave.
    pub evidence: Vec<Evidence>,
}

/// Whether an impact was heard.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Heard {
    /// `confirmed` or `not_heard`.
    pub verdict: String,
    /// From the prediction to where it was heard, metres.
    pub off_m: Option<f64>,
    /// Nodes that listened within earshot.
    pub listening: u32,
    /// The located sound, by its number in `sounds`.
    pub sound: Option<u32>,
}

/// One zone and how probably an impact endangered it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ZoneShare {
    /// The zone's key.
    pub zone: String,
    /// Probability that the impact lay in the zone widened by the effect radius.
    pub probability: f64,
}

/// What one sensor gave to one round: plots against the arc that was fitted to all of them.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Evidence {
    /// The sensor.
    pub sensor: String,
    /// Its plots that the track used.
    pub plots: usize,
    /// Those of them within the arc, which the residuals are of.
    pub compared: usize,
    /// Root mean square of measured less fitted slant range, metres.
    pub range_rms_m: Option<f64>,
    /// Mean of the same: what the sensor has wrong, where it is far from 0.
    pub range_mean_m: Option<f64>,
    /// Root mean square of azimuth, degrees.
    pub azimuth_rms_deg: Option<f64>,
    /// Root mean square of elevation, degrees, where the sensor tells it.
    pub elevation_rms_deg: Option<f64>,
}

/// A track that was believed for a time.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Doubtful {
    /// Its track in the recording.
    pub track: u64,
    /// When it was first believed.
    pub believed_at: Moment,
    /// What became of it.
    pub why: String,
}

/// An area from which rounds came. For the record only.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct OriginArea {
    /// The rounds, by their numbers.
    pub rounds: Vec<usize>,
    /// Where: the ellipse holds a launch of the area with a probability of 95 %, the spread of the launches included.
    pub place: Place,
    /// From the site's reference point, metres.
    pub distance_m: f64,
    /// Seen from there, degrees clockwise from north.
    pub direction_deg: f64,
    /// The districts that it may lie in, the most probable first; empty where no boundaries were given.
    pub districts: Vec<DistrictShare>,
}

/// One district and how probably a place lies in it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct DistrictShare {
    /// Its name.
    pub district: String,
    /// Probability.
    pub probability: f64,
}

/// How a zone fared.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ZoneRow {
    /// The incident, by its number: a zone has a row for each in which it fared somehow.
    pub incident: usize,
    /// The zone's key.
    pub zone: String,
    /// Its name.
    pub name: String,
    /// What it is.
    pub kind: String,
    /// How many people are there.
    pub people: u32,
    /// Probability from which on the owner wants it warned.
    pub threshold: f64,
    /// Probability that at least one impact endangered it, by what is known afterwards.
    pub endangered: f64,
    /// The first impact that endangered it with at least the threshold.
    pub first_impact_at: Option<Moment>,
    /// When people were told to be ready first.
    pub prepared_at: Option<Moment>,
    /// When people were told to take cover first.
    pub warned_at: Option<Moment>,
    /// From that to the first impact, seconds; negative when they were told after it.
    pub warning_s: Option<f64>,
    /// What the record says of it.
    pub verdict: Verdict,
    /// Who acknowledged one of its alarms first.
    pub acknowledged_by: Option<String>,
}

/// How a zone's warning looks afterwards.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Endangered, and nobody there was told.
    NotWarned,
    /// Endangered, and told after the first impact.
    Late,
    /// Endangered, and told before.
    Warned,
    /// Told to take cover, and nothing endangered it by what is known afterwards.
    FalseAlarm,
    /// Told to be ready only, and nothing endangered it.
    Prepared,
    /// Told by people on duty.
    ByOrder,
    /// Neither told nor endangered.
    Quiet,
}

/// The life of an alarm.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct AlarmRow {
    /// Its name.
    pub alarm: String,
    /// The zone's key.
    pub zone: String,
    /// The zone's name.
    pub zone_name: String,
    /// What was told, in order: when the stage or its reason changed.
    pub words: Vec<Word>,
    /// Who acknowledged it first.
    pub acknowledged_by: Option<String>,
    /// When that was.
    pub acknowledged_at: Option<Moment>,
}

/// One change of an alarm.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Word {
    /// When.
    pub at: Moment,
    /// `prepare`, `take_cover`, `hold`, `all_clear` or `withdrawn`.
    pub stage: String,
    /// Why.
    pub reason: String,
    /// Probability of an impact in the zone.
    pub probability: f64,
    /// Seconds to the predicted impact, while one was to come.
    pub seconds_left: Option<f64>,
    /// Who of the people on duty caused it.
    pub by: Option<String>,
}

/// A sound that several nodes located.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SoundRow {
    /// Its number in the recording.
    pub sound: u32,
    /// `launch` or `impact`.
    pub kind: String,
    /// When and where.
    pub happened: Happened,
    /// How many nodes heard it.
    pub nodes: usize,
}

/// What a simulated interception told.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Intercept {
    /// When.
    pub at: Moment,
    /// What kind of output it was.
    pub kind: String,
    /// As it stands in the recording.
    pub told: serde_json::Value,
}

/// A stretch of time.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Span {
    /// From.
    pub from: Moment,
    /// Until; the end of the recording for what still stood then.
    pub until: Moment,
    /// What.
    pub what: String,
}

/// How a sensor fared.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SensorRow {
    /// Its name.
    pub sensor: String,
    /// Plots heard of it.
    pub plots: u64,
    /// Things of it that were refused, by reason.
    pub refused: BTreeMap<String, u64>,
    /// Seconds for which it was silent, of the recording.
    pub silent_s: f64,
    /// When it was silent: nobody saw with it.
    pub silent: Vec<Span>,
    /// Troubles while it spoke.
    pub troubles: Vec<Span>,
}

/// How a channel fared.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct ChannelRow {
    /// Its name.
    pub channel: String,
    /// Receivers that it told.
    pub receivers: usize,
    /// Messages to them.
    pub messages: usize,
    /// Those that were acknowledged.
    pub acknowledged: usize,
    /// Those that were told again, each counted once.
    pub resent: usize,
    /// From the decision to the wire, seconds: median and greatest.
    pub sent_median_s: Option<f64>,
    /// Likewise.
    pub sent_max_s: Option<f64>,
    /// From the decision to the acknowledgement, seconds: median and greatest.
    pub acknowledged_median_s: Option<f64>,
    /// Likewise.
    pub acknowledged_max_s: Option<f64>,
}

/// One message to one receiver.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct DeliveryRow {
    /// The alarm's name.
    pub alarm: String,
    /// Its stage then.
    pub stage: String,
    /// By which channel.
    pub channel: String,
    /// To whom; empty where the channel is one receiver.
    pub receiver: String,
    /// From the decision to the wire, seconds.
    pub sent_s: Option<f64>,
    /// From the decision to the acknowledgement, seconds.
    pub acknowledged_s: Option<f64>,
    /// How often it was told again.
    pub resent: u64,
}

/// What somebody on duty ordered.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct OrderRow {
    /// When.
    pub at: Moment,
    /// Who, and who seconded.
    pub by: String,
    /// What.
    pub order: String,
    /// Why it was not obeyed.
    pub refused: Option<String>,
}

/// What somebody on duty put on record.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CommentRow {
    /// When.
    pub at: Moment,
    /// Who.
    pub by: String,
    /// The alarm that it is about.
    pub alarm: Option<String>,
    /// What.
    pub text: String,
}
