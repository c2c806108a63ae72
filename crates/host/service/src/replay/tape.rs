//! One recording, looked through once from its beginning, a piece at a time, with places to go on from.

use std::io::BufReader;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use parapet_engine::{Mode, Output};
use parapet_frame::Time;
use parapet_recording::{Bookmark, Entry, Header, RecordingError, Stream};
use serde_json::{Value, json};

use super::delta::delta;
use super::projector::{Projector, Seen};
use super::story::Story;
use crate::atlas::Atlas;
use crate::recorder::RunReader;
use crate::rerun::{Again, early};
use crate::site_view;
use crate::why::{Source, WhyError};

/// A window of pictures is this long, milliseconds.
pub(crate) const WINDOW_MS: i64 = 10_000;
/// A picture follows another no sooner than this, unless an alarm changed: as live.
const PERIOD_MIN_MS: i64 = 200;
/// A picture is shown at least this often: as live.
const PERIOD_MAX_MS: i64 = 1_000;
/// Beyond so many bytes a window holds one picture per second.
const WINDOW_BYTES: usize = 8 * 1024 * 1024;
/// Pictures in a window, whatever happens.
const PICTURES_MAX: usize = 400;
/// Places to go on from lie at least this far apart, seconds.
const SPACING_S: f64 = 10.0;
/// What all places to go on from may hold together, in entries of their tables: some hundred megabytes at the most. Beyond it every
/// second one is given up.
const WEIGHT_MAX: usize = 100_000;

/// Nobody waits longer for an explanation; `parapet why` has the time.
const EXPLAIN: Duration = Duration::from_secs(60);

/// Why a recording cannot be shown.
#[derive(Debug, thiserror::Error)]
pub(crate) enum TapeError {
    /// It is none, or one of another version, or its header is damaged.
    #[error("{0}")]
    Recording(#[from] RecordingError),
    /// Its header says what this program does not understand.
    #[error("{0}")]
    Header(String),
    /// It cannot be read.
    #[error("{} cannot be read: {error}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        error: std::io::Error,
    },
}

/// A place to go on from.
#[derive(Clone, Debug)]
struct Place {
    at: Time,
    bookmark: Bookmark,
    projector: Projector,
}

/// How far a recording has been looked through.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Reached {
    /// There is more.
    Midway,
    /// The end of the file, which was not closed in order: it is being written, or its writer was killed.
    EndOfFile,
    /// The end of a recording that was closed in order.
    Closed,
    /// What is wrong from here on.
    Damage(String),
}

/// A recording that is shown.
#[derive(Debug)]
pub(crate) struct Tape {
    path: PathBuf,
    header: Arc<Header>,
    atlas: Arc<Atlas>,
    site: Arc<str>,
    name: String,
    projector: Projector,
    bookmark: Bookmark,
    reached: Reached,
    places: Vec<Place>,
    weight: usize,
    weight_max: usize,
    spacing_s: f64,
    story: Story,
    /// Bytes of the file when it was looked at last, and how many of them were looked through.
    bytes: u64,
    read: u64,
}

impl Tape {
    /// Opens a recording; nothing but its header has been read then.
    pub(crate) fn open(path: &Path) -> Result<Self, TapeError> {
        let stream = Stream::open(reader(path)?)?;
        let header = stream.header().clone();
        let again = Again::of(&header).map_err(TapeError::Header)?;
        let atlas = Arc::new(again.atlas.clone());
        let mut site = site_view::json(&again.site.name, &header.version, &atlas, None);
        site["recorded_mode"] = site["mode"].take();
        site["mode"] = json!("replay");
        let projector = Projector::new(&again, atlas.clone(), header.started_at);
        let bookmark = stream.bookmark();
        let place = Place { at: header.started_at, bookmark: bookmark.clone(), projector: projector.clone() };
        Ok(Tape {
            path: path.to_owned(),
            atlas,
            site: site.to_string().into(),
            name: again.site.name,
            weight: projector.weight(),
            weight_max: WEIGHT_MAX,
            projector,
            bookmark,
            reached: Reached::Midway,
            places: vec![place],
            spacing_s: SPACING_S,
            story: Story::default(),
            bytes: 0,
            read: 0,
            header,
        })
    }

    /// The site as the page knows it, with the mode `replay`.
    pub(crate) fn site(&self) -> Arc<str> {
        self.site.clone()
    }

