//! CAT062 edition 1.21, item by item: the one description that everything else follows. The two longest items have files of
//! their own: `aircraft.rs` (I062/380) and `plan.rs` (I062/390); the track status, which differs between editions, is here in
//! each form.
//!
//! Section 5.2 of the specification has one clause per item, in the order of the item numbers.

use super::aircraft::I380;
use super::plan::I390;
use crate::spec::words::*;
use crate::spec::{Category, Field, Item, Slot};

const TITLE: &str = "SDPS Track Messages";
const DOCUMENT: &str = "EUROCONTROL-SPEC-0149-9";
/// What every track message has, by the encoding rules.
const REQUIRED: &[&str] = &["010", "040", "070", "080"];

/// Category 062, "SDPS Track Messages", edition 1.21 (2025-06-05).
pub static CAT062: Category = Category::new(62, "1.21", TITLE, DOCUMENT, &UAP).requires(REQUIRED);
/// Edition 1.20 (2023-02-13).
pub static CAT062_1_20: Category = Category::new(62, "1.20", TITLE, DOCUMENT, &UAP_1_20).requires(REQUIRED);
/// Edition 1.19 (2020-11-04), whose octets are those of 1.18.
pub static CAT062_1_19: Category =
    Category::new(62, "1.19", TITLE, DOCUMENT, &UAP_1_19).also(&["1.18"]).requires(REQUIRED);
/// Edition 1.17 (2014-12-01). Edition 1.16 differs in texts only, and has spare bits where I062/060 has V and G since.
pub static CAT062_1_17: Category =
    Category::new(62, "1.17", TITLE, DOCUMENT, &UAP_1_17).also(&["1.16"]).requires(REQUIRED);

/// Clause 5.3, the UAP, FRN 1 to 35.
const UAP: [Slot; 35] = [
    Slot::Item(I010), Slot::Spare, Slot::Item(I015), Slot::Item(I070), Slot::Item(I105), Slot::Item(I100),
    Slot::Item(I185), Slot::Item(I210), Slot::Item(I060), Slot::Item(I245), Slot::Item(I380), Slot::Item(I040),
    Slot::Item(I080), Slot::Item(I290), Slot::Item(I200), Slot::Item(I295), Slot::Item(I136), Slot::Item(I130),
    Slot::Item(I135), Slot::Item(I220), Slot::Item(I390), Slot::Item(I270), Slot::Item(I300), Slot::Item(I110),
    Slot::Item(I120), Slot::Item(I510), Slot::Item(I500), Slot::Item(I340), Slot::Spare, Slot::Spare,
    Slot::Spare, Slot::Spare, Slot::Spare, Slot::Item(IRE), Slot::Item(ISP),
];

/// The UAP of edition 1.20.
const UAP_1_20: [Slot; 35] = [
    Slot::Item(I010), Slot::Spare, Slot::Item(I015), Slot::Item(I070), Slot::Item(I105), Slot::Item(I100),
    Slot::Item(I185), Slot::Item(I210), Slot::Item(I060), Slot::Item(I245), Slot::Item(I380), Slot::Item(I040),
    Slot::Item(I080_1_20), Slot::Item(I290), Slot::Item(I200), Slot::Item(I295), Slot::Item(I136),
    Slot::Item(I130), Slot::Item(I135), Slot::Item(I220), Slot::Item(I390), Slot::Item(I270), Slot::Item(I300),
    Slot::Item(I110), Slot::Item(I120), Slot::Item(I510), Slot::Item(I500), Slot::Item(I340), Slot::Spare,
    Slot::Spare, Slot::Spare, Slot::Spare, Slot::Spare, Slot::Item(IRE), Slot::Item(ISP),
];

