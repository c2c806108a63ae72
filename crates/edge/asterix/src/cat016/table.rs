//! CAT016 edition 1.0, item by item: the one description that everything else follows.
//!
//! Section 5.2 of the specification has one clause per item, in the order of the item numbers.

use crate::spec::words::*;
use crate::spec::{Category, Item, Slot};

/// Category 016, "Independent Non-Cooperative Surveillance System Configuration Reports", edition 1.0 (2019-07-15).
pub static CAT016: Category =
    Category::new(16, "1.0", TITLE, "EUROCONTROL-SPEC-0149, category 016", &UAP)
        .also(&[])
        .requires(&["010", "000", "140"]);

const TITLE: &str = "Independent Non-Cooperative Surveillance System Configuration Reports";

/// Clause 5.3, the UAP, FRN 1 to 11.
const UAP: [Slot; 11] = [
    Slot::Item(I010), Slot::Item(I015), Slot::Item(I000), Slot::Item(I140), Slot::Item(I200), Slot::Item(I300),
    Slot::Item(I400), Slot::Item(I405), Slot::Item(I410), Slot::Item(I420), Slot::Item(ISP),
];

/// I016/000, Message Type.
const I000: Item = item("I016/000", "5.2.1", "Message Type", fixed(&[
    choice("", "", 8, &[(1, "System Configuration"), (2, "Transmitter / Receiver Configuration")]),
]));

/// I016/010, Data Source Identifier.
const I010: Item = item("I016/010", "5.2.2", "Data Source Identifier", fixed(&[
    raw("SAC", "System Area Code", 8),
    raw("SIC", "System Identification Code", 8),
]));

/// I016/015, Service Identification.
const I015: Item = item("I016/015", "5.2.3", "Service Identification", fixed(&[raw("", "", 8)]));

/// I016/140, Time of Day.
const I140: Item = item("I016/140", "5.2.4", "Time of Day", fixed(&[
    unsigned("", "", 24, 1.0 / 128.0, "s").possible(0.0, DAY_S),
]));

/// I016/200, System Configuration Reporting Period.
const I200: Item = item("I016/200", "5.2.5", "System Configuration Reporting Period", fixed(&[
    unsigned("", "", 8, 1.0, "s").within(1.0, 255.0),
]));

/// I016/300, Pair Identification.
const I300: Item = item("I016/300", "5.2.6", "Pair Identification", repetitive(&[
    raw("PID", "Pair Identification", 16),
    raw("TID", "Transmitter Identification", 16),
    raw("RID", "Receiver Identification", 16),
]));

/// I016/400, Position of the System Reference Point.
const I400: Item = item("I016/400", "5.2.7", "Position of the System Reference Point", fixed(&[
    signed("LAT", "Latitude", 32, 180.0 / 2_147_483_648.0, "°").possible(-90.0, 90.0),
    signed("LON", "Longitude", 32, 180.0 / 2_147_483_648.0, "°").possible(-180.0, 180.0),
]));

/// I016/405, Height of System Reference Point.
const I405: Item = item("I016/405", "5.2.8", "Height of System Reference Point", fixed(&[
    signed("", "", 16, 1.0 / 4.0, "m"),
]));

/// I016/410, Transmitter Properties.
const I410: Item = item("I016/410", "5.2.9", "Transmitter Properties", repetitive(&[
    raw("TID", "Transmitter ID", 16),
    signed("LAT", "Latitude", 32, 180.0 / 2_147_483_648.0, "°").possible(-90.0, 90.0),
    signed("LON", "Longitude", 32, 180.0 / 2_147_483_648.0, "°").possible(-180.0, 180.0),
    signed("ALT", "Altitude", 16, 1.0 / 4.0, "m"),
    signed("TTO", "Transmission Time Offset", 32, 2.0, "ns"),
    spare(4),
    unsigned("ATO", "Accuracy of Transmission Time Offset", 20, 1.0, "ns"),
    integer("PCI", "Parallel Transmitter Index", 16),
]));

/// I016/420, Receiver Properties.
const I420: Item = item("I016/420", "5.2.10", "Receiver Properties", repetitive(&[
    raw("RID", "Receiver Component ID", 16),
    signed("LAT", "Latitude", 32, 180.0 / 2_147_483_648.0, "°").possible(-90.0, 90.0),
    signed("LON", "Longitude", 32, 180.0 / 2_147_483_648.0, "°").possible(-180.0, 180.0),
    signed("ALT", "Altitude", 16, 1.0 / 4.0, "m"),
]));

/// I016/SP, Special Purpose Field.
const ISP: Item = item("I016/SP", "Part 1", "Special Purpose Field", explicit(None));
