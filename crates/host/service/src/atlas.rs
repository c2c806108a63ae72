//! From the engine's numbers to names and latitudes: what the page, the alarm file and the operator's tools show.

use parapet_engine::Config;
use parapet_frame::{GeodesyError, Geodetic, PlaneCovariance, SiteFrame, SitePoint, Time};
use parapet_track::SensorId;
use parapet_warn::{Alarm, AlarmId, Impact, Origin, Threat, Zone, ZoneId};
use serde::Serialize;

/// The probability that the ellipses shown hold the impact.
pub const ELLIPSE_PROBABILITY: f64 = 0.95;

/// No sensor of a site reaches so far: beyond it a place is a number that went astray, not a place.
const FAR_M: f64 = 2_000_000.0;

/// Knows the site's frame and the names of what the engine numbers.
#[derive(Clone, Debug)]
pub struct Atlas {
    frame: SiteFrame,
    config: Config,
}

/// A predicted impact in latitude and longitude.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct ImpactView {
    /// Latitude, degrees.
    pub lat_deg: f64,
    /// Longitude, degrees.
    pub lon_deg: f64,
    /// When, milliseconds since 1970 UTC.
    pub at_ms: i64,
    /// Standard deviation of the time, seconds.
    pub sigma_time_s: f64,
    /// Where it falls with a probability of 95 %.
    pub ellipse: EllipseView,
}

/// An origin in latitude and longitude: for the incident record only.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct OriginView {
    /// Latitude, degrees.
    pub lat_deg: f64,
    /// Longitude, degrees.
    pub lon_deg: f64,
    /// When, milliseconds since 1970 UTC.
    pub at_ms: i64,
    /// Standard deviation of the time, seconds.
    pub sigma_time_s: f64,
    /// Where it was with a probability of 95 %.
    pub ellipse: EllipseView,
}

/// An ellipse on the ground.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct EllipseView {
    /// Half of the longer axis, metres.
    pub semi_major_m: f64,
    /// Half of the shorter axis, metres.
    pub semi_minor_m: f64,
    /// Direction of the longer axis, degrees clockwise from north.
    pub bearing_deg: f64,
}

impl EllipseView {
    fn of(covariance: PlaneCovariance) -> Self {
        let ellipse = covariance.ellipse(ELLIPSE_PROBABILITY);
        EllipseView {
            semi_major_m: ellipse.semi_major_m,
            semi_minor_m: ellipse.semi_minor_m,
            bearing_deg: ellipse.bearing_rad.to_degrees(),
        }
    }
}

impl Atlas {
    /// An atlas of a site.
    #[must_use]
    pub fn new(frame: SiteFrame, config: Config) -> Self {
        Atlas { frame, config }
    }

    /// An atlas of the site about an origin.
    ///
    /// # Errors
    /// When the origin is no place on the Earth.
    pub fn at(origin: Geodetic, config: Config) -> Result<Self, GeodesyError> {
        Ok(Atlas { frame: SiteFrame::at(origin)?, config })
    }

    /// The engine's configuration.
    #[must_use]
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// The site's origin.
    #[must_use]
    pub fn origin(&self) -> Geodetic {
        self.frame.origin()
    }

    /// A zone; `None` for a number that the configuration does not have.
    #[must_use]
    pub fn zone(&self, zone: ZoneId) -> Option<&Zone> {
        self.config.zones.get(usize::from(zone.0))
    }

    /// The name of a sensor, or its number where the configuration has no such sensor.
    #[must_use]
    pub fn sensor_name(&self, sensor: SensorId) -> String {
        match self.config.sensors.get(usize::from(sensor.0)) {
            Some(model) => model.name.clone(),
            None => format!("sensor {}", sensor.0),
        }
    }

    /// The public name of an alarm, [`AlarmId::label`].
    #[must_use]
    pub fn alarm_id(&self, id: AlarmId) -> String {
        match self.zone(id.zone) {
            Some(zone) => id.label(&zone.key),
            None => id.label(&format!("zone-{}", id.zone.0)),
        }
    }

    /// A place in site ENU as latitude, longitude and height; `None` for what is no place on or near the Earth.
    #[must_use]
    pub fn geodetic(&self, place: SitePoint) -> Option<Geodetic> {
        let SitePoint { east_m, north_m, up_m } = place;
        let near = [east_m, north_m, up_m].iter().all(|m| m.abs() <= FAR_M);
        near.then(|| self.frame.geodetic_from_site(place))
    }

