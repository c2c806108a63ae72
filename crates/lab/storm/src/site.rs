//! The site of a story: what a seed draws before anything goes wrong.

use core::f64::consts::TAU;
use std::net::{IpAddr, Ipv4Addr};

use parapet_asterix::IntakeSource;
use parapet_engine::{Config, Mode};
use parapet_frame::Time;
use parapet_siren::{Secret, World};
use parapet_study::play;
use parapet_track::SensorId;
use parapet_warn::{Policy, Zone};
use parapet_world::{Antenna, Launch, RoundClass, Scenario, Scene, Stream};

/// When the weather clears, seconds of the story: from then on nothing goes wrong any more.
pub const CLEARS_S: f64 = 50.0;
/// When the round is fired that comes after that.
const LAST_LAUNCH_S: f64 = 62.0;
/// So long after the last impact everything must have been well for a while, seconds.
const REST_S: f64 = 32.0;
/// Where the story's midnight is, where it has one.
pub(crate) const MIDNIGHT_S: f64 = 28.0;
/// Degrees of latitude and longitude to a metre here, near enough for a place that is then measured by the world's own frame.
const PLACE_DEG: (f64, f64) = (33.3, 44.4);
const DEG_PER_M: (f64, f64) = (1.0 / 110_900.0, 1.0 / 93_050.0);
/// Standard gravity, m/s^2.
const GRAVITY_MPS2: f64 = 9.806_65;
/// Midday of a day, and the midnight after it, seconds since 1970.
const MIDDAY_S: f64 = 1_600_084_800.0;
const MIDNIGHT_AT_S: f64 = 1_600_128_000.0;
/// Half of what zones measure, metres.
const HALF_M: (f64, f64) = (260.0, 420.0);

/// A siren of the site.
#[derive(Clone, Debug)]
pub(crate) struct SirenPost {
    pub(crate) name: String,
    /// The zones that it is heard in, by their places; empty for all.
    pub(crate) zones: Vec<usize>,
    pub(crate) secret: Secret,
}

impl SirenPost {
    pub(crate) fn hears(&self, zone: usize) -> bool {
        self.zones.is_empty() || self.zones.contains(&zone)
    }
}

/// A round as it truly is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TrueRound {
    pub(crate) launched_s: f64,
    pub(crate) impact_s: f64,
    pub(crate) impact_m: [f64; 2],
}

/// The site of one story.
#[derive(Clone, Debug)]
pub struct Site {
    pub(crate) seed: u64,
    pub(crate) scene: Scene,
    pub(crate) config: Config,
    pub(crate) sources: Vec<IntakeSource>,
    /// Sensors that speak on a second line too.
    pub(crate) redundant: Vec<bool>,
    pub(crate) sirens: Vec<SirenPost>,
    pub(crate) key: Secret,
    pub(crate) other_key: Secret,
    pub(crate) start: Time,
    /// When the day ends, where it does, seconds of the story.
    pub(crate) midnight_s: Option<f64>,
    pub(crate) rounds: Vec<TrueRound>,
    pub(crate) end_s: f64,
}

/// The address of a sensor, and of whoever pretends to be one.
pub(crate) fn address(sensor: usize) -> IpAddr {
    IpAddr::V4(Ipv4Addr::new(10, 0, 0, 1 + sensor as u8))
}

/// What a world is called in keys and messages.
pub(crate) fn world(mode: Mode) -> World {
    World::from(mode)
}

fn place_deg(east_m: f64, north_m: f64) -> (f64, f64) {
    (PLACE_DEG.0 + north_m * DEG_PER_M.0, PLACE_DEG.1 + east_m * DEG_PER_M.1)
}

