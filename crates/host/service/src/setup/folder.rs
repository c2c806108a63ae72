//! The site folder: the only place that set-up reads and writes.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::{Read as _, Write as _};
use std::path::{Component, Path, PathBuf};

use parapet_site::Site;

use super::edits::Texts;

/// Longest file that the page edits, bytes: thousands of zones. A longer one is edited by hand.
const FILE_MAX: u64 = 4 * 1024 * 1024;
/// Longest file that a check reads beside those.
const READ_MAX: u64 = 16 * 1024 * 1024;
/// Where the files go that a change replaces.
pub(crate) const BACKUPS: &str = "backups";

/// A folder with a site file in it.
#[derive(Clone, Debug)]
pub(crate) struct Folder {
    root: PathBuf,
    main: String,
    /// What the site file named when the program started: the owner's choice, wherever it lies.
    named: BTreeSet<String>,
}

/// Why nothing was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Unwritten {
    /// These files are no longer what the draft began with.
    Stale(Vec<String>),
    /// The file system refuses; the files are as they were, unless the text says otherwise.
    Refused(String),
}

impl Folder {
    /// # Errors
    /// When there is no such file.
    pub(crate) fn of(config: &Path) -> Result<Folder, String> {
        let config = fs::canonicalize(config).map_err(|error| format!("{}: {error}", config.display()))?;
        let (Some(root), Some(main)) = (config.parent(), config.file_name()) else {
            return Err(format!("{} is no file", config.display()));
        };
        let main = main.to_string_lossy().into_owned();
        let mut folder = Folder { root: root.to_owned(), main, named: BTreeSet::new() };
        let text = folder.read(&folder.main, READ_MAX)?;
        let mut named = BTreeSet::new();
        let site = Site::parse(&folder.main, &text, &mut |name| {
            named.insert(name.to_owned());
            fs::read_to_string(folder.root.join(name)).map_err(|error| error.to_string())
        });
        if let Ok(site) = site {
            named.extend(site.terrain.map(|terrain| terrain.file));
            named.extend(site.basemap);
        }
        folder.named = named;
        Ok(folder)
    }

    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    pub(crate) fn main(&self) -> &str {
        &self.main
    }

    /// The path of a file inside the folder, which need not exist yet.
    ///
    /// # Errors
    /// When it lies outside, also by way of a link.
    pub(crate) fn inside(&self, name: &str) -> Result<PathBuf, String> {
        let plain = Path::new(name).components().all(|part| matches!(part, Component::Normal(_)));
        if name.is_empty() || !plain {
            return Err(format!("{name:?} lies outside of the site folder"));
        }
        let path = self.root.join(name);
        let real = match fs::canonicalize(&path) {
            Ok(real) => real,
            Err(_) => match path.parent().map(fs::canonicalize) {
                Some(Ok(parent)) => parent.join(path.file_name().unwrap_or_default()),
                _ => return Err(format!("{name:?} lies in no folder that exists")),
            },
        };
        if real.starts_with(&self.root) { Ok(real) } else { Err(format!("{name:?} lies outside of the site folder")) }
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        fs::symlink_metadata(self.root.join(name)).is_ok()
    }

    fn read(&self, name: &str, most: u64) -> Result<String, String> {
        read(&self.inside(name)?, most)
    }

    /// A file that a draft names: inside the folder, or one that the owner had named before.
    ///
    /// # Errors
    /// For people.
    pub(crate) fn load(&self, name: &str) -> Result<String, String> {
        if self.named.contains(name) { read(&self.root.join(name), READ_MAX) } else { self.read(name, READ_MAX) }
    }

    /// Whether a draft may name this file.
    pub(crate) fn may_name(&self, name: &str) -> bool {
        self.named.contains(name) || self.inside(name).is_ok()
    }

    /// The files that the page edits, as they are now: the site file, and the zone and node files that it names.
    ///
    /// # Errors
    /// When the site file cannot be read. A further file that cannot be edited here is left out.
    pub(crate) fn texts(&self) -> Result<Texts, String> {
        let main = self.read(&self.main, FILE_MAX).map_err(|what| format!("{}: {what}", self.main))?;
        let mut texts = Texts { main: self.main.clone(), files: BTreeMap::from([(self.main.clone(), main)]) };
        for table in ["zones", "acoustic"] {
            let Some(name) = texts.named(table) else { continue };
            if let Ok(text) = self.read(&name, FILE_MAX) {
                texts.files.insert(name, text);
            }
        }
        Ok(texts)
    }

    /// Whether files can be written here: by writing one.
    ///
    /// # Errors
    /// The reason, for people.
    pub(crate) fn is_writable(&self) -> Result<(), String> {
        let probe = self.root.join(format!(".{}.probe", self.main));
        let tried = File::create(&probe).and_then(|mut file| file.write_all(b"?"));
        let _ = fs::remove_file(&probe);
        tried.map_err(|error| format!("the site folder {} cannot be written: {error}", self.root.display()))
    }

    /// Replaces files, each at once and whole, after those that were there have been copied to `backups/<stamp>`. `base` is what the
    /// change began with; `note` is kept beside the copies.
    ///
    /// # Errors
    /// When the files are no longer what the change began with, or cannot be written.
    pub(crate) fn write(&self, base: &Texts, new: &Texts, stamp: &str, note: &str) -> Result<String, Unwritten> {
        let stale = self.stale(base);
        if !stale.is_empty() {
            return Err(Unwritten::Stale(stale));
        }
        let changed: Vec<(&String, &String)> =
            new.files.iter().filter(|(name, text)| base.files.get(*name) != Some(*text)).collect();
        // A file that was not there when the change began must not be overwritten either.
        let new_ones = changed.iter().filter(|(name, _)| !base.files.contains_key(*name) && self.has(name));
        let stale: Vec<String> = new_ones.map(|(name, _)| (*name).clone()).collect();
        if !stale.is_empty() {
            return Err(Unwritten::Stale(stale));
        }
        self.replace(&changed, stamp, note).map_err(Unwritten::Refused)
    }