    /// Looks on for about so long, or to the end of what there is; a file that has grown is read on.
    pub(crate) fn advance(&mut self, budget: Duration) -> Result<(), TapeError> {
        let begun = Instant::now();
        let file = reader(&self.path)?;
        self.bytes = file.get_ref().octets();
        if matches!(self.reached, Reached::Closed | Reached::Damage(_)) {
            return Ok(());
        }
        let mut stream = Stream::resume(file, self.header.clone(), self.bookmark.clone());
        self.reached = Reached::Midway;
        while begun.elapsed() < budget {
            self.keep_place();
            match stream.next_chunk() {
                Ok(Some(entries)) => entries.iter().for_each(|entry| self.take(entry)),
                Ok(None) => self.reached = Reached::Closed,
                Err(error) if error.is_cut() => self.reached = Reached::EndOfFile,
                Err(error) => self.reached = Reached::Damage(early(&error)),
            }
            self.bookmark = stream.bookmark();
            self.read = self.bookmark.offset();
            if self.reached != Reached::Midway {
                break;
            }
        }
        Ok(())
    }

    fn take(&mut self, entry: &Entry) {
        self.story.entry(entry);
        if let Seen::Said(output) = self.projector.take(entry) {
            self.story.output(self.projector.at, &output, &self.atlas);
        }
    }

    fn keep_place(&mut self) {
        let now = self.projector.at;
        let far = self.places.last().is_none_or(|last| now.seconds_since(last.at) >= self.spacing_s);
        if !far {
            return;
        }
        self.projector.age(now);
        self.weight += self.projector.weight();
        self.places.push(Place { at: now, bookmark: self.bookmark.clone(), projector: self.projector.clone() });
        if self.weight > self.weight_max && self.places.len() > 2 {
            let mut even = false;
            self.places.retain(|_| {
                even = !even;
                even
            });
            self.weight = self.places.iter().map(|place| place.projector.weight()).sum();
            self.spacing_s *= 2.0;
        }
    }

    /// What is known of the recording as a whole, so far.
    pub(crate) fn facts(&self, file: &str) -> Value {
        let done = !matches!(self.reached, Reached::Midway);
        let progress = if done || self.bytes == 0 { 1.0 } else { (self.read as f64 / self.bytes as f64).min(1.0) };
        let ending = match &self.reached {
            Reached::Midway => None,
            Reached::Closed => Some("closed".to_owned()),
            Reached::EndOfFile => {
                Some("It has no end: it is being written still, or the program was killed.".to_owned())
            }
            Reached::Damage(what) => Some(format!("What follows cannot be shown: {what}")),
        };
        json!({
            "name": file,
            "site": self.name,
            "recorded_mode": mode(&self.header),
            "program": format!("{} {}", self.header.program, self.header.version),
            "from_ms": self.header.started_at.millis(),
            "to_ms": self.projector.at.max(self.header.started_at).millis(),
            "window_ms": WINDOW_MS,
            "bytes": self.bytes,
            "progress": if done { 1.0 } else { progress },
            "looked_through": done,
            "growing": self.reached == Reached::EndOfFile,
            "ending": ending,
            "not_understood": self.projector.not_understood,
            "rounds": self.story.rounds(),
            "alarms": self.story.alarms(),
            "marks": self.story.marks(self.projector.at),
            "marks_left_out": self.story.marks_left_out(),
        })
    }

    /// The recording as such, to be run from its beginning.
    pub(crate) fn reel(&self) -> Reel {
        Reel { path: self.path.clone(), header: self.header.clone(), begun: Instant::now() }
    }

    /// What was known then and what became true, as JSON.
    pub(crate) fn truth(&self) -> String {
        serde_json::to_string(&self.story.truth(&self.atlas)).unwrap_or_default()
    }

    /// The pictures of the window of this number, counted from 0 at the beginning, as JSON: one whole picture and what changed since.
    /// `None` where nothing has been looked through yet.
    pub(crate) fn window(&self, number: u32) -> Result<Option<String>, TapeError> {
        let from_ms = self.header.started_at.millis() + i64::from(number) * WINDOW_MS;
        let to_ms = from_ms + WINDOW_MS;
        if from_ms > self.projector.at.max(self.header.started_at).millis() {
            return Ok(None);
        }
        let near = self.places.partition_point(|place| place.at.millis() <= from_ms);
        let Some(place) = self.places.get(near.saturating_sub(1)) else { return Ok(None) };
        let mut stream = Stream::resume(reader(&self.path)?, self.header.clone(), place.bookmark.clone());
        let mut film = Film::new(place.projector.clone(), from_ms, to_ms.min(self.projector.at.millis() + 1));
        // What was not looked through is not shown, so that the page sees no more than its time line.
        while !film.is_over() {
            match stream.next_chunk() {
                Ok(Some(entries)) => entries.iter().for_each(|entry| film.take(entry)),
                Ok(None) | Err(_) => break,
            }
        }
        let complete =
            to_ms <= self.projector.at.millis() || matches!(self.reached, Reached::Closed | Reached::Damage(_));
        Ok(Some(film.finish(number, from_ms, to_ms, complete)))
    }
}

