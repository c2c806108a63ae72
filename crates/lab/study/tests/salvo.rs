//! A salvo comes apart, and everything said of it is what the scenes promise.

use std::path::Path;

use parapet_study::salvo;
use parapet_world::Scenario;

/// One seed of thirty rockets, twenty seconds of it: most have a track of their own. The bound is far below what the study finds, so
/// that only a tracker that confuses neighbours fails.
#[test]
fn most_of_thirty_rockets_have_a_track_of_their_own() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../scenarios/salvo-of-thirty/scenario.toml");
    let scenario = Scenario::read(&file).unwrap();
    let outcome = salvo::play(&scenario, 1).unwrap();
    assert_eq!(outcome.rounds, 30);
    assert!(outcome.separate >= 24, "{outcome:?}");
}
