//! What an event costs with 10,000 acoustic nodes: signs of life, sounds that belong to a launch, and false sounds, each against the
//! same with 10 nodes in the same run. `cargo bench -p parapet-study --bench acoustic`.

#![allow(clippy::print_stdout, reason = "a bench prints")]

use std::time::Instant;

use parapet_flight::Environment;
use parapet_frame::{HeardAt, MeasuredAt, Time};
use parapet_track::{Ear, Listener, Sound, SoundKind, SoundReport};

fn report(node: usize, columns: usize, seconds: f64, sound: bool) -> SoundReport {
    let at = Time::from_seconds(1_600_000_000.0).plus_seconds(seconds);
    let place = |n: usize| 200.0 * n as f64;
    SoundReport {
        ear: Ear::Node(node as u32),
        place_m: [place(node % columns), place(node / columns), 0.0],
        sigma_place_m: 2.0,
        measured_at: MeasuredAt(at),
        heard_at: HeardAt(at),
        sound: sound.then_some(Sound { kind: SoundKind::Launch, sigma_time_s: 0.01, bearing: None }),
        simulated: true,
    }
}

/// Mean seconds of one event.
fn time(listener: &mut Listener, reports: &[SoundReport]) -> f64 {
    let environment = Environment::flat();
    let begun = Instant::now();
    for report in reports {
        // Refusals are part of the work.
        let _ = listener.hear(report, report.heard_at.0, &environment);
    }
    begun.elapsed().as_secs_f64() / reports.len() as f64
}

fn main() {
    for nodes in [10_usize, 10_000] {
        let columns = (nodes as f64).sqrt().ceil() as usize;
        let mut listener = Listener::default();
        let alive = |round: usize| (0..nodes).map(move |n| report(n, columns, round as f64, false));
        let alive: Vec<SoundReport> = (0..100_000 / nodes).flat_map(alive).collect();
        let alive_s = time(&mut listener, &alive);
        // A launch in the middle every 30 s, heard by the nodes within 2 km.
        let middle_m = 100.0 * columns as f64 + 37.0;
        let mut launches = Vec::new();
        for launch in 0..100 {
            let mut one: Vec<(f64, usize)> = (0..nodes)
                .map(|n| report(n, columns, 0.0, true).place_m)
                .map(|[east, north, _]| ((east - middle_m).powi(2) + (north - middle_m).powi(2)).sqrt() / 340.1)
                .zip(0..)
                .filter(|(travel_s, _)| *travel_s < 6.0)
                .collect();
            one.sort_by(|a, b| a.0.total_cmp(&b.0));
            let at_s = 200_000.0 + 30.0 * f64::from(launch);
            launches.extend(one.into_iter().map(|(travel_s, n)| report(n, columns, at_s + travel_s, true)));
        }
        let launch_s = time(&mut listener, &launches);
        // False sounds anywhere: as many a second as 10,000 nodes give that are wrong six times an hour each.
        let mut state = 88_172_645_463_325_252_u64;
        let mut uniform = || {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            (state >> 11) as f64 / (1u64 << 53) as f64
        };
        let mut false_sounds: Vec<SoundReport> = (0..4_000)
            .map(|k| report((uniform() * nodes as f64) as usize, columns, 300_000.0 + f64::from(k) * 0.06, true))
            .collect();
        false_sounds.sort_by_key(|report| report.measured_at);
        let false_s = time(&mut listener, &false_sounds);
        println!(
            "{nodes:>6} nodes: sign of life {:.2} us, sound of a launch {:.1} us ({} heard it), false sound {:.1} us",
            alive_s * 1e6,
            launch_s * 1e6,
            launches.len() / 100,
            false_s * 1e6
        );
    }
}
