//! Octets that are missing, and bits that are not as they were.

use parapet_recording::{Entry, Kind, Public, Secret, Volume, examine};

use crate::disk::MemoryDisk;
use crate::every;
use crate::scene::{entries, read, secret, write};

/// A finished recording of three segments or more, its files, and what was written.
fn recording(segment_octets: u64, count: usize) -> (Vec<(String, Vec<u8>)>, Vec<Entry>) {
    let (disk, written) = (MemoryDisk::default(), entries(count));
    write(&disk, &written, segment_octets);
    let files = disk.0.borrow().files.clone().into_iter().collect();
    (files, written)
}

/// Flips every `stride`-th bit of one segment.
fn flip(segment_octets: u64, count: usize, which: impl Fn(usize) -> usize, stride: usize) -> (usize, usize) {
    let (mut files, written) = recording(segment_octets, count);
    let place = which(files.len());
    let octets = files[place].1.len();
    let mut flipped = 0;
    for bit in (0..8 * octets).step_by(stride) {
        files[place].1[bit / 8] ^= 1 << (bit % 8);
        let volume = Volume::of_folder(files.clone());
        let (found, _) = read(&volume);
        let seen = examine(&volume, Some(&secret().public()));
        let place_words = format!("bit {bit} of {octets} octets in segment {}", place + 1);
        // Damage may be taken for an early end (a length that is too long), and is found either way.
        let is_found = seen.is_err() || seen.is_ok_and(|seen| !seen.is_sound() || !seen.closed || cut(&seen));
        assert!(is_found, "{place_words}: not found");
        assert!(found.len() <= written.len() && found[..] == written[..found.len()], "{place_words}: believed");
        files[place].1[bit / 8] ^= 1 << (bit % 8);
        flipped += 1;
    }
    (flipped, octets)
}

fn cut(seen: &parapet_recording::Examination) -> bool {
    seen.findings.iter().any(|finding| finding.kind == Kind::Cut)
}

#[test]
fn a_flipped_bit_is_found_and_never_believed() {
    if let Some(every) = every() {
        let (middle, last) = (flip(65_536, 900, |_| 1, every), flip(65_536, 700, |count| count - 1, every));
        println!("bits flipped, of octets: {middle:?} in the middle, {last:?} at the end");
        return;
    }
    for place in [0, 1] {
        flip(12_000, 250, |_| place, 1_499);
    }
    flip(12_000, 250, |count| count - 1, 499);
}

/// Cuts the last segment at every `stride`-th of its last octets.
fn truncate(segment_octets: u64, count: usize, last: usize, stride: usize) -> usize {
    let (mut files, written) = recording(segment_octets, count);
    let octets = files.last().unwrap().1.len();
    let mut cuts = 0;
    let mut fewest = written.len();
    for length in (octets.saturating_sub(last)..octets).rev().step_by(stride) {
        files.last_mut().unwrap().1.truncate(length);
        let volume = Volume::of_folder(files.clone());
        let (found, error) = read(&volume);
        assert!(found[..] == written[..found.len()], "{length}");
        assert!(found.len() <= fewest, "{length}: less of the file gives no more");
        let seen = examine(&volume, None);
        let is_said = seen.as_ref().map_or(true, |seen| cut(seen) || !seen.is_sound());
        assert!(is_said, "{length}: {seen:?}");
        assert!(error.is_some() || found.len() == written.len(), "{length}");
        fewest = found.len();
        cuts += 1;
    }
    cuts
}

#[test]
fn a_file_that_was_cut_gives_every_whole_group() {
    let cuts = every().map_or_else(|| truncate(1_000_000, 300, 65_536, 499), |e| truncate(1_000_000, 1_200, 65_536, e));
    println!("{cuts} cuts");
    assert!(cuts > 50);
}

/// A missing file, a file of another run, another key: said, each by its name.
#[test]
fn files_that_do_not_belong_are_said() {
    let (files, written) = recording(5_000, 250);
    assert!(files.len() > 4);
    let sound = examine(&Volume::of_folder(files.clone()), Some(&secret().public())).unwrap();
    assert!(sound.is_sound() && sound.closed && sound.findings.is_empty(), "{:?}", sound.findings);
    assert_eq!(sound.messages as usize, written.len());

    let without = |n: usize| files.iter().enumerate().filter(move |(i, _)| *i != n).map(|(_, file)| file.clone());
    let middle = Volume::of_folder(without(2));
    let seen = examine(&middle, None).unwrap();
    assert!(seen.findings.iter().any(|f| f.kind == Kind::Missing && f.segment == "00003.mcap"), "{:?}", seen.findings);
    let (found, error) = read(&middle);
    assert!(!found.is_empty() && found[..] == written[..found.len()]);
    assert!(error.as_ref().unwrap().to_string().contains("00003.mcap is missing"), "{error:?}");

    let seen = examine(&Volume::of_folder(without(0)), None).unwrap();
    assert!(seen.is_sound() && seen.findings.iter().any(|f| f.kind == Kind::Dropped), "{:?}", seen.findings);

    let other = Secret::of(parapet_engine::Mode::Exercise, [1; 32]).public();
    let seen = examine(&Volume::of_folder(files), Some::<&Public>(&other)).unwrap();
    assert!(seen.findings.iter().any(|f| f.kind == Kind::OtherKey), "{:?}", seen.findings);
}

/// Who has no key can write what looks whole, and is found by the signature alone.
#[test]
fn a_recording_that_somebody_else_sealed_is_not_ours() {
    let (files, _) = recording(1_000_000, 100);
    let text = String::from_utf8_lossy(&files[0].1).into_owned();
    assert!(text.contains("parapet.seal") && text.contains(&secret().public().to_string()));
    let mut forged = files.clone();
    // The key in the file is replaced by another one of the same length: everything is as it was but for the signatures.
    let theirs = Secret::of(parapet_engine::Mode::Exercise, [1; 32]).public().to_string();
    let (ours, octets) = (secret().public().to_string(), &mut forged[0].1);
    let place = octets.windows(ours.len()).position(|part| part == ours.as_bytes()).unwrap();
    octets[place..place + theirs.len()].copy_from_slice(theirs.as_bytes());
    assert!(examine(&Volume::of_folder(forged), None).is_err());
}
