//! CAT021 edition 2.7, item by item: the one description that everything else follows; items that differ between editions
//! are in `editions.rs`, the first generation (0.23 to 0.26), which has another UAP, in `first.rs`.
//!
//! Section 5.2 of the specification has one clause per item, in the order of the item numbers.

use super::editions::*;
use crate::spec::words::*;
use crate::spec::{Category, Item, Slot};

const TITLE: &str = "ADS-B Target Reports";
const DOCUMENT: &str = "EUROCONTROL-SPEC-0149-12";
/// What every report has, by the encoding rules.
const REQUIRED: &[&str] = &["010", "040", "080"];

/// Category 021, "ADS-B Target Reports", edition 2.7 (2025-07-02).
pub static CAT021: Category = Category::new(21, "2.7", TITLE, DOCUMENT, &UAP).requires(REQUIRED);
/// Edition 2.6 (2021-12-21).
pub static CAT021_2_6: Category = Category::new(21, "2.6", TITLE, DOCUMENT, &UAP_2_6).requires(REQUIRED);
/// Edition 2.5 (2021-02-18), whose octets are those of 2.3 and 2.4.
pub static CAT021_2_5: Category =
    Category::new(21, "2.5", TITLE, DOCUMENT, &UAP_2_5).also(&["2.4", "2.3"]).requires(REQUIRED);
/// Edition 2.2 (2014-08-07).
pub static CAT021_2_2: Category = Category::new(21, "2.2", TITLE, DOCUMENT, &UAP_2_2).requires(REQUIRED);
/// Edition 2.1 (2011-05-01). Its I021/271 is laid out otherwise than in every later edition.
pub static CAT021_2_1: Category = Category::new(21, "2.1", TITLE, DOCUMENT, &UAP_2_1).requires(REQUIRED);

/// Clause 5.3, the UAP, FRN 1 to 49.
const UAP: [Slot; 49] = [
    Slot::Item(I010), Slot::Item(I040), Slot::Item(I161), Slot::Item(I015), Slot::Item(I071), Slot::Item(I130),
    Slot::Item(I131), Slot::Item(I072), Slot::Item(I150), Slot::Item(I151), Slot::Item(I080), Slot::Item(I073),
    Slot::Item(I074), Slot::Item(I075), Slot::Item(I076), Slot::Item(I140), Slot::Item(I090), Slot::Item(I210),
    Slot::Item(I070), Slot::Item(I230), Slot::Item(I145), Slot::Item(I152), Slot::Item(I200), Slot::Item(I155),
    Slot::Item(I157), Slot::Item(I160), Slot::Item(I165), Slot::Item(I077), Slot::Item(I170), Slot::Item(I020),
    Slot::Item(I220), Slot::Item(I146), Slot::Item(I148), Slot::Item(I110), Slot::Item(I016), Slot::Item(I008),
    Slot::Item(I271), Slot::Item(I132), Slot::Item(I250), Slot::Item(I260), Slot::Item(I400), Slot::Item(I295),
    Slot::Spare, Slot::Spare, Slot::Spare, Slot::Spare, Slot::Spare, Slot::Item(IRE), Slot::Item(ISP),
];

/// The UAP of edition 2.6.
const UAP_2_6: [Slot; 49] = [
    Slot::Item(I010), Slot::Item(I040), Slot::Item(I161), Slot::Item(I015), Slot::Item(I071), Slot::Item(I130),
    Slot::Item(I131), Slot::Item(I072), Slot::Item(I150), Slot::Item(I151), Slot::Item(I080), Slot::Item(I073),
    Slot::Item(I074), Slot::Item(I075), Slot::Item(I076), Slot::Item(I140), Slot::Item(I090_2_6),
    Slot::Item(I210), Slot::Item(I070), Slot::Item(I230), Slot::Item(I145), Slot::Item(I152), Slot::Item(I200),
    Slot::Item(I155), Slot::Item(I157), Slot::Item(I160), Slot::Item(I165), Slot::Item(I077), Slot::Item(I170),
    Slot::Item(I020), Slot::Item(I220), Slot::Item(I146), Slot::Item(I148), Slot::Item(I110), Slot::Item(I016),
    Slot::Item(I008), Slot::Item(I271), Slot::Item(I132), Slot::Item(I250), Slot::Item(I260), Slot::Item(I400),
    Slot::Item(I295), Slot::Spare, Slot::Spare, Slot::Spare, Slot::Spare, Slot::Spare, Slot::Item(IRE),
    Slot::Item(ISP),
];

