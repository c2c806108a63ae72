//! The items of CAT021 that differ between the editions of the second generation (2.1 to 2.7), in each form.

use crate::spec::words::*;
use crate::spec::{Field, Item, Shape, Slot};

/// I021/040, first part.
const I040_TYPE: &[Field] = &[
    choice("ATP", "Address Type", 3, &[
        (0, "24-Bit ICAO address"),
        (1, "Duplicate address"),
        (2, "Surface vehicle address"),
        (3, "Anonymous address"),
        (4, "Reserved for future use"),
        (5, "Reserved for future use"),
        (6, "Reserved for future use"),
        (7, "Reserved for future use"),
    ]),
    choice("ARC", "Altitude Reporting Capability", 2, &[
        (0, "25 ft"),
        (1, "100 ft"),
        (2, "Unknown"),
        (3, "Invalid"),
    ]),
    flag("RC", "Range Check", "Default", "Range Check passed, CPR Validation pending"),
    flag("RAB", "Report Type", "Report from target transponder", "Report from field monitor (fixed transponder)"),
];

/// I021/040, second part.
const I040_FLAGS: &[Field] = &[
    flag("DCR", "Differential Correction", "No differential correction (ADS-B)", "Differential correction (ADS-B)"),
    flag("GBS", "Ground Bit Setting", "Ground Bit not set", "Ground Bit set"),
    flag("SIM", "Simulated Target", "Actual target report", "Simulated target report"),
    flag("TST", "Test Target", "Default", "Test Target"),
    flag(
        "SAA",
        "Selected Altitude Available",
        "Equipment capable to provide Selected Altitude",
        "Equipment not capable to provide Selected Altitude",
    ),
    choice("CL", "Confidence Level", 2, &[
        (0, "Report valid"),
        (1, "Report suspect"),
        (2, "No information"),
        (3, "Reserved for future use"),
    ]),
];

/// I021/040, third part, from edition 2.3 on.
const I040_CHECKS: &[Field] = &[
    spare(1),
    flag("LLC", "List Lookup Check", "Default", "List Lookup failed (see note)"),
    flag("IPC", "Independent Position Check", "Default (see note)", "Independent Position Check failed"),
    flag("NOGO", "No-go Bit Status", "NOGO-bit not set", "NOGO-bit set"),
    flag("CPR", "Compact Position Reporting", "CPR Validation correct", "CPR Validation failed"),
    flag("LDPJ", "Local Decoding Position Jump", "LDPJ not detected", "LDPJ detected"),
    flag("RCF", "Range Check", "Default", "Range Check failed"),
];

/// I021/040, third part, up to edition 2.2.
const I040_CHECKS_2_1: &[Field] = &[
    spare(2),
    flag("IPC", "Independent Position Check", "Default (see note)", "Independent Position Check failed"),
    flag("NOGO", "No-go Bit Status", "NOGO-bit not set", "NOGO-bit set"),
    flag("CPR", "Compact Position Reporting", "CPR Validation correct", "CPR Validation failed"),
    flag("LDPJ", "Local Decoding Position Jump", "LDPJ not detected", "LDPJ detected"),
    flag("RCF", "Range Check", "Default", "Range Check failed"),
];

/// I021/040, fourth part, from edition 2.6 on.
const I040_TBC: &[Field] = &[
    group("TBC", "Total Bits Corrected", &[
        flag("EP", "Element Populated Bit", "Element not populated", "Element populated"),
        integer("VAL", "Value", 6),
    ]),
];

/// I021/040, fifth part, from edition 2.6 on.
const I040_MBC: &[Field] = &[
    group("MBC", "Maximum Bits Corrected", &[
        flag("EP", "Element Populated Bit", "Element not populated", "Element populated"),
        integer("VAL", "Value", 6),
    ]),
];

/// I021/040, Target Report Descriptor.
pub(super) const I040: Item =
    item("I021/040", "5.2.6", "Target Report Descriptor", extended(&[I040_TYPE, I040_FLAGS, I040_CHECKS, I040_TBC, I040_MBC]));

/// I021/040, Target Report Descriptor, editions 2.3 to 2.5.
pub(super) const I040_2_5: Item =
    item("I021/040", "5.2.6", "Target Report Descriptor", extended(&[I040_TYPE, I040_FLAGS, I040_CHECKS]));

