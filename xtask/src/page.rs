//! The page: its packages, its build, its tests.

use std::path::Path;
use std::process::Command;

use crate::job;
use crate::trouble::Trouble;

/// Where the page is.
pub(crate) const FOLDER: &str = "web";

/// What a person without Node is told.
const INSTALL_NODE: &str =
    "install Node 20.19 or later of that line, or 22.12 or newer, from https://nodejs.org or your system's packages";

/// Builds the page into `web/dist`.
pub(crate) fn build() -> Result<(), Trouble> {
    install()?;
    script("build")
}

/// Runs one of the scripts of `web/package.json`.
pub(crate) fn script(name: &str) -> Result<(), Trouble> {
    job::run(npm().args(["run", "--silent", name]))
}

/// A script that drives the page in a browser.
pub(crate) fn browser_test(name: &str, chromium: &str) -> Command {
    let mut command = npm();
    command.args(["run", "--silent", name]).env("PARAPET_CHROMIUM", chromium);
    command
}

/// `npm` in the page's folder.
fn npm() -> Command {
    let mut command = Command::new("npm");
    command.current_dir(FOLDER);
    command
}

/// Installs the page's packages where they are missing or older than the list of them.
pub(crate) fn install() -> Result<(), Trouble> {
    node()?;
    if is_installed(Path::new(FOLDER)) { Ok(()) } else { job::run(npm().arg("ci")) }
}

/// Whether Node and npm are there and new enough.
pub(crate) fn node() -> Result<String, Trouble> {
    let version = job::first_line("node", &["--version"])
        .ok_or_else(|| Trouble::Missing(format!("Node is not installed: {INSTALL_NODE}")))?;
    if !is_new_enough(&version) {
        return Err(Trouble::Missing(format!("Node {version} is too old for the page's tools: {INSTALL_NODE}")));
    }
    let npm = job::first_line("npm", &["--version"]).ok_or_else(|| {
        Trouble::Missing("npm is not installed, although Node is: install your system's package `npm`".to_owned())
    })?;
    Ok(format!("Node {version}, npm {npm}"))
}

/// What the build tool of the page asks for: `^20.19 || >=22.12`.
fn is_new_enough(version: &str) -> bool {
    let mut numbers = version.trim_start_matches('v').split('.').map_while(|part| part.parse::<u32>().ok());
    match (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0)) {
        (20, minor) => minor >= 19,
        (22, minor) => minor >= 12,
        (major, _) => major > 22,
    }
}

/// npm writes a list of what it installed, as its last act.
fn is_installed(folder: &Path) -> bool {
    let changed = |path: &str| folder.join(path).metadata().and_then(|metadata| metadata.modified()).ok();
    let wanted = changed("package-lock.json");
    changed("node_modules/.package-lock.json").is_some_and(|installed| Some(installed) >= wanted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_of_node() {
        for (version, fine) in [
            ("v20.20.2", true),
            ("v20.18.1", false),
            ("v21.7.0", false),
            ("v22.12.0", true),
            ("v24.0.0", true),
            ("?", false),
        ] {
            assert_eq!(is_new_enough(version), fine, "{version}");
        }
    }
}
