//! What the very same reader that the program starts with says of a draft: `parapet check`, without a file being touched.

use std::sync::Arc;

use parapet_engine::Mode;
use parapet_site::{Problem, Site};
use serde::Serialize;

use super::edits::Texts;
use super::folder::Folder;
use crate::ground::lay_ground;

/// One thing that is wrong, and where.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Wrong {
    file: String,
    line: usize,
    column: usize,
    key: String,
    pub(crate) what: String,
    remedy: String,
}

impl From<&Problem> for Wrong {
    fn from(problem: &Problem) -> Self {
        let Problem { file, line, column, key, what, remedy, .. } = problem.clone();
        Wrong { file, line, column, key, what, remedy }
    }
}

/// What the reader says.
#[derive(Clone, Debug, Default)]
pub(crate) struct Verdict {
    pub(crate) problems: Vec<Wrong>,
    pub(crate) warnings: Vec<String>,
    /// Where nothing is wrong.
    pub(crate) site: Option<Arc<Site>>,
}

/// Reads files as the program would at its start. The elevation model is not opened; see [`with_ground`].
pub(crate) fn judge(folder: &Folder, texts: &Texts, mode: Mode) -> Verdict {
    let mut load = |name: &str| match texts.files.get(name) {
        Some(text) => Ok(text.clone()),
        None => folder.load(name),
    };
    match Site::parse(&texts.main, texts.main_text(), &mut load) {
        Err(error) => Verdict { problems: error.problems.iter().map(Wrong::from).collect(), ..Verdict::default() },
        Ok(site) => {
            let problems = beyond(folder, texts, &site, mode);
            let warnings = site.warnings.clone();
            let site = problems.is_empty().then(|| Arc::new(site));
            Verdict { problems, warnings, site }
        }
    }
}

/// What the page may not do, although a person at the file could.
fn beyond(folder: &Folder, texts: &Texts, site: &Site, mode: Mode) -> Vec<Wrong> {
    let wrong = |key: &str, word: &str, what: String, remedy: &str| {
        let at = texts.main_text().find(word).unwrap_or(0);
        let before = &texts.main_text()[..at];
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        Wrong {
            file: texts.main.clone(),
            line: before.matches('\n').count() + 1,
            column: before[line_start..].chars().count() + 1,
            key: key.to_owned(),
            what,
            remedy: remedy.to_owned(),
        }
    };
    let mut found = Vec::new();
    if site.mode() != mode {
        let what = "live and exercise do not become each other by this page".to_owned();
        found.push(wrong("site mode", "mode", what, "write it into the file by hand, with the program stopped"));
    }
    let named = site.terrain.iter().map(|terrain| ("terrain file", &terrain.file));
    let named = named.chain(site.basemap.iter().map(|file| ("map pmtiles", file)));
    for (key, file) in named.filter(|(_, file)| !folder.may_name(file)) {
        let what = format!("{file:?} lies outside of the site folder");
        found.push(wrong(key, file, what, "put the file into the site folder, or write its name by hand"));
    }
    found
}

/// The site over its elevation model, where it names one.
///
/// # Errors
/// When that file cannot be used, for people.
pub(crate) fn with_ground(folder: &Folder, site: &Site) -> Result<Site, String> {
    let mut site = site.clone();
    lay_ground(&mut site, folder.root())?;
    Ok(site)
}