impl Site {
    /// The site that a seed draws. `small` is the least there can be: one sensor, two rounds, one zone, one siren.
    ///
    /// # Errors
    /// When the scene cannot be made; that is a fault of this program, and says so.
    pub fn draw(seed: u64, small: bool) -> Result<Self, String> {
        let mut draws = Stream::new(seed, "site", "site", 0);
        let mut scenario = Scenario::parse("site.toml", include_str!("site.toml")).map_err(|e| e.to_string())?;
        let radars = if small { 1 } else { 1 + draws.uniform(0.0, 2.7) as usize };
        equip(&mut scenario, radars, small, &mut draws);
        shoot(&mut scenario, small, &mut draws);
        let mut scene = Scene::build(&scenario, seed).map_err(|e| e.to_string())?;
        let rounds: Vec<TrueRound> = scene.objects.iter().filter_map(true_round).collect();
        let last_s = rounds.iter().map(|round| round.impact_s).fold(CLEARS_S, f64::max);
        scene.duration_s = last_s + REST_S;
        let zones = zones(&rounds, small, &mut draws);
        let config = configure(&scene, zones, small, &mut draws);
        let sources = sources(&config);
        let redundant = (0..radars).map(|_| !small && draws.chance(0.35)).collect();
        let key = |name: &str, world| Secret::new(world, &seed_of_key(seed, name));
        let (ours, theirs) = match world(config.mode) {
            World::Live => (World::Live, World::Exercise),
            World::Exercise => (World::Exercise, World::Live),
        };
        let sirens = sirens(seed, ours, config.zones.len(), small, &mut draws);
        Ok(Site {
            seed,
            key: key("site", ours),
            other_key: key("other", theirs),
            end_s: scene.duration_s,
            scene,
            config,
            sources,
            redundant,
            sirens,
            start: Time::from_seconds(MIDDAY_S),
            midnight_s: None,
            rounds,
        })
    }

    /// Lets the day end in the middle of the story.
    pub(crate) fn end_the_day(&mut self) {
        self.start = Time::from_seconds(MIDNIGHT_AT_S - MIDNIGHT_S);
        self.midnight_s = Some(MIDNIGHT_S);
    }

    /// A second of the story as an instant.
    pub(crate) fn at(&self, second: f64) -> Time {
        self.start.plus_seconds(second)
    }

    /// An instant as a second of the story.
    pub(crate) fn second(&self, at: Time) -> f64 {
        at.seconds_since(self.start)
    }

    pub(crate) fn zone_key(&self, zone: usize) -> &str {
        self.config.zones.get(zone).map_or("", |zone| zone.key.as_str())
    }

    /// What the site is, in a few lines.
    #[must_use]
    pub fn told(&self) -> String {
        let policy = &self.config.policy;
        let mut text = format!(
            "{} site, {} sensors, {} zones, {} sirens, {} rounds, corroboration {}, ends at {:.0} s\n",
            world(self.config.mode).word(),
            self.config.sensors.len(),
            self.config.zones.len(),
            self.sirens.len(),
            self.rounds.len(),
            policy.corroboration,
            self.end_s
        );
        for (sensor, redundant) in self.config.sensors.iter().zip(&self.redundant) {
            let lines = if *redundant { "two lines" } else { "one line" };
            text += &format!(
                "  sensor {}: {:?}, every {:.2} s, {lines}, group {:?}, at most {:?} plots/s\n",
                sensor.name, sensor.scan, sensor.scan_period_s, sensor.trust.group, sensor.trust.plots_per_s_max
            );
        }
        for (number, round) in self.rounds.iter().enumerate() {
            let hit: Vec<&str> = self.hit(round, 0.0).map(|zone| self.zone_key(zone)).collect();
            text += &format!(
                "  round {number}: launched {:.2} s, comes down {:.2} s at {:.0} m east, {:.0} m north, in {hit:?}\n",
                round.launched_s, round.impact_s, round.impact_m[0], round.impact_m[1]
            );
        }
        text
    }

    /// The zones that a round comes down in, at least so far from their edges.
    pub(crate) fn hit(&self, round: &TrueRound, inside_m: f64) -> impl Iterator<Item = usize> {
        let place = round.impact_m;
        let zones = self.config.zones.iter().enumerate();
        zones.filter(move |(_, zone)| depth_m(zone, place) >= inside_m).map(|(number, _)| number)
    }
}

/// How deep in a zone a place lies, metres; negative outside. Zones of stories are rectangles along the axes.
pub(crate) fn depth_m(zone: &Zone, place: [f64; 2]) -> f64 {
    let Some(ring) = zone.rings.first() else { return f64::NEG_INFINITY };
    let mut depth = f64::INFINITY;
    for axis in 0..2 {
        let low = ring.iter().map(|corner| corner[axis]).fold(f64::INFINITY, f64::min);
        let high = ring.iter().map(|corner| corner[axis]).fold(f64::NEG_INFINITY, f64::max);
        depth = depth.min(place[axis] - low).min(high - place[axis]);
    }
    depth
}

