//! The reserved expansion field of CAT048: Appendix A of the specification, edition 1.13.

use crate::spec::words::*;
use crate::spec::{Presence, Shape, Slot, Texts};

/// Contents of I048/RE: one presence octet of eight slots, no extension bit.
pub(super) const CONTENTS: Shape =
    Shape::Compound(Presence::Octets(1), &[MD5, M5N, M4E, RPC, ERR, RTC, CPC, GEN48]);

/// X Pulse Presence, shared by MD5 and M5N.
const M5_XP: Slot = subitem(
    "XP",
    "X Pulse Presence",
    fixed(&[
        spare(2),
        flag("XP", "X-pulse from Mode 5 PIN Reply/Report", "X-Pulse not present", "X-pulse present"),
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
    ]),
);

/// Time Offset for POS and GA, shared by MD5 and M5N.
const M5_TOS: Slot =
    subitem("TOS", "Time Offset for POS and GA", fixed(&[unsigned("", "", 8, 1.0 / 128.0, "s")]));

/// Extended Mode 1 Code in Octal Representation, shared by MD5 and M5N.
const M5_EM1: Slot = subitem(
    "EM1",
    "Extended Mode 1 Code in Octal Representation",
    fixed(&[
        flag("V", "Validated", "Code not validated", "Code validated"),
        flag("G", "Garbled", "Default", "Garbled code"),
        flag(
            "L",
            "Origin of the code",
            "Mode 1 Code derived from the reply of the transponder",
            "Mode 1 Code not extracted during the last scan",
        ),
        spare(1),
        octal("EM1", "Extended Mode 1 Code in Octal Representation", 12),
    ]),
);

/// Mode 5 GNSS-derived Altitude, shared by MD5 and M5N.
const M5_GA: Slot = subitem(
    "GA",
    "Mode 5 GNSS-derived Altitude",
    fixed(&[
        spare(1),
        flag(
            "RES",
            "Resolution of the altitude",
            "GA reported in 100 ft increments",
            "GA reported in 25 ft increments",
        ),
        signed("GA", "GNSS-derived altitude", 14, 25.0, "ft"),
    ]),
);

/// Mode 5 Reported Position, shared by MD5 and M5N.
const M5_POS: Slot = subitem(
    "POS",
    "Mode 5 Reported Position",
    fixed(&[
        signed("LAT", "Latitude in WGS 84", 24, 180.0 / 8_388_608.0, "°"),
        signed("LON", "Longitude in WGS 84", 24, 180.0 / 8_388_608.0, "°"),
    ]),
);

/// Mode 5 Summary, shared by MD5 and M5N.
const M5_SUM: Slot = subitem(
    "SUM",
    "Mode 5 Summary",
    fixed(&[
        flag("M5", "Mode 5 interrogation", "No Mode 5 interrogation", "Mode 5 interrogation"),
        flag(
            "ID",
            "Mode 5 identification",
            "No authenticated Mode 5 ID reply/report",
            "Authenticated Mode 5 ID reply/report",
        ),
        flag(
            "DA",
            "Mode 5 data",
            "No authenticated Mode 5 Data reply/report",
            "Authenticated Mode 5 Data reply/report (i.e any valid Mode 5 reply type other than ID)",
        ),
        flag(
            "M1",
            "Mode 1 from Mode 5",
            "Mode 1 code not present or not from Mode 5 reply/report",
            "Mode 1 code from Mode 5 reply/report",
        ),
        flag(
            "M2",
            "Mode 2 from Mode 5",
            "Mode 2 code not present or not from Mode 5 reply/report",
            "Mode 2 code from Mode 5 reply/report",
        ),
        flag(
            "M3",
            "Mode 3/A from Mode 5",
            "Mode 3 code not present or not from Mode 5 reply/report",
            "Mode 3 code from Mode 5 reply/report",
        ),
        flag(
            "MC",
            "Mode C from Mode 5",
            "Mode C altitude not present or not from Mode 5 reply/report",
            "Mode C altitude from Mode 5 reply/report",
        ),
        spare(1),
    ]),
);

/// Mode 5 Reports.
const MD5: Slot = subitem(
    "MD5",
    "Mode 5 Reports",
    compound(&[
        M5_SUM,
        subitem(
            "PMN",
            "PIN/ National Origin/Mission Code",
            fixed(&[
                spare(2),
                raw("PIN", "PIN Code", 14),
                spare(2),
                flag("NAV", "Validity of NAT", "National Origin is valid", "National Origin is invalid"),
                raw("NAT", "National Origin", 5),
                spare(2),
                raw("MIS", "Mission Code", 6),
            ]),
        ),
        M5_POS,
        M5_GA,
        M5_EM1,
        M5_TOS,
        M5_XP,
    ]),
);

