//! What a recording says first.

use parapet_engine::Config;
use parapet_frame::Time;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The format that this program writes. It reads this one and the first, which knew neither segments nor states.
pub const FORMAT: u32 = 2;
/// The first format.
pub(crate) const FORMAT_FIRST: u32 = 1;

/// Everything that is needed to run the engine again.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Header {
    /// The format of the recording; see [`FORMAT`].
    pub format: u32,
    /// Name of the program that wrote it.
    pub program: String,
    /// Its version.
    pub version: String,
    /// When it began.
    pub started_at: Time,
    /// The engine's configuration, as the numbers that were used.
    pub config: Config,
    /// How datagrams become events: the intake's sources, in the words of the crate that reads them.
    pub intake: Value,
    /// What people need to read it: names of links, places of sensors and zones, in the words of the program.
    pub site: Value,
}

impl Header {
    /// A header of the present format.
    #[must_use]
    pub fn new(program: &str, version: &str, started_at: Time, config: Config, intake: Value, site: Value) -> Self {
        let (program, version) = (program.to_owned(), version.to_owned());
        Header { format: FORMAT, program, version, started_at, config, intake, site }
    }
}
