//! The whole configuration: from text to values.

use std::sync::Arc;

use parapet_engine::{Config, Mode};
use parapet_flight::Environment;
use parapet_frame::{SiteFrame, SitePoint};
use parapet_warn::ZoneId;
use toml::de::DeTable;

use crate::access::{self, AccessSettings, HttpSettings};
use crate::acoustic::{self, AcousticNode};
use crate::cap::{self, CapSettings};
use crate::contact::{ContactSensor, Feed};
use crate::header::{self, Header};
use crate::lines::{self, LinesDoor, LinesSensor};
use crate::link::Link;
use crate::operator::{self, Operator};
use crate::output::{self, OutputSettings};
use crate::problem::{Notes, Page, SiteError};
use crate::sapient::{self, SapientDoor, SapientSensor};
use crate::sensor::{self, SENSORS_MAX, SensorSource};
use crate::shelter::{self, Shelter};
use crate::siren::{self, Mqtt};
use crate::table::Table;
use crate::tak::{self, TakLink};
use crate::terrain::{self, TerrainFile};
use crate::webhook::{self, Webhook};
use crate::zone::{self, Draft, Ground, ZONES_MAX};
use crate::{features, map, policy, weather};

/// Largest file that is read, bytes.
const TEXT_MAX: usize = 16 * 1024 * 1024;

/// The configuration of one site, checked and turned into values.
#[derive(Clone, Debug)]
pub struct Site {
    /// Name for people.
    pub name: String,
    /// What the engine is made with. Sensors and zones stand in the order of the files, the zone file's before inline zones.
    pub config: Config,
    /// Between latitude and longitude and site ENU.
    pub frame: SiteFrame,
    /// The lines on which sensors speak, each once.
    pub links: Vec<Link>,
    /// Who speaks for each sensor by ASTERIX, in the order of [`Config::sensors`].
    pub sources: Vec<SensorSource>,
    /// Who speaks for each sensor by SAPIENT, in the same order.
    pub nodes: Vec<SapientSensor>,
    /// Where SAPIENT is spoken; these lines are counted after [`links`](Self::links).
    pub doors: Vec<SapientDoor>,
    /// Who speaks for each sensor by JSON Lines, in the same order.
    pub line_sensors: Vec<LinesSensor>,
    /// Nodes that hear launches and impacts.
    pub ears: Vec<AcousticNode>,
    /// Where JSON Lines are taken; these are counted after [`doors`](Self::doors).
    pub lines: Vec<LinesDoor>,
    /// The broker by which sirens are told, and the sirens.
    pub mqtt: Option<Mqtt>,
    /// Programs elsewhere that are told by HTTP.
    pub webhooks: Vec<Webhook>,
    /// The people on duty.
    pub operators: Vec<Operator>,
    /// Who may see what.
    pub access: AccessSettings,
    /// How the page is served.
    pub http: HttpSettings,
    /// Where people find cover.
    pub shelters: Vec<Shelter>,
    /// Who tells of contacts, in the order of [`Config::sensors`].
    pub contacts: Vec<ContactSensor>,
    /// Where outputs go.
    pub output: OutputSettings,
    /// How alarms are told by CAP, beside the folder.
    pub cap: CapSettings,
    /// Where alarms and rounds are told by Cursor on Target.
    pub tak: Vec<TakLink>,
    /// The elevation model of the ground, which whoever reads files puts into [`Config::environment`]; without it the ground is level.
    pub terrain: Option<TerrainFile>,
    /// Lines to draw on the map.
    pub outlines: Option<Outlines>,
    /// The PMTiles file that is drawn under the picture, relative to the configuration.
    pub basemap: Option<String>,
    /// What the operator should know, one sentence each.
    pub warnings: Vec<String>,
}

/// A GeoJSON file that is drawn on the map and means nothing else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outlines {
    /// The file, as the configuration names it.
    pub file: String,
    /// Its text: JSON with a `type`, otherwise unchecked.
    pub text: String,
}

/// Fetches the text of a file that the configuration names; an error is for people.
pub type Load<'a> = dyn FnMut(&str) -> Result<String, String> + 'a;

impl Site {
    /// Reads a configuration. `load` fetches the files that it names, which are relative to it.
    ///
    /// # Errors
    /// Everything that was found wrong, not the first thing only, each with file, line, column, key and remedy.
    pub fn parse(file_name: &str, text: &str, load: &mut Load<'_>) -> Result<Site, SiteError> {
        let mut notes = Notes::default();
        let page = Page::new(file_name, text);
        let site = if text.len() > TEXT_MAX {
            let what = format!("{} bytes are too long for a configuration", text.len());
            notes.problems.push(page.problem(0..0, "", what, format!("at most {TEXT_MAX} bytes are read")));
            None
        } else {
            document(&page, text, load, &mut notes)
        };
        let warnings = core::mem::take(&mut notes.warnings);
        match (notes.into_error(file_name), site) {
            (None, Some(site)) => Ok(Site { warnings, ..site }),
            (Some(error), _) => Err(error),
            (None, None) => Err(SiteError {
                problems: vec![page.problem(
                    0..0,
                    "",
                    "the configuration could not be read",
                    "please report this as a fault",
                )],
            }),
        }
    }