fn true_round(object: &parapet_world::Object) -> Option<TrueRound> {
    let impact = object.round?.impact;
    let launched_s = object.path.moments().first()?.time_s;
    Some(TrueRound { launched_s, impact_s: impact.time_s, impact_m: [impact.position_m.x, impact.position_m.y] })
}

fn equip(scenario: &mut Scenario, count: usize, small: bool, draws: &mut Stream) {
    let template = scenario.radar[0].clone();
    scenario.radar = (0..count)
        .map(|number| {
            let mut radar = template.clone();
            radar.name = format!("r{number}");
            radar.sic = 1 + number as u8;
            let (way_rad, far_m) = (draws.uniform(0.0, TAU), draws.uniform(300.0, 1_800.0));
            let (lat_deg, lon_deg) = place_deg(far_m * way_rad.sin(), far_m * way_rad.cos());
            (radar.lat_deg, radar.lon_deg) = (lat_deg, lon_deg);
            radar.antenna = if small || draws.chance(0.7) { Antenna::Staring } else { Antenna::Rotating };
            radar.scan_period_s = draws.uniform(0.7, 1.0);
            radar.first_scan_s = draws.uniform(0.0, radar.scan_period_s);
            radar.detection_probability = draws.uniform(0.9, 0.98);
            radar.clutter_per_scan = draws.uniform(0.0, 1.0);
            radar.sigma_range_rate_mps = draws.chance(0.8).then_some(1.5);
            radar
        })
        .collect();
}

/// One to three rounds from one place while anything may go wrong, and one from elsewhere afterwards.
fn shoot(scenario: &mut Scenario, small: bool, draws: &mut Stream) {
    let template = scenario.launch[0].clone();
    let count = if small { 1 } else { 1 + draws.uniform(0.0, 2.5) as usize };
    let aim_m = [draws.uniform(-900.0, 900.0), draws.uniform(-900.0, 900.0)];
    let mut first = launch(&template, aim_m, small, draws);
    first.at_s = draws.uniform(2.0, 12.0);
    let gap_s = draws.uniform(1.0, 9.0);
    scenario.launch = (0..count)
        .map(|number| {
            let mut one = first.clone();
            one.id = format!("round-{number}");
            one.at_s += gap_s * number as f64;
            one.azimuth_deg = one.azimuth_deg.map(|deg| deg + if number > 0 { draws.normal(1.5) } else { 0.0 });
            one
        })
        .collect();
    let mut last = launch(&template, [draws.uniform(-900.0, 900.0), draws.uniform(-900.0, 900.0)], small, draws);
    last.id = "last".to_owned();
    last.at_s = LAST_LAUNCH_S;
    scenario.launch.push(last);
}

fn launch(template: &Launch, aim_m: [f64; 2], small: bool, draws: &mut Stream) -> Launch {
    let mut launch = template.clone();
    let (class, elevation_deg, speed_mps) = match draws.uniform(0.0, 1.0) {
        part if small || part < 0.6 => (RoundClass::Mortar, draws.uniform(52.0, 68.0), draws.uniform(160.0, 220.0)),
        part if part < 0.85 => (RoundClass::Artillery, draws.uniform(40.0, 52.0), draws.uniform(250.0, 290.0)),
        _ => (RoundClass::Rocket, draws.uniform(40.0, 52.0), draws.uniform(180.0, 260.0)),
    };
    // Without air, and a tenth less for it: the zones stand where the round truly comes down.
    let range_m = 0.9 * speed_mps * speed_mps * (2.0 * elevation_deg.to_radians()).sin() / GRAVITY_MPS2;
    let azimuth_rad = draws.uniform(0.0, TAU);
    let from_m = [aim_m[0] - range_m * azimuth_rad.sin(), aim_m[1] - range_m * azimuth_rad.cos()];
    (launch.lat_deg, launch.lon_deg) = place_deg(from_m[0], from_m[1]);
    launch.class = class;
    launch.speed_mps = Some(speed_mps);
    launch.elevation_deg = Some(elevation_deg);
    launch.azimuth_deg = Some(azimuth_rad.to_degrees());
    launch
}

