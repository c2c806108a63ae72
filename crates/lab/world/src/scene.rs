//! A scenario made concrete: every object with its way, every radar with its pose.

use nalgebra::{Vector2, Vector3};
use parapet_flight::Environment;
use parapet_frame::{Geodetic, SensorPose, SiteFrame};

use crate::aim::{Free, OutOfReach, aim};
use crate::flyer::{Route, Wander, Waypoint, at_height, follow, wander};
use crate::path::{Moment, Path};
use crate::round::{Shot, TrueWorld, fly};
use crate::scenario::{
    Aircraft, AircraftKind, Arc, Flock, FlockKind, Ground, Key, Launch, Problem, Radar, RoundClass, Scenario,
    Transponder,
};
use crate::stream::Stream;

/// What something truly is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ObjectClass {
    /// A mortar bomb.
    Mortar,
    /// A shell.
    Artillery,
    /// A rocket.
    Rocket,
    /// An airliner.
    Airliner,
    /// A helicopter.
    Helicopter,
    /// A drone.
    Drone,
    /// A bird.
    Bird,
}

/// What is true of a round besides its way.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RoundFacts {
    /// Its ballistic coefficient, kg/m^2.
    pub beta_kg_m2: f64,
    /// When its motor went out, seconds since the start (launch time where there is none).
    pub burnout_s: f64,
    /// Where and when it came down.
    pub impact: Moment,
}

/// Something in the air.
#[derive(Clone, Debug)]
pub struct Object {
    /// Unique name.
    pub name: String,
    /// What it is.
    pub class: ObjectClass,
    /// Its way.
    pub path: Path,
    /// What is true of a round only.
    pub round: Option<RoundFacts>,
    /// What it answers, where it has a transponder.
    pub transponder: Option<Transponder>,
}

/// A radar with its pose in the site frame.
#[derive(Clone, Debug)]
pub struct PlacedRadar {
    /// As the scenario describes it.
    pub spec: Radar,
    /// Where it stands.
    pub pose: SensorPose,
}

/// A patch of clutter in the site frame.
#[derive(Clone, Debug)]
pub(crate) struct Patch {
    pub(crate) id: String,
    pub(crate) middle_m: Vector3<f64>,
    pub(crate) spread_m: f64,
    pub(crate) plots_per_scan: f64,
}

/// The whole scene.
#[derive(Clone, Debug)]
pub struct Scene {
    /// The frame of all places.
    pub frame: SiteFrame,
    /// The air and the ground as they truly are.
    pub world: TrueWorld,
    /// How long it plays, seconds.
    pub duration_s: f64,
    /// The seed of every draw.
    pub seed: u64,
    /// What is in the air, in the order of the file.
    pub objects: Vec<Object>,
    /// The radars, in the order of the file.
    pub radars: Vec<PlacedRadar>,
    pub(crate) patches: Vec<Patch>,
}

impl Scene {
    /// Makes a scenario concrete with a seed.
    ///
    /// # Errors
    /// When a place is none, a target is out of reach, or a round does not come down.
    pub fn build(scenario: &Scenario, seed: u64) -> Result<Self, Problem> {
        Builder::new(scenario, seed)?.build()
    }

    /// The place on the ground in site ENU, metres, of a latitude and longitude in degrees; `None` where that is no place.
    #[must_use]
    pub fn ground(&self, lat_deg: f64, lon_deg: f64) -> Option<Vector3<f64>> {
        let place = Geodetic { lat_deg, lon_deg, height_m: self.world.environment.ground_height_m };
        let in_plane = self.frame.site_from_geodetic(place).ok()?.to_vector().xy();
        Some(at_height(&self.world.environment, in_plane, self.world.environment.ground_height_m))
    }
}

struct Builder<'s> {
    scenario: &'s Scenario,
    scene: Scene,
}

impl<'s> Builder<'s> {
    fn new(scenario: &'s Scenario, seed: u64) -> Result<Self, Problem> {
        let site = scenario.site;
        let origin = Geodetic { lat_deg: site.lat_deg, lon_deg: site.lon_deg, height_m: site.height_m };
        let frame =
            SiteFrame::at(origin).map_err(|e| scenario.problem(&[Key::Name("site")], e.to_string(), "correct it"))?;
        let mut environment = Environment::sphere(site.lat_deg, site.height_m, site.ground_height_m);
        environment.wind_mps = [scenario.wind.east_mps, scenario.wind.north_mps];
        let world = TrueWorld { environment, wind_gain_per_m: scenario.wind.gain_per_km / 1_000.0 };
        let (objects, radars, patches) = Default::default();
        let scene = Scene { frame, world, duration_s: scenario.duration_s, seed, objects, radars, patches };
        Ok(Builder { scenario, scene })
    }

