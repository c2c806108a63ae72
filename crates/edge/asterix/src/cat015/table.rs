//! CAT015 edition 1.2, item by item: the one description that everything else follows.
//!
//! Section 5.2 of the specification has one clause per item, in the order of the item numbers.

use crate::spec::words::*;
use crate::spec::{Category, Item, Slot};

/// Category 015, "Independent Non-Cooperative Surveillance System Target Reports", edition 1.2 (2024-05-01).
pub static CAT015: Category =
    Category::new(15, "1.2", TITLE, "EUROCONTROL-SPEC-0149, category 015", &UAP)
        .also(&["1.1", "1.0"])
        .requires(&["010", "000", "145"]);

const TITLE: &str = "Independent Non-Cooperative Surveillance System Target Reports";

/// Clause 5.3, the UAP, FRN 1 to 26.
const UAP: [Slot; 26] = [
    Slot::Item(I010), Slot::Item(I000), Slot::Item(I015), Slot::Item(I020), Slot::Item(I030), Slot::Item(I145),
    Slot::Item(I161), Slot::Item(I170), Slot::Item(I050), Slot::Item(I270), Slot::Item(I300), Slot::Item(I400),
    Slot::Item(I600), Slot::Item(I601), Slot::Item(I602), Slot::Item(I603), Slot::Item(I604), Slot::Item(I605),
    Slot::Item(I480), Slot::Item(I625), Slot::Item(I626), Slot::Item(I627), Slot::Item(I628), Slot::Item(I630),
    Slot::Item(I631), Slot::Item(ISP),
];

/// I015/000, Message Type.
const I000: Item = item("I015/000", "5.2.1", "Message Type", fixed(&[
    choice("MT", "Message Type", 7, &[
        (1, "Measurement Plot"),
        (2, "Measurement Track"),
        (3, "Sensor Centric Plot"),
        (4, "Sensor Centric Track"),
        (5, "Track End Message"),
    ]),
    flag("RG", "Report Generation", "Periodic Report", "Event Driven Report"),
]));

/// I015/010, Data Source Identifier.
const I010: Item = item("I015/010", "5.2.2", "Data Source Identifier", fixed(&[
    raw("SAC", "System Area Code", 8),
    raw("SIC", "System Identification Code", 8),
]));

/// I015/015, Service Identification.
const I015: Item = item("I015/015", "5.2.3", "Service Identification", fixed(&[raw("", "", 8)]));

/// I015/020, Target Report Descriptor.
const I020: Item = item("I015/020", "5.2.4", "Target Report Descriptor", extended(&[
    &[
        choice("MOMU", "Mono-Static Target Report or Multi-Static Target Report", 2, &[
            (0, "Mono-Static Sensor"),
            (1, "Multi-Static Sensor"),
            (2, "Other"),
            (3, "Unknown"),
        ]),
        choice("TTAX", "Target Taxonomy", 2, &[
            (0, "Actual Target Report"),
            (1, "Reference Target"),
            (2, "Synthetic Target"),
            (3, "Simulated / Replayed Target"),
        ]),
        choice("SCD", "Scanning Direction", 2, &[(0, "Unknown"), (1, "Forward"), (2, "Backward"), (3, "Static")]),
        spare(1),
    ],
]));

/// I015/030, Warning/Error Conditions.
const I030: Item = item("I015/030", "5.2.5", "Warning/Error Conditions", repetitive_fx(&[raw("", "", 7)]));

/// I015/050, Update Period.
const I050: Item = item("I015/050", "5.2.6", "Update Period", fixed(&[
    spare(2),
    unsigned("UPD", "Update Period", 14, 1.0 / 128.0, "s"),
]));

/// I015/145, Time of Applicability.
const I145: Item = item("I015/145", "5.2.7", "Time of Applicability", fixed(&[
    unsigned("", "", 24, 1.0 / 128.0, "s").possible(0.0, DAY_S),
]));

/// I015/161, Track/Plot Number.
const I161: Item = item("I015/161", "5.2.8", "Track/Plot Number", fixed(&[integer("", "", 16)]));

/// I015/170, Track/Plot Status.
const I170: Item = item("I015/170", "5.2.9", "Track/Plot Status", extended(&[
    &[
        flag("BIZ", "", "Target not in Blind Zone", "Target in Blind Zone"),
        flag("BAZ", "", "Target not in Blanked Zone", "Target in Blanked Zone"),
        flag("TUR", "", "Track Alive", "Track Terminated by User Request"),
        spare(1),
        flag("CSTP", "Coasted - Position", "Not extrapolated", "Extrapolated"),
        flag("CSTH", "Coasted – Height", "Not extrapolated", "Extrapolated"),
        flag("CNF", "Confirmed vs. Tentative Track", "Confirmed Track", "Tentative Track"),
    ],
]));

