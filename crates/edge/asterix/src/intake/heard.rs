//! What comes out of a datagram, in one value for each record.

use parapet_engine::Event;
use parapet_frame::{HeardAt, MeasuredAt};
use parapet_track::{Identity, SensorId};
use serde::{Deserialize, Serialize};

/// What one record, or one stretch of octets that cannot be read, became.
#[derive(Clone, Debug, PartialEq)]
pub enum Heard {
    /// Something for the engine as it is.
    Event(Event),
    /// What an aircraft says of itself (CAT021, CAT129).
    Cooperative(Box<CooperativeReport>),
    /// A track of another system (CAT062).
    SystemTrack(Box<SystemTrack>),
    /// The state of a sensor or a system (CAT002, CAT034, CAT065). It is a sign of life too.
    Health(SensorHealth),
}

impl Heard {
    /// The event for an engine that knows nothing of the other kinds: each is a sign of life of its sensor, and what the antenna passes is told.
    #[must_use]
    pub fn into_event(self) -> Event {
        let (sensor, measured_at) = match self {
            Heard::Event(event) => return event,
            Heard::Cooperative(report) => (report.sensor, report.measured_at),
            Heard::SystemTrack(track) => (track.sensor, track.measured_at),
            Heard::Health(health) => match health.antenna_rad {
                Some(antenna_rad) => {
                    let SensorHealth { sensor, measured_at, .. } = health;
                    return Event::Swept { sensor, measured_at, antenna_rad };
                }
                None => (health.sensor, health.measured_at),
            },
        };
        Event::Alive { sensor, measured_at }
    }
}

/// Where an aircraft says that it is. It may be wrong, and it may lie: what is believed of it is for others to decide.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct CooperativeReport {
    /// The ground station that heard it.
    pub sensor: SensorId,
    /// When it was there, or when its message was received, by the ground station's clock.
    pub measured_at: MeasuredAt,
    /// When we received it.
    pub heard_at: HeardAt,
    /// Who it says that it is; the address only where ICAO gave it out.
    pub identity: Identity,
    /// The UAS that it says it is (CAT129).
    pub uas: Option<UasIdentity>,
    /// Latitude and longitude of WGS-84, degrees.
    pub position_deg: [f64; 2],
    /// Radius in metres within which it claims to be with 95 %; `None` where it does not know.
    pub position_95_m: Option<f64>,
    /// How high it is.
    pub height: Option<Height>,
    /// How it moves.
    pub velocity: Option<Velocity>,
    /// It says that it is on the ground.
    pub on_ground: bool,
    /// The ground station doubts it.
    pub suspect: bool,
    /// The ground station says that it is a simulated or a test target.
    pub simulated: bool,
}

/// Who an unmanned aircraft says that it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct UasIdentity {
    /// Manufacturer, three letters, blank-padded.
    pub manufacturer: [u8; 3],
    /// Model, three letters, blank-padded.
    pub model: [u8; 3],
    /// Serial number as sent.
    pub serial: [u8; 12],
    /// Country of registration, two letters.
    pub country: [u8; 2],
}

/// A height and what it is above.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Height {
    /// Metres.
    pub m: f64,
    /// Above what.
    pub above: Above,
    /// Standard deviation in metres, where the sender tells it.
    pub sigma_m: Option<f64>,
}

/// What a height is above.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Above {
    /// The WGS-84 ellipsoid.
    Ellipsoid,
    /// The pressure surface of 1013.25 hPa.
    StandardPressure,
    /// Mean sea level.
    MeanSea,
}

/// How something moves, metres per second.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Velocity {
    /// To the east.
    pub east_mps: f64,
    /// To the north.
    pub north_mps: f64,
    /// Upwards, where it is told.
    pub up_mps: Option<f64>,
}

/// A track that another system made of its own sensors. It is one more sensor with errors of its own, not the truth:
/// they are correlated in time, and with those of our sensors where it uses the same.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct SystemTrack {
    /// The system.
    pub sensor: SensorId,
    /// The time that the track is told for.
    pub measured_at: MeasuredAt,
    /// When we received it.
    pub heard_at: HeardAt,
    /// Its number in the system.
    pub number: u16,
    /// Latitude and longitude of WGS-84, degrees.
    pub position_deg: [f64; 2],
    /// Covariance of the place in the plane, east and north, square metres: `[east, north, east-north]`. `None` where
    /// the system does not tell its error.
    pub covariance_m2: Option<[f64; 3]>,
    /// How high it is.
    pub height: Option<Height>,
    /// How it moves.
    pub velocity: Option<Velocity>,
    /// Standard deviations of the velocity to the east and to the north, metres per second, where told.
    pub sigma_velocity_mps: Option<[f64; 2]>,
    /// What is known of who it is.
    pub identity: Identity,
    /// What the system says of the track.
    pub status: TrackState,
}

/// What a system says of one of its tracks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrackState {
    /// Not yet confirmed.
    pub tentative: bool,
    /// No sensor has seen it for a while.
    pub coasting: bool,
    /// The last message of this track.
    pub ended: bool,
    /// Only one sensor sees it.
    pub mono_sensor: bool,
    /// No transponder answers.
    pub non_cooperative: bool,
    /// The system thinks that it may be false, or made it of a flight plan.
    pub doubtful: bool,
    /// A simulated track.
    pub simulated: bool,
}

/// What a sensor or a system says of its own state. What a message does not tell is `None`.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct SensorHealth {
    /// Which one.
    pub sensor: SensorId,
    /// Its own time of the message.
    pub measured_at: MeasuredAt,
    /// When we received it.
    pub heard_at: HeardAt,
    /// NOGO: its data may be used.
    pub released: Option<bool>,
    /// It is overloaded.
    pub overloaded: Option<bool>,
    /// Its time source is valid: where this is `false`, its times of day are not to be believed.
    pub time_valid: Option<bool>,
    /// Its tracker was restarted: track numbers begin anew.
    pub restarted: Option<bool>,
    /// Where its antenna points, radians clockwise from north: 0 at a north marker, the sector's beginning at a
    /// crossing.
    pub antenna_rad: Option<f64>,
    /// How long its antenna takes for a turn, seconds.
    pub rotation_period_s: Option<f64>,
    /// A strobe of jamming from this direction, radians clockwise from north.
    pub jammed_from_rad: Option<f64>,
}
