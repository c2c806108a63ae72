//! What the answers of set-up are made from. Everything here may wait for the disk, so nothing of it runs in the thread that serves.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use parapet_engine::Mode;
use parapet_frame::Time;
use parapet_site::Site;
use serde_json::{Value as Json, json};
use sha2::{Digest as _, Sha256};
use tokio::sync::Semaphore;

use super::changes::{self, Change};
use super::drafts::{Draft, Drafts, Unkept};
use super::edits::{self, Edit, Texts};
use super::folder::{Folder, Unwritten};
use super::verdict::{self, Verdict, Wrong};
use super::{drill, import, model};
use crate::Clock;
use crate::atlas::{Atlas, rfc3339};
use crate::coverage::{Lookers, coverage_geojson};
use crate::operator::{Requests, Unseconded};
use crate::shared::Shared;

/// How long a proposal waits for its second person, seconds: long enough to read it.
pub(crate) const WAITS_S: f64 = 900.0;
/// How long a look at the files on disk holds while they stay the same, seconds.
const LOOK_S: f64 = 30.0;
/// What stands here is nobody's fault and nothing is to be done about it.
const ENDED: [&str; 2] = ["all_clear", "withdrawn"];
/// Said wherever something has been written.
pub(crate) const TAKES_EFFECT: &str =
    "at the next start of the program; what runs now goes on with what it was started with";

