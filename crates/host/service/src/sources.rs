//! From the configuration's sources to the intake's.

use parapet_site::Site;

use crate::intake_stub::IntakeSource;

/// The intake's sources of a site.
#[must_use]
pub fn intake_sources(_site: &Site) -> Vec<IntakeSource> {
    Vec::new()
}