/// The UAP of editions 1.18 and 1.19.
const UAP_1_19: [Slot; 35] = [
    Slot::Item(I010), Slot::Spare, Slot::Item(I015), Slot::Item(I070), Slot::Item(I105), Slot::Item(I100),
    Slot::Item(I185), Slot::Item(I210), Slot::Item(I060), Slot::Item(I245), Slot::Item(I380), Slot::Item(I040),
    Slot::Item(I080_1_19), Slot::Item(I290), Slot::Item(I200), Slot::Item(I295), Slot::Item(I136),
    Slot::Item(I130), Slot::Item(I135), Slot::Item(I220), Slot::Item(I390), Slot::Item(I270), Slot::Item(I300),
    Slot::Item(I110), Slot::Item(I120), Slot::Item(I510), Slot::Item(I500), Slot::Item(I340), Slot::Spare,
    Slot::Spare, Slot::Spare, Slot::Spare, Slot::Spare, Slot::Item(IRE), Slot::Item(ISP),
];

/// The UAP of editions 1.16 and 1.17.
const UAP_1_17: [Slot; 35] = [
    Slot::Item(I010), Slot::Spare, Slot::Item(I015), Slot::Item(I070), Slot::Item(I105), Slot::Item(I100),
    Slot::Item(I185), Slot::Item(I210), Slot::Item(I060), Slot::Item(I245), Slot::Item(I380), Slot::Item(I040),
    Slot::Item(I080_1_17), Slot::Item(I290), Slot::Item(I200), Slot::Item(I295), Slot::Item(I136),
    Slot::Item(I130), Slot::Item(I135), Slot::Item(I220), Slot::Item(I390), Slot::Item(I270), Slot::Item(I300),
    Slot::Item(I110), Slot::Item(I120), Slot::Item(I510), Slot::Item(I500), Slot::Item(I340), Slot::Spare,
    Slot::Spare, Slot::Spare, Slot::Spare, Slot::Spare, Slot::Item(IRE), Slot::Item(ISP),
];

/// The age of an update, in steps of 1/4 s.
const AGE: &[Field] = &[unsigned("", "", 8, 1.0 / 4.0, "s")];

/// I062/080, part 1.
const I080_SOURCES: &[Field] = &[
    flag("MON", "", "Multisensor track", "Monosensor track"),
    flag(
        "SPI",
        "",
        "Default value",
        "SPI present in the last report received from a sensor capable of decoding this data",
    ),
    flag(
        "MRH",
        "Most Reliable Height",
        "Barometric altitude (Mode C) more reliable",
        "Geometric altitude more reliable",
    ),
    choice("SRC", "Source of Calculated Track Altitude for I062/130", 3, &[
        (0, "No source"),
        (1, "GNSS"),
        (2, "3D radar"),
        (3, "Triangulation"),
        (4, "Height from coverage"),
        (5, "Speed look-up table"),
        (6, "Default height"),
        (7, "Multilateration"),
    ]),
    flag("CNF", "", "Confirmed track", "Tentative track"),
];

/// I062/080, part 2.
const I080_MESSAGES: &[Field] = &[
    flag("SIM", "", "Actual track", "Simulated track"),
    flag("TSE", "", "Default value", "Last message transmitted to the user for the track"),
    flag("TSB", "", "Default value", "First message transmitted to the user for the track"),
    flag("FPC", "", "Not flight-plan correlated", "Flight plan correlated"),
    flag("AFF", "", "Default value", "ADS-B data inconsistent with other surveillance information"),
    flag("STP", "", "Default value", "Slave Track Promotion"),
    flag("KOS", "", "Complementary service used", "Background service used"),
];

/// I062/080, part 3.
const I080_IDENTITY: &[Field] = &[
    flag("AMA", "", "Track not resulting from amalgamation process", "Track resulting from amalgamation process"),
    choice("MD4", "", 2, &[
        (0, "No Mode 4 interrogation"),
        (1, "Friendly target"),
        (2, "Unknown target"),
        (3, "No reply"),
    ]),
    flag(
        "ME",
        "",
        "Default value",
        "Military Emergency present in the last report received from a sensor capable of decoding this data",
    ),
    flag(
        "MI",
        "",
        "Default value",
        "Military Identification present in the last report received from a sensor capable of decoding this data",
    ),
    choice("MD5", "", 2, &[
        (0, "No Mode 5 interrogation"),
        (1, "Friendly target"),
        (2, "Unknown target"),
        (3, "No reply"),
    ]),
];

