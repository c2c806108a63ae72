//! Texts of the enumerated values of CAT048.

use crate::spec::Texts;

/// I020 TYP.
pub(super) const I020_TYP: Texts = &[
    (0, "No detection"),
    (1, "Single PSR detection"),
    (2, "Single SSR detection"),
    (3, "SSR + PSR detection"),
    (4, "Single ModeS All-Call"),
    (5, "Single ModeS Roll-Call"),
    (6, "ModeS All-Call + PSR"),
    (7, "ModeS Roll-Call +PSR"),
];

/// I020 FOEFRI.
pub(super) const I020_FOEFRI: Texts =
    &[(0, "No Mode 4 interrogation"), (1, "Friendly target"), (2, "Unknown target"), (3, "No reply")];

/// I020 VAL.
pub(super) const I020_VAL: Texts = &[(0, "Non-Extended Version"), (1, "ACAS Xa Version 1"), (2, "ACAS Xu Version 1")];

/// I030.
pub(super) const I030_TEXTS: Texts = &[
    (0, "Not defined; never used"),
    (1, "Multipath Reply (Reflection)"),
    (2, "Reply due to sidelobe interrogation/reception"),
    (3, "Split plot"),
    (4, "Second time around reply"),
    (5, "Angel"),
    (6, "Slow moving target correlated with road infrastructure (terrestrial vehicle)"),
    (7, "Fixed PSR plot"),
    (8, "Slow PSR target"),
    (9, "Low quality PSR plot"),
    (10, "Phantom SSR plot"),
    (11, "Non-Matching Mode-3/A Code"),
    (12, "Mode C code / Mode S altitude code abnormal value compared to the track"),
    (13, "Target in Clutter Area"),
    (14, "Maximum Doppler Response in Zero Filter"),
    (15, "Transponder anomaly detected"),
    (16, "Duplicated or Illegal Mode S Aircraft Address"),
    (17, "Mode S error correction applied"),
    (18, "Undecodable Mode C code / Mode S altitude code"),
    (19, "Birds"),
    (20, "Flock of Birds"),
    (21, "Mode-1 was present in original reply"),
    (22, "Mode-2 was present in original reply"),
    (23, "Plot potentially caused by Wind Turbine"),
    (24, "Helicopter"),
    (25, "Maximum number of re-interrogations reached (surveillance information)"),
    (26, "Maximum number of re-interrogations reached (BDS Extractions)"),
    (27, "BDS Overlay Incoherence"),
    (28, "Potential BDS Swap Detected"),
    (29, "Track Update in the Zenithal Gap"),
    (30, "Mode S Track re-acquired"),
    (31, "Duplicated Mode 5 Pair NO/PIN detected"),
    (32, "Wrong DF reply format detected"),
    (33, "Transponder anomaly (MS XPD replies with Mode A/C to Mode A/C-only all-call)"),
    (34, "Transponder anomaly (SI capability report wrong)"),
    (35, "Potential IC Conflict"),
    (36, "IC Conflict detection possible-no conflict currently detected"),
    (37, "Duplicate Mode 5 PIN (refer to the Mode 5 items in the REF)"),
];

/// I170 RAD.
pub(super) const I170_RAD: Texts = &[(0, "Combined Track"), (1, "PSR Track"), (2, "SSR/Mode S Track"), (3, "Invalid")];

/// I170 CDM.
pub(super) const I170_CDM: Texts = &[(0, "Maintaining"), (1, "Climbing"), (2, "Descending"), (3, "Unknown")];

/// I230 COM.
pub(super) const I230_COM: Texts = &[
    (0, "No communications capability (surveillance only)"),
    (1, "Comm. A and Comm. B capability"),
    (2, "Comm. A, Comm. B and Uplink ELM"),
    (3, "Comm. A, Comm. B, Uplink ELM and Downlink ELM"),
    (4, "Level 5 Transponder capability"),
];

/// I230 STAT.
pub(super) const I230_STAT: Texts = &[
    (0, "No alert, no SPI, aircraft airborne"),
    (1, "No alert, no SPI, aircraft on ground"),
    (2, "Alert, no SPI, aircraft airborne"),
    (3, "Alert, no SPI, aircraft on ground"),
    (4, "Alert, SPI, aircraft airborne or on ground"),
    (5, "No alert, SPI, aircraft airborne or on ground"),
    (7, "Unknown"),
];