fn zones(rounds: &[TrueRound], small: bool, draws: &mut Stream) -> Vec<Zone> {
    let mut about = |key: &str, place: [f64; 2], off_m: f64| {
        let half_m = draws.uniform(HALF_M.0, HALF_M.1);
        let middle = place.map(|along| along + draws.uniform(-off_m, off_m));
        Zone {
            key: key.to_owned(),
            name: key.to_uppercase(),
            kind: "test".to_owned(),
            people: 100,
            rings: vec![vec![
                [middle[0] - half_m, middle[1] - half_m],
                [middle[0] + half_m, middle[1] - half_m],
                [middle[0] + half_m, middle[1] + half_m],
                [middle[0] - half_m, middle[1] + half_m],
            ]],
            alarm_probability: 0.1,
            shelter_s: draws.chance(0.3).then_some(15.0),
        }
    };
    let of = |number: usize| rounds.get(number).map_or([0.0; 2], |round| round.impact_m);
    let first = of(0);
    let last = of(rounds.len().saturating_sub(1));
    if small {
        // One zone for both rounds of the small world: as long as it has to be.
        let mut zone = about("depot", first, 0.0);
        let low = [0, 1].map(|axis| first[axis].min(last[axis]) - 250.0);
        let high = [0, 1].map(|axis| first[axis].max(last[axis]) + 250.0);
        zone.rings = vec![vec![low, [high[0], low[1]], high, [low[0], high[1]]]];
        return vec![zone];
    }
    let zones = vec![about("depot", first, 90.0), about("clinic", last, 90.0)];
    let far = [first[0] + 3_500.0, first[1] - 2_500.0];
    zones.into_iter().chain([about("village", far, 300.0)]).collect()
}

fn configure(scene: &Scene, zones: Vec<Zone>, small: bool, draws: &mut Stream) -> Config {
    let mut config = play::configuration(scene, zones);
    config.mode = if draws.chance(0.5) { Mode::Live } else { Mode::Exercise };
    // Shorter than an owner would choose, so that a story is over within minutes of its own time.
    config.policy = Policy {
        hold_s: 8.0,
        withdraw_after_s: 5.0,
        sight_lost_max_s: 20.0,
        operator_hold_max_s: 30.0,
        operator_alarm_s: 20.0,
        wait_part_max: if draws.chance(0.5) { 0.1 } else { 0.0 },
        ..Policy::default()
    };
    for sensor in &mut config.sensors {
        sensor.silent_after_s = 2.0;
        sensor.trust.plots_per_s_max = (!small && draws.chance(0.35)).then_some(25.0);
    }
    if config.sensors.len() == 3 && draws.chance(0.5) {
        config.sensors[..2].iter_mut().for_each(|sensor| sensor.trust.group = Some("tower".to_owned()));
    }
    if config.sensors.len() > 1 && draws.chance(0.35) {
        config.policy.corroboration = 2;
    }
    config.limits.tracks_max = 400;
    config
}

fn sources(config: &Config) -> Vec<IntakeSource> {
    let one = |(number, sensor): (usize, &parapet_track::SensorModel)| IntakeSource {
        sensor: SensorId(number as u16),
        sac: 25,
        sic: 1 + number as u8,
        pose: sensor.pose,
        sigma_elevation_rad: Some(0.15_f64.to_radians()),
        sigma_barometric_height_m: 50.0,
        links: vec![number as u16, redundant_link(number)],
        senders: vec![address(number)],
        editions: Vec::new(),
    };
    config.sensors.iter().enumerate().map(one).collect()
}

/// The second line of a sensor.
pub(crate) fn redundant_link(sensor: usize) -> u16 {
    16 + sensor as u16
}

fn sirens(seed: u64, world: World, zones: usize, small: bool, draws: &mut Stream) -> Vec<SirenPost> {
    let count = if small { 1 } else { 1 + draws.uniform(0.0, 2.6) as usize };
    (0..count)
        .map(|number| SirenPost {
            name: format!("siren-{number}"),
            zones: if small || number == 1 { Vec::new() } else { vec![number.min(zones - 1)] },
            secret: Secret::new(world, &seed_of_key(seed, &format!("siren-{number}"))),
        })
        .collect()
}

/// Keys of stories are drawn like everything else: they protect nothing.
pub(crate) fn seed_of_key(seed: u64, name: &str) -> [u8; 32] {
    let mut draws = Stream::new(seed, name, "key", 0);
    core::array::from_fn(|_| draws.uniform(0.0, 256.0) as u8)
}
