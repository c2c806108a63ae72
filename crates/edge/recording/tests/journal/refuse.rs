//! A disk that is full for a while, and one that fails to sync.

use parapet_recording::{Kind, examine};

use crate::disk::{MemoryDisk, Refusal};
use crate::every;
use crate::scene::{entries, read, write};

/// From every `stride`-th call on the disk refuses so many calls: everything is there in the end, once.
fn refuse(count: usize, stride: usize, lasting: usize) -> u64 {
    let written = entries(count);
    let plain = MemoryDisk::default();
    write(&plain, &written, 12_000);
    let mut tried = 0;
    for from in (0..plain.calls().len()).step_by(stride) {
        for how in [Refusal::Nothing, Refusal::Half, Refusal::All] {
            let disk = MemoryDisk::default();
            disk.0.borrow_mut().refuse = Some((from, lasting, how));
            write(&disk, &written, 12_000);
            let (found, error) = read(&disk.volume());
            let place = format!("call {from}, {lasting} refused, {how:?}: {error:?}");
            assert!(found == written, "{place}: {} of {} entries", found.len(), written.len());
            assert!(error.is_none(), "{place}");
            let seen = examine(&disk.volume(), None).unwrap();
            assert!(seen.is_sound(), "{place}: {:?}", seen.findings);
            let harmless = [Kind::Superseded, Kind::Cut];
            assert!(
                seen.findings.iter().all(|finding| harmless.contains(&finding.kind)),
                "{place}: {:?}",
                seen.findings
            );
            tried += 1;
        }
    }
    tried
}

#[test]
fn a_disk_that_refuses_for_a_while_loses_nothing() {
    let tried = match every() {
        Some(every) => [1, 2, 3, 9, 40].into_iter().map(|lasting| refuse(1_000, every, lasting)).sum(),
        None => refuse(200, 11, 1) + refuse(200, 23, 9),
    };
    println!("{tried} runs on a disk that refuses");
    assert!(tried > 10);
}