    fn build(mut self) -> Result<Scene, Problem> {
        let scenario = self.scenario;
        for (i, radar) in scenario.radar.iter().enumerate() {
            let place = Geodetic { lat_deg: radar.lat_deg, lon_deg: radar.lon_deg, height_m: radar.height_m };
            let pose = self.scene.frame.sensor_pose(place);
            let pose = pose.map_err(|e| self.problem("radar", i, "lat_deg", e.to_string(), "correct it"))?;
            self.scene.radars.push(PlacedRadar { spec: radar.clone(), pose });
        }
        for (i, launch) in scenario.launch.iter().enumerate() {
            self.launch(i, launch)?;
        }
        for (i, aircraft) in scenario.aircraft.iter().enumerate() {
            self.aircraft(i, aircraft)?;
        }
        for (i, flock) in scenario.flock.iter().enumerate() {
            self.flock(i, flock)?;
        }
        for (i, patch) in scenario.clutter_patch.iter().enumerate() {
            let plane_m = self.plane("clutter_patch", i, patch.lat_deg, patch.lon_deg)?;
            self.scene.patches.push(Patch {
                id: patch.id.clone(),
                middle_m: at_height(&self.scene.world.environment, plane_m, patch.height_m),
                spread_m: patch.spread_m,
                plots_per_scan: patch.plots_per_scan,
            });
        }
        Ok(self.scene)
    }

    fn problem(&self, list: &str, i: usize, key: &str, what: String, remedy: &str) -> Problem {
        self.scenario.problem(&[Key::Name(list), Key::Nth(i), Key::Name(key)], what, remedy)
    }

    fn stream(&self, object: &str, purpose: &str, number: u32) -> Stream {
        Stream::new(self.scene.seed, object, purpose, u64::from(number))
    }

    fn plane(&self, list: &str, i: usize, lat_deg: f64, lon_deg: f64) -> Result<Vector2<f64>, Problem> {
        let place = self.scene.ground(lat_deg, lon_deg);
        place.map(|p| p.xy()).ok_or_else(|| self.problem(list, i, "lat_deg", "no such place".to_owned(), "correct it"))
    }

    fn launch(&mut self, i: usize, launch: &Launch) -> Result<(), Problem> {
        for member in 0..launch.count {
            let shot = self.shot(i, launch, member)?;
            let flight = fly(&self.scene.world, &shot).ok_or_else(|| {
                let what = "this round does not come down within 300 s".to_owned();
                self.problem("launch", i, "id", what, "lower its speed or elevation")
            })?;
            let round = RoundFacts { beta_kg_m2: shot.beta_kg_m2, burnout_s: flight.burnout_s, impact: flight.impact };
            self.scene.objects.push(Object {
                name: member_name(&launch.id, member, launch.count),
                class: class_of(launch.class),
                path: flight.path,
                round: Some(round),
                transponder: None,
            });
        }
        Ok(())
    }

    fn shot(&self, i: usize, launch: &Launch, member: u32) -> Result<Shot, Problem> {
        let generic = Generic::of(launch.class);
        let mut place = self.stream(&launch.id, "launch place", member);
        let mut plane_m = self.plane("launch", i, launch.lat_deg, launch.lon_deg)?;
        plane_m +=
            Vector2::new(place.normal_within_3_sigma(launch.scatter_m), place.normal_within_3_sigma(launch.scatter_m));
        let environment = &self.scene.world.environment;
        let off = self.stream(&launch.id, "beta", member).normal_within_3_sigma(launch.beta_spread);
        let like = Shot {
            time_s: launch.at_s + f64::from(member) * launch.interval_s,
            position_m: at_height(environment, plane_m, environment.ground_height_m),
            speed_mps: launch.speed_mps.unwrap_or(generic.speed_mps.1),
            elevation_rad: launch.elevation_deg.unwrap_or(generic.elevation_deg).to_radians(),
            azimuth_rad: launch.azimuth_deg.unwrap_or(0.0).to_radians(),
            beta_kg_m2: launch.beta_kg_m2.unwrap_or(generic.beta_kg_m2) * parapet_frame::maths::exp(off),
            burn_s: launch.burn_s.unwrap_or(generic.burn_s),
            thrust_slope: launch.thrust_slope,
            drag_shape_scale: launch.drag_shape_scale,
        };
        launch.target.map_or(Ok(like), |target| self.aimed(i, launch, member, &like, target))
    }

    fn aimed(&self, i: usize, launch: &Launch, member: u32, like: &Shot, target: Ground) -> Result<Shot, Problem> {
        let generic = Generic::of(launch.class);
        let mut spread = self.stream(&launch.id, "dispersion", member);
        let mut plane_m = self.plane("launch", i, target.lat_deg, target.lon_deg)?;
        let mut off = || spread.normal_within_3_sigma(launch.dispersion_m);
        plane_m += Vector2::new(off(), off());
        let free = match (launch.speed_mps, launch.arc) {
            (None, _) => Free::Speed(generic.speed_mps.0, generic.speed_mps.1),
            (Some(_), Arc::Low) => Free::Elevation(5f64.to_radians(), 50f64.to_radians()),
            (Some(_), Arc::High) => Free::Elevation(86f64.to_radians(), 38f64.to_radians()),
        };
        aim(&self.scene.world, like, free, plane_m).map_err(|e| self.out_of_reach(i, launch, e))
    }

