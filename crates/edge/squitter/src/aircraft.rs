//! What is known of each aircraft, from the several messages in which it tells.

use std::collections::BTreeMap;

use parapet_frame::{HeardAt, MeasuredAt};
use parapet_track::{
    Above, ContactName, Doubts, Height, Identity, Teller, Told, Velocity, accuracy_of_nacp, accuracy_of_nucp,
};

use crate::cpr::{Airborne, Parity, of_pair, of_reference};
use crate::message::{Message, Speed, Squitter};

/// An even and an odd message together tell a place only if they were sent within this, seconds (Doc 9871, C.2.6.7).
const PAIR_S: f64 = 10.0;
/// What an aircraft said of its velocity, and where it was, is held to for so long, seconds.
const SPEED_S: f64 = 5.0;
const PLACE_S: f64 = 60.0;
/// Aircraft that are kept.
const AIRCRAFT_MAX: usize = 4_096;
/// NACv to the radius of 95 %, m/s (Doc 9871, table C-22): index is the category.
const NACV_95_MPS: [Option<f64>; 5] = [None, Some(10.0), Some(3.0), Some(1.0), Some(0.3)];

/// Which aircraft: by its address, and whether ICAO gave that out.
type Key = (u32, bool);

/// An aircraft.
#[derive(Clone, Debug)]
struct Aircraft {
    heard_at: HeardAt,
    even: Option<(HeardAt, Airborne)>,
    odd: Option<(HeardAt, Airborne)>,
    place: Option<(HeardAt, [f64; 2])>,
    speed: Option<(HeardAt, Speed)>,
    name: Option<[u8; 8]>,
    version: u8,
    accuracy: Option<u8>,
}

/// All that are heard.
#[derive(Clone, Debug, Default)]
pub(crate) struct Fleet {
    aircraft: BTreeMap<Key, Aircraft>,
    tidied_at: Option<HeardAt>,
}

impl Fleet {
    /// Takes a squitter; what it tells of where the aircraft is, where it does.
    ///
    /// `near_deg` is a place from which every aircraft that is heard is known to be within 180 nautical miles, where there is one.
    pub(crate) fn hear(&mut self, heard_at: HeardAt, squitter: &Squitter, near_deg: Option<[f64; 2]>) -> Option<Told> {
        self.tidy(heard_at);
        let key = (squitter.address, squitter.is_icao);
        if !self.aircraft.contains_key(&key) && self.aircraft.len() >= AIRCRAFT_MAX {
            return None;
        }
        let aircraft = self.aircraft.entry(key).or_insert_with(|| Aircraft::new(heard_at));
        aircraft.heard_at = heard_at;
        aircraft.take(heard_at, key, &squitter.message, near_deg)
    }

    fn tidy(&mut self, now: HeardAt) {
        if self.tidied_at.is_none_or(|last| now.0.seconds_since(last.0) >= 10.0) {
            self.tidied_at = Some(now);
            self.aircraft.retain(|_, aircraft| now.0.seconds_since(aircraft.heard_at.0) < PLACE_S);
        }
    }
}

impl Aircraft {
    fn new(heard_at: HeardAt) -> Self {
        Aircraft { heard_at, even: None, odd: None, place: None, speed: None, name: None, version: 0, accuracy: None }
    }

    fn take(&mut self, heard_at: HeardAt, key: Key, message: &Message, near_deg: Option<[f64; 2]>) -> Option<Told> {
        match *message {
            Message::Name(name) => self.name = Some(name),
            Message::Speed(speed) => self.speed = Some((heard_at, speed)),
            Message::Status { version, accuracy } => (self.version, self.accuracy) = (version, accuracy),
            Message::Surface => (self.even, self.odd, self.place) = (None, None, None),
            Message::Other => {}
            Message::Position { type_code, height_m, place } => {
                let position_deg = self.place_of(heard_at, place, near_deg)?;
                self.place = Some((heard_at, position_deg));
                let height = self.height(heard_at, height_m);
                return Some(self.told(heard_at, key, type_code, position_deg, height));
            }
        }
        None
    }

    /// Where a position lies: by the place before, by the message of the other kind, or by the receiver's own place.
    fn place_of(&mut self, heard_at: HeardAt, sent: Airborne, near_deg: Option<[f64; 2]>) -> Option<[f64; 2]> {
        let (slot, other) = match sent.parity {
            Parity::Even => (&mut self.even, self.odd),
            Parity::Odd => (&mut self.odd, self.even),
        };
        *slot = Some((heard_at, sent));
        let age_s = |then: HeardAt| heard_at.0.seconds_since(then.0);
        let before = self.place.filter(|(then, _)| age_s(*then) <= PLACE_S);
        let pair = || other.filter(|(then, _)| age_s(*then) <= PAIR_S).and_then(|(_, other)| of_pair(&other, &sent));
        match before {
            Some((_, before)) => of_reference(&sent, before),
            None => pair().or_else(|| of_reference(&sent, near_deg?)),
        }
    }

    /// A height above the ellipsoid where it can be had: what the aircraft says of the difference makes one of air pressure.
    fn height(&self, heard_at: HeardAt, height_m: Option<f64>) -> Option<Height> {
        let m = height_m?;
        let difference_m = self.speed_at(heard_at).and_then(|speed| speed.above_pressure_m);
        Some(match difference_m {
            Some(difference_m) => Height { m: m + difference_m, above: Above::Ellipsoid, sigma_m: None },
            None => Height { m, above: Above::StandardPressure, sigma_m: None },
        })
    }

    fn speed_at(&self, heard_at: HeardAt) -> Option<Speed> {
        let (then, speed) = self.speed?;
        (heard_at.0.seconds_since(then.0) <= SPEED_S).then_some(speed)
    }

    fn told(&self, heard_at: HeardAt, key: Key, type_code: u8, position_deg: [f64; 2], height: Option<Height>) -> Told {
        let (address, is_icao) = key;
        let speed = self.speed_at(heard_at);
        let velocity = speed.and_then(|speed| {
            let [east_mps, north_mps] = speed.level_mps?;
            Some(Velocity { east_mps, north_mps, up_mps: speed.climb_mps })
        });
        let nacv = speed.and_then(|speed| NACV_95_MPS.get(usize::from(speed.accuracy)).copied().flatten());
        Told {
            teller: Teller::Aircraft,
            name: if is_icao { ContactName::Address(address) } else { ContactName::OtherAddress(address) },
            // A squitter tells of the instant at which it is sent, and the way to here takes milliseconds.
            measured_at: MeasuredAt(heard_at.0),
            heard_at,
            identity: Identity { address: is_icao.then_some(address), mode_3a: None, callsign: self.name },
            position_deg,
            covariance_m2: self.radius_95_m(type_code).map(Told::covariance_of_95),
            height,
            velocity,
            sigma_velocity_mps: nacv.map(|radius| radius / 2.0),
            on_ground: false,
            doubts: Doubts::default(),
        }
    }

    /// How well it says that it knows where it is. Equipment of version 0 tells it by the type code alone.
    fn radius_95_m(&self, type_code: u8) -> Option<f64> {
        match self.accuracy {
            Some(category) => accuracy_of_nacp(category),
            None if self.version == 0 => match type_code {
                9..=18 => accuracy_of_nucp(18 - type_code),
                20 => accuracy_of_nucp(9),
                21 => accuracy_of_nucp(8),
                _ => None,
            },
            None => None,
        }
    }
}
