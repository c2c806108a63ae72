//! Counting: from happenings to rates with intervals.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::DateTime;
use parapet_frame::maths;

use super::interval::{Draws, RESAMPLES};
use super::season::season;
use super::source::{Launch, WEEK_H, week_hour};
use super::*;
use crate::area;

/// Zones that are ranked.
const ZONES_MAX: usize = 400;
/// Gaps that are tried beside the one that was asked for, minutes.
const OTHER_GAPS_MIN: [f64; 6] = [5.0, 10.0, 30.0, 60.0, 180.0, 720.0];
/// Size of a cell of origins, metres.
pub(crate) const CELL_M: f64 = 1_000.0;
/// Metres of a degree of latitude.
const DEGREE_M: f64 = 111_320.0;
const WEEKDAYS: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

fn seconds_between(from: DateTime, until: DateTime) -> f64 {
    from.duration_until(until).as_secs_f64()
}

/// Draws happenings together that follow each other within a gap; they come in the order of time.
fn drawn_together(rows: Vec<Happening>, gap_s: f64) -> Vec<Happening> {
    let mut together: Vec<Happening> = Vec::new();
    for row in rows {
        match together.last_mut().filter(|last| seconds_between(last.until, row.at) <= gap_s) {
            Some(last) => last.absorb(row),
            None => together.push(row),
        }
    }
    for happening in &mut together {
        happening.zones.sort_unstable();
        happening.zones.dedup();
    }
    together
}

impl Happening {
    fn absorb(&mut self, other: Happening) {
        self.until = self.until.max(other.until);
        self.rows += other.rows;
        self.zones.extend(other.zones);
        self.leads_s.extend(other.leads_s);
        self.told += other.told;
        self.falsely += other.falsely;
        self.endangered += other.endangered;
        self.missed += other.missed;
    }
}

/// The number of the bout that each incident belongs to.
fn bouts(incidents: &[Happening], gap_s: f64) -> Vec<usize> {
    let mut numbers = Vec::with_capacity(incidents.len());
    let mut until: Option<DateTime> = None;
    let mut number = 0;
    for incident in incidents {
        if until.is_some_and(|until| seconds_between(until, incident.at) > gap_s) {
            number += 1;
        }
        until = Some(until.map_or(incident.until, |until| until.max(incident.until)));
        numbers.push(number);
    }
    numbers
}

/// The unit that rates are told in: one that was observed for long enough.
fn unit(observed_h: f64) -> (&'static str, f64) {
    match observed_h {
        h if h >= 4_380.0 => ("year", 8_766.0),
        h if h >= 168.0 => ("week", 168.0),
        _ => ("hour", 1.0),
    }
}

/// Everything that rates are made from.
struct Counting {
    incidents: Vec<Happening>,
    bout_of: Vec<usize>,
    bouts: usize,
}

