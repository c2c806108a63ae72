//! Our own nouns as events.
//!
//! | what | live | exercise |
//! |---|---|---|
//! | the alarm, while people shall be under cover | `b-a-o-tbl`, an emergency of every TAK client | `b-m-p-s-m`, a mark |
//! | its end | `b-a-o-can`, the emergency is cancelled | deleted |
//! | the warned zone, every stage | `u-d-f`, a closed shape coloured by stage | the same in blue |
//! | a round | `a-h-A-W-M-S`, hostile missile | `a-k-A-W-M-S`, a friend who plays the enemy (faker) |
//! | where it will fall | `u-d-c-e`, an ellipse of 95 % | the same in blue |
//! | their end | `t-x-d-d`, after a last event that stands 2 s | the same |
//!
//! Nothing rests on the type alone: servers change it. Every name begins with [`Originator::prefix`], and what a stage means stands in
//! callsign and remarks, whose words are given by the caller, from the same table as those of all other channels. `qos` and `opex` are
//! not written: FreeTAKServer drops an event that has them.

use parapet_engine::Mode;
use parapet_frame::{Geodetic, PlaneCovariance, Time};
use parapet_track::{Class, TrackReport};
use parapet_warn::{Alarm, Stage, Threat};

use crate::element::Element;
use crate::event::{CotEvent, Point};
use crate::originator::Originator;
use crate::outline::{circle, drawn};
use crate::xml::rounded;

/// How long an alarm or a warned zone stands when nobody renews it, seconds.
pub const ALARM_STALE_S: f64 = 30.0;
/// How long a round and its impact stand when nobody renews them, seconds.
pub const ROUND_STALE_S: f64 = 5.0;
/// How long the last event of something that is over stands, seconds. Servers that keep what is live take no event for it that is
/// over already, and round its time to whole seconds.
const LAST_STALE_S: f64 = 2.0;
/// The probability that an ellipse holds the impact.
const ELLIPSE_PROBABILITY: f64 = 0.95;

/// A warned zone.
#[derive(Clone, Debug, PartialEq)]
pub struct WarnedZone {
    /// Identifier in the configuration.
    pub key: String,
    /// Outer ring as latitude and longitude in degrees, not closed by repeating its first corner.
    pub outline: Vec<[f64; 2]>,
    /// Height of the ground above the ellipsoid, metres.
    pub ground_m: f64,
}

/// What people read about an alarm.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Words {
    /// Short: it stands beside the mark on the map.
    pub callsign: String,
    /// All that is to be said, in every language.
    pub remarks: String,
}

/// A round that may fall, as it is now.
#[derive(Clone, Debug, PartialEq)]
pub struct Round {
    /// The track.
    pub track: TrackReport,
    /// Where it is.
    pub place: Geodetic,
    /// Where it will fall.
    pub threat: Threat,
    /// The same place in latitude and longitude.
    pub impact: Geodetic,
}

/// The events that say how an alarm stands, the most urgent first; empty for a zone without a place.
#[must_use]
pub fn alarm_events(from: &Originator, alarm: &Alarm, zone: &WarnedZone, words: &Words, now: Time) -> Vec<CotEvent> {
    let Some(point) = centre(zone) else { return Vec::new() };
    let label = alarm.id.label(&zone.key);
    let mut events = Vec::new();
    let shelters = alarm.stage.is_in_cover();
    match from.mode {
        Mode::Live if shelters => events.push(emergency(from, &label, point, words, now)),
        Mode::Live if alarm.stage.is_ended() => events.push(cancelled(from, &label, point, words, now)),
        Mode::Exercise if shelters => events.push(mark(from, &label, point, words, now)),
        Mode::Exercise if alarm.stage.is_ended() => {
            events.extend(over(mark(from, &label, point, words, now), from, now))
        }
        _ => {}
    }
    let shape = shape(from, alarm.stage, &label, zone, point, words, now);
    if alarm.stage.is_ended() {
        events.extend(over(shape, from, now));
    } else {
        events.push(shape);
    }
    events
}

fn centre(zone: &WarnedZone) -> Option<Point> {
    let ([lat_deg, lon_deg], radius_m) = circle(&zone.outline)?;
    Point::new(lat_deg, lon_deg, zone.ground_m, radius_m, f64::INFINITY).ok()
}

