//! The drafts that people work on: bounded, and kept in a folder of the program's state, so that a restart loses none.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::edits::{Edit, Texts};

/// Drafts at once.
const DRAFTS_MAX: usize = 16;
/// Edits of one draft.
pub(crate) const EDITS_MAX: usize = 2_000;

/// What somebody works on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Draft {
    pub(crate) number: u64,
    /// Counts every change, so that two people at one draft notice each other.
    pub(crate) revision: u64,
    pub(crate) title: String,
    pub(crate) who: String,
    pub(crate) begun_ms: i64,
    pub(crate) changed_ms: i64,
    /// The name of the site file.
    pub(crate) main: String,
    /// The files as they were when the draft began.
    pub(crate) base: BTreeMap<String, String>,
    pub(crate) edits: Vec<Edit>,
}

impl Draft {
    pub(crate) fn base(&self) -> Texts {
        Texts { main: self.main.clone(), files: self.base.clone() }
    }
}

/// Why a draft is not kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Unkept {
    /// There is none of this number.
    Gone,
    /// Somebody else has changed it since; the revision that it has.
    Overtaken(u64),
    /// There are too many drafts, or edits of one.
    Full(String),
    /// The disk refuses.
    Disk(String),
}

/// All drafts.
#[derive(Debug)]
pub(crate) struct Drafts {
    folder: PathBuf,
    held: BTreeMap<u64, Draft>,
    last: u64,
}

impl Drafts {
    /// Those that an earlier run of the program left; a file that cannot be read is left alone.
    pub(crate) fn open(folder: &Path) -> Drafts {
        let mut drafts = Drafts { folder: folder.to_owned(), held: BTreeMap::new(), last: 0 };
        let entries = fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
        for path in entries.filter(|path| path.extension().is_some_and(|end| end == "json")) {
            let text = fs::read_to_string(&path).map_err(|error| error.to_string());
            match text.and_then(|text| serde_json::from_str::<Draft>(&text).map_err(|error| error.to_string())) {
                Ok(draft) if drafts.held.len() < DRAFTS_MAX => {
                    drafts.last = drafts.last.max(draft.number);
                    drafts.held.insert(draft.number, draft);
                }
                Ok(_) => crate::tell(&format!("{} is left out: {DRAFTS_MAX} drafts are held", path.display())),
                Err(what) => crate::tell(&format!("the draft {} cannot be read: {what}", path.display())),
            }
        }
        drafts
    }

    pub(crate) fn all(&self) -> impl Iterator<Item = &Draft> {
        self.held.values()
    }

    pub(crate) fn get(&self, number: u64) -> Option<&Draft> {
        self.held.get(&number)
    }

    /// Begins a draft.
    ///
    /// # Errors
    /// When there are too many, or the disk refuses.
    pub(crate) fn begin(&mut self, who: &str, title: &str, base: Texts, now_ms: i64) -> Result<Draft, Unkept> {
        if self.held.len() >= DRAFTS_MAX {
            return Err(Unkept::Full(format!("{DRAFTS_MAX} drafts are held; discard one")));
        }
        let draft = Draft {
            number: self.last + 1,
            revision: 1,
            title: title.to_owned(),
            who: who.to_owned(),
            begun_ms: now_ms,
            changed_ms: now_ms,
            main: base.main,
            base: base.files,
            edits: Vec::new(),
        };
        self.keep(draft.clone())?;
        self.last = draft.number;
        Ok(draft)
    }

    /// Changes a draft that still has this revision.
    ///
    /// # Errors
    /// When it is gone, has been changed since, holds too many edits, or the disk refuses; then it is as it was.
    pub(crate) fn change(
        &mut self,
        number: u64,
        revision: u64,
        now_ms: i64,
        with: impl FnOnce(&mut Draft),
    ) -> Result<Draft, Unkept> {
        let mut draft = self.held.get(&number).ok_or(Unkept::Gone)?.clone();
        if draft.revision != revision {
            return Err(Unkept::Overtaken(draft.revision));
        }
        with(&mut draft);
        if draft.edits.len() > EDITS_MAX {
            return Err(Unkept::Full(format!("a draft has at most {EDITS_MAX} edits; write this one, and begin anew")));
        }
        draft.revision += 1;
        draft.changed_ms = now_ms;
        self.keep(draft.clone())?;
        Ok(draft)
    }

    /// Forgets a draft.
    ///
    /// # Errors
    /// When there is none of this number.
    pub(crate) fn discard(&mut self, number: u64) -> Result<(), Unkept> {
        self.held.remove(&number).ok_or(Unkept::Gone)?;
        // A file that stays is read again at the next start, and can be discarded again.
        let _ = fs::remove_file(self.path(number));
        Ok(())
    }

    fn path(&self, number: u64) -> PathBuf {
        self.folder.join(format!("{number}.json"))
    }

    fn keep(&mut self, draft: Draft) -> Result<(), Unkept> {
        let path = self.path(draft.number);
        let failed = |error: std::io::Error| Unkept::Disk(format!("{} cannot be written: {error}", path.display()));
        fs::create_dir_all(&self.folder).map_err(failed)?;
        let fresh = path.with_extension("new");
        // Plain structures of text and numbers always serialise.
        let text = serde_json::to_string(&draft).unwrap_or_default();
        fs::write(&fresh, text).and_then(|()| fs::rename(&fresh, &path)).map_err(failed)?;
        self.held.insert(draft.number, draft);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts() -> Texts {
        Texts { main: "site.toml".to_owned(), files: [("site.toml".to_owned(), "x".to_owned())].into() }
    }

    #[test]
    fn drafts_outlive_the_program_and_are_bounded() {
        let folder = tempfile::tempdir().unwrap();
        let mut drafts = Drafts::open(folder.path());
        let first = drafts.begin("ann", "Depot", texts(), 5).unwrap();
        for _ in 1..DRAFTS_MAX {
            drafts.begin("ann", "", texts(), 5).unwrap();
        }
        assert!(matches!(drafts.begin("ann", "", texts(), 5), Err(Unkept::Full(_))));
        drafts.discard(3).unwrap();
        assert_eq!(drafts.discard(3), Err(Unkept::Gone));
        fs::write(folder.path().join("99.json"), "nonsense").unwrap();
        let again = Drafts::open(folder.path());
        assert_eq!(again.all().count(), DRAFTS_MAX - 1);
        assert_eq!(again.get(1), Some(&first));
        assert!(folder.path().join("99.json").exists(), "what cannot be read is left alone");
    }

    #[test]
    fn of_two_who_change_one_draft_the_second_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let mut drafts = Drafts::open(folder.path());
        drafts.begin("ann", "", texts(), 5).unwrap();
        let changed = drafts.change(1, 1, 6, |draft| draft.title = "Depot".to_owned()).unwrap();
        assert_eq!((changed.revision, changed.title.as_str()), (2, "Depot"));
        assert_eq!(drafts.change(1, 1, 7, |draft| draft.title.clear()), Err(Unkept::Overtaken(2)));
        assert_eq!(drafts.change(9, 1, 7, |_| {}), Err(Unkept::Gone));
    }

    #[test]
    fn a_disk_that_refuses_changes_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let blocked = folder.path().join("drafts");
        fs::write(&blocked, "a file where the folder should be").unwrap();
        let mut drafts = Drafts::open(&blocked);
        assert!(matches!(drafts.begin("ann", "", texts(), 5), Err(Unkept::Disk(_))));
        assert_eq!(drafts.all().count(), 0);
    }
}
