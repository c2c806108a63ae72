//! `check`, `decode` and `track`: files in, lines out.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod support;

use support::{Ground, bombardment, fall, json_lines, north_marker};

const NOON_NS: i64 = 12 * 3_600_000_000_000;

fn raw_file() -> Vec<u8> {
    let mut file = north_marker(NOON_NS);
    file.extend(bombardment(NOON_NS).concat());
    file
}

#[test]
fn check_says_what_the_site_is() {
    let ground = Ground::new();
    let run = ground.run(&["check", "site.toml"]);
    assert_eq!((run.code, run.err.as_str()), (Some(0), ""));
    assert!(run.out.contains("Test range") && run.out.contains("clinic"), "{}", run.out);
    assert_eq!(ground.run(&["check", "--config", "site.toml"]).out, run.out);
}

#[test]
fn check_names_an_unknown_key_with_its_line() {
    let ground = Ground::new();
    let text = support::site_text(8600).replace("hold_s", "hold_s_max");
    ground.write("site.toml", text.as_bytes());
    let run = ground.run(&["check", "site.toml"]);
    assert_eq!(run.code, Some(2));
    assert!(run.err.contains("site.toml:") && run.err.contains("unknown key `hold_s_max`; known here:"), "{}", run.err);
    assert_eq!(ground.run(&["serve", "--config", "site.toml"]).code, Some(2));
}

#[test]
fn files_that_are_not_there_are_named() {
    let ground = Ground::new();
    for arguments in [
        &["check", "nowhere.toml"][..],
        &["decode", "nowhere.pcap"],
        &["replay", "nowhere.mcap"],
        &["track", "--config", "site.toml", "nowhere.pcap"],
    ] {
        let run = ground.run(arguments);
        assert_eq!(run.code, Some(3), "{arguments:?}");
        assert!(run.err.contains("nowhere"), "{}", run.err);
    }
    assert_eq!(ground.run(&["serve"]).code, Some(2));
    assert_eq!(ground.run(&["dance"]).code, Some(2));
}

#[test]
fn decode_prints_every_record_with_units() {
    let ground = Ground::new();
    ground.write("radar.ast", &raw_file());
    let run = ground.run(&["decode", "radar.ast"]);
    assert_eq!(run.code, Some(0), "{}", run.err);
    let lines = json_lines(&run.out);
    assert_eq!(lines.len(), 1 + bombardment(NOON_NS).len());
    assert_eq!(lines[0]["category"], 34);
    assert_eq!(lines[1]["items"]["I048/040"]["RHO"]["unit"], "NM");
    assert!(run.err.contains("0 refused"), "{}", run.err);
}

#[test]
fn decode_says_what_it_cannot_read_and_goes_on() {
    let ground = Ground::new();
    let mut file = raw_file();
    let whole = json_lines(&ground_decode(&ground, &file).out).len();
    file.truncate(file.len() - 5);
    let cut = ground_decode(&ground, &file);
    assert_eq!(cut.code, Some(1));
    assert_eq!(json_lines(&cut.out).len(), whole - 1);
    assert!(cut.err.contains("octet"), "{}", cut.err);

    let mut other = vec![19, 0, 4, 0xff];
    other.extend(raw_file());
    let skipped = ground_decode(&ground, &other);
    assert_eq!(skipped.code, Some(0), "{}", skipped.err);
    assert!(skipped.err.contains("CAT019") && skipped.err.contains("1 blocks of other categories"), "{}", skipped.err);
}

