//! Aircraft that say where they are: recognised, not alarmed on, and never a cloak for a round.

mod scene;

use nalgebra::Vector3;
use parapet_engine::{Engine, Event, Outbox, Output, OwnState, RefusalReason, SensorHealth};
use parapet_flight::{Environment, advance};
use parapet_frame::{HeardAt, MeasuredAt, SitePoint, Time, maths};
use parapet_track::{
    Class, CommonTarget, ContactName, ContactReport, Doubts, Identity, Plot, Scan, SensorId, SensorModel, Suspected,
    Suspicion, Teller,
};
use scene::{Noise, PERIOD_S, Round, at, config, plot, radar, square};

const RECEIVER: SensorId = SensorId(1);
const NAME: ContactName = ContactName::Address(0x3C_65AC);

type State = (Vector3<f64>, Vector3<f64>);

/// A receiver of ADS-B beside the radar.
fn receiver() -> SensorModel {
    SensorModel { name: "adsb".into(), scan: Scan::Rotating, range_min_m: 0.0, range_max_m: 450_000.0, ..radar() }
}

fn engine() -> Engine {
    let [east_m, north_m] = round(20.0).impact().1;
    let mut config = config(vec![square("camp", east_m, north_m, 400.0)]);
    config.sensors.push(receiver());
    Engine::new(config)
}

/// What a thing says of itself: exact, as satellites make it, to 10 m with 95 %.
fn says((place, velocity): State, seconds: f64) -> ContactReport {
    let variance = 17.0;
    let mut covariance = [[0.0; 3]; 3];
    (covariance[0][0], covariance[1][1], covariance[2][2]) = (variance, variance, 400.0);
    ContactReport {
        sensor: RECEIVER,
        teller: Teller::Aircraft,
        name: NAME,
        measured_at: MeasuredAt(at(seconds)),
        heard_at: HeardAt(at(seconds)),
        identity: Identity { address: Some(0x3C_65AC), ..Identity::default() },
        place: SitePoint::from_vector(place),
        covariance,
        velocity_mps: Some(velocity.into()),
        sigma_velocity_mps: [2.0, 2.0],
        tells_height: true,
        tells_error: true,
        on_ground: false,
        doubts: Doubts::default(),
    }
}

/// What the radar measures of a thing; what it is off by throughout: range, azimuth, clock.
fn sees((place, velocity): State, seconds: f64, noise: &mut Noise, off: [f64; 3]) -> Plot {
    let radar = radar();
    let place = place + velocity * off[2];
    let polar = radar.pose.polar_from_site(place);
    let sight = (place - radar.pose.origin()) / polar.range_m;
    plot(
        seconds,
        polar.range_m + off[0] + radar.sigma_range_m * noise.normal(),
        polar.azimuth_rad + off[1] + radar.sigma_azimuth_rad * noise.normal(),
        polar.elevation_rad + 2e-3 * noise.normal(),
        sight.dot(&velocity) + radar.sigma_range_rate_mps * noise.normal(),
    )
}

/// What the engine says to 40 seconds of this, and what it offers to calibrate the radar by.
fn watch(
    seen: impl Fn(f64) -> Option<State>,
    said: impl Fn(f64) -> Option<ContactReport>,
) -> (Vec<(f64, Output)>, Vec<CommonTarget>) {
    let (mut engine, mut pairs) = (engine(), Vec::new());
    let outputs =
        play_with(&mut engine, 40.0, seen, said, [0.0; 3], &mut |engine| pairs.extend(engine.common_targets()));
    (outputs, pairs)
}

/// As [`play_with`], without looking into the engine.
fn play(
    engine: &mut Engine,
    until_s: f64,
    seen: impl Fn(f64) -> Option<State>,
    said: impl Fn(f64) -> Option<ContactReport>,
    off: [f64; 3],
) -> Vec<(f64, Output)> {
    play_with(engine, until_s, seen, said, off, &mut |_| {})
}

