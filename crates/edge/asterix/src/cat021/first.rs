//! CAT021 of the first generation, editions 0.23 to 0.26: another UAP, other layouts, the same category number. A receiver
//! that reads these octets by an edition of the second generation (or the other way round) puts aircraft at latitudes that do
//! not exist.
//!
//! Section 5.2 of the specification has one clause per item, in the order of the item numbers.

use crate::spec::words::*;
use crate::spec::{Category, Item, Slot};

const TITLE: &str = "ADS-B Target Reports";
const DOCUMENT: &str = "SUR.ET1.ST05.2000-STD-12-01";
/// What every report has, by the encoding rules.
const REQUIRED: &[&str] = &["010", "040", "030", "080"];

/// Edition 0.26 (2005-06-27); what 0.24 and 0.25 define, they define alike.
pub static CAT021_0_26: Category =
    Category::new(21, "0.26", TITLE, DOCUMENT, &UAP_0_26).also(&["0.25", "0.24"]).requires(REQUIRED);
/// Edition 0.23 (2003-11-01), with a coarser position and without the Mode 3/A code and the signal amplitude.
pub static CAT021_0_23: Category = Category::new(21, "0.23", TITLE, DOCUMENT, &UAP_0_23).requires(REQUIRED);

/// Clause 5.3, the UAP of edition 0.26.
const UAP_0_26: [Slot; 35] = [
    Slot::Item(I010), Slot::Item(I040), Slot::Item(I030), Slot::Item(I130), Slot::Item(I080), Slot::Item(I140),
    Slot::Item(I090), Slot::Item(I210), Slot::Item(I230), Slot::Item(I145), Slot::Item(I150), Slot::Item(I151),
    Slot::Item(I152), Slot::Item(I155), Slot::Item(I157), Slot::Item(I160), Slot::Item(I165), Slot::Item(I170),
    Slot::Item(I095), Slot::Item(I032), Slot::Item(I200), Slot::Item(I020), Slot::Item(I220), Slot::Item(I146),
    Slot::Item(I148), Slot::Item(I110), Slot::Item(I070), Slot::Item(I131), Slot::Spare, Slot::Spare,
    Slot::Spare, Slot::Spare, Slot::Spare, Slot::Item(IRE), Slot::Item(ISP),
];

/// The UAP of edition 0.23.
const UAP_0_23: [Slot; 35] = [
    Slot::Item(I010), Slot::Item(I040), Slot::Item(I030), Slot::Item(I130_0_23), Slot::Item(I080),
    Slot::Item(I140), Slot::Item(I090), Slot::Item(I210), Slot::Item(I230), Slot::Item(I145), Slot::Item(I150),
    Slot::Item(I151), Slot::Item(I152), Slot::Item(I155), Slot::Item(I157), Slot::Item(I160), Slot::Item(I165),
    Slot::Item(I170), Slot::Item(I095), Slot::Item(I032), Slot::Item(I200), Slot::Item(I020), Slot::Item(I220),
    Slot::Item(I146), Slot::Item(I148), Slot::Item(I110), Slot::Spare, Slot::Spare, Slot::Spare, Slot::Spare,
    Slot::Spare, Slot::Spare, Slot::Spare, Slot::Item(IRE), Slot::Item(ISP),
];

/// I021/010, Data Source Identification.
const I010: Item = item("I021/010", "5.2.1", "Data Source Identification", fixed(&[
    raw("SAC", "System Area Code", 8),
    raw("SIC", "System Identification Code", 8),
]));

/// I021/020, Emitter Category.
const I020: Item = item("I021/020", "5.2.2", "Emitter Category", fixed(&[
    choice("", "", 8, &[
        (1, "Light aircraft <= 7000 kg"),
        (2, "Reserved"),
        (3, "7000 kg < Medium aircraft < 136000 kg"),
        (4, "Reserved"),
        (5, "136000 kg <= Heavy aircraft"),
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
        (23, "Reserved"),
        (24, "Reserved"),
    ]),
]));

/// I021/030, Time of Day.
const I030: Item = item("I021/030", "5.2.3", "Time of Day", fixed(&[
    unsigned("", "", 24, 1.0 / 128.0, "s").possible(0.0, DAY_S),
]));

/// I021/032, Time of Day Accuracy.
const I032: Item = item("I021/032", "5.2.4", "Time of Day Accuracy", fixed(&[unsigned("", "", 8, 1.0 / 256.0, "s")]));

