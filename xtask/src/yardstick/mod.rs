//! The tracking bench: data, bounds, our tracker, its peers, the scorer, and the tables of `studies/01-yardstick`.
//!
//! The bench itself (generator, bound, scorer, peers) is a folder of Python programs that is not part of this repository; what is
//! made from it goes into a folder of its own, and what is there already is not made again.

mod figures;
mod jobs;
mod scores;
mod tables;

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::arguments::Arguments;
use crate::job;
use crate::programs::{self, Build, cargo};
use crate::say::say;
use crate::trouble::Trouble;

use jobs::{Task, run_all};
use scores::{Scores, Seeds};

/// The study whose tables are rewritten.
const STUDY: &str = "studies/01-yardstick";
/// Seeds of the main table.
const SEEDS: &str = "1-20";
/// Seeds of the scene with a hundred objects.
const SEEDS_S3: &str = "1-5";
/// Seeds of the scene with a thousand objects.
const SEEDS_S4: &str = "1";
/// Which of Stone Soup's configurations run where. Its EKF with a global nearest neighbour is its fastest, and on S4 every other is
/// hours of work. S5 is about false alarms alone, and asks nothing of others.
const PEERS: [(&str, &[&str]); 4] = [
    ("ekf-gnn", &["S1", "S2", "S3", "S4"]),
    ("ukf-gnn", &["S1", "S2", "S3"]),
    ("imm", &["S1", "S2", "S3"]),
    ("imm-ekf", &["S3"]),
];
/// The configuration whose CPU ours is held against.
const FASTEST: &str = "ekf-gnn";
/// How often our own CPU is measured; the median counts.
const REPEATS: &str = "3";

/// What is asked for.
#[derive(Clone, Debug)]
pub(crate) struct Options {
    bench: PathBuf,
    python: PathBuf,
    out: PathBuf,
    peers: bool,
    cpu: bool,
    cpu_s4: bool,
    seeds: Seeds,
    seeds_s3: Seeds,
}

impl Options {
    pub(crate) fn from(mut arguments: Arguments) -> Result<Self, Trouble> {
        let absolute = |path: PathBuf| std::path::absolute(&path).unwrap_or(path);
        let venv = arguments.path("--venv")?.ok_or_else(|| {
            let how = "`--venv DIR`: a Python environment with the bench's requirements.txt installed is needed";
            Trouble::Usage(how.to_owned())
        })?;
        let options = Options {
            bench: absolute(arguments.path("--bench")?.unwrap_or_else(|| "../shared/yardstick".into())),
            python: absolute(venv).join("bin/python"),
            out: absolute(arguments.path("--out")?.unwrap_or_else(|| "target/yardstick".into())),
            peers: arguments.flag("--peers"),
            cpu: !arguments.flag("--no-cpu"),
            cpu_s4: arguments.flag("--cpu-s4"),
            seeds: Seeds::parse(&arguments.value("--seeds")?.unwrap_or_else(|| SEEDS.to_owned()))?,
            seeds_s3: Seeds::parse(&arguments.value("--seeds-s3")?.unwrap_or_else(|| SEEDS_S3.to_owned()))?,
        };
        arguments.end()?;
        for needed in [options.bench.join("score.py"), options.python.clone()] {
            if !needed.is_file() {
                return Err(Trouble::Missing(format!("{}: there is no such file", needed.display())));
            }
        }
        Ok(options)
    }

    /// The tables in the study are those of the public seeds.
    fn is_public(&self) -> bool {
        self.seeds.text == SEEDS
    }

    fn scenarios(&self) -> Result<Vec<(&'static str, Seeds)>, Trouble> {
        let of = |name| -> Result<Seeds, Trouble> {
            Ok(match name {
                "S3" => self.seeds_s3.clone(),
                "S4" => Seeds::parse(SEEDS_S4)?,
                _ => self.seeds.clone(),
            })
        };
        ["S1", "S2", "S3", "S4", "S5"].into_iter().map(|name| Ok((name, of(name)?))).collect()
    }

    /// One of the bench's programs; single-threaded, and leaving nothing in the bench's folder.
    fn python(&self, program: &str) -> Command {
        let mut command = Command::new(&self.python);
        command.arg(self.bench.join(program));
        command.env("PYTHONDONTWRITEBYTECODE", "1").env("NUMBA_CACHE_DIR", self.out.join("numba"));
        for library in ["OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"] {
            command.env(library, "1");
        }
        command
    }

    fn data(&self, scenario: &str, seed: u64) -> PathBuf {
        self.out.join("data").join(scenario).join(format!("{seed:06}"))
    }
}

