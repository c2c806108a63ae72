//! A drill is another program: an exercise of the same zones, sensors and policy that hears nothing of the real sensors and reaches
//! nobody of the real people. Nothing makes a live program an exercise, nor the reverse; so this only writes the drill's site file.

use serde_json::json;
use toml_edit::{Array, ArrayOfTables, DocumentMut, Item, Table, TableLike, Value, value};

use super::toml_text::{self, Keys};

/// Everything by which somebody outside hears, or is heard, except sensors.
const CUT: [&str; 6] = ["mqtt", "siren", "webhook", "tak", "sapient", "lines"];
/// The page of a drill, on this machine only.
const PAGE: &str = "127.0.0.1:18080";
/// First port at which simulated sensors are heard, on this machine only.
const SENSOR_PORT: usize = 18_600;
/// Port of JSON Lines, likewise.
const LINES_PORT: usize = 18_500;
const HEAD: &str = "# A drill: an exercise of the site beside this folder, made by the set-up page or `parapet drill`.\n\
# It hears only simulated sensors of this machine, and tells nobody but its own page. `mode` stays \"exercise\".\n\n";

/// The site file of a drill in a folder beside the site file, out of the text of that.
///
/// # Errors
/// When the text is no TOML.
pub fn drill_text(site: &str) -> Result<String, String> {
    let parsed = site.parse::<DocumentMut>();
    let mut document = parsed.map_err(|error| format!("the site file is no TOML: {}", error.message()))?;
    for table in CUT {
        document.remove(table);
    }
    let name = document.get("site").and_then(|site| site.get("name")).and_then(Item::as_str).unwrap_or("Site");
    let name: String = name.chars().take(90).collect();
    set(&mut document, "site", json!({ "name": format!("{name} (drill)"), "mode": "exercise" }))?;
    let output = json!({ "http": PAGE, "alarms": "drill/out/alarms", "recording": "drill/out/recordings" });
    set(&mut document, "output", output)?;
    if let Some(cap) = document.get_mut("cap").and_then(Item::as_table_like_mut) {
        ["endpoint", "sign", "feed_base"].into_iter().for_each(|key| drop(cap.remove(key)));
    }
    let is_spoken_to = sensors(&mut document) || document.contains_key("acoustic");
    if is_spoken_to {
        let mut door = Table::new();
        door.decor_mut().set_prefix("\n");
        door.insert("url", value(format!("udp://127.0.0.1:{LINES_PORT}")));
        let mut doors = ArrayOfTables::new();
        doors.push(door);
        document.insert("lines", Item::ArrayOfTables(doors));
    }
    one_folder_up(&mut document);
    Ok(format!("{HEAD}{document}"))
}

fn set(document: &mut DocumentMut, table: &str, keys: serde_json::Value) -> Result<(), String> {
    let keys: Keys = keys.as_object().cloned().unwrap_or_default();
    toml_text::set(document, table, &keys)
}

/// Every sensor is heard on this machine only; whether one of them speaks JSON Lines.
fn sensors(document: &mut DocumentMut) -> bool {
    let tables = document.get_mut("sensor").and_then(Item::as_array_of_tables_mut);
    let mut speak_lines = false;
    for (place, sensor) in tables.into_iter().flat_map(ArrayOfTables::iter_mut).enumerate() {
        let this_machine = || value(Array::from_iter(["127.0.0.1"]));
        let port = SENSOR_PORT + place;
        if sensor.contains_key("sapient") || sensor.contains_key("lines") {
            sensor.remove("sapient");
            let mut lines = toml_edit::InlineTable::new();
            lines.insert("senders", Value::Array(Array::from_iter(["127.0.0.1"])));
            sensor.insert("lines", value(lines));
            speak_lines = true;
        } else if sensor.contains_key("feed") {
            sensor.insert("feed", value(format!("tcp-listen://127.0.0.1:{port}")));
            sensor.insert("senders", this_machine());
        } else {
            sensor.insert("links", value(Array::from_iter([format!("udp://127.0.0.1:{port}")])));
            sensor.insert("senders", this_machine());
        }
    }
    speak_lines
}

/// Files are named relative to the site file, which the drill's is one folder below.
fn one_folder_up(document: &mut DocumentMut) {
    let up = |table: &mut dyn TableLike, key: &str| {
        let file = table.get(key).and_then(Item::as_str).map(str::to_owned);
        if let Some(file) = file.filter(|file| !file.starts_with('/')) {
            table.insert(key, value(format!("../{file}")));
        }
    };
    for (table, key) in
        [("site", "outlines"), ("terrain", "file"), ("zones", "file"), ("acoustic", "file"), ("map", "pmtiles")]
    {
        document.get_mut(table).and_then(Item::as_table_like_mut).into_iter().for_each(|table| up(table, key));
    }
    let people = document.get_mut("operator").and_then(Item::as_array_of_tables_mut);
    people.into_iter().flat_map(ArrayOfTables::iter_mut).for_each(|operator| up(operator, "password_file"));
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use parapet_engine::Mode;
    use parapet_site::{LinesTransport, Site};

    use super::*;

    #[test]
    fn a_drill_of_the_whole_example_is_an_exercise_that_reaches_nobody() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../edge/site/example");
        let text = std::fs::read_to_string(folder.join("site.toml")).unwrap();
        let drill = drill_text(&text.replace("mode = \"exercise\"", "mode = \"live\"")).unwrap();
        let mut load = |file: &str| {
            let file = file.strip_prefix("../").ok_or("not beside the site file")?;
            std::fs::read_to_string(folder.join(file)).map_err(|error| error.to_string())
        };
        let site = Site::parse("drill/site.toml", &drill, &mut load).unwrap_or_else(|error| panic!("{error}\n{drill}"));
        assert_eq!(site.mode(), Mode::Exercise);
        assert!(site.name.ends_with("(drill)"));
        assert!(site.mqtt.is_none() && site.webhooks.is_empty() && site.tak.is_empty() && site.doors.is_empty());
        assert!(site.cap.endpoints.is_empty() && site.output.http.ip().is_loopback());
        assert!(site.links.iter().all(|link| link.url.starts_with("udp://127.0.0.1:186")), "{:?}", site.links);
        for (_, _, feed) in site.feeds() {
            assert!(feed.url.starts_with("tcp-listen://127.0.0.1:"), "{}", feed.url);
        }
        for door in &site.lines {
            assert!(matches!(door.transport, LinesTransport::Udp(_)) && door.url.contains("127.0.0.1"), "{door:?}");
        }
        let real = std::fs::read_to_string(folder.join("site.toml")).unwrap();
        let real = Site::parse("site.toml", &real, &mut |file| {
            std::fs::read_to_string(folder.join(file)).map_err(|error| error.to_string())
        });
        let real = real.unwrap();
        assert_eq!(site.config.zones, real.config.zones, "the zones and their thresholds are those of the site");
        assert_eq!(site.config.policy, real.config.policy);
        assert_eq!(site.config.sensors, real.config.sensors);
    }

    #[test]
    fn what_is_no_toml_makes_no_drill() {
        assert!(drill_text("[").is_err());
    }
}