/// I021/040, Target Report Descriptor.
const I040: Item = item("I021/040", "5.2.5", "Target Report Descriptor", fixed(&[
    flag("DCR", "Differential Correction", "No differential correction (ADS-B)", "Differential correction (ADS-B)"),
    flag("GBS", "Ground Bit Setting", "Ground Bit not set", "Ground Bit set"),
    flag("SIM", "Simulated Target", "Actual target report", "Simulated target report"),
    flag("TST", "Test Target", "Default", "Test Target"),
    flag("RAB", "Report Type", "Report from target transponder", "Report from field monitor (fixed transponder)"),
    flag(
        "SAA",
        "Selected Altitude Available",
        "Equipment capable to provide Selected Altitude",
        "Equipment not capable to provide Selected Altitude",
    ),
    flag("SPI", "Special Position Identification", "Absence of SPI", "Special Position Identification"),
    spare(1),
    choice("ATP", "Address Type", 3, &[
        (0, "Non unique address"),
        (1, "24-Bit ICAO address"),
        (2, "Surface vehicle address"),
        (3, "Anonymous address"),
        (4, "Reserved for future use"),
        (5, "Reserved for future use"),
        (6, "Reserved for future use"),
        (7, "Reserved for future use"),
    ]),
    choice("ARC", "Altitude Reporting Capability", 2, &[(0, "Unknown"), (1, "25 ft"), (2, "100 ft")]),
    spare(3),
]));

/// I021/070, Mode 3/A Code in Octal Representation.
const I070: Item = item("I021/070", "5.2.6", "Mode 3/A Code in Octal Representation", fixed(&[
    flag("V", "", "Code validated", "Code not validated"),
    flag("G", "", "Default", "Garbled code"),
    flag("L", "", "Mode-3/A code derived during last update", "Mode-3/A code not extracted during the last update"),
    spare(1),
    octal("MODE3A", "Mode-3/A Reply in Octal Representation", 12),
]));

/// I021/080, Target Address.
const I080: Item = item("I021/080", "5.2.7", "Target Address", fixed(&[raw("", "", 24)]));

/// I021/090, Figure of Merit.
const I090: Item = item("I021/090", "5.2.8", "Figure of Merit", fixed(&[
    choice("AC", "ACAS Capabilities", 2, &[
        (0, "Unknown"),
        (1, "ACAS not operational"),
        (2, "ACAS operartional"),
        (3, "Invalid"),
    ]),
    choice("MN", "Multiple Navigation Aids", 2, &[
        (0, "Unknown"),
        (1, "Multiple Navigation not operational"),
        (2, "Multiple Navigation operartional"),
        (3, "Invalid"),
    ]),
    choice("DC", "Differential Correction", 2, &[
        (0, "Unknown"),
        (1, "Differential Correction"),
        (2, "NO Differential Correction"),
        (3, "Invalid"),
    ]),
    spare(6),
    signed("PA", "Position Accuracy", 4, 1.0, ""),
]));

/// I021/095, Velocity Accuracy.
const I095: Item = item("I021/095", "5.2.9", "Velocity Accuracy", fixed(&[raw("", "", 8)]));

