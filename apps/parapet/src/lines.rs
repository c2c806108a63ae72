//! The engine's outputs as JSON Lines for people's own programs.

use parapet_engine::{Output, Refusal, SensorHealth, SensorReport, Trouble, TroubleReport};
use parapet_frame::SitePoint;
use parapet_service::{AlarmRecord, Atlas, BiasView, ImpactView, OriginView, ThreatBook, rfc3339};
use parapet_track::{
    ArcState, BiasKind, Class, ClassOdds, ContactName, EarHealth, Identity, MotionOdds, Recognition,
    RegistrationReport, SoundKind, SoundSource, Suspected, Suspicion, TrackEnd, TrackId, TrackReport,
};
use parapet_warn::{
    FallReport, OperatorCommand, OperatorRefusal, OperatorReport, OriginReport, RoundRecord, Threat, Verdict,
};
use serde::Serialize;

/// One line. Its `kind` says what it is.
#[allow(clippy::large_enum_variant, reason = "a line is made, written and gone")]
#[derive(Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(crate) enum Line {
    Track(Box<TrackLine>),
    TrackEnded {
        track: TrackId,
        at: String,
        why: TrackEnd,
    },
    Threat {
        track: TrackId,
        at: String,
        probability: f64,
        believed: bool,
        impact: Option<ImpactView>,
    },
    /// Where a threat came from: for the incident record only.
    Origin {
        track: TrackId,
        at: String,
        plots: u32,
        origin: Option<OriginView>,
    },
    /// The whole way of a round whose track has ended: for the incident record only.
    Record(Box<RecordLine>),
    Alarm(AlarmRecord),
    Sensor {
        sensor: String,
        at: String,
        health: SensorHealth,
        /// What it says is wrong with itself.
        #[serde(skip_serializing_if = "Vec::is_empty")]
        complaints: Vec<&'static str>,
    },
    /// Somebody who says where he is says what is not so.
    Suspicion {
        sensor: String,
        at: String,
        contact: ContactLine,
        track: Option<TrackId>,
        why: Suspected,
    },
    /// What a sensor has wrong.
    Registration(RegistrationLine),
    /// A trouble with a sensor begins or is over.
    Trouble {
        sensor: String,
        at: String,
        trouble: Trouble,
        stands: bool,
        #[serde(skip_serializing_if = "String::is_empty")]
        detail: String,
    },
    Refused {
        sensor: Option<String>,
        #[serde(flatten)]
        refusal: RefusalLine,
    },
    /// What became of an order of people on duty.
    Operator {
        at: String,
        #[serde(flatten)]
        command: OperatorCommand,
        refused: Option<OperatorRefusal>,
    },
    /// A launch or an impact that several nodes heard.
    Sound {
        id: u32,
        sound: SoundKind,
        at: String,
        lat_deg: Option<f64>,
        lon_deg: Option<f64>,
        /// Half-axes of the ellipse that holds it with a probability of 95 %.
        semi_major_m: f64,
        semi_minor_m: f64,
        nodes: Vec<String>,
    },
    /// Whether a predicted impact was heard: for the incident record only.
    Fall {
        track: TrackId,
        at: String,
        verdict: Verdict,
        predicted: Option<ImpactView>,
        source: Option<u32>,
        off_m: Option<f64>,
        listening: u32,
    },
    Ear {
        ear: String,
        at: String,
        health: EarHealth,
    },
}

/// A track: site ENU as the engine has it, and what people read.
#[derive(Serialize)]
pub(crate) struct TrackLine {
    track: u64,
    at: String,
    at_s: f64,
    /// None for a track that is nowhere near the site.
    lat_deg: Option<f64>,
    lon_deg: Option<f64>,
    height_m: Option<f64>,
    ground_speed_mps: f64,
    course_deg: f64,
    climb_mps: f64,
    position_m: [f64; 3],
    velocity_mps: [f64; 3],
    class: Class,
    classes: ClassOdds,
    odds: MotionOdds,
    existence: f64,
    plots: u32,
    /// Plots used in this update; none means that the track was predicted only.
    new_plots: usize,
    last_plot_at: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    address: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    mode_3a: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    callsign: Option<String>,
    /// The contact that it is held to be.
    #[serde(skip_serializing_if = "Option::is_none")]
    contact: Option<RecognitionLine>,
}

/// A contact that a track is held to be.
#[derive(Serialize)]
pub(crate) struct RecognitionLine {
    sensor: String,
    #[serde(flatten)]
    contact: ContactLine,
    since: String,
    believed: bool,
}

/// Who a contact says that it is.
#[derive(Serialize)]
pub(crate) struct ContactLine {
    /// Its address in hexadecimal digits, its serial number, or its number in another system.
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    callsign: Option<String>,
}

/// The arc of a round by all its plots together: site ENU as the engine has it, and where it came down and from.
#[derive(Serialize)]
pub(crate) struct RecordLine {
    track: u64,
    at: String,
    class: Class,
    classes: ClassOdds,
    first_plot_at: String,
    last_plot_at: String,
    plots: u32,
    arc_plots: u32,
    left_out: u32,
    start: StateLine,
    apex: Option<StateLine>,
    end: StateLine,
    misfit: f64,
    agrees: bool,
    impact: Option<ImpactView>,
    origin: Option<OriginView>,
}

