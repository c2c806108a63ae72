//! The test vectors of `docs/siren.md`: whoever builds a siren can hold theirs against them.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use parapet_siren::{Command, Guard, Heartbeat, Post, Receipt, Secret, SirenStage, Verdict, World};

const NOW_MS: i64 = 1_605_609_000_000;

fn program() -> Secret {
    Secret::new(World::Exercise, &[7; 32])
}

fn command() -> Vec<u8> {
    let command = Command {
        v: 1,
        world: World::Exercise,
        site: "range-b".into(),
        sequence: 1_605_609_000_000_000,
        nonce: "000102030405060708090a0b0c0d0e0f".into(),
        issued_ms: NOW_MS,
        expires_ms: NOW_MS + 30_000,
        alarm: "depot-1605608995000".into(),
        revision: 1,
        zone: "depot".into(),
        stage: SirenStage::TakeCover,
        seconds_left: Some(21.5),
    };
    command.seal(&program())
}

fn receipt() -> Vec<u8> {
    let key = program().public();
    let mut guard = Guard::new(Post { siren: "gate".into(), site: "range-b".into(), zones: vec![], key }, 0);
    let receipt: Receipt = guard.command(&command(), false, NOW_MS).unwrap();
    assert_eq!(receipt.verdict, Verdict::Obeyed);
    receipt.seal(&Secret::new(World::Exercise, &[1; 32]))
}

fn heartbeat() -> Vec<u8> {
    let (issued_ms, expires_ms) = (NOW_MS, NOW_MS + 8_000);
    let (site, sequence) = ("range-b".into(), 1_605_609_000_000_001);
    Heartbeat { v: 1, world: World::Exercise, site, sequence, issued_ms, expires_ms }.seal(&program())
}

/// Every vector stands in the document, octet by octet.
#[test]
fn the_document_shows_what_is_sent() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../docs/siren.md");
    let document = std::fs::read_to_string(path).unwrap();
    let public = program().public().text().into_bytes();
    let secret = program().text().into_bytes();
    let siren = Secret::new(World::Exercise, &[1; 32]).public().text().into_bytes();
    for vector in [secret, public, siren, command(), receipt(), heartbeat()] {
        let vector = String::from_utf8(vector).unwrap();
        assert!(document.contains(vector.trim_end()), "docs/siren.md does not show\n{vector}");
    }
}
