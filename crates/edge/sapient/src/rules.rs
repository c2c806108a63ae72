//! The table of rules, made from the schema's own options when the crate is built; see `build.rs` and `additions.rs`.

/// What is demanded of one message of the schema.
#[derive(Debug)]
pub(crate) struct MessageRule {
    /// What is judged over several of its fields.
    pub(crate) together: Together,
    /// Its choices (protobuf's oneof).
    pub(crate) choices: &'static [ChoiceRule],
    /// Its fields, by number.
    pub(crate) fields: &'static [FieldRule],
}

/// A choice between fields of which one may be there.
#[derive(Debug)]
pub(crate) struct ChoiceRule {
    pub(crate) name: &'static str,
    /// One of them must be there.
    pub(crate) mandatory: bool,
}

/// What is demanded of one field.
#[derive(Debug)]
pub(crate) struct FieldRule {
    pub(crate) number: u32,
    pub(crate) name: &'static str,
    pub(crate) kind: Kind,
    pub(crate) repeated: bool,
    /// It must be there; a repeated one at least once.
    pub(crate) mandatory: bool,
    /// It belongs to a choice that must be made, so that, where it is there, it may not be empty.
    pub(crate) chosen: bool,
    /// The choice that it belongs to.
    pub(crate) choice: Option<usize>,
    pub(crate) form: Form,
}

/// How a field stands on the wire.
#[derive(Debug)]
pub(crate) enum Kind {
    Double,
    Float,
    /// Any whole number that is sent as a varint.
    Whole,
    Bool,
    Text,
    Bytes,
    /// One of these numbers.
    Word(&'static [i32]),
    /// A message, by its place in the table.
    Message(usize),
}

/// What the content of a field must look like.
#[derive(Debug)]
pub(crate) enum Form {
    Any,
    Ulid,
    Uuid,
    Edition,
    Within(f64, f64),
}

/// What is judged over several fields of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Together {
    Nothing,
    /// Longitude and latitude where the coordinates are those.
    Location,
    /// Angles in the unit that is told beside them.
    RangeBearing,
    /// The same for a cone.
    RangeBearingCone,
    /// The end is not before the start.
    TaskTimes,
    /// An instant, for the message that holds it.
    Time,
}

include!(concat!(env!("OUT_DIR"), "/rules.rs"));