/// I015/270, Target Size & Orientation.
const I270: Item = item("I015/270", "5.2.10", "Target Size & Orientation", compound(&[
    subitem("LEN", "Target Length", fixed(&[unsigned("", "", 16, 1.0 / 100.0, "m")])),
    subitem("WDT", "Target Width", fixed(&[unsigned("", "", 16, 1.0 / 100.0, "m")])),
    subitem("HGT", "Target Height", fixed(&[unsigned("", "", 16, 1.0 / 100.0, "m")])),
    subitem("ORT", "Target Orientation", fixed(&[unsigned("", "", 16, 360.0 / 65_536.0, "°")])),
]));

/// I015/300, Object Classification.
const I300: Item = item("I015/300", "5.2.11", "Object Classification", repetitive(&[
    integer("CLS", "Classification", 9),
    integer("PRB", "Probability", 7),
]));

/// I015/400, Measurement Identifier.
const I400: Item = item("I015/400", "5.2.12", "Measurement Identifier", fixed(&[
    integer("PID", "Pair Identifier", 16),
    integer("ON", "Observation Number", 24),
]));

/// I015/480, Associations.
const I480: Item = item("I015/480", "5.2.13", "Associations", repetitive(&[raw("", "", 40)]));

/// I015/600, Horizontal Position Information.
const I600: Item = item("I015/600", "5.2.14", "Horizontal Position Information", compound(&[
    subitem("P84", "Horizontal Position in WGS-84 Coordinates", fixed(&[
        signed("LATITUDE", "", 32, 180.0 / 2_147_483_648.0, "°").possible(-90.0, 90.0),
        signed("LONGITUDE", "", 32, 180.0 / 2_147_483_648.0, "°").possible(-180.0, 180.0),
    ])),
    subitem("HPR", "Horizontal Position Resolution", fixed(&[
        unsigned("RSHPX", "", 16, 1.0 / 2.0, "m").within(0.0, 32_767.0),
        unsigned("RSHPY", "", 16, 1.0 / 2.0, "m").within(0.0, 32_767.0),
        signed("CORSHPXY", "", 8, 1.0 / 128.0, ""),
    ])),
    subitem("HPP", "Horizontal Position Precision", fixed(&[
        unsigned("SDHPX", "", 16, 1.0 / 4.0, "m"),
        unsigned("SDHPY", "", 16, 1.0 / 4.0, "m"),
        signed("COSDHPXY", "", 8, 1.0 / 128.0, ""),
    ])),
]));

/// I015/601, Geometric Height Information.
const I601: Item = item("I015/601", "5.2.15", "Geometric Height Information", compound(&[
    subitem("GH", "Geometric Height (WGS-84)", fixed(&[
        signed("", "", 24, 1.0 / 100.0, "m").within(-83_286.0, 83_286.0),
    ])),
    subitem("RSGH", "Geometric Height Resolution", fixed(&[unsigned("", "", 24, 1.0 / 100.0, "m")])),
    subitem("SDGH", "Geometric Height Precision", fixed(&[unsigned("", "", 24, 1.0 / 100.0, "m")])),
    subitem("CI6", "Confidence Interval for Geometric Height (67%)", fixed(&[
        unsigned("UCI6", "", 12, 16.0, "m"),
        unsigned("LCI6", "", 12, 16.0, "m"),
    ])),
    subitem("CI9", "Confidence Interval for Geometric Height (95%)", fixed(&[
        unsigned("UCI9", "", 12, 16.0, "m"),
        unsigned("LCI9", "", 12, 16.0, "m"),
    ])),
    subitem("COGHHP", "Correlation of Geometric Height and Horizontal Position", fixed(&[
        signed("X", "", 8, 1.0 / 128.0, ""),
        signed("Y", "", 8, 1.0 / 128.0, ""),
    ])),
    subitem("COGHHV", "Correlation of Geometric Height and Horizontal Velocity", fixed(&[
        signed("X", "", 8, 1.0 / 128.0, ""),
        signed("Y", "", 8, 1.0 / 128.0, ""),
    ])),
    subitem("COGHHA", "Correlation of Geometric Height and Horizontal Acceleration", fixed(&[
        signed("X", "", 8, 1.0 / 128.0, ""),
        signed("Y", "", 8, 1.0 / 128.0, ""),
    ])),
]));