/// Plays what is seen twice a second and what is said once a second, each with its time; what the engine says with its time.
fn play_with(
    engine: &mut Engine,
    until_s: f64,
    seen: impl Fn(f64) -> Option<State>,
    said: impl Fn(f64) -> Option<ContactReport>,
    off: [f64; 3],
    after_look: &mut dyn FnMut(&Engine),
) -> Vec<(f64, Output)> {
    let (mut noise, mut said_all) = (Noise(7), Vec::new());
    for look in 0..(until_s / PERIOD_S) as u64 {
        let seconds = look as f64 * PERIOD_S;
        let mut out = Outbox::default();
        if look % 2 == 0
            && let Some(report) = said(seconds)
        {
            engine.step(at(seconds), Event::Contact(Box::new(report)), &mut out);
        }
        let alive = Event::Alive { sensor: SensorId(0), measured_at: MeasuredAt(at(seconds)) };
        engine.step(at(seconds), alive, &mut out);
        if let Some(state) = seen(seconds)
            && noise.uniform() < 0.95
        {
            let plot = Plot { sequence: look, ..sees(state, seconds, &mut noise, off) };
            engine.step(at(seconds), Event::Plot(plot), &mut out);
        }
        engine.step(at(seconds + 0.1), Event::Tick, &mut out);
        after_look(engine);
        said_all.extend(out.outputs.into_iter().map(|output| (seconds, output)));
    }
    said_all
}

/// Westward past the radar, straight and level.
fn airliner(seconds: f64) -> State {
    (Vector3::new(8_000.0 - 120.0 * seconds, 6_000.0, 2_500.0), Vector3::new(-120.0, 0.0, 0.0))
}

fn round(launched_s: f64) -> Round {
    Round::northward(launched_s, 230.0)
}

fn mortar(launched_s: f64) -> impl Fn(f64) -> Option<State> {
    let round = round(launched_s);
    let down_s = round.impact().0;
    move |seconds| {
        let body = advance(&Environment::flat(), &round.body, (seconds - launched_s).max(0.0));
        (seconds >= launched_s && seconds < down_s).then_some((body.position_m, body.velocity_mps))
    }
}

fn first_alarm_s(outputs: &[(f64, Output)]) -> Option<f64> {
    outputs.iter().find_map(|(seconds, output)| matches!(output, Output::Alarm(_)).then_some(*seconds))
}

fn suspicions(outputs: &[(f64, Output)]) -> Vec<(f64, Suspicion)> {
    let of = |(seconds, output): &(f64, Output)| match output {
        Output::Suspicion(suspicion) => Some((*seconds, *suspicion)),
        _ => None,
    };
    outputs.iter().filter_map(of).collect()
}

#[test]
fn an_aircraft_is_recognised_on_what_the_radar_sees() {
    let (outputs, pairs) = watch(|s| Some(airliner(s)), |s| Some(says(airliner(s), s)));
    let last = outputs.iter().rev().find_map(|(_, o)| if let Output::Track(t) = o { Some(t) } else { None }).unwrap();
    let contact = last.contact.expect("recognised");
    assert_eq!((contact.name, contact.sensor, contact.believed), (NAME, RECEIVER, true));
    assert_eq!(last.class, Class::Aircraft, "{:?}", last.classes);
    assert!(last.odds.round() < 1e-4);
    assert_eq!(first_alarm_s(&outputs), None);
    assert_eq!(suspicions(&outputs), []);
    let pair = pairs.last().expect("what both saw, for calibration");
    assert!(pairs.len() > 40, "nearly every plot once it is believed: {}", pairs.len());
    let measured = radar().pose.polar_from_site(pair.reference.place.to_vector());
    assert!((measured.range_m - pair.plot.range_m).abs() < 60.0, "{pair:?}");
    assert_eq!(pair.reference.at, pair.plot.measured_at);
}

#[test]
fn another_aircraft_nearby_is_not_taken_for_it() {
    let beside = |s: f64| {
        let (place, velocity) = airliner(s);
        (place + Vector3::new(0.0, -1_500.0, 0.0), velocity)
    };
    let crossing = |s: f64| (airliner(s).0, Vector3::new(0.0, 120.0, 0.0));
    for other in [&beside as &dyn Fn(f64) -> State, &crossing] {
        let outputs = play(&mut engine(), 40.0, |s| Some(airliner(s)), |s| Some(says(other(s), s)), [0.0; 3]);
        let tracks = outputs.iter().filter_map(|(_, o)| if let Output::Track(t) = o { Some(t) } else { None });
        assert!(tracks.clone().count() > 20 && tracks.clone().all(|track| track.contact.is_none()));
    }
}

