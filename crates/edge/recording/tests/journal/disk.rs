//! A disk in memory that keeps a log of all calls, and can say what a crash would have left of them.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::io;
use std::rc::Rc;

use parapet_recording::{Disk, Volume};

/// Disks write whole sectors, octets.
const SECTOR: usize = 512;

/// One call.
#[derive(Clone, Debug)]
pub(crate) enum Call {
    Create(String),
    Append(String, Vec<u8>),
    Sync(String),
    SyncNames,
    Remove(String),
}

/// How a disk refuses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// Nothing of the call is done.
    Nothing,
    /// Half of what was to be appended is there.
    Half,
    /// All is there, and the disk says that it is not.
    All,
}

#[derive(Debug, Default)]
pub(crate) struct Log {
    pub calls: Vec<Call>,
    pub files: BTreeMap<String, Vec<u8>>,
    /// From this call on so many refuse, so.
    pub refuse: Option<(usize, usize, Refusal)>,
}

/// The disk.
#[derive(Clone, Debug, Default)]
pub(crate) struct MemoryDisk(pub Rc<RefCell<Log>>);

impl MemoryDisk {
    pub(crate) fn volume(&self) -> Volume {
        Volume::of_folder(self.0.borrow().files.clone())
    }

    pub(crate) fn calls(&self) -> Vec<Call> {
        self.0.borrow().calls.clone()
    }

    fn call(&self, call: Call) -> io::Result<()> {
        let mut log = self.0.borrow_mut();
        let number = log.calls.len();
        log.calls.push(call.clone());
        let refusal =
            log.refuse.filter(|(from, count, _)| (*from..from + count).contains(&number)).map(|(_, _, how)| how);
        match (call, refusal) {
            (Call::Create(name), None | Some(Refusal::All)) => drop(log.files.insert(name, vec![])),
            (Call::Append(name, octets), how) => {
                let octets = match how {
                    None | Some(Refusal::All) => &octets[..],
                    Some(Refusal::Half) => &octets[..octets.len() / 2],
                    Some(Refusal::Nothing) => &[],
                };
                log.files.get_mut(&name).unwrap().extend(octets);
            }
            (Call::Remove(name), None | Some(Refusal::All)) => drop(log.files.remove(&name)),
            _ => {}
        }
        refusal.map_or(Ok(()), |_| Err(io::ErrorKind::StorageFull.into()))
    }
}

impl Disk for MemoryDisk {
    type File = String;

    fn create(&mut self, name: &str) -> io::Result<String> {
        if self.0.borrow().files.contains_key(name) {
            return Err(io::ErrorKind::AlreadyExists.into());
        }
        self.call(Call::Create(name.to_owned())).map(|()| name.to_owned())
    }

    fn append(&mut self, file: &mut String, octets: &[u8]) -> io::Result<()> {
        self.call(Call::Append(file.clone(), octets.to_vec()))
    }

    fn sync(&mut self, file: &mut String) -> io::Result<()> {
        self.call(Call::Sync(file.clone()))
    }

    fn sync_names(&mut self) -> io::Result<()> {
        self.call(Call::SyncNames)
    }

    fn remove(&mut self, name: &str) -> io::Result<()> {
        self.call(Call::Remove(name.to_owned()))
    }
}

/// What a crash does to what was not synced.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Tail {
    /// None of it is there.
    Clean,
    /// All of it is there.
    Whole,
    /// So many eighths of it are there.
    Torn(usize),
    /// All but the last octet is there.
    OneShort,
    /// The first sector of it was not written, the later ones were.
    FirstLost,
    /// Every second sector was written.
    Reordered,
    /// The file has its length, and zeros where the data should be.
    Zeros,
    /// The second half is something else that the disk held.
    Stale,
    /// Files whose names were not synced are gone.
    NamesLost,
}

impl Tail {
    pub(crate) const ALL: [Tail; 12] = [
        Tail::Clean,
        Tail::Whole,
        Tail::Torn(1),
        Tail::Torn(3),
        Tail::Torn(5),
        Tail::Torn(7),
        Tail::OneShort,
        Tail::FirstLost,
        Tail::Reordered,
        Tail::Zeros,
        Tail::Stale,
        Tail::NamesLost,
    ];

    fn of(self, unsynced: &[u8]) -> Vec<u8> {
        let length = unsynced.len();
        let sectors = |keep: fn(usize) -> bool| {
            let sectors = unsynced.chunks(SECTOR).enumerate();
            sectors.flat_map(|(n, sector)| if keep(n) { sector.to_vec() } else { vec![0; sector.len()] }).collect()
        };
        match self {
            Tail::Clean | Tail::NamesLost => vec![],
            Tail::Whole => unsynced.to_vec(),
            Tail::Torn(eighths) => unsynced[..length * eighths / 8].to_vec(),
            Tail::OneShort => unsynced[..length.saturating_sub(1)].to_vec(),
            Tail::FirstLost => sectors(|n| n > 0),
            Tail::Reordered => sectors(|n| n % 2 == 1),
            Tail::Zeros => vec![0; length],
            Tail::Stale => {
                let mut octets = unsynced.to_vec();
                octets[length / 2..].iter_mut().enumerate().for_each(|(n, octet)| *octet = (n * 197 + 31) as u8);
                octets
            }
        }
    }
}

/// The disk as calls leave it, one after the other.
#[derive(Clone, Debug, Default)]
pub(crate) struct Platter {
    /// Synced octets, unsynced octets, whether the name is synced.
    files: BTreeMap<String, (Vec<u8>, Vec<u8>, bool)>,
}

impl Platter {
    pub(crate) fn take(&mut self, call: &Call) {
        match call {
            Call::Create(name) => drop(self.files.insert(name.clone(), Default::default())),
            Call::Append(name, octets) => self.files.get_mut(name).unwrap().1.extend(octets),
            Call::Sync(name) => {
                let (synced, unsynced, _) = self.files.get_mut(name).unwrap();
                synced.append(unsynced);
            }
            Call::SyncNames => self.files.values_mut().for_each(|(_, _, named)| *named = true),
            Call::Remove(name) => drop(self.files.remove(name)),
        }
    }

    /// What is there after a crash while this call was under way.
    pub(crate) fn after_crash(&self, during: Option<&Call>, tail: Tail) -> Volume {
        let mut then = self.clone();
        if let Some(call @ (Call::Create(_) | Call::Append(..))) = during {
            then.take(call);
        }
        let files = then.files.into_iter().filter(|(_, (_, _, named))| *named || tail != Tail::NamesLost);
        Volume::of_folder(files.map(|(name, (synced, unsynced, _))| (name, [synced, tail.of(&unsynced)].concat())))
    }
}
