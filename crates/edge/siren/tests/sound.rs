//! What people hear: patterns that can be told apart, and words of the right world.

use std::collections::BTreeSet;

use parapet_siren::{EXERCISE_MARKS, LIVE_MARKS, RATE_HZ, SirenStage, World, flattened, pattern, phrase, samples, wav};
use proptest::prelude::*;

#[test]
fn no_two_patterns_are_alike() {
    let all = World::ALL.into_iter().flat_map(|world| SirenStage::ALL.map(|stage| pattern(world, stage)));
    let all: BTreeSet<String> = all.map(|pattern| format!("{pattern:?}")).collect();
    assert_eq!(all.len(), 10);
}

/// The page plays the same patterns, from a table of its own.
#[test]
fn the_page_sounds_like_a_siren() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../web/src/sound/patterns.json");
    let text = std::fs::read_to_string(path).expect("the page's table of patterns");
    let table: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    for world in World::ALL {
        for stage in SirenStage::ALL {
            let tones = table[world.word()][stage.word()].as_array().expect("a list of tones");
            let own = pattern(world, stage);
            assert_eq!(tones.len(), own.len(), "{world:?} {stage:?}");
            for (tone, own) in tones.iter().zip(own) {
                let numbers = [0, 1, 2].map(|n| tone[n].as_f64().expect("a number"));
                let near = [own.from_hz, own.to_hz, own.lasts_s].iter().zip(numbers).all(|(a, b)| (a - b).abs() < 1e-6);
                assert!(near, "{world:?} {stage:?}: {own:?} and {numbers:?}");
            }
        }
    }
}

#[test]
fn samples_are_sound_and_never_too_loud() {
    for stage in SirenStage::ALL {
        let samples = samples(&pattern(World::Live, stage), 3.0);
        assert!(samples.len() >= 3 * RATE_HZ as usize);
        let loudest = samples.iter().map(|s| s.unsigned_abs()).max();
        assert!(loudest.is_some_and(|s| (15_000..=16_384).contains(&s)), "{stage:?}: {loudest:?}");
    }
    let wail = samples(&pattern(World::Live, SirenStage::TakeCover), 1.0);
    let half = wail.len() / 12;
    let crossings = |part: &[i16]| part.windows(2).filter(|w| (w[0] < 0) != (w[1] < 0)).count();
    assert!(crossings(&wail[half..2 * half]) > crossings(&wail[..half]), "it rises");
}

#[test]
fn a_wav_file_tells_its_own_length() {
    let file = wav(&[0, 1, -1]);
    assert_eq!((&file[..4], &file[8..16], file.len()), (&b"RIFF"[..], &b"WAVEfmt "[..], 50));
    assert_eq!(u32::from_le_bytes([file[40], file[41], file[42], file[43]]), 6);
}

/// Names of zones that try to bring the other world's words in.
fn name() -> impl Strategy<Value = String> {
    let part = prop_oneof![
        Just("Take Cover".to_owned()),
        Just("take-cover".to_owned()),
        Just("EXERCISE".to_owned()),
        Just("Drill hall".to_owned()),
        Just("now. All".to_owned()),
        Just("clear".to_owned()),
        Just("Get".to_owned()),
        Just("ready".to_owned()),
        "\\PC{0,12}",
    ];
    prop::collection::vec(part, 0..5).prop_map(|parts| parts.join(" "))
}

proptest! {
    #[test]
    fn no_text_of_an_exercise_holds_a_live_phrase_nor_the_reverse(zone in name(), left in prop::option::of(0.0..900.0_f64)) {
        for stage in SirenStage::ALL {
            let live = flattened(&phrase(World::Live, stage, &zone, left));
            let exercise = flattened(&phrase(World::Exercise, stage, &zone, left));
            prop_assert!(!EXERCISE_MARKS.iter().any(|mark| live.contains(mark)), "{live}");
            prop_assert!(!LIVE_MARKS.iter().any(|mark| exercise.contains(mark)), "{exercise}");
            prop_assert!(LIVE_MARKS.iter().any(|mark| live.contains(mark)), "{live}");
            prop_assert!(exercise.starts_with("exercise"), "{exercise}");
        }
    }
}