    /// The connections on which receivers give squitters, with the number of each as a line: they are counted after the
    /// [`lines`](Self::lines).
    pub fn feeds(&self) -> impl Iterator<Item = (u16, &ContactSensor, &Feed)> {
        let first = self.links.len() + self.doors.len() + self.lines.len();
        let feeds = self.contacts.iter().filter_map(|contact| Some((contact, contact.feed.as_ref()?)));
        feeds.zip(first..).map(|((contact, feed), number)| (number as u16, contact, feed))
    }

    /// What the owner should know of serving the page at an address, one sentence each; said of the configuration's own address in
    /// [`warnings`](Self::warnings) already.
    #[must_use]
    pub fn reach(&self, address: std::net::SocketAddr) -> Vec<String> {
        output::reach(address, &self.http, &self.access, !self.operators.is_empty())
    }

    /// Live or exercise.
    #[must_use]
    pub fn mode(&self) -> Mode {
        self.config.mode
    }

    /// The rings of a zone in latitude and longitude, degrees, none closed by repeating its first corner; empty for a zone
    /// that does not exist.
    #[must_use]
    pub fn zone_outline(&self, zone: ZoneId) -> Vec<Vec<[f64; 2]>> {
        let Some(zone) = self.config.zones.get(usize::from(zone.0)) else {
            return Vec::new();
        };
        zone.rings.iter().map(|ring| ring.iter().map(|corner| self.lat_lon(*corner)).collect()).collect()
    }

    /// Latitude and longitude of a place on the ground.
    fn lat_lon(&self, [east_m, north_m]: [f64; 2]) -> [f64; 2] {
        let ground_m = self.config.environment.ground_height_m - self.config.environment.site_height_m;
        let up_m = ground_m - parapet_frame::curvature_drop_m(east_m, north_m);
        let place = self.frame.geodetic_from_site(SitePoint { east_m, north_m, up_m });
        [place.lat_deg, place.lon_deg]
    }
}

/// Reads the main file; `None` when something without which nothing can be built is wrong (and noted).
fn document(page: &Page, text: &str, load: &mut Load<'_>, notes: &mut Notes) -> Option<Site> {
    let (document, errors) = DeTable::parse_recoverable(text);
    for error in &errors {
        let span = error.span().unwrap_or(0..0);
        notes.problems.push(page.problem(span, "", error.message(), "see toml.io for how TOML is written"));
    }
    if !errors.is_empty() {
        return None;
    }
    let mut root = Table::new(page, "", (document.get_ref(), 0..0));
    root.require("site", "{ name = \"...\", ... }", notes);
    let report = weather::read(root.table("weather", notes), notes);
    let has_levels = report.has_levels;
    let terrain = root.table("terrain", notes);
    let terrain = terrain::read(terrain, notes);
    let header = root.table("site", notes).and_then(|table| header::read(table, has_levels, notes));
    let policy = root.table("policy", notes);
    let (policy, alarm_probability) = policy::policy(policy, notes);
    let limits = root.table("limits", notes);
    let limits = policy::limits(limits, notes);
    let drafts = drafts(&mut root, load, notes);
    let output = root.table("output", notes);
    let output = output::read(output, header.as_ref().map_or("", |header| &header.name), notes);
    let sensors = sensor_tables(&mut root, notes);
    let doors = root.tables("sapient", notes);
    let line_doors = root.tables("lines", notes);
    let ears = root.table("acoustic", notes);
    let cap = root.table("cap", notes);
    let tak = root.tables("tak", notes);
    let (mqtt, sirens) = (root.table("mqtt", notes), root.tables("siren", notes));
    let basemap = map::read(root.table("map", notes), notes);
    let webhooks = webhook::read(page, root.tables("webhook", notes), load, notes);
    let operators = operator::read(page, root.tables("operator", notes), load, notes);
    let http = access::http(root.table("http", notes), load, notes);
    let access = access::read(root.table("access", notes), load, notes);
    access::judge(&http, &access, &operators, notes);
    output::reach(output.http, &http, &access, !operators.is_empty()).into_iter().for_each(|words| notes.warn(words));
    let shelters = root.tables("shelter", notes);
    root.close(notes);
    let Header { name, mode, frame, environment, outlines } = header?;
    let wind_sigma_mps = report.wind_sigma_mps(environment.wind_mps);
    let environment = Environment { weather: report.weather.map(Arc::new), wind_sigma_mps, ..environment };
    let sensors = sensor::read(sensors, &frame, notes);
    let doors = sapient::doors(page, doors, &sensors.nodes, load, notes);
    let ground = Ground { frame: &frame, height_m: environment.ground_height_m, alarm_probability };
    let names: Vec<&str> = sensors.models.iter().map(|model| model.name.as_str()).collect();
    let ears = acoustic::read(ears, &frame, environment.ground_height_m, &names, load, notes);
    let speaker = sensors.lines.first().map(|sensor| format!("the sensor {:?}", sensor.name));
    let speaker = speaker.or_else(|| ears.first().map(|ear| format!("the acoustic node {:?}", ear.name)));
    let lines = lines::doors(page, line_doors, speaker.as_deref(), notes);
    let cap = cap::read(cap, load, notes);
    let tak = tak::links(page, tak, load, notes);
    let shelters = shelter::read(page, shelters, &frame, environment.ground_height_m, notes);
    let zones = zone::build(&drafts, &ground, notes);
    let setting = siren::Setting { site_name: &name, mode, zones: &zones };
    let mqtt = siren::read(page, mqtt, sirens, &setting, load, notes);
    let outlines = outlines.and_then(|file| read_outlines(page, text, file, load, notes));
    let config = Config { mode, environment, sensors: sensors.models, zones, policy, limits };
    let (links, sources, nodes, line_sensors) = (sensors.links, sensors.sources, sensors.nodes, sensors.lines);
    let warnings = Vec::new();
    Some(Site {
        name,
        config,
        frame,
        links,
        sources,
        nodes,
        doors,
        mqtt,
        webhooks,
        operators,
        access,
        http,
        shelters,
        line_sensors,
        ears,
        lines,
        contacts: sensors.contacts,
        output,
        cap,
        tak,
        terrain,
        outlines,
        basemap,
        warnings,
    })
}

