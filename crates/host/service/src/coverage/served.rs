//! Coverages for the page, worked out once in a thread of their own: they cost a second with many sensors, and nobody waits for them.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};
use std::thread::JoinHandle;

use super::{Lookers, coverage_geojson};
use crate::atlas::Atlas;
use crate::error::ServiceError;

/// Heights above the ground for which coverages are shown, metres: a drone or a mortar bomb near its ends, a rocket on its way, the
/// upper part of a trajectory.
pub(crate) const HEIGHTS_M: [u32; 3] = [100, 500, 2_000];

/// Coverages by height, as soon as they are worked out.
#[derive(Clone, Debug, Default)]
pub(crate) struct Coverages(Arc<OnceLock<BTreeMap<u32, Arc<str>>>>);

/// What there is for a height.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Shown {
    /// GeoJSON.
    There(Arc<str>),
    /// It is being worked out.
    NotYet,
    /// Coverages are shown for other heights.
    Never,
}

impl Coverages {
    /// Begins to work them out.
    ///
    /// # Errors
    /// When the operating system gives no thread.
    pub(crate) fn start(&self, atlas: Arc<Atlas>) -> Result<JoinHandle<()>, ServiceError> {
        let place = self.0.clone();
        let work = move || {
            let lookers = Lookers::new(atlas.config());
            let text = |height_m: u32| coverage_geojson(&atlas, &lookers, f64::from(height_m)).to_string().into();
            // Nobody else puts anything there.
            let _ = place.set(HEIGHTS_M.into_iter().map(|height_m| (height_m, text(height_m))).collect());
        };
        std::thread::Builder::new().name("coverage".to_owned()).spawn(work).map_err(ServiceError::thread)
    }

    pub(crate) fn at(&self, height_m: u32) -> Shown {
        match self.0.get() {
            _ if !HEIGHTS_M.contains(&height_m) => Shown::Never,
            None => Shown::NotYet,
            Some(texts) => texts.get(&height_m).cloned().map_or(Shown::Never, Shown::There),
        }
    }
}
