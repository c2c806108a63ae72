//! From a track to a warned person: threat, hazard per zone, decision, and the life of an alarm.

mod alarm;
mod policy;
mod threat;
mod zone;

pub use alarm::{Alarm, AlarmId, Reason, Stage};
pub use policy::Policy;
pub use threat::{Impact, Threat};
pub use zone::{Zone, ZoneId};
