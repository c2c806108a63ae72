//! CAT048 edition 1.32, item by item: the one description that everything else follows.
//!
//! Section 5.2 of the specification has one clause per item, in the order of the item numbers.

use super::texts::*;
use crate::spec::words::*;
use crate::spec::{Category, Item, Slot};

/// Category 048, "Monoradar Target Reports", edition 1.32 (2024-07-01).
pub static CAT048: Category =
    Category::new(48, "1.32", "Monoradar Target Reports", "EUROCONTROL-SPEC-0149-4", &UAP).requires(&["010", "140", "020"]);

/// Clause 5.3, the standard UAP, FRN 1 to 28.
const UAP: [Slot; 28] = [
    Slot::Item(I010),
    Slot::Item(I140),
    Slot::Item(I020),
    Slot::Item(I040),
    Slot::Item(I070),
    Slot::Item(I090),
    Slot::Item(I130),
    Slot::Item(I220),
    Slot::Item(I240),
    Slot::Item(I250),
    Slot::Item(I161),
    Slot::Item(I042),
    Slot::Item(I200),
    Slot::Item(I170),
    Slot::Item(I210),
    Slot::Item(I030),
    Slot::Item(I080),
    Slot::Item(I100),
    Slot::Item(I110),
    Slot::Item(I120),
    Slot::Item(I230),
    Slot::Item(I260),
    Slot::Item(I055),
    Slot::Item(I050),
    Slot::Item(I065),
    Slot::Item(I060),
    Slot::Item(ISP),
    Slot::Item(IRE),
];

/// The quality of one pulse of a code reply.
macro_rules! pulse {
    ($name:literal) => {
        flag(
            concat!("Q", $name),
            concat!("Quality of pulse ", $name),
            concat!("High quality pulse ", $name),
            concat!("Low quality pulse ", $name),
        )
    };
}

/// I048/010, Data Source Identifier.
const I010: Item = item(
    "I048/010",
    "5.2.1",
    "Data Source Identifier",
    fixed(&[raw("SAC", "System Area Code", 8), raw("SIC", "System Identification Code", 8)]),
);

