//! What a siren obeys and what it does not.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use parapet_siren::{
    Command, Contact, EVERY_ALARM, Guard, Heartbeat, Post, Receipt, Refusal, Secret, SirenStage, Topics, Verdict, World,
};

const NOW_MS: i64 = 1_605_609_000_000;

fn program() -> Secret {
    Secret::new(World::Live, &[7; 32])
}

fn siren() -> Guard {
    let key = program().public();
    Guard::new(
        Post { siren: "gate".into(), site: "range-b".into(), zones: vec!["depot".into(), "school".into()], key },
        0,
    )
}

fn command(sequence: u64, stage: SirenStage) -> Command {
    Command {
        v: 1,
        world: World::Live,
        site: "range-b".into(),
        sequence,
        nonce: format!("{sequence:032x}"),
        issued_ms: NOW_MS,
        expires_ms: NOW_MS + 60_000,
        alarm: "depot-1605608995000".into(),
        revision: 1,
        zone: "depot".into(),
        stage,
        seconds_left: Some(20.0),
    }
}

fn hear(siren: &mut Guard, command: &Command, now_ms: i64) -> Result<Verdict, Refusal> {
    siren.command(&command.seal(&program()), false, now_ms).map(|receipt| receipt.verdict)
}

fn sounds(siren: &Guard, now_ms: i64) -> Option<SirenStage> {
    siren.sounding(now_ms).map(|sounding| sounding.stage)
}

#[test]
fn a_fresh_signed_command_sounds_and_the_end_ends() {
    let mut siren = siren();
    assert_eq!(hear(&mut siren, &command(1, SirenStage::TakeCover), NOW_MS), Ok(Verdict::Obeyed));
    assert_eq!(sounds(&siren, NOW_MS), Some(SirenStage::TakeCover));
    assert_eq!(siren.sounding(NOW_MS).and_then(|s| s.impact_ms), Some(NOW_MS + 20_000));
    assert_eq!(hear(&mut siren, &command(2, SirenStage::AllClear), NOW_MS + 1_000), Ok(Verdict::Obeyed));
    assert_eq!(sounds(&siren, NOW_MS + 1_000), Some(SirenStage::AllClear));
    assert_eq!(sounds(&siren, NOW_MS + 21_000), None);
}

#[test]
fn it_stops_by_itself_and_renewal_goes_on() {
    let mut siren = siren();
    hear(&mut siren, &command(1, SirenStage::TakeCover), NOW_MS).unwrap();
    assert_eq!(siren.changes_at_ms(NOW_MS), Some(NOW_MS + 60_000));
    assert_eq!(sounds(&siren, NOW_MS + 59_999), Some(SirenStage::TakeCover));
    assert_eq!(sounds(&siren, NOW_MS + 60_000), None);
    let later = NOW_MS + 50_000;
    let renewed = Command { issued_ms: later, expires_ms: later + 120_000, ..command(2, SirenStage::TakeCover) };
    hear(&mut siren, &renewed, later).unwrap();
    assert_eq!(sounds(&siren, NOW_MS + 169_999), Some(SirenStage::TakeCover));
    let for_ever = Command { expires_ms: NOW_MS + 120_001, ..command(3, SirenStage::TakeCover) };
    assert_eq!(hear(&mut siren, &for_ever, NOW_MS), Err(Refusal::Impossible));
}