/// The state of a round at an instant of its arc, and standard deviations in the same order.
#[derive(Serialize)]
pub(crate) struct StateLine {
    at: String,
    position_m: [f64; 3],
    velocity_mps: [f64; 3],
    ln_beta: f64,
    sigmas: [f64; 7],
}

/// What all plots of a sensor have in common: measured less true, and how well that is known.
#[derive(Serialize)]
pub(crate) struct RegistrationLine {
    sensor: String,
    at: String,
    bias: BiasView,
    sigma: BiasView,
    windows: u64,
    used: bool,
    stands_out: Vec<BiasKind>,
}

#[derive(Serialize)]
pub(crate) struct RefusalLine {
    at: String,
    sequence: Option<u64>,
    reason: parapet_engine::RefusalReason,
    #[serde(skip_serializing_if = "String::is_empty")]
    detail: String,
}

/// Which file a line belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Shelf {
    Tracks,
    Threats,
    Alarms,
    Events,
}

impl Line {
    pub(crate) fn shelf(&self) -> Shelf {
        match self {
            Line::Track(_) | Line::TrackEnded { .. } => Shelf::Tracks,
            Line::Threat { .. } | Line::Origin { .. } | Line::Record(_) => Shelf::Threats,
            Line::Alarm(_) => Shelf::Alarms,
            Line::Fall { .. } => Shelf::Threats,
            Line::Sensor { .. }
            | Line::Registration(_)
            | Line::Trouble { .. }
            | Line::Refused { .. }
            | Line::Sound { .. }
            | Line::Ear { .. }
            | Line::Suspicion { .. }
            | Line::Operator { .. } => Shelf::Events,
        }
    }
}

/// Puts outputs into words; remembers the predictions that alarms quote.
pub(crate) struct Narrator {
    atlas: Atlas,
    book: ThreatBook,
}

impl Narrator {
    pub(crate) fn new(atlas: Atlas) -> Self {
        Narrator { atlas, book: ThreatBook::default() }
    }

    pub(crate) fn line(&mut self, output: &Output) -> Line {
        if let Some(record) = self.book.output(&self.atlas, output) {
            return Line::Alarm(record);
        }
        match output {
            Output::Track(report) => Line::Track(Box::new(track(&self.atlas, report))),
            Output::TrackEnded { track, at, why } => Line::TrackEnded { track: *track, at: rfc3339(*at), why: *why },
            Output::Threat(threat) => self.threat(threat),
            Output::Origin(OriginReport { track, at, plots, origin }) => Line::Origin {
                track: *track,
                at: rfc3339(*at),
                plots: *plots,
                origin: self.atlas.point_of_origin(origin),
            },
            Output::Record(report) => Line::Record(Box::new(record(&self.atlas, report))),
            // The book has made a record of it above; this is the same without predictions.
            Output::Alarm(alarm) => Line::Alarm(AlarmRecord::new(&self.atlas, alarm, |_| None)),
            Output::Sensor(SensorReport { sensor, at, health, complaints }) => Line::Sensor {
                sensor: self.atlas.sensor_name(*sensor),
                at: rfc3339(*at),
                health: *health,
                complaints: complaints.words().collect(),
            },
            Output::Suspicion(Suspicion { at, sensor, name, identity, track, why }) => Line::Suspicion {
                sensor: self.atlas.sensor_name(*sensor),
                at: rfc3339(*at),
                contact: contact(*name, *identity),
                track: *track,
                why: *why,
            },
            Output::Registration(report) => Line::Registration(self.registration(report)),
            Output::Trouble(TroubleReport { sensor, at, trouble, stands, detail }) => Line::Trouble {
                sensor: self.atlas.sensor_name(*sensor),
                at: rfc3339(*at),
                trouble: *trouble,
                stands: *stands,
                detail: detail.clone(),
            },
            Output::Refused(refusal) => self.refusal(refusal),
            Output::Operator(OperatorReport { at, command, refused }) => {
                Line::Operator { at: rfc3339(*at), command: command.clone(), refused: *refused }
            }
            Output::Sound(source) => self.sound(source),
            Output::Fall(fall) => self.fall(fall),
            Output::Ear(report) => {
                Line::Ear { ear: report.ear.to_string(), at: rfc3339(report.at), health: report.health }
            }
        }
    }

    fn threat(&self, threat: &Threat) -> Line {
        let Threat { track, at, probability, impact, believed, .. } = threat;
        let impact = self.atlas.impact(impact);
        Line::Threat { track: *track, at: rfc3339(*at), probability: *probability, believed: *believed, impact }
    }

    fn registration(&self, report: &RegistrationReport) -> RegistrationLine {
        let RegistrationReport { sensor, at, windows, is_used, stands_out, .. } = report;
        RegistrationLine {
            sensor: self.atlas.sensor_name(*sensor),
            at: rfc3339(*at),
            bias: BiasView::of(report.bias),
            sigma: BiasView::of(report.sigma),
            windows: *windows,
            used: *is_used,
            stands_out: stands_out.clone(),
        }
    }

