//! Files and folder together: what the page writes is what a person could have typed, and nothing lands anywhere else.

use std::fs;
use std::path::Path;

use parapet_engine::Mode;
use parapet_site::Site;
use proptest::prelude::*;
use serde_json::{Value as Json, json};

use super::edits::{Edit, Texts, apply};
use super::folder::{BACKUPS, Folder, Unwritten};
use super::verdict::{self, judge};
use super::{changes, model};

const SITE: &str = include_str!("../../../../edge/site/example/site.toml");

/// The documented example as a site folder of its own.
fn example() -> (tempfile::TempDir, Folder) {
    let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../edge/site/example");
    let to = tempfile::tempdir().unwrap();
    fs::create_dir(to.path().join("keys")).unwrap();
    for file in ["site.toml", "zones.geojson", "nodes.geojson", "outlines.geojson"] {
        fs::copy(from.join(file), to.path().join(file)).unwrap();
    }
    for key in fs::read_dir(from.join("keys")).unwrap() {
        let key = key.unwrap();
        fs::copy(key.path(), to.path().join("keys").join(key.file_name())).unwrap();
    }
    let folder = Folder::of(&to.path().join("site.toml")).unwrap();
    (to, folder)
}

fn edits(list: Json) -> Vec<Edit> {
    serde_json::from_value(list).unwrap()
}

fn applied(base: &Texts, list: Json) -> Texts {
    apply(base, &edits(list), &|_| false).unwrap()
}

fn read(folder: &Folder, texts: &Texts) -> Site {
    let verdict = judge(folder, texts, Mode::Exercise);
    assert!(verdict.problems.is_empty(), "{:?}\n{}", verdict.problems, texts.main_text());
    Site::clone(&verdict.site.unwrap())
}

fn square(lat: f64, lon: f64) -> Json {
    json!([[[lon, lat], [lon + 0.002, lat], [lon + 0.002, lat + 0.001], [lon, lat + 0.001]]])
}

#[test]
fn a_zone_drawn_on_the_page_is_a_zone_of_the_site() {
    let (_keep, folder) = example();
    let base = folder.texts().unwrap();
    assert_eq!(base.files.keys().collect::<Vec<_>>(), ["nodes.geojson", "site.toml", "zones.geojson"]);
    let depot = json!({ "name": "Depot", "kind": "works", "people": 40, "shelter_s": 30, "alarm_probability": 0.02,
        "polygon": square(33.304, 44.38) });
    let texts = applied(
        &base,
        json!([
            { "edit": "put", "table": "zone", "id": "depot", "set": depot },
            { "edit": "put", "table": "zone", "id": "gatehouse", "set": { "people": 99 } },
            { "edit": "put", "table": "sensor", "id": "radar-north", "set": { "position": { "height_m": 50 } } },
            { "edit": "set", "table": "policy", "set": { "hold_s": 45 } },
            { "edit": "remove", "table": "zone", "id": "market" },
        ]),
    );
    let (before, after) = (read(&folder, &base), read(&folder, &texts));
    let keys: Vec<&str> = after.config.zones.iter().map(|zone| zone.key.as_str()).collect();
    assert_eq!(keys, ["hospital", "depot", "gatehouse", "camp"]);
    let depot = &after.config.zones[1];
    assert_eq!((depot.name.as_str(), depot.people, depot.alarm_probability), ("Depot", 40, 0.02));
    assert_eq!((after.config.zones[2].people, after.config.policy.hold_s), (99, 45.0));
    assert_eq!(after.config.sensors[0].pose.height_m, 50.0);
    assert_eq!(after.config.sensors[1..], before.config.sensors[1..], "nothing else moved");
    // Every line that was not changed stands as it stood, comments and all.
    let kept = base.main_text().lines().filter(|line| texts.main_text().contains(*line)).count();
    assert_eq!(base.main_text().lines().count() - kept, 3, "{}", changes::unified(&base, &texts));
    let told = changes::changes(&base, &texts).unwrap();
    let subjects: Vec<&str> = told.iter().map(|change| change.subject.as_str()).collect();
    for subject in ["zone \"depot\"", "zone \"gatehouse\"", "sensor \"radar-north\"", "[policy]", "zone \"market\""] {
        assert!(subjects.contains(&subject), "{subjects:?}");
    }
    assert!(!model::model(&texts)["zones"].as_array().unwrap().is_empty());
}

