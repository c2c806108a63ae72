//! Metrics in Prometheus' text format, made anew from the service's state at each request.

use std::sync::atomic::{AtomicU64, Ordering};

use parapet_engine::Counts;
use parapet_sapient_link::DoorStatus;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;

use crate::atlas::word;
use crate::channel::ChannelStatus;
use crate::recorder::RecordingStatus;
use crate::sensor_view::BiasView;
use crate::shared::{SensorTally, Shared, Status};

type Labels = Vec<(&'static str, String)>;
type Real = Gauge<f64, AtomicU64>;

/// The metrics page.
pub(crate) fn text(shared: &Shared, sensors: &[String], doors: &[DoorStatus], channels: &[ChannelStatus]) -> String {
    let mut registry = Registry::with_prefix("parapet");
    let status = shared.status();
    add_counts(&mut registry, &status.counts);
    add_sensors(&mut registry, sensors, &status.sensors);
    add_service(&mut registry, shared, &status);
    add_alarms(&mut registry, shared, &status);
    add_sapient(&mut registry, doors);
    add_channels(&mut registry, channels);
    let mut text = String::new();
    // Writing to a String cannot fail.
    let _ = encode(&mut text, &registry);
    text
}

fn add_counts(registry: &mut Registry, counts: &Counts) {
    counter(registry, "heard", "Plots and unreadable pieces that came", counts.heard);
    counter(registry, "used", "Plots that moved or began a track", counts.used);
    gauge(registry, "waiting", "Plots gathered for the next look", counts.waiting as f64);
    let refused = Family::<Labels, Counter>::default();
    for (reason, count) in &counts.refused {
        refused.get_or_create(&vec![("reason", word(reason))]).inc_by(*count);
    }
    registry.register("refused", "What was not used, by reason", refused);
}

fn add_sensors(registry: &mut Registry, names: &[String], tallies: &[SensorTally]) {
    let plots = Family::<Labels, Counter>::default();
    let refused = Family::<Labels, Counter>::default();
    let heard = Family::<Labels, Real>::default();
    let troubles = Family::<Labels, Real>::default();
    let (biases, sigmas) = (Family::<Labels, Real>::default(), Family::<Labels, Real>::default());
    for (name, tally) in names.iter().zip(tallies) {
        let labels = vec![("sensor", name.clone())];
        plots.get_or_create(&labels).inc_by(tally.plots);
        refused.get_or_create(&labels).inc_by(tally.refused);
        let at = tally.last_heard.map_or(0.0, |at| at.millis() as f64 / 1e3);
        heard.get_or_create(&labels).set(at);
        for trouble in tally.troubles.keys() {
            let labels = vec![("sensor", name.clone()), ("trouble", word(trouble))];
            troubles.get_or_create(&labels).set(1.0);
        }
        if let Some(report) = &tally.registration {
            for (family, bias) in [(&biases, report.bias), (&sigmas, report.sigma)] {
                for (of, value) in BiasView::of(bias).parts() {
                    family.get_or_create(&vec![("sensor", name.clone()), ("of", of.to_owned())]).set(value);
                }
            }
        }
    }
    registry.register("sensor_plots", "Plots of a sensor", plots);
    registry.register("sensor_refused", "Plots and pieces of a sensor that were not used", refused);
    registry.register("sensor_last_heard_timestamp_seconds", "When a sensor was last heard; 0 if never", heard);
    registry.register("sensor_trouble", "1 while a trouble stands against a sensor", troubles);
    registry.register("sensor_bias", "What all plots of a sensor have in common: measured less true", biases);
    registry.register("sensor_bias_sigma", "Standard deviation of the same", sigmas);
}

fn add_service(registry: &mut Registry, shared: &Shared, status: &Status) {
    counter(registry, "datagrams", "Datagrams that the engine took", status.datagrams);
    counter(
        registry,
        "datagrams_dropped",
        "Datagrams dropped because the engine was too busy",
        status.datagrams_dropped,
    );
    counter(
        registry,
        "datagrams_overrun",
        "Datagrams dropped by the operating system because its receive buffer was full",
        status.datagrams_overrun,
    );
    counter(
        registry,
        "recording_lost",
        "Messages missing in the recording because the disk was too slow",
        status.recording_lost,
    );
    counter(registry, "picture_lost", "Steps that the picture missed", status.picture_lost);
    counter(registry, "clock_steps", "Times that the wall clock was set while the service ran", status.clock_steps);
    add_recording(registry, &shared.recorder.status());
    gauge(registry, "viewers", "Pages that are connected", shared.viewers.load(Ordering::Relaxed) as f64);
    let phones: usize = shared.phones.iter().map(|phones| phones.load(Ordering::Relaxed)).sum();
    gauge(registry, "phones", "Pages for people that are connected", phones as f64);
}

fn add_recording(registry: &mut Registry, recording: &RecordingStatus) {
    let mut put = |name, help, value| gauge(registry, name, help, value);
    put("recording_ok", "1 while the recording is written, 0 while it fails", ok(&recording.state));
    put("recording_bytes", "Size of this run's recording, synced", recording.run_octets as f64);
    put("recording_segment", "The segment that is being written", f64::from(recording.segment));
    put("recording_kept_bytes", "Size of all recordings when room was last made", recording.kept_octets as f64);
    put("recording_kept_bytes_max", "Size that all recordings may have", recording.kept_octets_max as f64);
    let synced_s = recording.synced_ms.map_or(0.0, |ms| ms as f64 / 1e3);
    put("recording_synced_timestamp_seconds", "When a group was last put on the disk; 0 if never", synced_s);
    put("recording_unsynced_seconds", "Age of the oldest message that is not on the disk", recording.unsynced_ms / 1e3);
    put("recording_window_seconds", "The longest that a message was not on the disk", recording.window_max_ms / 1e3);
    put("recording_sync_seconds", "The longest that the disk took for a group", recording.sync_max_ms / 1e3);
    counter(registry, "recording_groups", "Groups that were put on the disk", recording.groups);
    counter(registry, "recording_failures", "Times that writing the recording failed", recording.failures);
    counter(registry, "recording_dropped_segments", "Segments dropped to make room", recording.dropped_segments);
}

fn add_alarms(registry: &mut Registry, shared: &Shared, status: &Status) {
    counter(registry, "alarms_raised", "Alarms raised", status.alarms_raised);
    counter(registry, "alarm_steps_lost", "Steps with predictions that the alarm writer missed", status.alarms_lost);
    gauge(
        registry,
        "alarm_output_ok",
        "1 while alarms can be written, 0 after the last one could not",
        ok(&shared.alarm_output()),
    );
    let report = shared.latencies().report();
    let latency = Family::<Labels, Real>::default();
    for (quantile, ms) in [("0.5", report.median_ms), ("0.99", report.p99_ms), ("1", report.worst_ms)] {
        latency.get_or_create(&vec![("quantile", quantile.to_owned())]).set(ms / 1e3);
    }
    let delays = Family::<Labels, Real>::default();
    for share in [0.5, 0.99, 0.999, 1.0] {
        let labels = vec![("quantile", share.to_string())];
        delays.get_or_create(&labels).set(status.track_delays.quantile_s(share));
    }
    registry.register(
        "track_latency_seconds",
        "From hearing the plot that moved a track to the engine's word of it; since the start, right to an eighth",
        delays,
    );
    counter(registry, "track_reports", "Reports of tracks that a plot moved", status.track_delays.count);
    registry.register(
        "alarm_latency_seconds",
        "From hearing the plot that completed the case to the alarm; exact",
        latency,
    );
}

fn add_sapient(registry: &mut Registry, doors: &[DoorStatus]) {
    let messages = Family::<Labels, Counter>::default();
    let refused = Family::<Labels, Counter>::default();
    let dropped = Family::<Labels, Counter>::default();
    let registered = Family::<Labels, Real>::default();
    for door in doors {
        let labels =
            vec![("door", door.address.clone()), ("role", door.role.to_owned()), ("trust", door.trust.to_owned())];
        messages.get_or_create(&labels).inc_by(door.messages);
        dropped.get_or_create(&labels).inc_by(door.dropped);
        registered.get_or_create(&labels).set(door.registered as f64);
        for (reason, count) in &door.refused {
            let labels = vec![("door", door.address.clone()), ("reason", reason.clone())];
            refused.get_or_create(&labels).inc_by(*count);
        }
    }
    registry.register("sapient_messages", "Whole SAPIENT messages that came", messages);
    registry.register("sapient_refused", "SAPIENT messages and connections that were refused, by reason", refused);
    registry.register("sapient_dropped", "SAPIENT messages that found no room", dropped);
    registry.register("sapient_registered", "SAPIENT nodes that are registered now", registered);
}

fn add_channels(registry: &mut Registry, channels: &[ChannelStatus]) {
    let count = Family::<Labels, Counter>::default;
    let level = Family::<Labels, Real>::default;
    let (sent, acknowledged, failed, dropped) = (count(), count(), count(), count());
    let (refused, connected, queued, silent, success, delay) = (count(), level(), level(), level(), level(), level());
    for channel in channels {
        let labels = vec![("channel", channel.name.clone()), ("kind", channel.kind.clone())];
        sent.get_or_create(&labels).inc_by(channel.sent);
        acknowledged.get_or_create(&labels).inc_by(channel.acknowledged);
        failed.get_or_create(&labels).inc_by(channel.failed);
        dropped.get_or_create(&labels).inc_by(channel.dropped);
        connected.get_or_create(&labels).set(f64::from(u8::from(channel.connected)));
        queued.get_or_create(&labels).set(channel.queued as f64);
        silent.get_or_create(&labels).set(channel.unacknowledged.len() as f64);
        success.get_or_create(&labels).set(channel.last_success_ms.map_or(0.0, |ms| ms as f64 / 1e3));
        for (quantile, ms) in [("0.5", channel.acknowledged_median_ms), ("0.99", channel.acknowledged_p99_ms)] {
            let labels = [labels.clone(), vec![("quantile", quantile.to_owned())]].concat();
            delay.get_or_create(&labels).set(ms / 1e3);
        }
        for (reason, number) in &channel.refused {
            let labels = vec![("channel", channel.name.clone()), ("reason", reason.clone())];
            refused.get_or_create(&labels).inc_by(*number);
        }
    }
    registry.register("channel_sent", "Alarm messages that went out", sent);
    registry.register("channel_acknowledged", "Acknowledgements that came", acknowledged);
    registry.register("channel_failed", "Things that failed in a channel", failed);
    registry.register("channel_dropped", "Things that gave way to newer ones in a channel's queue", dropped);
    registry.register("channel_refused", "What came in by a channel and was not believed, by reason", refused);
    registry.register("channel_connected", "1 while the other side of a channel is there", connected);
    registry.register("channel_queued", "Alarms and reminders that wait in a channel", queued);
    registry.register("channel_unacknowledged", "Receivers that did not acknowledge in time", silent);
    registry.register("channel_last_success_timestamp_seconds", "When something last went well; 0 if never", success);
    registry.register("channel_acknowledged_seconds", "From the decision to the acknowledgement", delay);
}

fn ok(state: &str) -> f64 {
    f64::from(u8::from(state == "ok"))
}

fn counter(registry: &mut Registry, name: &str, help: &str, value: u64) {
    let counter = Counter::<u64>::default();
    counter.inc_by(value);
    registry.register(name, help, counter);
}

fn gauge(registry: &mut Registry, name: &str, help: &str, value: f64) {
    let gauge = Real::default();
    gauge.set(value);
    registry.register(name, help, gauge);
}