/// I021/110, Trajectory Intent.
const I110: Item = item("I021/110", "5.2.10", "Trajectory Intent", compound(&[
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
const I130: Item = item("I021/130", "5.2.11", "Position in WGS-84 Co-ordinates", fixed(&[
    signed("LAT", "Latitude", 32, 180.0 / 33_554_432.0, "°").possible(-90.0, 90.0),
    signed("LON", "Longitude", 32, 180.0 / 33_554_432.0, "°").possible(-180.0, 180.0),
]));

/// I021/131, Signal Amplitude.
const I131: Item = item("I021/131", "5.2.12", "Signal Amplitude", fixed(&[raw("", "", 8)]));

/// I021/140, Geometric Altitude.
const I140: Item = item("I021/140", "5.2.13", "Geometric Altitude", fixed(&[
    signed("", "", 16, 25.0 / 4.0, "ft").within(-1500.0, 150_000.0),
]));

/// I021/145, Flight Level.
const I145: Item = item("I021/145", "5.2.14", "Flight Level", fixed(&[
    signed("", "", 16, 1.0 / 4.0, "FL").within(-15.0, 1500.0),
]));

/// I021/146, Intermediate State Selected Altitude.
const I146: Item = item("I021/146", "5.2.15", "Intermediate State Selected Altitude", fixed(&[
    flag("SAS", "Source Availability", "No source information provided", "Source Information provided"),
    choice("SRC", "Source", 2, &[
        (0, "Unknown"),
        (1, "Aircraft Altitude (Holding Altitude)"),
        (2, "MCP/FCU Selected Altitude"),
        (3, "FMS Selected Altitude"),
    ]),
    signed("ALT", "Altitude", 13, 25.0, "ft").within(-1300.0, 100_000.0),
]));

/// I021/148, Final State Selected Altitude.
const I148: Item = item("I021/148", "5.2.16", "Final State Selected Altitude", fixed(&[
    flag("MV", "Manage Vertical Mode", "Not active", "Active"),
    flag("AH", "Altitude Hold Mode", "Not active", "Active"),
    flag("AM", "Approach Mode", "Not active", "Active"),
    signed("ALT", "Altitude", 13, 25.0, "ft").within(-1300.0, 100_000.0),
]));

/// I021/150, Air Speed.
const I150: Item = item("I021/150", "5.2.17", "Air Speed", fixed(&[
    flag("IM", "", "Air Speed = IAS, LSB (Bit-1) = 2 -14 NM/s", "Air Speed = Mach, LSB (Bit-1) = 0.001"),
    either("AS", "Air Speed (IAS or Mach)", &[
        unsigned("AS", "Air Speed (IAS or Mach)", 15, 1.0 / 16_384.0, "NM/s"),
        unsigned("AS", "Air Speed (IAS or Mach)", 15, 1.0 / 1000.0, "Mach"),
    ]),
]));

/// I021/151, True Airspeed.
const I151: Item = item("I021/151", "5.2.18", "True Airspeed", fixed(&[unsigned("", "", 16, 1.0, "kt")]));

/// I021/152, Magnetic Heading.
const I152: Item = item("I021/152", "5.2.19", "Magnetic Heading", fixed(&[
    unsigned("", "", 16, 360.0 / 65_536.0, "°"),
]));

/// I021/155, Barometric Vertical Rate.
const I155: Item = item("I021/155", "5.2.20", "Barometric Vertical Rate", fixed(&[
    signed("", "", 16, 25.0 / 4.0, "ft/min"),
]));

/// I021/157, Geometric Vertical Rate.
const I157: Item = item("I021/157", "5.2.21", "Geometric Vertical Rate", fixed(&[
    signed("", "", 16, 25.0 / 4.0, "ft/min"),
]));

/// I021/160, Ground Vector.
const I160: Item = item("I021/160", "5.2.22", "Ground Vector", fixed(&[
    signed(
        "GS",
        "Ground Speed in Two's Complement Form Referenced to WGS84",
        16,
        1.0 / 16_384.0,
        "NM/s",
    ).within(0.0, 1.99993896484375),
    unsigned("TA", "Track Angle", 16, 360.0 / 65_536.0, "°"),
]));

/// I021/165, Rate Of Turn.
const I165: Item = item("I021/165", "5.2.23", "Rate Of Turn", extended(&[
    &[
        choice("TI", "Turn Indicator", 2, &[(0, "Not available"), (1, "Left"), (2, "Right"), (3, "Straight")]),
        spare(5),
    ],
    &[signed("ROT", "Rate of Turn", 7, 1.0 / 4.0, "°/s").within(-16.0, 15.0)],
]));

/// I021/170, Target Identification.
const I170: Item = item("I021/170", "5.2.24", "Target Identification", fixed(&[icao("", "", 48)]));

/// I021/200, Target Status.
const I200: Item = item("I021/200", "5.2.25", "Target Status", fixed(&[
    choice("", "", 8, &[
        (0, "No emergency / not reported"),
        (1, "General emergency"),
        (2, "Lifeguard / medical"),
        (3, "Minimum fuel"),
        (4, "No communications"),
        (5, "Unlawful interference"),
    ]),
]));

/// I021/210, Link Technology Indicator.
const I210: Item = item("I021/210", "5.2.26", "Link Technology Indicator", fixed(&[
    spare(3),
    flag("DTI", "Cockpit Display of Traffic Information", "Unknown", "Aircraft equiped with CDTI"),
    flag("MDS", "Mode-S Extended Squitter", "Not used", "Used"),
    flag("UAT", "UAT", "Not used", "Used"),
    flag("VDL", "VDL Mode 4", "Not used", "Used"),
    flag("OTR", "Other Technology", "Not used", "Used"),
]));

/// I021/220, Met Information.
const I220: Item = item("I021/220", "5.2.27", "Met Information", compound(&[
    subitem("WS", "Wind Speed", fixed(&[unsigned("", "", 16, 1.0, "kt").within(0.0, 300.0)])),
    subitem("WD", "Wind Direction", fixed(&[unsigned("", "", 16, 1.0, "°").within(1.0, 360.0)])),
    subitem("TMP", "Temperature", fixed(&[signed("", "", 16, 1.0 / 4.0, "°C").within(-100.0, 100.0)])),
    subitem("TRB", "Turbulence", fixed(&[integer("", "", 8)])),
]));

/// I021/230, Roll Angle.
const I230: Item = item("I021/230", "5.2.28", "Roll Angle", fixed(&[
    signed("", "", 16, 1.0 / 100.0, "°").within(-180.0, 180.0),
]));

/// I021/RE, Reserved Expansion Field.
const IRE: Item = item("I021/RE", "Part 1", "Reserved Expansion Field", explicit(None));

/// I021/SP, Special Purpose Field.
const ISP: Item = item("I021/SP", "Part 1", "Special Purpose Field", explicit(None));

/// I021/130, Position in WGS-84 Co-ordinates, as in edition 0.23.
const I130_0_23: Item = item("I021/130", "5.2.10", "Position in WGS-84 Co-ordinates", fixed(&[
    signed("LAT", "Latitude", 24, 180.0 / 8_388_608.0, "°").possible(-90.0, 90.0),
    signed("LON", "Longitude", 24, 180.0 / 8_388_608.0, "°").possible(-180.0, 180.0),
]));
