//! CAT129 edition 1.2, item by item: the one description that everything else follows.
//!
//! Section 5.2 of the specification has one clause per item, in the order of the item numbers.

use crate::spec::words::*;
use crate::spec::{Category, Item, Slot};

/// Category 129, "UAS Identification and Target Reports", edition 1.2 (2019-06-12). One record in a block (clause 4.4).
pub static CAT129: Category =
    Category::new(129, "1.2", "UAS Identification and Target Reports", "EUROCONTROL-SPEC-0149-29", &UAP)
        .requires(&["010", "050", "070", "080"]);

/// Clause 5.3.1, the UAP, FRN 1 to 15. FRN 16 to 21 are reserved for future use.
const UAP: [Slot; 15] = [
    Slot::Item(I010), Slot::Item(I015), Slot::Item(I020), Slot::Item(I030), Slot::Item(I040), Slot::Item(I050),
    Slot::Item(I070), Slot::Item(I080), Slot::Item(I090), Slot::Item(I100), Slot::Item(I110), Slot::Item(I120),
    Slot::Item(ISP), Slot::Item(I185), Slot::Item(I220),
];

/// I129/010, Data Source Identification. Sent by the aircraft itself it is 0/0.
const I010: Item = item("I129/010", "5.2.1", "Data Source Identification", fixed(&[
    raw("SAC", "System Area Code", 8),
    raw("SIC", "System Identification Code", 8),
]));

/// I129/015, Data Destination Identification.
const I015: Item = item("I129/015", "5.2.2", "Data Destination Identification", fixed(&[
    raw("DAC", "Destination Area Code", 8),
    raw("DIC", "Destination Identification Code", 8),
]));

/// I129/020, UAS Manufacturer Identification.
const I020: Item = item("I129/020", "5.2.3", "UAS Manufacturer Identification", fixed(&[ascii("", "", 24)]));

/// I129/030, UAS Model Identification.
const I030: Item = item("I129/030", "5.2.4", "UAS Model Identification", fixed(&[ascii("", "", 24)]));

/// I129/040, UAS Serial Number. The specification gives it no encoding; here it is in two halves of six octets.
const I040: Item = item("I129/040", "5.2.5", "UAS Serial Number", fixed(&[
    raw("SN1", "Serial number, octets 1 to 6", 48),
    raw("SN2", "Serial number, octets 7 to 12", 48),
]));

/// I129/050, UAS Registration Country (ISO 3166-1, two letters).
const I050: Item = item("I129/050", "5.2.6", "UAS Registration Country", fixed(&[ascii("", "", 16)]));

/// I129/070, Time of Day.
const I070: Item = item("I129/070", "5.2.7", "Time of Day", fixed(&[
    unsigned("", "", 24, 1.0 / 128.0, "s").possible(0.0, DAY_S),
]));

/// I129/080, Position in WGS-84 Co-ordinates.
const I080: Item = item("I129/080", "5.2.8", "Position in WGS-84 Co-ordinates", fixed(&[
    signed("LAT", "Latitude", 32, 180.0 / 1_073_741_824.0, "°").possible(-90.0, 90.0),
    signed("LON", "Longitude", 32, 180.0 / 1_073_741_824.0, "°").possible(-180.0, 180.0),
]));

/// I129/090, Altitude above Mean Sea Level.
const I090: Item =
    item("I129/090", "5.2.9", "Altitude above Mean Sea Level", fixed(&[signed("", "", 24, 0.1, "m")]));

/// I129/100, Altitude above Ground Level.
const I100: Item = item("I129/100", "5.2.10", "Altitude above Ground Level", fixed(&[signed("", "", 24, 0.1, "m")]));

/// I129/110, GNSS Signal Accuracy: 0 is "unknown or more than 255 m".
const I110: Item = item("I129/110", "5.2.11", "GNSS Signal Accuracy", fixed(&[unsigned("", "", 16, 1.0, "m")]));

/// I129/120, Operational Risk Levels. Clause 5.2.12 says three octets and describes the first; table 2 of the same document
/// says one. Three are read, and the two that nobody describes are kept as they are.
const I120: Item = item("I129/120", "5.2.12", "Operational Risk Levels", fixed(&[
    choice("UCC", "UAS Certification Category", 2, &[(0, "Unknown"), (1, "Open"), (2, "Specific"), (3, "Certified")]),
    raw("ARC", "Air Risk Category", 2),
    raw("AEC", "Airspace Encounter Category", 4),
    raw("REST", "Not described", 16),
]));

/// I129/185, Calculated Velocity, Cartesian with the target at the origin.
const I185: Item = item("I129/185", "5.2.13", "Calculated Velocity", fixed(&[
    signed("HVX", "Velocity to the east", 20, 0.01, "m/s"),
    signed("HVY", "Velocity to the north", 20, 0.01, "m/s"),
]));

/// I129/220, Vertical Velocity, positive when climbing.
const I220: Item = item("I129/220", "5.2.14", "Vertical Velocity", fixed(&[
    spare(4),
    signed("VV", "Vertical velocity", 20, 0.01, "m/s"),
]));

/// I129/SP, Special Purpose Field.
const ISP: Item = item("I129/SP", "Part 1", "Special Purpose Field", explicit(None));