/// A no: what, and what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    NotFound(String, &'static str),
    /// What is asked for makes no sense, or what it would make has errors.
    Unfit(String, String),
    /// Somebody was quicker.
    Conflict(String, &'static str),
    Forbidden(String, &'static str),
    Gone(String, &'static str),
    Full(String, &'static str),
    Disk(String, &'static str),
}

/// What one supervisor proposes, as it was then: later changes of the draft are not part of it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Proposal {
    pub(crate) draft: u64,
    revision: u64,
    title: String,
    base: Texts,
    new: Texts,
    digest: String,
    changes: Vec<Change>,
}

/// What was found of the files on disk, and when.
#[derive(Clone)]
struct Looked {
    at: Time,
    texts: Texts,
    read_only: Option<String>,
    problems: Vec<Wrong>,
}

/// Set-up of the site that the program runs.
#[derive(Clone)]
pub(crate) struct Setup(Arc<Inner>);

struct Inner {
    folder: Option<Folder>,
    /// The files as they were when the program started.
    started_with: Option<Texts>,
    mode: Mode,
    drafts: Mutex<Drafts>,
    proposals: Mutex<Requests<Proposal>>,
    looked: Mutex<Option<Looked>>,
    /// Held while files are compared and replaced.
    writing: Mutex<()>,
    shared: Arc<Shared>,
    clock: Arc<Clock>,
    /// Checks and coverages are dear: one at a time.
    turn: Arc<Semaphore>,
}

impl Setup {
    /// `config` is the site file that the program was started with; `drafts` the folder in which drafts are kept.
    pub(crate) fn new(
        config: Option<&Path>,
        drafts: &Path,
        mode: Mode,
        shared: Arc<Shared>,
        clock: Arc<Clock>,
    ) -> Self {
        let folder = config.and_then(|config| Folder::of(config).map_err(|what| crate::tell(&what)).ok());
        let started_with = folder.as_ref().and_then(|folder| folder.texts().ok());
        Setup(Arc::new(Inner {
            folder,
            started_with,
            mode,
            drafts: Mutex::new(Drafts::open(drafts)),
            proposals: Mutex::new(Requests::waiting_for(WAITS_S)),
            looked: Mutex::default(),
            writing: Mutex::default(),
            shared,
            clock,
            turn: Arc::new(Semaphore::new(1)),
        }))
    }
    pub(crate) fn turn(&self) -> Arc<Semaphore> {
        self.0.turn.clone()
    }

    fn now_ms(&self) -> i64 {
        self.0.clock.now().millis()
    }

    fn folder(&self) -> Result<&Folder, Refusal> {
        self.0.folder.as_ref().ok_or_else(|| {
            let remedy = "start the program with `parapet serve --config site.toml`";
            Refusal::NotFound("this program was not started from a site file".to_owned(), remedy)
        })
    }

    fn drafts(&self) -> MutexGuard<'_, Drafts> {
        lock(&self.0.drafts)
    }

    /// Where everything stands.
    pub(crate) fn status(&self) -> Result<Json, Refusal> {
        let folder = self.folder()?;
        let now = self.0.clock.now();
        let on_disk = folder.texts().map_err(unreadable)?;
        let Looked { read_only, problems, .. } = self.looked(folder, &on_disk, now);
        let row = |draft: &Draft| {
            json!({
                "draft": draft.number, "title": draft.title, "who": draft.who, "revision": draft.revision,
                "edits": draft.edits.len(), "changed_ms": draft.changed_ms,
            })
        };
        let drafts: Vec<Json> = self.drafts().all().map(row).collect();
        let proposals: Vec<Json> = lock(&self.0.proposals)
            .waiting(now)
            .map(|(number, request)| proposal_json(*number, &request.who, &request.command, request.ends_at.millis()))
            .collect();
        Ok(json!({
            "file": folder.main(), "folder": folder.root().display().to_string(),
            "mode": match self.0.mode { Mode::Live => "live", Mode::Exercise => "exercise" },
            "read_only": read_only,
            "alarms": self.standing(),
            "pending": self.0.started_with.as_ref() != Some(&on_disk),
            "problems": problems,
            "takes_effect": TAKES_EFFECT,
            "drafts": drafts, "proposals": proposals,
        }))
    }

    /// The files on disk as the next start would find them. Every page asks for this again and again, so it is kept for a little.
    fn looked(&self, folder: &Folder, on_disk: &Texts, now: Time) -> Looked {
        let mut kept = lock(&self.0.looked);
        match &*kept {
            Some(looked) if looked.texts == *on_disk && now.seconds_since(looked.at) < LOOK_S => looked.clone(),
            _ => {
                let problems = verdict::judge(folder, on_disk, self.0.mode).problems;
                let looked =
                    Looked { at: now, texts: on_disk.clone(), read_only: folder.is_writable().err(), problems };
                kept.insert(looked).clone()
            }
        }
    }

    /// The alarms that stand: nobody restarts a program now.
    fn standing(&self) -> Vec<String> {
        let mut latest = BTreeMap::new();
        for record in self.0.shared.alarms() {
            latest.insert(record.id, record.stage);
        }
        latest.into_iter().filter(|(_, stage)| !ENDED.contains(&stage.as_str())).map(|(id, _)| id).collect()
    }

    pub(crate) fn begin(&self, who: &str, title: &str) -> Result<Json, Refusal> {
        let base = self.folder()?.texts().map_err(unreadable)?;
        let draft = self.drafts().begin(who, title, base, self.now_ms()).map_err(unkept)?;
        self.view(&draft)
    }

    pub(crate) fn draft(&self, number: u64) -> Result<Draft, Refusal> {
        self.drafts().get(number).cloned().ok_or_else(|| unkept(Unkept::Gone))
    }

    fn applied(&self, draft: &Draft) -> Result<Texts, Refusal> {
        let folder = self.folder()?;
        let texts = edits::apply(&draft.base(), &draft.edits, &|name| folder.has(name));
        texts.map_err(|what| Refusal::Unfit(what, "undo this edit, or make it another way".to_owned()))
    }

    /// A draft with everything that the page shows of it.
    pub(crate) fn view(&self, draft: &Draft) -> Result<Json, Refusal> {
        let folder = self.folder()?;
        let (base, texts) = (draft.base(), self.applied(draft)?);
        let verdict = verdict::judge(folder, &texts, self.0.mode);
        let warnings: Vec<String> = folder.left_out(&texts).into_iter().chain(verdict.warnings.clone()).collect();
        let files: Vec<Json> = texts
            .files
            .iter()
            .map(|(name, text)| json!({ "name": name, "text": text, "changed": base.files.get(name) != Some(text) }))
            .collect();
        Ok(json!({
            "draft": draft.number, "revision": draft.revision, "title": draft.title, "who": draft.who,
            "edits": draft.edits, "stale": folder.stale(&base), "files": files,
            "problems": verdict.problems, "warnings": warnings,
            "summary": verdict.site.as_ref().map(|site| site.summary()),
            "zones": verdict.site.as_ref().map(|site| zone_facts(site)),
            "changes": self.changes(&base, &texts, &verdict),
            "difference": changes::unified(&base, &texts),
            "digest": digest(&texts),
            "model": model::model(&texts),
        }))
    }

    fn changes(&self, base: &Texts, texts: &Texts, verdict: &Verdict) -> Vec<Change> {
        let mut found = changes::changes(base, texts).unwrap_or_default();
        let before = self.0.folder.as_ref().and_then(|folder| verdict::judge(folder, base, self.0.mode).site);
        if let (Some(before), Some(after)) = (before, &verdict.site) {
            found.extend(changes::thresholds(&before, after));
        }
        found
    }

    /// Replaces the edits of a draft, if they can be made.
    pub(crate) fn edit(
        &self,
        number: u64,
        revision: u64,
        edits: Vec<Edit>,
        title: Option<String>,
    ) -> Result<Json, Refusal> {
        let tried = Draft { edits: edits.clone(), ..self.draft(number)? };
        self.applied(&tried)?;
        let changed = self.drafts().change(number, revision, self.now_ms(), |draft| {
            draft.edits = edits;
            if let Some(title) = title {
                draft.title = title;
            }
        });
        self.view(&changed.map_err(unkept)?)
    }

    /// Makes the same edits to the files as they are now.
    pub(crate) fn rebase(&self, number: u64, revision: u64) -> Result<Json, Refusal> {
        let base = self.folder()?.texts().map_err(unreadable)?;
        let tried = Draft { base: base.files.clone(), ..self.draft(number)? };
        self.applied(&tried)?;
        let now_ms = self.now_ms();
        let changed = self.drafts().change(number, revision, now_ms, |draft| draft.base = base.files);
        self.view(&changed.map_err(unkept)?)
    }

    pub(crate) fn discard(&self, number: u64) -> Result<Json, Refusal> {
        self.drafts().discard(number).map_err(unkept)?;
        Ok(json!({}))
    }

    /// The site that a draft would make, over its ground.
    fn sound_site(&self, number: u64) -> Result<Site, Refusal> {
        let folder = self.folder()?;
        let texts = self.applied(&self.draft(number)?)?;
        let remedy = || "correct what the check says first".to_owned();
        let site = verdict::judge(folder, &texts, self.0.mode).site;
        let site = site.ok_or_else(|| Refusal::Unfit("the draft has errors".to_owned(), remedy()))?;
        verdict::with_ground(folder, &site).map_err(|what| Refusal::Unfit(what, remedy()))
    }

    /// What the sensors of a draft would see.
    pub(crate) fn coverage(&self, number: u64, height_m: f64) -> Result<Json, Refusal> {
        let site = self.sound_site(number)?;
        let lookers = Lookers::new(&site.config);
        Ok(coverage_geojson(&Atlas::new(site.frame, site.config), &lookers, height_m))
    }

    /// How high the ground is under each sensor and node of a draft, and whether an elevation model says so.
    pub(crate) fn heights(&self, number: u64) -> Result<Json, Refusal> {
        let site = self.sound_site(number)?;
        let environment = &site.config.environment;
        let sensors = site.config.sensors.iter().map(|sensor| (&sensor.name, &sensor.pose));
        let nodes = site.ears.iter().map(|ear| (&ear.name, &ear.pose));
        let ground = |pose: &parapet_frame::SensorPose| environment.ground_height_at_m(&pose.origin());
        let heights: BTreeMap<&String, f64> = sensors.chain(nodes).map(|(name, pose)| (name, ground(pose))).collect();
        Ok(json!({ "terrain": environment.terrain.is_some(), "ground_m": heights }))
    }

    pub(crate) fn import(&self, number: u64, text: &str) -> Result<Json, Refusal> {
        let texts = self.applied(&self.draft(number)?)?;
        let zones = model::tree(&texts).map(|tree| model::zones(&texts, &tree)).unwrap_or_default();
        let taken: Vec<String> = zones.into_iter().map(|zone| zone.id).collect();
        let found = import::import(text, &taken).map_err(|(what, remedy)| Refusal::Unfit(what, remedy))?;
        Ok(json!(found))
    }

    /// Somebody asks that a draft be written.
    pub(crate) fn propose(&self, number: u64, revision: u64, who: &str) -> Result<Json, Refusal> {
        let folder = self.folder()?;
        let draft = self.draft(number)?;
        if draft.revision != revision {
            return Err(unkept(Unkept::Overtaken(draft.revision)));
        }
        let (base, new) = (draft.base(), self.applied(&draft)?);
        if base == new {
            let remedy = "change something first".to_owned();
            return Err(Refusal::Unfit("the draft changes nothing".to_owned(), remedy));
        }
        let verdict = verdict::judge(folder, &new, self.0.mode);
        if let Some(first) = verdict.problems.first() {
            let what = format!("the draft has {} errors, first: {}", verdict.problems.len(), first.what);
            return Err(Refusal::Unfit(what, "correct what the check says first".to_owned()));
        }
        // The elevation model is opened too, as the start of the program would.
        if let Some(site) = &verdict.site {
            let remedy = || "correct [terrain]".to_owned();
            verdict::with_ground(folder, site).map_err(|what| Refusal::Unfit(what, remedy()))?;
        }
        let stale = folder.stale(&base);
        if !stale.is_empty() {
            return Err(overtaken_on_disk(&stale));
        }
        folder.is_writable().map_err(|what| Refusal::Disk(what, DISK_REMEDY))?;
        let (digest, changes) = (digest(&new), self.changes(&base, &new, &verdict));
        let proposal = Proposal { draft: number, revision, title: draft.title, base, new, digest, changes };
        let now = self.0.clock.now();
        let shown = proposal.clone();
        // A newer proposal of the same draft takes the place of the older.
        let mut proposals = lock(&self.0.proposals);
        proposals.withdraw(|_, request| request.command.draft == number);
        let asked = proposals.ask(who, proposal, now);
        let asked =
            asked.ok_or_else(|| Refusal::Full("too many proposals wait".to_owned(), "confirm or reject one"))?;
        Ok(proposal_json(asked, who, &shown, now.plus_seconds(WAITS_S).millis()))
    }

    /// A second person confirms what is on their screen: the texts of this digest.
    pub(crate) fn confirm(&self, number: u64, seen: &str, who: &str) -> Result<Json, Refusal> {
        let folder = self.folder()?;
        let now = self.0.clock.now();
        let request = {
            let mut proposals = lock(&self.0.proposals);
            let waiting = proposals.waiting(now).find(|(waiting, _)| **waiting == number);
            if waiting.is_some_and(|(_, request)| request.command.digest != seen) {
                let remedy = "look at the difference again, and confirm that";
                return Err(Refusal::Conflict("this is not what was proposed".to_owned(), remedy));
            }
            proposals.second(number, who, now).map_err(|why| match why {
                Unseconded::Gone => Refusal::Gone(
                    "there is no such proposal any more".to_owned(),
                    "propose again; it waits for 15 minutes",
                ),
                Unseconded::SamePerson => {
                    Refusal::Forbidden("the same person cannot confirm".to_owned(), "let somebody else confirm")
                }
            })?
        };
        let Proposal { draft, revision, title, base, new, digest, changes } = request.command;
        let note = json!({
            "title": title, "proposed_by": request.who, "confirmed_by": who, "at": rfc3339(now), "digest": digest,
            "changes": changes,
        });
        let stamp: String = rfc3339(now).chars().take("2026-01-01T00:00:00".len()).collect();
        let stamp = stamp.replace(':', "-");
        let written = {
            let _alone = lock(&self.0.writing);
            folder.write(&base, &new, &stamp, &format!("{note:#}\n"))
        };
        let backup = written.map_err(|why| match why {
            Unwritten::Stale(files) => overtaken_on_disk(&files),
            Unwritten::Refused(what) => Refusal::Disk(what, DISK_REMEDY),
        })?;
        // A draft that was changed since goes on, and has to be brought up to date first.
        let is_done = self.draft(draft).is_ok_and(|draft| draft.revision == revision);
        if is_done {
            let _ = self.drafts().discard(draft);
        }
        crate::tell(&format!("the site was changed by {} and {who}: {title}; former files in {backup}", request.who));
        Ok(json!({ "written": true, "backup": backup, "takes_effect": TAKES_EFFECT, "alarms": self.standing() }))
    }

    pub(crate) fn reject(&self, number: u64) -> Result<Json, Refusal> {
        lock(&self.0.proposals).withdraw(|waiting, _| waiting == number);
        Ok(json!({}))
    }

    /// Writes the site file of a drill below the site folder.
    pub(crate) fn drill(&self) -> Result<Json, Refusal> {
        let folder = self.folder()?;
        let texts = folder.texts().map_err(unreadable)?;
        let fault = |what| Refusal::Unfit(what, "correct the site file first".to_owned());
        let drill = drill::drill_text(texts.main_text()).map_err(fault)?;
        let up = |name: &str| match name.strip_prefix("../") {
            Some(name) => folder.load(name),
            None => Err("it lies outside of the site folder".to_owned()),
        };
        let read = Site::parse("drill/site.toml", &drill, &mut { up });
        read.map_err(|error| fault(error.to_string()))?;
        folder.write_own("drill", "site.toml", &drill).map_err(|what| Refusal::Disk(what, DISK_REMEDY))?;
        let site = folder.root().join("drill/site.toml").display().to_string();
        let out = folder.root().join("drill/out").display().to_string();
        Ok(json!({
            "file": "drill/site.toml",
            "start": format!("parapet serve --config {site} --out {out}"),
            "page": "http://127.0.0.1:18080/",
        }))
    }
}

const DISK_REMEDY: &str = "nothing was changed: make room or permit it, and try again";

fn proposal_json(number: u64, who: &str, proposal: &Proposal, ends_ms: i64) -> Json {
    json!({
        "proposal": number, "draft": proposal.draft, "title": proposal.title, "who": who, "digest": proposal.digest,
        "changes": proposal.changes, "difference": changes::unified(&proposal.base, &proposal.new), "ends_ms": ends_ms,
    })
}

/// What the reader made of each zone: from which chance it is warned.
fn zone_facts(site: &Site) -> Json {
    let zones = site.config.zones.iter();
    zones
        .map(|zone| (zone.key.clone(), json!({ "threshold": zone.alarm_probability })))
        .collect::<serde_json::Map<_, _>>()
        .into()
}

/// Names a set of texts: whoever confirms it has seen these and no others.
fn digest(texts: &Texts) -> String {
    let mut hash = Sha256::new();
    for (name, text) in &texts.files {
        for part in [name, text] {
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part.as_bytes());
        }
    }
    hash.finalize().iter().map(|octet| format!("{octet:02x}")).collect()
}

fn unreadable(what: String) -> Refusal {
    Refusal::Unfit(what, "correct the file by hand".to_owned())
}

fn overtaken_on_disk(files: &[String]) -> Refusal {
    let what = format!("{} changed on disk since this draft began", files.join(", "));
    Refusal::Conflict(what, "bring the draft up to date, look at the difference, and propose again")
}

fn unkept(why: Unkept) -> Refusal {
    match why {
        Unkept::Gone => Refusal::NotFound("there is no such draft".to_owned(), "look at /api/setup"),
        Unkept::Overtaken(revision) => {
            Refusal::Conflict(format!("somebody changed this draft; it is at revision {revision}"), "load it again")
        }
        Unkept::Full(what) => Refusal::Full(what, "nothing was changed"),
        Unkept::Disk(what) => Refusal::Disk(what, DISK_REMEDY),
    }
}

/// Its values are whole after each call.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
