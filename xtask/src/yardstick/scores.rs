//! What the bench's scorer and its CPU meter say.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::trouble::Trouble;

/// Seeds as the bench writes them: `1-5,8`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Seeds {
    pub(super) text: String,
    pub(super) list: Vec<u64>,
}

impl Seeds {
    pub(super) fn parse(text: &str) -> Result<Self, Trouble> {
        let mut list = Vec::new();
        for part in text.split(',') {
            let (first, last) = part.split_once('-').unwrap_or((part, part));
            match (first.parse::<u64>(), last.parse::<u64>()) {
                (Ok(first), Ok(last)) if first <= last && last - first < 10_000 => list.extend(first..=last),
                _ => return Err(Trouble::Usage(format!("`{text}`: write seeds like 1-20 or 1-3,7"))),
            }
        }
        Ok(Seeds { text: text.to_owned(), list })
    }
}

/// The scorer's words on one tracker in one scene.
#[derive(Clone, Debug)]
pub(super) struct Score {
    pub(super) seeds: String,
    json: Value,
}

impl Score {
    /// A number by the names that lead to it; infinite where the scorer says so, `None` where it says nothing.
    pub(super) fn number(&self, path: &[&str]) -> Option<f64> {
        let found = path.iter().try_fold(&self.json, |value, key| value.get(key))?;
        if found.as_str() == Some("inf") { Some(f64::INFINITY) } else { found.as_f64() }
    }

    /// A number about the impact at a time such as `tau5` (after the first plot) or `tti10` (before the impact).
    pub(super) fn at(&self, time: &str, name: &str) -> Option<f64> {
        self.number(&["impact", time, name])
    }

    /// The times of the scorer's tables, those after the first plot first.
    pub(super) fn times(&self) -> Vec<String> {
        let times = ["tau1", "tau2", "tau3", "tau5", "tau8", "tau10", "tau15", "tau20", "tau30"];
        let before = ["tti30", "tti20", "tti15", "tti10", "tti5", "tti3"];
        let all = times.into_iter().chain(before);
        all.filter(|time| self.at(time, "n").is_some()).map(str::to_owned).collect()
    }
}

/// Everybody's scores, by tracker and scene.
#[derive(Clone, Debug, Default)]
pub(super) struct Scores(BTreeMap<(String, String), Score>);

impl Scores {
    pub(super) fn read(&mut self, who: &str, scenario: &str, seeds: &Seeds, file: &Path) -> Result<(), Trouble> {
        let text = std::fs::read_to_string(file).map_err(|error| Trouble::unusable(file, &error))?;
        let json: Value = serde_json::from_str(&text)
            .map_err(|error| Trouble::Missing(format!("{}: {error}; score anew", file.display())))?;
        self.put(who, scenario, &seeds.text, json);
        Ok(())
    }

    pub(super) fn put(&mut self, who: &str, scenario: &str, seeds: &str, json: Value) {
        self.0.insert((who.to_owned(), scenario.to_owned()), Score { seeds: seeds.to_owned(), json });
    }

    pub(super) fn of(&self, who: &str, scenario: &str) -> Option<&Score> {
        self.0.get(&(who.to_owned(), scenario.to_owned()))
    }

    /// The peers that ran in a scene: Stone Soup's configurations, without the batch fit, which sees the whole arc.
    pub(super) fn peers(&self, scenario: &str) -> Vec<(&str, &Score)> {
        let here = self.0.iter().filter(|((who, s), _)| s == scenario && who != "parapet" && who != "batch");
        here.map(|((who, _), score)| (who.as_str(), score)).collect()
    }

    /// The smallest of the peers' numbers, and whose it is.
    pub(super) fn best_peer(&self, scenario: &str, path: &[&str]) -> Option<(f64, &str)> {
        let numbers = self.peers(scenario).into_iter().filter_map(|(who, score)| Some((score.number(path)?, who)));
        numbers.min_by(|a, b| a.0.total_cmp(&b.0))
    }
}

/// What the bench's CPU meter says of one program on one file.
#[derive(Clone, Debug)]
pub(super) struct Cpu {
    pub(super) who: String,
    pub(super) scenario: String,
    /// Without start-up, as the next.
    pub(super) per_plot_us: f64,
    pub(super) per_scan_ms: f64,
    /// With start-up.
    pub(super) user_s: f64,
    pub(super) scans: f64,
}

impl Cpu {
    pub(super) fn measure(who: &str, scenario: &str, command: &mut Command) -> Result<Self, Trouble> {
        let failed = |what: String| Trouble::Failed(format!("CPU of {who} on {scenario}: {what}"));
        let output = command.stdin(Stdio::null()).output().map_err(|error| failed(error.to_string()))?;
        if !output.status.success() {
            return Err(failed(String::from_utf8_lossy(&output.stderr).trim().to_owned()));
        }
        let json: Value = serde_json::from_slice(&output.stdout).map_err(|error| failed(error.to_string()))?;
        let number = |key: &str| json[key].as_f64().ok_or_else(|| failed(format!("no `{key}`")));
        Ok(Cpu {
            who: who.to_owned(),
            scenario: scenario.to_owned(),
            per_plot_us: number("net_us_per_detection")?,
            per_scan_ms: number("net_ms_per_scan")?,
            user_s: number("user_s_median")?,
            scans: number("scans")?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seeds_are_ranges_and_numbers() {
        assert_eq!(Seeds::parse("1-3,7").unwrap().list, [1, 2, 3, 7]);
        assert!(Seeds::parse("3-1").is_err() && Seeds::parse("x").is_err() && Seeds::parse("").is_err());
    }

    #[test]
    fn infinite_is_a_number_and_absent_is_none() {
        let mut scores = Scores::default();
        scores.put("imm", "S3", "1", serde_json::json!({"impact": {"tau5": {"n": 3, "p90": "inf", "in90": null}}}));
        let score = scores.of("imm", "S3").unwrap();
        assert_eq!(score.at("tau5", "p90"), Some(f64::INFINITY));
        assert_eq!(score.at("tau5", "in90"), None);
        assert_eq!(score.times(), ["tau5"]);
    }
}