fn sensor_tables<'a>(root: &mut Table<'a>, notes: &mut Notes) -> Vec<Table<'a>> {
    let mut tables = root.tables("sensor", notes);
    if tables.is_empty() && !root.has("sensor") {
        notes.problems.push(root.problem("sensor", "the site has no sensor", "add a table headed `[[sensor]]`"));
    }
    if tables.len() > SENSORS_MAX {
        let what = format!("{} sensors", tables.len());
        notes.problems.push(root.problem("sensor", what, format!("at most {SENSORS_MAX} sensors a site")));
        tables.truncate(SENSORS_MAX);
    }
    tables
}

fn drafts(root: &mut Table<'_>, load: &mut Load<'_>, notes: &mut Notes) -> Vec<Draft> {
    let mut drafts = root.table("zones", notes).map_or_else(Vec::new, |table| zone_file(table, load, notes));
    drafts.extend(zone::drafts(root.tables("zone", notes), notes));
    if drafts.len() > ZONES_MAX {
        let key = if root.has("zones") { "zones" } else { "zone" };
        let what = format!("{} zones", drafts.len());
        notes.problems.push(root.problem(key, what, format!("at most {ZONES_MAX} zones a site")));
        drafts.truncate(ZONES_MAX);
    }
    if !root.has("zones") && !root.has("zone") {
        notes.warn("the site has no zone: nobody will ever be warned");
    }
    drafts
}

fn zone_file(mut table: Table<'_>, load: &mut Load<'_>, notes: &mut Notes) -> Vec<Draft> {
    table.require("file", "\"zones.geojson\"", notes);
    let file = table.text("file", notes);
    let loaded = file.map(|file| (file, load(file)));
    let drafts = match loaded {
        Some((file, Ok(text))) if text.len() <= TEXT_MAX => features::drafts(file, &text, notes),
        Some((file, Ok(text))) => {
            let what = format!("{file:?} has {} bytes", text.len());
            notes.problems.push(table.problem("file", what, format!("at most {TEXT_MAX} bytes are read")));
            Vec::new()
        }
        Some((file, Err(why))) => {
            let what = format!("the file {file:?} cannot be read: {why}");
            notes.problems.push(table.problem(
                "file",
                what,
                "write its name relative to this file, and check that it exists",
            ));
            Vec::new()
        }
        None => Vec::new(),
    };
    table.close(notes);
    drafts
}

fn read_outlines(page: &Page, text: &str, file: String, load: &mut Load<'_>, notes: &mut Notes) -> Option<Outlines> {
    let at = text.find(&file).unwrap_or(0);
    let mut note = |what: String, remedy: &str| {
        notes.problems.push(page.problem(at..at + file.len(), "site outlines", what, remedy));
    };
    let loaded = match load(&file) {
        Ok(loaded) => loaded,
        Err(why) => {
            note(
                format!("the file {file:?} cannot be read: {why}"),
                "write its name relative to this file, or remove the key",
            );
            return None;
        }
    };
    let value: Result<serde_json::Value, _> = serde_json::from_str(&loaded);
    let fault = match value {
        Ok(value) if value.get("type").is_some_and(serde_json::Value::is_string) => None,
        Ok(_) => Some("it has no \"type\"".to_owned()),
        Err(error) => Some(error.to_string()),
    };
    if let Some(fault) = fault {
        note(format!("the file {file:?} is not GeoJSON: {fault}"), "write a GeoJSON FeatureCollection of lines");
        return None;
    }
    Some(Outlines { file, text: loaded })
}
