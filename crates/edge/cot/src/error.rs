//! Why something is no event.

/// What is wrong with what came in. It is always the sender's fault.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CotError {
    /// Longer than anything that is read.
    #[error("an event of {bytes} bytes; at most {max} are read")]
    TooLong {
        /// How long it is, or says that it is.
        bytes: u64,
        /// What is read.
        max: usize,
    },
    /// Not well-formed XML, or not UTF-8.
    #[error("not well-formed XML: {0}")]
    Xml(String),
    /// A document type or an entity of the sender's own: it could name files of ours or grow without end.
    #[error("{0} is refused: events need none")]
    Forbidden(&'static str),
    /// More elements, attributes or levels than any event has.
    #[error("more than {max} {what}")]
    TooMany {
        /// Of what.
        what: &'static str,
        /// The bound.
        max: usize,
    },
    /// Something else than an event.
    #[error("<{0}> is no event")]
    NotAnEvent(String),
    /// Without it there is no event.
    #[error("`{0}` is missing")]
    Missing(&'static str),
    /// A value that cannot be.
    #[error("`{name}` cannot be {value:?}")]
    Bad {
        /// Of what.
        name: &'static str,
        /// As it was written, shortened.
        value: String,
    },
    /// Not TAK protobuf.
    #[error("not TAK protobuf: {0}")]
    Protobuf(String),
    /// Octets that begin neither an event nor a frame.
    #[error("{0} octets that belong to no event")]
    Nonsense(usize),
}

impl CotError {
    /// In one word, for counting.
    #[must_use]
    pub fn reason(&self) -> &'static str {
        match self {
            CotError::TooLong { .. } => "too_long",
            CotError::Xml(_) => "not_xml",
            CotError::Forbidden(_) => "forbidden",
            CotError::TooMany { .. } => "too_many",
            CotError::NotAnEvent(_) => "not_an_event",
            CotError::Missing(_) => "missing",
            CotError::Bad { .. } => "bad_value",
            CotError::Protobuf(_) => "not_protobuf",
            CotError::Nonsense(_) => "nonsense",
        }
    }

    /// A value that cannot be, cut to what a line of a log can hold.
    pub(crate) fn bad(name: &'static str, value: &str) -> Self {
        /// Characters of a bad value that are shown.
        const SHOWN: usize = 40;
        CotError::Bad { name, value: value.chars().take(SHOWN).collect() }
    }
}