/// A recording that is run only as long as somebody would wait for it.
#[derive(Debug)]
pub(crate) struct Reel {
    path: PathBuf,
    header: Arc<Header>,
    begun: Instant,
}

#[cfg(test)]
impl Tape {
    /// With another bound on what its places hold.
    pub(crate) fn bound(&mut self, weight_max: usize) {
        self.weight_max = weight_max;
    }

    /// How many places there are to go on from.
    pub(crate) fn places(&self) -> usize {
        self.places.len()
    }
}

impl Source for Reel {
    fn header(&self) -> &Header {
        &self.header
    }

    fn keep_on(&self) -> bool {
        self.begun.elapsed() < EXPLAIN
    }

    fn entries(&self) -> Result<Box<dyn Iterator<Item = Result<Entry, RecordingError>> + '_>, WhyError> {
        let unusable = |what: &dyn core::fmt::Display| WhyError::Unusable(what.to_string());
        let file = reader(&self.path).map_err(|error| unusable(&error))?;
        Ok(Box::new(Stream::open(file).map_err(|error| unusable(&error))?.entries()))
    }
}

/// Makes the pictures of a window, when the live program would have.
struct Film {
    projector: Projector,
    from_ms: i64,
    to_ms: i64,
    next_ms: i64,
    over: bool,
    /// Whether anything was said since the last picture.
    stale: bool,
    alarm: bool,
    shown_ms: i64,
    before: Value,
    first: Option<Value>,
    then: Vec<String>,
    bytes: usize,
}

impl Film {
    fn new(projector: Projector, from_ms: i64, to_ms: i64) -> Self {
        let (over, stale, alarm, before, first, then, bytes) = Default::default();
        let shown_ms = from_ms - PERIOD_MAX_MS;
        Film { projector, from_ms, to_ms, next_ms: from_ms, over, stale, alarm, shown_ms, before, first, then, bytes }
    }

    fn is_over(&self) -> bool {
        self.over
    }

    fn take(&mut self, entry: &Entry) {
        let at_ms = entry.at().max(self.projector.at).millis();
        if self.alarm && (at_ms > self.projector.at.millis() || !matches!(entry, Entry::Output(..))) {
            self.alarm = false;
            self.show(self.projector.at.millis());
        }
        self.pass(at_ms);
        if self.is_over() {
            return;
        }
        if let Seen::Said(output) = self.projector.take(entry) {
            self.stale = true;
            self.alarm |= matches!(*output, Output::Alarm(_));
        }
    }

    /// Shows what is due before an instant.
    fn pass(&mut self, at_ms: i64) {
        while self.next_ms < at_ms.min(self.to_ms) {
            let now_ms = self.next_ms;
            self.next_ms += PERIOD_MIN_MS;
            let full = self.bytes > WINDOW_BYTES || self.then.len() >= PICTURES_MAX;
            let wanted = self.stale && !full || now_ms - self.shown_ms >= PERIOD_MAX_MS;
            if self.first.is_none() || wanted {
                self.show(now_ms);
            }
        }
        // The next picture may be due after the window's end, as at the end of a recording, and entries come before that.
        self.over = at_ms >= self.to_ms;
    }

    fn show(&mut self, now_ms: i64) {
        // An alarm before the window belongs to what its first picture shows.
        if now_ms < self.from_ms || now_ms >= self.to_ms || (now_ms == self.shown_ms && !self.stale) {
            return;
        }
        let picture = self.projector.picture(Time::from_nanos(now_ms * 1_000_000));
        (self.stale, self.shown_ms) = (false, now_ms);
        if self.first.is_none() {
            self.first = Some(picture.clone());
        } else {
            let change = delta(&self.before, &picture).to_string();
            self.bytes += change.len();
            self.then.push(change);
        }
        self.before = picture;
    }

    fn finish(mut self, number: u32, from_ms: i64, to_ms: i64, complete: bool) -> String {
        if self.alarm {
            self.show(self.projector.at.millis());
        }
        self.pass(self.to_ms);
        let first = self.first.unwrap_or_default();
        let then = self.then.join(",");
        format!(
            "{{\"number\":{number},\"from_ms\":{from_ms},\"to_ms\":{to_ms},\"complete\":{complete},\"first\":{first},\"then\":[{then}]}}"
        )
    }
}

/// What was recorded: `live` or `exercise`.
pub(crate) fn mode(header: &Header) -> &'static str {
    match header.config.mode {
        Mode::Live => "live",
        Mode::Exercise => "exercise",
    }
}

/// A recording, read in large pieces.
pub(crate) fn reader(path: &Path) -> Result<BufReader<RunReader>, TapeError> {
    /// Bytes at once.
    const PIECE: usize = 256 * 1024;
    let file = RunReader::open(path).map_err(|error| TapeError::File { path: path.to_owned(), error })?;
    Ok(BufReader::with_capacity(PIECE, file))
}
