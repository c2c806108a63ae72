//! Topics, their schemas, and how an output becomes bytes.

use parapet_engine::Output;
use serde_json::{Value, json};

pub(crate) const HEADER: &str = "/parapet/header";
pub(crate) const INPUT: &str = "/input/";
pub(crate) const OUTPUT: &str = "/output/";
pub(crate) const ALARM: &str = "/output/alarm";
pub(crate) const NOTE: &str = "/control/note";
pub(crate) const GAP: &str = "/control/gap";
pub(crate) const CLOSED: &str = "/control/closed";
pub(crate) const COMMAND: &str = "/control/command";
pub(crate) const DELIVERY: &str = "/control/delivery";
pub(crate) const RESUMED: &str = "/control/resumed";
pub(crate) const STATE: &str = "/state/engine";

/// Keys of a channel's metadata.
pub(crate) const LINK: &str = "link";
pub(crate) const SENDER: &str = "sender";
/// The value of [`SENDER`] in the channel whose messages begin with the sender's 16 bytes (IPv4 mapped into IPv6): the one
/// for everybody beyond the bound on channels.
pub(crate) const SENDER_INSIDE: &str = "first 16 bytes";

/// An output of the engine as it stands in a recording.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Encoded {
    /// Its topic, `/output/track` and the like.
    pub topic: String,
    /// Its JSON.
    pub json: Vec<u8>,
}

/// The one way to write an output: replay compares these bytes.
///
/// The topic is the output's kind, the JSON what the kind holds.
#[must_use]
pub fn encode_output(output: &Output) -> Encoded {
    // An output serialises as {"kind":{...}}; no output can fail to, since all its keys are strings.
    let whole = serde_json::to_vec(output).unwrap_or_default();
    let kind = whole.split(|byte| *byte == b'"').nth(1).unwrap_or_default();
    let inner = whole.get(kind.len() + 4..whole.len().saturating_sub(1)).unwrap_or_default();
    Encoded { topic: format!("{OUTPUT}{}", String::from_utf8_lossy(kind)), json: inner.to_vec() }
}

impl Encoded {
    /// What kind of output it is, `track` and the like.
    #[must_use]
    pub fn kind(&self) -> &str {
        self.topic.strip_prefix(OUTPUT).unwrap_or(&self.topic)
    }

    /// The output that was written so; `None` for a kind, or a shape of it, that this program does not know.
    #[must_use]
    pub fn decode(&self) -> Option<Output> {
        let kind = self.kind();
        let mut whole = Vec::with_capacity(self.json.len() + kind.len() + 5);
        [b"{\"", kind.as_bytes(), b"\":", &self.json, b"}"].iter().for_each(|part| whole.extend_from_slice(part));
        serde_json::from_slice(&whole).ok()
    }
}

