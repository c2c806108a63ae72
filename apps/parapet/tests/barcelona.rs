//! Twelve minutes of real traffic through the whole program: nobody is alarmed, aircraft keep their tracks, and their speed
//! and direction, found from position alone, agree with what they report of themselves (BDS 5,0).
//!
//! `cargo test -p parapet --test barcelona -- --nocapture` prints the figures of `studies/02-barcelona`.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test that cannot go on has failed, and says what it measured"
)]

use std::collections::BTreeMap;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

/// A track is compared from its seventh plot on, as a straight line through seven plots is.
const PLOTS_MIN: u64 = 7;
/// Slower than this, an aircraft's direction is not compared.
const MOVING_KT: f64 = 50.0;
const KNOT_MPS: f64 = 1_852.0 / 3_600.0;

/// One row of the table that came with the recording: when, who, and what the aircraft said of its own motion.
struct Row {
    time_of_day_s: f64,
    address: String,
    speed_kt: Option<f64>,
    track_deg: Option<f64>,
}

#[test]
fn real_traffic_is_tracked_and_alarms_nobody() {
    let data = std::env::var_os("PARAPET_DATA").map_or_else(|| repository().join("../shared/data"), PathBuf::from);
    let folder = data.join("asterix/barcelona");
    if !folder.is_dir() {
        println!(
            "SKIPPED: no Barcelona recording at {}; set PARAPET_DATA to the folder of recordings",
            folder.display()
        );
        return;
    }
    let out = tempfile::tempdir().unwrap();
    let status = Command::new(env!("CARGO_BIN_EXE_parapet"))
        .args(["track", "--date", "2023-05-02", "--config"])
        .arg(repository().join("scenarios/barcelona-airport/site.toml"))
        .arg("--out")
        .arg(out.path())
        .arg(folder.join("bcn_0800_0812.ast"))
        .status()
        .unwrap();
    assert!(status.success());
    assert_eq!(lines(&out.path().join("alarms.jsonl")).len(), 0, "an alarm without a round");
    assert_eq!(lines(&out.path().join("threats.jsonl")).len(), 0, "an aircraft taken for a round");

    let rows = table(&folder.join("bcn_0800_0812_plots.csv.gz"));
    let tracks = by_address(&lines(&out.path().join("tracks.jsonl")));
    continuity(&rows, &tracks);
    agreement(&rows, &tracks);
}

/// How many of the aircraft that were seen for long kept one track number for most of their plots.
fn continuity(rows: &[Row], tracks: &BTreeMap<String, Vec<Value>>) {
    let mut plots: BTreeMap<&str, usize> = BTreeMap::new();
    for row in rows {
        *plots.entry(&row.address).or_default() += 1;
    }
    plots.retain(|_, count| *count >= 10);
    let longest = |address: &str| {
        let mut per_track: BTreeMap<u64, usize> = BTreeMap::new();
        for track in tracks.get(address).into_iter().flatten().filter(|t| t["new_plots"] != 0) {
            *per_track.entry(track["track"].as_u64().unwrap()).or_default() += 1;
        }
        per_track.into_values().max().unwrap_or(0)
    };
    let mut shares: Vec<f64> = plots.iter().map(|(a, count)| longest(a) as f64 / *count as f64).collect();
    let kept = shares.iter().filter(|share| **share >= 0.8).count();
    println!("aircraft with ten plots or more: {}; in one track for 80 % of them or more: {kept}", shares.len());
    println!("longest share of one track: {}", percentiles(&mut shares));
    assert!(kept * 100 >= shares.len() * 85, "most aircraft are tracked continuously: {kept} of {}", shares.len());
}