    fn out_of_reach(&self, i: usize, launch: &Launch, e: OutOfReach) -> Problem {
        let (near, far) = e.reach_m;
        let class = launch.class;
        let what =
            format!("the target is {:.0} m away, and this {class:?} reaches {near:.0} to {far:.0} m so", e.distance_m);
        self.problem("launch", i, "target", what, "move the target or the launch, or set speed_mps or elevation_deg")
    }

    fn aircraft(&mut self, i: usize, aircraft: &Aircraft) -> Result<(), Problem> {
        let (bank_deg, climb_max_mps): (f64, f64) = match aircraft.kind {
            AircraftKind::Airliner => (25.0, 15.0),
            AircraftKind::Helicopter => (20.0, 8.0),
            AircraftKind::Drone => (30.0, 5.0),
        };
        let corners = aircraft
            .route
            .iter()
            .map(|c| Ok(Waypoint { plane_m: self.plane("aircraft", i, c.lat_deg, c.lon_deg)?, height_m: c.height_m }));
        let route = Route {
            waypoints: corners.collect::<Result<_, Problem>>()?,
            speed_mps: aircraft.speed_mps,
            bank_rad: bank_deg.to_radians(),
            climb_max_mps,
        };
        self.scene.objects.push(Object {
            name: aircraft.id.clone(),
            class: match aircraft.kind {
                AircraftKind::Airliner => ObjectClass::Airliner,
                AircraftKind::Helicopter => ObjectClass::Helicopter,
                AircraftKind::Drone => ObjectClass::Drone,
            },
            path: follow(&self.scene.world.environment, &route, self.scene.duration_s),
            round: None,
            transponder: aircraft.transponder.clone(),
        });
        Ok(())
    }

    fn flock(&mut self, i: usize, flock: &Flock) -> Result<(), Problem> {
        let middle_m = self.plane("flock", i, flock.lat_deg, flock.lon_deg)?;
        for member in 0..flock.count {
            let mut begin = self.stream(&flock.id, "begin", member);
            let off = Vector3::new(begin.normal(flock.spread_m), begin.normal(flock.spread_m), begin.normal(5.0));
            // Those that keep together follow the way of the first.
            let leader = if flock.together { 0 } else { member };
            let mut way = self.stream(&flock.id, "way", leader);
            let how = wander_of(
                flock,
                middle_m + if flock.together { Vector2::zeros() } else { off.xy() },
                &self.scene,
                &mut way,
            );
            let path = wander(&self.scene.world.environment, &how, self.scene.duration_s, &mut way);
            let class = match flock.kind {
                FlockKind::Bird => ObjectClass::Bird,
                FlockKind::Drone => ObjectClass::Drone,
            };
            self.scene.objects.push(Object {
                name: member_name(&flock.id, member, flock.count),
                class,
                path: if flock.together { shifted(&path, off) } else { path },
                round: None,
                transponder: None,
            });
        }
        Ok(())
    }
}

fn wander_of(flock: &Flock, plane_m: Vector2<f64>, scene: &Scene, way: &mut Stream) -> Wander {
    let (turn_noise, speed_noise) = match flock.kind {
        FlockKind::Bird => (4f64.to_radians(), 0.8),
        FlockKind::Drone => (1f64.to_radians(), 0.3),
    };
    Wander {
        plane_m,
        height_m: flock.height_m,
        height_min_m: scene.world.environment.ground_height_m + 10.0,
        heading_rad: way.uniform(0.0, core::f64::consts::TAU),
        speed_mps: flock.speed_mps,
        turn_noise,
        speed_noise,
    }
}

fn shifted(path: &Path, by: Vector3<f64>) -> Path {
    Path::new(path.moments().iter().map(|m| Moment { position_m: m.position_m + by, ..*m }).collect())
}

fn member_name(id: &str, member: u32, count: u32) -> String {
    if count == 1 { id.to_owned() } else { format!("{id}-{}", member + 1) }
}

fn class_of(class: RoundClass) -> ObjectClass {
    match class {
        RoundClass::Mortar => ObjectClass::Mortar,
        RoundClass::Artillery => ObjectClass::Artillery,
        RoundClass::Rocket => ObjectClass::Rocket,
    }
}

/// What a class has where the scenario says nothing: public round numbers.
struct Generic {
    beta_kg_m2: f64,
    speed_mps: (f64, f64),
    elevation_deg: f64,
    burn_s: f64,
}

impl Generic {
    fn of(class: RoundClass) -> Self {
        match class {
            RoundClass::Mortar => {
                Generic { beta_kg_m2: 5_000.0, speed_mps: (100.0, 320.0), elevation_deg: 65.0, burn_s: 0.0 }
            }
            RoundClass::Artillery => {
                Generic { beta_kg_m2: 12_000.0, speed_mps: (250.0, 700.0), elevation_deg: 45.0, burn_s: 0.0 }
            }
            RoundClass::Rocket => {
                Generic { beta_kg_m2: 9_000.0, speed_mps: (150.0, 690.0), elevation_deg: 40.0, burn_s: 1.5 }
            }
        }
    }
}
