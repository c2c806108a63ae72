//! Compact Position Reporting (ICAO Doc 9871, C.2.6): latitude and longitude in 17 bits each, by zones that an even and an odd
//! message divide differently.

/// Which of the two ways of dividing the Earth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Parity {
    /// 60 zones of latitude.
    Even,
    /// 59 zones of latitude.
    Odd,
}

/// A position of an airborne aircraft as it is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Airborne {
    /// How it is divided.
    pub parity: Parity,
    /// Latitude within its zone, 17 bits.
    pub lat: u32,
    /// Longitude within its zone, 17 bits.
    pub lon: u32,
}

/// Steps of a zone.
const STEPS: f64 = 131_072.0;
/// Latitudes, degrees, from which on there are fewer zones of longitude: 59 below the first, 1 from the last on
/// (Doc 9871, C.2.6.2 d: `acos(sqrt((1 - cos(pi / 30)) / (1 - cos(2 pi / NL))))`).
#[rustfmt::skip]
const FEWER_ZONES_DEG: [f64; 58] = [
    10.47047130, 14.82817437, 18.18626357, 21.02939493, 23.54504487, 25.82924707, 27.93898710, 29.91135686,
    31.77209708, 33.53993436, 35.22899598, 36.85025108, 38.41241892, 39.92256684, 41.38651832, 42.80914012,
    44.19454951, 45.54626723, 46.86733252, 48.16039128, 49.42776439, 50.67150166, 51.89342469, 53.09516153,
    54.27817472, 55.44378444, 56.59318756, 57.72747354, 58.84763776, 59.95459277, 61.04917774, 62.13216659,
    63.20427479, 64.26616523, 65.31845310, 66.36171008, 67.39646774, 68.42322022, 69.44242631, 70.45451075,
    71.45986473, 72.45884545, 73.45177442, 74.43893416, 75.42056257, 76.39684391, 77.36789461, 78.33374083,
    79.29428225, 80.24923213, 81.19801349, 82.13956981, 83.07199445, 83.99173563, 84.89166191, 85.75541621,
    86.53536998, 87.00000000,
];

/// Number of zones of longitude at a latitude.
fn zones(lat_deg: f64) -> f64 {
    (59 - FEWER_ZONES_DEG.partition_point(|from| *from <= lat_deg.abs())) as f64
}

impl Parity {
    fn zones_of_latitude(self) -> f64 {
        match self {
            Parity::Even => 60.0,
            Parity::Odd => 59.0,
        }
    }

    fn zones_of_longitude(self, lat_deg: f64) -> f64 {
        let fewer = if self == Parity::Odd { 1.0 } else { 0.0 };
        (zones(lat_deg) - fewer).max(1.0)
    }
}

impl Airborne {
    fn lat_part(&self) -> f64 {
        f64::from(self.lat) / STEPS
    }

    fn lon_part(&self) -> f64 {
        f64::from(self.lon) / STEPS
    }
}

/// Latitude and longitude, degrees, of the later of two messages of an aircraft that hardly moved in between (10 s at most); `None`
/// where they are not one even and one odd, or lie in bands of different zones.
#[must_use]
pub fn of_pair(earlier: &Airborne, later: &Airborne) -> Option<[f64; 2]> {
    let (even, odd) = match (earlier.parity, later.parity) {
        (Parity::Even, Parity::Odd) => (earlier, later),
        (Parity::Odd, Parity::Even) => (later, earlier),
        _ => return None,
    };
    let index = (59.0 * even.lat_part() - 60.0 * odd.lat_part() + 0.5).floor();
    let lat = |of: &Airborne| {
        let zones = of.parity.zones_of_latitude();
        let lat_deg = 360.0 / zones * (index.rem_euclid(zones) + of.lat_part());
        if lat_deg >= 270.0 { lat_deg - 360.0 } else { lat_deg }
    };
    if zones(lat(even)) != zones(lat(odd)) {
        return None;
    }
    let lat_deg = lat(later);
    let all = zones(lat_deg);
    let index = (even.lon_part() * (all - 1.0) - odd.lon_part() * all + 0.5).floor();
    let zones = later.parity.zones_of_longitude(lat_deg);
    on_earth(lat_deg, 360.0 / zones * (index.rem_euclid(zones) + later.lon_part()))
}

