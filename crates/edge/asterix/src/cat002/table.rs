//! CAT002 edition 1.2, item by item: the one description that everything else follows.
//!
//! Section 5.2 of the specification has one clause per item, in the order of the item numbers.

use crate::spec::words::*;
use crate::spec::{Category, Item, Slot};

/// Category 002, "Transmission of Monoradar Service Messages", edition 1.2 (2024-03-15).
pub static CAT002: Category =
    Category::new(2, "1.2", TITLE, "EUROCONTROL-SPEC-0149-2b", &UAP)
        .also(&["1.1", "1.0"])
        .requires(&["010", "000"]);

const TITLE: &str = "Transmission of Monoradar Service Messages";

/// Clause 5.3, the UAP, FRN 1 to 14.
const UAP: [Slot; 14] = [
    Slot::Item(I010), Slot::Item(I000), Slot::Item(I020), Slot::Item(I030), Slot::Item(I041), Slot::Item(I050),
    Slot::Item(I060), Slot::Item(I070), Slot::Item(I100), Slot::Item(I090), Slot::Item(I080), Slot::Spare,
    Slot::Item(ISP), Slot::Random,
];

/// I002/000, Message Type.
const I000: Item = item("I002/000", "5.2.1", "Message Type", fixed(&[
    choice("", "", 8, &[
        (1, "North marker message"),
        (2, "Sector crossing message"),
        (3, "South marker message"),
        (8, "Activation of blind zone filtering"),
        (9, "Stop of blind zone filtering"),
    ]),
]));

/// I002/010, Data Source Identifier.
const I010: Item = item("I002/010", "5.2.2", "Data Source Identifier", fixed(&[
    raw("SAC", "System Area Code", 8),
    raw("SIC", "System Identification Code", 8),
]));

/// I002/020, Sector Number.
const I020: Item = item("I002/020", "5.2.3", "Sector Number", fixed(&[unsigned("", "", 8, 360.0 / 256.0, "°")]));

/// I002/030, Time of Day.
const I030: Item = item("I002/030", "5.2.4", "Time of Day", fixed(&[
    unsigned("", "", 24, 1.0 / 128.0, "s").possible(0.0, DAY_S),
]));

/// I002/041, Antenna Rotation Speed.
const I041: Item = item("I002/041", "5.2.5", "Antenna Rotation Speed", fixed(&[
    unsigned("", "", 16, 1.0 / 128.0, "s"),
]));

/// I002/050, Station Configuration Status.
const I050: Item = item("I002/050", "5.2.6", "Station Configuration Status", repetitive_fx(&[raw("", "", 7)]));

/// I002/060, Station Processing Mode.
const I060: Item = item("I002/060", "5.2.7", "Station Processing Mode", repetitive_fx(&[raw("", "", 7)]));

/// I002/070, Plot Count Values.
const I070: Item = item("I002/070", "5.2.8", "Plot Count Values", repetitive(&[
    flag("A", "Aerial Identification", "Counter for antenna 1", "Counter for antenna 2"),
    choice("IDENT", "", 5, &[(1, "Sole primary plots"), (2, "Sole SSR plots"), (3, "Combined plots")]),
    integer("COUNTER", "", 10),
]));

/// I002/080, Warning/Error Conditions.
const I080: Item = item("I002/080", "5.2.9", "Warning/Error Conditions", repetitive_fx(&[raw("", "", 7)]));

/// I002/090, Collimation Error.
const I090: Item = item("I002/090", "5.2.10", "Collimation Error", fixed(&[
    signed("RE", "Range Error", 8, 1.0 / 128.0, "NM"),
    signed("AE", "Azimuth Error", 8, 360.0 / 16_384.0, "°"),
]));

/// I002/100, Dynamic Window Type 1.
const I100: Item = item("I002/100", "5.2.11", "Dynamic Window Type 1", fixed(&[
    unsigned("RS", "Rho Start", 16, 1.0 / 128.0, "NM"),
    unsigned("RE", "Rho End", 16, 1.0 / 128.0, "NM"),
    unsigned("TS", "Theta Start", 16, 360.0 / 65_536.0, "°"),
    unsigned("TE", "Theta End", 16, 360.0 / 65_536.0, "°"),
]));

/// I002/SP, Special Purpose Field.
const ISP: Item = item("I002/SP", "Part 1", "Special Purpose Field", explicit(None));