/// The UAP of editions 2.3 to 2.5.
const UAP_2_5: [Slot; 49] = [
    Slot::Item(I010), Slot::Item(I040_2_5), Slot::Item(I161), Slot::Item(I015), Slot::Item(I071),
    Slot::Item(I130), Slot::Item(I131), Slot::Item(I072), Slot::Item(I150), Slot::Item(I151), Slot::Item(I080),
    Slot::Item(I073), Slot::Item(I074), Slot::Item(I075), Slot::Item(I076), Slot::Item(I140),
    Slot::Item(I090_2_6), Slot::Item(I210), Slot::Item(I070), Slot::Item(I230), Slot::Item(I145),
    Slot::Item(I152), Slot::Item(I200), Slot::Item(I155), Slot::Item(I157), Slot::Item(I160), Slot::Item(I165),
    Slot::Item(I077), Slot::Item(I170), Slot::Item(I020), Slot::Item(I220), Slot::Item(I146), Slot::Item(I148),
    Slot::Item(I110), Slot::Item(I016), Slot::Item(I008), Slot::Item(I271), Slot::Item(I132), Slot::Item(I250),
    Slot::Item(I260), Slot::Item(I400), Slot::Item(I295_2_5), Slot::Spare, Slot::Spare, Slot::Spare,
    Slot::Spare, Slot::Spare, Slot::Item(IRE), Slot::Item(ISP),
];

/// The UAP of edition 2.2.
const UAP_2_2: [Slot; 49] = [
    Slot::Item(I010), Slot::Item(I040_2_2), Slot::Item(I161), Slot::Item(I015), Slot::Item(I071),
    Slot::Item(I130), Slot::Item(I131), Slot::Item(I072), Slot::Item(I150), Slot::Item(I151), Slot::Item(I080),
    Slot::Item(I073), Slot::Item(I074), Slot::Item(I075), Slot::Item(I076), Slot::Item(I140),
    Slot::Item(I090_2_6), Slot::Item(I210_2_4), Slot::Item(I070), Slot::Item(I230), Slot::Item(I145),
    Slot::Item(I152), Slot::Item(I200), Slot::Item(I155), Slot::Item(I157), Slot::Item(I160), Slot::Item(I165),
    Slot::Item(I077), Slot::Item(I170), Slot::Item(I020), Slot::Item(I220), Slot::Item(I146), Slot::Item(I148),
    Slot::Item(I110), Slot::Item(I016), Slot::Item(I008), Slot::Item(I271), Slot::Item(I132), Slot::Item(I250),
    Slot::Item(I260), Slot::Item(I400), Slot::Item(I295_2_5), Slot::Spare, Slot::Spare, Slot::Spare,
    Slot::Spare, Slot::Spare, Slot::Item(IRE), Slot::Item(ISP),
];

/// The UAP of edition 2.1.
const UAP_2_1: [Slot; 49] = [
    Slot::Item(I010), Slot::Item(I040_2_2), Slot::Item(I161), Slot::Item(I015), Slot::Item(I071),
    Slot::Item(I130), Slot::Item(I131), Slot::Item(I072), Slot::Item(I150), Slot::Item(I151), Slot::Item(I080),
    Slot::Item(I073), Slot::Item(I074), Slot::Item(I075), Slot::Item(I076), Slot::Item(I140),
    Slot::Item(I090_2_6), Slot::Item(I210_2_4), Slot::Item(I070), Slot::Item(I230), Slot::Item(I145),
    Slot::Item(I152), Slot::Item(I200_2_1), Slot::Item(I155), Slot::Item(I157), Slot::Item(I160),
    Slot::Item(I165), Slot::Item(I077), Slot::Item(I170), Slot::Item(I020), Slot::Item(I220), Slot::Item(I146),
    Slot::Item(I148), Slot::Item(I110), Slot::Item(I016), Slot::Item(I008), Slot::Item(I271_2_1),
    Slot::Item(I132), Slot::Item(I250), Slot::Item(I260), Slot::Item(I400), Slot::Item(I295_2_5), Slot::Spare,
    Slot::Spare, Slot::Spare, Slot::Spare, Slot::Spare, Slot::Item(IRE), Slot::Item(ISP),
];

