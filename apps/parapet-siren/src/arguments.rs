//! The command line.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

/// The reference siren: obeys fresh signed commands only, and stops by itself.
#[derive(Debug, Parser)]
#[command(version, after_help = "Exit codes: 0 all well, 2 wrong usage, 3 a file, a key or an address cannot be used.")]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Listen for commands, sound them, answer with receipts.
    #[command(
        after_help = "Example:\n  parapet-siren run --world exercise --site range-b --id gate --program-key keys/sirens.public \\\n      \
        --own-key keys/gate.secret --broker 127.0.0.1:1883 --udp 127.0.0.1:7701 --audio aplay\n\n\
        Prints one line for each thing that happens: obeyed, repeated, refused (with reason and count), sounds, silent,\n\
        contact, no contact, connected, disconnected."
    )]
    Run(Box<Run>),
    /// Make a pair of keys: NAME.secret and NAME.public.
    #[command(
        after_help = "Examples:\n  parapet-siren keys --world live --out keys/sirens     for the program: key_file = \"keys/sirens.secret\"\n  \
        parapet-siren keys --world live --out keys/gate       for a siren: key = the text of keys/gate.public"
    )]
    Keys(Keys),
    /// Write every pattern as a WAV file.
    #[command(after_help = "Example:\n  parapet-siren patterns --out patterns && aplay patterns/live-take_cover.wav")]
    Patterns(Patterns),
}

/// Live or exercise.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum World {
    /// Real people, real danger.
    Live,
    /// Practice.
    Exercise,
}

impl From<World> for parapet_siren::World {
    fn from(world: World) -> Self {
        match world {
            World::Live => parapet_siren::World::Live,
            World::Exercise => parapet_siren::World::Exercise,
        }
    }
}

#[derive(Debug, Args)]
pub(crate) struct Run {
    /// Live or exercise; keys of the other world are refused.
    #[arg(long, value_enum)]
    pub(crate) world: World,
    /// The site as its topics name it (`site` of the `[mqtt]` table; by default the site's name with hyphens).
    #[arg(long)]
    pub(crate) site: String,
    /// This siren's name in the site file.
    #[arg(long)]
    pub(crate) id: String,
    /// A zone that it is heard in; may be repeated. Default: all zones.
    #[arg(long = "zone", value_name = "KEY")]
    pub(crate) zones: Vec<String>,
    /// File of the program's public key.
    #[arg(long, value_name = "FILE")]
    pub(crate) program_key: PathBuf,
    /// File of this siren's secret key, which signs its receipts.
    #[arg(long, value_name = "FILE")]
    pub(crate) own_key: PathBuf,
    /// The broker.
    #[arg(long, value_name = "HOST:PORT", required_unless_present = "udp")]
    pub(crate) broker: Option<String>,
    /// Where commands are taken when the broker does not answer.
    #[arg(long, value_name = "ADDRESS:PORT")]
    pub(crate) udp: Option<SocketAddr>,
    /// Name at the broker.
    #[arg(long, requires = "password_file")]
    pub(crate) user: Option<String>,
    /// File that holds the password only.
    #[arg(long, value_name = "FILE", requires = "user")]
    pub(crate) password_file: Option<PathBuf>,
    /// Certificates of the authorities that the broker's certificate must come from; without them there is no TLS.
    #[arg(long, value_name = "PEM")]
    pub(crate) authorities: Option<PathBuf>,
    /// This siren's certificate.
    #[arg(long, value_name = "PEM", requires_all = ["certificate_key", "authorities"])]
    pub(crate) certificate: Option<PathBuf>,
    /// The private key of that certificate.
    #[arg(long, value_name = "PEM", requires = "certificate")]
    pub(crate) certificate_key: Option<PathBuf>,
    /// Where the number of the last obeyed command is kept over a restart, so that nothing is obeyed twice.
    #[arg(long, value_name = "FILE")]
    pub(crate) state: Option<PathBuf>,
    /// What makes the sound: `none`, `aplay`, `stdout` (PCM of 16 bits, 22,050 Hz, one channel), or a `.wav` file that is
    /// written anew with each pattern. With `stdout` the lines go to the standard error.
    #[arg(long, default_value = "none")]
    pub(crate) audio: String,
    /// A file in which the sentence to be spoken stands; empty while there is none.
    #[arg(long, value_name = "FILE")]
    pub(crate) text: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct Keys {
    /// Live or exercise.
    #[arg(long, value_enum)]
    pub(crate) world: World,
    /// The files' name without ending; none of them may exist.
    #[arg(long, value_name = "NAME")]
    pub(crate) out: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct Patterns {
    /// The folder.
    #[arg(long, value_name = "DIR")]
    pub(crate) out: PathBuf,
}
