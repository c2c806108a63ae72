//! What a pattern is made from: reports of recordings, or a table.

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use parapet_frame::{PlaneCovariance, Time};

use super::{FileFacts, Happening, SourceFacts, Table};
use crate::report::{Report, Verdict};

/// Hours of a week.
pub(crate) const WEEK_H: usize = 168;
/// Step in which observed time is laid on the week, seconds.
const STEP_S: f64 = 60.0;

/// What a pattern is made from.
#[derive(Clone, Debug)]
pub struct Source {
    pub(crate) facts: SourceFacts,
    pub(crate) rows: Vec<Happening>,
    pub(crate) origins: Vec<Launch>,
    /// Observed hours of each hour of the week.
    pub(crate) week_h: Vec<f64>,
    /// Observed days of each month, January first, and of each year.
    pub(crate) months_d: [f64; 12],
    pub(crate) years_d: Vec<(i16, f64)>,
    /// Whether rows are alarms whose incidents are still to be made.
    pub(crate) is_table: bool,
}

/// Where a round came from.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Launch {
    pub(crate) lat_deg: f64,
    pub(crate) lon_deg: f64,
    pub(crate) covariance: PlaneCovariance,
}

fn local(at: Time, zone: &TimeZone) -> DateTime {
    let timestamp = jiff::Timestamp::from_nanosecond(i128::from(at.nanos())).unwrap_or_default();
    zone.to_datetime(timestamp)
}

/// The hour of the week, Monday first.
pub(crate) fn week_hour(at: DateTime) -> usize {
    at.weekday().to_monday_zero_offset() as usize * 24 + at.hour() as usize
}

impl Source {
    fn empty(kind: &str, time_zone: &str) -> Self {
        let facts = SourceFacts {
            kind: kind.to_owned(),
            files: Vec::new(),
            refused: Vec::new(),
            time_zone: time_zone.to_owned(),
            from: String::new(),
            until: String::new(),
            observed_h: 0.0,
            rows: 0,
            left_out: 0,
        };
        Source {
            facts,
            rows: Vec::new(),
            origins: Vec::new(),
            week_h: vec![0.0; WEEK_H],
            months_d: [0.0; 12],
            years_d: Vec::new(),
            is_table: false,
        }
    }

    /// Tables of alerts, with the names of their files. Every day from the first row to the last counts as observed.
    #[must_use]
    pub fn of_tables(tables: Vec<(FileFacts, Table)>, time_zone: &str) -> Self {
        let mut source = Source::empty("table", time_zone);
        source.is_table = true;
        for (file, table) in tables {
            source.facts.files.push(file);
            source.facts.left_out += table.left_out;
            source.rows.extend(table.rows.into_iter().map(|row| Happening {
                at: row.at,
                until: row.at,
                rows: 1,
                zones: row.zones,
                ..Happening::default()
            }));
        }
        source.rows.sort_by_key(|row| row.at);
        if let (Some(first), Some(last)) = (source.rows.first(), source.rows.last()) {
            let (mut day, end) = (first.at.date(), last.at.date());
            (source.facts.from, source.facts.until) = (day.to_string(), end.to_string());
            while day <= end {
                let at = day.to_datetime(jiff::civil::Time::midnight());
                (0..24).for_each(|hour| source.week_h[week_hour(at) + hour] += 1.0);
                source.observe_days(at, 1.0);
                let Ok(next) = day.tomorrow() else { break };
                day = next;
            }
        }
        source
    }

    /// Reports of recordings, with what could not be read.
    #[must_use]
    pub fn of_reports(reports: &[Report], refused: Vec<String>, zone: &TimeZone, time_zone: &str) -> Self {
        let mut source = Source::empty("recordings", time_zone);
        source.facts.refused = refused;
        let mut spans: Vec<(Time, Time)> = Vec::new();
        for report in reports {
            let recording = &report.recording;
            source.facts.files.push(FileFacts { file: recording.file.clone(), sha256: recording.sha256.clone() });
            spans.push((recording.started_at.0, recording.ended_at.0));
            source.take(report, zone);
        }
        source.rows.sort_by_key(|row| row.at);
        source.observe(spans, zone);
        source
    }

    fn take(&mut self, report: &Report, zone: &TimeZone) {
        for incident in &report.incidents {
            let rows = || report.zones.iter().filter(|row| row.incident == incident.number);
            let number = |wanted: fn(Verdict) -> bool| rows().filter(|row| wanted(row.verdict)).count() as u64;
            let begun =
                |alarm: &&crate::report::AlarmRow| alarm.words.first().is_some_and(|word| incident.holds(word.at));
            let warned = rows().filter(|row| row.warned_at.is_some());
            self.rows.push(Happening {
                at: local(incident.from.0, zone),
                until: local(incident.until.0, zone),
                rows: report.alarms.iter().filter(begun).count(),
                zones: warned.map(|row| row.name.clone()).collect(),
                leads_s: rows().filter_map(|row| row.warning_s).collect(),
                told: number(|verdict| matches!(verdict, Verdict::Warned | Verdict::Late | Verdict::FalseAlarm)),
                falsely: number(|verdict| verdict == Verdict::FalseAlarm),
                endangered: number(|verdict| matches!(verdict, Verdict::Warned | Verdict::Late | Verdict::NotWarned)),
                missed: number(|verdict| matches!(verdict, Verdict::Late | Verdict::NotWarned)),
            });
        }
        let launches = report.rounds.iter().filter_map(|round| round.origin).map(|origin| Launch {
            lat_deg: origin.place.lat_deg,
            lon_deg: origin.place.lon_deg,
            covariance: origin.place.covariance,
        });
        self.origins.extend(launches);
    }

    /// Lays what was observed on the week; what two recordings hold counts once.
    fn observe(&mut self, mut spans: Vec<(Time, Time)>, zone: &TimeZone) {
        spans.sort_unstable();
        let mut seen = spans.first().map_or(Time::default(), |(from, _)| *from);
        if let (Some((first, _)), Some(last)) = (spans.first(), spans.iter().map(|(_, until)| *until).max()) {
            self.facts.from = local(*first, zone).date().to_string();
            self.facts.until = local(last, zone).date().to_string();
        }
        for (from, until) in spans {
            let mut at = from.max(seen);
            while at < until {
                let step_s = until.seconds_since(at).min(STEP_S);
                let there = local(at, zone);
                self.week_h[week_hour(there)] += step_s / 3_600.0;
                self.observe_days(there, step_s / 86_400.0);
                at = at.plus_seconds(step_s.max(1e-9));
            }
            seen = seen.max(until);
        }
    }

    fn observe_days(&mut self, at: DateTime, days: f64) {
        self.months_d[(at.month() as usize - 1) % 12] += days;
        match self.years_d.iter_mut().find(|(year, _)| *year == at.year()) {
            Some((_, observed)) => *observed += days,
            None => self.years_d.push((at.year(), days)),
        }
        self.years_d.sort_by_key(|(year, _)| *year);
    }
}