/// I062/080, part 4.
const I080_AGES: &[Field] = &[
    flag(
        "CST",
        "",
        "Default value",
        "Age of the last received track update is higher than system dependent threshold (coasting)",
    ),
    flag(
        "PSR",
        "",
        "Default value",
        "Age of the last received PSR track update is higher than system dependent threshold",
    ),
    flag(
        "SSR",
        "",
        "Default value",
        "Age of the last received SSR track update is higher than system dependent threshold",
    ),
    flag(
        "MDS",
        "",
        "Default value",
        "Age of the last received Mode S track update is higher than system dependent threshold",
    ),
    flag(
        "ADS",
        "",
        "Default value",
        "Age of the last received ADS-B track update is higher than system dependent threshold",
    ),
    flag(
        "SUC",
        "",
        "Default value",
        "Special Used Code (Mode A codes to be defined in the system to mark a track with special interest)",
    ),
    flag(
        "AAC",
        "",
        "Default value",
        "Assigned Mode A Code Conflict (same discrete Mode A Code assigned to another track)",
    ),
];

/// I062/080, part 5.
const I080_NATURE: &[Field] = &[
    choice("SDS", "", 2, &[
        (0, "Combined"),
        (1, "Co-operative only"),
        (2, "Non-Cooperative only"),
        (3, "Not defined"),
    ]),
    choice("EMS", "", 3, &[
        (0, "No emergency"),
        (1, "General emergency"),
        (2, "Lifeguard / medical"),
        (3, "Minimum fuel"),
        (4, "No communications"),
        (5, "Unlawful interference"),
        (6, "Downed Aircraft"),
        (7, "Undefined"),
    ]),
    flag("PFT", "", "No indication", "Potential False Track Indication"),
    flag("FPLT", "", "Default value", "Track created / updated with FPL data"),
];

/// I062/080, part 6, as from edition 1.20 on.
const I080_DUPLICATES: &[Field] = &[
    flag("DUPT", "", "Default value", "Duplicate Mode 3/A Code"),
    flag("DUPF", "", "Default value", "Duplicate Flight Plan"),
    flag("DUPM", "", "Default value", "Duplicate Flight Plan due to manual correlation"),
    flag("SFC", "", "Default value", "Surface target"),
    flag("IDD", "", "No indication", "Duplicate Flight-ID"),
    flag("IEC", "", "Default value", "Inconsistent Emergency Code"),
    flag(
        "MLAT",
        "",
        "Default value",
        "Age of the last received MLAT track update is higher than system dependent threshold",
    ),
];

/// I062/080, part 7, from edition 1.21 on.
const I080_MODE_5: &[Field] = &[
    flag(
        "M5I",
        "",
        "Default value",
        "Age of the last received Mode-5 interrogation track update is higher than system dependent threshold",
    ),
    spare(6),
];

/// I062/080, part 6, in editions 1.18 and 1.19.
const I080_DUPLICATES_1_19: &[Field] = &[
    flag("DUPT", "", "Default value", "Duplicate Mode 3/A Code"),
    flag("DUPF", "", "Default value", "Duplicate Flight Plan"),
    flag("DUPM", "", "Default value", "Duplicate Flight Plan due to manual correlation"),
    flag("SFC", "", "Default value", "Surface target"),
    flag("IDD", "", "No indication", "Duplicate Flight-ID"),
    flag("IEC", "", "Default value", "Inconsistent Emergency Code"),
    spare(1),
];

/// I062/080, part 6, up to edition 1.17.
const I080_DUPLICATES_1_17: &[Field] = &[
    flag("DUPT", "", "Default value", "Duplicate Mode 3/A Code"),
    flag("DUPF", "", "Default value", "Duplicate Flight Plan"),
    flag("DUPM", "", "Default value", "Duplicate Flight Plan due to manual correlation"),
    spare(4),
];

/// I062/080, Track Status.
const I080: Item = item("I062/080", "5.2.6", "Track Status", extended(&[
    I080_SOURCES,
    I080_MESSAGES,
    I080_IDENTITY,
    I080_AGES,
    I080_NATURE,
    I080_DUPLICATES,
    I080_MODE_5,
]));

