use std::sync::Arc;
use std::sync::mpsc::{Sender, channel, sync_channel};
use std::thread::JoinHandle;
use std::time::Duration;

use parapet_engine::Output;
use parapet_frame::Time;
use parapet_site::Site;
use parapet_track::TrackId;
use parapet_warn::{Alarm, AlarmId, Reason, Stage, ZoneId};

use super::bulletin::{Bulletin, Editor};
use super::desk::Desk;
use super::dispatch::{Channels, Plan, QUEUE_MAX, Receivers, Spec};
use super::ledger::{AGAIN_S, Ledger, NAMED_S, SECOND_S};
use super::queue::{Inbox, Item, Way, queue};
use crate::Clock;
use crate::atlas::Atlas;
use crate::fanout::Step;
use crate::watchman::Watchman;

const SITE: &str = r#"
[site]
name = "Range B"
mode = "exercise"
origin = { lat_deg = 33.305, lon_deg = 44.385, height_m = 34.0 }
[[sensor]]
id = "radar-north"
position = { lat_deg = 33.315, lon_deg = 44.380, height_m = 46.0 }
asterix = { sac = 25, sic = 201 }
links = ["udp://127.0.0.1:8600"]
scan_period_s = 1.0
range_m = [400.0, 25000.0]
elevation_deg = [0.5, 80.0]
accuracy = { range_m = 15.0, azimuth_deg = 0.17 }
[[zone]]
id = "depot"
circle = { lat_deg = 33.302, lon_deg = 44.390, radius_m = 120.0 }
[[zone]]
id = "school"
circle = { lat_deg = 33.306, lon_deg = 44.390, radius_m = 120.0 }
"#;

fn atlas() -> Atlas {
    let site = Site::parse("site.toml", SITE, &mut |_| Err("no files here".into())).expect("a site without a fault");
    Atlas::new(site.frame, site.config)
}

fn at(seconds: f64) -> Time {
    Time::from_seconds(1_000.0 + seconds)
}

fn alarm(zone: u16, stage: Stage, at: Time) -> Alarm {
    let id = AlarmId { zone: ZoneId(zone), cause: Time::from_seconds(990.0), again: 0 };
    Alarm::plain(id, at, stage, Reason::ImpactPredicted)
}

fn bulletin(zone: u16, stage: Stage, revision: u32) -> Arc<Bulletin> {
    let made = Editor::default().output(&atlas(), &Output::Alarm(alarm(zone, stage, at(0.0))), at(0.0));
    Arc::new(Bulletin { revision, ..made.expect("an alarm is told") })
}

/// What an inbox hands out, as short words.
fn words(inbox: &mut Inbox) -> Vec<String> {
    let mut words = Vec::new();
    while let Some(item) = inbox.take() {
        words.push(match item {
            Item::StopAll => "stop all".to_owned(),
            Item::Alarm(bulletin) => format!("{} {}", bulletin.record.zone, bulletin.record.stage),
            Item::Reminder(reminder) => format!("remind {}", reminder.bulletin.record.zone),
            Item::Track(news) => format!("track {:?}", news.ended.map(|track| track.0)),
        });
    }
    words
}

#[test]
fn alarms_go_before_tracks_and_tracks_give_way() {
    let (outlet, mut inbox) = queue();
    (0..3_000).for_each(|n| outlet.track(TrackId(n), |news| news.ended = Some(TrackId(n))));
    outlet.alarm(&bulletin(0, Stage::TakeCover, 1));
    assert_eq!(outlet.waiting(), (1, 2_000));
    assert_eq!(outlet.dropped(), 1_000);
    let words = words(&mut inbox);
    assert_eq!(words[0], "depot take_cover");
    assert_eq!(words[1], "track Some(1000)", "the oldest gave way");
}

