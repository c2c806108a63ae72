//! I062/380, Aircraft Derived Data: what the aircraft says of itself, one constant for each sub-item.

use crate::spec::words::*;
use crate::spec::{Item, Slot};

/// I062/380, Aircraft Derived Data.
pub(super) const I380: Item = item("I062/380", "5.2.24", "Aircraft Derived Data", compound(&[
    ADR, ID, MHG, IAS, TAS, SAL, FSS, TIS, TID, COM, SAB, ACS, BVR, GVR, RAN, TAR, TAN, GS, VUN, MET, EMC, POS,
    GAL, PUN, BDSDATA, IAR, MAC, BPS,
]));

/// Target Address.
const ADR: Slot = subitem("ADR", "Target Address", fixed(&[raw("", "", 24)]));

/// Target Identification.
const ID: Slot = subitem("ID", "Target Identification", fixed(&[icao("", "", 48)]));

/// Magnetic Heading.
const MHG: Slot = subitem("MHG", "Magnetic Heading", fixed(&[unsigned("", "", 16, 360.0 / 65_536.0, "°")]));

/// Indicated Airspeed/Mach No.
const IAS: Slot = subitem("IAS", "Indicated Airspeed/Mach No", fixed(&[
    flag("IM", "", "Air Speed = IAS, LSB (Bit-1) = 2^-14 NM/s", "Air Speed = Mach, LSB (Bit-1) = 0.001"),
    either("IAS", "", &[
        unsigned("IAS", "", 15, 1.0 / 16_384.0, "NM/s"),
        unsigned("IAS", "", 15, 1.0 / 1000.0, "Mach"),
    ]),
]));

/// True Airspeed.
const TAS: Slot = subitem("TAS", "True Airspeed", fixed(&[unsigned("", "", 16, 1.0, "kt").within(0.0, 2046.0)]));

/// Selected Altitude.
const SAL: Slot = subitem("SAL", "Selected Altitude", fixed(&[
    flag("SAS", "", "No source information provided", "Source information provided"),
    choice("SRC", "", 2, &[
        (0, "Unknown"),
        (1, "Aircraft altitude"),
        (2, "FCU/MCP selected altitude"),
        (3, "FMS selected altitude"),
    ]),
    signed("ALT", "Altitude in Two's Complement Form", 13, 25.0, "ft").within(-1300.0, 100_000.0),
]));

/// Final State Selected Altitude.
const FSS: Slot = subitem("FSS", "Final State Selected Altitude", fixed(&[
    flag("MV", "Manage Vertical Mode", "Not active", "Active"),
    flag("AH", "Altitude Hold", "Not active", "Active"),
    flag("AM", "Approach Mode", "Not active", "Active"),
    signed("ALT", "Altitude in Two's Complement Form", 13, 25.0, "ft").within(-1300.0, 100_000.0),
]));

/// Trajectory Intent Status.
const TIS: Slot = subitem("TIS", "Trajectory Intent Status", extended(&[
    &[
        flag(
            "NAV",
            "TID Available",
            "Trajectory intent data is available for this aircraft",
            "Trajectory intent data is not available for this aircraft",
        ),
        flag("NVB", "TID Valid", "Trajectory intent data is valid", "Trajectory intent data is not valid"),
        spare(5),
    ],
]));

/// Trajectory Intent Data.
const TID: Slot = subitem("TID", "Trajectory Intent Data", repetitive(&[
    flag("TCA", "TCP Number Availability", "TCP number available", "TCP number not available"),
    flag("NC", "TCP Compliance", "TCP compliance", "TCP non-compliance"),
    raw("TCPN", "Trajectory Change Point Number", 6),
    signed("ALT", "Altitude in Two's Complement Form", 16, 10.0, "ft").within(-1500.0, 150_000.0),
    signed("LAT", "Latitude in WGS.84 in Two's Complement", 24, 180.0 / 8_388_608.0, "°").possible(-90.0, 90.0),
    signed("LON", "Longitude in WGS.84 in Two's Complement", 24, 180.0 / 8_388_608.0, "°").possible(-180.0, 180.0),
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
    choice("TD", "Turn Direction", 2, &[(0, "N/A"), (1, "Turn right"), (2, "Turn left"), (3, "No turn")]),
    flag("TRA", "Turn Radius Availability", "TTR not available", "TTR available"),
    flag("TOA", "TOV Available", "TOV available", "TOV not available"),
    unsigned("TOV", "Time Over Point", 24, 1.0, "s"),
    unsigned("TTR", "TCP Turn Radius", 16, 1.0 / 100.0, "NM"),
]));

