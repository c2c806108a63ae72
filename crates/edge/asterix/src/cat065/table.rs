//! CAT065 edition 1.6, item by item: the one description that everything else follows.
//!
//! Section 5.2 of the specification has one clause per item, in the order of the item numbers.

use crate::spec::words::*;
use crate::spec::{Category, Item, Slot};

/// Category 065, "SDPS Service Status Reports", edition 1.6 (2023-03-21).
pub static CAT065: Category =
    Category::new(65, "1.6", TITLE, "EUROCONTROL-SPEC-0149-15", &UAP)
        .also(&["1.5", "1.4", "1.3"])
        .requires(&["010", "000", "015"]);

const TITLE: &str = "SDPS Service Status Reports";

/// Clause 5.3, the UAP, FRN 1 to 14.
const UAP: [Slot; 14] = [
    Slot::Item(I010), Slot::Item(I000), Slot::Item(I015), Slot::Item(I030), Slot::Item(I020), Slot::Item(I040),
    Slot::Item(I050), Slot::Spare, Slot::Spare, Slot::Spare, Slot::Spare, Slot::Spare, Slot::Item(IRE),
    Slot::Item(ISP),
];

/// I065/000, Message Type.
const I000: Item = item("I065/000", "5.2.1", "Message Type", fixed(&[
    choice("", "", 8, &[(1, "SDPS Status"), (2, "End of Batch"), (3, "Service Status Report")]),
]));

/// I065/010, Data Source Identifier.
const I010: Item = item("I065/010", "5.2.2", "Data Source Identifier", fixed(&[
    raw("SAC", "System Area Code", 8),
    raw("SIC", "System Identification Code", 8),
]));

/// I065/015, Service Identification.
const I015: Item = item("I065/015", "5.2.3", "Service Identification", fixed(&[raw("", "", 8)]));

/// I065/020, Batch Number.
const I020: Item = item("I065/020", "5.2.4", "Batch Number", fixed(&[integer("", "", 8)]));

/// I065/030, Time of Message.
const I030: Item = item("I065/030", "5.2.5", "Time of Message", fixed(&[
    unsigned("", "", 24, 1.0 / 128.0, "s").possible(0.0, DAY_S),
]));

/// I065/040, SDPS Configuration and Status.
const I040: Item = item("I065/040", "5.2.6", "SDPS Configuration and Status", fixed(&[
    choice("NOGO", "", 2, &[(0, "Operational"), (1, "Degraded"), (2, "Not currently connected"), (3, "Unknown")]),
    flag("OVL", "", "Default", "Overload"),
    flag("TSV", "", "Default", "Invalid Time Source"),
    choice("PSS", "Processing System Status", 2, &[
        (0, "Not applicable"),
        (1, "SDPS-1 selected"),
        (2, "SDPS-2 selected"),
        (3, "SDPS-3 selected"),
    ]),
    raw("STTN", "Track Re-numbering Indication", 1),
    spare(1),
]));

/// I065/050, Service Status Report.
const I050: Item = item("I065/050", "5.2.7", "Service Status Report", fixed(&[
    choice("", "", 8, &[
        (1, "Service degradation"),
        (2, "Service degradation ended"),
        (3, "Main radar out of service"),
        (4, "Service interrupted by the operator"),
        (5, "Service interrupted due to contingency"),
        (6, "Ready for service restart after contingency"),
        (7, "Service ended by the operator"),
        (8, "Failure of user main radar"),
        (9, "Service restarted by the operator"),
        (10, "Main radar becoming operational"),
        (11, "Main radar becoming degraded"),
        (12, "Service continuity interrupted due to disconnection with adjacent unit"),
        (13, "Service continuity restarted"),
        (14, "Service synchronised on backup radar"),
        (15, "Service synchronised on main radar"),
        (16, "Main and backup radar, if any, failed"),
    ]),
]));

/// I065/RE, Reserved Expansion Field.
const IRE: Item = item("I065/RE", "Appendix A", "Reserved Expansion Field", explicit(None));

/// I065/SP, Special Purpose Field.
const ISP: Item = item("I065/SP", "Part 1", "Special Purpose Field", explicit(None));