/// I021/008, Aircraft Operational Status.
const I008: Item = item("I021/008", "5.2.1", "Aircraft Operational Status", fixed(&[
    flag("RA", "TCAS Resolution Advisory Active", "TCAS II or ACAS RA not active", "TCAS RA active"),
    choice("TC", "Target Trajectory Change Report Capability", 2, &[
        (0, "No capability for Trajectory Change Reports"),
        (1, "Support for TC+0 reports only"),
        (2, "Support for multiple TC reports"),
        (3, "Reserved"),
    ]),
    flag(
        "TS",
        "Target State Report Capability",
        "No capability to support Target State Reports",
        "Capable of supporting target State Reports",
    ),
    flag(
        "ARV",
        "Air-Referenced Velocity Report Capability",
        "No capability to generate ARV-reports",
        "Capable of generate ARV-reports",
    ),
    flag("CDTIA", "Cockpit Display of Traffic Information Airborne", "CDTI not operational", "CDTI operational"),
    flag("NOTTCAS", "TCAS System Status", "TCAS operational", "TCAS not operational"),
    flag("SA", "Single Antenna", "Antenna Diversity", "Single Antenna only"),
]));

/// I021/010, Data Source Identification.
const I010: Item = item("I021/010", "5.2.2", "Data Source Identification", fixed(&[
    raw("SAC", "System Area Code", 8),
    raw("SIC", "System Identification Code", 8),
]));

/// I021/015, Service Identification.
const I015: Item = item("I021/015", "5.2.3", "Service Identification", fixed(&[raw("", "", 8)]));

/// I021/016, Service Management.
const I016: Item = item("I021/016", "5.2.4", "Service Management", fixed(&[unsigned("", "", 8, 1.0 / 2.0, "s")]));

/// I021/020, Emitter Category.
const I020: Item = item("I021/020", "5.2.5", "Emitter Category", fixed(&[
    choice("", "", 8, &[
        (0, "No ADS-B Emitter Category Information"),
        (1, "Light aircraft <= 15500 lbs"),
        (2, "15500 lbs < small aircraft <75000 lbs"),
        (3, "75000 lbs < medium a/c < 300000 lbs"),
        (4, "High Vortex Large"),
        (5, "300000 lbs <= heavy aircraft"),
        (6, "Highly manoeuvrable (5g acceleration capability) and high speed (>400 knots cruise)"),
        (7, "Reserved"),
        (8, "Reserved"),
        (9, "Reserved"),
        (10, "Rotocraft"),
        (11, "Glider / sailplane"),
        (12, "Lighter-than-air"),
        (13, "Unmanned aerial vehicle"),
        (14, "Space / transatmospheric vehicle"),
        (15, "Ultralight / handglider / paraglider"),
        (16, "Parachutist / skydiver"),
        (17, "Reserved"),
        (18, "Reserved"),
        (19, "Reserved"),
        (20, "Surface emergency vehicle"),
        (21, "Surface service vehicle"),
        (22, "Fixed ground or tethered obstruction"),
        (23, "Cluster obstacle"),
        (24, "Line obstacle"),
    ]),
]));

/// I021/070, Mode 3/A Code in Octal Representation.
const I070: Item = item("I021/070", "5.2.7", "Mode 3/A Code in Octal Representation", fixed(&[
    spare(4),
    octal("MODE3A", "Mode-3/A Reply in Octal Representation", 12),
]));

/// I021/071, Time of Applicability for Position.
const I071: Item = item("I021/071", "5.2.8", "Time of Applicability for Position", fixed(&[
    unsigned("", "", 24, 1.0 / 128.0, "s").possible(0.0, DAY_S),
]));

/// I021/072, Time of Applicability for Velocity.
const I072: Item = item("I021/072", "5.2.9", "Time of Applicability for Velocity", fixed(&[
    unsigned("", "", 24, 1.0 / 128.0, "s").possible(0.0, DAY_S),
]));