fn emergency(from: &Originator, label: &str, point: Point, words: &Words, now: Time) -> CotEvent {
    let detail = vec![
        Element::new("contact").with("callsign", &words.callsign),
        Element::new("emergency").with("type", "911 Alert").saying(&words.callsign),
        Element::new("remarks").saying(&words.remarks),
    ];
    from.event(from.uid("alarm", label), "b-a-o-tbl", point, now, ALARM_STALE_S, detail)
}

fn cancelled(from: &Originator, label: &str, point: Point, words: &Words, now: Time) -> CotEvent {
    let detail = vec![
        Element::new("contact").with("callsign", &words.callsign),
        Element::new("emergency").with("cancel", "true").with("type", "911 Alert").saying(&words.callsign),
        Element::new("remarks").saying(&words.remarks),
    ];
    from.event(from.uid("alarm", label), "b-a-o-can", point, now, LAST_STALE_S, detail)
}

/// Signed 32-bit ARGB, as clients write colours.
const RED: i32 = 0xffff_0000_u32 as i32;
const AMBER: i32 = 0xffff_8c00_u32 as i32;
const YELLOW: i32 = 0xffff_ff00_u32 as i32;
const GREEN: i32 = 0xff00_c000_u32 as i32;
const BLUE: i32 = 0xff00_60ff_u32 as i32;

fn colour(mode: Mode, stage: Stage) -> i32 {
    match (mode, stage) {
        (Mode::Exercise, _) => BLUE,
        (Mode::Live, Stage::Prepare) => YELLOW,
        (Mode::Live, Stage::TakeCover) => RED,
        (Mode::Live, Stage::Hold) => AMBER,
        (Mode::Live, Stage::AllClear | Stage::Withdrawn) => GREEN,
    }
}

/// The same colour, mostly transparent.
fn thin(colour: i32) -> i32 {
    colour & 0x00ff_ffff | 0x4000_0000
}

fn mark(from: &Originator, label: &str, point: Point, words: &Words, now: Time) -> CotEvent {
    let detail = vec![
        Element::new("contact").with("callsign", &words.callsign),
        Element::new("color").with("argb", BLUE),
        Element::new("usericon").with("iconsetpath", format!("COT_MAPPING_SPOTMAP/b-m-p-s-m/{BLUE}")),
        Element::new("remarks").saying(&words.remarks),
    ];
    from.event(from.uid("alarm", label), "b-m-p-s-m", point, now, ALARM_STALE_S, detail)
}

fn shape(
    from: &Originator,
    stage: Stage,
    label: &str,
    zone: &WarnedZone,
    point: Point,
    words: &Words,
    now: Time,
) -> CotEvent {
    let corners = drawn(&zone.outline);
    let closed = corners.iter().chain(corners.first());
    let link = |corner: &[f64; 2]| {
        Element::new("link").with("point", format!("{},{}", rounded(corner[0], 1e6), rounded(corner[1], 1e6)))
    };
    let colour = colour(from.mode, stage);
    let mut detail: Vec<Element> = closed.map(link).collect();
    detail.extend([
        Element::new("strokeColor").with("value", colour),
        Element::new("strokeWeight").with("value", "4.0"),
        Element::new("fillColor").with("value", thin(colour)),
        Element::new("contact").with("callsign", &words.callsign),
        Element::new("labels_on").with("value", "true"),
        // All of it stands with the alarm itself; here the corners need the room.
        Element::new("remarks").saying(&words.callsign),
    ]);
    from.event(from.uid("zone", label), "u-d-f", point, now, ALARM_STALE_S, detail)
}

/// What ends something: itself once more with very little time left, for servers that keep it, and the word to delete it, for clients
/// that show it.
fn over(last: CotEvent, from: &Originator, now: Time) -> [CotEvent; 2] {
    let last = CotEvent { time: now, start: now, stale: now.plus_seconds(LAST_STALE_S), ..last };
    let link = Element::new("link").with("uid", &last.uid).with("relation", "none").with("type", "none");
    let detail = vec![link, Element::new("__forcedelete")];
    let gone = from.event(last.uid.clone(), "t-x-d-d", last.point, now, LAST_STALE_S, detail);
    [last, gone]
}

/// The events that say where a round is and where it will fall; fewer where one of both is no place.
#[must_use]
pub fn round_events(from: &Originator, round: &Round, now: Time) -> Vec<CotEvent> {
    [track(from, round, now), impact(from, round, now)].into_iter().flatten().collect()
}