/// Communications/ACAS Capability and Flight Status.
const COM: Slot = subitem("COM", "Communications/ACAS Capability and Flight Status", fixed(&[
    choice("COM", "Communications Capability of the Transponder", 3, &[
        (0, "No communications capability (surveillance only)"),
        (1, "Comm. A and Comm. B capability"),
        (2, "Comm. A, Comm. B and Uplink ELM"),
        (3, "Comm. A, Comm. B, Uplink ELM and Downlink ELM"),
        (4, "Level 5 Transponder capability"),
        (5, "Not assigned"),
        (6, "Not assigned"),
        (7, "Not assigned"),
    ]),
    choice("STAT", "Flight Status", 3, &[
        (0, "No alert, no SPI, aircraft airborne"),
        (1, "No alert, no SPI, aircraft on ground"),
        (2, "Alert, no SPI, aircraft airborne"),
        (3, "Alert, no SPI, aircraft on ground"),
        (4, "Alert, SPI, aircraft airborne or on ground"),
        (5, "No alert, SPI, aircraft airborne or on ground"),
        (6, "Not defined"),
        (7, "Unknown or not yet extracted"),
    ]),
    spare(2),
    flag("SSC", "Specific Service Capability", "No", "Yes"),
    flag("ARC", "Altitude Reporting Capability", "100 ft resolution", "25 ft resolution"),
    flag("AIC", "Aircraft Identification Capability", "No", "Yes"),
    raw("B1A", "BDS 1,0 Bit 16", 1),
    raw("B1B", "BDS BDS 1,0 Bits 37/40", 4),
]));

/// Status Reported by ADS-B.
const SAB: Slot = subitem("SAB", "Status Reported by ADS-B", fixed(&[
    choice("AC", "ACAS Status", 2, &[
        (0, "Unknown"),
        (1, "ACAS not operational"),
        (2, "ACAS operational"),
        (3, "Invalid"),
    ]),
    choice("MN", "Multiple Navigational Aids Status", 2, &[
        (0, "Unknown"),
        (1, "Multiple navigational aids not operating"),
        (2, "Multiple navigational aids operating"),
        (3, "Invalid"),
    ]),
    choice("DC", "Differential Correction Status", 2, &[
        (0, "Unknown"),
        (1, "Differential correction"),
        (2, "No differential correction"),
        (3, "Invalid"),
    ]),
    flag("GBS", "Ground Bit Set", "Transponder ground bit not set or unknown", "Transponder Ground Bit set"),
    spare(6),
    choice("STAT", "Flight Status", 3, &[
        (0, "No emergency"),
        (1, "General emergency"),
        (2, "Lifeguard / medical"),
        (3, "Minimum fuel"),
        (4, "No communications"),
        (5, "Unlawful interference"),
        (6, "Downed Aircraft"),
        (7, "Unknown"),
    ]),
]));

/// ACAS Resolution Advisory Report.
const ACS: Slot = subitem("ACS", "ACAS Resolution Advisory Report", fixed(&[raw("", "", 56)]));

/// Barometric Vertical Rate.
const BVR: Slot = subitem("BVR", "Barometric Vertical Rate", fixed(&[signed("", "", 16, 25.0 / 4.0, "ft/min")]));

/// Geometric Vertical Rate.
const GVR: Slot = subitem("GVR", "Geometric Vertical Rate", fixed(&[signed("", "", 16, 25.0 / 4.0, "ft/min")]));

/// Roll Angle.
const RAN: Slot = subitem("RAN", "Roll Angle", fixed(&[signed("", "", 16, 1.0 / 100.0, "°").within(-180.0, 180.0)]));