/// I021/040, Target Report Descriptor, editions 2.1 and 2.2.
pub(super) const I040_2_2: Item =
    item("I021/040", "5.2.6", "Target Report Descriptor", extended(&[I040_TYPE, I040_FLAGS, I040_CHECKS_2_1]));

/// I021/090, part 1.
const I090_VELOCITY: &[Field] = &[
    raw(
        "NUCRNACV",
        "Navigation Uncertainty Category for Velocity NUCr or the Navigation Accuracy Category for Velocity NACv",
        3,
    ),
    raw("NUCPNIC", "Navigation Uncertainty Category for Position NUCp or Navigation Integrity Category NIC", 4),
];

/// I021/090, part 2.
const I090_POSITION: &[Field] = &[
    raw("NICBARO", "Navigation Integrity Category for Barometric Altitude", 1),
    raw("SIL", "Surveillance (version 1) or Source (version 2) Integrity Level", 2),
    raw("NACP", "Navigation Accuracy Category for Position", 4),
];

/// I021/090, part 3.
const I090_ASSURANCE: &[Field] = &[
    spare(2),
    flag("SILS", "SIL-Supplement", "Measured per flight-hour", "Measured per sample"),
    raw("SDA", "Horizontal Position System Design Assurance Level (as Defined in Version 2)", 2),
    raw("GVA", "Geometric Altitude Accuracy", 2),
];

/// I021/090, part 4, from edition 2.7 on.
const I090_PIC: &[Field] = &[
    raw("PIC", "Position Integrity Category", 4),
    flag(
        "SRC",
        "Source of the PIC",
        "PIC mapped from FTC and NIC Supplements",
        "1 PIC directly received in HVA or Phase Overlay",
    ),
    spare(2),
];

/// I021/090, part 5, from edition 2.7 on.
const I090_VALIDATION: &[Field] = &[
    spare(2),
    group("VALSTATE", "Position Validation State", &[
        flag("EP", "VAL_STATE Element Populated Bit", "Element not populated", "Element populated"),
        choice("VAL", "VAL_STATE Value", 2, &[
            (0, "Validation not performed"),
            (1, "Validation performed without Pass/Fail (see Note)"),
            (2, "Validation Pass (see Note)"),
            (3, "Validation Fail (see Note)"),
        ]),
    ]),
    flag("VD", "Validation Distance Availability", "Item not available", "Item available"),
    flag("VQ", "Validation Distance Quality Availability", "Item not available", "Item available"),
];

/// I021/090, part 6, from edition 2.7 on.
const I090_DISTANCE_1: &[Field] = &[unsigned("VALDISTP1", "Position Validation Distance P1", 7, 128.0, "m")];

/// I021/090, part 7, from edition 2.7 on.
const I090_DISTANCE_2: &[Field] = &[unsigned("VALDISTP2", "Position Validation Distance P2", 7, 1.0, "m")];

/// I021/090, part 8, from edition 2.7 on.
const I090_QUALITY_1: &[Field] = &[
    unsigned("VALDISTQUALP1", "Position Validation Distance Quality P1", 7, 128.0, "m"),
];

/// I021/090, part 9, from edition 2.7 on.
const I090_QUALITY_2: &[Field] = &[
    unsigned("VALDISTQUALP2", "Position Validation Distance Quality P2", 7, 1.0, "m"),
];

/// I021/090, part 4, up to edition 2.6.
const I090_PIC_2_6: &[Field] = &[raw("PIC", "Position Integrity Category", 4), spare(3)];

/// I021/090, Quality Indicators.
pub(super) const I090: Item = item("I021/090", "5.2.16", "Quality Indicators", extended(&[
    I090_VELOCITY,
    I090_POSITION,
    I090_ASSURANCE,
    I090_PIC,
    I090_VALIDATION,
    I090_DISTANCE_1,
    I090_DISTANCE_2,
    I090_QUALITY_1,
    I090_QUALITY_2,
]));

/// I021/090, Quality Indicators, up to edition 2.6.
pub(super) const I090_2_6: Item =
    item("I021/090", "5.2.16", "Quality Indicators", extended(&[I090_VELOCITY, I090_POSITION, I090_ASSURANCE, I090_PIC_2_6]));

