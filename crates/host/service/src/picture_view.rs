//! The words of the picture; the contract with the page is `docs/http.md`.

use parapet_engine::SensorHealth;
use parapet_frame::{SitePoint, Time};
use parapet_siren::{SirenStage, World, phrase};
use parapet_track::{Class, ClassOdds, MotionOdds, TrackReport};
use parapet_warn::{Advice, Alarm, SecondsLeft, Threat};
use serde::Serialize;

use crate::atlas::{Atlas, ThreatView, word};
use crate::flight_path::{FlightPaths, PathPoint};
use crate::salvo::SalvoView;
use crate::sensor_view::{self, RegistrationView};
use crate::shared::Status;
use crate::tables::Tables;

/// Only tracks that probably exist and have been seen a few times are shown: a page full of guesses helps nobody.
const EXISTENCE_MIN: f64 = 0.5;
const PLOTS_MIN: u32 = 3;

/// What a picture is made from.
pub(crate) struct Views<'a> {
    pub(crate) now: Time,
    pub(crate) atlas: &'a Atlas,
    pub(crate) tables: &'a Tables,
    pub(crate) paths: &'a FlightPaths,
    pub(crate) status: &'a Status,
    /// "ok", or what is wrong with the recording.
    pub(crate) recording: String,
    /// "ok", or what is wrong with the alarm file and the CAP folder.
    pub(crate) alarm_output: String,
}

#[derive(Serialize)]
struct Picture<'a> {
    now_ms: i64,
    tracks: Vec<TrackView>,
    threats: Vec<ThreatShown<'a>>,
    salvo: Option<SalvoView>,
    alarms: Vec<AlarmView>,
    sensors: Vec<SensorView>,
    counts: CountsView,
}

#[derive(Serialize)]
struct TrackView {
    id: u64,
    lat_deg: f64,
    lon_deg: f64,
    height_m: f64,
    speed_mps: f64,
    course_deg: f64,
    climb_mps: f64,
    class: Class,
    classes: ClassOdds,
    odds: MotionOdds,
    existence: f64,
    threat: bool,
    plots: u32,
    updated_ms: i64,
    callsign: Option<String>,
    /// The sensor whose contact it is recognised as.
    #[serde(skip_serializing_if = "Option::is_none")]
    contact: Option<String>,
}

/// A threat with its way to the ground.
#[derive(Serialize)]
struct ThreatShown<'a> {
    #[serde(flatten)]
    threat: ThreatView,
    /// From the track's last known place to the impact, at equal times.
    path: &'a [PathPoint],
}

#[derive(Serialize)]
struct AlarmView {
    id: String,
    zone: String,
    zone_name: String,
    stage: String,
    raised_ms: i64,
    updated_ms: i64,
    impact_ms: Option<i64>,
    probability: f64,
    threats: Vec<u64>,
    reason: Option<String>,
    advice: Advice,
    left: Option<SecondsLeft>,
    /// Longitude and latitude, as GeoJSON writes them.
    part: Vec<[f64; 2]>,
    acknowledged_by: Option<String>,
    /// The sentence to be spoken.
    say: String,
}

#[derive(Serialize)]
struct SensorView {
    id: String,
    state: &'static str,
    /// What it says is wrong with itself.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    complaints: Vec<&'static str>,
    last_heard_ms: Option<i64>,
    plots: u64,
    refused: u64,
    /// What is wrong with it, one sentence each.
    troubles: Vec<String>,
    /// What it has wrong, where that has been estimated.
    registration: Option<RegistrationView>,
}

#[derive(Serialize)]
struct CountsView {
    heard: u64,
    used: u64,
    refused: u64,
    recording: String,
    /// Whether alarms can be written.
    alarm_output: String,
    /// Datagrams that were lost because we or the system were too busy.
    datagrams_lost: u64,
}

/// The picture as JSON.
pub(crate) fn json(views: &Views<'_>) -> String {
    let shown = |track: &&TrackReport| track.existence >= EXISTENCE_MIN && track.plots >= PLOTS_MIN;
    let Views { now, atlas, tables, status, .. } = views;
    let picture = Picture {
        now_ms: now.millis(),
        tracks: tables.tracks.values().filter(shown).filter_map(|track| views.track(track)).collect(),
        threats: tables.threats.values().filter_map(|threat| views.threat(threat)).collect(),
        salvo: tables.salvo.view(*now),
        alarms: tables.alarms.values().map(|alarm| views.alarm(alarm)).collect(),
        sensors: (0..atlas.config().sensors.len()).map(|sensor| views.sensor(sensor)).collect(),
        counts: CountsView {
            heard: status.counts.heard,
            used: status.counts.used,
            refused: status.counts.refused.values().sum(),
            recording: views.recording.clone(),
            alarm_output: views.alarm_output.clone(),
            datagrams_lost: status.datagrams_dropped + status.datagrams_overrun,
        },
    };
    // Plain structures of numbers and text always serialise.
    serde_json::to_string(&picture).unwrap_or_default()
}

