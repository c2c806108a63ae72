//! `parapet judge`.

use std::path::{Path, PathBuf};

use clap::Args;
use parapet_sapient::{FrameReader, Limits, Translator, check};

use crate::exit::{Exit, Failure};
use crate::files;
use crate::out::Out;

/// Say of SAPIENT messages whether they keep the standard's rules, and which they break
///
/// A file holds one message in protobuf's JSON (it begins with a brace), or frames one after another: four bytes of length,
/// little-endian, and a message. Times are not judged: a recorded message is always old. Ends with code 1 if any is refused.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  parapet judge registration.json detections.bin")]
pub(crate) struct Judge {
    /// Recorded messages
    #[arg(required = true)]
    files: Vec<PathBuf>,
}

impl Judge {
    pub(crate) fn run(self) -> Result<Exit, Failure> {
        let translator = Translator::new();
        let mut out = Out::new();
        let mut refused = 0_u64;
        for path in &self.files {
            for (number, faults) in verdicts(&translator, path)?.iter().enumerate() {
                refused += u64::from(!faults.is_empty());
                let verdict =
                    if faults.is_empty() { "taken".to_owned() } else { format!("refused: {}", faults.join("; ")) };
                out.line(format_args!("{} message {}: {verdict}", path.display(), number + 1))?;
            }
        }
        out.done()?;
        Ok(Exit::fine_if(refused == 0))
    }
}

/// What is wrong with each message of a file.
fn verdicts(translator: &Translator, path: &Path) -> Result<Vec<Vec<String>>, Failure> {
    let bytes = files::read(path)?;
    let text = core::str::from_utf8(&bytes).ok().map(|text| text.trim_start_matches('\u{feff}'));
    if let Some(text) = text.filter(|text| text.trim_start().starts_with('{')) {
        return Ok(vec![translator.faults(text, &Limits::DEFAULT)]);
    }
    let mut reader = FrameReader::new(&Limits::DEFAULT);
    reader.take(&bytes);
    let mut verdicts = Vec::new();
    let end = loop {
        match reader.message() {
            Ok(Some(message)) => {
                verdicts.push(check(message, &Limits::DEFAULT).iter().map(ToString::to_string).collect());
            }
            Ok(None) => break None,
            Err(error) => break Some(error.to_string()),
        }
    };
    let cut = || (reader.is_amid() || verdicts.is_empty()).then(|| "the file ends inside a frame".to_owned());
    if let Some(why) = end.or_else(cut) {
        verdicts.push(vec![why]);
    }
    Ok(verdicts)
}