/// I021/073, Time of Message Reception for Position.
const I073: Item = item("I021/073", "5.2.10", "Time of Message Reception for Position", fixed(&[
    unsigned("", "", 24, 1.0 / 128.0, "s").possible(0.0, DAY_S),
]));

/// I021/074, Time of Message Reception of Position-High Precision.
const I074: Item = item("I021/074", "5.2.11", "Time of Message Reception of Position-High Precision", fixed(
    &[
        choice("FSI", "Full Second Indication", 2, &[
            (0, "TOMRp whole seconds = (I021/073) Whole seconds"),
            (1, "TOMRp whole seconds = (I021/073) Whole seconds + 1"),
            (2, "TOMRp whole seconds = (I021/073) Whole seconds - 1"),
            (3, "Reserved"),
        ]),
        unsigned(
            "TOMRP",
            "Fractional Part of the Time of Message Reception for Position in the Ground Station",
            30,
            1.0 / 1_073_741_824.0,
            "s",
        ),
    ],
));

/// I021/075, Time of Message Reception for Velocity.
const I075: Item = item("I021/075", "5.2.12", "Time of Message Reception for Velocity", fixed(&[
    unsigned("", "", 24, 1.0 / 128.0, "s").possible(0.0, DAY_S),
]));

/// I021/076, Time of Message Reception of Velocity-High Precision.
const I076: Item = item("I021/076", "5.2.13", "Time of Message Reception of Velocity-High Precision", fixed(
    &[
        choice("FSI", "Full Second Indication", 2, &[
            (0, "TOMRp whole seconds = (I021/075) Whole seconds"),
            (1, "TOMRp whole seconds = (I021/075) Whole seconds + 1"),
            (2, "TOMRp whole seconds = (I021/075) Whole seconds - 1"),
            (3, "Reserved"),
        ]),
        unsigned(
            "TOMRP",
            "Fractional Part of the Time of Message Reception for Position in the Ground Station",
            30,
            1.0 / 1_073_741_824.0,
            "s",
        ),
    ],
));

/// I021/077, Time of ASTERIX Report Transmission.
const I077: Item = item("I021/077", "5.2.14", "Time of ASTERIX Report Transmission", fixed(&[
    unsigned("", "", 24, 1.0 / 128.0, "s").possible(0.0, DAY_S),
]));

/// I021/080, Target Address.
const I080: Item = item("I021/080", "5.2.15", "Target Address", fixed(&[raw("", "", 24)]));

/// I021/110, Trajectory Intent.
const I110: Item = item("I021/110", "5.2.17", "Trajectory Intent", compound(&[
    subitem("TIS", "Trajectory Intent Status", extended(&[
        &[
            flag(
                "NAV",
                "",
                "Trajectory Intent Data is available for this aircraft",
                "Trajectory Intent Data is not available for this aircraft",
            ),
            flag("NVB", "", "Trajectory Intent Data is valid", "Trajectory Intent Data is not valid"),
            spare(5),
        ],
    ])),
    subitem("TID", "Trajectory Intent Data", repetitive(&[
        flag("TCA", "", "TCP number available", "TCP number not available"),
        flag("NC", "", "TCP compliance", "TCP non-compliance"),
        raw("TCPN", "", 6),
        signed("ALT", "Altitude in Two's Complement Form", 16, 10.0, "ft").within(-1500.0, 150_000.0),
        signed("LAT", "In WGS.84 in Two's Complement", 24, 180.0 / 8_388_608.0, "°").possible(-90.0, 90.0),
        signed("LON", "In WGS.84 in Two's Complement", 24, 180.0 / 8_388_608.0, "°").possible(-180.0, 180.0),
        choice("PT", "Point Type", 4, &[
            (0, "Unknown"),
            (1, "Fly by waypoint (LT)"),
            (2, "Fly over waypoint (LT)"),
            (3, "Hold pattern (LT)"),
            (4, "Procedure hold (LT)"),
            (5, "Procedure turn (LT)"),
            (6, "RF leg (LT)"),
            (7, "Top of climb (VT)"),
            (8, "Top of descent (VT)"),
            (9, "Start of level (VT)"),
            (10, "Cross-over altitude (VT)"),
            (11, "Transition altitude (VT)"),
        ]),
        choice("TD", "", 2, &[(0, "N/A"), (1, "Turn right"), (2, "Turn left"), (3, "No turn")]),
        flag("TRA", "", "TTR not available", "TTR available"),
        flag("TOA", "", "TOV available", "TOV not available"),
        unsigned("TOV", "Time Over Point", 24, 1.0, "s"),
        unsigned("TTR", "TCP Turn Radius", 16, 1.0 / 100.0, "NM"),
    ])),
]));

