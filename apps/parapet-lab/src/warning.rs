//! `parapet-lab calibration`, `rules`, `lead`, `raid`, `cost` and `life`: whether warnings are true, early, few, and end.

use std::io::Write;
use std::process::ExitCode;

use parapet_study::warning::{
    calibration as told, cost as costs, lead as leads, raid as raids, read_polygons, rules as compared,
};
use parapet_study::{runs, statistics, tables};
use parapet_world::Scenario;

use crate::arguments::{Calibration, Cost, Lead, Life, Raid, Rules};
use crate::output::say;
use crate::run::{site_of, write_file};

pub(crate) fn calibration(a: &Calibration) -> Result<(), String> {
    let outcomes = told::play(a.rounds, a.seed, a.workers.unwrap_or_else(runs::workers))?;
    let text = told::markdown(&outcomes);
    say(&text);
    let Some(study) = &a.write else { return Ok(()) };
    write_file(&study.join("reliability.svg"), |file| file.write_all(told::diagram(&outcomes).as_bytes()))?;
    tables::rewrite(&study.join("README.md"), &text)
}

pub(crate) fn rules(a: &Rules) -> Result<(), String> {
    let polygons = read_polygons(&a.polygons)?;
    let outcomes = compared::play(&polygons, a.rounds, a.seed, a.workers.unwrap_or_else(runs::workers))?;
    let median_km2 = statistics::quantile(polygons.iter().map(|polygon| polygon.area_m2() / 1e6), 0.5);
    let text = format!(
        "{}\nThe median of the {} polygons is {median_km2:.2} km2.\n",
        compared::markdown(&outcomes),
        polygons.len()
    );
    say(&text);
    a.write.as_ref().map_or(Ok(()), |study| tables::rewrite(&study.join("README.md"), &text))
}

pub(crate) fn lead(a: &Lead) -> Result<(), String> {
    let mut sets = Vec::new();
    for path in &a.scenario {
        let scenario = Scenario::read(path).map_err(|problem| format!("{:?}", miette::Report::new(problem)))?;
        let site = site_of(&scenario)?;
        let mut set = Vec::new();
        for seed in 1..=a.seeds {
            set.extend(leads::play(&scenario, seed, site.as_ref().map(|site| &site.config))?);
        }
        sets.push((scenario.name.clone(), set));
    }
    say(&leads::markdown(&sets));
    Ok(())
}

pub(crate) fn raid(a: &Raid) -> ExitCode {
    let outcome = raids::play(a.rounds, a.zones, a.seed);
    let lead_s = |part| statistics::quantile(outcome.leads_s.iter().copied(), part);
    say(&format!(
        "{} rounds, {} zones hit, {} of them warned before; leads: median {:.1} s, 5 % below {:.1} s; {} alarms never ended\n",
        outcome.rounds,
        outcome.hit,
        outcome.warned,
        lead_s(0.5),
        lead_s(0.05),
        outcome.stuck
    ));
    ExitCode::from(u8::from(outcome.warned < outcome.hit || outcome.stuck > 0))
}

pub(crate) fn cost(a: &Cost) {
    let cost = costs::measure(a.objects, a.few, a.many);
    let of = |times: &[f64], part| statistics::quantile(times.iter().copied(), part);
    say(&format!(
        "{} objects, {:.0} believed threats a scan; engine time of a scan, from its first plot to the last decision:\n\
         {:>6} zones: median {:.2} ms, 99 % below {:.2} ms\n\
         {:>6} zones: median {:.2} ms, 99 % below {:.2} ms, {} words about alarms\n\
         ratio of the medians: {:.2}\n",
        a.objects,
        cost.threats,
        a.few,
        of(&cost.few_ms, 0.5),
        of(&cost.few_ms, 0.99),
        a.many,
        of(&cost.many_ms, 0.5),
        of(&cost.many_ms, 0.99),
        cost.alarms,
        cost.ratio()
    ));
}

pub(crate) fn life(a: &Life) -> ExitCode {
    match parapet_warn::check_life(a.depth) {
        Ok(checked) => {
            say(&format!(
                "{} stories of {} things each, {} decisions, {} alarms raised: every promise kept\n",
                checked.stories, checked.depth, checked.decisions, checked.raised
            ));
            ExitCode::SUCCESS
        }
        Err(broken) => {
            say(&format!("{}\n  {}\n", broken.promise, broken.story.join("\n  ")));
            ExitCode::FAILURE
        }
    }
}
