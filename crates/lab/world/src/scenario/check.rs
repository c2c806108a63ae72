//! Whether the values of a scenario make sense.

use std::collections::BTreeSet;
use std::ops::RangeInclusive;

use super::{Aircraft, ClutterPatch, Flock, Key, Launch, Microphone, Problem, Radar, Scenario, Transponder};
use Key::{Name, Nth};

/// Nothing is simulated in greater number than this.
const COUNT_MAX: u32 = 10_000;

pub(super) fn check(scenario: &Scenario) -> Result<(), Problem> {
    let look = Look { scenario };
    look.within(&[Name("duration_s")], scenario.duration_s, 1.0..=86_400.0)?;
    let site = &scenario.site;
    look.place(&[Name("site")], site.lat_deg, site.lon_deg)?;
    look.within(&[Name("site"), Name("height_m")], site.height_m, -500.0..=9_000.0)?;
    look.within(&[Name("site"), Name("ground_height_m")], site.ground_height_m, -500.0..=9_000.0)?;
    look.within(&[Name("wind"), Name("east_mps")], scenario.wind.east_mps, -100.0..=100.0)?;
    look.within(&[Name("wind"), Name("north_mps")], scenario.wind.north_mps, -100.0..=100.0)?;
    look.within(&[Name("wind"), Name("gain_per_km")], scenario.wind.gain_per_km, -1.0..=5.0)?;
    if scenario.radar.is_empty() {
        return Err(look.problem(&[Name("radar")], "there is no radar", "add a [[radar]]"));
    }
    look.unique_names()?;
    for (i, radar) in scenario.radar.iter().enumerate() {
        look.radar(At { list: "radar", i }, radar)?;
    }
    look.within(&[Name("sound_sigma_mps")], scenario.sound_sigma_mps, 0.0..=30.0)?;
    for (i, microphone) in scenario.microphone.iter().enumerate() {
        look.microphone(At { list: "microphone", i }, microphone)?;
    }
    for (i, launch) in scenario.launch.iter().enumerate() {
        look.launch(At { list: "launch", i }, launch)?;
    }
    for (i, aircraft) in scenario.aircraft.iter().enumerate() {
        look.aircraft(At { list: "aircraft", i }, aircraft)?;
    }
    for (i, flock) in scenario.flock.iter().enumerate() {
        look.flock(At { list: "flock", i }, flock)?;
    }
    for (i, patch) in scenario.clutter_patch.iter().enumerate() {
        look.patch(At { list: "clutter_patch", i }, patch)?;
    }
    Ok(())
}

/// An entry of a list of tables.
#[derive(Clone, Copy)]
struct At {
    list: &'static str,
    i: usize,
}

impl At {
    fn key<'a>(&self, name: &'a str) -> [Key<'a>; 3] {
        [Name(self.list), Nth(self.i), Name(name)]
    }
}

struct Look<'s> {
    scenario: &'s Scenario,
}

