//! What comes out of a datagram, in one value for each record.

use parapet_engine::{Event, OwnState};
use parapet_frame::{HeardAt, MeasuredAt};
use parapet_track::{ContactName, ContactSource, Doubts, Height, Identity, SensorId, Teller, Told, Velocity};
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
    Health(OwnState),
}

impl Heard {
    /// The event for the engine. Who says where he is becomes a contact where the sensor is configured as one that tells of
    /// contacts, and a sign of life of its sensor otherwise; what an antenna passes is told.
    #[must_use]
    pub fn into_event(self, contacts: &[ContactSource]) -> Event {
        let (told, sensor, measured_at) = match self {
            Heard::Event(event) => return event,
            Heard::Health(state) => return of_state(state),
            Heard::Cooperative(report) => (report.told(), report.sensor, report.measured_at),
            Heard::SystemTrack(track) => (track.told(), track.sensor, track.measured_at),
        };
        let source = contacts.iter().find(|source| source.sensor == sensor);
        let report = source.zip(told).and_then(|(source, told)| source.report(&told));
        report.map_or(Event::Alive { sensor, measured_at }, |report| Event::Contact(Box::new(report)))
    }
}

/// A message that tells nothing but where the antenna points is what comes most often.
fn of_state(state: OwnState) -> Event {
    let OwnState { sensor, measured_at, heard_at, antenna_rad, rotation_period_s, .. } = state;
    let bare = OwnState { antenna_rad, rotation_period_s, ..OwnState::alive(sensor, measured_at, heard_at) };
    match antenna_rad {
        Some(antenna_rad) if state == bare => Event::Swept { sensor, measured_at, antenna_rad },
        _ => Event::Health(Box::new(state)),
    }
}

impl CooperativeReport {
    /// What it tells, as the core has it; `None` where it does not say who it is.
    fn told(&self) -> Option<Told> {
        let (teller, name) = match self.uas {
            Some(uas) => (Teller::Unmanned, ContactName::Serial(uas.serial)),
            None => (Teller::Aircraft, self.identity.address.map(ContactName::Address).or(self.other_name())?),
        };
        Some(Told {
            teller,
            name,
            measured_at: self.measured_at,
            heard_at: self.heard_at,
            identity: self.identity,
            position_deg: self.position_deg,
            covariance_m2: self.position_95_m.map(Told::covariance_of_95),
            height: self.height,
            velocity: self.velocity,
            sigma_velocity_mps: None,
            on_ground: self.on_ground,
            doubts: Doubts { simulated: self.simulated, suspect: self.suspect, ..Doubts::default() },
        })
    }

    fn other_name(&self) -> Option<ContactName> {
        self.other_address
            .map(ContactName::OtherAddress)
            .or(self.number.map(|number| ContactName::Number(number.into())))
    }
}

impl SystemTrack {
    /// What it tells, as the core has it; `None` for the last message of a track, which tells of nothing that flies.
    fn told(&self) -> Option<Told> {
        let status = self.status;
        Some(Told {
            teller: Teller::System,
            name: ContactName::Number(self.number.into()),
            measured_at: self.measured_at,
            heard_at: self.heard_at,
            identity: self.identity,
            position_deg: self.position_deg,
            covariance_m2: self.covariance_m2,
            height: self.height,
            velocity: self.velocity,
            sigma_velocity_mps: self.sigma_velocity_mps.map(|[east, north]| east.max(north)),
            on_ground: false,
            doubts: Doubts {
                simulated: status.simulated,
                suspect: status.tentative || status.doubtful,
                silent: status.non_cooperative || self.identity == Identity::default(),
                coasted: status.coasting,
            },
        })
        .filter(|_| !status.ended)
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
    /// The address where ICAO did not give it out: anonymous, or of a vehicle.
    pub other_address: Option<u32>,
    /// The number that the ground station gave it.
    pub number: Option<u16>,
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
