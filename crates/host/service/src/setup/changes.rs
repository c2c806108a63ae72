//! What a draft changes, in words: key by key as written, and what zones are warned from.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use parapet_site::Site;
use serde::Serialize;
use serde_json::Value as Json;
use similar::TextDiff;

use super::edits::Texts;
use super::model::{self, Outline, WrittenZone};

/// Unchanged lines around each change of a text.
const CONTEXT_LINES: usize = 3;
/// Metres in a degree of a great circle of the mean Earth (IUGG radius 6371.0088 km): for telling how far something moved.
const M_PER_DEG: f64 = 111_195.0;

/// One change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Change {
    /// What changes: `zone "depot"`, `[policy]`.
    pub(crate) subject: String,
    /// Its key; empty where all of it comes or goes.
    pub(crate) key: String,
    /// As it was; `null` where it was not there.
    pub(crate) from: Option<String>,
    /// As it will be; `null` where it is taken away.
    pub(crate) to: Option<String>,
    /// What that means, where it can be said.
    pub(crate) means: Option<String>,
}

/// The difference of every changed file in the unified form that `patch` reads.
pub(crate) fn unified(before: &Texts, after: &Texts) -> String {
    let mut all = String::new();
    for (name, new) in &after.files {
        let old = before.files.get(name).map_or("", String::as_str);
        if old != new {
            let diff = TextDiff::from_lines(old, new);
            let mut unified = diff.unified_diff();
            let _ = write!(all, "{}", unified.context_radius(CONTEXT_LINES).header(name, name));
        }
    }
    all
}

/// What is written: compared exactly, shown shortly.
#[derive(Clone, Debug, PartialEq)]
struct Fact {
    exact: Json,
    shown: String,
}

type Facts = BTreeMap<String, BTreeMap<String, Fact>>;

/// Every change, subject by subject; `None` when one of the two site files is no TOML.
pub(crate) fn changes(before: &Texts, after: &Texts) -> Option<Vec<Change>> {
    let (old, new) = (facts(before)?, facts(after)?);
    let (old_zones, new_zones) = (outlines(before)?, outlines(after)?);
    let mut found = Vec::new();
    let mut subjects: Vec<&String> = old.keys().chain(new.keys()).collect();
    subjects.sort();
    subjects.dedup();
    for subject in subjects {
        let whole = |is_new: bool| Change {
            subject: subject.clone(),
            key: String::new(),
            from: (!is_new).then(|| "there".to_owned()),
            to: is_new.then(|| "there".to_owned()),
            means: None,
        };
        let none = BTreeMap::new();
        match (old.get(subject), new.get(subject)) {
            (None, Some(_)) => found.push(whole(true)),
            (Some(_), None) => found.push(whole(false)),
            _ => {}
        }
        let (was, will) = (old.get(subject).unwrap_or(&none), new.get(subject).unwrap_or(&none));
        // What is taken away needs no list of what it was.
        if !new.contains_key(subject) {
            continue;
        }
        let mut keys: Vec<&String> = was.keys().chain(will.keys()).collect();
        keys.sort();
        keys.dedup();
        for key in keys.into_iter().filter(|key| was.get(*key) != will.get(*key)) {
            let shown = |facts: &BTreeMap<String, Fact>| facts.get(key).map(|fact| fact.shown.clone());
            let means = moved(old_zones.get(subject), new_zones.get(subject)).filter(|_| key == "outline");
            found.push(Change { subject: subject.clone(), key: key.clone(), from: shown(was), to: shown(will), means });
        }
    }
    Some(found)
}

fn outlines(texts: &Texts) -> Option<BTreeMap<String, Outline>> {
    let zones = model::zones(texts, &model::tree(texts)?);
    Some(zones.into_iter().map(|zone| (zone_subject(&zone.id), zone.outline)).collect())
}

fn zone_subject(id: &str) -> String {
    format!("zone {id:?}")
}