/// I021/200, Target Status.
pub(super) const I200: Item = item("I021/200", "5.2.34", "Target Status", fixed(&[
    flag("ICF", "Intent Change Flag (see Note)", "No intent change active", "Intent change flag raised"),
    flag("LNAV", "LNAV Mode", "LNAV Mode engaged", "LNAV Mode not engaged"),
    flag("ME", "Military Emergency", "No military emergency", "Military emergency"),
    choice("PS", "Priority Status", 3, &[
        (0, "No emergency / not reported"),
        (1, "General emergency"),
        (2, "Lifeguard / medical emergency"),
        (3, "Minimum fuel"),
        (4, "No communications"),
        (5, "Unlawful interference"),
        (6, "DOWNED Aircraft"),
    ]),
    choice("SS", "Surveillance Status", 2, &[
        (0, "No condition reported"),
        (1, "Permanent Alert (Emergency condition)"),
        (2, "Temporary Alert (change in Mode 3/A Code other than emergency)"),
        (3, "SPI set"),
    ]),
]));

/// I021/200, Target Status, as in edition 2.1.
pub(super) const I200_2_1: Item = item("I021/200", "5.2.34", "Target Status", fixed(&[
    flag("ICF", "Intent Change Flag (see Note)", "No intent change active", "Intent change flag raised"),
    flag("LNAV", "LNAV Mode", "LNAV Mode engaged", "LNAV Mode not engaged"),
    spare(1),
    choice("PS", "Priority Status", 3, &[
        (0, "No emergency / not reported"),
        (1, "General emergency"),
        (2, "Lifeguard / medical emergency"),
        (3, "Minimum fuel"),
        (4, "No communications"),
        (5, "Unlawful interference"),
        (6, "DOWNED Aircraft"),
    ]),
    choice("SS", "Surveillance Status", 2, &[
        (0, "No condition reported"),
        (1, "Permanent Alert (Emergency condition)"),
        (2, "Temporary Alert (change in Mode 3/A Code other than emergency)"),
        (3, "SPI set"),
    ]),
]));

/// I021/210, MOPS Version.
pub(super) const I210: Item = item("I021/210", "5.2.35", "MOPS Version", fixed(&[
    spare(1),
    flag(
        "VNS",
        "Version Not Supported",
        "The MOPS Version is supported by the GS",
        "The MOPS Version is not supported by the GS",
    ),
    choice("VN", "Version Number", 3, &[
        (0, "ED102/DO-260 [Ref. 7]"),
        (1, "DO-260A [Ref. 8]"),
        (2, "ED102A/DO-260B [Ref. 10]"),
        (3, "ED-102B/DO-260C [Ref. 11]"),
    ]),
    choice("LTT", "Link Technology Type", 3, &[
        (0, "Other"),
        (1, "UAT"),
        (2, "1090 ES"),
        (3, "VDL 4"),
        (4, "Not assigned"),
        (5, "Not assigned"),
        (6, "Not assigned"),
        (7, "Not assigned"),
    ]),
]));

/// I021/210, MOPS Version, as in edition 2.4.
pub(super) const I210_2_4: Item = item("I021/210", "5.2.35", "MOPS Version", fixed(&[
    spare(1),
    flag(
        "VNS",
        "Version Not Supported",
        "The MOPS Version is supported by the GS",
        "The MOPS Version is not supported by the GS",
    ),
    choice("VN", "Version Number", 3, &[
        (0, "ED102/DO-260 [Ref. 8]"),
        (1, "DO-260A [Ref. 9]"),
        (2, "ED102A/DO-260B [Ref. 11]"),
    ]),
    choice("LTT", "Link Technology Type", 3, &[
        (0, "Other"),
        (1, "UAT"),
        (2, "1090 ES"),
        (3, "VDL 4"),
        (4, "Not assigned"),
        (5, "Not assigned"),
        (6, "Not assigned"),
        (7, "Not assigned"),
    ]),
]));