/// I048/020, Target Report Descriptor.
const I020: Item = item(
    "I048/020",
    "5.2.2",
    "Target Report Descriptor",
    extended(&[
        &[
            choice("TYP", "Type of detection", 3, I020_TYP),
            flag("SIM", "Simulated target report", "Actual target report", "Simulated target report"),
            flag("RDP", "Radar data processor chain", "Report from RDP Chain 1", "Report from RDP Chain 2"),
            flag(
                "SPI",
                "Special position identification",
                "Absence of SPI",
                "Special Position Identification",
            ),
            flag(
                "RAB",
                "Field monitor",
                "Report from aircraft transponder",
                "Report from field monitor (fixed transponder)",
            ),
        ],
        &[
            flag("TST", "Test target report", "Real target report", "Test target report"),
            flag("ERR", "Extended range", "No Extended Range", "Extended Range present"),
            flag("XPP", "X-pulse", "No X-Pulse present", "X-Pulse present"),
            flag("ME", "Military emergency", "No military emergency", "Military emergency"),
            flag("MI", "Military identification", "No military identification", "Military identification"),
            choice("FOEFRI", "Friend or foe by Mode 4", 2, I020_FOEFRI),
        ],
        &[
            group(
                "ADSB",
                "On-Site ADS-B Information",
                &[
                    flag("EP", "ADSB Element Populated Bit", "ADSB not populated", "ADSB populated"),
                    flag("VAL", "On-Site ADS-B Information", "Not available", "Available"),
                ],
            ),
            group(
                "SCN",
                "Surveillance Cluster Network Information",
                &[
                    flag("EP", "SCN Element Populated Bit", "SCN not populated", "SCN populated"),
                    flag("VAL", "Surveillance Cluster Network Information", "Not available", "Available"),
                ],
            ),
            group(
                "PAI",
                "Passive Acquisition Interface Information",
                &[
                    flag("EP", "PAI Element Populated Bit", "PAI not populated", "PAI populated"),
                    flag("VAL", "Passive Acquisition Interface Information", "Not available", "Available"),
                ],
            ),
            spare(1),
        ],
        &[
            group(
                "ACASXV",
                "Extended Version",
                &[
                    flag("EP", "ACASXV Element Populated Bit", "ACASXV not populated", "ACASXV populated"),
                    choice("VAL", "ACAS Extended Version Value", 4, I020_VAL),
                ],
            ),
            group(
                "POXPR",
                "PO Transponder Capability",
                &[
                    flag("EP", "POXPR Element Populated Bit", "POXPR not populated", "POXPR populated"),
                    flag("VAL", "PO Transponder Capability", "PO not supported (PPM only)", "PO supported"),
                ],
            ),
        ],
        &[
            group(
                "POACT",
                "PO Active for Current Plot",
                &[
                    flag("EP", "POACT Element Populated Bit", "POACT not populated", "POACT populated"),
                    flag("VAL", "POACT Active for Current Plot", "PO not active", "PO active"),
                ],
            ),
            group(
                "DTFXPR",
                "Basic Dataflash Transponder Capability",
                &[
                    flag("EP", "DTFXPR Element Populated Bit", "DTFXPR not populated", "DTFXPR populated"),
                    flag(
                        "VAL",
                        "Basic Dataflash Transponder Capability",
                        "Basic Dataflash not supported",
                        "Basic Dataflash supported",
                    ),
                ],
            ),
            group(
                "DTFACT",
                "Basic Dataflash Active for Current Plot",
                &[
                    flag("EP", "DTFACT Element Populated Bit", "DTFACT not populated", "DTFACT populated"),
                    flag(
                        "VAL",
                        "Basic Dataflash in Current Plot",
                        "Basic Dataflash not active",
                        "Basic Dataflash active",
                    ),
                ],
            ),
            spare(1),
        ],
        &[
            group(
                "IRMXPR",
                "IRM Transponder Capability",
                &[
                    flag("EP", "IRMXPR Element Populated Bit", "IRMXPR not populated", "IRMXPR populated"),
                    flag(
                        "VAL",
                        "Transponder IRM Capability",
                        "Transponder not IRM capable",
                        "Transponder IRM capable",
                    ),
                ],
            ),
            group(
                "IRMACT",
                "IRM Active for Current Plot",
                &[
                    flag("EP", "IRM Element Populated Bit", "IRMACT not populated", "IRMACT populated"),
                    flag("VAL", "IRM Active for Current Plot", "IRM not active", "IRM active"),
                ],
            ),
            spare(3),
        ],
    ]),
);

/// I048/030, Warning/Error Conditions and Target Classification.
const I030: Item = item(
    "I048/030",
    "5.2.3",
    "Warning/Error Conditions and Target Classification",
    repetitive_fx(&[choice("", "", 7, I030_TEXTS)]),
);

/// I048/040, Measured Position in Polar Co-ordinates.
const I040: Item = item(
    "I048/040",
    "5.2.4",
    "Measured Position in Polar Co-ordinates",
    fixed(&[
        unsigned("RHO", "Slant range", 16, 1.0 / 256.0, "NM"),
        unsigned("THETA", "Azimuth", 16, 180.0 / 32768.0, "°"),
    ]),
);

/// I048/042, Calculated Position in Cartesian Co-ordinates.
const I042: Item = item(
    "I048/042",
    "5.2.5",
    "Calculated Position in Cartesian Co-ordinates",
    fixed(&[
        signed("X", "X-Component", 16, 1.0 / 128.0, "NM"),
        signed("Y", "Y-Component", 16, 1.0 / 128.0, "NM"),
    ]),
);

/// I048/050, Mode-2 Code in Octal Representation.
const I050: Item = item(
    "I048/050",
    "5.2.6",
    "Mode-2 Code in Octal Representation",
    fixed(&[
        flag("V", "Validated", "Code validated", "Code not validated"),
        flag("G", "Garbled", "Default", "Garbled code"),
        flag(
            "L",
            "Origin of the code",
            "Mode-2 code as derived from the reply of the transponder",
            "Smoothed Mode-2 code as provided by a local tracker",
        ),
        spare(1),
        octal("MODE2", "Mode-2 Code in Octal Representation", 12),
    ]),
);