/// Track Angle Rate.
const TAR: Slot = subitem("TAR", "Track Angle Rate", fixed(&[
    choice("TI", "Turn Indicator", 2, &[(0, "Not available"), (1, "Left"), (2, "Right"), (3, "Straight")]),
    spare(6),
    signed("ROT", "Rate of Turn in Two's Complement Form", 7, 1.0 / 4.0, "°/s").within(-15.0, 15.0),
    spare(1),
]));

/// Track Angle.
const TAN: Slot = subitem("TAN", "Track Angle", fixed(&[unsigned("", "", 16, 360.0 / 65_536.0, "°")]));

/// Ground Speed.
const GS: Slot = subitem("GS", "Ground Speed", fixed(&[signed("", "", 16, 1.0 / 16_384.0, "NM/s")]));

/// Velocity Uncertainty.
const VUN: Slot = subitem("VUN", "Velocity Uncertainty", fixed(&[raw("", "", 8)]));

/// Meteorological Data.
const MET: Slot = subitem("MET", "Meteorological Data", fixed(&[
    flag("WS", "Wind Speed Valid Flag", "Not valid Wind Speed", "Valid Wind Speed"),
    flag("WD", "Wind Direction Valid Flag", "Not valid Wind Direction", "Valid Wind Direction"),
    flag("TMP", "Temperature Valid Flag", "Not valid Temperature", "Valid Temperature"),
    flag("TRB", "Turbulence Valid Flag", "Not valid Turbulence", "Valid Turbulence"),
    spare(4),
    unsigned("WSD", "Wind Speed", 16, 1.0, "kt").within(0.0, 300.0),
    unsigned("WDD", "Wind Direction", 16, 1.0, "°").within(1.0, 360.0),
    signed("TMPD", "Temperature in Degrees Celsius", 16, 1.0 / 4.0, "°C").within(-100.0, 100.0),
    integer("TRBD", "Turbulence", 8),
]));

/// Emitter Category.
const EMC: Slot = subitem("EMC", "Emitter Category", fixed(&[
    choice("", "", 8, &[
        (1, "Light aircraft =< 7000 kg"),
        (2, "Reserved"),
        (3, "7000 kg < medium aircraft < 136000 kg"),
        (4, "Reserved"),
        (5, "136000 kg <= heavy aircraft"),
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

/// Position.
const POS: Slot = subitem("POS", "Position", fixed(&[
    signed(
        "LAT",
        "Latitude in WGS.84 in Two's Complement Form",
        24,
        180.0 / 8_388_608.0,
        "°",
    ).possible(-90.0, 90.0),
    signed(
        "LON",
        "Longitude in WGS.84 in Two's Complement Form",
        24,
        180.0 / 8_388_608.0,
        "°",
    ).possible(-180.0, 180.0),
]));

/// Geometric Altitude.
const GAL: Slot = subitem("GAL", "Geometric Altitude", fixed(&[
    signed("", "", 16, 25.0 / 4.0, "ft").within(-1500.0, 150_000.0),
]));

/// Position Uncertainty.
const PUN: Slot = subitem("PUN", "Position Uncertainty", fixed(&[spare(4), raw("PUN", "Position Uncertainty", 4)]));

/// BDS Register DATA.
const BDSDATA: Slot = subitem("BDSDATA", "BDS Register DATA", repetitive(BDS_REGISTER));

/// Indicated Airspeed.
const IAR: Slot = subitem("IAR", "Indicated Airspeed", fixed(&[unsigned("", "", 16, 1.0, "kt").within(0.0, 1100.0)]));

/// Mach Number.
const MAC: Slot = subitem("MAC", "Mach Number", fixed(&[
    unsigned("", "", 16, 1.0 / 125.0, "Mach").within(0.0, 4.096),
]));

/// Barometric Pressure Setting.
const BPS: Slot = subitem("BPS", "Barometric Pressure Setting", fixed(&[
    spare(4),
    unsigned("BPS", "", 12, 1.0 / 10.0, "mb"),
]));