impl Look<'_> {
    fn problem(&self, key: &[Key<'_>], what: impl Into<String>, remedy: impl Into<String>) -> Problem {
        self.scenario.problem(key, what, remedy)
    }

    fn within(&self, key: &[Key<'_>], value: f64, range: RangeInclusive<f64>) -> Result<(), Problem> {
        if range.contains(&value) {
            return Ok(());
        }
        let remedy = format!("use a number from {} to {}", range.start(), range.end());
        Err(self.problem(key, format!("{value} is out of range"), remedy))
    }

    fn all_within(&self, at: At, values: &[(&str, f64, RangeInclusive<f64>)]) -> Result<(), Problem> {
        values.iter().try_for_each(|(name, value, range)| self.within(&at.key(name), *value, range.clone()))
    }

    fn microphone(&self, at: At, microphone: &Microphone) -> Result<(), Problem> {
        self.place(&[Name(at.list), Nth(at.i)], microphone.lat_deg, microphone.lon_deg)?;
        self.all_within(
            at,
            &[
                ("earshot_m", microphone.earshot_m, 0.0..=50_000.0),
                ("detection_probability", microphone.detection_probability, 0.0..=1.0),
                ("sigma_time_s", microphone.sigma_time_s, 0.0..=10.0),
                ("sigma_azimuth_deg", microphone.sigma_azimuth_deg.unwrap_or(1.0), 0.0001..=180.0),
                ("sigma_position_m", microphone.sigma_position_m, 0.0..=1_000.0),
                ("clock_error_s", microphone.clock_error_s, -60.0..=60.0),
                ("false_per_minute", microphone.false_per_minute, 0.0..=1_000.0),
                ("delay_s", microphone.delay_s, 0.0..=60.0),
            ],
        )
    }

    fn place(&self, table: &[Key<'_>], lat_deg: f64, lon_deg: f64) -> Result<(), Problem> {
        let key = |name| [table, &[Name(name)]].concat();
        self.within(&key("lat_deg"), lat_deg, -85.0..=85.0)?;
        self.within(&key("lon_deg"), lon_deg, -180.0..=180.0)
    }

    /// Names tell random streams apart, so no two things may share one.
    fn unique_names(&self) -> Result<(), Problem> {
        let s = self.scenario;
        let names = |list: &'static str, ids: Vec<&str>| -> Vec<(At, String)> {
            ids.into_iter().enumerate().map(|(i, id)| (At { list, i }, id.to_owned())).collect()
        };
        let things = [
            names("launch", s.launch.iter().map(|l| l.id.as_str()).collect()),
            names("aircraft", s.aircraft.iter().map(|a| a.id.as_str()).collect()),
            names("flock", s.flock.iter().map(|f| f.id.as_str()).collect()),
            names("clutter_patch", s.clutter_patch.iter().map(|p| p.id.as_str()).collect()),
        ];
        let radars = names("radar", s.radar.iter().map(|r| r.name.as_str()).collect());
        for (list, key) in [(things.concat(), "id"), (radars, "name")] {
            let mut seen = BTreeSet::new();
            for (at, id) in list {
                if id.is_empty() || !seen.insert(id.clone()) {
                    let what = format!("\"{id}\" is empty or taken already");
                    return Err(self.problem(&at.key(key), what, "give every object a name of its own"));
                }
            }
        }
        Ok(())
    }

    fn radar(&self, at: At, r: &Radar) -> Result<(), Problem> {
        self.place(&at.key("")[..2], r.lat_deg, r.lon_deg)?;
        self.all_within(
            at,
            &[
                ("height_m", r.height_m, -500.0..=9_000.0),
                ("scan_period_s", r.scan_period_s, 0.05..=60.0),
                ("first_scan_s", r.first_scan_s, 0.0..=60.0),
                ("range_min_m", r.range_min_m, 0.0..=400_000.0),
                ("range_max_m", r.range_max_m, r.range_min_m..=470_000.0),
                ("elevation_min_deg", r.elevation_min_deg, -10.0..=90.0),
                ("elevation_max_deg", r.elevation_max_deg, r.elevation_min_deg..=90.0),
                ("detection_probability", r.detection_probability, 0.0..=1.0),
                ("sigma_range_m", r.sigma_range_m, 0.0..=1_000.0),
                ("sigma_azimuth_deg", r.sigma_azimuth_deg, 0.0..=10.0),
                ("sigma_elevation_deg", r.sigma_elevation_deg, 0.0..=10.0),
                ("sigma_range_rate_mps", r.sigma_range_rate_mps.unwrap_or(0.0), 0.0..=100.0),
                ("clutter_per_scan", r.clutter_per_scan, 0.0..=10_000.0),
                ("clutter_elevation_max_deg", r.clutter_elevation_max_deg, r.elevation_min_deg..=90.0),
                ("bias_range_m", r.bias_range_m, -5_000.0..=5_000.0),
                ("bias_azimuth_deg", r.bias_azimuth_deg, -180.0..=180.0),
                ("bias_elevation_deg", r.bias_elevation_deg, -20.0..=20.0),
                ("stamp_error_s", r.stamp_error_s, -3_600.0..=3_600.0),
                ("delay_s", r.delay_s, 0.0..=60.0),
                ("delay_jitter_s", r.delay_jitter_s, 0.0..=60.0),
            ],
        )
    }

    fn launch(&self, at: At, l: &Launch) -> Result<(), Problem> {
        self.place(&at.key("")[..2], l.lat_deg, l.lon_deg)?;
        self.all_within(
            at,
            &[
                ("at_s", l.at_s, 0.0..=self.scenario.duration_s),
                ("scatter_m", l.scatter_m, 0.0..=10_000.0),
                ("dispersion_m", l.dispersion_m, 0.0..=10_000.0),
                ("speed_mps", l.speed_mps.unwrap_or(100.0), 30.0..=1_000.0),
                ("elevation_deg", l.elevation_deg.unwrap_or(45.0), 5.0..=88.0),
                ("azimuth_deg", l.azimuth_deg.unwrap_or(0.0), -360.0..=360.0),
                ("beta_kg_m2", l.beta_kg_m2.unwrap_or(1e4), 500.0..=100_000.0),
                ("beta_spread", l.beta_spread, 0.0..=1.0),
                ("burn_s", l.burn_s.unwrap_or(0.0), 0.0..=20.0),
                ("thrust_slope", l.thrust_slope, -1.0..=1.0),
                ("drag_shape_scale", l.drag_shape_scale, 0.0..=3.0),
                ("interval_s", l.interval_s, 0.0..=3_600.0),
            ],
        )?;
        self.count(at, l.count)?;
        let (speed, elevation, azimuth) = (l.speed_mps, l.elevation_deg, l.azimuth_deg);
        match l.target {
            Some(target) => {
                self.place(&at.key("target"), target.lat_deg, target.lon_deg)?;
                if azimuth.is_some() || (speed.is_some() && elevation.is_some()) {
                    let what = "a launch with a target has its azimuth, and speed or elevation, found for it";
                    return Err(self.problem(
                        &at.key("target"),
                        what,
                        "leave out azimuth_deg, and one of the other two",
                    ));
                }
            }
            None if speed.is_none() || elevation.is_none() || azimuth.is_none() => {
                let remedy = "add target = { lat_deg, lon_deg }, or speed_mps, elevation_deg and azimuth_deg";
                return Err(self.problem(&at.key("id"), "nothing says where this round goes", remedy));
            }
            None if l.dispersion_m > 0.0 => {
                let what = "dispersion is about a target, and there is none";
                return Err(self.problem(&at.key("dispersion_m"), what, "add a target, or leave it out"));
            }
            None => {}
        }
        Ok(())
    }

    fn count(&self, at: At, count: u32) -> Result<(), Problem> {
        if (1..=COUNT_MAX).contains(&count) {
            return Ok(());
        }
        let remedy = format!("use a number from 1 to {COUNT_MAX}");
        Err(self.problem(&at.key("count"), format!("{count} is out of range"), remedy))
    }

    fn aircraft(&self, at: At, a: &Aircraft) -> Result<(), Problem> {
        self.within(&at.key("speed_mps"), a.speed_mps, 1.0..=400.0)?;
        if a.route.len() < 2 {
            let what = format!("a route of {} corners leads nowhere", a.route.len());
            return Err(self.problem(&at.key("route"), what, "give at least two corners"));
        }
        for (n, corner) in a.route.iter().enumerate() {
            let table = [Name(at.list), Nth(at.i), Name("route"), Nth(n)];
            self.place(&table, corner.lat_deg, corner.lon_deg)?;
            self.within(&[&table[..], &[Name("height_m")]].concat(), corner.height_m, -100.0..=20_000.0)?;
        }
        a.transponder.as_ref().map_or(Ok(()), |t| self.transponder(at, t))
    }

    fn transponder(&self, at: At, t: &Transponder) -> Result<(), Problem> {
        let key = |name| [Name(at.list), Nth(at.i), Name("transponder"), Name(name)];
        if t.address > 0xFF_FFFF {
            return Err(self.problem(&key("address"), "more than 24 bits", "use 0x000001 to 0xFFFFFF"));
        }
        if t.mode_3a.len() != 4 || !t.mode_3a.bytes().all(|c| (b'0'..=b'7').contains(&c)) {
            let what = format!("\"{}\" is not four octal digits", t.mode_3a);
            return Err(self.problem(&key("mode_3a"), what, "use digits 0 to 7, such as \"4512\""));
        }
        let plain = |c: u8| c.is_ascii_uppercase() || c.is_ascii_digit() || c == b' ';
        if t.callsign.len() > 8 || !t.callsign.bytes().all(plain) {
            let what = format!("\"{}\" is not an aircraft identification", t.callsign);
            return Err(self.problem(&key("callsign"), what, "use up to eight of A-Z, 0-9 and blank"));
        }
        Ok(())
    }

    fn flock(&self, at: At, f: &Flock) -> Result<(), Problem> {
        self.place(&at.key("")[..2], f.lat_deg, f.lon_deg)?;
        self.count(at, f.count)?;
        self.all_within(
            at,
            &[
                ("spread_m", f.spread_m, 0.0..=50_000.0),
                ("height_m", f.height_m, -100.0..=5_000.0),
                ("speed_mps", f.speed_mps, 1.0..=100.0),
            ],
        )
    }

    fn patch(&self, at: At, p: &ClutterPatch) -> Result<(), Problem> {
        self.place(&at.key("")[..2], p.lat_deg, p.lon_deg)?;
        self.all_within(
            at,
            &[
                ("height_m", p.height_m, -500.0..=9_000.0),
                ("spread_m", p.spread_m, 0.0..=10_000.0),
                ("plots_per_scan", p.plots_per_scan, 0.0..=1_000.0),
            ],
        )
    }
}