    /// A sensor's antenna, with the height that was configured.
    #[must_use]
    pub fn sensor_place(&self, sensor: usize) -> Option<Geodetic> {
        let pose = &self.config.sensors.get(sensor)?.pose;
        let [east_m, north_m, up_m] = pose.origin_m;
        Some(Geodetic { height_m: pose.height_m, ..self.geodetic(SitePoint { east_m, north_m, up_m })? })
    }

    /// A corner of a zone, on the ground, as longitude and latitude in degrees (the order of GeoJSON).
    ///
    /// Corners come from a checked configuration, which places them near the site.
    #[must_use]
    pub fn lon_lat(&self, [east_m, north_m]: [f64; 2]) -> [f64; 2] {
        let environment = &self.config.environment;
        let ground_m = environment.ground_height_m - environment.site_height_m;
        let up_m = ground_m - parapet_frame::curvature_drop_m(east_m, north_m);
        let place = self.geodetic(SitePoint { east_m, north_m, up_m }).unwrap_or_else(|| self.origin());
        [place.lon_deg, place.lat_deg]
    }

    /// The ring around who is endangered by an alarm, the zone or a part of it, as latitude and longitude in degrees, not closed by
    /// repeating its first corner; empty for a zone that the configuration does not have.
    #[must_use]
    pub fn endangered(&self, alarm: &Alarm) -> Vec<[f64; 2]> {
        let zone = self.zone(alarm.id.zone).and_then(|zone| zone.rings.first()).map(Vec::as_slice);
        let ring = if alarm.part.is_empty() { zone.unwrap_or_default() } else { &alarm.part };
        let lat_lon = |corner: &[f64; 2]| {
            let [lon_deg, lat_deg] = self.lon_lat(*corner);
            [lat_deg, lon_deg]
        };
        ring.iter().map(lat_lon).collect()
    }

    /// A predicted impact in latitude and longitude; `None` when it lies nowhere near the site.
    #[must_use]
    pub fn impact(&self, impact: &Impact) -> Option<ImpactView> {
        let place = self.geodetic(impact.place)?;
        Some(ImpactView {
            lat_deg: place.lat_deg,
            lon_deg: place.lon_deg,
            at_ms: impact.at.millis(),
            sigma_time_s: impact.sigma_time_s,
            ellipse: EllipseView::of(impact.covariance),
        })
    }

    /// An origin in latitude and longitude; `None` when it lies nowhere near the site.
    #[must_use]
    pub fn point_of_origin(&self, origin: &Origin) -> Option<OriginView> {
        let place = self.geodetic(origin.place)?;
        Some(OriginView {
            lat_deg: place.lat_deg,
            lon_deg: place.lon_deg,
            at_ms: origin.at.millis(),
            sigma_time_s: origin.sigma_time_s,
            ellipse: EllipseView::of(origin.covariance),
        })
    }

    /// A threat in latitude and longitude; `None` when its impact lies nowhere near the site.
    #[must_use]
    pub fn threat(&self, threat: &Threat) -> Option<ThreatView> {
        let (track, probability) = (threat.track.0, threat.probability);
        Some(ThreatView { track, probability, impact: self.impact(&threat.impact)? })
    }
}

/// A threat as it is shown.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct ThreatView {
    /// The track's number.
    pub track: u64,
    /// Probability that it exists and is a round.
    pub probability: f64,
    /// Where and when it will fall.
    pub impact: ImpactView,
}

/// An instant as RFC 3339 in UTC with milliseconds, `2026-11-22T16:13:49.123Z`; what cannot be written so (beyond the year
/// 9999) is written as its number of nanoseconds.
#[must_use]
pub fn rfc3339(time: Time) -> String {
    match jiff::Timestamp::from_nanosecond(i128::from(time.nanos())) {
        Ok(timestamp) => timestamp.strftime("%Y-%m-%dT%H:%M:%S.%3fZ").to_string(),
        Err(_) => time.nanos().to_string(),
    }
}

/// The word that serde writes for a plain enum value, such as `take_cover`.
pub(crate) fn word(value: impl Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => word,
        _ => String::new(),
    }
}
