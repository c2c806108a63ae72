//! Texts of the enumerated values of CAT034.

use crate::spec::Texts;

/// Reduction steps of I060.
pub(super) const REDUCTION: Texts = &[
    (0, "No reduction active"),
    (1, "Reduction step 1 active"),
    (2, "Reduction step 2 active"),
    (3, "Reduction step 3 active"),
    (4, "Reduction step 4 active"),
    (5, "Reduction step 5 active"),
    (6, "Reduction step 6 active"),
    (7, "Reduction step 7 active"),
];

/// I000.
pub(super) const I000_TEXTS: Texts = &[
    (1, "North marker message"),
    (2, "Sector crossing message"),
    (3, "Geographical filtering message"),
    (4, "Jamming strobe message"),
    (5, "Solar Storm Message"),
    (6, "SSR Jamming Strobe Message"),
    (7, "Mode S Jamming Strobe Message"),
];

/// I050 PSR_CHAB.
pub(super) const I050_PSR_CHAB: Texts = &[
    (0, "No channel selected"),
    (1, "Channel A only selected"),
    (2, "Channel B only selected"),
    (3, "Diversity mode ; Channel A and B selected"),
];

/// I050 SSR_CHAB.
pub(super) const I050_SSR_CHAB: Texts = &[
    (0, "No channel selected"),
    (1, "Channel A only selected"),
    (2, "Channel B only selected"),
    (3, "Invalid combination"),
];

/// I050 MDS_CHAB.
pub(super) const I050_MDS_CHAB: Texts = &[
    (0, "No channel selected"),
    (1, "Channel A only selected"),
    (2, "Channel B only selected"),
    (3, "Illegal combination"),
];

/// I060 PSR_STC.
pub(super) const I060_PSR_STC: Texts = &[(0, "STC Map-1"), (1, "STC Map-2"), (2, "STC Map-3"), (3, "STC Map-4")];

/// I070 TYP.
pub(super) const I070_TYP: Texts = &[
    (0, "No detection (number of misses)"),
    (1, "Single PSR target reports"),
    (2, "Single SSR target reports (Non-Mode S)"),
    (3, "SSR+PSR target reports (Non-Mode S)"),
    (4, "Single All-Call target reports (Mode S)"),
    (5, "Single Roll-Call target reports (Mode S)"),
    (6, "All-Call + PSR (Mode S) target reports"),
    (7, "Roll-Call + PSR (Mode S) target reports"),
    (8, "Filter for Weather data"),
    (9, "Filter for Jamming Strobe"),
    (10, "Filter for PSR data"),
    (11, "Filter for SSR/Mode S data"),
    (12, "Filter for SSR/Mode S+PSR data"),
    (13, "Filter for Enhanced Surveillance data"),
    (14, "Filter for PSR+Enhanced Surveillance"),
    (15, "Filter for PSR+Enhanced Surveillance + SSR/Mode S data not in Area of Prime Interest"),
    (16, "Filter for PSR+Enhanced Surveillance + all SSR/Mode S data"),
    (17, "Re-Interrogations (per sector)"),
    (18, "BDS Swap and wrong DF replies(per sector)"),
    (19, "Mode A/C FRUIT (per sector)"),
    (20, "Mode S FRUIT (per sector)"),
];

/// I110.
pub(super) const I110_TEXTS: Texts = &[
    (0, "Invalid value"),
    (1, "Filter for Weather data"),
    (2, "Filter for Jamming Strobe"),
    (3, "Filter for PSR data"),
    (4, "Filter for SSR/Mode S data"),
    (5, "Filter for SSR/Mode S + PSR data"),
    (6, "Enhanced Surveillance data"),
    (7, "Filter for PSR+Enhanced Surveillance data"),
    (8, "Filter for PSR+Enhanced Surveillance + SSR/Mode S data not in Area of Prime Interest"),
    (9, "Filter for PSR+Enhanced Surveillance + all SSR/Mode S data"),
];