/// I048/055, Mode-1 Code in Octal Representation.
const I055: Item = item(
    "I048/055",
    "5.2.7",
    "Mode-1 Code in Octal Representation",
    fixed(&[
        flag("V", "Validated", "Code validated", "Code not validated"),
        flag("G", "Garbled", "Default", "Garbled code"),
        flag(
            "L",
            "Origin of the code",
            "Mode-1 code as derived from the reply of the transponder",
            "Smoothed Mode-1 code as provided by a local tracker",
        ),
        raw("MODE1", "Mode-1 Code", 5),
    ]),
);

/// I048/060, Mode-2 Code Confidence Indicator.
const I060: Item = item(
    "I048/060",
    "5.2.8",
    "Mode-2 Code Confidence Indicator",
    fixed(&[
        spare(4),
        pulse!("A4"),
        pulse!("A2"),
        pulse!("A1"),
        pulse!("B4"),
        pulse!("B2"),
        pulse!("B1"),
        pulse!("C4"),
        pulse!("C2"),
        pulse!("C1"),
        pulse!("D4"),
        pulse!("D2"),
        pulse!("D1"),
    ]),
);

/// I048/065, Mode-1 Code Confidence Indicator.
const I065: Item = item(
    "I048/065",
    "5.2.9",
    "Mode-1 Code Confidence Indicator",
    fixed(&[spare(3), pulse!("A4"), pulse!("A2"), pulse!("A1"), pulse!("B2"), pulse!("B1")]),
);

/// I048/070, Mode-3/A Code in Octal Representation.
const I070: Item = item(
    "I048/070",
    "5.2.10",
    "Mode-3/A Code in Octal Representation",
    fixed(&[
        flag("V", "Validated", "Code validated", "Code not validated"),
        flag("G", "Garbled", "Default", "Garbled code"),
        flag(
            "L",
            "Origin of the code",
            "Mode-3/A code derived from the reply of the transponder",
            "Mode-3/A code not extracted during the last scan",
        ),
        spare(1),
        octal("MODE3A", "Mode-3/A Reply in Octal Representation", 12),
    ]),
);

/// I048/080, Mode-3/A Code Confidence Indicator.
const I080: Item = item(
    "I048/080",
    "5.2.11",
    "Mode-3/A Code Confidence Indicator",
    fixed(&[
        spare(4),
        pulse!("A4"),
        pulse!("A2"),
        pulse!("A1"),
        pulse!("B4"),
        pulse!("B2"),
        pulse!("B1"),
        pulse!("C4"),
        pulse!("C2"),
        pulse!("C1"),
        pulse!("D4"),
        pulse!("D2"),
        pulse!("D1"),
    ]),
);

/// I048/090, Flight Level in Binary Representation.
const I090: Item = item(
    "I048/090",
    "5.2.12",
    "Flight Level in Binary Representation",
    fixed(&[
        flag("V", "Validated", "Code validated", "Code not validated"),
        flag("G", "Garbled", "Default", "Garbled code"),
        signed("FL", "Flight level", 14, 1.0 / 4.0, "FL"),
    ]),
);

/// I048/100, Mode-C Code and Code Confidence Indicator.
const I100: Item = item(
    "I048/100",
    "5.2.13",
    "Mode-C Code and Code Confidence Indicator",
    fixed(&[
        flag("V", "Validated", "Code validated", "Code not validated"),
        flag("G", "Garbled", "Default", "Garbled code"),
        spare(2),
        raw("MODEC", "Mode-C Reply in Gray Notation", 12),
        spare(4),
        pulse!("C1"),
        pulse!("A1"),
        pulse!("C2"),
        pulse!("A2"),
        pulse!("C4"),
        pulse!("A4"),
        pulse!("B1"),
        pulse!("D1"),
        pulse!("B2"),
        pulse!("D2"),
        pulse!("B4"),
        pulse!("D4"),
    ]),
);