/// Latitude and longitude, degrees, of an aircraft known to be within 180 nautical miles of a place.
#[must_use]
pub fn of_reference(sent: &Airborne, [near_lat_deg, near_lon_deg]: [f64; 2]) -> Option<[f64; 2]> {
    let nearest = |near: f64, size: f64, part: f64| {
        let index = (near / size).floor() + (0.5 + (near / size).rem_euclid(1.0) - part).floor();
        size * (index + part)
    };
    let lat_deg = nearest(near_lat_deg, 360.0 / sent.parity.zones_of_latitude(), sent.lat_part());
    let lon_deg = nearest(near_lon_deg, 360.0 / sent.parity.zones_of_longitude(lat_deg), sent.lon_part());
    on_earth(lat_deg, lon_deg)
}

fn on_earth(lat_deg: f64, lon_deg: f64) -> Option<[f64; 2]> {
    let lon_deg = (lon_deg + 180.0).rem_euclid(360.0) - 180.0;
    (lat_deg.abs() <= 90.0).then_some([lat_deg, lon_deg])
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// As an aircraft encodes its position (Doc 9871, C.2.6.3).
    fn encoded(lat_deg: f64, lon_deg: f64, parity: Parity) -> Airborne {
        let size = 360.0 / parity.zones_of_latitude();
        let lat = (STEPS * lat_deg.rem_euclid(size) / size + 0.5).floor();
        let sent_deg = size * (lat / STEPS + (lat_deg / size).floor());
        let size = 360.0 / parity.zones_of_longitude(sent_deg);
        let lon = (STEPS * lon_deg.rem_euclid(size) / size + 0.5).floor();
        Airborne { parity, lat: lat as u32 % 131_072, lon: lon as u32 % 131_072 }
    }

    fn is_near(found: [f64; 2], lat_deg: f64, lon_deg: f64) -> bool {
        let off_lon = (found[1] - lon_deg + 180.0).rem_euclid(360.0) - 180.0;
        // A step of latitude is 5 m; one of longitude grows towards the poles.
        (found[0] - lat_deg).abs() < 1e-4 && off_lon.abs() < 3e-3
    }

    proptest! {
        #[test]
        fn what_is_sent_is_found(lat_deg in -86.0..86.0_f64, lon_deg in -180.0..180.0_f64) {
            let [even, odd] = [Parity::Even, Parity::Odd].map(|parity| encoded(lat_deg, lon_deg, parity));
            // Near a border of zones the two may lie on different sides of it: then nothing is found, never a wrong place.
            for (earlier, later) in [(&even, &odd), (&odd, &even)] {
                if let Some(found) = of_pair(earlier, later) {
                    prop_assert!(is_near(found, lat_deg, lon_deg), "{:?}", found);
                }
            }
            for sent in [&even, &odd] {
                let found = of_reference(sent, [lat_deg + 0.8, lon_deg - 0.5]).unwrap();
                prop_assert!(is_near(found, lat_deg, lon_deg), "{:?}", found);
            }
        }

        #[test]
        fn nothing_that_is_sent_lies_off_the_earth(lat in 0..131_072_u32, lon in 0..131_072_u32, other in 0..131_072_u32) {
            let [even, odd] = [(Parity::Even, lat), (Parity::Odd, other)].map(|(parity, lat)| Airborne { parity, lat, lon });
            let found = [of_pair(&even, &odd), of_pair(&odd, &even), of_reference(&even, [80.0, 179.9])];
            for [lat_deg, lon_deg] in found.into_iter().flatten() {
                prop_assert!(lat_deg.abs() <= 90.0 && (-180.0..=180.0).contains(&lon_deg));
            }
        }
    }
}