impl Views<'_> {
    /// `None` for a track that is nowhere near the site.
    fn track(&self, track: &TrackReport) -> Option<TrackView> {
        let [east_m, north_m, up_m] = track.position_m;
        let [east_mps, north_mps, climb_mps] = track.velocity_mps;
        let place = self.atlas.geodetic(SitePoint { east_m, north_m, up_m })?;
        Some(TrackView {
            id: track.id.0,
            lat_deg: place.lat_deg,
            lon_deg: place.lon_deg,
            height_m: place.height_m,
            speed_mps: (east_mps * east_mps + north_mps * north_mps + climb_mps * climb_mps).sqrt(),
            course_deg: east_mps.atan2(north_mps).to_degrees().rem_euclid(360.0),
            climb_mps,
            class: track.class,
            classes: track.classes,
            odds: track.odds,
            existence: track.existence,
            threat: self.tables.threats.contains_key(&track.id),
            plots: track.plots,
            updated_ms: track.last_plot_at.millis(),
            callsign: called(track).map(callsign),
            contact: track.contact.map(|contact| self.atlas.sensor_name(contact.sensor)),
        })
    }

    /// `None` when its impact lies nowhere near the site.
    fn threat(&self, threat: &Threat) -> Option<ThreatShown<'_>> {
        Some(ThreatShown { threat: self.atlas.threat(threat)?, path: self.paths.of(threat.track) })
    }

    fn alarm(&self, alarm: &Alarm) -> AlarmView {
        let zone = self.atlas.zone(alarm.id.zone);
        AlarmView {
            id: self.atlas.alarm_id(alarm.id),
            zone: zone.map(|zone| zone.key.clone()).unwrap_or_default(),
            zone_name: zone.map(|zone| zone.name.clone()).unwrap_or_default(),
            stage: word(alarm.stage),
            raised_ms: alarm.raised_at.millis(),
            updated_ms: alarm.at.millis(),
            impact_ms: alarm.impact_at.map(Time::millis),
            probability: alarm.probability.clamp(0.0, 1.0),
            threats: alarm.threats.iter().map(|track| track.0).collect(),
            reason: Some(word(alarm.reason)),
            advice: alarm.advice,
            left: alarm.left,
            part: alarm.part.iter().map(|corner| self.atlas.lon_lat(*corner)).collect(),
            acknowledged_by: alarm.acknowledged_by.clone(),
            say: self.say(alarm, zone.map(|zone| zone.name.as_str()).unwrap_or_default()),
        }
    }

    fn say(&self, alarm: &Alarm, zone_name: &str) -> String {
        let left_s = alarm.impact_at.map(|at| at.seconds_since(self.now)).filter(|left| *left > 0.0);
        phrase(World::from(self.atlas.config().mode), SirenStage::from(alarm.stage), zone_name, left_s)
    }

    /// Whether a sensor speaks: `ok`, `silent` or `never_heard`.
    pub(crate) fn state(&self, sensor: usize) -> &'static str {
        let heard = self.status.sensors.get(sensor).is_some_and(|tally| tally.last_heard.is_some());
        match self.tables.health.get(&(sensor as u16)).map(|report| report.health) {
            Some(SensorHealth::Speaking) => "ok",
            Some(SensorHealth::Silent) => "silent",
            // The engine speaks up when something changes; before that, being heard at all is all there is to say.
            Some(SensorHealth::NeverHeard) | None if heard => "ok",
            Some(SensorHealth::NeverHeard) | None => "never_heard",
        }
    }

    fn sensor(&self, sensor: usize) -> SensorView {
        let tally = self.status.sensors.get(sensor).cloned().unwrap_or_default();
        let report = self.tables.health.get(&(sensor as u16)).copied();
        SensorView {
            id: self.atlas.config().sensors[sensor].name.clone(),
            state: self.state(sensor),
            complaints: report.map(|report| report.complaints.words().collect()).unwrap_or_default(),
            last_heard_ms: tally.last_heard.map(Time::millis),
            plots: tally.plots,
            refused: tally.refused,
            troubles: sensor_view::troubles(&tally),
            registration: tally.registration.as_ref().map(RegistrationView::of),
        }
    }
}

/// What a thing calls itself: by its own answers to a radar, or else by the contact that it is held to be.
fn called(track: &TrackReport) -> Option<[u8; 8]> {
    let answered = track.identity.and_then(|identity| identity.callsign);
    answered.or_else(|| track.contact.and_then(|contact| contact.identity.callsign))
}

/// Eight characters of the ICAO alphabet without their padding; anything else was not put there by a transponder.
fn callsign(characters: [u8; 8]) -> String {
    let fine = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b' ';
    characters.iter().filter(|byte| fine(byte)).map(|byte| char::from(*byte)).collect::<String>().trim().to_owned()
}