/// I048/110, Height Measured by a 3D Radar.
const I110: Item = item(
    "I048/110",
    "5.2.14",
    "Height Measured by a 3D Radar",
    fixed(&[
        spare(2),
        signed(
            "3DH",
            "3D Height, in Binary Notation. Negative Values Are Expressed in Two's Complement",
            14,
            25.0,
            "ft",
        ),
    ]),
);

/// I048/120, Radial Doppler Speed.
const I120: Item = item(
    "I048/120",
    "5.2.15",
    "Radial Doppler Speed",
    compound(&[
        subitem(
            "CAL",
            "Calculated Doppler Speed",
            fixed(&[
                flag("D", "Doubtful", "Doppler speed is valid", "Doppler speed is doubtful"),
                spare(5),
                signed("CAL", "Calculated Doppler Speed, Coded in Two's Complement", 10, 1.0, "m/s"),
            ]),
        ),
        subitem(
            "RDS",
            "Raw Doppler Speed",
            repetitive(&[
                unsigned("DOP", "Doppler Speed", 16, 1.0, "m/s"),
                unsigned("AMB", "Ambiguity Range", 16, 1.0, "m/s"),
                unsigned("FRQ", "Transmitter Frequency", 16, 1.0, "MHz"),
            ]),
        ),
    ]),
);

/// I048/130, Radar Plot Characteristics.
const I130: Item = item(
    "I048/130",
    "5.2.16",
    "Radar Plot Characteristics",
    compound(&[
        subitem("SRL", "SSR Plot Runlength", fixed(&[unsigned("", "", 8, 180.0 / 4096.0, "°")])),
        subitem("SRR", "Number of Received Replies for (M)SSR", fixed(&[integer("", "", 8)])),
        subitem("SAM", "Amplitude of (M)SSR Reply", fixed(&[signed("", "", 8, 1.0, "dBm")])),
        subitem("PRL", "Primary Plot Runlength", fixed(&[unsigned("", "", 8, 180.0 / 4096.0, "°")])),
        subitem("PAM", "Amplitude of Primary Plot", fixed(&[signed("", "", 8, 1.0, "dBm")])),
        subitem(
            "RPD",
            "Difference in Range Between PSR and SSR Plot",
            fixed(&[signed("", "", 8, 1.0 / 256.0, "NM")]),
        ),
        subitem(
            "APD",
            "Difference in Azimuth Between PSR and SSR Plot",
            fixed(&[signed("", "", 8, 180.0 / 8192.0, "°")]),
        ),
    ]),
);

/// I048/140, Time of Day.
const I140: Item =
    item("I048/140", "5.2.17", "Time of Day", fixed(&[unsigned("", "", 24, 1.0 / 128.0, "s").possible(0.0, DAY_S)]));

/// I048/161, Track Number.
const I161: Item =
    item("I048/161", "5.2.18", "Track Number", fixed(&[spare(4), raw("TRN", "Track Number", 12)]));

/// I048/170, Track Status.
const I170: Item = item(
    "I048/170",
    "5.2.19",
    "Track Status",
    extended(&[
        &[
            flag("CNF", "Confirmed Vs. Tentative Track", "Confirmed Track", "Tentative Track"),
            choice("RAD", "Type of Sensor(s) Maintaining Track", 2, I170_RAD),
            flag(
                "DOU",
                "Signals Level of Confidence in Plot to Track Association Process",
                "Normal confidence",
                "Low confidence in plot to track association",
            ),
            flag(
                "MAH",
                "Manoeuvre Detection in Horizontal Sense",
                "No horizontal man.sensed",
                "Horizontal man. sensed",
            ),
            choice("CDM", "Climbing / Descending Mode", 2, I170_CDM),
        ],
        &[
            flag(
                "TRE",
                "Signal for End_of_Track",
                "Track still alive",
                "End of track lifetime(last report for this track)",
            ),
            flag("GHO", "Ghost Vs. True Target", "True target track", "Ghost target track"),
            flag(
                "SUP",
                "Track Maintained with Track Information from Neighbouring Node B on the Cluster, or Network",
                "No",
                "Yes",
            ),
            flag(
                "TCC",
                "Type of Plot Coordinate Transformation Mechanism",
                "Tracking performed in so-called 'Radar Plane', i.e. neither slant range correction nor stereographical projection was applied",
                "Slant range correction and a suitable projection technique are used to track in a 2D.reference plane, tangential to the earth model at the Radar Site co-ordinates",
            ),
            spare(3),
        ],
    ]),
);

