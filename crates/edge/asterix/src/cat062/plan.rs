//! I062/390, Flight Plan Related Data: what the flight plan says, one constant for each sub-item.

use crate::spec::words::*;
use crate::spec::{Item, Slot};

/// I062/390, Flight Plan Related Data.
pub(super) const I390: Item = item("I062/390", "5.2.25", "Flight Plan Related Data", compound(&[
    TAG, CS, IFI, FCT, TAC, WTC, DEP, DST, RDS, CFL, CTL, TOD, AST, STS, STD, STA, PEM, PEC,
]));

/// FPPS Identification Tag.
const TAG: Slot = subitem("TAG", "FPPS Identification Tag", fixed(&[
    raw("SAC", "System Area Code", 8),
    raw("SIC", "System Identification Code", 8),
]));

/// Callsign.
const CS: Slot = subitem("CS", "Callsign", fixed(&[ascii("", "", 56)]));

/// IFPS_FLIGHT_ID.
const IFI: Slot = subitem("IFI", "IFPS_FLIGHT_ID", fixed(&[
    choice("TYP", "", 2, &[
        (0, "Plan Number"),
        (1, "Unit 1 internal flight number"),
        (2, "Unit 2 internal flight number"),
        (3, "Unit 3 internal flight number"),
    ]),
    spare(3),
    integer("NBR", "Number from 0 to 99 999 999", 27),
]));

/// Flight Category.
const FCT: Slot = subitem("FCT", "Flight Category", fixed(&[
    choice("GATOAT", "", 2, &[
        (0, "Unknown"),
        (1, "General Air Traffic"),
        (2, "Operational Air Traffic"),
        (3, "Not applicable"),
    ]),
    choice("FR1FR2", "", 2, &[
        (0, "Instrument Flight Rules"),
        (1, "Visual Flight Rules"),
        (2, "Not applicable"),
        (3, "Controlled Visual Flight Rules"),
    ]),
    choice("RVSM", "", 2, &[(0, "Unknown"), (1, "Approved"), (2, "Exempt"), (3, "Not Approved")]),
    flag("HPR", "", "Normal Priority Flight", "High Priority Flight"),
    spare(1),
]));

/// Type of Aircraft.
const TAC: Slot = subitem("TAC", "Type of Aircraft", fixed(&[ascii("", "", 32)]));

/// Wake Turbulence Category.
const WTC: Slot = subitem("WTC", "Wake Turbulence Category", fixed(&[ascii("", "", 8)]));

/// Departure Airport.
const DEP: Slot = subitem("DEP", "Departure Airport", fixed(&[ascii("", "", 32)]));

/// Destination Airport.
const DST: Slot = subitem("DST", "Destination Airport", fixed(&[ascii("", "", 32)]));

/// Runway Designation.
const RDS: Slot = subitem("RDS", "Runway Designation", fixed(&[
    ascii("NU1", "First Number", 8),
    ascii("NU2", "Second Number", 8),
    ascii("LTR", "Letter", 8),
]));

/// Current Cleared Flight Level.
const CFL: Slot = subitem("CFL", "Current Cleared Flight Level", fixed(&[
    unsigned("", "", 16, 1.0 / 4.0, "FL").within(0.0, 1500.0),
]));

/// Current Control Position.
const CTL: Slot = subitem("CTL", "Current Control Position", fixed(&[
    raw("CENTRE", "8-bit Group Identification Code", 8),
    raw("POSITION", "8-bit Control Position Identification Code", 8),
]));

/// Time of Departure / Arrival.
const TOD: Slot = subitem("TOD", "Time of Departure / Arrival", repetitive(&[
    choice("TYP", "", 5, &[
        (0, "Scheduled off-block time"),
        (1, "Estimated off-block time"),
        (2, "Estimated take-off time"),
        (3, "Actual off-block time"),
        (4, "Predicted time at runway hold"),
        (5, "Actual time at runway hold"),
        (6, "Actual line-up time"),
        (7, "Actual take-off time"),
        (8, "Estimated time of arrival"),
        (9, "Predicted landing time"),
        (10, "Actual landing time"),
        (11, "Actual time off runway"),
        (12, "Predicted time to gate"),
        (13, "Actual on-block time"),
    ]),
    choice("DAY", "", 2, &[(0, "Today"), (1, "Yesterday"), (2, "Tomorrow"), (3, "Invalid")]),
    spare(4),
    integer("HOR", "Hours", 5),
    spare(2),
    integer("MIN", "Minutes", 6),
    flag("AVS", "Seconds Available Flag", "Seconds available", "Seconds not available"),
    spare(1),
    integer("SEC", "Seconds", 6),
]));

/// Aircraft Stand.
const AST: Slot = subitem("AST", "Aircraft Stand", fixed(&[ascii("", "", 48)]));

/// Stand Status.
const STS: Slot = subitem("STS", "Stand Status", fixed(&[
    choice("EMP", "", 2, &[(0, "Empty"), (1, "Occupied"), (2, "Unknown"), (3, "Invalid")]),
    choice("AVL", "", 2, &[(0, "Available"), (1, "Not available"), (2, "Unknown"), (3, "Invalid")]),
    spare(4),
]));

/// Standard Instrument Departure.
const STD: Slot = subitem("STD", "Standard Instrument Departure", fixed(&[ascii("", "", 56)]));

/// Standard Instrument Arrival.
const STA: Slot = subitem("STA", "Standard Instrument Arrival", fixed(&[ascii("", "", 56)]));

/// Pre-Emergency Mode 3/A.
const PEM: Slot = subitem("PEM", "Pre-Emergency Mode 3/A", fixed(&[
    spare(3),
    flag("VA", "", "No valid Mode 3/A available", "Valid Mode 3/A available"),
    octal("MODE3A", "Mode-3/A Reply in Octal Representation", 12),
]));

/// Pre-Emergency Callsign.
const PEC: Slot = subitem("PEC", "Pre-Emergency Callsign", fixed(&[ascii("", "", 56)]));
