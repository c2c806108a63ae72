//! What the fuzzer runs: files from anywhere, and sealed recordings that somebody has worked on.

use std::cell::RefCell;
use std::io;
use std::rc::Rc;

use parapet_engine::{Config, Engine, Limits, Mode};
use parapet_flight::Environment;
use parapet_frame::{HeardAt, Time};
use parapet_warn::Policy;

use crate::{
    Disk, Entry, Header, Input, Journal, Note, Origin, Recording, Resumed, RunId, Secret, Setting, Volume, examine,
    mend,
};

/// Reads these octets as a recording; and alters a sealed recording of two segments as they say: three octets for each alteration, a
/// place and what is flipped there, and the last two, how much is cut off.
///
/// # Panics
/// When something is believed that was not written: that is a fault.
pub fn fuzz_one(octets: &[u8]) {
    read(&Volume::single(octets.to_vec()));
    let (files, written) = sealed();
    let mut altered = files;
    let (edits, cut) = octets.split_at(octets.len() - octets.len() % 3);
    for edit in edits.chunks_exact(3) {
        let place = usize::from(u16::from_le_bytes([edit[0], edit[1]]));
        let count = altered.len();
        let file = &mut altered[usize::from(edit[1]) % count].1;
        let length = file.len();
        file[place % length] ^= edit[2];
    }
    if let ([by, ..], Some((_, last))) = (cut, altered.last_mut()) {
        last.truncate(last.len().saturating_sub(usize::from(*by) * 8));
    }
    let found = read(&Volume::of_folder(altered));
    assert!(
        found.len() <= written.len() && found[..] == written[..found.len()],
        "something was believed that was not written"
    );
}

/// Everything that a reader does; what it believes.
fn read(volume: &Volume) -> Vec<Entry> {
    let _ = examine(volume, None);
    let _ = mend(volume, io::Cursor::new(Vec::new()));
    let Ok(recording) = Recording::open(volume) else { return vec![] };
    let _ = recording.last_state();
    recording.entries().map_while(Result::ok).collect()
}

/// A small recording with one entry of every kind that is not an output.
fn sealed() -> (Vec<(String, Vec<u8>)>, Vec<Entry>) {
    let at = |seconds: f64| Time::from_seconds(1.7e9 + seconds);
    let (policy, limits) = (Policy::default(), Limits::default());
    let environment = Environment::flat();
    let config = Config { mode: Mode::Exercise, environment, sensors: vec![], zones: vec![], policy, limits };
    let state = Engine::new(config.clone()).state(None);
    let header = Header::new("parapet", "0", at(0.0), config, serde_json::Value::Null, serde_json::Value::Null);
    let run = RunId([5; 16]);
    let secret = Secret::of(Mode::Exercise, [5; 32]);
    let setting = Setting { header, run, secret, segment_octets_max: 3_000, protobuf: vec![] };
    let origin = Origin { run, segment: 1, octets: 1, hash: String::new() };
    let input = Input { at: at(2.0), heard_at: HeardAt(at(1.0)), link: 0, sender: None, bytes: vec![48, 0, 3] };
    let entries = vec![
        Entry::Resumed(at(1.0), Box::new(Resumed { state: state.clone(), origin })),
        Entry::Input(input),
        Entry::State(at(2.0), Box::new(state)),
        Entry::Note(Note { at: at(3.0), text: "a note".to_owned() }),
        Entry::Gap(crate::Gap { at: at(4.0), lost: 2 }),
        Entry::Closed(crate::Closed { at: at(5.0), digest: "00".to_owned() }),
    ];
    let disk = Memory::default();
    let mut journal = Journal::new(disk.clone(), setting);
    for group in entries.chunks(2) {
        // A disk in memory refuses nothing.
        let wrote = journal.recorder().and_then(|recorder| group.iter().try_for_each(|entry| recorder.entry(entry)));
        let _ = wrote.and_then(|()| journal.commit().map(drop));
    }
    let _ = journal.finish();
    (disk.0.borrow().clone(), entries)
}

/// Files with their names.
type Files = Rc<RefCell<Vec<(String, Vec<u8>)>>>;

#[derive(Clone, Default)]
struct Memory(Files);

impl Disk for Memory {
    type File = usize;

    fn create(&mut self, name: &str) -> io::Result<usize> {
        let mut files = self.0.borrow_mut();
        files.push((name.to_owned(), vec![]));
        Ok(files.len() - 1)
    }

    fn append(&mut self, file: &mut usize, octets: &[u8]) -> io::Result<()> {
        self.0.borrow_mut()[*file].1.extend(octets);
        Ok(())
    }

    fn sync(&mut self, _: &mut usize) -> io::Result<()> {
        Ok(())
    }

    fn sync_names(&mut self) -> io::Result<()> {
        Ok(())
    }

    fn remove(&mut self, _: &str) -> io::Result<()> {
        Ok(())
    }
}
