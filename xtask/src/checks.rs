//! Everything that must hold before a change is taken. CI runs this and nothing else.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use crate::arguments::Arguments;
use crate::job::{self, Job};
use crate::programs::{self, Build, cargo};
use crate::say::say;
use crate::scene::Ports;
use crate::trouble::Trouble;
use crate::{demo, page, setup};

/// Where the demonstration of the checks puts its outputs; made anew each time.
const OUT: &str = "target/check-demo";

/// What is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Options {
    quick: bool,
    web: bool,
}

impl Options {
    pub(crate) fn from(mut arguments: Arguments) -> Result<Self, Trouble> {
        let options = Options { quick: arguments.flag("--quick"), web: !arguments.flag("--no-web") };
        arguments.end()?;
        Ok(options)
    }
}

/// Makes every check, whatever became of those before it; fails where one does.
pub(crate) fn run(options: &Options) -> Result<(), Trouble> {
    let mut ledger = Ledger::default();
    ledger.step("format", || job::run(cargo().args(["fmt", "--all", "--check"])))?;
    // The page comes first: the live program takes it in when it is built.
    let page_is_built = options.web && page_steps(&mut ledger)?;
    rust_steps(&mut ledger)?;
    if !options.quick {
        let chromium = if page_is_built { browser_steps(&mut ledger)? } else { None };
        whole_steps(&mut ledger, chromium.as_deref())?;
    }
    ledger.conclude()
}

/// The page by itself; returns whether it is built.
fn page_steps(ledger: &mut Ledger) -> Result<bool, Trouble> {
    if !ledger.step("page: packages", page::install)? {
        return Ok(false);
    }
    ledger.step("page: types", || page::script("lint"))?;
    ledger.step("page: unit tests", || page::script("test"))?;
    ledger.step("page: build", || page::script("build"))
}

/// The workspace by itself.
fn rust_steps(ledger: &mut Ledger) -> Result<(), Trouble> {
    ledger.step("lints", || {
        job::run(cargo().args(["clippy", "--locked", "--workspace", "--all-targets", "--", "--deny", "warnings"]))
    })?;
    ledger.step("tests", || job::run(cargo().args(["test", "--locked", "--workspace", "--no-fail-fast"])))?;
    ledger.step("documentation", || {
        job::run(cargo().args(["doc", "--locked", "--workspace", "--no-deps"]).env("RUSTDOCFLAGS", "--deny warnings"))
    })?;
    Ok(())
}

/// The built page against a script; returns the browser, where there is one.
fn browser_steps(ledger: &mut Ledger) -> Result<Option<String>, Trouble> {
    let mut chromium = None;
    ledger.step("page: browser found", || {
        chromium = Some(setup::chromium()?);
        Ok(())
    })?;
    if let Some(chromium) = &chromium {
        ledger.step("page: in the browser, against a script", || {
            job::run(&mut page::browser_test("test:browser", chromium))
        })?;
    }
    Ok(chromium)
}

/// Both programs together, as people use them.
fn whole_steps(ledger: &mut Ledger, chromium: Option<&str>) -> Result<(), Trouble> {
    if !ledger.step("programs, release build", || programs::build(Build::Release))? {
        return Ok(());
    }
    if let Some(chromium) = chromium {
        ledger.step("page: logging in, against the program", || {
            let program = programs::program("parapet", Build::Release);
            job::run(page::browser_test("test:login", chromium).env("PARAPET_PROGRAM", program.get_program()))
        })?;
    }
    let mut outcome = None;
    ledger.step("demonstration", || {
        let found = demonstration(chromium)?;
        let went = found.warned.clone().and(found.recording.clone().map(|_| ()));
        outcome = Some(found);
        went
    })?;
    let Some(outcome) = outcome else { return Ok(()) };
    if chromium.is_some() {
        ledger.step("page: in the browser, against that demonstration", || outcome.beside.clone())?;
    }
    let Ok(recording) = &outcome.recording else { return Ok(()) };
    ledger.step("replay, release build", || demo::verify(recording, Build::Release))?;
    ledger.step("replay, debug build", || {
        programs::build(Build::Debug)?;
        demo::verify(recording, Build::Debug)
    })?;
    if let Some(chromium) = chromium {
        ledger.step("page: in the browser, a replay of that demonstration", || replayed(recording, chromium))?;
    }
    Ok(())
}

/// The replay page over a recording, as an analyst has it.
fn replayed(recording: &Path, chromium: &str) -> Result<(), Trouble> {
    let http = demo::address(([127, 0, 0, 1], 0).into())?;
    let mut view = programs::program("parapet", Build::Release);
    let mut viewer = Job::start(view.arg("view").arg(recording).args(["--http", &http.to_string()]))?;
    let mut test = page::browser_test("test:recording", chromium);
    test.env("PARAPET_URL", format!("http://{http}"));
    test.env("PARAPET_SCREENSHOT", absolute(&Path::new(OUT).join("replay.png")));
    let went = job::run(&mut test);
    viewer.stop();
    went
}

fn demonstration(chromium: Option<&str>) -> Result<demo::Outcome, Trouble> {
    let out = PathBuf::from(OUT);
    if out.exists() {
        std::fs::remove_dir_all(&out).map_err(|error| Trouble::unusable(&out, &error))?;
    }
    let http = demo::address(([127, 0, 0, 1], 0).into())?;
    let summary = Some(out.with_extension("json"));
    let mut test = chromium.map(|chromium| page::browser_test("test:live", chromium));
    if let Some(test) = &mut test {
        test.env("PARAPET_URL", format!("http://{http}")).env("PARAPET_SCREENSHOT", absolute(&out.join("page.png")));
    }
    let (out, ports) = (Some(out), Ports::Own);
    let options = demo::Options { once: true, headless: true, http, out, summary, ports, ..demo::Options::default() };
    demo::play(&options, test.as_mut())
}

fn absolute(path: &Path) -> PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned())
}

/// The checks made so far.
#[derive(Debug, Default)]
struct Ledger(Vec<(String, Duration, Result<(), Trouble>)>);

impl Ledger {
    /// Makes a check and notes how it went; returns whether it passed, and an error only where Ctrl-C ended it.
    fn step(&mut self, name: &str, check: impl FnOnce() -> Result<(), Trouble>) -> Result<bool, Trouble> {
        say(&format!("\n== {name}"));
        let begun = Instant::now();
        let result = check();
        if job::is_interrupted() {
            return Err(Trouble::Interrupted);
        }
        let took = begun.elapsed();
        match &result {
            Ok(()) => say(&format!("== {name}: passed in {:.1} s", took.as_secs_f64())),
            Err(trouble) => say(&format!("== {name}: FAILED in {:.1} s: {trouble}", took.as_secs_f64())),
        }
        let passed = result.is_ok();
        self.0.push((name.to_owned(), took, result));
        Ok(passed)
    }

    /// The table of all checks, and the closing line.
    fn conclude(&self) -> Result<(), Trouble> {
        say("\n");
        for (name, took, result) in &self.0 {
            let word = if result.is_ok() { "passed" } else { "FAILED" };
            say(&format!("{word}  {:7.1} s  {name}", took.as_secs_f64()));
        }
        let total: Duration = self.0.iter().map(|(_, took, _)| *took).sum();
        say(&format!("        {:7.1} s  in all", total.as_secs_f64()));
        let failed = self.0.iter().filter(|(_, _, result)| result.is_err()).count();
        // CI reads this line; it stands alone and last.
        say(&format!("{} passed, {failed} failed", self.0.len() - failed));
        if failed == 0 { Ok(()) } else { Err(Trouble::Told) }
    }
}
