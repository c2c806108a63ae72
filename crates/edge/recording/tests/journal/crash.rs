//! A kill or a power cut at every call of the disk.

use std::collections::BTreeMap;

use parapet_recording::Recording;

use crate::disk::{MemoryDisk, Platter, Tail};
use crate::every;
use crate::scene::{at, entries, read, write};

/// Crashes at every `stride`-th call with every kind of tail; gives how many were tried, and how many left more than was synced.
fn crash(count: usize, segment_octets_max: u64, stride: usize) -> BTreeMap<Tail, (u64, u64)> {
    let (disk, written) = (MemoryDisk::default(), entries(count));
    let safe = write(&disk, &written, segment_octets_max);
    let calls = disk.calls();
    let (mut platter, mut tried) = (Platter::default(), BTreeMap::new());
    for number in 0..=calls.len() {
        if number % stride == 0 || number + 3 > calls.len() {
            let durable = safe.iter().take_while(|(calls, _)| *calls <= number).last().map_or(0, |(_, count)| *count);
            for tail in Tail::ALL {
                let left = platter.after_crash(calls.get(number), tail);
                let (found, error) = read(&left);
                let place = format!("call {number} of {}, {tail:?}: {error:?}", calls.len());
                assert!(found.len() >= durable, "{place}: {} of {durable} synced entries are left", found.len());
                assert!(found[..] == written[..found.len()], "{place}: something was invented");
                assert!(error.is_some() || found.len() == written.len(), "{place}: nobody says that it ends early");
                let (crashes, more) = tried.entry(tail).or_insert((0, 0));
                *crashes += 1;
                *more += u64::from(found.len() > durable);
            }
        }
        calls.get(number).into_iter().for_each(|call| platter.take(call));
    }
    tried
}

#[test]
fn a_crash_at_any_call_loses_nothing_that_was_synced() {
    let tried = every().map_or_else(|| crash(300, 12_000, 3), |every| crash(10_000, 512 * 1024, every));
    let crashes: u64 = tried.values().map(|(crashes, _)| crashes).sum();
    println!("{crashes} crashes; of each kind of tail, and how many left more than was known to be safe: {tried:?}");
    assert!(tried.values().all(|(crashes, _)| *crashes > 8), "{tried:?}");
    // Clean tails give more than the writer knew to be safe only where it was finishing a segment.
    let (whole, clean) = (tried[&Tail::Whole].1, tried[&Tail::Clean].1);
    assert!(whole > 2 * clean, "what was written whole is read, synced or not: {tried:?}");
}

/// The state that a program takes up again is the last one that is safe.
#[test]
fn the_last_state_is_found_from_the_end() {
    let (disk, written) = (MemoryDisk::default(), entries(400));
    write(&disk, &written, 8_000);
    let volume = disk.volume();
    assert!(volume.files() > 5);
    let recording = Recording::open(&volume).unwrap();
    assert!(recording.last_state().is_some());
    assert_eq!(recording.origin().unwrap().segment as usize, volume.files());
    assert_eq!(recording.header().started_at, at(0));
}
