//! Lines from an MQTT broker: subscribed to a topic, again after every loss of the connection.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use parapet_site::LinesTransport;
use rumqttc::{AsyncClient, Event, MqttOptions, Packet, QoS};

use super::Gate;
use crate::tell;

/// Largest message that is taken, bytes: as a datagram.
const MESSAGE_BYTES_MAX: usize = 65_535;
/// The broker misses us, and we it, after one and a half of these.
const KEEP_ALIVE: Duration = Duration::from_secs(10);
/// Between two attempts to connect.
const BREATH: Duration = Duration::from_secs(1);
/// Requests that wait to be sent; we send subscriptions only.
const REQUESTS_MAX: usize = 16;

pub(super) async fn serve(door: usize, gate: Arc<Gate>, site_name: String) {
    let tally = &gate.doors[door];
    let LinesTransport::Mqtt { host, port, topic, login } = &tally.door.transport else { return };
    // Two sessions of one name throw each other out, so each start has a name of its own.
    let name: String = site_name.chars().filter(char::is_ascii_alphanumeric).take(24).collect();
    let id = format!("parapet-{name}-{:x}-{door}", gate.clock.now().nanos());
    let mut options = MqttOptions::new(id, host.clone(), *port);
    options
        .set_keep_alive(KEEP_ALIVE)
        .set_clean_session(true)
        .set_max_packet_size(MESSAGE_BYTES_MAX, MESSAGE_BYTES_MAX);
    if let Some((user, password)) = login {
        options.set_credentials(user.clone(), password.0.clone());
    }
    let (client, mut events) = AsyncClient::new(options, REQUESTS_MAX);
    let mut is_lost = false;
    loop {
        match events.poll().await {
            Ok(Event::Incoming(Packet::ConnAck(_))) => {
                tally.connections.store(1, Ordering::Relaxed);
                is_lost = false;
                if client.try_subscribe(topic.clone(), QoS::AtLeastOnce).is_err() {
                    tell(&format!("lines {}: the subscription could not be sent", tally.door.url));
                }
            }
            Ok(Event::Incoming(Packet::Publish(message))) => {
                gate.faults(door, None, &message.payload);
                gate.take(door, None, message.payload.to_vec());
            }
            Ok(_) => {}
            Err(error) => {
                tally.connections.store(0, Ordering::Relaxed);
                if !is_lost {
                    tell(&format!("lines {}: the broker cannot be reached ({error}); trying again", tally.door.url));
                }
                is_lost = true;
                tokio::time::sleep(BREATH).await;
            }
        }
    }
}
