//! Room for what comes: the oldest segments are dropped, but never one in which an alarm is open.

use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use parapet_frame::Time;

use super::disk::segments;

/// Clocks of file systems are coarse, and run beside ours.
const CLOCKS_DIFFER: Duration = Duration::from_secs(2);

/// What was done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Swept {
    pub(super) kept_octets: u64,
    pub(super) dropped: u64,
}

/// Drops the oldest segments of all runs until no more than so many octets are left. The `open` segment stays, and so does every one that
/// was written to since the oldest standing alarm was raised.
pub(super) fn sweep(recordings: &Path, max_octets: u64, open: &Path, alarm_since: Option<Time>) -> io::Result<Swept> {
    let mut files = Vec::new();
    for path in all(recordings)? {
        let metadata = std::fs::metadata(&path)?;
        files.push((path, metadata.len(), metadata.modified()?));
    }
    let mut swept = Swept { kept_octets: files.iter().map(|(_, octets, _)| octets).sum(), dropped: 0 };
    let since = alarm_since.map(system_time);
    for (path, octets, written_at) in files {
        if swept.kept_octets <= max_octets {
            break;
        }
        let holds_alarm = since.is_some_and(|since| written_at + CLOCKS_DIFFER >= since);
        if path == open || holds_alarm {
            continue;
        }
        std::fs::remove_file(&path)?;
        swept.kept_octets -= octets;
        swept.dropped += 1;
        // Fails while other segments are in it.
        let _ = path.parent().filter(|folder| *folder != recordings).map(std::fs::remove_dir);
    }
    Ok(swept)
}

/// Every file of a recording, the oldest first: runs are named after their beginning.
fn all(recordings: &Path) -> io::Result<Vec<PathBuf>> {
    let mut runs: Vec<PathBuf> =
        std::fs::read_dir(recordings)?.map(|entry| Ok(entry?.path())).collect::<io::Result<_>>()?;
    runs.sort();
    let mut files = Vec::new();
    for run in runs {
        if run.is_dir() {
            files.extend(segments(&run)?);
        } else if run.extension().is_some_and(|end| end == "mcap") {
            files.push(run);
        }
    }
    Ok(files)
}

fn system_time(at: Time) -> SystemTime {
    UNIX_EPOCH + Duration::from_nanos(at.nanos().max(0) as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(folder: &Path, name: &str, age_s: u64) -> PathBuf {
        let path = folder.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, [0; 100]).unwrap();
        let file = std::fs::File::options().write(true).open(&path).unwrap();
        file.set_modified(SystemTime::now() - Duration::from_secs(age_s)).unwrap();
        path
    }

    fn now_less(seconds: f64) -> Time {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
        Time::from_nanos(now.as_nanos() as i64).plus_seconds(-seconds)
    }

    #[test]
    fn the_oldest_goes_and_an_open_alarm_stays() {
        let folder = tempfile::tempdir().unwrap();
        let old = file(folder.path(), "2026-01-01T00-00-00Z.mcap", 900);
        let first = file(folder.path(), "2026-02-01T00-00-00Z/00001.mcap", 600);
        let second = file(folder.path(), "2026-02-01T00-00-00Z/00002.mcap", 300);
        let third = file(folder.path(), "2026-03-01T00-00-00Z/00001.mcap", 100);
        let open = file(folder.path(), "2026-03-01T00-00-00Z/00002.mcap", 0);
        let sweep = |max, alarm| sweep(folder.path(), max, &open, alarm).unwrap();
        assert_eq!(sweep(500, None), Swept { kept_octets: 500, dropped: 0 });
        assert_eq!(sweep(400, None), Swept { kept_octets: 400, dropped: 1 });
        assert!(!old.exists() && first.exists());
        // An alarm that was raised 400 s ago stands: what was written since then stays, however much it is.
        assert_eq!(sweep(0, Some(now_less(400.0))), Swept { kept_octets: 300, dropped: 1 });
        assert!(!first.exists() && second.exists() && third.exists());
        assert_eq!(sweep(0, None), Swept { kept_octets: 100, dropped: 2 });
        assert!(open.exists() && !second.exists() && !folder.path().join("2026-02-01T00-00-00Z").exists());
    }
}