/// The attack that the issue is about: whoever can send ADS-B knows the round's way and says that an airliner flies there.
#[test]
fn a_contact_painted_onto_a_round_hides_nothing() {
    let bare = play(&mut engine(), 60.0, mortar(20.0), |_| None, [0.0; 3]);
    let alarm_s = first_alarm_s(&bare).expect("a round that falls on the camp is warned of");
    let exact = |s: f64| mortar(20.0)(s).map(|state| says(state, s));
    // First an honest flight to where the round will begin, long enough to be believed; then the round's way.
    let earned = |s: f64| {
        let (start, _) = mortar(20.0)(20.0).unwrap();
        let level = (start + Vector3::new(0.0, 160.0 * (s - 20.0), 30.0), Vector3::new(0.0, 160.0, 0.0));
        Some(says(mortar(20.0)(s).unwrap_or(level), s))
    };
    // As before, and it says all along that it neither climbs nor descends, at the height of the moment.
    let level = |s: f64| {
        earned(s).map(|mut report| {
            report.velocity_mps = report.velocity_mps.map(|[east, north, _]| [east, north, 0.0]);
            report
        })
    };
    // Another system's track of something that answers nothing: most probably the round itself.
    let system = |s: f64| {
        let doubts = Doubts { silent: true, ..Doubts::default() };
        earned(s).map(|report| ContactReport { teller: Teller::System, doubts, ..report })
    };
    type Said<'a> = &'a dyn Fn(f64) -> Option<ContactReport>;
    let attacks: [(&str, Said<'_>); 4] =
        [("exact", &exact), ("earned", &earned), ("level", &level), ("system", &system)];
    for (name, said) in attacks {
        let outputs = play(&mut engine(), 60.0, mortar(20.0), said, [0.0; 3]);
        let painted_s = first_alarm_s(&outputs).unwrap_or_else(|| panic!("{name}: the alarm was suppressed"));
        assert!(painted_s <= alarm_s + PERIOD_S, "{name}: {painted_s} s instead of {alarm_s} s");
        if name == "exact" || name == "earned" {
            let found = suspicions(&outputs);
            assert!(found.iter().any(|(_, s)| matches!(s.why, Suspected::Falls { .. })), "{name}: {found:?}");
        }
    }
}

#[test]
fn nonsense_is_refused_and_counted() {
    let mut engine = engine();
    let mut out = Outbox::default();
    let mut hear = |seconds: f64, change: &dyn Fn(&mut ContactReport)| {
        let mut report = says(airliner(seconds), seconds);
        change(&mut report);
        engine.step(at(seconds), Event::Contact(Box::new(report)), &mut out);
    };
    hear(0.0, &|_| {});
    hear(0.0, &|_| {}); // the same again
    hear(1.0, &|r| r.place.east_m += 5_000.0); // a jump
    hear(2.0, &|r| r.velocity_mps = Some([2_000.0, 0.0, 0.0])); // impossible speed
    hear(3.0, &|r| r.velocity_mps = Some([100.0, 0.0, 300.0])); // impossible climb
    hear(4.0, &|r| r.place.up_m = 80_000.0); // beyond the air
    hear(5.0, &|r| r.place.east_m = f64::NAN);
    hear(6.0, &|r| r.place.north_m = 600_000.0); // farther than anybody hears
    hear(7.0, &|r| r.measured_at = MeasuredAt(at(-60.0))); // last minute's
    hear(8.0, &|r| r.measured_at = MeasuredAt(at(70.0))); // next minute's
    hear(9.0, &|r| r.sensor = SensorId(7));
    hear(10.0, &|_| {});
    let counts = engine.counts();
    let refused: Vec<(RefusalReason, u64)> = counts.refused.iter().map(|(reason, n)| (*reason, *n)).collect();
    let expected = [
        (RefusalReason::UnknownSensor, 1),
        (RefusalReason::Duplicate, 1),
        (RefusalReason::Impossible, 5),
        (RefusalReason::TooOld, 1),
        (RefusalReason::FromTheFuture, 1),
        (RefusalReason::Contradiction, 1),
    ];
    assert_eq!(refused, expected);
    assert_eq!((counts.heard, counts.used), (12, 2));
    let words =
        out.outputs.iter().filter_map(|o| if let Output::Refused(r) = o { Some(r.detail.as_str()) } else { None });
    assert!(
        words.clone().any(|detail| detail.contains("5000 m from where it said")),
        "{:?}",
        words.collect::<Vec<_>>()
    );
}

#[test]
fn who_jumps_again_and_again_is_suspected_and_begins_anew() {
    let mut engine = engine();
    let mut out = Outbox::default();
    for second in 0..8 {
        let seconds = f64::from(second);
        let mut report = says(airliner(seconds), seconds);
        if second >= 3 {
            report.place.north_m += 7_000.0;
        }
        engine.step(at(seconds), Event::Contact(Box::new(report)), &mut out);
    }
    assert_eq!(engine.counts().refused.get(&RefusalReason::Contradiction), Some(&3));
    assert_eq!(engine.counts().used, 5, "three before the jump, two after its new way was taken up");
    let found =
        out.outputs.iter().filter(|o| matches!(o, Output::Suspicion(s) if matches!(s.why, Suspected::Jumps { .. })));
    assert_eq!(found.count(), 1);
}

/// Somebody draws the aircraft's own word away from it by 1 m/s, in four directions.
#[test]
fn a_slow_drift_is_found_within_a_minute() {
    const BEGINS_S: f64 = 30.0;
    for (east_mps, north_mps) in [(1.0, 0.0), (0.0, 1.0), (-0.7, 0.7), (0.7, 0.7)] {
        let drifting = |s: f64| {
            let (place, velocity) = airliner(s);
            let drifted = Vector3::new(east_mps, north_mps, 0.0) * (s - BEGINS_S).max(0.0);
            Some(says((place + drifted, velocity), s))
        };
        let outputs = play(&mut engine(), 100.0, |s| Some(airliner(s)), drifting, [0.0; 3]);
        let found = suspicions(&outputs);
        let [(seconds, suspicion)] = found[..] else { panic!("({east_mps}, {north_mps}) said once: {found:?}") };
        assert!((BEGINS_S..=BEGINS_S + 60.0).contains(&seconds), "({east_mps}, {north_mps}) found at {seconds} s");
        let Suspected::Drift { east_mps: e, north_mps: n, sigma_mps } = suspicion.why else { panic!("{suspicion:?}") };
        assert!(e * east_mps + n * north_mps > 0.3, "towards ({e}, {n}) +- {sigma_mps}");
        let last =
            outputs.iter().rev().find_map(|(_, o)| if let Output::Track(t) = o { Some(t) } else { None }).unwrap();
        assert!(last.contact.is_none_or(|contact| !contact.believed), "nothing that it says counts any more");
    }
}

/// What stays is no drift: a radar that is off by 50 m, 0.3 degrees and 200 ms.
#[test]
fn a_radar_that_is_off_accuses_nobody() {
    let off = [50.0, 0.3_f64.to_radians(), 0.2];
    let turning = |s: f64| {
        let (sin, cos) = maths::sin_cos(0.03 * s);
        (Vector3::new(4_000.0 * cos, 7_000.0 + 4_000.0 * sin, 1_500.0), Vector3::new(-sin, cos, 0.0) * 120.0)
    };
    for flight in [&airliner as &dyn Fn(f64) -> State, &turning] {
        let outputs = play(&mut engine(), 120.0, |s| Some(flight(s)), |s| Some(says(flight(s), s)), off);
        assert_eq!(suspicions(&outputs), []);
        let recognised = |o: &Output| matches!(o, Output::Track(t) if t.contact.is_some_and(|c| c.believed));
        assert!(outputs.iter().filter(|(_, o)| recognised(o)).count() > 100, "and is not kept from recognising");
    }
}

#[test]
fn what_a_sensor_says_of_itself_is_shown() {
    let mut engine = engine();
    let mut out = Outbox::default();
    let mut say = |seconds: f64, change: &dyn Fn(&mut OwnState)| -> Vec<(SensorHealth, Vec<&'static str>)> {
        let time = at(seconds);
        let mut state = OwnState::alive(SensorId(0), MeasuredAt(time), HeardAt(time));
        change(&mut state);
        out.outputs.clear();
        engine.step(time, Event::Health(Box::new(state)), &mut out);
        let of = |output: &Output| match output {
            Output::Sensor(report) => Some((report.health, report.complaints.words().collect())),
            _ => None,
        };
        out.outputs.iter().filter_map(of).collect()
    };
    assert_eq!(say(0.0, &|_| {}), [(SensorHealth::Speaking, vec![])]);
    assert_eq!(say(1.0, &|s| s.released = Some(false)), [(SensorHealth::Speaking, vec!["not released for use"])]);
    assert_eq!(say(1.5, &|_| {}), [], "what was said stands until something else is said");
    let both = vec!["not released for use", "clock not valid"];
    assert_eq!(say(2.0, &|s| s.time_valid = Some(false)), [(SensorHealth::Speaking, both)]);
    let fine = |s: &mut OwnState| (s.released, s.time_valid) = (Some(true), Some(true));
    assert_eq!(say(2.5, &fine), [(SensorHealth::Speaking, vec![])]);
    assert_eq!(say(3.0, &|s| s.jammed_from_rad = Some(1.0)), [(SensorHealth::Speaking, vec!["jammed"])]);
    let time = Time::from_seconds(0.0);
    assert!(engine.next_wake() > time, "alive by this word alone");
}