/// I048/200, Calculated Track Velocity in Polar Co-ordinates.
const I200: Item = item(
    "I048/200",
    "5.2.20",
    "Calculated Track Velocity in Polar Co-ordinates",
    fixed(&[
        unsigned("GSP", "Calculated Groundspeed", 16, 1.0 / 16384.0, "NM/s"),
        unsigned("HDG", "Calculated Heading", 16, 180.0 / 32768.0, "°"),
    ]),
);

/// I048/210, Track Quality.
const I210: Item = item(
    "I048/210",
    "5.2.21",
    "Track Quality",
    fixed(&[
        unsigned(
            "SIGX",
            "Sigma (X), Standard Deviation on the Horizontal Axis of the Local Grid System",
            8,
            1.0 / 128.0,
            "NM",
        ),
        unsigned(
            "SIGY",
            "Sigma (Y), Standard Deviation on the Vertical Axis of the Local Grid System",
            8,
            1.0 / 128.0,
            "NM",
        ),
        unsigned(
            "SIGV",
            "Sigma (V), Standard Deviation on the Groundspeed Within the Local Grid System",
            8,
            1.0 / 16384.0,
            "NM/s",
        ),
        unsigned(
            "SIGH",
            "Sigma (H), Standard Deviation on the Heading Within the Local Grid System",
            8,
            180.0 / 2048.0,
            "°",
        ),
    ]),
);

/// I048/220, Aircraft Address.
const I220: Item = item("I048/220", "5.2.22", "Aircraft Address", fixed(&[raw("", "", 24)]));

/// I048/230, Communications/ACAS Capability and Flight Status.
const I230: Item = item(
    "I048/230",
    "5.2.23",
    "Communications/ACAS Capability and Flight Status",
    fixed(&[
        choice("COM", "Communications Capability of the Transponder", 3, I230_COM),
        choice("STAT", "Flight Status", 3, I230_STAT),
        flag("SI", "SI/II Transponder Capability", "SI-Code Capable", "II-Code Capable"),
        spare(1),
        flag("MSSC", "Mode-S Specific Service Capability", "No", "Yes"),
        flag("ARC", "Altitude Reporting Capability", "100 ft resolution", "25 ft resolution"),
        flag("AIC", "Aircraft Identification Capability", "No", "Yes"),
        raw("B1A", "BDS 1,0 Bit 16", 1),
        raw("B1B", "BDS 1,0 Bits 37/40", 4),
    ]),
);

/// I048/240, Aircraft Identification.
const I240: Item = item("I048/240", "5.2.24", "Aircraft Identification", fixed(&[icao("", "", 48)]));

/// I048/250, BDS Register Data.
const I250: Item = item(
    "I048/250",
    "5.2.25",
    "BDS Register Data",
    repetitive(BDS_REGISTER),
);

/// I048/260, ACAS Resolution Advisory Report.
const I260: Item = item("I048/260", "5.2.26", "ACAS Resolution Advisory Report", fixed(&[raw("", "", 56)]));

/// I048/RE, Reserved Expansion Field.
const IRE: Item =
    item("I048/RE", "Appendix A", "Reserved Expansion Field", explicit(Some(&super::expansion::CONTENTS)));

/// I048/SP, Special Purpose Field.
const ISP: Item = item("I048/SP", "Part 1", "Special Purpose Field", explicit(None));