#[test]
fn thresholds_are_told_for_every_zone_that_they_change() {
    let (_keep, folder) = example();
    let base = folder.texts().unwrap();
    let texts = applied(&base, json!([{ "edit": "set", "table": "policy", "set": { "alarm_probability": 0.02 } }]));
    let told = changes::thresholds(&read(&folder, &base), &read(&folder, &texts));
    let words: Vec<(&str, Option<&str>)> = told.iter().map(|c| (c.subject.as_str(), c.to.as_deref())).collect();
    // The hospital and the gatehouse have thresholds of their own.
    assert_eq!(words, [("zone \"market\"", Some("1 in 50")), ("zone \"camp\"", Some("1 in 50"))]);
}

#[test]
fn the_reader_of_the_program_names_every_fault_with_its_place() {
    let (_keep, folder) = example();
    let base = folder.texts().unwrap();
    let bow_tie = json!([[[44.38, 33.30], [44.39, 33.31], [44.39, 33.30], [44.38, 33.31]]]);
    let texts = applied(
        &base,
        json!([
            { "edit": "put", "table": "zone", "id": "bow", "set": { "polygon": bow_tie } },
            { "edit": "put", "table": "zone", "id": "camp", "set": { "shelter_s": 100000 } },
        ]),
    );
    let problems = judge(&folder, &texts, Mode::Exercise).problems;
    let shown = serde_json::to_value(&problems).unwrap();
    assert_eq!((&shown[0]["file"], &shown[0]["key"]), (&json!("site.toml"), &json!("zone \"camp\" shelter_s")));
    assert!(shown[0]["line"].as_u64().unwrap() > 200);
    assert_eq!(shown[1]["file"], "zones.geojson");
    assert!(shown[1]["what"].as_str().unwrap().contains("crosses"));
    let broken = applied(&base, json!([{ "edit": "text", "file": "site.toml", "text": "[site\n" }]));
    assert_eq!(judge(&folder, &broken, Mode::Exercise).problems.len(), 1);
    assert!(model::model(&broken).is_null() && changes::changes(&base, &broken).is_none());
}

#[test]
fn an_exercise_never_becomes_live_by_the_page() {
    let (_keep, folder) = example();
    let mut base = folder.texts().unwrap();
    // Keys of an exercise are refused by a live site anyway; here there are none.
    let (before, rest) = SITE.split_once("# The broker by which").unwrap();
    let (_, after) = rest.split_once("# Programs elsewhere").unwrap();
    base.files.insert("site.toml".to_owned(), format!("{before}# Programs elsewhere{after}"));
    let by_key = applied(&base, json!([{ "edit": "set", "table": "site", "set": { "mode": "live" } }]));
    let text = base.main_text().replace("mode = \"exercise\"", "mode = \"live\"");
    let by_text = applied(&base, json!([{ "edit": "text", "file": "site.toml", "text": text }]));
    for texts in [by_key, by_text] {
        let verdict = judge(&folder, &texts, Mode::Exercise);
        assert!(verdict.problems[0].what.contains("do not become each other"), "{:?}", verdict.problems);
        assert!(verdict.site.is_none());
    }
}