/// The JSON Schema of a topic. Viewers need one to offer fields for plotting; the fields named are those worth plotting.
pub(crate) fn schema(topic: &str) -> Value {
    let number = json!({"type": "number"});
    let integer = json!({"type": "integer"});
    let vector = json!({"type": "array", "items": number});
    let text = json!({"type": "string"});
    let properties = match topic.strip_prefix(OUTPUT).unwrap_or(topic) {
        "track" => json!({
            "id": integer, "at": integer, "position_m": vector, "velocity_mps": vector, "covariance": vector,
            "ln_beta": vector, "existence": number, "class": text, "plots": integer,
            "odds": object(json!({"ballistic": number, "boosting": number, "coasting": number, "level": number})),
            "classes": object(json!({
                "mortar": number, "artillery": number, "rocket": number, "aircraft": number, "drone": number,
                "bird": number, "unknown": number,
            })),
        }),
        "track_ended" => json!({"track": integer, "at": integer, "why": text}),
        "threat" => json!({
            "track": integer, "at": integer, "probability": number,
            "impact": object(json!({
                "at": integer, "sigma_time_s": number, "speed_mps": number,
                "place": object(json!({"east_m": number, "north_m": number, "up_m": number})),
            })),
        }),
        "origin" => json!({
            "track": integer, "at": integer, "plots": integer,
            "origin": object(json!({
                "at": integer, "sigma_time_s": number,
                "place": object(json!({"east_m": number, "north_m": number, "up_m": number})),
            })),
        }),
        "record" => json!({
            "at": integer,
            "arc": object(json!({
                "track": integer, "class": text, "plots": integer, "arc_plots": integer, "left_out": integer,
                "misfit": number,
            })),
            "impact": json!({"type": ["object", "null"]}), "origin": json!({"type": ["object", "null"]}),
        }),
        "alarm" => json!({
            "id": object(json!({"zone": integer, "cause": integer})), "at": integer, "raised_at": integer,
            "stage": text, "reason": text, "probability": number, "threshold": number,
            "impact_at": {"type": ["integer", "null"]}, "threats": {"type": "array", "items": integer},
        }),
        "registration" => {
            let bias =
                object(json!({"range_m": number, "azimuth_rad": number, "elevation_rad": number, "time_s": number}));
            json!({"sensor": integer, "at": integer, "bias": bias, "sigma": bias, "windows": integer})
        }
        "trouble" => json!({
            "sensor": integer, "at": integer, "trouble": text, "stands": {"type": "boolean"}, "detail": text,
        }),
        "sensor" => json!({"sensor": integer, "at": integer, "health": text, "complaints": {"type": "object"}}),
        "suspicion" => {
            json!({"sensor": integer, "at": integer, "track": {"type": ["integer", "null"]}, "why": {"type": "object"}})
        }
        "refused" => json!({"at": integer, "sensor": {"type": ["integer", "null"]}, "reason": text, "detail": text}),
        "operator" => json!({
            "at": integer, "command": json!({"type": "object"}), "refused": {"type": ["string", "null"]},
        }),
        COMMAND => json!({"who": text, "seconded_by": {"type": ["string", "null"]}}),
        "sound" => json!({
            "id": integer, "kind": text, "at": integer, "sigma_time_s": number, "chi2": number, "spare": integer,
            "place": object(json!({"east_m": number, "north_m": number, "up_m": number})),
            "ears": {"type": "array"},
        }),
        "fall" => json!({
            "track": integer, "at": integer, "verdict": text, "source": {"type": ["integer", "null"]},
            "off_m": {"type": ["number", "null"]}, "listening": integer,
        }),
        "ear" => json!({"ear": json!({"type": "object"}), "at": integer, "health": text}),
        DELIVERY => json!({
            "alarm": text, "stage": text, "revision": integer, "channel": text, "receiver": text, "resent": integer,
        }),
        RESUMED => json!({"state": json!({"type": "object"}), "origin": json!({"type": "object"})}),
        STATE => json!({"at": integer, "next_track": integer, "warner": json!({"type": "object"})}),
        NOTE => json!({"text": text}),
        GAP => json!({"lost": integer}),
        CLOSED => json!({"digest": text}),
        _ => json!({}),
    };
    object(properties)
}

fn object(properties: Value) -> Value {
    json!({"type": "object", "properties": properties})
}

#[cfg(test)]
mod tests {
    use parapet_engine::{Complaints, Refusal, RefusalReason, SensorHealth, SensorReport};
    use parapet_frame::Time;
    use parapet_track::SensorId;

    use super::*;

    #[test]
    fn an_output_is_its_kind_and_its_content() {
        let report = SensorReport {
            sensor: SensorId(3),
            at: Time::from_nanos(5),
            health: SensorHealth::Silent,
            complaints: Complaints::default(),
        };
        let encoded = encode_output(&Output::Sensor(report));
        assert_eq!(encoded.topic, "/output/sensor");
        assert_eq!(serde_json::from_slice::<SensorReport>(&encoded.json).unwrap(), report);
        assert_eq!(encoded.decode(), Some(Output::Sensor(report)));
        let unknown = Encoded { topic: "/output/comet".to_owned(), json: b"{}".to_vec() };
        assert_eq!((unknown.kind(), unknown.decode()), ("comet", None));
    }

    #[test]
    fn every_kind_of_output_has_a_schema() {
        let refusal = Refusal {
            at: Time::from_nanos(1),
            sensor: None,
            sequence: None,
            reason: RefusalReason::Undecodable,
            detail: "}\"quotes\"{".to_owned(),
        };
        let encoded = encode_output(&Output::Refused(refusal.clone()));
        assert_eq!(serde_json::from_slice::<Refusal>(&encoded.json).unwrap(), refusal);
        assert!(schema(&encoded.topic)["properties"]["reason"].is_object());
    }
}