#[test]
fn what_is_not_fresh_is_refused_each_by_its_name() {
    let mut siren = siren();
    let good = command(10, SirenStage::TakeCover).seal(&program());
    assert_eq!(siren.command(&good, true, NOW_MS), Err(Refusal::Retained));
    assert_eq!(siren.command(&good, false, NOW_MS + 60_000), Err(Refusal::Expired));
    assert_eq!(siren.command(&good, false, NOW_MS - 6_000), Err(Refusal::Impossible));
    let stranger = Secret::new(World::Live, &[8; 32]);
    assert_eq!(siren.command(&command(11, SirenStage::TakeCover).seal(&stranger), false, NOW_MS), Err(Refusal::Forged));
    let text = String::from_utf8(good.clone()).unwrap();
    let altered = text.replace("take_cover", "all_clear");
    assert_eq!(siren.command(altered.as_bytes(), false, NOW_MS), Err(Refusal::Altered));
    assert_eq!(siren.command(b"{}", false, NOW_MS), Err(Refusal::Malformed));
    let elsewhere = Command { site: "other".into(), ..command(12, SirenStage::TakeCover) };
    assert_eq!(hear(&mut siren, &elsewhere, NOW_MS), Err(Refusal::OtherSite));
    let elsewhere = Command { zone: "camp".into(), ..command(13, SirenStage::TakeCover) };
    assert_eq!(hear(&mut siren, &elsewhere, NOW_MS), Err(Refusal::OtherZone));
    assert_eq!(sounds(&siren, NOW_MS), None, "nothing of this has made a sound");
    let counts: Vec<_> = siren.refused().iter().map(|(why, count)| (why.word(), *count)).collect();
    let expected = [
        ("malformed", 1),
        ("forged", 1),
        ("altered", 1),
        ("retained", 1),
        ("other_site", 1),
        ("other_zone", 1),
        ("expired", 1),
        ("impossible", 1),
    ];
    assert_eq!(counts, expected);
}

#[test]
fn a_replay_is_refused_and_a_repetition_is_only_acknowledged() {
    let mut siren = siren();
    let first = command(1, SirenStage::TakeCover);
    hear(&mut siren, &first, NOW_MS).unwrap();
    assert_eq!(hear(&mut siren, &first, NOW_MS + 400), Ok(Verdict::Repeated));
    hear(&mut siren, &command(2, SirenStage::Withdrawn), NOW_MS + 1_000).unwrap();
    assert_eq!(hear(&mut siren, &first, NOW_MS + 2_000), Err(Refusal::Replayed));
    assert_eq!(hear(&mut siren, &first, NOW_MS + 59_000), Err(Refusal::Replayed), "also after the end has sounded");
    assert_eq!(sounds(&siren, NOW_MS + 59_000), None);
}

#[test]
fn a_restarted_siren_does_not_obey_again_what_it_obeyed() {
    let mut siren = siren();
    let first = command(5, SirenStage::TakeCover);
    hear(&mut siren, &first, NOW_MS).unwrap();
    let key = program().public();
    let post = Post { siren: "gate".into(), site: "range-b".into(), zones: vec![], key };
    let mut restarted = Guard::new(post, siren.highest());
    assert_eq!(hear(&mut restarted, &first, NOW_MS + 1_000), Err(Refusal::Replayed));
    assert_eq!(hear(&mut restarted, &command(6, SirenStage::TakeCover), NOW_MS + 1_000), Ok(Verdict::Obeyed));
}

#[test]
fn the_end_of_everything_ends_everything_and_nothing_older_comes_back() {
    let mut siren = siren();
    hear(&mut siren, &command(1, SirenStage::TakeCover), NOW_MS).unwrap();
    let school = Command { alarm: "school-1".into(), zone: "school".into(), ..command(2, SirenStage::Hold) };
    hear(&mut siren, &school, NOW_MS).unwrap();
    assert_eq!(sounds(&siren, NOW_MS), Some(SirenStage::TakeCover), "the most urgent is sounded");
    let every = |stage| Command { alarm: EVERY_ALARM.into(), zone: String::new(), ..command(4, stage) };
    assert_eq!(hear(&mut siren, &every(SirenStage::TakeCover), NOW_MS), Err(Refusal::Malformed));
    hear(&mut siren, &every(SirenStage::Withdrawn), NOW_MS).unwrap();
    assert_eq!(sounds(&siren, NOW_MS), Some(SirenStage::Withdrawn));
    assert_eq!(hear(&mut siren, &command(3, SirenStage::TakeCover), NOW_MS), Err(Refusal::Replayed));
    assert_eq!(hear(&mut siren, &command(5, SirenStage::TakeCover), NOW_MS), Ok(Verdict::Obeyed));
}