#[test]
fn decode_reads_old_editions_when_told_and_flags_them_when_not() {
    let ground = Ground::new();
    // CAT021 of edition 0.26: source, descriptor, time and a position of two 32-bit angles, from SAC 5 SIC 1.
    let report = [
        21, 0, 22, 0xF8, 5, 1, 0x01, 0x20, 0x41, 0x6F, 0x71, 0x00, 0x88, 0x88, 0x89, 0x00, 0x1F, 0x49, 0xF5, 0x3C,
        0x65, 0xAC,
    ];
    ground.write("old.ast", &report);
    let told = ground.run(&["decode", "old.ast", "--edition", "5/1:021 0.26"]);
    assert_eq!(told.code, Some(0), "{}", told.err);
    let lines = json_lines(&told.out);
    assert_eq!((lines[0]["edition"].as_str(), lines.len()), (Some("0.26"), 1));
    let latitude = lines[0]["items"]["I021/130"]["LAT"]["value"].as_f64().expect("a latitude");
    assert!((latitude - 48.0).abs() < 0.01, "{latitude}");
    let untold = ground.run(&["decode", "old.ast"]);
    assert_eq!(untold.code, Some(1), "{}{}", untold.out, untold.err);
    assert_eq!(ground.run(&["decode", "old.ast", "--edition", "021 0.27"]).code, Some(2));
    let table = ground.run(&["decode", "--table", "021 0.26"]);
    assert!(table.out.contains("# CAT021 ADS-B Target Reports, edition 0.26"), "{}", table.out);
}

fn ground_decode(ground: &Ground, file: &[u8]) -> support::Run {
    ground.write("radar.ast", file);
    ground.run(&["decode", "radar.ast"])
}

#[test]
fn track_warns_the_zone_where_the_bomb_falls_and_no_other() {
    let ground = Ground::new();
    ground.write("radar.ast", &raw_file());
    let run = ground.run(&["track", "--config", "site.toml", "--date", "2026-11-22", "--stats", "radar.ast"]);
    assert_eq!(run.code, Some(0), "{}", run.err);
    assert!(run.err.contains("plots/s"), "{}", run.err);
    let lines = json_lines(&run.out);
    let alarms: Vec<_> = lines.iter().filter(|line| line["kind"] == "alarm").collect();
    let stages: Vec<&str> = alarms.iter().filter_map(|alarm| alarm["stage"].as_str()).collect();
    assert_eq!(stages.first(), Some(&"take_cover"), "{run:?}");
    assert_eq!(stages.last(), Some(&"all_clear"), "{stages:?}");
    assert!(alarms.iter().all(|alarm| alarm["zone"] == "clinic" && alarm["mode"] == "exercise"));
    assert!(alarms[0]["at"].as_str().unwrap().starts_with("2026-11-22T12:00:0"));
    let impact = &alarms[0]["threats"][0]["impact"];
    let off_deg = (impact["lat_deg"].as_f64().unwrap() - fall().place.lat_deg).abs();
    assert!(off_deg < 0.005, "{impact}");
    assert!(alarms[0]["seconds_left"].as_f64().unwrap() > 2.0, "{:?}", alarms[0]);
}

#[test]
fn track_writes_files_and_the_same_again() {
    let ground = Ground::new();
    ground.write("radar.ast", &raw_file());
    for out in ["first", "second"] {
        let run = ground.run(&["track", "--config", "site.toml", "--out", out, "radar.ast"]);
        assert_eq!((run.code, run.out.as_str()), (Some(0), ""), "{}", run.err);
    }
    for name in ["tracks.jsonl", "threats.jsonl", "alarms.jsonl", "events.jsonl"] {
        let read = |out: &str| std::fs::read(ground.path(out).join(name)).unwrap();
        assert_eq!(read("first"), read("second"), "{name}");
        assert!(name == "events.jsonl" || !read("first").is_empty(), "{name} is empty");
    }
}

#[test]
fn help_shows_examples_and_exit_codes() {
    let ground = Ground::new();
    assert!(ground.run(&["--help"]).out.contains("Exit codes"));
    for command in ["serve", "check", "decode", "track", "replay", "why"] {
        let run = ground.run(&[command, "--help"]);
        assert!(run.out.contains("Example"), "{command}");
    }
}
