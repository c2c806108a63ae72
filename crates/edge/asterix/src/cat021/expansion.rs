//! The reserved expansion field of CAT021: Appendix A of the specification, edition 1.5.

use crate::spec::words::*;
use crate::spec::{Presence, Shape, Slot};

/// Contents of I021/RE: one presence octet of eight slots, no extension bit.
pub(super) const CONTENTS: Shape = Shape::Compound(Presence::Octets(1), &[BPS, SH, NAV, GAO, SGV, STA, TNH, MES]);

/// Barometric Pressure Setting.
const BPS: Slot = subitem("BPS", "Barometric Pressure Setting", fixed(&[
    spare(4),
    unsigned("BPS", "Barometric Pressure Setting", 12, 1.0 / 10.0, "hPa"),
]));

/// Selected Heading.
const SH: Slot = subitem("SH", "Selected Heading", fixed(&[
    spare(4),
    flag("HDR", "Horizontal Reference Direction", "True North", "Magnetic North"),
    flag("STAT", "Selected Heading Status", "Data is either unavailable or invalid", "Data is available and valid"),
    unsigned("SH", "Selected Heading", 10, 45.0 / 64.0, "°"),
]));

/// Navigation Mode.
const NAV: Slot = subitem("NAV", "Navigation Mode", fixed(&[
    flag("AP", "Autopilot", "Autopilot not engaged", "Autopilot engaged"),
    flag("VN", "Vertical Navigation", "Vertical Navigation not active", "Vertical Navigation active"),
    flag("AH", "Altitude Hold", "Altitude Hold not engaged", "Altitude Hold engaged"),
    flag("AM", "Approach Mode", "Approach Mode not active", "Approach Mode active"),
    group("MFM", "Status of MCP/FCU Mode Bits", &[
        flag("EP", "Element Populated Bit", "Element not populated", "Element populated"),
        flag("VAL", "Value", "MCP/FCU Mode Bits not populated", "MCP/FCU Mode Bits populated"),
    ]),
    spare(2),
]));

/// GPS Antenna Offset.
const GAO: Slot = subitem("GAO", "GPS Antenna Offset", fixed(&[raw("", "", 8)]));

/// Surface Ground Vector.
const SGV: Slot = subitem("SGV", "Surface Ground Vector", extended(&[
    &[
        flag("STP", "", "Aircraft has not stopped", "Aircraft has stopped"),
        flag("HTS", "", "Heading/Ground Track data is not valid", "Heading/Ground Track data is valid"),
        flag("HTT", "", "Heading data provided", "Ground Track provided"),
        flag("HRD", "", "True North", "Magnetic North"),
        unsigned("GSS", "Ground Speed", 11, 1.0 / 8.0, "kt"),
    ],
    &[unsigned("HGT", "Heading/Ground Track Information", 7, 45.0 / 16.0, "°")],
]));

