//! Writes a sample: the report of an invented attack on two dozen zones, or with `pattern` the pattern of an invented year.
//!
//!     cargo run -p parapet-report --example sample > report.html
//!     cargo run -p parapet-report --example sample pattern > pattern.html

use std::io::Write as _;

use parapet_engine::{Complaints, Config, Limits, Mode, Output, SensorHealth, SensorReport};
use parapet_frame::{Geodetic, PlaneCovariance, SensorPose, SiteFrame, SitePoint, Time};
use parapet_report::pattern::{FileFacts, Gaps, Pattern, Source, Table, html as pattern_html};
use parapet_report::{About, Boundaries, Gathering, Scenery, html};
use parapet_track::{Class, ClassOdds, MotionOdds, Scan, SensorId, SensorModel, TrackEnd, TrackId, TrackReport, Trust};
use parapet_warn::{
    Alarm, AlarmId, Command, Impact, OperatorCommand, OperatorReport, Origin, OriginReport, Policy, Reason, Stage,
    Threat, Zone, ZoneId,
};
use serde_json::json;

type Problem = Box<dyn std::error::Error>;

const SITE: Geodetic = Geodetic { lat_deg: 33.3, lon_deg: 44.4, height_m: 34.0 };
const ZONES: usize = 24;
const ROUNDS: u64 = 9;

fn main() -> Result<(), Problem> {
    let page = match std::env::args().nth(1).as_deref() {
        Some("pattern") => pattern()?,
        _ => report()?,
    };
    Ok(std::io::stdout().lock().write_all(page.as_bytes())?)
}

fn at(seconds: f64) -> Time {
    Time::from_seconds(1_700_000_000.0 + seconds)
}

fn place(number: usize) -> [f64; 2] {
    [(number % 6) as f64 * 700.0 - 1_700.0, (number / 6) as f64 * 800.0 - 1_200.0]
}

/// Names as sites have them: long, in another script, and one that means no good.
fn name(number: usize) -> String {
    match number {
        2 => "مستشفى المدينة".to_owned(),
        3 => "<script>document.title='taken over'</script>".to_owned(),
        5 => "Administration and logistics compound behind the eastern gate".to_owned(),
        number => format!("Housing {}", number + 1),
    }
}

fn zone(number: usize) -> Zone {
    let [east_m, north_m] = place(number);
    let corners = [[-120.0, -90.0], [110.0, -120.0], [140.0, 60.0], [20.0, 130.0], [-130.0, 80.0]];
    Zone {
        key: format!("zone-{number}"),
        name: name(number),
        kind: "housing".to_owned(),
        people: 40 * number as u32 + 120,
        rings: vec![corners.iter().map(|[x, y]| [east_m + x, north_m + y]).collect()],
        alarm_probability: 0.1,
        shelter_s: None,
    }
}

fn sensor(name: &str, east_m: f64, north_m: f64) -> SensorModel {
    SensorModel {
        name: name.to_owned(),
        pose: SensorPose::parallel(SitePoint { east_m, north_m, up_m: 10.0 }, SITE.height_m),
        range_min_m: 300.0,
        range_max_m: 25_000.0,
        elevation_min_rad: 0.0,
        elevation_max_rad: 1.4,
        scan: Scan::Rotating,
        scan_period_s: 1.0,
        sigma_range_m: 15.0,
        sigma_azimuth_rad: 0.003,
        sigma_range_rate_mps: 2.0,
        detection_probability: 0.9,
        clutter_per_scan: 1.0,
        silent_after_s: 3.0,
        blanked: Vec::new(),
        trust: Trust::default(),
    }
}

fn config() -> Config {
    Config {
        mode: Mode::Exercise,
        environment: parapet_flight::Environment::flat(),
        sensors: vec![sensor("radar-north", 400.0, 2_300.0), sensor("radar-south", -300.0, -2_000.0)],
        zones: (0..ZONES).map(zone).collect(),
        policy: Policy { effect_radius_m: 80.0, ..Policy::default() },
        limits: Limits::default(),
    }
}