/// Mode 5 Reports, New Format.
const M5N: Slot = subitem(
    "M5N",
    "Mode 5 Reports, New Format",
    compound(&[
        M5_SUM,
        subitem(
            "PMN",
            "PIN/ National Origin/Mission Code",
            fixed(&[
                spare(2),
                raw("PIN", "PIN Code", 14),
                spare(4),
                flag("NOV", "Validity of NO", "National Origin is valid", "National Origin is invalid"),
                raw("NO", "National Origin", 11),
            ]),
        ),
        M5_POS,
        M5_GA,
        M5_EM1,
        M5_TOS,
        M5_XP,
        subitem("FOM", "Figure of Merit", fixed(&[spare(3), raw("FOM", "Figure of merit", 5)])),
    ]),
);

/// Extended Mode 4 Report.
const M4E: Slot = subitem(
    "M4E",
    "Extended Mode 4 Report",
    extended(&[&[spare(5), choice("FOEFRI", "Indication Foe/Friend (Mode4)", 2, M4E_FOEFRI)]]),
);

/// Radar Plot Characteristics.
const RPC: Slot = subitem(
    "RPC",
    "Radar Plot Characteristics",
    compound(&[
        subitem("SCO", "Score", fixed(&[integer("", "", 8)])),
        subitem("SRC", "Signal/Clutter Ratio", fixed(&[unsigned("", "", 16, 0.1, "dB")])),
        subitem("RW", "Range Width", fixed(&[unsigned("", "", 16, 1.0 / 256.0, "NM")])),
        subitem("AR", "Ambiguous Range", fixed(&[unsigned("", "", 16, 1.0 / 256.0, "NM")])),
    ]),
);

/// Extended Range Report.
const ERR: Slot = subitem("ERR", "Extended Range Report", fixed(&[unsigned("", "", 24, 1.0 / 256.0, "NM")]));

