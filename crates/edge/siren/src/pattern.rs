//! What each stage sounds like: tones that people can tell apart without words, other ones in an exercise.

use core::f64::consts::TAU;

use crate::command::SirenStage;
use crate::key::World;

/// Samples a second of all sound that is made here.
pub const RATE_HZ: u32 = 22_050;
/// Loudest sample; one half of what 16 bits hold leaves room for a loudspeaker's resonance.
const LEVEL: f64 = 16_383.0;
/// Each tone rises and falls over this long, so that it does not click, seconds.
const EDGE_S: f64 = 0.005;

/// A tone that glides from one pitch to another; pitch 0 is silence.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tone {
    /// Pitch at its beginning, hertz.
    pub from_hz: f64,
    /// Pitch at its end, hertz.
    pub to_hz: f64,
    /// How long, seconds.
    pub lasts_s: f64,
}

const fn tone(from_hz: f64, to_hz: f64, lasts_s: f64) -> Tone {
    Tone { from_hz, to_hz, lasts_s }
}

const PAUSE_S: f64 = 0.1;
const PIP: [Tone; 2] = [tone(1_500.0, 1_500.0, 0.1), tone(0.0, 0.0, PAUSE_S)];

/// The pattern of a stage, repeated while it stands.
///
/// | stage | live | exercise |
/// |---|---|---|
/// | prepare | 650 Hz and 520 Hz in turn, half a second each | three pips of 1,500 Hz, then the live rhythm at two thirds of the pitch |
/// | take cover | rising wail, 500 to 1,200 Hz in 0.4 s, without a pause | the same |
/// | hold | 420 Hz for 0.4 s every 2 s | the same |
/// | all clear | steady 420 Hz | the same |
/// | withdrawn | three falling tones, 800 to 400 Hz, then 2 s of silence | the same |
#[must_use]
pub fn pattern(world: World, stage: SirenStage) -> Vec<Tone> {
    let live: Vec<Tone> = match stage {
        SirenStage::Prepare => vec![tone(650.0, 650.0, 0.5), tone(520.0, 520.0, 0.5)],
        SirenStage::TakeCover => vec![tone(500.0, 1_200.0, 0.4); 6],
        SirenStage::Hold => vec![tone(420.0, 420.0, 0.4), tone(0.0, 0.0, 1.6)],
        SirenStage::AllClear => vec![tone(420.0, 420.0, 4.0)],
        SirenStage::Withdrawn => {
            let fall = [tone(800.0, 400.0, 0.5), tone(0.0, 0.0, PAUSE_S)];
            [fall.repeat(3), vec![tone(0.0, 0.0, 2.0)]].concat()
        }
    };
    match world {
        World::Live => live,
        World::Exercise => {
            let lower = |t: Tone| tone(t.from_hz * 2.0 / 3.0, t.to_hz * 2.0 / 3.0, t.lasts_s);
            [PIP.repeat(3), live.into_iter().map(lower).collect()].concat()
        }
    }
}

/// A pattern as samples of 16 bits, one channel, [`RATE_HZ`], repeated until it has lasted for at least this long; at most a
/// minute.
#[must_use]
pub fn samples(pattern: &[Tone], lasts_s: f64) -> Vec<i16> {
    let period_s: f64 = pattern.iter().map(|tone| tone.lasts_s).sum();
    if period_s <= 0.0 {
        return Vec::new();
    }
    let times = (lasts_s.clamp(0.0, 60.0) / period_s).ceil().max(1.0) as usize;
    let once: Vec<i16> = pattern.iter().flat_map(|tone| sound(*tone)).collect();
    once.repeat(times)
}

fn sound(tone: Tone) -> Vec<i16> {
    let count = (tone.lasts_s * f64::from(RATE_HZ)).round() as usize;
    let mut phase = 0.0_f64;
    let sample = |n: usize| {
        let part = n as f64 / count as f64;
        phase += TAU * (tone.from_hz + (tone.to_hz - tone.from_hz) * part) / f64::from(RATE_HZ);
        let edge_s = (n.min(count - n)) as f64 / f64::from(RATE_HZ);
        let loud = if tone.from_hz <= 0.0 { 0.0 } else { (edge_s / EDGE_S).min(1.0) };
        (LEVEL * loud * phase.sin()) as i16
    };
    (0..count).map(sample).collect()
}

/// Samples as a WAV file: RIFF, PCM of 16 bits, one channel, [`RATE_HZ`].
#[must_use]
pub fn wav(samples: &[i16]) -> Vec<u8> {
    let data: Vec<u8> = samples.iter().flat_map(|sample| sample.to_le_bytes()).collect();
    // No pattern lasts for more than a minute, which is far below the 4 GiB that the header can tell.
    let length = u32::try_from(data.len()).unwrap_or(u32::MAX - 36);
    let mut file = Vec::with_capacity(44 + data.len());
    file.extend(b"RIFF");
    file.extend((36 + length).to_le_bytes());
    file.extend(b"WAVEfmt ");
    file.extend(16_u32.to_le_bytes());
    file.extend(1_u16.to_le_bytes());
    file.extend(1_u16.to_le_bytes());
    file.extend(RATE_HZ.to_le_bytes());
    file.extend((2 * RATE_HZ).to_le_bytes());
    file.extend(2_u16.to_le_bytes());
    file.extend(16_u16.to_le_bytes());
    file.extend(b"data");
    file.extend(length.to_le_bytes());
    file.extend(data);
    file
}