fn covariance(sigma_m: f64) -> PlaneCovariance {
    let variance = sigma_m * sigma_m;
    PlaneCovariance { east_east_m2: 4.0 * variance, east_north_m2: 0.6 * variance, north_north_m2: variance }
}

/// A round on the zone of its number, or beside it.
fn round(gathering: &mut Gathering, number: u64) {
    let (track, begun) = (TrackId(100 + number), 5.0 + 6.0 * number as f64);
    let [east_m, north_m] = place(2 * number as usize);
    let off_m = if number.is_multiple_of(3) { 300.0 } else { 20.0 };
    let impact = Impact {
        at: at(begun + 34.0),
        sigma_time_s: 0.1,
        place: SitePoint { east_m: east_m + off_m, north_m, up_m: 0.0 },
        covariance: covariance(30.0),
        speed_mps: 240.0,
    };
    let threat =
        Threat { track, at: at(begun + 2.0), first_plot_at: at(begun), probability: 0.99, believed: true, impact };
    let launch = SitePoint { east_m: 7_900.0 + 30.0 * number as f64, north_m: 1_300.0, up_m: 0.0 };
    let origin = Origin { at: at(begun - 1.5), sigma_time_s: 0.4, place: launch, covariance: covariance(25.0) };
    gathering.output(at(begun + 2.0), Output::Threat(threat));
    gathering.output(at(begun + 2.0), Output::Origin(OriginReport { track, at: at(begun + 2.0), plots: 8, origin }));
    gathering.output(at(begun + 30.0), Output::Track(report_of(track, begun)));
    gathering.output(at(begun + 34.0), Output::TrackEnded { track, at: at(begun + 34.0), why: TrackEnd::Landed });
}

fn report_of(id: TrackId, begun: f64) -> TrackReport {
    let classes =
        ClassOdds { mortar: 0.01, artillery: 0.31, rocket: 0.67, aircraft: 0.0, drone: 0.0, bird: 0.0, unknown: 0.01 };
    TrackReport {
        id,
        at: at(begun + 30.0),
        position_m: [0.0; 3],
        velocity_mps: [0.0; 3],
        covariance: [0.0; 21],
        ln_beta: [9.0, 0.1],
        existence: 0.999,
        odds: MotionOdds { ballistic: 0.98, boosting: 0.0, coasting: 0.01, level: 0.01 },
        classes,
        class: Class::Ballistic,
        plots: 58,
        first_plot_at: at(begun),
        last_plot_at: at(begun + 32.0),
        identity: None,
        smoothed: None,
        contact: None,
        evidence: parapet_track::Evidence::default(),
    }
}

/// The life of the alarm of a zone; every seventh is taken back, and one zone is forgotten.
fn alarm(gathering: &mut Gathering, number: usize) {
    let raised = 8.0 + 3.0 * number as f64;
    let id = AlarmId { zone: ZoneId(number as u16), cause: at(raised - 2.0), again: 0 };
    let told = |seconds: f64, stage: Stage, reason: Reason| {
        let mut alarm = Alarm::plain(id, at(seconds), stage, reason);
        (alarm.probability, alarm.threshold, alarm.raised_at) = (0.42, 0.1, at(raised));
        alarm.impact_at = (stage == Stage::TakeCover).then(|| at(raised + 31.0));
        alarm.acknowledged_by = (stage == Stage::Hold).then(|| "ann".to_owned());
        Output::Alarm(alarm)
    };
    let mut words = vec![told(raised, Stage::TakeCover, Reason::ImpactPredicted)];
    if number.is_multiple_of(7) {
        words.push(told(raised + 20.0, Stage::Withdrawn, Reason::ImpactElsewhere));
    } else {
        words.push(told(raised + 33.0, Stage::Hold, Reason::ImpactsOver));
        words.push(told(raised + 63.0, Stage::AllClear, Reason::HoldOver));
    }
    words.into_iter().for_each(|word| gathering.output(at(raised), word));
}

