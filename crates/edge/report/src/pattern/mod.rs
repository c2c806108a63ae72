//! The pattern of attack over many incidents: when, where, how long people had, how often for nothing; all with intervals.
//!
//! Attacks come in bouts. Rows of one barrage are drawn together into an incident by gaps of time, incidents into bouts by longer
//! gaps, and what is said of habits is judged by bouts: the rows of one night are no independent witnesses.

mod count;
mod draw;
mod interval;
mod page;
mod season;
mod source;
mod table;

use jiff::civil::DateTime;
use serde::Serialize;

pub use interval::{CONFIDENCE, GROUPS_MIN, Interval};
pub use page::html;
pub use season::Season;
pub use source::Source;
pub use table::{Row, Table, TableError};

/// The format of the JSON; it grows when a key changes its meaning or goes.
pub const FORMAT: u32 = 1;

/// How rows become incidents, and incidents bouts.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Gaps {
    /// Quiet that ends an incident, minutes.
    pub incident_min: f64,
    /// Quiet that ends a bout of incidents, hours.
    pub bout_h: f64,
}

impl Default for Gaps {
    /// Half an hour: a second wave within it finds people still in or near shelter. Three days: longer than the pauses inside the
    /// exchanges of fire that archives show, shorter than those between them.
    fn default() -> Self {
        Gaps { incident_min: 30.0, bout_h: 72.0 }
    }
}

/// The pattern over many incidents.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Pattern {
    /// [`FORMAT`].
    pub format: u32,
    /// Program and version that made it.
    pub made_by: String,
    /// What it rests on.
    pub source: SourceFacts,
    /// The pattern in plain sentences, the most important first.
    pub statement: Vec<String>,
    /// How many there were, and what other gaps would have made of them.
    pub incidents: Incidents,
    /// By the hour of the day.
    pub hours: Vec<Rate>,
    /// By the day of the week, Monday first.
    pub weekdays: Vec<Rate>,
    /// By the month, January first.
    pub months: Vec<Rate>,
    /// By the year.
    pub years: Vec<Rate>,
    /// By the hour of the week: Monday first, from midnight.
    pub week: Vec<Cell>,
    /// Whether hours, days and months are kept.
    pub seasons: Vec<Season>,
    /// The zones that were alarmed, most often first.
    pub zones: Vec<ZoneRate>,
    /// How many further zones were alarmed.
    pub zones_left_out: usize,
    /// Where rounds came from; for the record only. Empty for tables, which do not know.
    pub origins: Vec<OriginCell>,
    /// How long people had; none for tables.
    pub leads: Option<Leads>,
    /// How often for nothing; none for tables.
    pub false_alarms: Option<FalseAlarms>,
    /// What cannot be said.
    pub limits: Vec<String>,
}

/// What a pattern rests on.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SourceFacts {
    /// `recordings` or `table`.
    pub kind: String,
    /// The files, each with its fingerprint.
    pub files: Vec<FileFacts>,
    /// What could not be read, and why.
    pub refused: Vec<String>,
    /// The time zone that hours and days are of.
    pub time_zone: String,
    /// The first day, by the clock there.
    pub from: String,
    /// The last day.
    pub until: String,
    /// Hours that were observed.
    pub observed_h: f64,
    /// Rows of a table, or alarms of recordings.
    pub rows: usize,
    /// Lines of a table that were left out because another category was asked for.
    pub left_out: usize,
}

/// One file.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct FileFacts {
    /// Its name.
    pub file: String,
    /// Its SHA-256, in hexadecimal digits.
    pub sha256: String,
}

/// How many incidents and bouts.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Incidents {
    /// Incidents.
    pub count: usize,
    /// Bouts of incidents.
    pub bouts: usize,
    /// Quiet that ended an incident, minutes.
    pub gap_min: f64,
    /// Quiet that ended a bout, hours.
    pub bout_gap_h: f64,
    /// Incidents in a year, a week or an hour, as `unit` says: exact for a Poisson count, as if each were independent.
    pub rate: Interval,
    /// The same by the bootstrap over bouts.
    pub rate_by_bouts: Interval,
    /// `year`, `week` or `hour`.
    pub unit: String,
    /// Rows, or alarms, in an hour of observation.
    pub alarms_per_hour: Interval,
    /// What other gaps would have made of the same rows.
    pub other_gaps: Vec<OtherGap>,
}