#[test]
fn nothing_outside_of_the_folder_is_read_or_written() {
    let (keep, folder) = example();
    let outside = tempfile::tempdir().unwrap();
    let secret = outside.path().join("secret.geojson");
    fs::write(&secret, r#"{ "type": "FeatureCollection", "features": [] }"#).unwrap();
    for name in [secret.to_str().unwrap(), "../secret.geojson", "a/../../secret.geojson", "", "nowhere/new.toml"] {
        assert!(folder.inside(name).is_err(), "{name}");
        assert!(folder.load(name).is_err(), "{name}");
    }
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink(outside.path(), keep.path().join("link")).unwrap();
        std::os::unix::fs::symlink(&secret, keep.path().join("linked.geojson")).unwrap();
        assert!(folder.inside("link/new.geojson").is_err() && folder.inside("linked.geojson").is_err());
        assert!(folder.load("/dev/zero").is_err(), "a device would hold the reader for ever");
    }
    let base = folder.texts().unwrap();
    for set in [json!({ "outlines": secret }), json!({ "outlines": "../x.geojson" })] {
        let texts = applied(&base, json!([{ "edit": "set", "table": "site", "set": set }]));
        assert!(!judge(&folder, &texts, Mode::Exercise).problems.is_empty());
    }
    let map = json!([{ "edit": "set", "table": "map", "set": { "pmtiles": "/etc/world.pmtiles" } }]);
    let problems = judge(&folder, &applied(&base, map), Mode::Exercise).problems;
    assert!(problems[0].what.contains("outside of the site folder"), "{problems:?}");
    // What the owner had named before is the owner's business.
    let text = SITE.replace("outlines = \"outlines.geojson\"", &format!("outlines = {:?}", secret.to_str().unwrap()));
    fs::write(keep.path().join("site.toml"), text).unwrap();
    let folder = Folder::of(&keep.path().join("site.toml")).unwrap();
    assert!(judge(&folder, &folder.texts().unwrap(), Mode::Exercise).site.is_some());
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let mut names: Vec<String> =
        entries.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

#[test]
fn what_is_written_stands_beside_a_copy_of_what_was() {
    let (keep, folder) = example();
    let before = names(keep.path());
    let base = folder.texts().unwrap();
    let texts = applied(
        &base,
        json!([
            { "edit": "set", "table": "policy", "set": { "hold_s": 60 } },
            { "edit": "remove", "table": "zone", "id": "market" },
        ]),
    );
    let backup = folder.write(&base, &texts, "2026-01-01T00-00-00", "why").unwrap();
    assert_eq!(backup, format!("{BACKUPS}/2026-01-01T00-00-00"));
    assert_eq!(folder.texts().unwrap(), texts);
    let copies = keep.path().join(&backup);
    assert_eq!(names(&copies), ["change.json", "site.toml", "zones.geojson"], "the nodes were not changed");
    assert_eq!(fs::read_to_string(copies.join("site.toml")).unwrap(), SITE);
    let left: Vec<String> = names(keep.path()).into_iter().filter(|name| name != BACKUPS).collect();
    assert_eq!(left, before, "no piece of the work is left");
    // Of two drafts of the same files the second is refused, and changes nothing.
    let other = applied(&base, json!([{ "edit": "set", "table": "policy", "set": { "hold_s": 61 } }]));
    let refused = folder.write(&base, &other, "2026-01-01T00-00-00", "").unwrap_err();
    assert_eq!(refused, Unwritten::Stale(vec!["site.toml".to_owned(), "zones.geojson".to_owned()]));
    assert_eq!(folder.texts().unwrap(), texts);
    // Two changes within a second keep both copies.
    let back = folder.write(
        &texts,
        &applied(&texts, json!([{ "edit": "set", "table": "policy", "set": { "hold_s": 62 } }])),
        "2026-01-01T00-00-00",
        "",
    );
    assert_eq!(back.unwrap(), format!("{BACKUPS}/2026-01-01T00-00-00-2"));
}

#[test]
fn a_file_system_that_refuses_leaves_the_files_as_they_were() {
    let (keep, folder) = example();
    let base = folder.texts().unwrap();
    let texts = applied(&base, json!([{ "edit": "set", "table": "policy", "set": { "hold_s": 60 } }]));
    fs::write(keep.path().join(BACKUPS), "a file where the folder should be").unwrap();
    assert!(matches!(folder.write(&base, &texts, "now", ""), Err(Unwritten::Refused(what)) if what.contains(BACKUPS)));
    fs::remove_file(keep.path().join(BACKUPS)).unwrap();
    // As when the disk is full: the new file cannot be made.
    fs::create_dir(keep.path().join(".site.toml.new")).unwrap();
    assert!(matches!(folder.write(&base, &texts, "now", ""), Err(Unwritten::Refused(_))));
    assert_eq!(folder.texts().unwrap(), base);
    fs::remove_dir(keep.path().join(".site.toml.new")).unwrap();
    assert!(folder.is_writable().is_ok());
    assert!(folder.write(&base, &texts, "now", "").is_ok());
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_leaves_the_files_as_they_were() {
    let (keep, folder) = example();
    let base = folder.texts().unwrap();
    let texts = applied(&base, json!([{ "edit": "set", "table": "policy", "set": { "hold_s": 60 } }]));
    // Every write to this device fails with "no space left on device".
    std::os::unix::fs::symlink("/dev/full", keep.path().join(".site.toml.new")).unwrap();
    let refused = folder.write(&base, &texts, "now", "").unwrap_err();
    assert!(matches!(&refused, Unwritten::Refused(what) if what.contains("No space left")), "{refused:?}");
    assert_eq!(folder.texts().unwrap(), base);
}

#[test]
fn a_file_that_a_draft_would_add_overwrites_none_that_came_since() {
    let folder = tempfile::tempdir().unwrap();
    let text = SITE.replace("[zones]\nfile = \"zones.geojson\"", "");
    fs::write(folder.path().join("site.toml"), text).unwrap();
    let site = Folder::of(&folder.path().join("site.toml")).unwrap();
    let base = site.texts().unwrap();
    let zone = json!({ "id": "depot", "polygon": square(33.304, 44.38) });
    let texts = applied(&base, json!([{ "edit": "import", "zones": [zone] }]));
    fs::write(folder.path().join("zones.geojson"), "somebody's").unwrap();
    let refused = site.write(&base, &texts, "now", "").unwrap_err();
    assert_eq!(refused, Unwritten::Stale(vec!["zones.geojson".to_owned()]));
    assert_eq!(fs::read_to_string(folder.path().join("zones.geojson")).unwrap(), "somebody's");
}

#[test]
fn coverage_is_that_of_the_draft() {
    let (_keep, folder) = example();
    let base = folder.texts().unwrap();
    let texts = applied(
        &base,
        json!([
        { "edit": "put", "table": "sensor", "id": "radar-north", "set": { "range_m": [400, 5000] } }]),
    );
    let site = verdict::with_ground(&folder, &read(&folder, &texts)).unwrap();
    assert_eq!(site.config.sensors[0].range_max_m, 5_000.0);
}

prop_compose! {
    fn zone()(id in "[a-z][a-z0-9-]{0,12}", name in "[A-Za-z \"\\\\'#\u{600}-\u{620}]{1,40}", people in 0_u32..1_000_000,
        shelter_s in proptest::option::of(1.0_f64..900.0), chance in proptest::option::of(0.001_f64..0.999),
        lat in 33.0_f64..33.6, lon in 44.1_f64..44.7, radius_m in 1.0_f64..4_000.0, is_circle in any::<bool>(),
    ) -> (String, Json) {
        let name = format!("x{name}");
        let mut set = json!({ "name": name, "people": people, "shelter_s": shelter_s, "alarm_probability": chance });
        if is_circle {
            set["circle"] = json!({ "lat_deg": lat, "lon_deg": lon, "radius_m": radius_m });
        } else {
            set["polygon"] = square(lat, lon);
        }
        (format!("z{id}"), set)
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    /// Whatever the page writes, in the site file or in the zone file, is read back as it was meant; written again it is the same text;
    /// and every comment of the owner is still there.
    #[test]
    fn what_the_page_writes_is_what_the_reader_reads(zones in proptest::collection::vec(zone(), 1..6), inline in any::<bool>()) {
        let (_keep, folder) = example();
        let mut base = folder.texts().unwrap();
        if inline {
            let text = base.main_text().replace("[zones]\nfile = \"zones.geojson\"", "");
            base.files.insert("site.toml".to_owned(), text);
        }
        let list: Vec<Json> = zones.iter().map(|(id, set)| json!({ "edit": "put", "table": "zone", "id": id, "set": set })).collect();
        let texts = applied(&base, json!(list));
        let site = read(&folder, &texts);
        for (place, (id, set)) in zones.iter().enumerate() {
            if zones[place + 1..].iter().any(|(later, _)| later == id) {
                continue;
            }
            let zone = site.config.zones.iter().find(|zone| zone.key == *id).unwrap();
            prop_assert_eq!(&zone.name, set["name"].as_str().unwrap());
            prop_assert_eq!(zone.people, set["people"].as_u64().unwrap() as u32);
            prop_assert_eq!(zone.shelter_s.or(set["shelter_s"].as_f64()), zone.shelter_s);
            prop_assert_eq!(zone.rings[0].len(), if set["circle"].is_null() { 4 } else { 32 });
        }
        let comments = |text: &str| text.lines().filter(|line| line.contains('#')).map(str::to_owned).collect::<Vec<_>>();
        let after = comments(texts.main_text());
        prop_assert!(comments(base.main_text()).iter().all(|comment| after.contains(comment)));
        let again = applied(&texts, json!(list));
        prop_assert_eq!(again, texts);
    }
}
