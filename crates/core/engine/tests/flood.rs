//! Floods of false plots against tables that are far too small for them.

mod scene;

use std::collections::BTreeSet;

use parapet_engine::{Engine, Event, Output};
use parapet_frame::Time;
use parapet_track::{TrackEnd, TrackId};
use scene::{Noise, PERIOD_S, Round, config, events, plot, run, square};

/// Scans before the flood: enough for a round to be believed.
const FLOOD_FROM: u32 = 30;

/// Adds this many false plots to every scan of a scene, from the thirtieth on.
fn flooded(events: Vec<(Time, Event)>, each_scan: u32, noise: &mut Noise) -> Vec<(Time, Event)> {
    let (mut scan, mut sequence) = (0_u32, 1_000_000);
    let mut flood = Vec::new();
    for (time, event) in events {
        let begins = matches!(event, Event::Alive { .. });
        flood.push((time, event));
        if !begins {
            continue;
        }
        scan += 1;
        if scan <= FLOOD_FROM {
            continue;
        }
        for _ in 0..each_scan {
            let range_m = 300.0 + 19_000.0 * noise.uniform();
            let azimuth_rad = std::f64::consts::TAU * (noise.uniform() - 0.5);
            let elevation_rad = 0.5 * noise.uniform() + 0.01;
            let rate_mps = 400.0 * (noise.uniform() - 0.5);
            let mut one = plot(f64::from(scan - 1) * PERIOD_S, range_m, azimuth_rad, elevation_rad, rate_mps);
            one.sequence = sequence;
            sequence += 1;
            flood.push((time, Event::Plot(one)));
        }
    }
    flood
}

/// Whatever the flood, a threat that was believed is never the one that makes room.
#[test]
fn a_believed_threat_survives_a_flood() {
    for seed in 1..=8 {
        let mut noise = Noise(seed * 1_000 + 77);
        let round = Round::northward(5.0, 200.0 + 60.0 * noise.uniform());
        let [east_m, north_m] = round.impact().1;
        let mut small = config(vec![square("hit", east_m, north_m, 100.0)]);
        small.sensors[0].clutter_per_scan = 150.0;
        small.limits.tracks_max = 20;
        small.limits.remembered_plots_max = 2_000;
        small.limits.explanations_max = 2;
        let flood = flooded(events(&[round], 50.0, seed), 150, &mut noise);
        let outputs = run(&mut Engine::new(small), &flood, 60.0);
        let mut believed: BTreeSet<TrackId> = BTreeSet::new();
        let mut last_threat_s = 0.0_f64;
        for output in &outputs {
            match output {
                Output::Threat(threat) if threat.believed => {
                    believed.insert(threat.track);
                    last_threat_s = last_threat_s.max(threat.at.seconds_since(scene::at(0.0)));
                }
                Output::TrackEnded { track, why: TrackEnd::Displaced, .. } => {
                    assert!(!believed.contains(track), "seed {seed}: {track:?} made room");
                }
                _ => {}
            }
        }
        let left_s = round.impact().0 - last_threat_s;
        assert!(left_s < 5.0, "seed {seed}: {believed:?} was a threat until {left_s} s before its impact only");
    }
}