pub(crate) fn pattern(source: Source, gaps: Gaps, made_by: &str) -> Option<Pattern> {
    let Source { mut facts, rows, origins, week_h, months_d, years_d, is_table } = source;
    facts.observed_h = week_h.iter().sum();
    facts.rows = rows.iter().map(|row| row.rows).sum();
    if facts.observed_h <= 0.0 {
        return None;
    }
    let zone_rows: Vec<DateTime> = rows.iter().map(|row| row.at).collect();
    let other_gaps = OTHER_GAPS_MIN
        .iter()
        .filter(|_| is_table)
        .map(|gap_min| OtherGap { gap_min: *gap_min, incidents: drawn_together(rows.clone(), 60.0 * gap_min).len() })
        .collect();
    let incidents = drawn_together(rows, 60.0 * gaps.incident_min);
    let bout_of = bouts(&incidents, 3_600.0 * gaps.bout_h);
    let counting = Counting { bouts: bout_of.last().map_or(0, |last| last + 1), incidents, bout_of };
    let (unit, unit_h) = unit(facts.observed_h);
    let units = facts.observed_h / unit_h;
    let count = counting.incidents.len();
    let summary = Incidents {
        count,
        bouts: counting.bouts,
        gap_min: gaps.incident_min,
        bout_gap_h: gaps.bout_h,
        rate: Interval::rate(count as u64, units),
        rate_by_bouts: counting.by_bouts(units, |_| true),
        unit: unit.to_owned(),
        alarms_per_hour: Interval::rate(facts.rows as u64, facts.observed_h),
        other_gaps,
    };
    let hours_d: Vec<f64> = (0..24).map(|hour| (0..7).map(|day| week_h[24 * day + hour]).sum()).collect();
    let weekdays_d: Vec<f64> = (0..7).map(|day| week_h[24 * day..24 * day + 24].iter().sum::<f64>() / 24.0).collect();
    let weekday = |at: DateTime| at.weekday().to_monday_zero_offset() as usize;
    let hours = (0..24)
        .map(|hour| counting.rate(&format!("{hour:02}"), hours_d[hour], |at| at.hour() as usize == hour))
        .collect();
    let weekdays = (0..7).map(|day| counting.rate(WEEKDAYS[day], weekdays_d[day], |at| weekday(at) == day)).collect();
    let months = (0..12)
        .map(|month| counting.rate(MONTHS[month], months_d[month], |at| at.month() as usize == month + 1))
        .collect();
    let years = years_d.iter().map(|(year, days)| counting.rate(&year.to_string(), *days, |at| at.year() == *year));
    let years = years.collect();
    let test = |of: &str, phase: &dyn Fn(DateTime) -> usize, exposure: &[f64]| {
        let incidents: Vec<usize> = counting.incidents.iter().map(|incident| phase(incident.at)).collect();
        let rows: Vec<usize> = zone_rows.iter().map(|at| phase(*at)).collect();
        season(of, &incidents, &rows, &counting.bout_of, exposure)
    };
    let seasons = vec![
        test("hours of the day", &|at| at.hour() as usize, &hours_d),
        test("days of the week", &weekday, &weekdays_d),
        test("months", &|at| at.month() as usize - 1, &months_d),
    ];
    let mut by_cell = vec![0_u64; WEEK_H];
    counting.incidents.iter().for_each(|incident| by_cell[week_hour(incident.at)] += 1);
    let week = by_cell.iter().zip(&week_h).map(|(incidents, observed_h)| Cell {
        incidents: *incidents,
        observed_h: *observed_h,
        per_100_weeks: Interval::rate(*incidents, observed_h / 100.0),
    });
    let week = week.collect();
    let (zones, zones_left_out) = counting.zones(units);
    let mut pattern = Pattern {
        format: FORMAT,
        made_by: made_by.to_owned(),
        statement: Vec::new(),
        incidents: summary,
        hours,
        weekdays,
        months,
        years,
        week,
        seasons,
        zones,
        zones_left_out,
        origins: cells(&origins, facts.observed_h),
        leads: counting.leads(),
        false_alarms: counting.false_alarms(facts.observed_h),
        limits: limits(&facts),
        source: facts,
    };
    pattern.statement = page::statement(&pattern);
    Some(pattern)
}

impl Counting {
    /// Incidents of each bout for which something holds.
    fn of_bouts(&self, wanted: impl Fn(&Happening) -> bool) -> Vec<u64> {
        let mut counts = vec![0; self.bouts];
        for (incident, bout) in self.incidents.iter().zip(&self.bout_of) {
            counts[*bout] += u64::from(wanted(incident));
        }
        counts
    }

    fn by_bouts(&self, exposure: f64, wanted: impl Fn(&Happening) -> bool) -> Interval {
        let counts = self.of_bouts(wanted);
        let exposure = exposure.max(f64::MIN_POSITIVE);
        let total = counts.iter().sum::<u64>() as f64 / exposure;
        Interval::bootstrap(self.bouts, total, |weights| {
            counts.iter().zip(weights).map(|(count, weight)| *count as f64 * f64::from(*weight)).sum::<f64>() / exposure
        })
    }