fn facts(texts: &Texts) -> Option<Facts> {
    let tree = model::tree(texts)?;
    let mut facts = Facts::new();
    for zone in model::zones(texts, &tree) {
        let WrittenZone { id, keys, outline, .. } = zone;
        let subject = zone_subject(&id);
        flatten(&mut facts, &subject, "", &Json::Object(keys));
        let exact = Json::String(format!("{outline:?}"));
        facts.entry(subject).or_default().insert("outline".to_owned(), Fact { exact, shown: words(&outline) });
    }
    for node in model::nodes(texts, &tree) {
        let subject = format!("acoustic node {}", node["id"]);
        flatten(&mut facts, &subject, "", &node["keys"]);
    }
    for (key, value) in &tree {
        if key != "zone" {
            table(&mut facts, key, value);
        }
    }
    Some(facts)
}

/// A table at the root, or each table of a list of them.
fn table(facts: &mut Facts, key: &str, value: &Json) {
    match value {
        Json::Array(items) if items.iter().all(Json::is_object) => {
            for (place, item) in items.iter().enumerate() {
                let names = ["id", "name", "url", "to", "address"].map(|name| item.get(name).and_then(Json::as_str));
                let name = names.into_iter().flatten().next().map(|name| format!("{name:?}"));
                let subject = format!("{key} {}", name.unwrap_or_else(|| format!("{}", place + 1)));
                flatten(facts, &subject, "", item);
            }
        }
        Json::Object(keys) => {
            let mut keys = keys.clone();
            // Its nodes are told one by one.
            if key == "acoustic" {
                keys.remove("node");
            }
            flatten(facts, &format!("[{key}]"), "", &Json::Object(keys));
        }
        other => flatten(facts, "the site file", key, other),
    }
}

fn flatten(facts: &mut Facts, subject: &str, path: &str, value: &Json) {
    facts.entry(subject.to_owned()).or_default();
    if let Json::Object(keys) = value {
        for (key, inner) in keys {
            let path = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
            flatten(facts, subject, &path, inner);
        }
        return;
    }
    let is_secret = path.ends_with("password") || path.ends_with("token");
    let shown = match value {
        _ if is_secret => "(a secret)".to_owned(),
        Json::String(text) => text.clone(),
        other => other.to_string(),
    };
    let fact = Fact { exact: value.clone(), shown };
    facts.entry(subject.to_owned()).or_default().insert(path.to_owned(), fact);
}

fn words(outline: &Outline) -> String {
    match outline {
        Outline::Circle { lat_deg, lon_deg, radius_m } => {
            format!("circle of {radius_m} m around {lat_deg:.5}, {lon_deg:.5}")
        }
        Outline::Polygon(rings) => {
            let holes = rings.len().saturating_sub(1);
            let corners = rings.first().map_or(0, Vec::len);
            let holes = if holes == 0 { String::new() } else { format!(", {holes} holes") };
            format!("{corners} corners{holes}, {}", area_words(area_m2(rings)))
        }
        Outline::None => "not readable".to_owned(),
    }
}

fn area_words(m2: f64) -> String {
    if m2 < 1e6 { format!("{m2:.0} m2") } else { format!("{:.2} km2", m2 / 1e6) }
}

/// On a flat Earth, for words.
fn area_m2(rings: &[Vec<[f64; 2]>]) -> f64 {
    let area = |ring: &Vec<[f64; 2]>| {
        let Some(&[lon_0, lat_0]) = ring.first() else { return 0.0 };
        let flat: Vec<[f64; 2]> = ring.iter().map(|place| east_north_m([lon_0, lat_0], *place)).collect();
        let next = flat.iter().cycle().skip(1);
        (0.5 * flat.iter().zip(next).map(|(a, b)| a[0] * b[1] - b[0] * a[1]).sum::<f64>()).abs()
    };
    let mut areas = rings.iter().map(area);
    areas.next().unwrap_or(0.0) - areas.sum::<f64>()
}

fn east_north_m([lon_0, lat_0]: [f64; 2], [lon, lat]: [f64; 2]) -> [f64; 2] {
    [(lon - lon_0) * M_PER_DEG * lat_0.to_radians().cos(), (lat - lat_0) * M_PER_DEG]
}