/// I062/080, Track Status, edition 1.20.
const I080_1_20: Item = item("I062/080", "5.2.6", "Track Status", extended(&[
    I080_SOURCES,
    I080_MESSAGES,
    I080_IDENTITY,
    I080_AGES,
    I080_NATURE,
    I080_DUPLICATES,
]));

/// I062/080, Track Status, editions 1.18 and 1.19.
const I080_1_19: Item = item("I062/080", "5.2.6", "Track Status", extended(&[
    I080_SOURCES,
    I080_MESSAGES,
    I080_IDENTITY,
    I080_AGES,
    I080_NATURE,
    I080_DUPLICATES_1_19,
]));

/// I062/080, Track Status, up to edition 1.17.
const I080_1_17: Item = item("I062/080", "5.2.6", "Track Status", extended(&[
    I080_SOURCES,
    I080_MESSAGES,
    I080_IDENTITY,
    I080_AGES,
    I080_NATURE,
    I080_DUPLICATES_1_17,
]));

/// I062/010, Data Source Identifier.
const I010: Item = item("I062/010", "5.2.1", "Data Source Identifier", fixed(&[
    raw("SAC", "System Area Code", 8),
    raw("SIC", "System Identification Code", 8),
]));

/// I062/015, Service Identification.
const I015: Item = item("I062/015", "5.2.2", "Service Identification", fixed(&[raw("", "", 8)]));

/// I062/040, Track Number.
const I040: Item = item("I062/040", "5.2.3", "Track Number", fixed(&[raw("", "", 16)]));

/// I062/060, Track Mode 3/A Code.
const I060: Item = item("I062/060", "5.2.4", "Track Mode 3/A Code", fixed(&[
    flag("V", "Validated", "Code validated", "Code not validated"),
    flag("G", "Garbled", "Default", "Garbled code"),
    flag("CH", "Change in Mode 3/A", "No change", "Mode 3/A has changed"),
    spare(1),
    octal("MODE3A", "Mode-3/A Reply in Octal Representation", 12),
]));

/// I062/070, Time Of Track Information.
const I070: Item = item("I062/070", "5.2.5", "Time Of Track Information", fixed(&[
    unsigned("", "", 24, 1.0 / 128.0, "s").possible(0.0, DAY_S),
]));

/// I062/100, Calculated Track Position (Cartesian).
const I100: Item = item("I062/100", "5.2.7", "Calculated Track Position (Cartesian)", fixed(&[
    signed("X", "X Coordinate", 24, 1.0 / 2.0, "m"),
    signed("Y", "Y Coordinate", 24, 1.0 / 2.0, "m"),
]));

/// I062/105, Calculated Position In WGS-84 Co-ordinates.
const I105: Item = item("I062/105", "5.2.8", "Calculated Position In WGS-84 Co-ordinates", fixed(&[
    signed("LAT", "Latitude", 32, 180.0 / 33_554_432.0, "°").possible(-90.0, 90.0),
    signed("LON", "Longitude", 32, 180.0 / 33_554_432.0, "°").possible(-180.0, 180.0),
]));