    fn rate(&self, of: &str, observed_days: f64, wanted: impl Fn(DateTime) -> bool) -> Rate {
        let counts = self.of_bouts(|incident| wanted(incident.at));
        let incidents = counts.iter().sum();
        let exposure = observed_days / 100.0;
        let (per_100_days, by_bouts) = if observed_days > 0.0 {
            (Interval::rate(incidents, exposure), self.by_bouts(exposure, |incident| wanted(incident.at)))
        } else {
            (Interval { value: 0.0, low: 0.0, high: 0.0 }, Interval { value: 0.0, low: 0.0, high: 0.0 })
        };
        let bouts = counts.iter().filter(|count| **count > 0).count() as u64;
        Rate { of: of.to_owned(), incidents, bouts, observed_days, per_100_days, by_bouts }
    }

    /// Zones by how often they were alarmed, and how many are left out.
    fn zones(&self, units: f64) -> (Vec<ZoneRate>, usize) {
        let mut by_zone: BTreeMap<&str, BTreeMap<usize, u32>> = BTreeMap::new();
        for (incident, bout) in self.incidents.iter().zip(&self.bout_of) {
            for zone in &incident.zones {
                *by_zone.entry(zone).or_default().entry(*bout).or_default() += 1;
            }
        }
        let mut ranked: Vec<(&str, BTreeMap<usize, u32>, u64)> = by_zone
            .into_iter()
            .map(|(zone, bouts)| (zone, bouts.clone(), bouts.values().map(|count| u64::from(*count)).sum()))
            .collect();
        ranked.sort_by(|a, b| b.2.cmp(&a.2).then_with(|| a.0.cmp(b.0)));
        let left_out = ranked.len().saturating_sub(ZONES_MAX);
        ranked.truncate(ZONES_MAX);
        let drawn = self.resampled(&ranked);
        let rows = ranked.iter().zip(drawn).map(|((zone, bouts, incidents), (low, high, among_ten))| {
            let rate = Interval::rate(*incidents, units);
            let units = units.max(f64::MIN_POSITIVE);
            ZoneRate {
                zone: (*zone).to_owned(),
                incidents: *incidents,
                bouts: bouts.len() as u64,
                rate,
                by_bouts: Interval { value: rate.value, low: low / units, high: high / units },
                among_ten,
            }
        });
        (rows.collect(), left_out)
    }

    /// For each zone the ends of its count in the bootstrap over bouts, and how often it is among the ten most alarmed.
    fn resampled(&self, ranked: &[(&str, BTreeMap<usize, u32>, u64)]) -> Vec<(f64, f64, f64)> {
        let mut draws = Draws::new(0x7061_7261_7065_7403);
        let mut weights = vec![0_u32; self.bouts];
        let mut counts: Vec<Vec<u32>> = vec![Vec::with_capacity(RESAMPLES); ranked.len()];
        let mut top = vec![0_u32; ranked.len()];
        for _ in 0..RESAMPLES {
            draws.weigh(&mut weights);
            let drawn: Vec<u32> = ranked
                .iter()
                .map(|(_, bouts, _)| bouts.iter().map(|(bout, count)| weights[*bout] * count).sum())
                .collect();
            let mut order: Vec<usize> = (0..drawn.len()).collect();
            order.sort_by(|a, b| drawn[*b].cmp(&drawn[*a]).then(a.cmp(b)));
            order.iter().take(10).for_each(|zone| top[*zone] += 1);
            counts.iter_mut().zip(drawn).for_each(|(counts, count)| counts.push(count));
        }
        let ends = counts.into_iter().zip(top).map(|(mut counts, top)| {
            counts.sort_unstable();
            let at = |part: f64| {
                let place = (part * RESAMPLES as f64) as usize;
                counts.get(place.min(RESAMPLES - 1)).map_or(0.0, |count| f64::from(*count))
            };
            (at(0.5 * (1.0 - CONFIDENCE)), at(0.5 * (1.0 + CONFIDENCE)), f64::from(top) / RESAMPLES as f64)
        });
        ends.collect()
    }

