//! What people are told, in the site's languages: the same words on every channel that carries words.

use std::collections::BTreeMap;

use parapet_cap::time_of_day;
use parapet_cap::words::{Language, Words, words};
use parapet_engine::Mode;
use parapet_site::Site;
use parapet_warn::{Alarm, Zone};

/// The languages of a site, and what its zones are called in them.
#[derive(Clone, Debug)]
pub(crate) struct Speech {
    mode: Mode,
    languages: Vec<Language>,
    names: BTreeMap<Language, BTreeMap<String, String>>,
}

impl Speech {
    pub(crate) fn of(site: &Site) -> Self {
        let languages = site.cap.languages.iter().filter_map(|code| Language::of(code)).collect();
        let names = site.cap.names.iter().filter_map(|(code, names)| Some((Language::of(code)?, names.clone())));
        Speech { mode: site.mode(), languages, names: names.collect() }
    }

    /// In the order in which they are shown.
    pub(crate) fn languages(&self) -> &[Language] {
        &self.languages
    }

    /// What a zone is called where it is called otherwise than by its name.
    pub(crate) fn names(&self, zone: &Zone) -> BTreeMap<Language, String> {
        let named = |(language, names): (&Language, &BTreeMap<String, String>)| {
            Some((*language, names.get(&zone.key)?.clone()))
        };
        self.names.iter().filter_map(named).collect()
    }

    /// What is said of an alarm, in each language.
    pub(crate) fn words(&self, alarm: &Alarm, zone: &Zone) -> Vec<Words> {
        let names = self.names(zone);
        let impact = alarm.impact_at.map(time_of_day);
        let say = |language: &Language| {
            let name = names.get(language).unwrap_or(&zone.name);
            words(*language, self.mode, alarm, name, impact.as_deref())
        };
        self.languages.iter().map(say).collect()
    }
}
