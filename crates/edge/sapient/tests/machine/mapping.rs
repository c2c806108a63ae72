//! From detections to plots, and from alarms to alerts.

use parapet_engine::{Event, Mode};
use parapet_frame::{Geodetic, HeardAt, SensorPose, SiteFrame, SitePoint, Time};
use parapet_sapient::schema::sapient_message::Content;
use parapet_sapient::schema::status_report::System;
use parapet_sapient::schema::{DetectionReport, Location, RangeBearing, detection_report};
use parapet_sapient::{
    AlertZone, EarthPlace, Intaken, Limits, NodeSurvey, SapientDetection, SapientIntake, SapientSource, SeenAt, Sound,
    Translator, alert, check, read,
};
use parapet_track::{Plot, Scan, SensorId, SensorModel};
use parapet_warn::{Alarm, AlarmId, Reason, Stage, ZoneId};

use crate::talk::{Peer, RADAR, node, start};

fn source() -> SapientSource {
    let place = EarthPlace { lat_rad: 33.3_f64.to_radians(), lon_rad: 44.39_f64.to_radians(), height_m: 40.0 };
    SapientSource {
        sensor: SensorId(3),
        node: node(RADAR),
        links: vec![2],
        place,
        north_rad: None,
        geoid_m: 0.0,
        sigma_elevation_rad: Some(0.003),
    }
}

fn taken(source: SapientSource, link: u16, bytes: &[u8]) -> Vec<Intaken> {
    let mut intake = SapientIntake::new(vec![source]);
    let mut found = Vec::new();
    intake.message(HeardAt(start()), link, bytes, &mut |what| found.push(what));
    found
}

fn plot(source: SapientSource, bytes: &[u8]) -> Plot {
    match taken(source, 2, bytes).as_slice() {
        [Intaken::Event(Event::Plot(plot))] => *plot,
        other => panic!("no plot: {other:?}"),
    }
}

fn report(place: detection_report::LocationOneof) -> DetectionReport {
    DetectionReport {
        report_id: Some("01M81PCR2ZB03Z7DH10K34GY5C".to_owned()),
        object_id: Some("01M81PCR2ZC67R6C9T1WATNEK3".to_owned()),
        location_oneof: Some(place),
        ..DetectionReport::default()
    }
}

fn says(report: DetectionReport) -> Vec<u8> {
    Peer::new(RADAR).says(start(), Content::DetectionReport(report))
}

fn bearing(azimuth: f64, system: i32, datum: i32, range: Option<f64>) -> DetectionReport {
    let place = RangeBearing {
        azimuth: Some(azimuth),
        range,
        elevation: Some(0.5),
        coordinate_system: Some(system),
        datum: Some(datum),
        ..RangeBearing::default()
    };
    report(detection_report::LocationOneof::RangeBearing(place))
}

#[test]
fn range_and_bearing_become_a_plot() {
    let found = plot(source(), &Peer::new(RADAR).sees(start(), 5_000.0, 270.0, 20.0));
    assert_eq!((found.sensor, found.sequence, found.range_m, found.simulated), (SensorId(3), 0, 5_000.0, false));
    assert_eq!((found.measured_at.0, found.heard_at.0), (start(), start()));
    assert!((found.azimuth_rad + core::f64::consts::FRAC_PI_2).abs() < 1e-12);
    let elevation = found.elevation.unwrap();
    assert!((elevation.rad - 20_f64.to_radians()).abs() < 1e-12);
    assert!((elevation.sigma_rad - 0.2_f64.to_radians()).abs() < 1e-12, "the node's own error is used");
}

#[test]
fn units_and_norths_are_turned_into_ours() {
    let kilometres = plot(source(), &says(bearing(1.0, 4, 1, Some(5.0))));
    assert_eq!((kilometres.range_m, kilometres.azimuth_rad), (5_000.0, 1.0));
    assert_eq!(kilometres.elevation.unwrap().sigma_rad, 0.003, "without an error the configured one is used");
    let magnetic = says(bearing(1.0, 2, 2, Some(5_000.0)));
    let turned = plot(SapientSource { north_rad: Some(0.1), ..source() }, &magnetic);
    assert!((turned.azimuth_rad - 1.1).abs() < 1e-12);
    let found = taken(source(), 2, &magnetic);
    assert!(
        matches!(&found[..], [Intaken::Event(Event::Undecodable(why))] if why.detail.contains("north_deg") && why.sensor == Some(SensorId(3))),
        "{found:?}"
    );
}

