//! Other people's TAK servers and readers: installed into `target/peers`, and given our events.
//!
//! Nothing of them becomes part of the project; FreeTAKServer is EPL, node-cot MIT, taky MIT. FreeTAKServer listens on every interface
//! and writes below `/opt`, so it runs in a network and with an `/opt` of its own.

use std::path::Path;
use std::process::Command;

use crate::job;
use crate::programs::{cargo, root};
use crate::say::say;
use crate::trouble::Trouble;

/// The versions that the study speaks of.
const TAKY: [&str; 1] = ["taky==0.10"];
const FTS: [&str; 3] = ["FreeTAKServer==2.2.1", "opentelemetry-sdk==1.20.0", "opentelemetry-api==1.20.0"];
const NODE_COT: &str = "@tak-ps/node-cot@14.23.2";
/// Where FreeTAKServer takes clients, in its own network.
const FTS_PORT: &str = "8087";
const FTS_CONFIG: &str = "System:
  FTS_DATABASE_TYPE: \"SQLite\"
  FTS_NODE_ID: \"parapet-test\"
  FTS_CONNECTION_MESSAGE: \"Welcome\"
  FTS_OPTIMIZE_API: True
  FTS_MAINLOOP_DELAY: 1
Addresses:
  FTS_COT_PORT: 8087
  FTS_SSLCOT_PORT: 8089
  FTS_DP_ADDRESS: \"127.0.0.1\"
  FTS_USER_ADDRESS: \"127.0.0.1\"
  FTS_API_PORT: 19023
  FTS_FED_PORT: 9000
  FTS_API_ADDRESS: \"127.0.0.1\"
";
/// Run in the new network: `$1` is the folder of the peers, the rest is the test. The server starts anew each time.
const INSIDE: &str = "set -e
ip link set lo up
peers=$1; shift
rm -rf \"$peers/opt\"; mkdir -p \"$peers/opt/fts\"
mount --bind \"$peers/opt\" /opt
cd /opt/fts
FTS_FIRST_START=false FTS_CONFIG_PATH=\"$peers/fts.yaml\" \"$peers/fts/bin/python\" -m FreeTAKServer.controllers.services.FTS \
    > \"$peers/fts.log\" 2>&1 &
server=$!
trap 'kill $server' EXIT
cd \"$OLDPWD\"
\"$@\"
";

/// Installs what is missing, and runs the tests that need it.
pub(crate) fn run() -> Result<(), Trouble> {
    let peers = root().join("target/peers");
    std::fs::create_dir_all(&peers).map_err(|error| Trouble::unusable(&peers, &error))?;
    venv(&peers.join("taky"), "bin/taky", &TAKY)?;
    venv(&peers.join("fts"), "lib/python3.11/site-packages/FreeTAKServer", &FTS)?;
    node(&peers.join("node"))?;
    say("every kind of event, read by node-cot");
    job::run(cargo().args([
        "test",
        "--locked",
        "--package",
        "parapet-cot",
        "--test",
        "second_opinion",
        "--",
        "--nocapture",
    ]))?;
    say("taky");
    let test = ["test", "--locked", "--package", "parapet-service", "--lib", "--", "--nocapture"];
    job::run(cargo().args(test).arg("tak::peers::taky"))?;
    say("FreeTAKServer, in a network of its own");
    let config = peers.join("fts.yaml");
    std::fs::write(&config, FTS_CONFIG).map_err(|error| Trouble::unusable(&config, &error))?;
    let mut inside = Command::new("unshare");
    inside.args(["--net", "--mount", "--map-root-user", "sh", "-c", INSIDE, "sh"]).arg(&peers);
    inside.arg(cargo().get_program()).args(test).arg("tak::peers::freetakserver");
    job::run(inside.env("PARAPET_FTS_PORT", FTS_PORT))
}

/// A Python environment with these packages; `proof` is there when it was made before.
fn venv(folder: &Path, proof: &str, packages: &[&str]) -> Result<(), Trouble> {
    if folder.join(proof).exists() {
        return Ok(());
    }
    say(&format!("installing {} into {}", packages.join(", "), folder.display()));
    job::run(Command::new("python3").args(["-m", "venv"]).arg(folder))?;
    job::run(Command::new(folder.join("bin/pip")).args(["install", "--quiet"]).args(packages))
}

fn node(folder: &Path) -> Result<(), Trouble> {
    if folder.join("node_modules/@tak-ps/node-cot").exists() {
        return Ok(());
    }
    say(&format!("installing {NODE_COT} into {}", folder.display()));
    std::fs::create_dir_all(folder).map_err(|error| Trouble::unusable(folder, &error))?;
    let package = folder.join("package.json");
    std::fs::write(&package, "{ \"private\": true }\n").map_err(|error| Trouble::unusable(&package, &error))?;
    job::run(Command::new("npm").args(["install", "--silent", "--no-audit", NODE_COT]).current_dir(folder))
}