/// Makes what is missing, runs the tracker on everything, scores, and writes the tables.
pub(crate) fn run(options: &Options) -> Result<(), Trouble> {
    job::run(cargo().args(["build", "--locked", "--release", "--package", "parapet-lab"]))?;
    make_folder(&options.out.join("logs"))?;
    let scenarios = options.scenarios()?;
    run_all("data", data_tasks(options, &scenarios))?;
    run_all("bounds", bound_tasks(options, &scenarios))?;
    run_all("tracker", tracker_tasks(options, &scenarios)?)?;
    if options.peers {
        run_all("peers", peer_tasks(options, &scenarios))?;
    }
    let scores = score(options, &scenarios)?;
    let cpu = if options.cpu { measure_cpu(options)? } else { Vec::new() };
    let text = tables::all(&scores, &cpu);
    say(&text);
    write_study(options, &text)
}

fn write_study(options: &Options, text: &str) -> Result<(), Trouble> {
    if !options.is_public() {
        say("the study holds the public seeds; with others the tables are printed only");
        return Ok(());
    }
    let readme = Path::new(STUDY).join("README.md");
    let before = std::fs::read_to_string(&readme).map_err(|error| Trouble::unusable(&readme, &error))?;
    let after = tables::put_between_marks(&before, text)
        .ok_or_else(|| Trouble::Missing(format!("{}: the marks of the tables are gone", readme.display())))?;
    std::fs::write(&readme, after).map_err(|error| Trouble::unusable(&readme, &error))?;
    say(&format!("written to {}", readme.display()));
    Ok(())
}

fn make_folder(folder: &Path) -> Result<(), Trouble> {
    std::fs::create_dir_all(folder).map_err(|error| Trouble::unusable(folder, &error))
}