/// Errors of speed and direction against what the aircraft itself reported with the same plot.
fn agreement(rows: &[Row], tracks: &BTreeMap<String, Vec<Value>>) {
    let (mut speeds_kt, mut directions_deg) = (Vec::new(), Vec::new());
    for row in rows {
        let Some(track) = tracks.get(&row.address).and_then(|all| at_time(all, row.time_of_day_s)) else { continue };
        if let Some(told) = row.speed_kt {
            speeds_kt.push(track["ground_speed_mps"].as_f64().unwrap() / KNOT_MPS - told);
        }
        // What stands or taxies has no direction to speak of.
        if let (Some(told), Some(MOVING_KT..)) = (row.track_deg, row.speed_kt) {
            directions_deg.push((track["course_deg"].as_f64().unwrap() - told + 540.0).rem_euclid(360.0) - 180.0);
        }
    }
    let mut turned_deg: Vec<f64> = directions_deg.iter().map(|d| d.abs()).collect();
    println!("ground speed error, kt, 5/50/95 % of {}: {}", speeds_kt.len(), percentiles(&mut speeds_kt));
    println!("track angle error, deg, 5/50/95 % of {}: {}", directions_deg.len(), percentiles(&mut directions_deg));
    println!("track angle error, size, deg, 5/50/95 %: {}", percentiles(&mut turned_deg));
    assert!(speeds_kt.len() > 1_000);
    assert!(quantile(&speeds_kt, 0.05) > -8.0 && quantile(&speeds_kt, 0.95) < 8.0);
    assert!(quantile(&turned_deg, 0.5) < 1.5);
}

/// The line of a settled track that took a plot measured at this time of day. Plots of one look are not quite simultaneous,
/// so that the track's own time may differ by the length of a look, two hundredths of a scan.
fn at_time(tracks: &[Value], time_of_day_s: f64) -> Option<&Value> {
    let off_s = |track: &Value| (track["at_s"].as_f64().unwrap().rem_euclid(86_400.0) - time_of_day_s).abs();
    let settled = |track: &&Value| track["new_plots"] != 0 && track["plots"].as_u64().unwrap() >= PLOTS_MIN;
    let nearest = tracks.iter().filter(settled).min_by(|a, b| off_s(a).total_cmp(&off_s(b)));
    nearest.filter(|track| off_s(track) <= 0.08)
}

fn by_address(lines: &[Value]) -> BTreeMap<String, Vec<Value>> {
    let mut tracks: BTreeMap<String, Vec<Value>> = BTreeMap::new();
    for line in lines.iter().filter(|line| line["kind"] == "track") {
        if let Some(address) = line["address"].as_str() {
            tracks.entry(address.to_owned()).or_default().push(line.clone());
        }
    }
    tracks
}

fn table(path: &Path) -> Vec<Row> {
    let mut text = String::new();
    flate2::read::GzDecoder::new(std::fs::File::open(path).unwrap()).read_to_string(&mut text).unwrap();
    let mut lines = text.lines();
    let header: Vec<&str> = lines.next().unwrap().split(',').collect();
    let column = |name: &str| header.iter().position(|h| *h == name).unwrap();
    let columns = ["tod_s", "icao", "bds50_gs_kt", "bds50_trk_deg"].map(column);
    let rows = lines.map(|line| {
        let cells: Vec<&str> = line.split(',').collect();
        let [time, address, speed, track] = columns.map(|c| cells[c]);
        Row {
            time_of_day_s: time.parse().unwrap(),
            address: address.to_owned(),
            speed_kt: speed.parse().ok(),
            track_deg: track.parse().ok(),
        }
    });
    rows.filter(|row| !row.address.is_empty()).collect()
}

fn lines(path: &Path) -> Vec<Value> {
    std::fs::read_to_string(path).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn percentiles(values: &mut [f64]) -> String {
    values.sort_by(f64::total_cmp);
    let [low, middle, high] = [0.05, 0.5, 0.95].map(|p| quantile(values, p));
    format!("{low:.2} {middle:.2} {high:.2}")
}

/// Of sorted values.
fn quantile(sorted: &[f64], part: f64) -> f64 {
    sorted[(part * (sorted.len() - 1) as f64).round() as usize]
}

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}