    fn leads(&self) -> Option<Leads> {
        let mut all: Vec<f64> = self.incidents.iter().flat_map(|incident| incident.leads_s.iter().copied()).collect();
        if all.is_empty() {
            return None;
        }
        all.sort_by(f64::total_cmp);
        let of_incidents: Vec<&[f64]> = self.incidents.iter().map(|incident| incident.leads_s.as_slice()).collect();
        let interval = |part: f64| {
            Interval::bootstrap(of_incidents.len(), quantile(&all, part), |weights| {
                let mut drawn: Vec<f64> = of_incidents
                    .iter()
                    .zip(weights)
                    .flat_map(|(leads, weight)| {
                        leads.iter().flat_map(move |lead| core::iter::repeat_n(*lead, *weight as usize))
                    })
                    .collect();
                drawn.sort_by(f64::total_cmp);
                quantile(&drawn, part)
            })
        };
        let tens = |lead_s: f64| (lead_s.max(0.0) / 10.0) as usize;
        let mut histogram = vec![0; tens(all.last().copied().unwrap_or(0.0)).min(60) + 1];
        for lead_s in &all {
            let place = tens(*lead_s).min(histogram.len() - 1);
            histogram[place] += 1;
        }
        Some(Leads {
            count: all.len(),
            tenth_s: interval(0.1),
            median_s: interval(0.5),
            ninetieth_s: interval(0.9),
            histogram,
        })
    }

    fn false_alarms(&self, observed_h: f64) -> Option<FalseAlarms> {
        let sum = |of: fn(&Happening) -> u64| self.incidents.iter().map(of).sum::<u64>();
        let (told, falsely) = (sum(|incident| incident.told), sum(|incident| incident.falsely));
        let (endangered, missed) = (sum(|incident| incident.endangered), sum(|incident| incident.missed));
        let part = Interval::part(falsely, told)?;
        let by_incidents = Interval::bootstrap(self.incidents.len(), part.value, |weights| {
            let drawn = |of: fn(&Happening) -> u64| {
                self.incidents.iter().zip(weights).map(|(i, weight)| of(i) as f64 * f64::from(*weight)).sum::<f64>()
            };
            drawn(|incident| incident.falsely) / drawn(|incident| incident.told)
        });
        Some(FalseAlarms {
            told,
            false_alarms: falsely,
            part,
            by_incidents,
            per_hour: Interval::rate(falsely, observed_h),
            endangered,
            missed,
            missed_part: Interval::part(missed, endangered),
        })
    }
}

/// A quantile of sorted numbers; not-a-number of none.
fn quantile(sorted: &[f64], part: f64) -> f64 {
    let place = part * (sorted.len().max(1) - 1) as f64;
    let (low, rest) = (place.floor() as usize, place - place.floor());
    match (sorted.get(low), sorted.get(low + 1)) {
        (Some(a), Some(b)) => a + rest * (b - a),
        (Some(a), None) => *a,
        _ => f64::NAN,
    }
}

/// Square kilometres of origins, the most frequented first.
fn cells(origins: &[Launch], observed_h: f64) -> Vec<OriginCell> {
    let Some(first) = origins.first() else { return Vec::new() };
    let east_m_per_deg = DEGREE_M * maths::cos(first.lat_deg.to_radians()).max(0.01);
    let key = |[east_m, north_m]: [f64; 2]| ((east_m / CELL_M).floor() as i64, (north_m / CELL_M).floor() as i64);
    let mut by_cell: BTreeMap<(i64, i64), (u64, f64)> = BTreeMap::new();
    for origin in origins {
        let mean = [(origin.lon_deg - first.lon_deg) * east_m_per_deg, (origin.lat_deg - first.lat_deg) * DEGREE_M];
        by_cell.entry(key(mean)).or_default().0 += 1;
        let places: Vec<[f64; 2]> = area::samples(mean, origin.covariance).collect();
        for place in &places {
            by_cell.entry(key(*place)).or_default().1 += 1.0 / places.len() as f64;
        }
    }
    let cell = |((east, north), (launches, expected)): ((i64, i64), (u64, f64))| OriginCell {
        lat_deg: first.lat_deg + (north as f64 + 0.5) * CELL_M / DEGREE_M,
        lon_deg: first.lon_deg + (east as f64 + 0.5) * CELL_M / east_m_per_deg,
        launches,
        expected,
        per_100_h: Interval::rate(launches, observed_h / 100.0),
    };
    let worth = |(_, (launches, expected)): &((i64, i64), (u64, f64))| *launches > 0 || *expected >= 0.05;
    let mut cells: Vec<OriginCell> = by_cell.into_iter().filter(worth).map(cell).collect();
    cells.sort_by(|a, b| b.expected.total_cmp(&a.expected));
    cells
}

