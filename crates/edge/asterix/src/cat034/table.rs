//! CAT034 edition 1.29, item by item: the one description that everything else follows.
//!
//! Section 5.2 of the specification has one clause per item, in the order of the item numbers.

use super::texts::*;
use crate::spec::words::*;
use crate::spec::{Category, Item, Slot};

/// Category 034, "Transmission of Monoradar Service Messages", edition 1.29 (2021-03-15).
pub static CAT034: Category =
    Category::new(34, "1.29", "Transmission of Monoradar Service Messages", "EUROCONTROL-SPEC-0149-2b", &UAP)
        .requires(&["010", "000"]);

/// Clause 5.3, the standard UAP, FRN 1 to 14.
const UAP: [Slot; 14] = [
    Slot::Item(I010),
    Slot::Item(I000),
    Slot::Item(I030),
    Slot::Item(I020),
    Slot::Item(I041),
    Slot::Item(I050),
    Slot::Item(I060),
    Slot::Item(I070),
    Slot::Item(I100),
    Slot::Item(I110),
    Slot::Item(I120),
    Slot::Item(I090),
    Slot::Item(IRE),
    Slot::Item(ISP),
];

/// I034/000, Message Type.
const I000: Item = item("I034/000", "5.2.1", "Message Type", fixed(&[choice("", "", 8, I000_TEXTS)]));

/// I034/010, Data Source Identifier.
const I010: Item = item(
    "I034/010",
    "5.2.2",
    "Data Source Identifier",
    fixed(&[raw("SAC", "System Area Code", 8), raw("SIC", "System Identification Code", 8)]),
);

/// I034/020, Sector Number.
const I020: Item =
    item("I034/020", "5.2.3", "Sector Number", fixed(&[unsigned("", "", 8, 180.0 / 128.0, "°")]));

/// I034/030, Time of Day.
const I030: Item = item("I034/030", "5.2.4", "Time of Day", fixed(&[unsigned("", "", 24, 1.0 / 128.0, "s").possible(0.0, DAY_S)]));

/// I034/041, Antenna Rotation Speed.
const I041: Item =
    item("I034/041", "5.2.5", "Antenna Rotation Speed", fixed(&[unsigned("", "", 16, 1.0 / 128.0, "s")]));

/// I034/050, System Configuration and Status.
const I050: Item = item(
    "I034/050",
    "5.2.6",
    "System Configuration and Status",
    compound(&[
        subitem(
            "COM",
            "Common Part",
            fixed(&[
                flag(
                    "NOGO",
                    "Operational Release Status of the System",
                    "System is released for operational use",
                    "Operational use of System is inhibited, i.e. the data shall be discarded by an operational SDPS",
                ),
                flag(
                    "RDPC",
                    "Radar Data Processor Chain Selection Status",
                    "RDPC-1 selected",
                    "RDPC-2 selected",
                ),
                flag(
                    "RDPR",
                    "Event to Signal a Reset/restart of the Selected Radar Data Processor Chain, I.e. Expect a New Assignment of Track Numbers",
                    "Default situation",
                    "Reset of RDPC",
                ),
                flag(
                    "OVLRDP",
                    "Radar Data Processor Overload Indicator",
                    "Default, no overload",
                    "Overload in RDP",
                ),
                flag(
                    "OVLXMT",
                    "Transmission Subsystem Overload Status",
                    "Default, no overload",
                    "Overload in transmission subsystem",
                ),
                flag(
                    "MSC",
                    "Monitoring System Connected Status",
                    "Monitoring system connected",
                    "Monitoring system disconnected",
                ),
                flag("TSV", "Time Source Validity", "Valid", "Invalid"),
                spare(1),
            ]),
        ),
        Slot::Spare,
        Slot::Spare,
        subitem(
            "PSR",
            "Specific Status Information for a PSR Sensor",
            fixed(&[
                flag("ANT", "Selected Antenna", "Antenna 1", "Antenna 2"),
                choice("CHAB", "Channel A/B Selection Status", 2, I050_PSR_CHAB),
                flag("OVL", "Overload Condition", "No overload", "Overload"),
                flag(
                    "MSC",
                    "Monitoring System Connected Status",
                    "Monitoring system connected",
                    "Monitoring system disconnected",
                ),
                spare(3),
            ]),
        ),
        subitem(
            "SSR",
            "Specific Status Information for a SSR Sensor",
            fixed(&[
                flag("ANT", "Selected Antenna", "Antenna 1", "Antenna 2"),
                choice("CHAB", "Channel A/B Selection Status", 2, I050_SSR_CHAB),
                flag("OVL", "Overload Condition", "No overload", "Overload"),
                flag(
                    "MSC",
                    "Monitoring System Connected Status",
                    "Monitoring system connected",
                    "Monitoring system disconnected",
                ),
                spare(3),
            ]),
        ),
        subitem(
            "MDS",
            "Specific Status Information for a Mode S Sensor",
            fixed(&[
                flag("ANT", "Selected Antenna", "Antenna 1", "Antenna 2"),
                choice("CHAB", "Channel A/B Selection Status", 2, I050_MDS_CHAB),
                flag("OVLSUR", "Overload Condition", "No overload", "Overload"),
                flag(
                    "MSC",
                    "Monitoring System Connected Status",
                    "Monitoring system connected",
                    "Monitoring system disconnected",
                ),
                flag(
                    "SCF",
                    "Channel A/B Selection Status for Surveillance Co-ordination Function",
                    "Channel A in use",
                    "Channel B in use",
                ),
                flag(
                    "DLF",
                    "Channel A/B Selection Status for Data Link Function",
                    "Channel A in use",
                    "Channel B in use",
                ),
                flag("OVLSCF", "Overload in Surveillance Co-ordination Function", "No overload", "Overload"),
                flag("OVLDLF", "Overload in Data Link Function", "No overload", "Overload"),
                spare(7),
            ]),
        ),
    ]),
);