/// Aircraft Status.
const STA: Slot = subitem("STA", "Aircraft Status", extended(&[
    &[
        flag("ES", "ES IN Capability", "Target is not 1090 ES IN capable", "Target is 1090 ES IN capable"),
        flag("UAT", "UAT IN Capability", "Target is not UAT IN capable", "Target is UAT IN capable"),
        group("RCE", "Reduced Capability Equipment", &[
            flag("EP", "Element Populated Bit", "Element not populated", "Element populated"),
            choice("VAL", "Value", 2, &[
                (0, "Not RCE"),
                (1, "TABS (see Note 2)"),
                (2, "Reserved for future use"),
                (3, "Other RCE"),
            ]),
        ]),
        group("RRL", "Reply Rate Limiting", &[
            flag("EP", "Element Populated Bit", "Element not populated", "Element populated"),
            flag("VAL", "Value", "Reply Rate Limiting is not active", "Reply Rate Limiting is active"),
        ]),
    ],
    &[
        group("PS3", "Priority Status for Version 3 ADS-B Systems", &[
            flag("EP", "Element Populated Bit", "Element not populated", "Element populated"),
            choice("VAL", "Value", 3, &[
                (0, "No emergency / not reported"),
                (1, "General emergency"),
                (2, "UAS/RPAS - Lost link"),
                (3, "Minimum fuel"),
                (4, "No communications"),
                (5, "Unlawful interference"),
                (6, "Aircraft in Distress"),
                (7, "Aircraft in Distress Manual Activation"),
            ]),
        ]),
        group("TPW", "Transmit Power", &[
            flag("EP", "Element Populated Bit", "Element not populated", "Element populated"),
            choice("VAL", "Value", 2, &[
                (0, "Unavailable, Unknown, or less than 70 W"),
                (1, "70 W"),
                (2, "125 W"),
                (3, "200 W"),
            ]),
        ]),
    ],
    &[
        group("TSI", "Transponder Side Indication", &[
            flag("EP", "Element Populated Bit", "Element not populated", "Element populated"),
            choice("VAL", "Value", 2, &[
                (0, "Unknown"),
                (1, "Transponder #1 (left/pilot side or single)"),
                (2, "Transponder #2 (right/co-pilot side)"),
                (3, "Transponder #3 (auxiliary or Backup)"),
            ]),
        ]),
        group("MUO", "Manned / Unmanned Operation", &[
            flag("EP", "Element Populated Bit", "Element not populated", "Element populated"),
            flag("VAL", "Value", "Manned Operation", "Unmanned Operation"),
        ]),
        group("RWC", "Remain Well Clear Corrective Alert", &[
            flag("EP", "Element Populated Bit", "Element not populated", "Element populated"),
            flag("VAL", "Value", "RWC Corrective Alert not active", "RWC Corrective Alert active"),
        ]),
    ],
    &[
        group("DAA", "Detectand Avoid Capabilities", &[
            flag("EP", "Element Populated Bit", "Element not populated", "Element populated"),
            choice("VAL", "Value", 2, &[
                (0, "No RWC Capability"),
                (1, "RWC/RA/OCM Capability"),
                (2, "RWC/OCM Capability"),
                (3, "Invalid ASTERIX Value"),
            ]),
        ]),
        group("DF17CA", "Transponder Capability", &[
            flag("EP", "Element Populated Bit", "Element not populated", "Element populated"),
            raw("VAL", "Value", 3),
        ]),
    ],
    &[
        group("SVH", "Sense Vertical & Horizontal", &[
            flag("EP", "Element Populated Bit", "Element not populated", "Element populated"),
            choice("VAL", "Value", 2, &[
                (0, "Vertical Only"),
                (1, "Horizontal Only"),
                (2, "Blended"),
                (3, "Vertical Only or Horizontal Only per intruder"),
            ]),
        ]),
        group("CATC", "CAS Type & Capability", &[
            flag("EP", "Element Population Bit", "Element not populated", "Element populated"),
            choice("VAL", "Value", 3, &[
                (0, "Active CAS (TCAS II) or no CAS"),
                (1, "Active CAS (not TCAS II)"),
                (2, "Active CAS (not TCAS II) with OCM transmit capability"),
                (3, "Active CAS of Junior Status"),
                (4, "Passive CAS with 1030TCAS Resolution Message receive capability"),
                (5, "Passive CAS with only OCM receive capability"),
                (6, "Reserved for future use"),
                (7, "Reserved for future use"),
            ]),
        ]),
    ],
    &[
        group("TAO", "Transponder Antenna Offset", &[
            flag("EP", "Element Populated Bit", "Element Not Populated", "Element Populated"),
            choice("VAL", "Value", 5, &[
                (0, "No data"),
                (1, "0 ≤ TAO ≤ 1"),
                (2, "1 < TAO ≤ 2"),
                (3, "2 < TAO ≤ 4"),
                (4, "4 < TAO ≤ 6"),
                (5, "6 < TAO ≤ 8"),
                (6, "8 < TAO ≤ 10"),
                (7, "10 < TAO ≤ 12"),
                (8, "12 < TAO ≤ 14"),
                (9, "14 < TAO ≤ 16"),
                (10, "16 < TAO ≤ 18"),
                (11, "18 < TAO ≤ 20"),
                (12, "20 < TAO ≤ 22"),
                (13, "22 < TAO ≤ 24"),
                (14, "24 < TAO ≤ 26"),
                (15, "26 < TAO ≤ 28"),
                (16, "28 < TAO ≤ 30"),
                (17, "30 < TAO ≤ 32"),
                (18, "32 < TAO ≤ 34"),
                (19, "34 < TAO ≤ 36"),
                (20, "36 < TAO ≤ 38"),
                (21, "38 < TAO ≤ 40"),
                (22, "40 < TAO ≤ 42"),
                (23, "42 < TAO ≤ 44"),
                (24, "44 < TAO ≤ 46"),
                (25, "46 < TAO ≤ 48"),
                (26, "48 < TAO ≤ 50"),
                (27, "50 < TAO ≤ 52"),
                (28, "52 < TAO ≤ 54"),
                (29, "54 < TAO ≤ 56"),
                (30, "56 < TAO ≤ 58"),
                (31, "TAO > 58"),
            ]),
            spare(1),
        ]),
    ],
]));