/// What such a source cannot tell, whatever stands in it.
fn limits(facts: &SourceFacts) -> Vec<String> {
    let mut limits = vec![
        "Intervals by bouts hold the number of bouts fixed, so that they say how unevenly bouts fill the calendar and not how many \
         there will be."
            .to_owned(),
        "Nothing here predicts: who fires chooses when, and may read this too.".to_owned(),
    ];
    if facts.kind == "table" {
        limits.extend([
            "A table of alerts tells who was warned. It does not tell whether anything fell, how long people had, where it came \
             from, or who should have been warned and was not."
                .to_owned(),
            "Every day from the first row to the last is taken as observed; where the archive has holes, rates are too low.".to_owned(),
            "Zones are told apart by their names; where zones were cut anew or renamed, old and new ones are ranked apart, and a rate \
             over the whole time is too low for both."
                .to_owned(),
        ]);
    } else {
        limits.push(
            "What was false or missed is judged by the recordings themselves, from impacts that the same sensors saw; what no sensor \
             saw is in no figure."
                .to_owned(),
        );
    }
    let days: BTreeSet<&str> = [facts.from.as_str(), facts.until.as_str()].into();
    if days.len() == 1 {
        limits.push("All of it is of one day: nothing follows for other days.".to_owned());
    }
    limits
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime {
        text.parse().unwrap()
    }

    fn table(rows: &[(&str, &str)]) -> Source {
        let rows =
            rows.iter().map(|(when, zones)| Row { at: at(when), zones: zones.split(' ').map(str::to_owned).collect() });
        let file = FileFacts { file: "t.csv".to_owned(), sha256: String::new() };
        Source::of_tables(vec![(file, Table { rows: rows.collect(), left_out: 0 })], "UTC")
    }

    #[test]
    fn rows_become_incidents_and_incidents_bouts() {
        let rows = [
            ("2021-05-10T20:00:00", "a b"),
            ("2021-05-10T20:20:00", "a"),
            ("2021-05-10T21:30:00", "a"),
            ("2021-05-20T06:00:00", "b"),
        ];
        let pattern = Pattern::of(table(&rows), Gaps::default(), "test").unwrap();
        assert_eq!((pattern.source.rows, pattern.incidents.count, pattern.incidents.bouts), (4, 3, 2));
        assert_eq!(pattern.source.observed_h, 11.0 * 24.0);
        assert_eq!(
            pattern.zones.iter().map(|z| (z.zone.as_str(), z.incidents, z.bouts)).collect::<Vec<_>>(),
            [("a", 2, 1), ("b", 2, 2)]
        );
        assert_eq!(pattern.hours.iter().map(|hour| hour.incidents).sum::<u64>(), 3);
        assert_eq!((pattern.hours[20].incidents, pattern.hours[20].observed_days), (1, 11.0));
        assert_eq!(pattern.week.iter().map(|cell| cell.incidents).sum::<u64>(), 3);
        let wide = pattern.incidents.other_gaps.iter().find(|gap| gap.gap_min == 180.0).unwrap();
        assert_eq!(wide.incidents, 2);
        assert!(pattern.leads.is_none() && pattern.origins.is_empty());
    }

    #[test]
    fn quantiles_lie_between_their_neighbours() {
        assert_eq!(quantile(&[1.0, 2.0, 3.0, 4.0], 0.5), 2.5);
        assert_eq!(quantile(&[7.0], 0.9), 7.0);
        assert!(quantile(&[], 0.5).is_nan());
    }

    #[test]
    fn launches_are_spread_over_their_uncertainty() {
        let covariance = parapet_frame::PlaneCovariance { east_east_m2: 1e6, east_north_m2: 0.0, north_north_m2: 1.0 };
        let cells = cells(&[Launch { lat_deg: 33.0, lon_deg: 44.0, covariance }; 10], 100.0);
        assert!(cells.len() >= 4);
        assert_eq!(cells.iter().map(|cell| cell.launches).sum::<u64>(), 10);
        assert!((cells.iter().map(|cell| cell.expected).sum::<f64>() - 10.0).abs() < 0.2);
    }
}