/// I062/110, Mode 5 Data Reports and Extended Mode 1 Code.
const I110: Item = item("I062/110", "5.2.9", "Mode 5 Data Reports and Extended Mode 1 Code", compound(&[
    subitem("SUM", "Mode 5 Summary", fixed(&[
        flag("M5", "", "No Mode 5 interrogation", "Mode 5 interrogation"),
        flag("ID", "", "No authenticated Mode 5 ID reply", "Authenticated Mode 5 ID reply"),
        flag(
            "DA",
            "",
            "No authenticated Mode 5 Data reply or Report",
            "Authenticated Mode 5 Data reply or Report (i.e any valid Mode 5 reply type other than ID)",
        ),
        flag("M1", "", "Mode 1 code not present or not from Mode 5 reply", "Mode 1 code from Mode 5 reply"),
        flag("M2", "", "Mode 2 code not present or not from Mode 5 reply", "Mode 2 code from Mode 5 reply"),
        flag("M3", "", "Mode 3 code not present or not from Mode 5 reply", "Mode 3 code from Mode 5 reply"),
        flag(
            "MC",
            "",
            "Mode C altitude code not present or not from Mode 5 reply",
            "Mode C altitude from Mode 5 reply",
        ),
        flag(
            "X",
            "X-pulse from Mode 5 Data Reply or Report",
            "X-pulse set to zero or no authenticated Data reply or Report received",
            "X-pulse set to one",
        ),
    ])),
    subitem("PMN", "Mode 5 PIN/ National Origin/Mission Code", fixed(&[
        spare(2),
        raw("PIN", "PIN Code", 14),
        spare(3),
        raw("NAT", "National Origin", 5),
        spare(2),
        raw("MIS", "Mission Code", 6),
    ])),
    subitem("POS", "Mode 5 Reported Position", fixed(&[
        signed("LAT", "Latitude", 24, 180.0 / 8_388_608.0, "°").possible(-90.0, 90.0),
        signed("LON", "Longitude", 24, 180.0 / 8_388_608.0, "°").possible(-180.0, 180.0),
    ])),
    subitem("GA", "Mode 5 GNSS-derived Altitude", fixed(&[
        spare(1),
        flag(
            "RES",
            "Resolution with which the GNSS-derived Altitude (GA) is Reported",
            "GA reported in 100 ft increments",
            "GA reported in 25 ft increments",
        ),
        signed(
            "GA",
            "GNSS-derived Altitude of Target, Expressed as Height Above WGS 84 Ellipsoid",
            14,
            25.0,
            "ft",
        ).within(-1000.0, 204_775.0),
    ])),
    subitem("EM1", "Extended Mode 1 Code in Octal Representation", fixed(&[
        spare(4),
        octal("EM1", "Extended Mode 1 Reply in Octal Representation", 12),
    ])),
    subitem("TOS", "Time Offset for POS and GA", fixed(&[signed("", "", 8, 1.0 / 128.0, "s")])),
    subitem("XP", "X Pulse Presence", fixed(&[
        spare(3),
        flag(
            "X5",
            "X-pulse from Mode 5 Data Reply or Report",
            "X-pulse set to zero or no authenticated Data reply or Report received",
            "X-pulse set to one (present)",
        ),
        flag(
            "XC",
            "X-pulse from Mode C Reply",
            "X-pulse set to zero or no Mode C reply",
            "X-pulse set to one (present)",
        ),
        flag(
            "X3",
            "X-pulse from Mode 3/A Reply",
            "X-pulse set to zero or no Mode 3/A reply",
            "X-pulse set to one (present)",
        ),
        flag(
            "X2",
            "X-pulse from Mode 2 Reply",
            "X-pulse set to zero or no Mode 2 reply",
            "X-pulse set to one (present)",
        ),
        flag(
            "X1",
            "X-pulse from Mode 1 Reply",
            "X-pulse set to zero or no Mode 1 reply",
            "X-pulse set to one (present)",
        ),
    ])),
]));

/// I062/120, Track Mode 2 Code.
const I120: Item = item("I062/120", "5.2.10", "Track Mode 2 Code", fixed(&[
    spare(4),
    octal("MODE2", "Mode-2 Code in Octal Representation", 12),
]));

/// I062/130, Calculated Track Geometric Altitude.
const I130: Item = item("I062/130", "5.2.11", "Calculated Track Geometric Altitude", fixed(&[
    signed("", "", 16, 25.0 / 4.0, "ft").within(-1500.0, 150_000.0),
]));

/// I062/135, Calculated Track Barometric Altitude.
const I135: Item = item("I062/135", "5.2.12", "Calculated Track Barometric Altitude", fixed(&[
    flag("QNH", "", "No QNH correction applied", "QNH correction applied"),
    signed("CTB", "Calculated Track Barometric Altitude", 15, 1.0 / 4.0, "FL").within(-15.0, 1500.0),
]));