/// True North Heading.
const TNH: Slot = subitem("TNH", "True North Heading", fixed(&[unsigned("", "", 16, 360.0 / 65_536.0, "°")]));

/// Military Extended Squitter.
const MES: Slot = subitem("MES", "Military Extended Squitter", compound(&[
    subitem("SUM", "Mode 5 Summary", fixed(&[
        flag("M5", "", "No Mode 5 interrogation", "Mode 5 interrogation"),
        flag("ID", "", "No authenticated Mode 5 ID reply/report", "Authenticated Mode 5 ID reply/report"),
        flag(
            "DA",
            "",
            "No authenticated Mode 5 Data reply or Report",
            "Authenticated Mode 5 Data reply or Report (i.e any valid Mode 5 reply type other than ID)",
        ),
        flag(
            "M1",
            "",
            "Mode 1 code not present or not from Mode 5 reply/report",
            "Mode 1 code from Mode 5 reply/report",
        ),
        flag(
            "M2",
            "",
            "Mode 2 code not present or not from Mode 5 reply/report",
            "Mode 2 code from Mode 5 reply/report",
        ),
        flag(
            "M3",
            "",
            "Mode 3 code not present or not from Mode 5 reply/report",
            "Mode 3 code from Mode 5 reply/report",
        ),
        flag(
            "MC",
            "",
            "Flightlevel not present or not from Mode 5 reply/report",
            "Flightlevel from Mode 5 reply/report",
        ),
        flag("PO", "", "Position not from Mode 5 report (ADS-B report)", "Position from Mode 5 report"),
    ])),
    subitem("PNO", "Mode 5 PIN / National Origin", fixed(&[
        spare(2),
        raw("PIN", "PIN Code", 14),
        spare(5),
        raw("NO", "National Origin Code", 11),
    ])),
    subitem("EM1", "Extended Mode 1 Code in Octal Representation", fixed(&[
        flag("V", "", "Code validated", "Code not validated"),
        spare(1),
        flag(
            "L",
            "",
            "Mode 1 code as derived from the report of the transponder",
            "Smoothed Mode 1 code as provided by a local tracker",
        ),
        spare(1),
        octal("EM1", "Extended Mode 1 Code in Octal Representation", 12),
    ])),
    subitem("XP", "X Pulse Presence", fixed(&[
        spare(2),
        flag("XP", "X-pulse from Mode 5 PIN Reply/report", "X-Pulse not present", "X-pulse present"),
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
            "0 X-pulse set to zero or no Mode 2 reply",
            "X-pulse set to one (present)",
        ),
        flag(
            "X1",
            "X-pulse from Mode 1 Reply",
            "X-pulse set to zero or no Mode 1 reply",
            "X-pulse set to one (present)",
        ),
    ])),
    subitem("FOM", "Figure of Merit", fixed(&[spare(3), raw("FOM", "Figure of Merit", 5)])),
    subitem("M2", "Mode 2 Code in Octal Representation", fixed(&[
        flag("V", "", "Code validated", "Code not validated"),
        spare(1),
        flag(
            "L",
            "",
            "Mode-2 code as derived from the reply of the transponder",
            "Smoothed Mode-2 code as provided by a local tracker",
        ),
        spare(1),
        octal("MODE2", "Mode 2 Code in Octal Representation", 12),
    ])),
]));