/// I021/271, Surface Capabilities and Characteristics.
pub(super) const I271: Item = item("I021/271", "5.2.40", "Surface Capabilities and Characteristics", extended(&[
    &[
        spare(2),
        flag(
            "POA",
            "Position Offset Applied",
            "Position transmitted is not ADS-B position reference point",
            "Position transmitted is the ADS-B position reference point",
        ),
        flag("CDTIS", "Cockpit Display of Traffic Information Surface", "CDTI not operational", "CDTI operational"),
        flag("B2LOW", "Class B2 Transmit Power Less Than 70 Watts", ">= 70 Watts", "< 70 Watts"),
        flag(
            "RAS",
            "Receiving ATC Services",
            "Aircraft not receiving ATC-services",
            "Aircraft receiving ATC services",
        ),
        flag("IDENT", "Setting of IDENT Switch", "IDENT switch not active", "IDENT switch active"),
    ],
    &[raw("LW", "Length and Width of the Aircraft", 4), spare(3)],
]));

/// I021/271, Surface Capabilities and Characteristics, as in edition 2.1.
pub(super) const I271_2_1: Item = item("I021/271", "5.2.40", "Surface Capabilities and Characteristics", extended(&[
    &[
        spare(2),
        flag(
            "POA",
            "Position Offset Applied",
            "Position transmitted is not ADS-B position reference point",
            "Position transmitted is the ADS-B position reference point",
        ),
        flag("CDTIS", "Cockpit Display of Traffic Information Surface", "CDTI not operational", "CDTI operational"),
        flag("B2LOW", "Class B2 Transmit Power Less Than 70 Watts", ">= 70 Watts", "< 70 Watts"),
        flag(
            "RAS",
            "Receiving ATC Services",
            "Aircraft not receiving ATC-services",
            "Aircraft receiving ATC services",
        ),
        flag("IDENT", "Setting of IDENT Switch", "IDENT switch not active", "IDENT switch active"),
    ],
    &[spare(4), raw("LW", "Length and Width of the Aircraft", 4)],
]));

/// I021/295, Data Ages.
pub(super) const I295: Item = item("I021/295", "5.2.41", "Data Ages", compound(&[
    subitem("AOS", "Aircraft Operational Status Age", fixed(AGE)),
    subitem("TRD", "Target Report Descriptor Age", fixed(AGE)),
    subitem("M3A", "Mode 3/A Age", fixed(AGE)),
    subitem("QI", "Quality Indicators Age", fixed(AGE)),
    subitem("TI1", "Trajectory Intent Age", fixed(AGE)),
    subitem("MAM", "Message Amplitude Age", fixed(AGE)),
    subitem("GH", "Geometric Height Age", fixed(AGE)),
    subitem("FL", "Flight Level Age", fixed(AGE)),
    subitem("SAL", "Selected Altitude Age", fixed(AGE)),
    subitem("FSA", "Final State Selected Altitude Age", fixed(AGE)),
    subitem("AS", "Air Speed Age", fixed(AGE)),
    subitem("TAS", "True Air Speed Age", fixed(AGE)),
    subitem("MH", "Magnetic Heading Age", fixed(AGE)),
    subitem("BVR", "Barometric Vertical Rate Age", fixed(AGE)),
    subitem("GVR", "Geometric Vertical Rate Age", fixed(AGE)),
    subitem("GV", "Ground Vector Age", fixed(AGE)),
    subitem("TAR", "Track Angle Rate Age", fixed(AGE)),
    subitem("TI2", "Target Identification Age", fixed(AGE)),
    subitem("TS", "Target Status Age", fixed(AGE)),
    subitem("MET", "Met Information Age", fixed(AGE)),
    subitem("ROA", "Roll Angle Age", fixed(AGE)),
    subitem("ARA", "ACAS Resolution Advisory Age", fixed(AGE)),
    subitem("SCC", "Surface Capabilities and Characteristics Age", fixed(AGE)),
]));

/// I021/295, Data Ages, up to edition 2.5: one sub-item is called otherwise.
pub(super) const I295_2_5: Item = item("I021/295", "5.2.41", "Data Ages", compound(&AGES_2_5));

const AGES_2_5: [Slot; 23] = {
    let Shape::Compound(_, slots) = I295.shape else { panic!("data ages are a compound item") };
    let mut ages = [Slot::Spare; 23];
    let mut i = 0;
    while i < ages.len() {
        ages[i] = slots[i];
        i += 1;
    }
    ages[8] = subitem("ISA", "Intermediate State Selected Altitude Age", fixed(AGE));
    ages
};

/// An age in steps of 0.1 s.
const AGE: &[Field] = &[unsigned("", "", 8, 1.0 / 10.0, "s")];