fn data_tasks(options: &Options, scenarios: &[(&'static str, Seeds)]) -> Vec<Task> {
    let mut tasks = Vec::new();
    for (scenario, seed) in each_run(scenarios) {
        let folder = options.data(scenario, seed);
        if folder.is_dir() {
            continue;
        }
        // Made aside and moved when whole, so that an interrupted run leaves nothing that looks finished.
        let aside = options.out.join("making").join(format!("{scenario}-{seed}"));
        let mut command = options.python("gen_scenarios.py");
        command.args(["--scenario", scenario, "--seeds", &seed.to_string(), "--out"]).arg(&aside);
        let made = aside.join(scenario).join(format!("{seed:06}"));
        tasks.push(Task::new(format!("data {scenario} {seed}"), command).then_move(made, folder));
    }
    tasks
}

fn bound_tasks(options: &Options, scenarios: &[(&'static str, Seeds)]) -> Vec<Task> {
    let mut tasks = Vec::new();
    for (scenario, seed) in each_run(scenarios).filter(|(scenario, _)| has_bound(scenario)) {
        let folder = options.out.join("bounds").join(scenario);
        if folder.join(format!("{seed:06}.json")).is_file() {
            continue;
        }
        let mut command = options.python("pcrlb.py");
        command.arg("--data").arg(options.out.join("data").join(scenario));
        command.args(["--seeds", &seed.to_string(), "--out"]).arg(&folder);
        tasks.push(Task::new(format!("bound {scenario} {seed}"), command));
    }
    tasks
}

/// The bound knows nothing of neighbours, so it is asked for only where there are hardly any.
fn has_bound(scenario: &str) -> bool {
    matches!(scenario, "S1" | "S2")
}

fn tracker_tasks(options: &Options, scenarios: &[(&'static str, Seeds)]) -> Result<Vec<Task>, Trouble> {
    let mut tasks = Vec::new();
    for (scenario, seed) in each_run(scenarios) {
        let folder = options.out.join("out/parapet").join(scenario);
        make_folder(&folder)?;
        let data = options.data(scenario, seed);
        let mut command = programs::program("parapet-lab", Build::Release);
        command.arg("yardstick").arg("--meta").arg(data.join("meta.json"));
        command.arg("--in").arg(data.join("detections.jsonl"));
        command.arg("--out").arg(folder.join(format!("{seed:06}.jsonl")));
        tasks.push(Task::new(format!("parapet {scenario} {seed}"), command));
    }
    // The longest first, so that the workers end together.
    tasks.sort_by_key(|task| !task.name().contains("S4"));
    Ok(tasks)
}

/// Stone Soup and the batch fit, on the same files; what they have written before is kept.
fn peer_tasks(options: &Options, scenarios: &[(&'static str, Seeds)]) -> Vec<Task> {
    let mut tasks = Vec::new();
    for (scenario, seeds) in scenarios {
        for (peer, _) in PEERS.iter().filter(|(_, runs)| runs.contains(scenario)) {
            for seed in &seeds.list {
                if options.out.join("out").join(peer).join(scenario).join(format!("{seed:06}.jsonl")).is_file() {
                    continue;
                }
                let mut command = options.python("run_matrix.py");
                command.arg("--data").arg(options.out.join("data")).arg("--out").arg(options.out.join("out"));
                // Twelve hours: a bound for what hangs, not for what is slow.
                command.args(["--procs", "1", "--timeout", "43200", "--jobs", &format!("{peer}:{scenario}:{seed}")]);
                tasks.push(Task::new(format!("{peer} {scenario} {seed}"), command));
            }
        }
        if has_bound(scenario) {
            for seed in &seeds.list {
                let folder = options.out.join("out/batch").join(scenario);
                if folder.join(format!("{seed:06}.jsonl")).is_file() {
                    continue;
                }
                let mut command = options.python("batch_nls.py");
                command.arg("--data").arg(options.out.join("data").join(scenario));
                command.args(["--seeds", &seed.to_string(), "--out"]).arg(&folder);
                tasks.push(Task::new(format!("batch {scenario} {seed}"), command));
            }
        }
    }
    tasks
}

fn each_run<'s>(scenarios: &'s [(&'static str, Seeds)]) -> impl Iterator<Item = (&'static str, u64)> + 's {
    scenarios.iter().flat_map(|(scenario, seeds)| seeds.list.iter().map(move |seed| (*scenario, *seed)))
}

/// Scores our tracker, and the peers where they ran on exactly these seeds in this run or an earlier one.
fn score(options: &Options, scenarios: &[(&'static str, Seeds)]) -> Result<Scores, Trouble> {
    let kept = Path::new(STUDY).join("peers");
    let mut tasks = Vec::new();
    let mut scores = Scores::default();
    let mut found = Vec::new();
    for (scenario, seeds) in scenarios {
        let json = options.out.join("scores").join(format!("parapet-{scenario}-{}.json", seeds.text));
        make_folder(&options.out.join("scores"))?;
        tasks.push(score_task(options, "parapet", scenario, seeds, &json));
        found.push(("parapet", *scenario, seeds.clone(), json));
        let batch: &[&str] = if has_bound(scenario) { &["batch"] } else { &[] };
        let peers = PEERS.iter().filter(|(_, runs)| runs.contains(scenario)).map(|(peer, _)| peer);
        for peer in peers.chain(batch) {
            let json = kept.join(format!("{peer}-{scenario}-{}.json", seeds.text));
            let out = options.out.join("out").join(peer).join(scenario);
            let is_whole = seeds.list.iter().all(|seed| out.join(format!("{seed:06}.jsonl")).is_file());
            if options.peers && is_whole {
                make_folder(&kept)?;
                tasks.push(score_task(options, peer, scenario, seeds, &json));
            }
            found.push((peer, *scenario, seeds.clone(), json));
        }
    }
    run_all("scores", tasks)?;
    for (who, scenario, seeds, json) in found {
        if json.is_file() {
            scores.read(who, scenario, &seeds, &json)?;
        }
    }
    Ok(scores)
}

fn score_task(options: &Options, who: &str, scenario: &str, seeds: &Seeds, json: &Path) -> Task {
    let mut command = options.python("score.py");
    command.arg("--data").arg(options.out.join("data").join(scenario));
    command.arg("--out").arg(options.out.join("out").join(who).join(scenario));
    command.args(["--seeds", &seeds.text, "--brief", "--json"]).arg(json);
    if has_bound(scenario) {
        command.arg("--bounds").arg(options.out.join("bounds").join(scenario));
    }
    Task::new(format!("score {who} {scenario}"), command)
}

/// CPU of the whole programs, one after the other and alone; ours and the fastest peer's, on the first seed of each scene.
fn measure_cpu(options: &Options) -> Result<Vec<scores::Cpu>, Trouble> {
    let ours = programs::program("parapet-lab", Build::Release);
    let ours = format!("{} yardstick --meta {{meta}} --in {{det}} --out {{out}}", ours.get_program().to_string_lossy());
    let theirs = format!(
        "{} {} --data-dir {{dir}} --out-file {{out}} --filter ekf",
        options.python.display(),
        options.bench.join("run_stonesoup.py").display()
    );
    let mut measured = Vec::new();
    for (scenario, seeds) in options.scenarios()? {
        // S5 is as S3.
        if scenario == "S5" || seeds.list.is_empty() {
            continue;
        }
        let data = options.data(scenario, seeds.list[0]);
        let mut one = |who: &str, line: &str, repeats: &str| {
            job::go_on()?;
            crate::say::progress(&format!("CPU: {who} on {scenario}"));
            let mut command = options.python("measure_cpu.py");
            command.arg("--data-dir").arg(&data).args(["--empty", "--repeat", repeats, "--cmd", line]);
            scores::Cpu::measure(who, scenario, &mut command).map(|cpu| measured.push(cpu))
        };
        one("parapet", &ours, REPEATS)?;
        if scenario != "S4" || options.cpu_s4 {
            one(FASTEST, &theirs, "1")?;
        }
    }
    Ok(measured)
}