/// The events that end them.
#[must_use]
pub fn round_ends(from: &Originator, round: &Round, now: Time) -> Vec<CotEvent> {
    round_events(from, round, now).into_iter().flat_map(|last| over(last, from, now)).collect()
}

/// Two instances that hear the same sensors number alike; one that was started later may not, and its marks go stale by themselves.
fn round_name(round: &Round) -> String {
    format!("{}.{}", round.track.first_plot_at.millis(), round.track.id.0)
}

fn track(from: &Originator, round: &Round, now: Time) -> Option<CotEvent> {
    let Round { track, place, threat, .. } = round;
    let [east, north, up] = track.velocity_mps;
    // The diagonal of an upper triangle of six rows.
    let [var_east, var_north, var_up] = [0, 6, 11].map(|place| track.covariance[place].max(0.0));
    let (ce_m, le_m) = ((var_east + var_north).sqrt(), var_up.sqrt());
    let point = Point::new(place.lat_deg, place.lon_deg, place.height_m, ce_m, le_m).ok()?;
    let number = track.id.0;
    let (kind, callsign, remarks) = match from.mode {
        Mode::Live => {
            let name = class_name(track.class);
            let at = time_of_day(threat.impact.at);
            let remarks =
                format!("{name} {number}: predicted impact at {at} UTC, probability {:.2}", threat.probability);
            ("a-h-A-W-M-S", format!("{name} {number}"), remarks)
        }
        Mode::Exercise => (
            "a-k-A-W-M-S",
            format!("EXERCISE {number}"),
            format!("EXERCISE track {number}: practice, nothing is flying"),
        ),
    };
    let course_deg = east.atan2(north).to_degrees().rem_euclid(360.0);
    let speed_mps = (east * east + north * north + up * up).sqrt();
    let detail = vec![
        Element::new("contact").with("callsign", callsign),
        Element::new("track").with("speed", rounded(speed_mps, 10.0)).with("course", rounded(course_deg, 10.0)),
        Element::new("remarks").saying(&remarks),
    ];
    Some(from.event(from.uid("track", &round_name(round)), kind, point, now, ROUND_STALE_S, detail))
}

fn impact(from: &Originator, round: &Round, now: Time) -> Option<CotEvent> {
    let Round { track, threat, impact, .. } = round;
    let ellipse = threat.impact.covariance.ellipse(ELLIPSE_PROBABILITY);
    let point = Point::new(
        impact.lat_deg,
        impact.lon_deg,
        impact.height_m,
        deviation_m(threat.impact.covariance),
        f64::INFINITY,
    );
    let at = time_of_day(threat.impact.at);
    let (what, callsign, remarks, colour) = match from.mode {
        Mode::Live => {
            let remarks = format!("95 % of the predicted impacts of track {}, at {at} UTC", track.id.0);
            ("impact", format!("Impact {}", track.id.0), remarks, RED)
        }
        Mode::Exercise => {
            let name = format!("EXERCISE point {}", track.id.0);
            ("point", name.clone(), format!("{name}: practice, nothing will fall"), BLUE)
        }
    };
    let axes = Element::new("ellipse")
        .with("major", rounded(ellipse.semi_major_m, 10.0))
        .with("minor", rounded(ellipse.semi_minor_m, 10.0))
        .with("angle", rounded(ellipse.bearing_rad.to_degrees().rem_euclid(360.0), 10.0));
    let detail = vec![
        Element::new("shape").holding(axes),
        Element::new("strokeColor").with("value", colour),
        Element::new("fillColor").with("value", thin(colour)),
        Element::new("contact").with("callsign", callsign),
        Element::new("remarks").saying(&remarks),
    ];
    Some(from.event(from.uid(what, &round_name(round)), "u-d-c-e", point.ok()?, now, ROUND_STALE_S, detail))
}

/// One standard deviation over both directions, metres.
fn deviation_m(covariance: PlaneCovariance) -> f64 {
    covariance.to_matrix().trace().max(0.0).sqrt()
}

fn class_name(class: Class) -> &'static str {
    match class {
        Class::Mortar => "Mortar bomb",
        Class::Artillery => "Shell",
        Class::Rocket => "Rocket",
        Class::Ballistic => "Round",
        Class::Aircraft | Class::SlowFlyer | Class::Drone | Class::Bird | Class::Unknown => "Track",
    }
}

fn time_of_day(time: Time) -> String {
    let text = crate::time::text(time);
    // Date, `T`, time of day, fraction.
    text.get(11..19).unwrap_or_default().to_owned()
}