/// I034/060, System Processing Mode.
const I060: Item = item(
    "I034/060",
    "5.2.7",
    "System Processing Mode",
    compound(&[
        subitem(
            "COM",
            "Common Part",
            fixed(&[
                spare(1),
                choice("REDRDP", "Reduction Steps in Use for An Overload of the RDP", 3, REDUCTION),
                choice(
                    "REDXMT",
                    "Reduction Steps in Use for An Overload of the Transmission Subsystem",
                    3,
                    REDUCTION,
                ),
                spare(1),
            ]),
        ),
        Slot::Spare,
        Slot::Spare,
        subitem(
            "PSR",
            "Specific Processing Mode Information for a PSR Sensor",
            fixed(&[
                flag("POL", "Polarization in Use by PSR", "Linear polarization", "Circular polarization"),
                choice(
                    "REDRAD",
                    "Reduction Steps in Use as Result of An Overload Within the PSR Subsystem",
                    3,
                    REDUCTION,
                ),
                choice("STC", "Sensitivity Time Control Map in Use", 2, I060_PSR_STC),
                spare(2),
            ]),
        ),
        subitem(
            "SSR",
            "Specific Processing Mode Information for a SSR Sensor",
            fixed(&[
                choice(
                    "REDRAD",
                    "Reduction Steps in Use as Result of An Overload Within the SSR Subsystem",
                    3,
                    REDUCTION,
                ),
                spare(5),
            ]),
        ),
        subitem(
            "MDS",
            "Specific Processing Mode Information for a Mode S Sensor",
            fixed(&[
                choice(
                    "REDRAD",
                    "Reduction Steps in Use as Result of An Overload Within the Mode S Subsystem",
                    3,
                    REDUCTION,
                ),
                flag("CLU", "Cluster State", "Autonomous", "Not autonomous"),
                spare(4),
            ]),
        ),
    ]),
);

/// I034/070, Message Count Values.
const I070: Item = item(
    "I034/070",
    "5.2.8",
    "Message Count Values",
    repetitive(&[choice("TYP", "Type of Message Counter", 5, I070_TYP), integer("COUNT", "COUNTER", 11)]),
);

/// I034/090, Collimation Error.
const I090: Item = item(
    "I034/090",
    "5.2.9",
    "Collimation Error",
    fixed(&[
        signed("RNG", "Range Error", 8, 1.0 / 128.0, "NM"),
        signed("AZM", "Azimuth Error", 8, 180.0 / 8192.0, "°"),
    ]),
);

/// I034/100, Generic Polar Window.
const I100: Item = item(
    "I034/100",
    "5.2.10",
    "Generic Polar Window",
    fixed(&[
        unsigned("RHOST", "Rho Start", 16, 1.0 / 256.0, "NM"),
        unsigned("RHOEND", "Rho End", 16, 1.0 / 256.0, "NM"),
        unsigned("THETAST", "Theta Start", 16, 180.0 / 32768.0, "°"),
        unsigned("THETAEND", "Theta End", 16, 180.0 / 32768.0, "°"),
    ]),
);

/// I034/110, Data Filter.
const I110: Item = item("I034/110", "5.2.11", "Data Filter", fixed(&[choice("", "", 8, I110_TEXTS)]));

/// I034/120, 3D-Position Of Data Source.
const I120: Item = item(
    "I034/120",
    "5.2.12",
    "3D-Position Of Data Source",
    fixed(&[
        signed("HGT", "Height of Data Source", 16, 1.0, "m"),
        signed("LAT", "Latitude", 24, 180.0 / 8_388_608.0, "°").possible(-90.0, 90.0),
        signed("LON", "Longitude", 24, 180.0 / 8_388_608.0, "°").possible(-180.0, 180.0),
    ]),
);

/// I034/RE, Reserved Expansion Field.
const IRE: Item = item("I034/RE", "Appendix A", "Reserved Expansion Field", explicit(None));

/// I034/SP, Special Purpose Field.
const ISP: Item = item("I034/SP", "Part 1", "Special Purpose Field", explicit(None));
