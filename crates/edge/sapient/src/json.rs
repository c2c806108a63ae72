//! Protobuf's own JSON for SAPIENT messages, for people and for conformance messages that come in it.

use prost::Message as _;
use prost_reflect::{DescriptorPool, DeserializeOptions, DynamicMessage, MessageDescriptor};

use crate::check::check;
use crate::limits::Limits;

/// The schema as protobuf descriptors (a `FileDescriptorSet`), for programs that read SAPIENT messages without knowing it.
pub static DESCRIPTORS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/descriptors.bin"));

/// The schema's name for a whole message.
pub const MESSAGE_NAME: &str = "sapient_msg.bsi_flex_335_v2_0.SapientMessage";

/// Between a message's bytes and its JSON. Making one reads the schema; keep it.
#[derive(Clone, Debug)]
pub struct Translator {
    message: MessageDescriptor,
}

impl Translator {
    /// A translator.
    ///
    /// # Panics
    /// Never: the schema was read when the crate was built.
    #[must_use]
    pub fn new() -> Self {
        let pool = DescriptorPool::decode(DESCRIPTORS).expect("the schema is the one that the crate was built with");
        let message = pool.get_message_by_name(MESSAGE_NAME);
        Translator { message: message.expect("the schema has the whole message") }
    }

    /// The bytes of a message in JSON.
    ///
    /// # Errors
    /// Where it is no JSON, names a field that the standard does not have, or holds a value of the wrong kind; with the place.
    pub fn bytes(&self, json: &str) -> Result<Vec<u8>, String> {
        self.parse(json, &DeserializeOptions::new())
    }

    /// What is wrong with a message in JSON, for people: what JSON itself shows, and then what the rules find in the rest.
    #[must_use]
    pub fn faults(&self, json: &str, limits: &Limits) -> Vec<String> {
        let strictly = self.bytes(json);
        let known = DeserializeOptions::new().deny_unknown_fields(false);
        let bytes = strictly.clone().or_else(|_| self.parse(json, &known));
        let findings = bytes.map(|bytes| check(&bytes, limits)).unwrap_or_default();
        strictly.err().into_iter().chain(findings.iter().map(ToString::to_string)).collect()
    }

    fn parse(&self, json: &str, options: &DeserializeOptions) -> Result<Vec<u8>, String> {
        let mut reader = serde_json::Deserializer::from_str(json);
        let message = DynamicMessage::deserialize_with_options(self.message.clone(), &mut reader, options);
        let message = message.map_err(|error| error.to_string())?;
        reader.end().map_err(|error| error.to_string())?;
        Ok(message.encode_to_vec())
    }

    /// The JSON of a message.
    ///
    /// # Errors
    /// Where the bytes are no message.
    pub fn json(&self, bytes: &[u8]) -> Result<String, String> {
        let message = DynamicMessage::decode(self.message.clone(), bytes).map_err(|error| error.to_string())?;
        serde_json::to_string(&message).map_err(|error| error.to_string())
    }
}

impl Default for Translator {
    fn default() -> Self {
        Translator::new()
    }
}