fn at_place(x: f64, y: f64, z: Option<f64>, system: i32, zone: Option<&str>) -> DetectionReport {
    let place = Location {
        x: Some(x),
        y: Some(y),
        z,
        x_error: Some(5.0),
        y_error: Some(5.0),
        z_error: z.map(|_| 8.0),
        coordinate_system: Some(system),
        datum: Some(2),
        utm_zone: zone.map(str::to_owned),
    };
    report(detection_report::LocationOneof::Location(place))
}

#[test]
fn a_place_on_the_earth_becomes_a_plot() {
    // One hundredth of a degree of latitude to the north, 1,109.0 m there.
    let found = plot(source(), &says(at_place(44.39, 33.31, Some(1_040.0), 1, None)));
    assert!((found.range_m - 1_109.0_f64.hypot(1_000.0)).abs() < 1.0, "{found:?}");
    assert!(found.azimuth_rad.abs() < 1e-9);
    let elevation = found.elevation.unwrap();
    assert!((elevation.rad - (1_000.0_f64 / 1_109.0).atan()).abs() < 1e-3);
    assert!((elevation.sigma_rad - 8.0 / 1_109.0).abs() < 1e-4);
    // The same place in UTM (pyproj: 441_000 east of EPSG:32638 lies 2.8 km west and 5 km north of the sensor).
    let utm = plot(source(), &says(at_place(441_000.0, 3_690_000.0, None, 5, Some("38S"))));
    assert!(utm.elevation.is_none() && (5_000.0..6_500.0).contains(&utm.range_m), "{utm:?}");
    let found = taken(source(), 2, &says(at_place(441_000.0, 3_690_000.0, None, 5, None)));
    assert!(matches!(&found[..], [Intaken::Event(Event::Undecodable(why))] if why.detail.contains("UTM")), "{found:?}");
}

#[test]
fn errors_in_degrees_and_in_metres_are_told_apart() {
    for (error, metres) in [(5.0, 5.0), (0.0001, 11.1)] {
        let mut told = at_place(44.39, 33.31, None, 1, None);
        if let Some(detection_report::LocationOneof::Location(place)) = &mut told.location_oneof {
            place.y_error = Some(error);
        }
        let message = read(&says(told), &Limits::DEFAULT).unwrap();
        let SeenAt::Place { sigma_m, .. } = SapientDetection::of(&message).unwrap().seen_at else { panic!("a place") };
        assert!((sigma_m[1].unwrap() - metres).abs() < 0.1, "{sigma_m:?}");
    }
}

