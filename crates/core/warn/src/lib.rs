//! From a track to a warned person: threat, hazard per zone, decision, and the life of an alarm.
//!
//! A [`Threat`] is a track that may be a round, carried to the ground. The [`Warner`] holds each threat against each [`Zone`]
//! by the owner's [`Policy`] and leads every [`Alarm`] through its life: raised, held, and ended by an all-clear or a
//! withdrawal; never ended between the rounds of a salvo, and never without an end.

mod alarm;
mod danger;
mod decision;
mod fall;
mod hazard;
mod index;
mod life;
mod operator;
mod origin;
mod part;
mod policy;
mod predict;
mod proof;
mod record;
mod sight;
mod state;
mod threat;
mod warner;
mod zone;

pub use alarm::{Advice, Alarm, AlarmId, Hazard, Reason, SecondsLeft, Stage};
pub use decision::cost_loss_threshold;
pub use fall::{EARSHOT_M, FallReport, Falls, Verdict};
pub use operator::{COMMENT_MAX, Command, OperatorCommand, OperatorRefusal, OperatorReport};
pub use origin::{Origin, OriginReport};
pub use policy::{EffectRadii, Policy, Posture};
pub use proof::{Broken, Checked, check_life};
pub use record::RoundRecord;
pub use state::WarnerState;
pub use threat::{Impact, Threat};
pub use warner::Warner;
pub use zone::{Zone, ZoneId};
