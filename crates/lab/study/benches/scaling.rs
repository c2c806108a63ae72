//! What a scan costs the engine, and how that grows: a steady picture of 100, 1,000 and 10,000 objects at one density.
//!
//! `cargo bench -p parapet-study --bench scaling` prints a table with ratios and rewrites that of `studies/04-scaling`.
//! `-- --instructions` counts instructions instead, function by function, by running itself under `valgrind`.
//! `-- --only 1000 --scans 50` does one size, and writes nothing.
#![allow(unsafe_code, clippy::unwrap_used, clippy::print_stdout)]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use parapet_engine::Outbox;
use parapet_study::steady::{Picture, SCAN_PERIOD_S};
use parapet_study::tables;

/// Objects in the air, and scans that are measured: fewer of the larger ones, so that all take about as long.
const SIZES: [(u32, u32); 3] = [(100, 1_000), (1_000, 300), (10_000, 60)];
/// Scans until every table has grown to its size and every object is tracked: longer than any flight.
const WARM_UP: u32 = 60;
/// Where the tables stand.
const STUDY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../studies/04-scaling/README.md");

thread_local! {
    static ALLOCATIONS: Cell<(u64, u64)> = const { Cell::new((0, 0)) };
}

/// The system's allocator, counting calls and octets asked for.
struct Counting;

fn count(octets: usize) {
    ALLOCATIONS.with(|sum| sum.set((sum.get().0 + 1, sum.get().1 + octets as u64)));
}