    fn fall(&self, fall: &FallReport) -> Line {
        let FallReport { track, at, verdict, predicted, source, off_m, listening } = *fall;
        let predicted = self.atlas.impact(&predicted);
        Line::Fall { track, at: rfc3339(at), verdict, predicted, source, off_m, listening }
    }

    fn sound(&self, source: &SoundSource) -> Line {
        let place = self.atlas.geodetic(source.place);
        let ellipse = source.covariance.ellipse(0.95);
        Line::Sound {
            id: source.id,
            sound: source.kind,
            at: rfc3339(source.at),
            lat_deg: place.map(|place| place.lat_deg),
            lon_deg: place.map(|place| place.lon_deg),
            semi_major_m: ellipse.semi_major_m,
            semi_minor_m: ellipse.semi_minor_m,
            nodes: source.ears.iter().map(ToString::to_string).collect(),
        }
    }

    fn refusal(&self, refusal: &Refusal) -> Line {
        let Refusal { at, sensor, sequence, reason, detail } = refusal.clone();
        let sensor = sensor.map(|sensor| self.atlas.sensor_name(sensor));
        Line::Refused { sensor, refusal: RefusalLine { at: rfc3339(at), sequence, reason, detail } }
    }
}

fn track(atlas: &Atlas, report: &TrackReport) -> TrackLine {
    let [east_m, north_m, up_m] = report.position_m;
    let [east_mps, north_mps, climb_mps] = report.velocity_mps;
    let place = atlas.geodetic(SitePoint { east_m, north_m, up_m });
    let identity = report.identity.unwrap_or_default();
    TrackLine {
        track: report.id.0,
        at: rfc3339(report.at),
        at_s: report.at.nanos() as f64 / 1e9,
        lat_deg: place.map(|place| place.lat_deg),
        lon_deg: place.map(|place| place.lon_deg),
        height_m: place.map(|place| place.height_m),
        ground_speed_mps: east_mps.hypot(north_mps),
        course_deg: east_mps.atan2(north_mps).to_degrees().rem_euclid(360.0),
        climb_mps,
        position_m: report.position_m,
        velocity_mps: report.velocity_mps,
        class: report.class,
        classes: report.classes,
        odds: report.odds,
        existence: report.existence,
        plots: report.plots,
        new_plots: report.evidence.len(),
        last_plot_at: rfc3339(report.last_plot_at),
        address: identity.address.map(|address| format!("{address:06X}")),
        mode_3a: identity.mode_3a.map(|code| format!("{code:04o}")),
        callsign: callsign(identity),
        contact: report.contact.map(|recognition| recognised(atlas, &recognition)),
    }
}

fn record(atlas: &Atlas, RoundRecord { at, arc, impact, origin }: &RoundRecord) -> RecordLine {
    RecordLine {
        track: arc.track.0,
        at: rfc3339(*at),
        class: arc.class,
        classes: arc.classes,
        first_plot_at: rfc3339(arc.first_plot_at),
        last_plot_at: rfc3339(arc.last_plot_at),
        plots: arc.plots,
        arc_plots: arc.arc_plots,
        left_out: arc.left_out,
        start: state(&arc.start),
        apex: arc.apex.as_ref().map(state),
        end: state(&arc.end),
        misfit: arc.misfit,
        agrees: arc.agrees,
        impact: impact.as_ref().and_then(|impact| atlas.impact(impact)),
        origin: origin.as_ref().and_then(|origin| atlas.point_of_origin(origin)),
    }
}

fn state(state: &ArcState) -> StateLine {
    let covariance = state.estimate().covariance;
    StateLine {
        at: rfc3339(state.at),
        position_m: state.position_m,
        velocity_mps: state.velocity_mps,
        ln_beta: state.ln_beta,
        sigmas: core::array::from_fn(|i| covariance[(i, i)].max(0.0).sqrt()),
    }
}

fn recognised(atlas: &Atlas, recognition: &Recognition) -> RecognitionLine {
    RecognitionLine {
        sensor: atlas.sensor_name(recognition.sensor),
        contact: contact(recognition.name, recognition.identity),
        since: rfc3339(recognition.since),
        believed: recognition.believed,
    }
}

fn contact(name: ContactName, identity: Identity) -> ContactLine {
    let name = match name {
        ContactName::Address(address) => format!("{address:06X}"),
        ContactName::OtherAddress(address) => format!("~{address:06X}"),
        ContactName::Serial(serial) => {
            serial.iter().map(|byte| char::from(*byte)).filter(char::is_ascii_graphic).collect()
        }
        ContactName::Number(number) => number.to_string(),
    };
    ContactLine { name, callsign: callsign(identity) }
}

fn callsign(identity: Identity) -> Option<String> {
    let characters = identity.callsign?;
    Some(characters.iter().filter(|byte| byte.is_ascii_graphic()).map(|byte| char::from(*byte)).collect())
}