/// Radar Track Characteristics.
const RTC: Slot = subitem(
    "RTC",
    "Radar Track Characteristics",
    compound(&[
        subitem(
            "PTL",
            "Plot/Track Link",
            fixed(&[
                spare(3),
                flag(
                    "SCN",
                    "Track / SCN Association",
                    "Track is not associated with an SCN Plot",
                    "Track is associated with an SCN Plot",
                ),
                flag(
                    "RC",
                    "Roll Call Component",
                    "Associated Plot does not contain a Roll Call component",
                    "Associated Plot contains at least a Roll Call component",
                ),
                flag(
                    "AC",
                    "All Call Component",
                    "Associated Plot does not contain an All Call component",
                    "Associated Plot contains at least an All Call component",
                ),
                flag(
                    "SSR",
                    "SSR Component",
                    "Associated Plot does not contain an SSR component",
                    "Associated Plot contains at least an SSR component",
                ),
                flag(
                    "PSR",
                    "PSR Component",
                    "Associated Plot does not contain a PSR component",
                    "Associated Plot contains at least a PSR component",
                ),
                raw("PLOTNR", "Plot number", 16),
            ]),
        ),
        subitem("ATL", "ADS-B/Track Link", repetitive(&[raw("", "", 16)])),
        subitem("TRN", "Turn State", fixed(&[unsigned("", "", 8, 1.0, "%")])),
        subitem(
            "NPP",
            "Next Predicted Position",
            fixed(&[
                unsigned("PREDRHO", "Predicted Range", 16, 1.0 / 128.0, "NM"),
                unsigned("PREDTHETA", "Predicted Azimuth", 16, 180.0 / 32768.0, "°"),
                unsigned("EVOLRHOSTART", "Predicted Closest Range", 16, 1.0 / 128.0, "NM"),
                unsigned("EVOLRHOEND", "Predicted Largest Range", 16, 1.0 / 128.0, "NM"),
                unsigned("EVOLTHETASTART", "Predicted Smallest Azimuth", 16, 180.0 / 32768.0, "°"),
                unsigned("EVOLTHETAEND", "Predicted Largest Azimuth", 16, 180.0 / 32768.0, "°"),
                unsigned("NOISERHOSTART", "Predicted Closest Range", 16, 1.0 / 128.0, "NM"),
                unsigned("NOISERHOEND", "Predicted Largest Range", 16, 1.0 / 128.0, "NM"),
                unsigned("NOISETHETASTART", "Predicted Smallest Azimuth", 16, 180.0 / 32768.0, "°"),
                unsigned("NOISETHETAEND", "Predicted Largest Azimuth", 16, 180.0 / 32768.0, "°"),
                unsigned("PREDTIME", "Predicted Detection Time", 16, 1.0 / 128.0, "s"),
            ]),
        ),
        subitem(
            "DLK",
            "Data Link Characteristics",
            repetitive(&[
                choice("TYPE", "Type of transaction", 4, RTC_DLK_TYPE),
                choice("ORIGIN", "Origin", 2, RTC_DLK_ORIGIN),
                choice("STATE", "State", 2, RTC_DLK_STATE),
            ]),
        ),
        subitem(
            "LCK",
            "Lockout Characteristics",
            fixed(&[
                flag(
                    "LS",
                    "Lockout State",
                    "Target not locked out by this radar",
                    "Target locked out by this radar",
                ),
                unsigned("LOCTIM", "Lockout Time", 15, 1.0, "ms"),
            ]),
        ),
        subitem(
            "TC",
            "Transition Code",
            fixed(&[
                spare(7),
                integer("TCOUNT1", "Mode 1 transition count", 4),
                raw("TCODE1", "Mode 1 code in transition", 5),
                integer("TCOUNT2", "Mode 2 transition count", 4),
                octal("TCODE2", "Mode 2 code in transition", 12),
                integer("TCOUNT3", "Mode 3/A transition count", 4),
                octal("TCODE3", "Mode 3/A code in transition", 12),
            ]),
        ),
        subitem(
            "TLC",
            "Track Life Cycle",
            fixed(&[
                choice("ACQI", "Acquisition state", 2, RTC_TLC_ACQI),
                integer("TRKUPDCTR", "Track update counter", 14),
                unsigned("LASTTRKUPD", "Time since the last track update", 16, 1.0, "ms"),
            ]),
        ),
        subitem(
            "ASI",
            "Adjacent Sensor Information",
            repetitive(&[
                raw("SACADJS", "SAC of the Adjacent Sensor", 8),
                raw("SICADJS", "SIC of the Adjacent Sensor", 8),
                unsigned(
                    "TIMEOFDAYSCN",
                    "Absolute Timestamp in UTC Provided by the SCN",
                    16,
                    1.0 / 128.0,
                    "s",
                ),
                choice("DATAUSE", "Use of Adjacent Sensor Data", 7, RTC_ASI_DATAUSE),
                flag("DRNA", "DRN Availability", "DRN not available", "DRN available"),
                raw("DRN", "Data record number", 16),
            ]),
        ),
        subitem("TES", "Track Extrapolation Source", fixed(&[choice("", "", 8, RTC_TES)])),
        subitem(
            "IR",
            "Identity Requested",
            fixed(&[
                flag("IR", "Identity requested", "Identity not requested", "Identity requested"),
                unsigned("M3A", "Age of Mode 3/A Code (I048/070)", 7, 1.0, "s"),
            ]),
        ),
    ]),
);

/// Common and Plot Characteristics.
const CPC: Slot = subitem(
    "CPC",
    "Common and Plot Characteristics",
    compound(&[
        subitem("PNB", "Plot Number", fixed(&[raw("", "", 16)])),
        subitem(
            "RPL",
            "Replies/Plot Link",
            repetitive(&[choice("TYPE", "Reply Type", 8, CPC_RPL_TYPE), raw("REPLYNBR", "Reply number", 16)]),
        ),
        subitem("SNB", "Scan Number", fixed(&[integer("", "", 8)])),
        subitem(
            "DATE",
            "Common and Plot Characteristics Date",
            fixed(&[
                integer("Y1", "Year, first digit", 4),
                integer("Y2", "Year, second digit", 4),
                integer("Y3", "Year, third digit", 4),
                integer("Y4", "Year, fourth digit", 4),
                integer("M1", "Month, first digit", 4),
                integer("M2", "Month, second digit", 4),
                integer("D1", "Day, first digit", 4),
                integer("D2", "Day, second digit", 4),
            ]),
        ),
    ]),
);

