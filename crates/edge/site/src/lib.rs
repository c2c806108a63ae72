//! The site configuration: TOML and GeoJSON to core values.
//!
//! Pure: text goes in, values come out, and files that the configuration names are asked for through a function. What is
//! wrong is said all at once, each with file, line, column, key and remedy; see `example/site.toml` for every key with its
//! unit, default and range.
//!
//! ```
//! let text = r#"
//! [site]
//! name = "Range B"
//! mode = "exercise"
//! origin = { lat_deg = 33.305, lon_deg = 44.385, height_m = 34.0 }
//!
//! [[sensor]]
//! id = "radar-north"
//! position = { lat_deg = 33.315, lon_deg = 44.380, height_m = 46.0 }
//! asterix = { sac = 25, sic = 201 }
//! links = ["udp://127.0.0.1:8600"]
//! scan_periods = 1.0
//! range_m = [400.0, 25000.0]
//! elevation_deg = [0.5, 80.0]
//! accuracy = { range_m = 15.0, azimuth_deg = 0.17 }
//! "#;
//! let error = parapet_site::Site::parse("site.toml", text, &mut |_| Err("no files here".into())).unwrap_err();
//! let shown = error.to_string();
//! assert!(shown.contains("site.toml:12:1: sensor \"radar-north\": unknown key `scan_periods`; did you mean `scan_period_s`?"));
//! assert!(shown.contains("`scan_period_s` is missing"));
//! ```
//!
//! Weaknesses, first: GeoJSON keeps no positions of its parts, so a problem inside a feature is shown at the first key of that
//! name in the feature; polygons that cross the antimeridian or enclose a pole are refused as too far from the site.
//!
//! Each table is read key by key rather than by a derived structure, which would stop at its first error and could not tell
//! all of them.

mod access;
mod acoustic;
mod cap;
mod contact;
mod features;
mod file;
mod fuzz;
mod header;
mod lines;
mod link;
mod map;
mod nearest;
mod operator;
mod output;
mod place;
mod policy;
mod polygon;
mod problem;
mod sapient;
mod sector;
mod sensor;
mod shelter;
mod siren;
mod site;
mod summary;
mod table;
mod tak;
mod terrain;
mod trust;
mod weather;
mod webhook;
mod zone;

pub use access::{AccessSettings, HttpSettings, OpenIdSettings};
pub use acoustic::AcousticNode;
pub use cap::{CapEndpoint, CapSettings, CapSigner};
pub use contact::{ContactSensor, Feed, FeedRole};
pub use file::{ClientTrust, Hidden};
pub use fuzz::fuzz_one;
pub use lines::{LinesDoor, LinesSensor, LinesTransport, Secret};
pub use link::{Cast, Link, LinkError};
pub use operator::{Operator, OperatorRole};
pub use output::{KeptSettings, OutputSettings};
pub use problem::{Problem, SiteError};
pub use sapient::{Pem, SapientDoor, SapientRole, SapientSensor, SapientTrust};
pub use sensor::{ASTERIX_EDITIONS, SensorSource};
pub use shelter::Shelter;
pub use siren::{Mqtt, Siren};
pub use site::{Load, Outlines, Site};
pub use tak::{TakLink, TakTarget};
pub use terrain::TerrainFile;
pub use webhook::{Url, Webhook};