// SAFETY: every call is passed on to the system's allocator as it came.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(layout.size());
        // SAFETY: as above.
        unsafe { System.alloc(layout) }
    }

    unsafe fn realloc(&self, at: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        count(size);
        // SAFETY: as above.
        unsafe { System.realloc(at, layout, size) }
    }

    unsafe fn dealloc(&self, at: *mut u8, layout: Layout) {
        // SAFETY: as above.
        unsafe { System.dealloc(at, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// What the scans of one size took.
struct Measured {
    objects: u32,
    plots: u64,
    tracks: f64,
    threats: f64,
    /// Wall time of each, in the order of their length.
    scans: Vec<Duration>,
    /// Time on a core, all of them together.
    on_core: Duration,
    allocations: u64,
    octets: u64,
}

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let value = |name: &str| {
        let place = arguments.iter().position(|word| word == name)?;
        arguments.get(place + 1)?.parse::<u32>().ok()
    };
    if arguments.iter().any(|word| word == "--instructions") {
        return instructions(value("--only").unwrap_or(1_000), value("--scans").unwrap_or(10));
    }
    if let Some(objects) = value("--only") {
        let default = SIZES.iter().find(|(size, _)| *size == objects).map_or(100, |(_, scans)| *scans);
        let warm_up = value("--warm-up").unwrap_or(WARM_UP);
        print!("{}", table(&[measure(objects, warm_up, value("--scans").unwrap_or(default))]));
        return;
    }
    let measured: Vec<Measured> = SIZES
        .into_iter()
        .map(|(objects, scans)| {
            eprintln!("{objects} objects, {WARM_UP} + {scans} scans");
            measure(objects, WARM_UP, scans)
        })
        .collect();
    let text = table(&measured);
    println!("{text}");
    match tables::rewrite(Path::new(STUDY), &text) {
        Ok(()) => println!("written to {STUDY}"),
        Err(error) => println!("{error}"),
    }
}

fn measure(objects: u32, warm_up: u32, scans: u32) -> Measured {
    let mut picture = Picture::new(objects, 1);
    let mut engine = parapet_engine::Engine::new(picture.config());
    let mut out = Outbox::default();
    let mut m = Measured {
        objects,
        plots: 0,
        tracks: 0.0,
        threats: 0.0,
        scans: Vec::with_capacity(scans as usize),
        on_core: Duration::ZERO,
        allocations: 0,
        octets: 0,
    };
    let mut making = Duration::ZERO;
    let mut begun = on_core();
    for scan in 0..warm_up + scans {
        if scan == warm_up {
            (begun, making) = (on_core(), Duration::ZERO);
        }
        // Made beforehand, so that neither time nor allocations of the picture count.
        let making_begun = on_core();
        let events = picture.scan();
        let plots = events.len() as u64 - 2;
        out.outputs.clear();
        making += on_core().saturating_sub(making_begun);
        let before = ALLOCATIONS.with(Cell::get);
        let start = Instant::now();
        for (at, event) in events {
            engine.step(at, event, &mut out);
        }
        let took = start.elapsed();
        let after = ALLOCATIONS.with(Cell::get);
        if scan < warm_up {
            continue;
        }
        m.scans.push(took);
        m.plots += plots;
        m.allocations += after.0 - before.0;
        m.octets += after.1 - before.1;
        m.tracks += engine.tracks().len() as f64 / f64::from(scans);
        let threats = out.outputs.iter().filter(|o| matches!(o, parapet_engine::Output::Threat(_))).count();
        m.threats += threats as f64 / f64::from(scans);
    }
    m.on_core = on_core().saturating_sub(begun).saturating_sub(making);
    m.scans.sort_unstable();
    m
}

/// How long this thread has been on a core: other work on the machine does not count. Where the system does not tell (anything but
/// Linux), wall time since the first call.
fn on_core() -> Duration {
    static FIRST: std::sync::OnceLock<Instant> = std::sync::OnceLock::new();
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    let nanos = text.split_whitespace().next().and_then(|word| word.parse().ok());
    nanos.map_or_else(|| FIRST.get_or_init(Instant::now).elapsed(), Duration::from_nanos)
}

impl Measured {
    fn per_plot_us(&self) -> f64 {
        1e6 * self.on_core.as_secs_f64() / self.plots as f64
    }

    /// The scan that so many of a thousand do not exceed, milliseconds.
    fn quantile_ms(&self, per_mille: usize) -> f64 {
        let place = (self.scans.len() * per_mille).div_ceil(1_000).clamp(1, self.scans.len());
        1e3 * self.scans[place - 1].as_secs_f64()
    }

    fn per_scan(&self, sum: u64) -> f64 {
        sum as f64 / self.scans.len() as f64
    }
}

fn table(measured: &[Measured]) -> String {
    let mut text = String::from(
        "| objects | plots a scan | tracks | threats told a scan | us a plot | of the first | scan ms, median | 99 % | longest | times faster than real time | allocations a scan | ... a plot | octets a plot |\n\
         |---|---|---|---|---|---|---|---|---|---|---|---|---|\n",
    );
    for m in measured {
        let _ = writeln!(
            text,
            "| {} | {:.0} | {:.0} | {:.0} | {:.2} | {:.2} | {:.2} | {:.2} | {:.2} | {:.0} | {:.0} | {:.1} | {:.0} |",
            m.objects,
            m.per_scan(m.plots),
            m.tracks,
            m.threats,
            m.per_plot_us(),
            m.per_plot_us() / measured[0].per_plot_us(),
            m.quantile_ms(500),
            m.quantile_ms(990),
            m.quantile_ms(1_000),
            SCAN_PERIOD_S * m.scans.len() as f64 / m.on_core.as_secs_f64(),
            m.per_scan(m.allocations),
            m.allocations as f64 / m.plots as f64,
            m.octets as f64 / m.plots as f64,
        );
    }
    text
}

/// Runs this program once more under callgrind, which counts within [`parapet_engine::Engine::step`] only, and shows where the
/// instructions went. It counts the warm-up too, so that stands for the first seconds of an attack as well.
fn instructions(objects: u32, scans: u32) {
    let exe = std::env::current_exe().unwrap();
    let out = std::env::temp_dir().join(format!("parapet-scaling-{}.callgrind", std::process::id()));
    let ran = Command::new("valgrind")
        .args(["--tool=callgrind", "--toggle-collect=*Engine*step*"])
        .arg(format!("--callgrind-out-file={}", out.display()))
        .arg(&exe)
        .args(["--only", &objects.to_string(), "--warm-up", "0", "--scans", &scans.to_string()])
        .status();
    match ran {
        Ok(status) if status.success() => {}
        _ => return println!("valgrind is needed for counting instructions: install the package valgrind"),
    }
    let shown = Command::new("callgrind_annotate").args(["--threshold=95", "--auto=no"]).arg(&out).output().unwrap();
    let text = String::from_utf8_lossy(&shown.stdout).into_owned();
    let lines = text.lines().filter(|line| line.contains("%")).take(40);
    println!("{}", lines.collect::<Vec<_>>().join("\n"));
    println!("all of it: callgrind_annotate --inclusive=yes {}", out.display());
}
