//! Orders of people on duty, and what becomes of them.

use std::collections::BTreeSet;

use parapet_engine::Output;
use parapet_warn::{AlarmId, Command, OperatorReport, Stage};

use super::{Check, alarm};
use crate::fact::{Fact, Findings, Moment};

/// What stands, and what must be withdrawn in this step.
#[derive(Debug, Default)]
pub(super) struct People {
    standing: BTreeSet<AlarmId>,
    owed: BTreeSet<AlarmId>,
}

impl Check for People {
    fn note(&mut self, moment: &Moment, fact: &Fact<'_>, findings: &mut Findings) {
        if let Some(alarm) = alarm(fact) {
            if alarm.stage.is_ended() {
                self.standing.remove(&alarm.id);
            } else {
                self.standing.insert(alarm.id);
            }
            if alarm.stage == Stage::Withdrawn {
                self.owed.remove(&alarm.id);
            }
            return;
        }
        match fact {
            Fact::Said(Output::Operator(report)) => self.report(moment, report, findings),
            Fact::Stepped { .. } => {
                for id in core::mem::take(&mut self.owed) {
                    findings.note("people", moment.second, format!("{id:?} was cancelled and goes on"));
                }
            }
            Fact::Back { standing, .. } => self.standing = standing.iter().map(|alarm| alarm.id).collect(),
            _ => {}
        }
    }
}

impl People {
    fn report(&mut self, moment: &Moment, report: &OperatorReport, findings: &mut Findings) {
        if report.refused.is_some() {
            return;
        }
        let who = report.command.who.trim();
        let second = report.command.seconded_by.as_deref().map(str::trim).filter(|second| *second != who);
        let alone = second.is_none_or(str::is_empty);
        let needs_two = matches!(report.command.command, Command::Raise { .. } | Command::Unprotect { .. });
        if who.is_empty() || (needs_two && alone) {
            let what = format!("{:?} is obeyed on the word of {who:?} and {second:?}", report.command.command);
            findings.note("people", moment.second, what);
        }
        match &report.command.command {
            Command::Cancel { alarm } => _ = self.owed.insert(*alarm),
            Command::StopAll => self.owed.clone_from(&self.standing),
            _ => {}
        }
    }
}
