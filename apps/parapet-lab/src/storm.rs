//! `parapet-lab storm`: whole sites with everything going wrong.

use std::fmt::Write as _;
use std::path::Path;
use std::process::ExitCode;

use parapet_storm::{
    CHECKS, Canary, Caught, Finding, Kind, NOT_MADE, Options, Plan, SmallWorld, Summary, catch, small_world, smallest,
};
use parapet_study::{runs, tables};

use crate::arguments::Storm;
use crate::output::say;

/// A planted bug must be caught within so many stories.
const CANARY_SEEDS_MAX: u64 = 2_000;
/// So many failing seeds are printed, and the first of them is shrunk.
const FAILURES_SHOWN: usize = 10;

pub(crate) fn storm(a: &Storm) -> Result<ExitCode, String> {
    let workers = a.workers.unwrap_or_else(runs::workers);
    if let Some(seed) = a.seed {
        return one(seed, a);
    }
    if let (Some(canary), None) = (a.canary, &a.seeds) {
        let caught = catch(canary, CANARY_SEEDS_MAX, workers)?;
        say(&canaries_table(std::slice::from_ref(&caught)));
        return Ok(ExitCode::from(u8::from(caught.seed.is_none())));
    }
    let mut failed = false;
    let default = (!a.canaries && !a.small).then_some(1..=500);
    if let Some(seeds) = a.seeds.clone().or(default) {
        let (from, to) = (*seeds.start(), *seeds.end());
        let summary = parapet_storm::play(seeds, workers, &a.family, a.canary)?;
        failed |= !summary.failed.is_empty() || (a.audit && !summary.never_met().is_empty());
        say(&summary_text(&summary));
        if let Some((seed, finding)) = summary.failed.first() {
            say(&shrunk(*seed, finding, a)?);
        }
        let audit = audit_text(&summary);
        if a.audit {
            say(&audit);
        }
        if let Some(study) = &a.write {
            record(study, from, to, &summary)?;
            page(study, "audit.md", &format!("# What seeds {from} to {to} met\n\n{}{audit}", summary_text(&summary)))?;
        }
    }
    if a.small {
        let world = small_world(1, workers)?;
        failed |= !world.failed.is_empty();
        told(a, "small.md", "# The small world", &small_text(&world))?;
    }
    if a.canaries {
        let caught = Canary::ALL.iter().map(|canary| catch(*canary, CANARY_SEEDS_MAX, workers));
        let caught: Vec<Caught> = caught.collect::<Result<_, _>>()?;
        failed |= caught.iter().any(|caught| caught.seed.is_none());
        told(a, "canaries.md", "# How soon planted bugs are caught", &canaries_table(&caught))?;
    }
    Ok(ExitCode::from(u8::from(failed)))
}

fn told(a: &Storm, name: &str, title: &str, text: &str) -> Result<(), String> {
    say(text);
    a.write.as_ref().map_or(Ok(()), |study| page(study, name, &format!("{title}\n{text}")))
}

fn page(study: &Path, name: &str, text: &str) -> Result<(), String> {
    let path = study.join(name);
    std::fs::write(&path, text).map_err(|error| format!("{}: {error}", path.display()))
}

/// Adds a run to those of the study, and sums them up in its document.
fn record(study: &Path, from: u64, to: u64, summary: &Summary) -> Result<(), String> {
    const HEADER: &str = "from,to,stories,hours,alarms,hits,trackable,warned,played_twice,broken";
    let path = study.join("runs.csv");
    let error = |error: std::io::Error| format!("{}: {error}", path.display());
    let before = if path.exists() { std::fs::read_to_string(&path).map_err(error)? } else { format!("{HEADER}\n") };
    let met = |name: &str| summary.met.get(name).copied().unwrap_or(0);
    let warned = met("hit trackable and warned");
    let trackable = warned + met("hit trackable and not warned");
    let hits: u64 = summary.met.iter().filter(|(name, _)| name.starts_with("hit ")).map(|(_, count)| count).sum();
    let Summary { stories, seconds, alarms, twice, failed, .. } = summary;
    let hours = seconds / 3_600.0;
    let line =
        format!("{from},{to},{stories},{hours:.1},{alarms},{hits},{trackable},{warned},{twice},{}\n", failed.len());
    let all = before + &line;
    std::fs::write(&path, &all).map_err(error)?;
    tables::rewrite(&study.join("README.md"), &runs_table(&all))
}

fn runs_table(csv: &str) -> String {
    let mut text = "| seeds | stories | hours of their own time | alarms raised | hits on zones | ... by rounds that could be tracked | ... \
                    warned before | played to a second engine too | stories that broke a promise |\n|---|---|---|---|---|---|---|---|---|\n"
        .to_owned();
    let mut sums = [0.0_f64; 8];
    for line in csv.lines().skip(1) {
        let cells: Vec<&str> = line.split(',').collect();
        let [from, to, rest @ ..] = cells.as_slice() else { continue };
        let _ = writeln!(text, "| {from} to {to} | {} |", rest.join(" | "));
        let numbers = rest.iter().map(|cell| cell.parse().unwrap_or(0.0));
        sums.iter_mut().zip(numbers).for_each(|(sum, number): (&mut f64, f64)| *sum += number);
    }
    let cells: Vec<String> = sums.iter().map(|sum| format!("{sum:.0}")).collect();
    let _ = writeln!(text, "| all | {} |", cells.join(" | "));
    text
}

