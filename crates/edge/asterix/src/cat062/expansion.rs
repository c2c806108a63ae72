//! The reserved expansion field of CAT062: Appendix A of the specification, edition 1.3.

use crate::spec::words::*;
use crate::spec::{Presence, Shape, Slot};

/// Contents of I062/RE: one presence octet of eight slots, no extension bit.
pub(super) const CONTENTS: Shape = Shape::Compound(Presence::Octets(1), &[CST, CSN, TVS, STS, V3]);

/// Contributing Sensors With Local Tracknumbers.
const CST: Slot = subitem("CST", "Contributing Sensors With Local Tracknumbers", repetitive(&[
    raw("SAC", "System Area Code", 8),
    raw("SIC", "System Identification Code", 8),
    spare(4),
    choice("TYP", "", 4, &[
        (0, "No detection"),
        (1, "Single PSR detection"),
        (2, "Single SSR detection"),
        (3, "SSR+PSR detection"),
        (4, "Single Mode S All-Call"),
        (5, "Single Mode S Roll-Call"),
        (6, "Mode S All-Call + PSR"),
        (7, "Mode S Roll-Call + PSR"),
        (8, "ADS-B"),
        (9, "WAM"),
    ]),
    raw("LTN", "Local Track Number", 16),
]));

/// Contributing Sensors No Local Tracknumbers.
const CSN: Slot = subitem("CSN", "Contributing Sensors No Local Tracknumbers", repetitive(&[
    raw("SAC", "System Area Code", 8),
    raw("SIC", "System Identification Code", 8),
    spare(4),
    choice("TYP", "", 4, &[
        (0, "No detection"),
        (1, "Single PSR detection"),
        (2, "Single SSR detection"),
        (3, "SSR+PSR detection"),
        (4, "Single Mode S All-Call"),
        (5, "Single Mode S Roll-Call"),
        (6, "Mode S All-Call + PSR"),
        (7, "Mode S Roll-Call + PSR"),
        (8, "ADS-B"),
        (9, "WAM"),
    ]),
]));

/// Calculated Track Velocity Relative to System Reference Point.
const TVS: Slot = subitem("TVS", "Calculated Track Velocity Relative to System Reference Point", fixed(&[
    signed("VX", "", 16, 1.0 / 4.0, "m/s"),
    signed("VY", "", 16, 1.0 / 4.0, "m/s"),
]));

/// Supplementary Track Status.
const STS: Slot = subitem("STS", "Supplementary Track Status", extended(&[
    &[
        flag(
            "FDR",
            "Flight Data Retained",
            "Flight plan data from active FDPS",
            "Flight plan data retained from no longer active FDPS",
        ),
        group("LNAV", "Lateral Navigation Mode", &[
            flag("EP", "LNAV Element Populated", "LNAV not populated", "LNAV populated"),
            flag("VAL", "LNAV Mode", "LNAV Mode Engaged", "LNAV Mode not Engaged"),
        ]),
        spare(4),
    ],
]));

/// ADS-B Version 3 Data.
const V3: Slot = subitem("V3", "ADS-B Version 3 Data", compound(&[
    subitem("PS3", "Priority Status for Version 3 ADS-B Systems", fixed(&[
        flag(
            "EP",
            "Priority Status for Version 3 ADS-B Systems Populated",
            "PS3 Element not populated",
            "PS3 Element populated",
        ),
        choice("VAL", "Priority Status for Version 3 ADS-B Systems", 3, &[
            (0, "No emergency / not reported"),
            (1, "General emergency"),
            (2, "UAS/RPAS - Lost link"),
            (3, "Minimum fuel"),
            (4, "No communications"),
            (5, "Unlawful interference"),
            (6, "Aircraft in Distress Automatic Activation"),
            (7, "Aircraft in Distress Manual Activation"),
        ]),
        spare(4),
    ])),
    subitem("AS", "Aircraft Status", fixed(&[
        group("RCE", "Reduced Capability Equipment", &[
            flag("EP", "Element Populated Bit", "Element not populated", "Element populated"),
            choice("VAL", "Value", 2, &[
                (0, "Not RCE"),
                (1, "TABS"),
                (2, "Reserved for future use"),
                (3, "Other RCE"),
            ]),
        ]),
        group("RRL", "Reply Rate Limiting", &[
            flag("EP", "Element Populated Bit", "Element not populated", "Element populated"),
            flag("VAL", "Value", "Reply Rate Limiting is not active", "Reply Rate Limiting is active"),
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
        group("TSI", "Transponder Side Indication", &[
            flag("EP", "Element Populated Bit", "Element not populated", "Element populated"),
            choice("VAL", "Value", 2, &[
                (0, "Unknown"),
                (1, "Transponder #1 (left/pilot side or single)"),
                (2, "Transponder #2 (right/co-pilot side)"),
                (3, "Transponder #3 (auxiliary or Back-up)"),
            ]),
        ]),
        group("TAO", "Transponder Antenna Offset", &[
            flag("EP", "Element Populated Bit", "Element not populated", "Element populated"),
            flag("RE", "Range Exceeded", "Value in defined range", "Value exceeds defined range"),
            raw("VAL", "Value", 6),
        ]),
        spare(5),
    ])),
    subitem("UAS", "UAS/RPAS Status", fixed(&[
        group("MUO", "Manned / Unmanned Operation", &[
            flag("EP", "Element Populated Bit", "Element not populated", "Element populated"),
            flag("VAL", "Value", "Manned Operation", "Unmanned Operation"),
        ]),
        group("DAA", "Detect and Avoid Capabilities", &[
            flag("EP", "Element Populated Bit", "Element not populated", "Element populated"),
            choice("VAL", "Value", 2, &[
                (0, "No RWC Capability"),
                (1, "RWC/RA/OCM Capability"),
                (2, "RWC/OCM Capability"),
                (3, "Invalid ASTERIX Value"),
            ]),
        ]),
        group("RWC", "Remain Well Clear", &[
            flag("EP", "Element Populated Bit", "Element not populated", "Element populated"),
            flag("VAL", "Value", "RWC Corrective Alert not active", "RWC Corrective Alert active"),
        ]),
        spare(1),
    ])),
    subitem("CASS", "Collision Avoidance System Status", fixed(&[
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
            flag("EP", "Element Populated Bit", "Element not populated", "Element populated"),
            choice("VAL", "Value", 3, &[
                (0, "Active CAS (TCAS II) or no CAS"),
                (1, "Active CAS (not TCAS II)"),
                (2, "Active CAS (not TCAS II) with OCM transmit capability"),
                (3, "Active CAS of Junior Status"),
                (4, "Passive CAS with 1030 TCAS Resolution Message receive capability"),
                (5, "Passive CAS with only OCM receive capability"),
                (6, "Reserved for future use"),
                (7, "Reserved for future use"),
            ]),
        ]),
        spare(1),
    ])),
]));