/// I015/602, Horizontal Velocity Information.
const I602: Item = item("I015/602", "5.2.16", "Horizontal Velocity Information", compound(&[
    subitem("HV", "Horizontal Velocity Vector", fixed(&[
        signed("X", "", 20, 1.0 / 100.0, "m/s").within(-5242.87, 5242.87),
        signed("Y", "", 20, 1.0 / 100.0, "m/s").within(-5242.87, 5242.87),
    ])),
    subitem("RSHV", "Horizontal Velocity Resolution", fixed(&[
        unsigned("X", "", 16, 1.0 / 100.0, "m/s"),
        unsigned("Y", "", 16, 1.0 / 100.0, "m/s"),
        signed("CORSHVXY", "", 8, 1.0 / 128.0, ""),
    ])),
    subitem("SDHV", "Horizontal Velocity Precision", fixed(&[
        unsigned("X", "", 16, 1.0 / 100.0, "m/s"),
        unsigned("Y", "", 16, 1.0 / 100.0, "m/s"),
        signed("COHVXY", "", 8, 1.0 / 128.0, ""),
    ])),
    subitem("COHVHP", "Correlation of Horizontal Velocity and Horizontal Position", fixed(&[
        signed("COHVXHPX", "", 8, 1.0 / 128.0, ""),
        signed("COHVXHPY", "", 8, 1.0 / 128.0, ""),
        signed("COHVYHPX", "", 8, 1.0 / 128.0, ""),
        signed("COHVYHPY", "", 8, 1.0 / 128.0, ""),
    ])),
]));

/// I015/603, Horizontal Acceleration Information.
const I603: Item = item("I015/603", "5.2.17", "Horizontal Acceleration Information", compound(&[
    subitem("HA", "Horizontal Acceleration Vector", fixed(&[
        signed("X", "", 12, 1.0 / 16.0, "m/s²"),
        signed("Y", "", 12, 1.0 / 16.0, "m/s²"),
    ])),
    subitem("SDHA", "Horizontal Acceleration Precision", fixed(&[
        unsigned("X", "", 12, 1.0 / 16.0, "m/s²"),
        unsigned("Y", "", 12, 1.0 / 16.0, "m/s²"),
        signed("COHAXY", "", 8, 1.0 / 128.0, ""),
    ])),
    subitem("COHAHP", "Correlation of Horizontal Acceleration and Horizontal Position", fixed(&[
        signed("COHAXHPX", "", 8, 1.0 / 128.0, ""),
        signed("COHAXHPY", "", 8, 1.0 / 128.0, ""),
        signed("COHAYHPX", "", 8, 1.0 / 128.0, ""),
        signed("COAYHPY", "", 8, 1.0 / 128.0, ""),
    ])),
    subitem("COHAHV", "Correlation of Horizontal Acceleration and Horizontal Velocity", fixed(&[
        signed("COHAXHVX", "", 8, 1.0 / 128.0, ""),
        signed("COHAXHVY", "", 8, 1.0 / 128.0, ""),
        signed("COHAYHVX", "", 8, 1.0 / 128.0, ""),
        signed("COHAYHVY", "", 8, 1.0 / 128.0, ""),
    ])),
]));

/// I015/604, Vertical Velocity Information.
const I604: Item = item("I015/604", "5.2.18", "Vertical Velocity Information", compound(&[
    subitem("VV", "Vertical Velocity", fixed(&[signed("", "", 24, 1.0 / 100.0, "m/s").within(-83886.07, 83886.07)])),
    subitem("RSVV", "Vertical Velocity Resolution", fixed(&[unsigned("", "", 16, 1.0 / 100.0, "m/s")])),
    subitem("SDVV", "Vertical Velocity Precision", fixed(&[
        unsigned("SDVV", "", 16, 1.0 / 100.0, "m/s"),
        signed("COVVGH", "", 8, 1.0 / 128.0, ""),
    ])),
    subitem("COVVHP", "Correlation of Vertical Velocity and Horizontal Position", fixed(&[
        signed("X", "", 8, 1.0 / 128.0, ""),
        signed("Y", "", 8, 1.0 / 128.0, ""),
    ])),
    subitem("COVVHV", "Correlation of Vertical Velocity and Horizontal Velocity", fixed(&[
        signed("X", "", 8, 1.0 / 128.0, ""),
        signed("Y", "", 8, 1.0 / 128.0, ""),
    ])),
    subitem("COVVHA", "Correlation of Vertical Velocity and Horizontal Acceleration", fixed(&[
        signed("X", "", 8, 1.0 / 128.0, ""),
        signed("Y", "", 8, 1.0 / 128.0, ""),
    ])),
]));