    /// The files that are no longer what a change began with.
    pub(crate) fn stale(&self, base: &Texts) -> Vec<String> {
        let is_stale = |(name, text): &(&String, &String)| self.read(name, FILE_MAX).as_ref() != Ok(*text);
        base.files.iter().filter(is_stale).map(|(name, _)| name.clone()).collect()
    }

    fn replace(&self, changed: &[(&String, &String)], stamp: &str, note: &str) -> Result<String, String> {
        let backup = self.backup_folder(stamp)?;
        let mut ready = Vec::new();
        for (name, text) in changed {
            let path = self.inside(name)?;
            if path.exists() {
                copy(&path, &backup.join(flat(name)))?;
            }
            let fresh = path.with_file_name(format!(".{}.new", flat(name)));
            if let Err(what) = write_whole(&fresh, text, &path) {
                let _ = fs::remove_file(&fresh);
                ready.iter().for_each(|(fresh, _, _): &(PathBuf, PathBuf, String)| drop(fs::remove_file(fresh)));
                return Err(what);
            }
            ready.push((fresh, path, (*name).clone()));
        }
        write_whole(&backup.join("change.json"), note, Path::new(""))?;
        // The site file last: it names the others.
        ready.sort_by_key(|(_, _, name)| *name == self.main);
        for (place, (fresh, path, _)) in ready.iter().enumerate() {
            if let Err(error) = fs::rename(fresh, path) {
                let undone = ready[..place].iter().map(|(_, path, name)| put_back(&backup, path, name));
                let words = match undone.collect::<Result<Vec<()>, String>>() {
                    Ok(_) => "the files are as they were".to_owned(),
                    Err(what) => format!("{what}; the former files are in {}", backup.display()),
                };
                ready[place..].iter().for_each(|(fresh, _, _)| drop(fs::remove_file(fresh)));
                return Err(format!("{} cannot be replaced: {error}; {words}", path.display()));
            }
        }
        // What was renamed is on the disk for good only once its folder is.
        let _ = File::open(&self.root).and_then(|folder| folder.sync_all());
        Ok(backup.strip_prefix(&self.root).unwrap_or(&backup).display().to_string())
    }

    /// Two changes in one second have folders of their own.
    fn backup_folder(&self, stamp: &str) -> Result<PathBuf, String> {
        let failed = |error| format!("no folder for the former files could be made below {BACKUPS}: {error}");
        fs::create_dir_all(self.root.join(BACKUPS)).map_err(failed)?;
        let names = (1..1_000).map(|n| if n == 1 { stamp.to_owned() } else { format!("{stamp}-{n}") });
        for name in names {
            let path = self.root.join(BACKUPS).join(name);
            match fs::create_dir(&path) {
                Ok(()) => return Ok(path),
                Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(failed(error)),
            }
        }
        Err("too many changes at once".to_owned())
    }

    /// Writes a file that nobody has to confirm, whole or not at all.
    ///
    /// # Errors
    /// When it lies outside of the folder, or cannot be written.
    pub(crate) fn write_own(&self, folder: &str, name: &str, text: &str) -> Result<(), String> {
        let parent = self.inside(folder)?;
        fs::create_dir_all(&parent).map_err(|error| format!("{} cannot be made: {error}", parent.display()))?;
        let path = self.inside(&format!("{folder}/{name}"))?;
        let fresh = path.with_file_name(format!(".{name}.new"));
        write_whole(&fresh, text, &path)?;
        fs::rename(&fresh, &path).map_err(|error| format!("{} cannot be written: {error}", path.display()))
    }
}

/// A name without folders in it.
fn flat(name: &str) -> String {
    name.replace(['/', '\\'], "_")
}

fn put_back(backup: &Path, path: &Path, name: &str) -> Result<(), String> {
    let copy = backup.join(flat(name));
    let done = if copy.exists() { fs::copy(&copy, path).map(|_| ()) } else { fs::remove_file(path) };
    done.map_err(|error| format!("{} could not be put back: {error}", path.display()))
}

fn copy(from: &Path, to: &Path) -> Result<(), String> {
    let done = fs::copy(from, to).and_then(|_| File::open(to)?.sync_all());
    done.map_err(|error| format!("{} cannot be written: {error}", to.display()))
}

/// A file on the disk, with the permissions of the one that it will replace.
fn write_whole(path: &Path, text: &str, like: &Path) -> Result<(), String> {
    let written = File::create(path).and_then(|mut file| {
        if let Ok(former) = fs::metadata(like) {
            file.set_permissions(former.permissions())?;
        }
        file.write_all(text.as_bytes())?;
        file.sync_all()
    });
    written.map_err(|error| format!("{} cannot be written: {error}", path.display()))
}

/// A regular file of bounded length, so that no pipe or device holds a thread.
fn read(path: &Path, most: u64) -> Result<String, String> {
    let metadata = fs::metadata(path).map_err(|error| error.to_string())?;
    if !metadata.is_file() {
        return Err("it is no regular file".to_owned());
    }
    if metadata.len() > most {
        return Err(format!("it has {} bytes, more than {most}; edit it by hand", metadata.len()));
    }
    let mut text = String::new();
    let read = File::open(path).and_then(|file| file.take(most).read_to_string(&mut text));
    read.map(|_| text).map_err(|error| error.to_string())
}
