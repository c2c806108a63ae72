//! Tables of alerts: comma-separated values as spreadsheets and archives write them. The columns are explained in `docs/report.md`.

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::TimeZone;

/// Why a table cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TableError {
    /// Its first line does not name the columns that are needed.
    #[error(
        "line 1: the columns are {found}; wanted are `at`, or `date` and `time`, and one of `zones`, `zone` or `data`; write them into \
         the first line"
    )]
    Columns {
        /// What it names.
        found: String,
    },
    /// It is no table.
    #[error("line {line}: {what}")]
    Csv {
        /// Where, from 1.
        line: u64,
        /// What is wrong.
        what: String,
    },
    /// A line whose instant cannot be read.
    #[error(
        "line {line}: {text:?} is no instant; write 2021-05-11T20:00:00 or, in two columns, 2021-05-11 or 11.05.2021 and 20:00:00"
    )]
    Instant {
        /// Where, from 1.
        line: u64,
        /// What stands there.
        text: String,
    },
    /// No line is left.
    #[error("it holds no alert{filter}")]
    Empty {
        /// What was filtered by.
        filter: String,
    },
}

/// One line of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// When, by the clock on the wall there.
    pub at: DateTime,
    /// Who was alarmed, each zone once.
    pub zones: Vec<String>,
}

/// Rows in the order of time, and how many lines were left out because another category was asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Table {
    /// The rows.
    pub rows: Vec<Row>,
    /// Lines of other categories.
    pub left_out: usize,
}

/// The places of the columns.
struct Columns {
    at: Option<usize>,
    date: Option<usize>,
    time: Option<usize>,
    zones: usize,
    category: Option<usize>,
}

impl Table {
    /// Reads a table. Instants with an offset are taken to the given zone; those without are by the clock there already.
    ///
    /// # Errors
    /// At the first line that cannot be understood: half a table would give a wrong pattern.
    pub fn read(text: &str, zone: &TimeZone, category: Option<&str>) -> Result<Table, TableError> {
        let text = text.trim_start_matches('\u{feff}');
        let mut reader = csv::ReaderBuilder::new().flexible(true).trim(csv::Trim::All).from_reader(text.as_bytes());
        let columns = Columns::of(reader.headers().map_err(|error| csv_error(&error))?)?;
        let mut table = Table::default();
        for record in reader.records() {
            let record = record.map_err(|error| csv_error(&error))?;
            let cell = |place: Option<usize>| place.and_then(|place| record.get(place)).unwrap_or_default();
            if category.is_some_and(|wanted| cell(columns.category) != wanted) {
                table.left_out += 1;
                continue;
            }
            let line = record.position().map_or(0, csv::Position::line);
            let (at, date, time) = (cell(columns.at), cell(columns.date), cell(columns.time));
            let found = if columns.at.is_some() { instant(at, zone) } else { joined(date, time) };
            let text = || if columns.at.is_some() { at.to_owned() } else { format!("{date} {time}") };
            let at = found.ok_or_else(|| TableError::Instant { line, text: text() })?;
            table.rows.push(Row { at, zones: zones(cell(Some(columns.zones))) });
        }
        if table.rows.is_empty() {
            let filter = category.map(|wanted| format!(" of category {wanted:?}")).unwrap_or_default();
            return Err(TableError::Empty { filter });
        }
        table.rows.sort_by_key(|row| row.at);
        Ok(table)
    }
}

impl Columns {
    fn of(headers: &csv::StringRecord) -> Result<Self, TableError> {
        let place = |names: &[&str]| {
            names.iter().find_map(|name| headers.iter().position(|header| header.eq_ignore_ascii_case(name)))
        };
        let (at, date, time) = (place(&["at"]), place(&["date"]), place(&["time"]));
        let zones = place(&["zones", "zone", "data"]);
        match zones {
            Some(zones) if at.is_some() || date.is_some() && time.is_some() => {
                Ok(Columns { at, date, time, zones, category: place(&["category"]) })
            }
            _ => Err(TableError::Columns { found: headers.iter().collect::<Vec<_>>().join(", ") }),
        }
    }
}

fn csv_error(error: &csv::Error) -> TableError {
    TableError::Csv { line: error.position().map_or(1, csv::Position::line), what: error.to_string() }
}

fn instant(text: &str, zone: &TimeZone) -> Option<DateTime> {
    let absolute = text.parse::<jiff::Timestamp>().ok().map(|at| zone.to_datetime(at));
    absolute.or_else(|| text.parse::<DateTime>().ok())
}

fn joined(date: &str, time: &str) -> Option<DateTime> {
    let date = date.parse::<Date>().or_else(|_| Date::strptime("%d.%m.%Y", date)).ok()?;
    let time = Time::strptime("%H:%M:%S", time).or_else(|_| Time::strptime("%H:%M", time)).ok()?;
    Some(date.to_datetime(time))
}

fn zones(cell: &str) -> Vec<String> {
    let mut zones: Vec<String> =
        cell.split([',', ';']).map(str::trim).filter(|zone| !zone.is_empty()).map(str::to_owned).collect();
    zones.sort_unstable();
    zones.dedup();
    zones
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Table, TableError> {
        Table::read(text, &TimeZone::fixed(jiff::tz::offset(3)), None)
    }

    #[test]
    fn instants_are_read_in_every_documented_form() {
        let table = read("at,zones\n2021-05-11T17:00:00Z,\"b; a\"\n2021-05-11T20:30:00,a\n").unwrap();
        let expected = [("2021-05-11T20:00:00", 2), ("2021-05-11T20:30:00", 1)];
        assert_eq!(
            table.rows.iter().map(|row| (row.at.to_string(), row.zones.len())).collect::<Vec<_>>(),
            expected.map(|(at, n)| (at.to_owned(), n))
        );
        let archive =
            read("data,date,time,category\n\"x, y, x\",11.05.2021,20:00:05,1\nz,2021-05-10,07:15,1\n").unwrap();
        assert_eq!(archive.rows[0].at.to_string(), "2021-05-10T07:15:00");
        assert_eq!(archive.rows[1].zones, ["x", "y"]);
    }

    #[test]
    fn what_is_wrong_is_said_with_its_line() {
        let error = read("at,zones\n2021-05-11T20:00:00,a\nyesterday,b\n").unwrap_err();
        assert_eq!(error, TableError::Instant { line: 3, text: "yesterday".to_owned() });
        assert!(read("when,who\n1,2\n").unwrap_err().to_string().contains("the columns are when, who"));
        assert_eq!(read("at,zones\n").unwrap_err(), TableError::Empty { filter: String::new() });
        assert!(matches!(read(""), Err(TableError::Columns { .. })));
    }

    #[test]
    fn a_category_may_be_asked_for() {
        let text = "at,zones,category\n2021-05-11T20:00:00,a,1\n2021-05-11T20:00:00,a,2\n";
        let table = Table::read(text, &TimeZone::UTC, Some("1")).unwrap();
        assert_eq!((table.rows.len(), table.left_out), (1, 1));
        assert!(Table::read(text, &TimeZone::UTC, Some("9")).unwrap_err().to_string().contains("of category \"9\""));
    }
}
