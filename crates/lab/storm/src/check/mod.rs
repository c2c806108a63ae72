//! The checkers: code apart from the engine, that sees what truly is, what went in and what came out, and says which promise is
//! broken. None of them asks the engine what it thinks.

mod accounts;
mod ends;
mod life;
mod people;
mod proof;
mod restart;
mod sight;
mod sirens;
mod sky;
mod steps;
mod warned;
mod worlds;

use parapet_engine::Output;

use crate::fact::{Fact, Finding, Findings, Moment};
use crate::site::Site;
use crate::story::Plan;

/// One promise, or a few that need the same book.
trait Check {
    /// Something has happened.
    fn note(&mut self, moment: &Moment, fact: &Fact<'_>, findings: &mut Findings);

    /// The story is over.
    fn end(&mut self, _moment: &Moment, _findings: &mut Findings) {}

    /// What the audit should count of it.
    fn tally(&self) -> Vec<&'static str> {
        Vec::new()
    }
}

/// The names of all checkers with what they hold, for tables.
pub const CHECKS: &[(&str, &str)] = &[
    (
        "accounts",
        "P3: heard = used + waiting + refused; every refusal is told once, with its reason, of a plot that came",
    ),
    ("timely", "what is too old or from the future is refused, whoever sent it"),
    ("time", "the engine's time never goes back, and is never ahead of the host's"),
    ("wakes", "P2: the engine is woken when something is due, and then nothing is due any more"),
    ("possible", "P2: numbers are finite, tables stay within their bounds"),
    ("life", "stages follow each other only as drawn; names are unique; no alarm without a new cause; one to a zone"),
    (
        "ends",
        "P6: every alarm ends, none while its round is on its way, none before its hold is over, none stays after its impacts",
    ),
    ("warned", "a zone that is hit by a round that could be tracked was told to take cover before"),
    ("groups", "P10: what is believed rests on as many independent groups as the owner asks for"),
    ("shed", "P4: no plot of a believed round is refused for its sensor's rate or a full table"),
    ("sight", "P11: silent sensors, a failing disk and shedding are told within two seconds"),
    ("people", "orders: two people where it takes two; what was cancelled is withdrawn at once"),
    ("proof", "P9: sirens, receipts and plots are believed only with proof of origin and freshness"),
    ("worlds", "P8: nothing of an exercise reaches what is live, nor the reverse"),
    ("reach", "P7: within five seconds each siren has the end of an alarm, or people are told which has not"),
    ("sirens", "P6: no siren sounds beyond the time of what it was told, and all are silent at last"),
    ("restart", "P5: what stood stands under the same name after a restart"),
    ("replay", "P1, P12: the same events give the same words and the same state"),
];

/// All checkers of a story.
pub(crate) struct Checkers {
    checks: Vec<Box<dyn Check>>,
    findings: Findings,
}

impl Checkers {
    pub(crate) fn new(site: &Site, plan: &Plan) -> Self {
        let checks: Vec<Box<dyn Check>> = vec![
            Box::new(accounts::Accounts::default()),
            Box::new(accounts::Timely::new(site)),
            Box::new(steps::Steps::new(site)),
            Box::new(life::Life::default()),
            Box::new(ends::Ends::new(site)),
            Box::new(warned::Warned::new(site)),
            Box::new(sky::Sky::new(site)),
            Box::new(sight::Sight::new(site)),
            Box::new(people::People::default()),
            Box::new(proof::Proof::default()),
            Box::new(worlds::Worlds::new(site)),
            Box::new(sirens::Reach::default()),
            Box::new(sirens::Sirens::new(site, plan)),
            Box::new(restart::Restart::new(site, plan)),
        ];
        Checkers { checks, findings: Findings::default() }
    }

    pub(crate) fn note(&mut self, moment: &Moment, fact: &Fact<'_>) {
        self.checks.iter_mut().for_each(|check| check.note(moment, fact, &mut self.findings));
    }

    pub(crate) fn end(&mut self, moment: &Moment) {
        self.checks.iter_mut().for_each(|check| check.end(moment, &mut self.findings));
    }

    /// What the checkers themselves have met.
    pub(crate) fn tally(&self) -> impl Iterator<Item = &'static str> + '_ {
        self.checks.iter().flat_map(|check| check.tally())
    }

    /// The whole was played again.
    pub(crate) fn replayed(&mut self, moment: &Moment, said: &[Output], again: &[Output], digest: &str, second: &str) {
        if let Some(place) = (0..said.len().max(again.len())).find(|place| said.get(*place) != again.get(*place)) {
            let (one, other) = (said.get(place), again.get(place));
            let what = format!("output {place} of {} is {one:?} at first and {other:?} again", said.len());
            self.findings.note("replay", moment.second, what);
        } else if digest != second {
            self.findings.note("replay", moment.second, format!("the state is {digest} at first and {second} again"));
        }
    }

    pub(crate) fn findings(&self) -> Vec<Finding> {
        self.findings.found.clone()
    }
}

/// An alarm among the outputs.
fn alarm<'a>(fact: &Fact<'a>) -> Option<&'a parapet_warn::Alarm> {
    match fact {
        Fact::Said(Output::Alarm(alarm)) => Some(alarm),
        _ => None,
    }
}