fn one(seed: u64, a: &Storm) -> Result<ExitCode, String> {
    let mut plan = Plan::draw(seed)?;
    if !a.family.is_empty() {
        plan.faults.retain(|fault| a.family.contains(&fault.kind.family()));
    }
    let outcome = plan.play(Options { canary: a.canary, tell: a.explain, twice: true })?;
    say(&options_text(&plan)?);
    if a.explain {
        say(&outcome.tale.join("\n"));
    }
    let Some(finding) = outcome.findings.first() else {
        say(&format!("every promise kept; {} alarms, digest {}", outcome.alarms, outcome.digest));
        return Ok(ExitCode::SUCCESS);
    };
    say(&findings_text(&outcome.findings));
    say(&shrunk(seed, finding, a)?);
    Ok(ExitCode::FAILURE)
}

fn options_text(plan: &Plan) -> Result<String, String> {
    let mut text = format!("seed {}: {}", plan.seed, plan.site()?.told());
    for fault in &plan.faults {
        let _ = writeln!(text, "  fault {fault}");
    }
    Ok(text)
}

fn findings_text(findings: &[Finding]) -> String {
    let line = |finding: &Finding| format!("BROKEN at {:.3} s, {}: {}", finding.at_s, finding.check, finding.what);
    findings.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// The smallest story that still breaks the promise.
fn shrunk(seed: u64, finding: &Finding, a: &Storm) -> Result<String, String> {
    let mut plan = Plan::draw(seed)?;
    if !a.family.is_empty() {
        plan.faults.retain(|fault| a.family.contains(&fault.kind.family()));
    }
    let twice = finding.check == "replay";
    let (small, stories) = smallest(&plan, finding.check, Options { canary: a.canary, tell: false, twice })?;
    let outcome = small.play(Options { canary: a.canary, tell: true, twice })?;
    Ok(format!(
        "seed {seed} breaks {}; the smallest story that still does, found in {stories} stories, {} of {} faults left:\n{}{}\n{}",
        finding.check,
        small.faults.len(),
        plan.faults.len(),
        options_text(&small)?,
        outcome.tale.join("\n"),
        findings_text(&outcome.findings)
    ))
}

fn summary_text(summary: &Summary) -> String {
    let families: Vec<String> =
        summary.families.iter().map(|(families, stories)| format!("{families} in {stories}")).collect();
    let mut text = format!(
        "{} stories, {:.0} hours of their own time, {} alarms raised, {} stories played to a second engine too. Families of faults \
         at work at once: {} stories. Stories that broke a promise: {}.\n",
        summary.stories,
        summary.seconds / 3_600.0,
        summary.alarms,
        summary.twice,
        families.join(", "),
        summary.failed.len()
    );
    text += "\n| checker | what it holds | stories that broke it |\n|---|---|---|\n";
    for (check, what) in CHECKS {
        let broke = summary.failed.iter().filter(|(_, finding)| finding.check == *check).count();
        let _ = writeln!(text, "| {check} | {what} | {broke} |");
    }
    for (seed, finding) in summary.failed.iter().take(FAILURES_SHOWN) {
        let _ = writeln!(text, "\nSeed {seed}, {} at {:.2} s: {}", finding.check, finding.at_s, finding.what);
    }
    text
}

fn audit_text(summary: &Summary) -> String {
    let mut text = "\n| fault | family | what it does | stories in which it did |\n|---|---|---|---|\n".to_owned();
    for kind in Kind::ALL {
        let count = summary.kinds.get(kind).copied().unwrap_or(0);
        let _ = writeln!(text, "| {} | {} | {} | {count} |", kind.word(), kind.family().word(), kind.meaning());
    }
    text += "\n| met | times |\n|---|---|\n";
    for (name, count) in &summary.met {
        let _ = writeln!(text, "| {name} | {count} |");
    }
    let pairs = Kind::ALL.len() * (Kind::ALL.len() - 1) / 2;
    let missing = summary.pairs_missing();
    let _ = writeln!(text, "\nPairs of kinds that were at work in one story: {} of {pairs}.", pairs - missing.len());
    if !missing.is_empty() {
        let shown: Vec<String> =
            missing.iter().take(30).map(|(one, other)| format!("{} with {}", one.word(), other.word())).collect();
        let _ = writeln!(text, "Among those that never were: {}.", shown.join(", "));
    }
    let never = summary.never_met();
    let _ = writeln!(
        text,
        "\nShould be met and never was: {}.",
        if never.is_empty() { "nothing".to_owned() } else { never.join(", ") }
    );
    text += "\nNot made by the generator:\n\n";
    for (what, why) in NOT_MADE {
        let _ = writeln!(text, "* {what}: {why}.");
    }
    text
}

fn small_text(world: &SmallWorld) -> String {
    let mut text = format!(
        "\nThe small world: {} stories, every placement of no, one and two faults of twelve kinds at eight times; {} alarms raised; \
         {} stories broke a promise.\n",
        world.stories,
        world.alarms,
        world.failed.len()
    );
    for (faults, finding) in world.failed.iter().take(FAILURES_SHOWN) {
        let faults: Vec<String> = faults.iter().map(|fault| fault.to_string()).collect();
        let _ = writeln!(
            text,
            "\n{} at {:.2} s: {}; faults: {}",
            finding.check,
            finding.at_s,
            finding.what,
            faults.join("; ")
        );
    }
    text
}

fn canaries_table(caught: &[Caught]) -> String {
    let mut text = "\n| planted bug | what is wrong | checker that must catch it | caught by seed | by which others too |\n|---|---|---|---|---|\n".to_owned();
    for one in caught {
        let seed = one.seed.map_or_else(|| format!("NOT within {}", one.tried), |seed| seed.to_string());
        let others: Vec<&str> = one.checks.iter().copied().filter(|check| *check != one.canary.caught_by()).collect();
        let (word, meaning, check) = (one.canary.word(), one.canary.meaning(), one.canary.caught_by());
        let _ = writeln!(text, "| {word} | {meaning} | {check} | {seed} | {} |", others.join(", "));
    }
    text
}