/// I062/136, Measured Flight Level.
const I136: Item = item("I062/136", "5.2.13", "Measured Flight Level", fixed(&[
    signed("", "", 16, 1.0 / 4.0, "FL").within(-15.0, 1500.0),
]));

/// I062/185, Calculated Track Velocity (Cartesian).
const I185: Item = item("I062/185", "5.2.14", "Calculated Track Velocity (Cartesian)", fixed(&[
    signed("VX", "Velocity (X-component)", 16, 1.0 / 4.0, "m/s"),
    signed("VY", "Velocity (Y-component)", 16, 1.0 / 4.0, "m/s"),
]));

/// I062/200, Mode of Movement.
const I200: Item = item("I062/200", "5.2.15", "Mode of Movement", fixed(&[
    choice("TRANS", "Transversal Acceleration", 2, &[
        (0, "Constant course"),
        (1, "Right turn"),
        (2, "Left turn"),
        (3, "Undetermined"),
    ]),
    choice("LONG", "Longitudinal Acceleration", 2, &[
        (0, "Constant groundspeed"),
        (1, "Increasing groundspeed"),
        (2, "Decreasing groundspeed"),
        (3, "Undetermined"),
    ]),
    choice("VERT", "Vertical Rate", 2, &[(0, "Level"), (1, "Climb"), (2, "Descent"), (3, "Undetermined")]),
    flag("ADF", "Altitude Discrepancy Flag", "No altitude discrepancy", "Altitude discrepancy"),
    spare(1),
]));

/// I062/210, Calculated Acceleration (Cartesian).
const I210: Item = item("I062/210", "5.2.16", "Calculated Acceleration (Cartesian)", fixed(&[
    signed("AX", "", 8, 1.0 / 4.0, "m/s²"),
    signed("AY", "", 8, 1.0 / 4.0, "m/s²"),
]));

/// I062/220, Calculated Rate of Climb/Descent.
const I220: Item = item("I062/220", "5.2.17", "Calculated Rate of Climb/Descent", fixed(&[
    signed("", "", 16, 25.0 / 4.0, "ft/min"),
]));

/// I062/245, Target Identification.
const I245: Item = item("I062/245", "5.2.18", "Target Identification", fixed(&[
    choice("STI", "", 2, &[
        (0, "Callsign or registration downlinked from target"),
        (1, "Callsign not downlinked from target"),
        (2, "Registration not downlinked from target"),
        (3, "Invalid"),
    ]),
    spare(6),
    icao("CHR", "Characters 1-8 (Coded on 6 Bits Each) Defining Target Identification", 48),
]));

/// I062/270, Target Size and Orientation.
const I270: Item = item("I062/270", "5.2.19", "Target Size and Orientation", extended(&[
    &[unsigned("LENGTH", "Length", 7, 1.0, "m")],
    &[unsigned("ORIENTATION", "Orientation", 7, 360.0 / 128.0, "°")],
    &[unsigned("WIDTH", "Width", 7, 1.0, "m")],
]));

/// I062/290, System Track Update Ages.
const I290: Item = item("I062/290", "5.2.20", "System Track Update Ages", compound(&[
    subitem("TRK", "Track Age", fixed(AGE)),
    subitem("PSR", "PSR Age", fixed(AGE)),
    subitem("SSR", "SSR Age", fixed(AGE)),
    subitem("MDS", "Mode S Age", fixed(AGE)),
    subitem("ADS", "ADS-C Age", fixed(&[unsigned("", "", 16, 1.0 / 4.0, "s")])),
    subitem("ES", "ADS-B Extended Squitter Age", fixed(AGE)),
    subitem("VDL", "ADS-B VDL Mode 4 Age", fixed(AGE)),
    subitem("UAT", "ADS-B UAT Age", fixed(AGE)),
    subitem("LOP", "Loop Age", fixed(AGE)),
    subitem("MLT", "Multilateration Age", fixed(AGE)),
]));