/// How far an outline of the same kind moved.
fn moved(before: Option<&Outline>, after: Option<&Outline>) -> Option<String> {
    let corners = |outline: &Outline| match outline {
        Outline::Circle { lat_deg, lon_deg, .. } => vec![[*lon_deg, *lat_deg]],
        Outline::Polygon(rings) => rings.concat(),
        Outline::None => Vec::new(),
    };
    let (before, after) = (corners(before?), corners(after?));
    if before.len() != after.len() {
        return None;
    }
    let far_m = before.iter().zip(&after).map(|(a, b)| {
        let [east_m, north_m] = east_north_m(*a, *b);
        east_m.hypot(north_m)
    });
    Some(format!("moved by up to {:.1} m", far_m.fold(0.0, f64::max)))
}

/// What a probability means: `1 in 50`.
pub(crate) fn one_in(probability: f64) -> String {
    let times = 1.0 / probability;
    if times >= 10.0 { format!("1 in {times:.0}") } else { format!("1 in {times:.1}").replace(".0", "") }
}

/// The zones that are warned from another probability than before, whichever key says so.
pub(crate) fn thresholds(before: &Site, after: &Site) -> Vec<Change> {
    let old: BTreeMap<&str, f64> =
        before.config.zones.iter().map(|zone| (zone.key.as_str(), zone.alarm_probability)).collect();
    let changed = after.config.zones.iter().filter_map(|zone| {
        let (key, was, will) = (&zone.key, *old.get(zone.key.as_str())?, zone.alarm_probability);
        let means =
            if will < was { "earlier, and more often for nothing" } else { "later, and less often for nothing" };
        (was.to_bits() != will.to_bits()).then(|| Change {
            subject: zone_subject(key),
            key: "warned from".to_owned(),
            from: Some(one_in(was)),
            to: Some(one_in(will)),
            means: Some(means.to_owned()),
        })
    });
    changed.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(text: &str) -> Texts {
        Texts { main: "site.toml".to_owned(), files: [("site.toml".to_owned(), text.to_owned())].into() }
    }

    fn told(before: &str, after: &str) -> Vec<String> {
        let changes = changes(&texts(before), &texts(after)).unwrap();
        let word = |word: Option<String>| word.unwrap_or_else(|| "-".to_owned());
        changes.into_iter().map(|c| format!("{} {}: {} -> {}", c.subject, c.key, word(c.from), word(c.to))).collect()
    }

    #[test]
    fn every_table_is_told_and_nothing_that_stays() {
        let before = "[policy]\nhold_s = 30.0\n[[zone]]\nid = \"a\"\npeople = 5\n[[tak]]\nto = \"tcp://127.0.0.1:1\"\nrounds = \"tell\"\n";
        assert_eq!(told(before, &format!("# a comment\n{before}")), [""; 0]);
        let after = before.replace("30.0", "20.0").replace("people = 5", "people = 6").replace("tell", "keep");
        assert_eq!(
            told(before, &after),
            [
                "[policy] hold_s: 30.0 -> 20.0",
                "tak \"tcp://127.0.0.1:1\" rounds: tell -> keep",
                "zone \"a\" people: 5 -> 6"
            ]
        );
        assert_eq!(
            told(before, &before.replace("\"a\"", "\"b\""))[..2],
            ["zone \"a\" : there -> -", "zone \"b\" : - -> there"]
        );
        assert_eq!(told("", "[lines]\ntoken = \"abc\"\n")[1], "[lines] token: - -> (a secret)");
    }

    #[test]
    fn a_moved_corner_is_told_in_metres() {
        let zone = "[[zone]]\nid = \"a\"\ncorners = [{ lat_deg = 0.0, lon_deg = 0.0 }, { lat_deg = 0.0, lon_deg = 0.001 }, { lat_deg = 0.001, lon_deg = 0.0 }]\n";
        let moved = zone.replace("lat_deg = 0.001", "lat_deg = 0.0011");
        let change = &changes(&texts(zone), &texts(&moved)).unwrap()[0];
        assert_eq!((change.key.as_str(), change.from.as_deref()), ("outline", Some("3 corners, 6182 m2")));
        assert_eq!(change.means.as_deref(), Some("moved by up to 11.1 m"));
        assert!(unified(&texts(zone), &texts(&moved)).contains("\n+corners"));
    }

    #[test]
    fn chances_are_said_as_one_in_so_many() {
        assert_eq!([0.02, 0.1, 0.4, 0.5].map(one_in), ["1 in 50", "1 in 10", "1 in 2.5", "1 in 2"]);
    }
}