#[test]
fn a_sound_is_kept_with_its_bearing() {
    let mut heard = bearing(90.0, 1, 1, None);
    heard.behaviour =
        vec![detection_report::Behaviour { r#type: Some("Mortar launch".to_owned()), confidence: Some(0.8) }];
    heard.classification = vec![detection_report::DetectionReportClassification {
        r#type: Some("Explosion".to_owned()),
        confidence: Some(0.1),
        sub_class: Vec::new(),
    }];
    let found = taken(source(), 2, &says(heard));
    let [Intaken::Event(Event::Alive { sensor, .. }), Intaken::Detection(detection)] = &found[..] else {
        panic!("a sign of life and the detection itself: {found:?}")
    };
    assert_eq!(*sensor, SensorId(3));
    assert!(matches!(detection.sound(), Some((Sound::Launch, Some(confidence))) if (confidence - 0.8).abs() < 1e-6));
    assert!(matches!(detection.seen_at, SeenAt::Polar { range_m: None, azimuth_rad: Some(_), .. }));
}

#[test]
fn what_is_lost_or_simulated_is_not_seen_as_real() {
    let lost = DetectionReport { state: Some("Object Lost".to_owned()), ..bearing(1.0, 2, 1, Some(5_000.0)) };
    assert!(matches!(taken(source(), 2, &says(lost))[0], Intaken::Event(Event::Alive { .. })));
    let info = detection_report::TrackObjectInfo {
        r#type: Some("simulated".to_owned()),
        value: Some("true".to_owned()),
        error: None,
    };
    let practice = DetectionReport { object_info: vec![info], ..bearing(1.0, 2, 1, Some(5_000.0)) };
    assert!(plot(source(), &says(practice)).simulated);
}

#[test]
fn a_sick_node_is_no_sign_of_life() {
    let mut peer = Peer::new(RADAR);
    assert!(matches!(taken(source(), 2, &peer.status(start(), System::Ok))[..], [Intaken::Event(Event::Health(_))]));
    let sick = taken(source(), 2, &peer.status(start(), System::Error));
    // The engine takes no word for a sign of life that says that the sensor is not to be used.
    assert!(matches!(&sick[..], [Intaken::Event(Event::Health(state))] if state.released == Some(false)), "{sick:?}");
    assert_eq!(taken(source(), 2, &peer.status(start(), System::Goodbye)), []);
}

#[test]
fn strangers_and_garbage_are_counted() {
    for (link, bytes) in [(1, Peer::new(RADAR).sees(start(), 1.0, 1.0, 1.0)), (2, vec![0xFF])] {
        let found = taken(source(), link, &bytes);
        assert!(matches!(&found[..], [Intaken::Event(Event::Undecodable(why))] if why.sensor.is_none()), "{found:?}");
    }
}

#[test]
fn an_alarm_is_one_alert_from_cover_to_all_clear() {
    let zone = AlertZone {
        key: "hospital".to_owned(),
        name: "Hospital".to_owned(),
        centre: Geodetic { lat_deg: 33.31, lon_deg: 44.39, height_m: 34.0 },
    };
    let alarm = |stage| Alarm {
        probability: 0.3,
        threshold: 0.1,
        impact_at: Some(start().plus_seconds(20.0)),
        ..Alarm::plain(AlarmId { zone: ZoneId(0), cause: start(), again: 0 }, start(), stage, Reason::ImpactPredicted)
    };
    let mut names = Vec::new();
    for (stage, word) in [
        (Stage::Prepare, "be ready"),
        (Stage::TakeCover, "take cover"),
        (Stage::AllClear, "all clear"),
        (Stage::Withdrawn, "withdrawn"),
    ] {
        for mode in [Mode::Live, Mode::Exercise] {
            let (id, told) = alert(&alarm(stage), &zone, mode);
            assert!(told.description().contains(word));
            assert_eq!(told.description().starts_with("EXERCISE"), mode == Mode::Exercise);
            names.push(id);
            let bytes = Peer::new(RADAR).says(Time::from_seconds(1e9), Content::Alert(told));
            assert_eq!(check(&bytes, &Limits::DEFAULT), []);
        }
    }
    names.dedup();
    assert_eq!(names.len(), 1);
}

#[test]
fn a_node_says_where_it_stands_and_what_it_sees() {
    let json = r#"{ "timestamp": "2026-11-22T13:16:10Z", "nodeId": "ac3d032e-40a8-4616-9485-28203450b1f4", "statusReport": {
        "reportId": "01M81PCR2ZB03Z7DH10K34GY5C", "system": "SYSTEM_OK", "info": "INFO_NEW", "mode": "watch",
        "nodeLocation": { "x": 44.391, "y": 33.3, "z": 43, "coordinateSystem": "LOCATION_COORDINATE_SYSTEM_LAT_LNG_DEG_M",
            "datum": "LOCATION_DATUM_WGS84_E" },
        "fieldOfView": { "rangeBearing": { "azimuth": 90, "elevation": 20, "range": 12, "horizontalExtent": 120,
            "verticalExtent": 30, "coordinateSystem": "RANGE_BEARING_COORDINATE_SYSTEM_DEGREES_KM",
            "datum": "RANGE_BEARING_DATUM_TRUE" } } } }"#;
    let message = read(&Translator::new().bytes(json).unwrap(), &Limits::DEFAULT).unwrap();
    let Some(Content::StatusReport(status)) = message.content else { panic!("a status report") };
    let survey = NodeSurvey::of(&Peer::profile().registration(), &status);
    assert_eq!((survey.range_max_m, survey.scan), (Some(12_000.0), Some(Scan::Rotating)));
    let off_m = survey.distance_m(&source()).unwrap();
    assert!((off_m - 93.1).abs() < 0.5, "a thousandth of a degree of longitude there: {off_m}");
    let frame = SiteFrame::at(Geodetic { lat_deg: 33.3, lon_deg: 44.391, height_m: 40.0 }).unwrap();
    let like = SensorModel {
        name: "east".to_owned(),
        pose: SensorPose::parallel(SitePoint::default(), 0.0),
        range_min_m: 100.0,
        range_max_m: 1.0,
        elevation_min_rad: 0.0,
        elevation_max_rad: 1.0,
        scan: Scan::Staring,
        scan_period_s: 1.0,
        sigma_range_m: 10.0,
        sigma_azimuth_rad: 0.003,
        sigma_range_rate_mps: 5.0,
        detection_probability: 0.9,
        clutter_per_scan: 1.0,
        silent_after_s: 3.0,
        blanked: Vec::new(),
        trust: parapet_track::Trust::default(),
    };
    let model = survey.sensor_model(&frame, 3.0, &like).unwrap().unwrap();
    assert!(model.pose.origin().norm() < 1e-6, "43 m above the ellipsoid are 40 above the geoid: {:?}", model.pose);
    assert_eq!((model.range_max_m, model.scan, model.range_min_m), (12_000.0, Scan::Rotating, 100.0));
    assert!((model.elevation_max_rad - 35_f64.to_radians()).abs() < 1e-12);
}