/// I062/295, Track Data Ages.
const I295: Item = item("I062/295", "5.2.21", "Track Data Ages", compound(&[
    subitem("MFL", "Measured Flight Level Age", fixed(AGE)),
    subitem("MD1", "Mode 1 Age", fixed(AGE)),
    subitem("MD2", "Mode 2 Age", fixed(AGE)),
    subitem("MDA", "Mode 3/A Age", fixed(AGE)),
    subitem("MD4", "Mode 4 Age", fixed(AGE)),
    subitem("MD5", "Mode 5 Age", fixed(AGE)),
    subitem("MHG", "Magnetic Heading Age", fixed(AGE)),
    subitem("IAS", "Indicated Airspeed / Mach Nb Age", fixed(AGE)),
    subitem("TAS", "True Airspeed Age", fixed(AGE)),
    subitem("SAL", "Selected Altitude Age", fixed(AGE)),
    subitem("FSS", "Final State Selected Altitude Age", fixed(AGE)),
    subitem("TID", "Trajectory Intent Age", fixed(AGE)),
    subitem("COM", "Communication/ACAS Capability and Flight Status Age", fixed(&[
        unsigned("", "", 8, 1.0 / 4.0, "s"),
    ])),
    subitem("SAB", "Status Reported by ADS-B Age", fixed(AGE)),
    subitem("ACS", "ACAS Resolution Advisory Report Age", fixed(AGE)),
    subitem("BVR", "Barometric Vertical Rate Age", fixed(AGE)),
    subitem("GVR", "Geometrical Vertical Rate Age", fixed(AGE)),
    subitem("RAN", "Roll Angle Age", fixed(AGE)),
    subitem("TAR", "Track Angle Rate Age", fixed(AGE)),
    subitem("TAN", "Track Angle Age", fixed(AGE)),
    subitem("GSP", "Ground Speed Age", fixed(AGE)),
    subitem("VUN", "Velocity Uncertainty Age", fixed(AGE)),
    subitem("MET", "Meteorological Data Age", fixed(AGE)),
    subitem("EMC", "Emitter Category Age", fixed(AGE)),
    subitem("POS", "Position Age", fixed(AGE)),
    subitem("GAL", "Geometric Altitude Age", fixed(AGE)),
    subitem("PUN", "Position Uncertainty Age", fixed(AGE)),
    subitem("MB", "BDS Register Data Age", fixed(AGE)),
    subitem("IAR", "Indicated Airspeed Data Age", fixed(AGE)),
    subitem("MAC", "Mach Number Data Age", fixed(AGE)),
    subitem("BPS", "Barometric Pressure Setting Data Age", fixed(AGE)),
]));

/// I062/300, Vehicle Fleet Identification.
const I300: Item = item("I062/300", "5.2.22", "Vehicle Fleet Identification", fixed(&[
    choice("", "", 8, &[
        (0, "Unknown"),
        (1, "ATC equipment maintenance"),
        (2, "Airport maintenance"),
        (3, "Fire"),
        (4, "Bird scarer"),
        (5, "Snow plough"),
        (6, "Runway sweeper"),
        (7, "Emergency"),
        (8, "Police"),
        (9, "Bus"),
        (10, "Tug (push/tow)"),
        (11, "Grass cutter"),
        (12, "Fuel"),
        (13, "Baggage"),
        (14, "Catering"),
        (15, "Aircraft maintenance"),
        (16, "Flyco (follow me)"),
    ]),
]));