fn report() -> Result<String, Problem> {
    let config = config();
    let about = About {
        made_by: "parapet sample".to_owned(),
        file: "sample.mcap".to_owned(),
        sha256: "0123456789abcdef".repeat(4),
        bytes: 8_329_389,
        written_by: "parapet 0.1.0".to_owned(),
        started_at: at(0.0),
        site: "Sample compound".to_owned(),
        origin: SITE,
        config: config.clone(),
    };
    let mut gathering = Gathering::new(about)?;
    (0..ROUNDS).for_each(|number| round(&mut gathering, number));
    (0..18).filter(|number| *number != 4).for_each(|number| alarm(&mut gathering, number));
    let health = |seconds: f64, health: SensorHealth| {
        let report = SensorReport { sensor: SensorId(0), at: at(seconds), health, complaints: Complaints::default() };
        Output::Sensor(report)
    };
    gathering.output(at(30.0), health(30.0, SensorHealth::Silent));
    gathering.output(at(42.0), health(42.0, SensorHealth::Speaking));
    let comment = Command::Comment { text: "Two craters at the east gate, nobody hurt.".to_owned(), alarm: None };
    let command = OperatorCommand { who: "ann".to_owned(), seconded_by: None, command: comment };
    gathering.output(at(120.0), Output::Operator(OperatorReport { at: at(120.0), command, refused: None }));
    for number in 0..30 {
        let acknowledged_s = (number % 9 != 0).then_some(0.02 + 0.01 * f64::from(number));
        gathering.delivery(&json!({ "alarm": format!("zone-{number}-1700000006000"), "stage": "take_cover", "channel": "mqtt",
            "receiver": format!("siren-{number}"), "sent_s": 0.003, "acknowledged_s": acknowledged_s, "resent": number % 3 }));
    }
    gathering.passed(at(200.0));
    let boundaries = Boundaries::read(&districts(), "sample districts", &SiteFrame::at(SITE)?)?;
    let report = gathering.report(&boundaries);
    Ok(html(&report, &Scenery::new(&config, boundaries)))
}

fn districts() -> String {
    let square = |name: &str, west_deg: f64, east_deg: f64| {
        json!({ "type": "Feature", "properties": { "name": name }, "geometry": { "type": "Polygon",
            "coordinates": [[[west_deg, 33.2], [east_deg, 33.2], [east_deg, 33.4], [west_deg, 33.4], [west_deg, 33.2]]] } })
    };
    let features =
        [square("West bank", 44.3, 44.42), square("East bank", 44.42, 44.482), square("Plain", 44.482, 44.6)];
    json!({ "type": "FeatureCollection", "features": features }).to_string()
}

/// Attacks in the evening, in bouts of three days, all the year.
fn pattern() -> Result<String, Problem> {
    let mut text = "at,zones\n".to_owned();
    for bout in 0..24_u32 {
        for day in 0..3 {
            let (month, date) = (1 + bout / 2, 2 + 14 * (bout % 2) + day);
            let hour = 17 + (bout * 5 + day) % 6;
            text +=
                &format!("2021-{month:02}-{date:02}T{hour:02}:{:02}:00,Zone {}; Zone {}\n", bout, bout % 7, day + 1);
        }
    }
    let table = Table::read(&text, &jiff::tz::TimeZone::UTC, None)?;
    let file = FileFacts { file: "sample.csv".to_owned(), sha256: "0123456789abcdef".repeat(4) };
    let pattern = Pattern::of(Source::of_tables(vec![(file, table)], "UTC"), Gaps::default(), "parapet sample")?;
    Ok(pattern_html(&pattern, &Boundaries::default()))
}
