//! Puts the ground of an elevation model under a site, once, at the start.

use std::fmt;
use std::fs::File;
use std::io::BufReader;
use std::path::Path;
use std::sync::Arc;

use parapet_flight::Terrain;
use parapet_site::{Site, TerrainFile};
use parapet_terrain::{ElevationModel, Plan, Survey, VerticalDatum};

/// Farthest that the ground is taken where the configuration does not say, metres: rounds of the kinds treated here fly no farther.
const REACH_MAX_M: f64 = 60_000.0;
/// Nearest, metres.
const REACH_MIN_M: f64 = 1_000.0;
/// An antenna this far under the ground is a mistake of the survey, metres; less is what elevation models err by.
const UNDER_GROUND_M: f64 = 10.0;
/// The same for the ground that the configuration gives for the site's origin.
const OFF_GROUND_M: f64 = 50.0;

/// What was read of an elevation model, for people.
#[derive(Clone, Debug, PartialEq)]
pub struct GroundReport {
    lines: Vec<String>,
}

impl fmt::Display for GroundReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.lines.iter().try_for_each(|line| writeln!(f, "{line}"))
    }
}

/// Reads the elevation model that a site's configuration names, if it names one, and puts its ground into the configuration. The file
/// is relative to `folder`. What the operator should know is added to the site's warnings.
///
/// # Errors
/// When the file cannot be read or used: file, line, key, what is wrong and what to do, for people.
pub fn lay_ground(site: &mut Site, folder: &Path) -> Result<Option<GroundReport>, String> {
    let Some(named) = site.terrain.clone() else { return Ok(None) };
    let refused = |what: &str, remedy: &str| named.problem(what, remedy).to_string();
    let file = File::open(folder.join(&named.file)).map_err(|error| {
        refused(
            &format!("it cannot be read: {error}"),
            "write its name relative to this file, and check that it exists",
        )
    })?;
    let plan = plan(site, &named);
    let surveyed = ElevationModel::open(BufReader::new(file)).and_then(|mut model| {
        let survey = model.survey(&site.frame, &plan)?;
        Ok((model, survey))
    });
    let (model, survey) = surveyed.map_err(|error| refused(&error.to_string(), &error.remedy()))?;
    let lines = lines(&named, &model, &survey, &plan);
    let terrain =
        Terrain::new(survey.grid).map_err(|error| refused(&error.to_string(), "please report this as a fault"))?;
    site.config.environment.terrain = Some(Arc::new(terrain));
    let mut report = GroundReport { lines };
    hold_against_survey(site, &mut report);
    Ok(Some(report))
}

fn plan(site: &Site, named: &TerrainFile) -> Plan {
    let reaches = site.config.sensors.iter().map(|sensor| {
        let [east_m, north_m, _] = sensor.pose.origin_m;
        sensor.range_max_m + east_m.hypot(north_m)
    });
    let reach_m = named.reach_m.unwrap_or_else(|| reaches.fold(REACH_MIN_M, f64::max).min(REACH_MAX_M));
    let ground_height_m = site.config.environment.ground_height_m;
    Plan { reach_m, resolution_m: named.resolution_m, geoid_m: named.geoid_m, ground_height_m }
}

fn lines(named: &TerrainFile, model: &ElevationModel<BufReader<File>>, survey: &Survey, plan: &Plan) -> Vec<String> {
    let (columns, rows) = model.size();
    let grid = &survey.grid;
    let datum = match (model.vertical(), plan.geoid_m) {
        (VerticalDatum::SeaLevel(what), _) => format!("above mean sea level ({what})"),
        (_, Some(geoid_m)) => format!("above the WGS-84 ellipsoid, lowered by the geoid's {geoid_m} m"),
        (_, None) => "taken to be above mean sea level; the file does not say".to_owned(),
    };
    let all = grid.heights_m.len() as f64;
    let share = |count: usize| 100.0 * count as f64 / all;
    let (lowest_m, highest_m) = survey.heights_m;
    vec![
        format!("Terrain  {}: {columns} x {rows} heights, {}", named.file, model.extent()),
        format!("  heights  {datum}"),
        format!(
            "  grid     {} x {} heights {:.0} m apart, {:.1} km to each side; {lowest_m:.0} to {highest_m:.0} m",
            grid.columns,
            grid.columns,
            grid.spacing_m,
            -grid.corner_m[0] / 1e3
        ),
        format!(
            "  gaps     {:.2} % filled from around them, {:.2} % unknown and taken as {} m",
            share(survey.filled),
            share(survey.unknown),
            plan.ground_height_m
        ),
    ]
}

/// Compares the surveyed heights of origin and antennas with the ground under them.
fn hold_against_survey(site: &mut Site, report: &mut GroundReport) {
    let environment = &site.config.environment;
    let at_origin_m = environment.ground_height_at_m(&nalgebra::Vector3::zeros());
    let configured_m = environment.ground_height_m;
    if (at_origin_m - configured_m).abs() > OFF_GROUND_M {
        site.warnings.push(format!(
            "terrain: the ground at the origin is {at_origin_m:.0} m high and not {configured_m} m; correct `ground_height_m`, or \
             the file counts heights from something else than mean sea level"
        ));
    }
    for sensor in &site.config.sensors {
        let ground_m = environment.ground_height_at_m(&sensor.pose.origin());
        let above_m = sensor.pose.height_m - ground_m;
        report.lines.push(format!(
            "  antenna  {}: {:.1} m, {above_m:.1} m above the ground",
            sensor.name, sensor.pose.height_m
        ));
        if above_m < -UNDER_GROUND_M {
            site.warnings.push(format!(
                "sensor {:?}: its antenna lies {:.0} m under the ground of the terrain, and is taken to stand on it; correct its \
                 height_m, or the file counts heights from something else than mean sea level",
                sensor.name, -above_m
            ));
        }
    }
}
