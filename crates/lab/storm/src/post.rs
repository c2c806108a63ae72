//! A siren: the real guard that decides what it believes and sounds, its own clock, and its own restarts.

use parapet_siren::{Guard, Post, Public, Secret, SirenStage, Sounding, Verdict};

use crate::canary::Canary;
use crate::desk::SITE;
use crate::site::SirenPost;

/// A siren of a story.
#[derive(Debug)]
pub(crate) struct Siren {
    guard: Guard,
    post: Post,
    secret: Secret,
    canary: Option<Canary>,
    /// What believes the attacker's key, where that bug is planted.
    credulous: Option<Guard>,
    /// What it sounded last, for a siren that a planted bug has made stubborn.
    stuck: Option<Sounding>,
    /// What was said of it last.
    pub(crate) told: Option<Sounding>,
}

impl Siren {
    pub(crate) fn new(
        post: &SirenPost,
        zones: &[String],
        key: Public,
        attacker: Public,
        canary: Option<Canary>,
    ) -> Self {
        let zones = post.zones.iter().filter_map(|zone| zones.get(*zone).cloned()).collect();
        let post_of = Post { siren: post.name.clone(), site: SITE.to_owned(), zones, key };
        let is_credulous = canary == Some(Canary::SirenBelievesAnyKey);
        Siren {
            guard: Guard::new(post_of.clone(), 0),
            credulous: is_credulous.then(|| Guard::new(Post { key: attacker, ..post_of.clone() }, 0)),
            post: post_of,
            secret: post.secret.clone(),
            canary,
            stuck: None,
            told: None,
        }
    }

    /// Judges a command; what it did, and its receipt.
    pub(crate) fn hear(&mut self, bytes: &[u8], retained: bool, now_ms: i64) -> Option<(Verdict, Vec<u8>)> {
        let mut retained = retained;
        let mut judged_ms = now_ms;
        match self.canary {
            Some(Canary::SirenForgetsWhatItObeyed) => self.guard = Guard::new(self.post.clone(), 0),
            Some(Canary::SirenBelievesTheBroker) => retained = false,
            Some(Canary::SirenIgnoresExpiry) => judged_ms = issued_ms(bytes).unwrap_or(now_ms),
            _ => {}
        }
        let mut judged = self.guard.command(bytes, retained, judged_ms);
        if let (Err(_), Some(credulous)) = (&judged, &mut self.credulous) {
            judged = credulous.command(bytes, retained, judged_ms);
        }
        let receipt = judged.ok()?;
        Some((receipt.verdict, receipt.seal(&self.secret)))
    }

    /// It begins anew; the number of the last command it obeyed is kept.
    pub(crate) fn restart(&mut self) {
        self.guard = Guard::new(self.post.clone(), self.guard.highest());
    }

    pub(crate) fn sounding(&mut self, now_ms: i64) -> Option<Sounding> {
        let sounding = self.guard.sounding(now_ms);
        if self.canary == Some(Canary::SirenNeverStopsByItself) {
            let has_ended = sounding.as_ref().is_some_and(|s| s.stage.is_end());
            match &sounding {
                Some(_) => self.stuck = sounding.clone().filter(|_| !has_ended),
                None => return self.stuck.clone(),
            }
        }
        sounding
    }
}

/// When a command says that it was made.
fn issued_ms(bytes: &[u8]) -> Option<i64> {
    let text = core::str::from_utf8(bytes).ok()?;
    let (_, rest) = text.split_once("\"issued_ms\":")?;
    let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
    digits.parse().ok()
}

/// Whether a stage is one for which people are in cover.
pub(crate) fn is_cover(stage: SirenStage) -> bool {
    matches!(stage, SirenStage::TakeCover | SirenStage::Hold)
}
