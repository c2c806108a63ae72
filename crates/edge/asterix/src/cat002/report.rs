//! Records into service messages.

use crate::cat034::{Collimation, MessageType, PolarWindow, ServiceMessage};
use crate::record::Record;
use crate::units::NM_M;
use crate::{CAT002, Source, TimeOfDay};

/// What one CAT002 record says, as the service message that category 034 made of it; `None` for a record of another
/// category.
///
/// North marker and sector crossing have the same numbers in both categories. The others of category 002 (3 south
/// marker, 8 and 9 blind zone filtering on and off) come out as [`MessageType::Other`].
#[must_use]
pub fn service_message(record: &Record<'_>) -> Option<ServiceMessage> {
    if record.category().number != CAT002.number {
        return None;
    }
    Some(ServiceMessage {
        source: Source::of(record),
        message_type: record.raw("000").map(message_type),
        time_of_day: record.raw("030").and_then(|ticks| TimeOfDay::from_ticks(ticks as u32)),
        sector_azimuth_rad: record.value("020").map(f64::to_radians),
        rotation_period_s: record.value("041"),
        window: window(record),
        collimation: collimation(record),
        ..ServiceMessage::default()
    })
}

fn message_type(raw: u64) -> MessageType {
    match raw {
        1 | 2 => MessageType::from_raw(raw as u8),
        other => MessageType::Other(other as u8),
    }
}

fn window(record: &Record<'_>) -> Option<PolarWindow> {
    Some(PolarWindow {
        range_start_m: record.value("100/RS")? * NM_M,
        range_end_m: record.value("100/RE")? * NM_M,
        azimuth_start_rad: record.value("100/TS")?.to_radians(),
        azimuth_end_rad: record.value("100/TE")?.to_radians(),
    })
}

fn collimation(record: &Record<'_>) -> Option<Collimation> {
    let (range_nm, azimuth_deg) = (record.value("090/RE")?, record.value("090/AE")?);
    Some(Collimation { range_m: range_nm * NM_M, azimuth_rad: azimuth_deg.to_radians() })
}