/// Generic Category 048 Data.
const GEN48: Slot = subitem(
    "GEN48",
    "Generic Category 048 Data",
    compound(&[
        subitem(
            "ALTM2",
            "Alternative Mode 2 Code",
            fixed(&[
                flag("V", "Validated", "Code validated", "Code not validated"),
                flag("G", "Garbled", "Default", "Garbled code"),
                flag(
                    "L",
                    "Origin of the code",
                    "Mode-2 code as derived from reply of the transponder",
                    "Smoothed Mode-2 as provided by a local tracker",
                ),
                spare(1),
                octal("ALTM2", "Mode-2 Code in Octal Representation", 12),
            ]),
        ),
        subitem(
            "ALTM3",
            "Alternative Mode 3/A",
            fixed(&[
                flag("V", "Validated", "Code validated", "Code not validated"),
                flag("G", "Garbled", "Default", "Garbled code"),
                flag(
                    "L",
                    "Origin of the code",
                    "Mode-3/A code as derived from the reply of the transponder",
                    "Smoothed Mode-3/A code as provided by a local tracker",
                ),
                spare(1),
                octal("ALTM3", "Mode-3/A Code in Octal Representation", 12),
            ]),
        ),
        subitem(
            "ALTFL",
            "Alternative Flight Level",
            fixed(&[
                flag("V", "Validated", "Code validated", "Code not validated"),
                flag("G", "Garbled", "Default", "Garbled code"),
                signed("ALTFL", "Flight Level in Two's Complement Form", 14, 1.0 / 4.0, "FL"),
            ]),
        ),
        subitem(
            "RCSDB",
            "Radar Cross Section",
            fixed(&[spare(2), signed("RCSDB", "Radar cross-section in decibels", 14, 0.01, "dBm²")]),
        ),
        subitem(
            "RCSM",
            "Radar Cross Section",
            fixed(&[spare(2), unsigned("RCSM", "Radar cross-section in square metres", 30, 1e-6, "m²")]),
        ),
    ]),
);

/// Values of M4E_FOEFRI.
const M4E_FOEFRI: Texts = &[
    (0, "No Mode 4 interrogation"),
    (1, "Possibly friendly target"),
    (2, "Probably friendly target"),
    (3, "Friendly target"),
];

/// Values of RTC_DLK_TYPE.
const RTC_DLK_TYPE: Texts = &[
    (0, "Surveillance Mode A (alert bit or periodic)"),
    (1, "Comm-A"),
    (2, "Ground Initiated Comm-B"),
    (3, "Air Initiated Comm-B"),
    (4, "Broadcast Comm-B"),
    (5, "Comm-C"),
    (6, "Comm-D"),
    (7, "Reserved for future use"),
    (8, "Reserved for future use"),
    (9, "Reserved for future use"),
    (10, "Reserved for future use"),
    (11, "Reserved for future use"),
    (12, "Reserved for future use"),
    (13, "Reserved for future use"),
    (14, "Reserved for future use"),
    (15, "Reserved for future use"),
];

/// Values of RTC_DLK_ORIGIN.
const RTC_DLK_ORIGIN: Texts = &[
    (0, "From previous scan"),
    (1, "New in current scan"),
    (2, "Requested in the beam by transponder"),
    (3, "Invalid ASTERIX value"),
];

/// Values of RTC_DLK_STATE.
const RTC_DLK_STATE: Texts =
    &[(0, "In progress"), (1, "Completed"), (2, "Cancelled"), (3, "Invalid ASTERIX value")];

/// Values of RTC_TLC_ACQI.
const RTC_TLC_ACQI: Texts = &[
    (0, "Tentative Track with One Plot"),
    (1, "Tentative Track with at least Two Plots"),
    (2, "Pre-Confirmed Track"),
    (3, "Confirmed Track"),
];

/// Values of RTC_ASI_DATAUSE.
const RTC_ASI_DATAUSE: Texts =
    &[(0, "Data used by Tracker"), (1, "Data not used by Tracker"), (2, "2-127: Reserved for future use")];

/// Values of RTC_TES.
const RTC_TES: Texts =
    &[(0, "Radar tracker calculation"), (1, "Integrated ADS-B"), (2, "External ADS-B"), (3, "SCN")];

/// Values of CPC_RPL_TYPE.
const CPC_RPL_TYPE: Texts =
    &[(0, "PSR Echo"), (1, "SSR Reply"), (2, "All Call Reply"), (3, "Roll Call Reply")];