/// Another gap.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct OtherGap {
    /// Quiet that would end an incident, minutes.
    pub gap_min: f64,
    /// Incidents then.
    pub incidents: usize,
}

/// Incidents in one part of a cycle.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Rate {
    /// Which part: `07`, `Monday`, `May`, `2021`.
    pub of: String,
    /// Incidents that began in it.
    pub incidents: u64,
    /// Bouts that had any.
    pub bouts: u64,
    /// Days of observation in it: of an hour, days with that hour.
    pub observed_days: f64,
    /// Incidents in 100 such days: exact for a Poisson count, as if each were independent.
    pub per_100_days: Interval,
    /// The same by the bootstrap over bouts.
    pub by_bouts: Interval,
}

/// One hour of the week.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Cell {
    /// Incidents that began in it.
    pub incidents: u64,
    /// Hours of it that were observed.
    pub observed_h: f64,
    /// Incidents in 100 weeks: exact for a Poisson count.
    pub per_100_weeks: Interval,
}

/// How often a zone was alarmed.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ZoneRate {
    /// The zone.
    pub zone: String,
    /// Incidents that it was alarmed in.
    pub incidents: u64,
    /// Bouts.
    pub bouts: u64,
    /// In the unit of time of `incidents`: exact for a Poisson count, as if each were independent.
    pub rate: Interval,
    /// The same by the bootstrap over bouts.
    pub by_bouts: Interval,
    /// How often, in that bootstrap, it is among the ten most alarmed.
    pub among_ten: f64,
}

/// One square kilometre from which rounds came.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct OriginCell {
    /// Its middle, degrees.
    pub lat_deg: f64,
    /// Likewise.
    pub lon_deg: f64,
    /// Launches whose estimate lies in it.
    pub launches: u64,
    /// Launches expected in it, with the uncertainty of each spread out.
    pub expected: f64,
    /// Launches in 100 observed hours: exact for a Poisson count.
    pub per_100_h: Interval,
}

/// Seconds from the word to take cover to the first impact in the zone.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Leads {
    /// Zones that were endangered and warned.
    pub count: usize,
    /// One in ten had less; bootstrap over incidents.
    pub tenth_s: Interval,
    /// Half had less.
    pub median_s: Interval,
    /// Nine in ten had less.
    pub ninetieth_s: Interval,
    /// Zones by ten seconds, from 0; those told after the impact are in the first.
    pub histogram: Vec<u64>,
}

/// How often people were warned for nothing.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct FalseAlarms {
    /// Zones told to take cover, once for each incident.
    pub told: u64,
    /// Those of them that nothing endangered by what is known afterwards.
    pub false_alarms: u64,
    /// Part of them: Wilson's interval, as if each zone were independent.
    pub part: Interval,
    /// The same by the bootstrap over incidents.
    pub by_incidents: Interval,
    /// False alarms in an hour of observation: exact for a Poisson count.
    pub per_hour: Interval,
    /// Zones that were endangered, once for each incident.
    pub endangered: u64,
    /// Those of them that were not told before the first impact.
    pub missed: u64,
    /// Part of them: Wilson's interval.
    pub missed_part: Option<Interval>,
}

/// One incident as the pattern sees it.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Happening {
    pub(crate) at: DateTime,
    pub(crate) until: DateTime,
    pub(crate) rows: usize,
    pub(crate) zones: Vec<String>,
    pub(crate) leads_s: Vec<f64>,
    pub(crate) told: u64,
    pub(crate) falsely: u64,
    pub(crate) endangered: u64,
    pub(crate) missed: u64,
}

impl Pattern {
    /// Of everything that a source holds.
    ///
    /// # Errors
    /// When it holds nothing.
    pub fn of(source: Source, gaps: Gaps, made_by: &str) -> Result<Pattern, NothingThere> {
        count::pattern(source, gaps, made_by).ok_or(NothingThere)
    }
}

/// A source that holds neither a row nor a readable recording.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("nothing can be read of what was named: name recordings, a folder that holds some, or a table of alerts")]
pub struct NothingThere;
