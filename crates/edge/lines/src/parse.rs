//! One line from bytes.

use core::fmt;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::error::Category;

use crate::check::check;
use crate::line::Line;

/// Longest line that is read, bytes. Nothing is kept of a longer one.
pub const LINE_BYTES_MAX: usize = 4_096;
/// Characters of somebody else's text that are repeated in an error.
const QUOTED_MAX: usize = 160;
/// The words that `type` may be.
const TYPES: [&str; 7] = ["plot", "place", "site", "bearing", "sound", "alive", "position"];

/// Why a line is refused: where, what, and what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LineError {
    /// The place in the line, characters from 1, where the text itself is broken.
    pub column: Option<usize>,
    /// The key, with a full stop between nested ones; empty where it is about the whole line.
    pub key: String,
    /// What is wrong.
    pub what: String,
    /// What to do.
    pub remedy: String,
}

impl LineError {
    pub(crate) fn of(key: &str, what: &str, remedy: &str) -> Self {
        let cut = |text: &str| text.chars().take(QUOTED_MAX).collect::<String>();
        LineError { column: None, key: cut(key), what: cut(what), remedy: remedy.to_owned() }
    }
}

impl fmt::Display for LineError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let LineError { column, key, what, remedy } = self;
        if let Some(column) = column {
            write!(f, "column {column}, ")?;
        }
        if !key.is_empty() {
            write!(f, "key {key}: ")?;
        }
        write!(f, "{what}; {remedy}")
    }
}

impl std::error::Error for LineError {}

/// Reads one line, without its line break.
///
/// # Errors
/// When it is too long, no JSON object, of no known type, has a key that the type does not have or lacks one that it needs, or holds an
/// impossible value.
pub fn parse(line: &[u8]) -> Result<Line, LineError> {
    if line.len() > LINE_BYTES_MAX {
        let what = format!("{} bytes are too long for a line", line.len());
        let remedy = format!("at most {LINE_BYTES_MAX} bytes are read; one JSON object on each line");
        return Err(LineError::of("", &what, &remedy));
    }
    let text = core::str::from_utf8(line).map_err(|error| LineError {
        column: Some(error.valid_up_to() + 1),
        ..LineError::of("", "not UTF-8", "write the line as UTF-8 text")
    })?;
    let line = match kind(text)?.as_str() {
        "plot" => Line::Plot(Box::new(read(text)?)),
        "place" => Line::Place(Box::new(read(text)?)),
        "site" => Line::Site(Box::new(read(text)?)),
        "bearing" => Line::Bearing(Box::new(read(text)?)),
        "sound" => Line::Sound(Box::new(read(text)?)),
        "alive" => Line::Alive(Box::new(read(text)?)),
        "position" => Line::Position(Box::new(read(text)?)),
        other => {
            let what = format!("{other:?} is no type of line");
            return Err(LineError::of("type", &what, &format!("write one of {}", TYPES.join(", "))));
        }
    };
    check(&line)?;
    Ok(line)
}

/// The word in `type`.
fn kind(text: &str) -> Result<String, LineError> {
    #[derive(Deserialize)]
    struct Peek {
        #[serde(rename = "type")]
        kind: String,
    }
    Ok(read::<Peek>(text)?.kind)
}

fn read<T: DeserializeOwned>(text: &str) -> Result<T, LineError> {
    let mut reader = serde_json::Deserializer::from_str(text);
    let value = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
        let key = error.path().to_string();
        refused(if key == "." { "" } else { &key }, error.inner())
    })?;
    reader.end().map_err(|error| refused("", &error))?;
    Ok(value)
}

fn refused(key: &str, error: &serde_json::Error) -> LineError {
    let whole = error.to_string();
    let what = whole.split(" at line ").next().unwrap_or_default();
    let remedy = match error.classify() {
        Category::Syntax | Category::Eof | Category::Io => "write one whole JSON object on each line",
        Category::Data if what.starts_with("missing field") => "add the key; docs/door.md lists what each type needs",
        Category::Data if what.starts_with("unknown field") => "correct the name of the key, or leave it out",
        Category::Data if what.starts_with("duplicate field") => "write every key once",
        Category::Data => "docs/door.md says what the key may hold",
    };
    // A key that is not known is named by the message, not by the path to where it stands.
    LineError { column: Some(error.column()), ..LineError::of(key, what, remedy) }
}