/// I015/605, Vertical Velocity Information.
const I605: Item = item("I015/605", "5.2.19", "Vertical Velocity Information", compound(&[
    subitem("VA", "Vertical Acceleration", fixed(&[signed("", "", 16, 1.0 / 100.0, "m/s²").within(-327.67, 327.67)])),
    subitem("RSVA", "Vertical Acceleration Precision", fixed(&[
        unsigned("SDVA", "", 16, 1.0 / 100.0, "m/s²"),
        signed("COVAGH", "", 8, 1.0 / 128.0, ""),
        signed("COVAVV", "", 8, 1.0 / 128.0, ""),
    ])),
    subitem("COVAHP", "Correlation of Vertical Acceleration and Horizontal Position", fixed(&[
        signed("X", "", 8, 1.0 / 128.0, ""),
        signed("Y", "", 8, 1.0 / 128.0, ""),
    ])),
    subitem("COVAHV", "Correlation of Vertical Acceleration and Horizontal Velocity", fixed(&[
        signed("X", "", 8, 1.0 / 128.0, ""),
        signed("Y", "", 8, 1.0 / 128.0, ""),
    ])),
    subitem("COVAHA", "Correlation of Vertical Acceleration and Horizontal Acceleration", fixed(&[
        signed("X", "", 8, 1.0 / 128.0, ""),
        signed("Y", "", 8, 1.0 / 128.0, ""),
    ])),
]));

/// I015/625, Range Information.
const I625: Item = item("I015/625", "5.2.20", "Range Information", compound(&[
    subitem("R", "Range", fixed(&[signed("", "", 24, 1.0 / 10.0, "m").within(-838860.7, 838860.7)])),
    subitem("RSR", "Range Resolution", fixed(&[unsigned("", "", 24, 1.0 / 10.0, "m")])),
    subitem("SDR", "Range Precision", fixed(&[unsigned("", "", 24, 1.0 / 10.0, "m")])),
    subitem("RR", "Range Rate", fixed(&[signed("", "", 24, 1.0 / 10.0, "m/s").within(-838860.7, 838860.7)])),
    subitem("RSRR", "Range Rate Resolution", fixed(&[unsigned("", "", 24, 1.0 / 10.0, "m/s")])),
    subitem("SDRR", "Range Rate Precision", fixed(&[
        unsigned("SDRR", "", 24, 1.0 / 10.0, "m/s"),
        signed("CORRR", "", 8, 1.0 / 128.0, ""),
    ])),
    subitem("RA", "Range Acceleration", fixed(&[signed("", "", 16, 1.0 / 64.0, "m/s²")])),
    subitem("SDRA", "Range Acceleration Precision", fixed(&[
        unsigned("SDRA", "", 16, 1.0 / 128.0, "m/s²"),
        signed("CORAR", "", 8, 1.0 / 128.0, ""),
        signed("CORARR", "", 8, 1.0 / 128.0, ""),
    ])),
]));

/// I015/626, Doppler Information.
const I626: Item = item("I015/626", "5.2.21", "Doppler Information", compound(&[
    subitem("DV", "Doppler Velocity", fixed(&[signed("", "", 24, 1.0 / 100.0, "m/s").within(-83886.07, 83886.07)])),
    subitem("SDDV", "Precision of Doppler Velocity", fixed(&[unsigned("", "", 16, 1.0 / 64.0, "m/s")])),
    subitem("DA", "Doppler Acceleration", fixed(&[signed("", "", 16, 1.0 / 64.0, "m/s²")])),
    subitem("SDDA", "Precision of Doppler Acceleration", fixed(&[
        unsigned("SDDA", "", 16, 1.0 / 64.0, "m/s²"),
        signed("CODADV", "", 8, 1.0 / 128.0, ""),
    ])),
    subitem("CODVR", "Correlation of Doppler Velocity and Range", fixed(&[signed("", "", 8, 1.0 / 128.0, "")])),
    subitem("CODVRR", "Correlation of Doppler Velocity and Range Rate", fixed(&[signed("", "", 8, 1.0 / 128.0, "")])),
    subitem("CODVRA", "Correlation of Doppler Velocity and Range Acceleration", fixed(&[
        signed("", "", 8, 1.0 / 128.0, ""),
    ])),
    subitem("CODAR", "Correlation of Doppler Acceleration and Range", fixed(&[signed("", "", 8, 1.0 / 128.0, "")])),
    subitem("CODARR", "Correlation of Doppler Acceleration and Range Rate", fixed(&[
        signed("", "", 8, 1.0 / 128.0, ""),
    ])),
    subitem("CODARA", "Correlation of Doppler Acceleration and Range Acceleration", fixed(&[
        signed("", "", 8, 1.0 / 128.0, ""),
    ])),
]));