#[test]
fn an_alarm_waits_once_and_its_newest_state_is_told() {
    let (outlet, mut inbox) = queue();
    outlet.alarm(&bulletin(0, Stage::TakeCover, 1));
    outlet.alarm(&bulletin(1, Stage::TakeCover, 1));
    outlet.alarm(&bulletin(0, Stage::Hold, 2));
    assert_eq!(words(&mut inbox), ["depot hold", "school take_cover"]);
    outlet.alarm(&bulletin(0, Stage::AllClear, 3));
    outlet.stop_all();
    assert_eq!(words(&mut inbox), ["stop all", "depot all_clear"]);
}

#[test]
fn what_began_and_ended_while_the_channel_was_away_is_not_told() {
    let (outlet, mut inbox) = queue();
    outlet.alarm(&bulletin(0, Stage::TakeCover, 1));
    outlet.alarm(&bulletin(0, Stage::AllClear, 2));
    assert_eq!(words(&mut inbox), Vec::<String>::new());
    assert_eq!(outlet.take_skipped().len(), 1);
}

#[test]
fn who_does_not_answer_is_told_again_by_another_way_and_named() {
    let mut ledger = Ledger::new(vec!["sirens".to_owned()]);
    let told = bulletin(0, Stage::TakeCover, 1);
    let [quick, slow]: [Arc<str>; 2] = ["quick".into(), "slow".into()];
    ledger.expect(0, &quick, &told);
    ledger.expect(0, &slow, &told);
    ledger.sent(0, &told, at(0.01));
    assert!(ledger.acknowledged(0, "quick", told.alarm.id, 1, at(0.03)));
    assert!(!ledger.acknowledged(0, "quick", told.alarm.id, 1, at(0.04)), "once only");
    assert!(!ledger.acknowledged(0, "slow", told.alarm.id, 7, at(0.04)), "a receipt for another message");
    assert!(!ledger.acknowledged(0, "stranger", told.alarm.id, 1, at(0.04)));
    assert_eq!(ledger.due(at(AGAIN_S - 0.01)), vec![]);
    let due = ledger.due(at(AGAIN_S));
    assert_eq!((due.len(), due[0].path, &due[0].receivers), (1, Way::Again, &vec![slow.clone()]));
    assert_eq!(ledger.due(at(SECOND_S))[0].path, Way::Second);
    assert!(ledger.silent(0, at(NAMED_S - 0.01)).is_empty());
    assert_eq!(ledger.silent(0, at(NAMED_S)).into_keys().collect::<Vec<_>>(), ["slow"]);
    assert_eq!(ledger.unreached(told.alarm.id)[0].receiver, "slow");
    let deliveries = ledger.deliveries(&told.record.id);
    let shown: Vec<_> = deliveries.iter().map(|d| (d.receiver.as_str(), d.sent_s.is_some(), d.resent)).collect();
    assert_eq!(shown, [("quick", true, 0), ("slow", true, 2)]);
    assert!(deliveries[0].acknowledged_s.is_some_and(|s| (s - 0.03).abs() < 1e-6));
    // It ends: nothing is outstanding for ever.
    assert_eq!(ledger.due(at(200.0)), vec![]);
    assert!(!ledger.is_waiting());
}

#[test]
fn a_newer_message_takes_the_place_of_the_older_one() {
    let mut ledger = Ledger::new(vec!["sirens".to_owned()]);
    let siren: Arc<str> = "one".into();
    ledger.expect(0, &siren, &bulletin(0, Stage::TakeCover, 1));
    ledger.expect(0, &siren, &bulletin(0, Stage::Withdrawn, 2));
    let due = ledger.due(at(AGAIN_S));
    assert_eq!(due.iter().map(|due| due.bulletin.revision).collect::<Vec<_>>(), [2]);
    assert_eq!(ledger.deliveries(&bulletin(0, Stage::Hold, 1).record.id).len(), 2);
}

fn start(plan: Plan) -> (Sender<Arc<Step>>, Channels, JoinHandle<()>) {
    let (steps, queued) = sync_channel(QUEUE_MAX);
    let (say, said) = channel::<Arc<Step>>();
    let feed = std::thread::spawn(move || said.iter().for_each(|step| steps.send(step).expect("the dispatcher runs")));
    let (watchman, _death) = Watchman::new();
    let channels = plan.start(Arc::new(atlas()), Arc::new(Clock::new()), queued, &watchman).expect("threads");
    (say, channels, feed)
}