/// I021/130, Position in WGS-84 Co-ordinates.
const I130: Item = item("I021/130", "5.2.18", "Position in WGS-84 Co-ordinates", fixed(&[
    signed("LAT", "Latitude", 24, 180.0 / 8_388_608.0, "°").possible(-90.0, 90.0),
    signed("LON", "Longitude", 24, 180.0 / 8_388_608.0, "°").possible(-180.0, 180.0),
]));

/// I021/131, High-Resolution Position in WGS-84 Co-ordinates.
const I131: Item = item("I021/131", "5.2.19", "High-Resolution Position in WGS-84 Co-ordinates", fixed(&[
    signed("LAT", "Latitude", 32, 180.0 / 1_073_741_824.0, "°").possible(-90.0, 90.0),
    signed("LON", "Longitude", 32, 180.0 / 1_073_741_824.0, "°").possible(-180.0, 180.0),
]));

/// I021/132, Message Amplitude.
const I132: Item = item("I021/132", "5.2.20", "Message Amplitude", fixed(&[signed("", "", 8, 1.0, "dBm")]));

/// I021/140, Geometric Height.
const I140: Item = item("I021/140", "5.2.21", "Geometric Height", fixed(&[
    signed("", "", 16, 25.0 / 4.0, "ft").within(-1500.0, 150_000.0),
]));

/// I021/145, Flight Level.
const I145: Item = item("I021/145", "5.2.22", "Flight Level", fixed(&[
    signed("", "", 16, 1.0 / 4.0, "FL").within(-15.0, 1500.0),
]));

/// I021/146, Selected Altitude.
const I146: Item = item("I021/146", "5.2.23", "Selected Altitude", fixed(&[
    flag("SAS", "Source Availability", "No source information provided", "Source Information provided"),
    choice("S", "Source", 2, &[
        (0, "Unknown"),
        (1, "Aircraft Altitude (Holding Altitude)"),
        (2, "MCP/FCU Selected Altitude"),
        (3, "FMS Selected Altitude"),
    ]),
    signed("ALT", "Altitude", 13, 25.0, "ft").within(-1300.0, 100_000.0),
]));

/// I021/148, Final State Selected Altitude.
const I148: Item = item("I021/148", "5.2.24", "Final State Selected Altitude", fixed(&[
    flag("MV", "Manage Vertical Mode", "Not active or unknown", "Active"),
    flag("AH", "Altitude Hold Mode", "Not active or unknown", "Active"),
    flag("AM", "Approach Mode", "Not active or unknown", "Active"),
    signed("ALT", "Altitude", 13, 25.0, "ft").within(-1300.0, 100_000.0),
]));

/// I021/150, Air Speed.
const I150: Item = item("I021/150", "5.2.25", "Air Speed", fixed(&[
    flag("IM", "", "Air Speed = IAS, LSB (Bit-1) = 2 -14 NM/s", "Air Speed = Mach, LSB (Bit-1) = 0.001"),
    either("AS", "Air Speed (IAS or Mach)", &[
        unsigned("AS", "Air Speed (IAS or Mach)", 15, 1.0 / 16_384.0, "NM/s"),
        unsigned("AS", "Air Speed (IAS or Mach)", 15, 1.0 / 1000.0, "Mach"),
    ]),
]));

/// I021/151, True Airspeed.
const I151: Item = item("I021/151", "5.2.26", "True Airspeed", fixed(&[
    flag("RE", "Range Exceeded Indicator", "Value in defined range", "Value exceeds defined range"),
    unsigned("TAS", "True Air Speed", 15, 1.0, "kt"),
]));