/// I062/340, Measured Information.
const I340: Item = item("I062/340", "5.2.23", "Measured Information", compound(&[
    subitem("SID", "Sensor Identification", fixed(&[
        raw("SAC", "System Area Code", 8),
        raw("SIC", "System Identification Code", 8),
    ])),
    subitem("POS", "Measured Position", fixed(&[
        unsigned("RHO", "Measured Distance", 16, 1.0 / 256.0, "NM"),
        unsigned("THETA", "Measured Azimuth", 16, 360.0 / 65_536.0, "°"),
    ])),
    subitem("HEIGHT", "Measured 3-D Height", fixed(&[signed("", "", 16, 25.0, "ft")])),
    subitem("MDC", "", fixed(&[
        flag("V", "Validated", "Code validated", "Code not validated"),
        flag("G", "Garbled", "Default", "Garbled code"),
        signed("LMC", "Last Measured Mode C Code", 14, 1.0 / 4.0, "FL").within(-12.0, 1270.0),
    ])),
    subitem("MDA", "", fixed(&[
        flag("V", "Validated", "Code validated", "Code not validated"),
        flag("G", "Garbled", "Default", "Garbled code"),
        flag(
            "L",
            "",
            "Mode 3/A code as derived from the reply of the transponder",
            "Mode 3/A code as provided by a sensor local tracker",
        ),
        spare(1),
        octal("MODE3A", "Mode-3/A Reply in Octal Representation", 12),
    ])),
    subitem("TYP", "", fixed(&[
        choice("TYP", "Report Type", 3, &[
            (0, "No detection"),
            (1, "Single PSR detection"),
            (2, "Single SSR detection"),
            (3, "SSR + PSR detection"),
            (4, "Single ModeS All-Call"),
            (5, "Single ModeS Roll-Call"),
            (6, "ModeS All-Call + PSR"),
            (7, "ModeS Roll-Call + PSR"),
        ]),
        flag("SIM", "", "Actual target report", "Simulated target report"),
        flag("RAB", "", "Report from target transponder", "Report from field monitor (item transponder)"),
        flag("TST", "", "Real target report", "Test target report"),
        spare(2),
    ])),
]));

/// I062/500, Estimated Accuracies.
const I500: Item = item("I062/500", "5.2.26", "Estimated Accuracies", compound(&[
    subitem("APC", "Estimated Accuracy Of Track Position (Cartesian)", fixed(&[
        unsigned("X", "APC (X-Component)", 16, 1.0 / 2.0, "m"),
        unsigned("Y", "APC (Y-Component)", 16, 1.0 / 2.0, "m"),
    ])),
    subitem("COV", "XY Covariance Component", fixed(&[signed("", "", 16, 1.0 / 2.0, "m")])),
    subitem("APW", "Estimated Accuracy Of Track Position (WGS-84)", fixed(&[
        unsigned("LAT", "APW (Latitude Component)", 16, 180.0 / 33_554_432.0, "°"),
        unsigned("LON", "APW (Longitude Component)", 16, 180.0 / 33_554_432.0, "°"),
    ])),
    subitem("AGA", "Estimated Accuracy Of Calculated Track Geometric Altitude", fixed(&[
        unsigned("", "", 8, 25.0 / 4.0, "ft"),
    ])),
    subitem("ABA", "Estimated Accuracy Of Calculated Track Barometric Altitude", fixed(&[
        unsigned("", "", 8, 1.0 / 4.0, "FL"),
    ])),
    subitem("ATV", "Estimated Accuracy Of Track Velocity (Cartesian)", fixed(&[
        unsigned("X", "ATV (X-Component)", 8, 1.0 / 4.0, "m/s"),
        unsigned("Y", "ATV (Y-Component)", 8, 1.0 / 4.0, "m/s"),
    ])),
    subitem("AA", "Estimated Accuracy Of Acceleration (Cartesian)", fixed(&[
        unsigned("X", "AA (X-Component)", 8, 1.0 / 4.0, "m/s²"),
        unsigned("Y", "AA (Y-Component)", 8, 1.0 / 4.0, "m/s²"),
    ])),
    subitem("ARC", "Estimated Accuracy Of Rate Of Climb/Descent", fixed(&[
        unsigned("", "", 8, 25.0 / 4.0, "ft/min"),
    ])),
]));

/// I062/510, Composed Track Number.
const I510: Item = item("I062/510", "5.2.27", "Composed Track Number", repetitive_fx(&[
    raw("IDENT", "System Unit Identification", 8),
    raw("TRACK", "System Track Number", 15),
]));

/// I062/RE, Reserved Expansion Field.
const IRE: Item = item("I062/RE", "Appendix A", "Reserved Expansion Field", explicit(Some(&super::expansion::CONTENTS)));

/// I062/SP, Special Purpose Field.
const ISP: Item = item("I062/SP", "Part 1", "Special Purpose Field", explicit(None));
