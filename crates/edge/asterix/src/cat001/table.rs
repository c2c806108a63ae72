//! CAT001 edition 1.4, item by item: the one description that everything else follows.
//!
//! Section 5.2 of the specification has one clause per item, in the order of the item numbers.

use crate::spec::words::*;
use crate::spec::{Category, Item, Slot};

/// Category 001, "Transmission of Monoradar Data Target Reports", edition 1.4 (2022-08-18): the UAP of plots.
///
/// Ranges, Cartesian positions and Doppler speeds are in the default scale of the specification (scaling factor 0, and
/// 6 for Doppler); a radar that uses another says so in its interface document only.
pub static CAT001: Category = category(&UAP_PLOT, &["010", "020"]).with_twin("plot", false, &CAT001_TRACK);

/// The UAP of tracks: what records follow whose I001/020 says "track".
pub static CAT001_TRACK: Category = category(&UAP_TRACK, &["010", "020", "161"]).with_twin("track", true, &CAT001);

const fn category(uap: &'static [Slot], required: &'static [&'static str]) -> Category {
    const TITLE: &str = "Transmission of Monoradar Data Target Reports";
    Category::new(1, "1.4", TITLE, "EUROCONTROL-SPEC-0149-2a", uap).also(&["1.3", "1.2", "1.1"]).requires(required)
}

/// Clause 5.3, the UAP of a plot, FRN 1 to 21.
const UAP_PLOT: [Slot; 21] = [
    Slot::Item(I010), Slot::Item(I020), Slot::Item(I040), Slot::Item(I070), Slot::Item(I090), Slot::Item(I130),
    Slot::Item(I141), Slot::Item(I050), Slot::Item(I120), Slot::Item(I131), Slot::Item(I080), Slot::Item(I100),
    Slot::Item(I060), Slot::Item(I030), Slot::Item(I150), Slot::Spare, Slot::Spare, Slot::Spare, Slot::Spare,
    Slot::Item(ISP), Slot::Random,
];

/// Clause 5.3, the UAP of a track, FRN 1 to 22.
const UAP_TRACK: [Slot; 22] = [
    Slot::Item(I010), Slot::Item(I020), Slot::Item(I161), Slot::Item(I040), Slot::Item(I042), Slot::Item(I200),
    Slot::Item(I070), Slot::Item(I090), Slot::Item(I141), Slot::Item(I130), Slot::Item(I131), Slot::Item(I120),
    Slot::Item(I170), Slot::Item(I210), Slot::Item(I050), Slot::Item(I080), Slot::Item(I100), Slot::Item(I060),
    Slot::Item(I030), Slot::Item(ISP), Slot::Random, Slot::Item(I150),
];

/// I001/010, Data Source Identifier.
const I010: Item = item("I001/010", "5.2.1", "Data Source Identifier", fixed(&[
    raw("SAC", "System Area Code", 8),
    raw("SIC", "System Identification Code", 8),
]));

/// I001/020, Target Report Descriptor.
const I020: Item = item("I001/020", "5.2.2", "Target Report Descriptor", extended(&[
    &[
        flag("TYP", "", "Plot", "Track"),
        flag("SIM", "", "Actual plot or track", "Simulated plot or track"),
        choice("SSRPSR", "Radar Detection in Last Antenna Scan", 2, &[
            (0, "No detection"),
            (1, "Sole primary detection"),
            (2, "Sole secondary detection"),
            (3, "Combined primary and secondary detection"),
        ]),
        flag("ANT", "", "Target report from antenna 1", "Target report from antenna 2"),
        flag("SPI", "", "Default", "Special Position Identification"),
        flag("RAB", "", "Default", "Plot or track from a fixed transponder"),
    ],
    &[
        flag("TST", "", "Default", "Test target indicator"),
        choice("DS1DS2", "Special codes of distress", 2, &[
            (0, "Default"),
            (1, "Unlawful interference (code 7500)"),
            (2, "Radio-communication failure (code 7600)"),
            (3, "Emergency (code 7700)"),
        ]),
        flag("ME", "", "Default", "Military emergency"),
        flag("MI", "", "Default", "Military identification"),
        spare(2),
    ],
]));

/// I001/030, Warning/Error Conditions.
const I030: Item = item("I001/030", "5.2.3", "Warning/Error Conditions", repetitive_fx(&[
    choice("", "", 7, &[
        (0, "No warning nor error condition"),
        (1, "Garbled reply"),
        (2, "Reflection"),
        (3, "Sidelobe reply"),
        (4, "Split plot"),
        (5, "Second time around reply"),
        (6, "Angels"),
        (7, "Terrestrial vehicles"),
        (64, "Possible wrong code in Mode-3/A"),
        (65, "Possible wrong altitude information, transmitted when the Code C credibility check fails together with the Mode-C code in binary notation"),
        (66, "Possible phantom MSSR plot"),
        (80, "Fixed PSR plot"),
        (81, "Slow PSR plot"),
        (82, "Low quality PSR plot"),
    ]),
]));

/// I001/040, Measured Position in Polar Co-ordinates.
const I040: Item = item("I001/040", "5.2.4", "Measured Position in Polar Co-ordinates", fixed(&[
    unsigned("RHO", "", 16, 1.0 / 128.0, "NM"),
    unsigned("THETA", "", 16, 360.0 / 65_536.0, "°"),
]));

/// I001/042, Calculated Position in Cartesian Co-ordinates.
const I042: Item = item("I001/042", "5.2.5", "Calculated Position in Cartesian Co-ordinates", fixed(&[
    signed("X", "X-Component", 16, 1.0 / 64.0, "NM"),
    signed("Y", "Y-Component", 16, 1.0 / 64.0, "NM"),
]));

/// I001/050, Mode-2 Code in Octal Representation.
const I050: Item = item("I001/050", "5.2.6", "Mode-2 Code in Octal Representation", fixed(&[
    flag("V", "", "Code validated", "Code not validated"),
    flag("G", "", "Default", "Garbled code"),
    flag(
        "L",
        "",
        "Mode-2 code as derived from the reply of the transponder",
        "Smoothed Mode-2 code as provided by a local tracker",
    ),
    spare(1),
    octal("MODE2", "Mode-2 Code in Octal Representation", 12),
]));

/// I001/060, Mode-2 Code Confidence Indicator.
const I060: Item = item("I001/060", "5.2.7", "Mode-2 Code Confidence Indicator", fixed(&[
    spare(4),
    flag("QA4", "", "High quality pulse A4", "Low quality pulse A4"),
    flag("QA2", "", "High quality pulse A2", "Low quality pulse A2"),
    flag("QA1", "", "High quality pulse A1", "Low quality pulse A1"),
    flag("QB4", "", "High quality pulse B4", "Low quality pulse B4"),
    flag("QB2", "", "High quality pulse B2", "Low quality pulse B2"),
    flag("QB1", "", "High quality pulse B1", "Low quality pulse B1"),
    flag("QC4", "", "High quality pulse C4", "Low quality pulse C4"),
    flag("QC2", "", "High quality pulse C2", "Low quality pulse C2"),
    flag("QC1", "", "High quality pulse C1", "Low quality pulse C1"),
    flag("QD4", "", "High quality pulse D4", "Low quality pulse D4"),
    flag("QD2", "", "High quality pulse D2", "Low quality pulse D2"),
    flag("QD1", "", "High quality pulse D1", "Low quality pulse D1"),
]));

/// I001/070, Mode-3/A Code in Octal Representation.
const I070: Item = item("I001/070", "5.2.8", "Mode-3/A Code in Octal Representation", fixed(&[
    flag("V", "", "Code validated", "Code not validated"),
    flag("G", "", "Default", "Garbled code"),
    flag(
        "L",
        "",
        "Mode-3/A code derived from the reply of the transponder",
        "Smoothed Mode-3/A code as provided by a local tracker",
    ),
    spare(1),
    octal("MODE3A", "Mode-3/A Reply in Octal Representation", 12),
]));

/// I001/080, Mode-3/A Code Confidence Indicator.
const I080: Item = item("I001/080", "5.2.9", "Mode-3/A Code Confidence Indicator", fixed(&[
    spare(4),
    flag("QA4", "", "High quality pulse A4", "Low quality pulse A4"),
    flag("QA2", "", "High quality pulse A2", "Low quality pulse A2"),
    flag("QA1", "", "High quality pulse A1", "Low quality pulse A1"),
    flag("QB4", "", "High quality pulse B4", "Low quality pulse B4"),
    flag("QB2", "", "High quality pulse B2", "Low quality pulse B2"),
    flag("QB1", "", "High quality pulse B1", "Low quality pulse B1"),
    flag("QC4", "", "High quality pulse C4", "Low quality pulse C4"),
    flag("QC2", "", "High quality pulse C2", "Low quality pulse C2"),
    flag("QC1", "", "High quality pulse C1", "Low quality pulse C1"),
    flag("QD4", "", "High quality pulse D4", "Low quality pulse D4"),
    flag("QD2", "", "High quality pulse D2", "Low quality pulse D2"),
    flag("QD1", "", "High quality pulse D1", "Low quality pulse D1"),
]));

/// I001/090, Mode-C Code in Binary Representation.
const I090: Item = item("I001/090", "5.2.10", "Mode-C Code in Binary Representation", fixed(&[
    flag("V", "", "Code validated", "Code not validated"),
    flag("G", "", "Default", "Garbled code"),
    signed("HGT", "Mode-C HEIGHT", 14, 1.0 / 4.0, "FL"),
]));

/// I001/100, Mode-C Code and Code Confidence Indicator.
const I100: Item = item("I001/100", "5.2.11", "Mode-C Code and Code Confidence Indicator", fixed(&[
    flag("V", "", "Code validated", "Code not validated"),
    flag("G", "", "Default", "Garbled code"),
    spare(2),
    raw("MODEC", "Mode-C Reply in Gray Notation", 12),
    spare(4),
    flag("QC1", "", "High quality pulse C1", "Low quality pulse C1"),
    flag("QA1", "", "High quality pulse A1", "Low quality pulse A1"),
    flag("QC2", "", "High quality pulse C2", "Low quality pulse C2"),
    flag("QA2", "", "High quality pulse A2", "Low quality pulse A2"),
    flag("QC4", "", "High quality pulse C4", "Low quality pulse C4"),
    flag("QA4", "", "High quality pulse A4", "Low quality pulse A4"),
    flag("QB1", "", "High quality pulse B1", "Low quality pulse B1"),
    flag("QD1", "", "High quality pulse D1", "Low quality pulse D1"),
    flag("QB2", "", "High quality pulse B2", "Low quality pulse B2"),
    flag("QD2", "", "High quality pulse D2", "Low quality pulse D2"),
    flag("QB4", "", "High quality pulse B4", "Low quality pulse B4"),
    flag("QD4", "", "High quality pulse D4", "Low quality pulse D4"),
]));

/// I001/120, Measured Radial Doppler Speed.
const I120: Item = item("I001/120", "5.2.12", "Measured Radial Doppler Speed", fixed(&[
    signed("", "", 8, 1.0 / 256.0, "NM/s"),
]));

/// I001/130, Radar Plot Characteristics.
const I130: Item = item("I001/130", "5.2.13", "Radar Plot Characteristics", repetitive_fx(&[raw("", "", 7)]));

/// I001/131, Received Power.
const I131: Item = item("I001/131", "5.2.14", "Received Power", fixed(&[signed("", "", 8, 1.0, "dBm")]));

/// I001/141, Truncated Time of Day.
const I141: Item = item("I001/141", "5.2.15", "Truncated Time of Day", fixed(&[
    unsigned("", "", 16, 1.0 / 128.0, "s"),
]));

/// I001/150, Presence of X-Pulse.
const I150: Item = item("I001/150", "5.2.16", "Presence of X-Pulse", fixed(&[
    flag("XA", "", "Default", "X-pulse received in Mode-3/A reply"),
    spare(1),
    flag("XC", "", "Default", "X-pulse received in Mode-C reply"),
    spare(2),
    flag("X2", "", "Default", "X-pulse received in Mode-2 reply"),
    spare(2),
]));

/// I001/161, Track Plot Number.
const I161: Item = item("I001/161", "5.2.17", "Track Plot Number", fixed(&[raw("", "", 16)]));

/// I001/170, Track Status.
const I170: Item = item("I001/170", "5.2.18", "Track Status", extended(&[
    &[
        flag("CON", "", "Confirmed Track", "Track in initialisation phase"),
        flag("RAD", "", "Primary track", "SSR/Combined track"),
        flag("MAN", "", "Default", "Aircraft manoeuvring"),
        flag("DOU", "", "Default", "Doubtful plot to track association"),
        flag("RDPC", "Radar Data Processing Chain", "RDP Chain 1", "RDP Chain 2"),
        spare(1),
        flag("GHO", "", "Default", "Ghost track"),
    ],
    &[flag("TRE", "", "Default", "Last report for a track"), spare(6)],
]));

/// I001/200, Calculated Track Velocity in Polar Co-ordinates.
const I200: Item = item("I001/200", "5.2.19", "Calculated Track Velocity in Polar Co-ordinates", fixed(&[
    unsigned("GSP", "Calculated Groundspeed", 16, 1.0 / 16_384.0, "NM/s"),
    unsigned("HDG", "Calculated Heading", 16, 360.0 / 65_536.0, "°"),
]));

/// I001/210, Track Quality.
const I210: Item = item("I001/210", "5.2.20", "Track Quality", repetitive_fx(&[raw("", "", 7)]));

/// I001/SP, Special Purpose Field.
const ISP: Item = item("I001/SP", "Part 1", "Special Purpose Field", explicit(None));
