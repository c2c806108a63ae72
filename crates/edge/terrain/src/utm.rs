//! From latitude and longitude to easting and northing.

/// WGS 84: equatorial radius, metres, and flattening (NGA.STND.0036, table 3.1).
const A_M: f64 = 6_378_137.0;
const F: f64 = 1.0 / 298.257_223_563;
/// UTM: scale on the central meridian, false easting and, in the south, false northing, metres.
const SCALE: f64 = 0.9996;
const EAST_M: f64 = 500_000.0;
const NORTH_M: f64 = 10_000_000.0;

/// A zone of the Universal Transverse Mercator grid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Zone {
    /// 1 to 60.
    pub(crate) number: u16,
    /// South of the equator.
    pub(crate) is_south: bool,
}

impl Zone {
    /// Easting and northing in metres.
    ///
    /// Krueger's series in the third flattening to its fourth power (Karney 2011, "Transverse Mercator with an accuracy of a few
    /// nanometers", equations 7 to 11 and 35).
    pub(crate) fn east_north_m(self, lat_deg: f64, lon_deg: f64) -> [f64; 2] {
        const N: f64 = F / (2.0 - F);
        const N2: f64 = N * N;
        const N3: f64 = N2 * N;
        const N4: f64 = N3 * N;
        const RECTIFYING_M: f64 = A_M / (1.0 + N) * (1.0 + N2 / 4.0 + N4 / 64.0);
        const ALPHA: [f64; 4] = [
            N / 2.0 - 2.0 / 3.0 * N2 + 5.0 / 16.0 * N3 + 41.0 / 180.0 * N4,
            13.0 / 48.0 * N2 - 3.0 / 5.0 * N3 + 557.0 / 1440.0 * N4,
            61.0 / 240.0 * N3 - 103.0 / 140.0 * N4,
            49_561.0 / 161_280.0 * N4,
        ];
        let e = (F * (2.0 - F)).sqrt();
        let meridian_deg = 6.0 * f64::from(self.number) - 183.0;
        let (sin_lat, lon_rad) = (lat_deg.to_radians().sin(), (lon_deg - meridian_deg).to_radians());
        let tangent = (sin_lat.atanh() - e * (e * sin_lat).atanh()).sinh();
        let (sin_lon, cos_lon) = lon_rad.sin_cos();
        let (xi, eta) = (tangent.atan2(cos_lon), (sin_lon / tangent.hypot(cos_lon)).asinh());
        let (mut north, mut east) = (xi, eta);
        for (order, alpha) in (1..).map(f64::from).zip(ALPHA) {
            let (sin, cos) = (2.0 * order * xi).sin_cos();
            north += alpha * sin * (2.0 * order * eta).cosh();
            east += alpha * cos * (2.0 * order * eta).sinh();
        }
        let south_m = if self.is_south { NORTH_M } else { 0.0 };
        [EAST_M + SCALE * RECTIFYING_M * east, south_m + SCALE * RECTIFYING_M * north]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// By PROJ, as GDAL 3.10 calls it (`gdaltransform -s_srs EPSG:4326 -t_srs EPSG:32632` and so on).
    #[test]
    fn agrees_with_proj() {
        let zones = [(32, false), (33, true), (32, false), (33, false)];
        let places = [(48.137, 11.575), (-33.9, 18.4), (47.0, 6.01), (60.1, 17.9)];
        let projected = [
            [691_567.326_384, 5_334_734.330_482],
            [814_420.330_951, 6_243_724.840_075],
            [272_690.619_010, 5_209_503.759_857],
            [661_232.233_995, 6_666_086.421_050],
        ];
        for (((number, is_south), (lat_deg, lon_deg)), there) in zones.into_iter().zip(places).zip(projected) {
            let here = Zone { number, is_south }.east_north_m(lat_deg, lon_deg);
            let off_m = (here[0] - there[0]).hypot(here[1] - there[1]);
            assert!(off_m < 1e-3, "{number}: {here:?} {there:?}");
        }
    }

    #[test]
    fn the_equator_on_the_central_meridian_is_where_zones_begin() {
        assert_eq!(Zone { number: 31, is_south: false }.east_north_m(0.0, 3.0), [500_000.0, 0.0]);
        assert_eq!(Zone { number: 31, is_south: true }.east_north_m(0.0, 3.0), [500_000.0, 10_000_000.0]);
    }
}