#[test]
fn an_exercise_cannot_sound_a_live_siren_even_with_the_same_seed() {
    let exercise = Secret::new(World::Exercise, &[7; 32]);
    let bytes = command(1, SirenStage::TakeCover).seal(&exercise);
    assert_eq!(siren().command(&bytes, false, NOW_MS), Err(Refusal::Altered));
    let text = exercise.text();
    let error = Secret::read(&text, World::Live).unwrap_err().to_string();
    assert!(error.contains("a key for exercise, and this needs one for live"), "{error}");
    let (live, exercise) = (Topics::new(World::Live, "a"), Topics::new(World::Exercise, "a"));
    assert_eq!(
        (live.zone("z").as_str(), exercise.zone("z").as_str()),
        ("parapet/live/a/siren/zone/z", "parapet/exercise/a/siren/zone/z")
    );
}

#[test]
fn the_heartbeat_is_signed_and_its_absence_shows() {
    let mut siren = siren();
    assert_eq!(siren.contact(NOW_MS), Contact::NoContact);
    let beat = |sequence, issued_ms| {
        let expires_ms = issued_ms + 10_000;
        Heartbeat { v: 1, world: World::Live, site: "range-b".into(), sequence, issued_ms, expires_ms }.seal(&program())
    };
    siren.heartbeat(&beat(1, NOW_MS), false, NOW_MS).unwrap();
    siren.heartbeat(&beat(1, NOW_MS), false, NOW_MS).unwrap();
    assert_eq!(siren.contact(NOW_MS + 9_999), Contact::Contact);
    assert_eq!(siren.contact(NOW_MS + 10_000), Contact::NoContact);
    assert_eq!(siren.heartbeat(&beat(0, NOW_MS), false, NOW_MS + 1), Err(Refusal::Replayed));
    assert_eq!(siren.heartbeat(&beat(2, NOW_MS), true, NOW_MS + 1), Err(Refusal::Retained));
    // A heartbeat is no command, whatever topic it is put on.
    assert_eq!(siren.command(&beat(3, NOW_MS), false, NOW_MS), Err(Refusal::Altered));
}

#[test]
fn a_receipt_is_of_its_siren_alone() {
    let mut siren = siren();
    let receipt = siren.command(&command(1, SirenStage::TakeCover).seal(&program()), false, NOW_MS).unwrap();
    let (own, other) = (Secret::new(World::Live, &[1; 32]), Secret::new(World::Live, &[2; 32]));
    let bytes = receipt.seal(&own);
    assert_eq!(Receipt::open(&bytes, &own.public()), Ok(receipt));
    assert_eq!(Receipt::open(&bytes, &other.public()), Err("forged"));
    let altered = String::from_utf8(bytes).unwrap().replace("gate", "barn");
    assert_eq!(Receipt::open(altered.as_bytes(), &own.public()), Err("altered"));
}

/// An end of everything that comes late ends nothing that was told after it, and makes no copy of that be obeyed again.
#[test]
fn a_late_end_of_everything_ends_nothing_newer() {
    let mut siren = siren();
    let raised = command(5, SirenStage::TakeCover);
    hear(&mut siren, &raised, NOW_MS).unwrap();
    let every = Command { alarm: EVERY_ALARM.into(), zone: String::new(), ..command(4, SirenStage::Withdrawn) };
    assert_eq!(hear(&mut siren, &every, NOW_MS + 3_000), Ok(Verdict::Obeyed));
    assert_eq!(sounds(&siren, NOW_MS + 3_000), Some(SirenStage::TakeCover));
    assert_eq!(hear(&mut siren, &raised, NOW_MS + 3_100), Ok(Verdict::Repeated));
    assert_eq!(hear(&mut siren, &command(3, SirenStage::TakeCover), NOW_MS + 3_100), Err(Refusal::Replayed));
}

#[test]
fn every_key_reads_back_and_nonsense_does_not() {
    for world in World::ALL {
        let secret = Secret::new(world, &[3; 32]);
        assert_eq!(Secret::read(&secret.text(), world).unwrap().public(), secret.public());
        assert!(!format!("{secret:?}").contains("0303"), "a secret is never shown");
        let public = secret.public();
        assert_eq!(parapet_siren::Public::read(&public.text(), world), Ok(public));
    }
    let error = Secret::read("hunter2", World::Live).unwrap_err().to_string();
    assert!(error.contains("parapet-siren-live-secret-1"), "{error}");
}