fn spec(name: &str, receivers: Receivers) -> Spec {
    Spec { name: name.to_owned(), kind: "test", tracks: false, receivers }
}

fn step(zone: u16, stage: Stage) -> Arc<Step> {
    let at = Clock::new().now();
    Arc::new(Step { at, heard: None, command: None, outputs: vec![Output::Alarm(alarm(zone, stage, at))] })
}

/// A channel that tells what it takes to a test, and acknowledges.
async fn obliging(mut inbox: Inbox, desk: Desk, heard: Sender<String>) {
    desk.connected(true);
    while let Some(item) = inbox.next().await {
        if let Item::Alarm(bulletin) = item {
            desk.sent(&bulletin);
            desk.acknowledged("", &bulletin);
            let _ = heard.send(format!("{} {}", bulletin.record.zone, bulletin.record.stage));
        }
    }
}

#[test]
fn a_channel_that_hangs_or_dies_holds_no_other_up() {
    let (heard, hears) = channel();
    let mut plan = Plan::default();
    plan.add(spec("hangs", Receivers::Channel), |_, _| std::future::pending());
    plan.add(spec("dies", Receivers::Channel), |_, _| async { panic!("a planted fault") });
    plan.add(spec("works", Receivers::Channel), move |inbox, desk| obliging(inbox, desk, heard));
    let (say, channels, feed) = start(plan);
    let patience = Duration::from_secs(20);
    for (zone, stage, words) in [
        (0, Stage::TakeCover, "depot take_cover"),
        (1, Stage::TakeCover, "school take_cover"),
        (0, Stage::Withdrawn, "depot withdrawn"),
    ] {
        say.send(step(zone, stage)).expect("the feed runs");
        assert_eq!(hears.recv_timeout(patience).as_deref(), Ok(words));
    }
    let statuses = channels.books.statuses();
    let of = |name: &str| statuses.iter().find(|status| status.name == name).expect("a channel");
    assert_eq!((of("works").sent, of("works").acknowledged, of("works").connected), (3, 3, true));
    assert_eq!((of("hangs").sent, of("hangs").queued > 0), (0, true));
    drop(say);
    feed.join().expect("the feed ends");
    channels.thread.join().expect("the dispatcher ends although a channel hangs");
    let dead = channels.books.statuses();
    assert!(dead[1].last_error.as_ref().is_some_and(|error| error.contains("died")), "{:?}", dead[1]);
}

/// A channel that never says that its receiver has it, and tells a test how it is reminded.
async fn deaf(mut inbox: Inbox, reminded: Sender<Way>) {
    while let Some(item) = inbox.next().await {
        if let Item::Reminder(reminder) = item {
            let _ = reminded.send(reminder.path);
        }
    }
}

#[test]
fn silence_is_escalated_and_named_on_the_status() {
    let (reminded, reminders) = channel();
    let mut plan = Plan::default();
    let named = Receivers::Named(Box::new(|alarm| if alarm.id.zone.0 == 0 { vec!["gate".into()] } else { vec![] }));
    plan.add(spec("sirens", named), move |inbox, _| deaf(inbox, reminded));
    let (say, channels, _feed) = start(plan);
    say.send(step(1, Stage::TakeCover)).expect("the feed runs");
    say.send(step(0, Stage::TakeCover)).expect("the feed runs");
    let patience = Duration::from_secs(20);
    assert_eq!(reminders.recv_timeout(patience), Ok(Way::Again));
    assert_eq!(reminders.recv_timeout(patience), Ok(Way::Second));
    assert_eq!(reminders.recv_timeout(patience), Ok(Way::Second), "it is told again until it answers");
    let status = &channels.books.statuses()[0];
    assert_eq!(status.unacknowledged.keys().collect::<Vec<_>>(), ["gate"]);
}