/// I015/627, Azimuth Information.
const I627: Item = item("I015/627", "5.2.22", "Azimuth Information", compound(&[
    subitem("AZ", "Azimuth", fixed(&[unsigned("", "", 16, 360.0 / 65_536.0, "°").within(360.0, 359.9945068359375)])),
    subitem("RSAZ", "Azimuth Resolution", fixed(&[unsigned("", "", 16, 45.0 / 65_536.0, "°")])),
    subitem("SDASZ", "Standard Deviation of Azimuth", fixed(&[unsigned("", "", 16, 45.0 / 65_536.0, "°")])),
    subitem("AZR", "Azimuth Rate", fixed(&[signed("", "", 16, 180.0 / 65_536.0, "°")])),
    subitem("SDAZR", "Standard Deviation of Azimuth Rate", fixed(&[
        unsigned("SDAZR", "", 16, 45.0 / 65_536.0, "°"),
        signed("COAZRAZ", "", 8, 1.0 / 128.0, ""),
    ])),
    subitem("AZEX", "Azimuth Extent", fixed(&[
        unsigned("S", "", 16, 360.0 / 65_536.0, "°"),
        unsigned("E", "", 16, 360.0 / 65_536.0, "°"),
    ])),
]));

/// I015/628, Elevation Information.
const I628: Item = item("I015/628", "5.2.23", "Elevation Information", compound(&[
    subitem("EL", "Elevation", fixed(&[signed("", "", 16, 180.0 / 65_536.0, "°")])),
    subitem("RSEL", "Elevation Resolution", fixed(&[unsigned("", "", 16, 45.0 / 65_536.0, "°")])),
    subitem("SDEL", "Standard Deviation of Elevation", fixed(&[unsigned("", "", 16, 45.0 / 65_536.0, "°")])),
    subitem("ER", "Elevation Rate", fixed(&[signed("", "", 16, 180.0 / 65_536.0, "°/s")])),
    subitem("SDER", "Standard Deviation of Elevation Rate", fixed(&[
        unsigned("SDELR", "", 16, 45.0 / 65_536.0, "°/s"),
        signed("COELREL", "", 8, 1.0 / 128.0, ""),
    ])),
    subitem("ELEX", "Elevation Extent", fixed(&[
        signed("S", "", 16, 180.0 / 65_536.0, "°"),
        signed("E", "", 16, 180.0 / 65_536.0, "°"),
    ])),
]));

/// I015/630, Path Quality.
const I630: Item = item("I015/630", "5.2.24", "Path Quality", compound(&[
    subitem("DPP", "Direct Path - Power", fixed(&[signed("", "", 8, 1.0, "dB")])),
    subitem("DPS", "Direct Path - Signal to Noise Ratio (SNR)", fixed(&[signed("", "", 8, 1.0, "dB")])),
    subitem("RPP", "Reflected Path - Power", fixed(&[spare(7), signed("RPP", "", 9, 1.0, "dB")])),
    subitem("RPS", "Reflected Path - Signal to Noise Ratio (SNR)", fixed(&[signed("", "", 8, 1.0, "dB")])),
]));

/// I015/631, Contour (Azimuth, Elevation Angle, Range Extent).
const I631: Item = item("I015/631", "5.2.25", "Contour (Azimuth, Elevation Angle, Range Extent)", repetitive(
    &[
        unsigned("AZCON", "", 16, 360.0 / 65_536.0, "°").within(360.0, 359.9945068359375),
        signed("ELCON", "", 16, 180.0 / 65_536.0, "°"),
        unsigned("RGCONSTOP", "", 16, 10_000.0 / 65_536.0, "m"),
        unsigned("RGCONSTART", "", 16, 10_000.0 / 65_536.0, "m"),
    ],
));

/// I015/SP, Special Purpose Field.
const ISP: Item = item("I015/SP", "Part 1", "Special Purpose Field", explicit(None));