/// I021/152, Magnetic Heading.
const I152: Item = item("I021/152", "5.2.27", "Magnetic Heading", fixed(&[
    unsigned("", "", 16, 360.0 / 65_536.0, "°"),
]));

/// I021/155, Barometric Vertical Rate.
const I155: Item = item("I021/155", "5.2.28", "Barometric Vertical Rate", fixed(&[
    flag("RE", "Range Exceeded Indicator", "Value in defined range", "Value exceeds defined range"),
    signed("BVR", "Barometric Vertical Rate", 15, 25.0 / 4.0, "ft/min"),
]));

/// I021/157, Geometric Vertical Rate.
const I157: Item = item("I021/157", "5.2.29", "Geometric Vertical Rate", fixed(&[
    flag("RE", "Range Exceeded Indicator", "Value in defined range", "Value exceeds defined range"),
    signed("GVR", "Geometric Vertical Rate", 15, 25.0 / 4.0, "ft/min"),
]));

/// I021/160, Airborne Ground Vector.
const I160: Item = item("I021/160", "5.2.30", "Airborne Ground Vector", fixed(&[
    flag("RE", "Range Exceeded Indicator", "Value in defined range", "Value exceeds defined range"),
    unsigned("GS", "Ground Speed Referenced to WGS-84", 15, 1.0 / 16_384.0, "NM/s"),
    unsigned("TA", "Track Angle Clockwise Reference to True North", 16, 360.0 / 65_536.0, "°"),
]));

/// I021/161, Track Number.
const I161: Item = item("I021/161", "5.2.31", "Track Number", fixed(&[spare(4), raw("TRNUM", "Track Number", 12)]));

/// I021/165, Track Angle Rate.
const I165: Item = item("I021/165", "5.2.32", "Track Angle Rate", fixed(&[
    spare(6),
    signed("TAR", "Track Angle Rate", 10, 1.0 / 32.0, "°/s"),
]));

/// I021/170, Target Identification.
const I170: Item = item("I021/170", "5.2.33", "Target Identification", fixed(&[icao("", "", 48)]));

/// I021/220, Met Information.
const I220: Item = item("I021/220", "5.2.36", "Met Information", compound(&[
    subitem("WS", "Wind Speed", fixed(&[unsigned("", "", 16, 1.0, "kt").within(0.0, 300.0)])),
    subitem("WD", "Wind Direction", fixed(&[unsigned("", "", 16, 1.0, "°").within(1.0, 360.0)])),
    subitem("TMP", "Temperature", fixed(&[signed("", "", 16, 1.0 / 4.0, "°C").within(-100.0, 100.0)])),
    subitem("TRB", "Turbulence", fixed(&[integer("", "", 8)])),
]));

/// I021/230, Roll Angle.
const I230: Item = item("I021/230", "5.2.37", "Roll Angle", fixed(&[
    signed("", "", 16, 1.0 / 100.0, "°").within(-180.0, 180.0),
]));

/// I021/250, Mode S MB Data.
const I250: Item = item("I021/250", "5.2.38", "Mode S MB Data", repetitive(BDS_REGISTER));

/// I021/260, ACAS Resolution Advisory Report.
const I260: Item = item("I021/260", "5.2.39", "ACAS Resolution Advisory Report", fixed(&[
    raw("TYP", "Message Type (= 28 for 1090 ES, Version 2)", 5),
    raw("STYP", "Message Sub-type (= 2 for 1090 ES, Version 2)", 3),
    raw("ARA", "Active Resolution Advisories", 14),
    raw("RAC", "RAC (RA Complement) Record", 4),
    raw("RAT", "RA Terminated", 1),
    raw("MTE", "Multiple Threat Encounter", 1),
    raw("TTI", "Threat Type Indicator", 2),
    raw("TID", "Threat Identity Data", 26),
]));

/// I021/400, Receiver ID.
const I400: Item = item("I021/400", "5.2.42", "Receiver ID", fixed(&[raw("", "", 8)]));

/// I021/RE, Reserved Expansion Field.
const IRE: Item = item("I021/RE", "Appendix A", "Reserved Expansion Field", explicit(Some(&super::expansion::CONTENTS)));

/// I021/SP, Special Purpose Field.
const ISP: Item = item("I021/SP", "Part 1", "Special Purpose Field", explicit(None));
