//! What the page and its tests need, found or installed.

use std::path::Path;
use std::process::Command;

use crate::say::say;
use crate::trouble::Trouble;
use crate::{job, page};

/// Where Chromium may be; the first is what the browser tests look for first (`web/browser/chromium.ts`).
const CHROMIUM: [&str; 4] = [
    "/usr/bin/chromium-headless-shell",
    "/usr/lib/chromium/chromium-headless-shell",
    "/usr/bin/chromium",
    "/usr/lib/chromium/chromium",
];
/// Names one that is elsewhere.
const CHROMIUM_NAMED: &str = "PARAPET_CHROMIUM";

/// Finds or installs everything; an error names what is still missing.
pub(crate) fn all() -> Result<(), Trouble> {
    let node = page::node();
    say(&format!("Node      {}", node.as_deref().unwrap_or("missing")));
    let packages = page::install();
    say(&format!("packages  {}", if packages.is_ok() { "web/node_modules" } else { "missing" }));
    let chromium = chromium();
    say(&format!("Chromium  {}", chromium.as_deref().unwrap_or("missing")));
    // Only one check of the CAP messages uses it, and says so where it cannot.
    match xmllint() {
        Ok(found) => say(&format!("xmllint   {found}")),
        Err(trouble) => say(&format!("xmllint   missing, which only leaves one check out: {trouble}")),
    }
    // They only hold our decoder against others, and say so where they are not there.
    match libasterix() {
        Ok(found) => say(&format!("libasterix {found}")),
        Err(trouble) => say(&format!("libasterix missing, which only leaves some comparisons out: {trouble}")),
    }
    match tshark() {
        Ok(found) => say(&format!("tshark    {found}")),
        Err(trouble) => say(&format!("tshark    missing, which only leaves some comparisons out: {trouble}")),
    }
    packages.and(chromium).map(|_| ())
}

/// The Chromium that drives the page in tests; installed where this is root on Debian or Ubuntu.
pub(crate) fn chromium() -> Result<String, Trouble> {
    if let Ok(named) = std::env::var(CHROMIUM_NAMED) {
        let there = Path::new(&named).is_file();
        let missing = || {
            Trouble::Missing(format!(
                "{CHROMIUM_NAMED} names {named}, and there is no such file: correct it or unset it"
            ))
        };
        return if there { Ok(named) } else { Err(missing()) };
    }
    let found = || CHROMIUM.iter().find(|path| Path::new(path).is_file()).map(|path| (*path).to_owned());
    if let Some(path) = found() {
        return Ok(path);
    }
    // Ubuntu's package is called chromium and has no headless shell.
    for packages in [["chromium-headless-shell", "fonts-dejavu-core"], ["chromium", "fonts-dejavu-core"]] {
        if apt_install(&packages).is_ok()
            && let Some(path) = found()
        {
            return Ok(path);
        }
        job::go_on()?;
    }
    Err(Trouble::Missing(format!(
        "no Chromium for the browser tests: as root run `apt-get install chromium-headless-shell fonts-dejavu-core` (Debian), \
         install the package chromium (elsewhere), or name a Chromium with {CHROMIUM_NAMED}=/path/to/chromium"
    )))
}

/// The XML checker; installed as Chromium is.
fn xmllint() -> Result<String, Trouble> {
    let path = "/usr/bin/xmllint";
    if job::first_line("xmllint", &["--version"]).is_some() || Path::new(path).is_file() {
        return Ok("found".to_owned());
    }
    apt_install(&["libxml2-utils"])
        .map(|()| "installed".to_owned())
        .map_err(|_| Trouble::Missing("install the package libxml2-utils (Debian) or libxml2".to_owned()))
}

/// Another decoder of ASTERIX, from PyPI, in a folder of its own where the tests look for it.
fn libasterix() -> Result<String, Trouble> {
    /// The version that our comparisons were made with.
    const VERSION: &str = "libasterix==0.36.3";
    let folder = crate::programs::root().join("target/second-opinions");
    let python = folder.join("bin/python3");
    let has_it = |python: &Path| {
        let mut asked = Command::new(python);
        asked.args(["-c", "import asterix.generated"]).output().is_ok_and(|output| output.status.success())
    };
    if has_it(&python) {
        return Ok("found".to_owned());
    }
    job::run(Command::new("python3").args(["-m", "venv"]).arg(&folder))?;
    job::run(Command::new(&python).args(["-m", "pip", "install", "--quiet", VERSION]))?;
    if has_it(&python) {
        Ok("installed".to_owned())
    } else {
        Err(Trouble::Missing(format!("{VERSION} does not start")))
    }
}

/// Wireshark's decoder; installed as Chromium is.
fn tshark() -> Result<String, Trouble> {
    if job::first_line("tshark", &["--version"]).is_some() {
        return Ok("found".to_owned());
    }
    apt_install(&["tshark"])
        .map(|()| "installed".to_owned())
        .map_err(|_| Trouble::Missing("install the package tshark (Debian) or Wireshark".to_owned()))
}

/// Installs packages where this is root and there is an `apt-get`.
fn apt_install(packages: &[&str]) -> Result<(), Trouble> {
    let is_root = job::first_line("id", &["-u"]).as_deref() == Some("0");
    if !is_root || job::first_line("apt-get", &["--version"]).is_none() {
        return Err(Trouble::Missing("packages can only be installed as root on Debian or Ubuntu".to_owned()));
    }
    say(&format!("installing {}", packages.join(" ")));
    job::run(apt_get().arg("update"))?;
    job::run(apt_get().args(["install", "-y", "--no-install-recommends"]).args(packages))
}

fn apt_get() -> Command {
    let mut command = Command::new("apt-get");
    command.env("DEBIAN_FRONTEND", "noninteractive").arg("-qq");
    command
}
