//! Home Assistant's MQTT discovery: two entities for each zone, so that lamps and speakers of a house can follow.
//!
//! The keys are those of home-assistant.io/integrations/mqtt (discovery, device), /binary_sensor.mqtt and /sensor.mqtt.

use parapet_siren::{SirenStage, Topics, World, level};
use serde_json::{Value, json};

/// One message of discovery: its topic and what it says. Both are retained.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Discovery {
    pub(crate) topic: String,
    pub(crate) payload: String,
}

/// Who tells whom: the prefix that Home Assistant listens to, and the site.
#[derive(Clone, Debug)]
pub(crate) struct House {
    pub(crate) prefix: String,
    pub(crate) world: World,
    pub(crate) site: String,
    pub(crate) site_name: String,
    pub(crate) version: String,
}

/// The messages for one zone.
pub(crate) fn discovery(house: &House, topics: &Topics, zone: &str, zone_name: &str) -> [Discovery; 2] {
    let mark = if house.world == World::Exercise { "EXERCISE " } else { "" };
    let object = object(&format!("parapet_{}_{}_{zone}", house.world.word(), house.site));
    let state = topics.state(zone);
    let shared = |name: String, kind: &str| {
        json!({
            "name": name,
            "unique_id": format!("{object}_{kind}"),
            "state_topic": state,
            "json_attributes_topic": state,
            "availability_topic": topics.status(),
            "payload_available": "online",
            "payload_not_available": "offline",
            "qos": 1,
            "device": {
                "identifiers": [format!("parapet_{}_{}", house.world.word(), level(&house.site))],
                "name": format!("{mark}Parapet {}", house.site_name),
                "manufacturer": "Parapet",
                "model": "C-RAM warning",
                "sw_version": house.version,
            },
            "origin": { "name": "Parapet", "sw_version": house.version },
        })
    };
    let stages = SirenStage::ALL.map(SirenStage::word);
    let options: Vec<&str> = std::iter::once("quiet").chain(stages).collect();
    let danger = with(
        shared(format!("{mark}{zone_name} danger"), "danger"),
        json!({
            "device_class": "safety",
            "value_template": "{{ 'ON' if value_json.stage in ['take_cover', 'hold'] else 'OFF' }}",
            "payload_on": "ON",
            "payload_off": "OFF",
        }),
    );
    let stage = with(
        shared(format!("{mark}{zone_name} stage"), "stage"),
        json!({ "device_class": "enum", "options": options, "value_template": "{{ value_json.stage }}" }),
    );
    [("binary_sensor", "danger", danger), ("sensor", "stage", stage)].map(|(component, kind, payload)| Discovery {
        topic: format!("{}/{component}/{object}_{kind}/config", house.prefix),
        payload: payload.to_string(),
    })
}

fn with(mut base: Value, more: Value) -> Value {
    if let (Some(base), Value::Object(more)) = (base.as_object_mut(), more) {
        base.extend(more);
    }
    base
}

/// Home Assistant: "the object ID ... may contain characters from the character class [a-zA-Z0-9_-] only".
fn object(name: &str) -> String {
    level(name).replace('.', "-")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The keys that Home Assistant documents for each component, of those that mean something here.
    const BINARY_SENSOR: [&str; 14] = [
        "availability_topic",
        "device",
        "device_class",
        "json_attributes_topic",
        "name",
        "origin",
        "payload_available",
        "payload_not_available",
        "payload_off",
        "payload_on",
        "qos",
        "state_topic",
        "unique_id",
        "value_template",
    ];
    const SENSOR: [&str; 13] = [
        "availability_topic",
        "device",
        "device_class",
        "json_attributes_topic",
        "name",
        "options",
        "origin",
        "payload_available",
        "payload_not_available",
        "qos",
        "state_topic",
        "unique_id",
        "value_template",
    ];
    const DEVICE: [&str; 5] = ["identifiers", "manufacturer", "model", "name", "sw_version"];

    fn house(world: World) -> House {
        let (prefix, version) = ("homeassistant".to_owned(), "0.1.0".to_owned());
        House { prefix, world, site: "range-b".to_owned(), site_name: "Range B".to_owned(), version }
    }

    fn keys(value: &Value) -> Vec<&str> {
        value.as_object().expect("an object").keys().map(String::as_str).collect()
    }

    #[test]
    fn says_what_home_assistant_documents_and_nothing_else() {
        let topics = Topics::new(World::Live, "range-b");
        let [danger, stage] = discovery(&house(World::Live), &topics, "tent.camp", "Tent camp");
        assert_eq!(danger.topic, "homeassistant/binary_sensor/parapet_live_range-b_tent-camp_danger/config");
        assert_eq!(stage.topic, "homeassistant/sensor/parapet_live_range-b_tent-camp_stage/config");
        for (message, known) in [(&danger, &BINARY_SENSOR[..]), (&stage, &SENSOR[..])] {
            let payload: Value = serde_json::from_str(&message.payload).expect("JSON");
            assert_eq!(keys(&payload), known);
            assert_eq!(keys(&payload["device"]), DEVICE);
            assert_eq!(keys(&payload["origin"]), ["name", "sw_version"]);
            assert_eq!(payload["state_topic"], "parapet/live/range-b/state/tent.camp");
            assert_eq!(payload["availability_topic"], "parapet/live/range-b/status");
        }
        let payload: Value = serde_json::from_str(&stage.payload).expect("JSON");
        assert!(payload["options"].as_array().expect("a list").iter().any(|option| option == "take_cover"));
    }

    #[test]
    fn an_exercise_is_another_device_with_other_names() {
        let of = |world: World| discovery(&house(world), &Topics::new(world, "range-b"), "depot", "Depot");
        let (live, exercise) = (of(World::Live), of(World::Exercise));
        for (live, exercise) in live.iter().zip(&exercise) {
            assert_ne!(live.topic, exercise.topic);
            assert!(exercise.payload.contains("EXERCISE Depot") && !live.payload.contains("EXERCISE"));
            assert!(!exercise.payload.contains("parapet/live"));
        }
    }
}
