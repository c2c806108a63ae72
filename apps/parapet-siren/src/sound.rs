//! The noise: a thread of its own plays the pattern of what is sounded, and falls silent at once when it ends.

use std::io::Write;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, Sender, TryRecvError, channel};
use std::time::Duration;

use parapet_siren::{RATE_HZ, SirenStage, World, pattern, samples, wav};

/// Samples that are handed on at once, so that a change is heard within a tenth of a second.
const CHUNK: usize = RATE_HZ as usize / 10;
/// How long a pattern in a file is at least, seconds.
const FILE_S: f64 = 8.0;

/// What makes the sound.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Audio {
    None,
    Aplay,
    Stdout,
    File(PathBuf),
}

impl Audio {
    /// Reads `--audio`.
    pub(crate) fn read(text: &str) -> Result<Audio, String> {
        match text {
            "none" => Ok(Audio::None),
            "aplay" => Ok(Audio::Aplay),
            "stdout" => Ok(Audio::Stdout),
            file if file.ends_with(".wav") => Ok(Audio::File(file.into())),
            other => Err(format!("--audio {other}: write none, aplay, stdout or the name of a .wav file")),
        }
    }
}

/// The loudspeaker's thread; it ends with this.
#[derive(Debug)]
pub(crate) struct Loudspeaker {
    stages: Sender<Option<SirenStage>>,
}

impl Loudspeaker {
    /// Starts the thread.
    pub(crate) fn start(audio: Audio, world: World) -> Result<Self, String> {
        let (stages, heard) = channel();
        let run = move || play(&audio, world, &heard);
        std::thread::Builder::new().name("sound".to_owned()).spawn(run).map_err(|error| error.to_string())?;
        Ok(Loudspeaker { stages })
    }

    /// From now on this is sounded.
    pub(crate) fn sound(&self, stage: Option<SirenStage>) {
        // A thread that died has said so.
        let _ = self.stages.send(stage);
    }
}

fn play(audio: &Audio, world: World, stages: &Receiver<Option<SirenStage>>) {
    let mut next = stages.recv().ok();
    while let Some(stage) = next {
        let played = match (audio, stage) {
            (Audio::None, _) | (Audio::Aplay | Audio::Stdout, None) => stages.recv().ok(),
            (Audio::File(path), stage) => {
                let sound = stage.map(|stage| samples(&pattern(world, stage), FILE_S)).unwrap_or_default();
                if let Err(error) = std::fs::write(path, wav(&sound)) {
                    eprintln!("parapet-siren: {}: {error}", path.display());
                }
                stages.recv().ok()
            }
            (Audio::Stdout, Some(stage)) => stream(&mut std::io::stdout(), world, stage, stages),
            (Audio::Aplay, Some(stage)) => aplay(world, stage, stages),
        };
        next = played;
    }
}

/// Plays until something else is to be sounded; that is given back, or `None` at the end of the program.
fn stream(
    into: &mut dyn Write,
    world: World,
    stage: SirenStage,
    stages: &Receiver<Option<SirenStage>>,
) -> Option<Option<SirenStage>> {
    let once = samples(&pattern(world, stage), 0.0);
    loop {
        for chunk in once.chunks(CHUNK) {
            match stages.try_recv() {
                Ok(next) => return Some(next),
                Err(TryRecvError::Disconnected) => return None,
                Err(TryRecvError::Empty) => {}
            }
            let octets: Vec<u8> = chunk.iter().flat_map(|sample| sample.to_le_bytes()).collect();
            if let Err(error) = into.write_all(&octets).and_then(|()| into.flush()) {
                eprintln!("parapet-siren: no sound: {error}");
                return stages.recv().ok();
            }
            // Whoever takes the samples may take them faster than they sound.
            std::thread::sleep(Duration::from_secs_f64(0.9 * chunk.len() as f64 / f64::from(RATE_HZ)));
        }
    }
}

fn aplay(world: World, stage: SirenStage, stages: &Receiver<Option<SirenStage>>) -> Option<Option<SirenStage>> {
    let rate = RATE_HZ.to_string();
    let arguments = ["-q", "-t", "raw", "-f", "S16_LE", "-c", "1", "-r", &rate, "-"];
    let started: Result<Child, _> = Command::new("aplay").args(arguments).stdin(Stdio::piped()).spawn();
    let mut player = match started {
        Ok(player) => player,
        Err(error) => {
            eprintln!("parapet-siren: aplay cannot be started: {error}; install alsa-utils, or choose another --audio");
            return stages.recv().ok();
        }
    };
    let next = match player.stdin.take() {
        Some(mut into) => stream(&mut into, world, stage, stages),
        None => stages.recv().ok(),
    };
    // Ends at once: what waits in the player belongs to what is over.
    let _ = player.kill();
    let _ = player.wait();
    next
}
