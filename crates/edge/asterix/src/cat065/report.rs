//! Records into the state of a system.

use crate::record::Record;
use crate::{CAT065, Source, TimeOfDay};

/// What one CAT065 record says of a surveillance data processing system.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ServiceStatus {
    /// I065/010: which system.
    pub source: Option<Source>,
    /// I065/000: 1 system status, 2 end of a batch, 3 service status.
    pub message_type: Option<u8>,
    /// I065/015: which of its services.
    pub service: Option<u8>,
    /// I065/030: time of the message, UTC.
    pub time_of_day: Option<TimeOfDay>,
    /// I065/040: the state of the system.
    pub system: Option<SystemState>,
    /// I065/050: the state of the service; the texts are in the table.
    pub report: Option<u8>,
}

/// I065/040.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct SystemState {
    /// NOGO: whether its data may be used.
    pub operation: Operation,
    /// OVL: overloaded.
    pub overloaded: bool,
    /// TSV: the time source is invalid.
    pub time_source_invalid: bool,
}

/// I065/040 NOGO.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Operation {
    /// Operational.
    Operational,
    /// Degraded.
    Degraded,
    /// Not connected at the moment.
    NotConnected,
    /// Unknown.
    Unknown,
}

impl ServiceStatus {
    /// Reads a CAT065 record; `None` for a record of another category.
    #[must_use]
    pub fn from_record(record: &Record<'_>) -> Option<Self> {
        let octet = |path: &str| record.raw(path).map(|raw| raw as u8);
        (record.category().number == CAT065.number).then(|| Self {
            source: Source::of(record),
            message_type: octet("000"),
            service: octet("015"),
            time_of_day: record.raw("030").and_then(|ticks| TimeOfDay::from_ticks(ticks as u32)),
            system: system(record),
            report: octet("050"),
        })
    }
}

fn system(record: &Record<'_>) -> Option<SystemState> {
    let operation = match record.raw("040/NOGO")? {
        0 => Operation::Operational,
        1 => Operation::Degraded,
        2 => Operation::NotConnected,
        _ => Operation::Unknown,
    };
    let (overloaded, time_source_invalid) = (record.is_set("040/OVL"), record.is_set("040/TSV"));
    Some(SystemState { operation, overloaded, time_source_invalid })
}
