//! Build, demonstration and checks of this repository: `cargo xtask --help`.

#![forbid(unsafe_code)]

mod arguments;
mod checks;
mod demo;
mod fuzz;
mod job;

mod live;
mod page;
mod peers;
mod programs;
mod say;
mod scene;
mod setup;
mod story;
mod tally;
mod trouble;
mod yardstick;

use std::process::ExitCode;

use crate::arguments::Arguments;
use crate::say::say;
use crate::trouble::Trouble;

const HELP: &str = "\
Build, demonstration and checks of this repository.

Usage: cargo xtask <command> [options]

Commands:
  setup    Install what the page and the tests need: packages of the page, Chromium, xmllint, other ASTERIX decoders
  web      Build the page (web/dist), which the live program takes in at its next build
  demo     Play a simulated attack to the live program, two programs joined by real sockets
  test     Everything that must hold before a change is taken
  bench    Measure: ASTERIX decoding, and other decoders where they are installed
  agree    Compare ASTERIX decoding with other decoders, and print how far they agree
  peers    Install TAK servers and a reader of Cursor on Target into target/peers, and hold our events against them
  fuzz     Fuzz the parsers (needs `cargo fuzz`)
  yardstick  Run the tracker on the tracking bench and rewrite the tables of studies/01-yardstick

Options of demo:
  --once            Play the attack once, print the table of rounds, and end; without it the attack
                    repeats until Ctrl-C
  --headless        Nobody will look at the page: go on without a remark where it cannot be built
  --summary FILE    Write the table as JSON too (with repeats: that of the latest attack)
  --http ADDR       Serve the page at this address and port; default 127.0.0.1:8080, or the next free port
  --out DIR         Put alarms, recording and truth into this folder, which must be new or empty;
                    default out/demo/<time>
  --scenario DIR    The folder of scenario.toml and site.toml; default scenarios/green-zone-2020
  --open            Open the page in the browser when it answers

Options of test:
  --quick           Without release builds, browsers and the demonstration
  --no-web          Without everything that needs Node

Options of fuzz:
  <target>          asterix, asterix_001 and so on, asterix_intake, capture, cot, sapient,
                    recording, siren, site_config, squitter or terrain; default: each in turn
  --seconds N       How long for each target; default 60
  --runs N          How many executions for each target, where it gets so far in that time
  --write DIR       Add what was executed and found to this study; the corpora stay as they are
  --workers N       With --write: programs that fuzz a target side by side; default: as many as there are cores

Options of yardstick:
  --venv DIR        A Python environment with the bench's requirements.txt installed; needed
  --bench DIR       The bench's folder; default ../shared/yardstick
  --out DIR         Data, bounds, outputs and scores; what is there already is not made again, except what
                    our own tracker says; default target/yardstick
  --seeds LIST      Seeds of S1, S2 and S5, like 1-20; with others than the public ones nothing is written
  --seeds-s3 LIST   Seeds of S3; default 1-5
  --peers           Run Stone Soup and the batch fit too, where they have not run yet, and keep their scores
                    in studies/01-yardstick/peers; without it the kept scores are used (hours on two cores)
  --no-cpu          Do not measure CPU, which wants a quiet machine
  --cpu-s4          Measure the peer's CPU on S4 too, which takes a quarter of an hour and more

Examples:
  cargo xtask demo
  cargo xtask demo --once --headless --summary out/summary.json
  cargo xtask test --quick
  cargo xtask fuzz asterix --seconds 600
  cargo xtask yardstick --venv ../venv
  cargo xtask fuzz asterix_062 --seconds 86400 --runs 100000000
  cargo xtask fuzz --seconds 3600 --write studies/15-fuzz

Exit codes:
  0    all well
  1    a check failed, or a zone was hit and had not been warned
  2    wrong usage
  3    something that is needed is missing or cannot be used
  130  ended by Ctrl-C before it was done
";

fn main() -> ExitCode {
    if let Err(trouble) = job::listen_for_ctrl_c().and_then(|()| run(Arguments::of_process())) {
        if trouble != Trouble::Told {
            say::complain(&format!("xtask: {trouble}"));
        }
        return ExitCode::from(trouble.code());
    }
    ExitCode::SUCCESS
}

fn run(mut arguments: Arguments) -> Result<(), Trouble> {
    if arguments.flag("--help") || arguments.flag("-h") {
        say(HELP.trim_end());
        return Ok(());
    }
    let command =
        arguments.word().ok_or_else(|| Trouble::Usage("say what to do, see `cargo xtask --help`".to_owned()))?;
    std::env::set_current_dir(programs::root()).map_err(|error| Trouble::unusable(&programs::root(), &error))?;
    match command.as_str() {
        "setup" => arguments.end().and_then(|()| setup::all()),
        "web" => arguments.end().and_then(|()| page::build()),
        "demo" => demo::Options::from(arguments).and_then(|options| demo::run(&options)),
        "test" => checks::Options::from(arguments).and_then(|options| checks::run(&options)),
        "bench" => arguments.end().and_then(|()| programs::bench()),
        "agree" => arguments.end().and_then(|()| programs::agree()),
        "peers" => arguments.end().and_then(|()| peers::run()),
        "fuzz" => fuzz::Options::from(arguments).and_then(|options| fuzz::run(&options)),
        "yardstick" => yardstick::Options::from(arguments).and_then(|options| yardstick::run(&options)),
        "help" => {
            say(HELP.trim_end());
            Ok(())
        }
        other => Err(Trouble::Usage(format!(
            "there is no command `{other}`; there are setup, web, demo, test, bench, agree, peers, fuzz and yardstick, see `cargo xtask --help`"
        ))),
    }
}
