//! Somebody else at the broker: listens to everything, and says whatever a test wants.

use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use rumqttc::v5::mqttbytes::QoS;
use rumqttc::v5::mqttbytes::v5::Packet;
use rumqttc::v5::{Client, Event, MqttOptions};

/// What came: topic, octets, and whether the broker had kept it.
pub(crate) type Message = (String, Vec<u8>, bool);

pub(crate) struct Listener {
    client: Client,
    messages: Receiver<Message>,
}

impl Listener {
    /// Connects, and subscribes to everything.
    pub(crate) fn new(port: u16, name: &str) -> Listener {
        let (client, mut connection) = Client::new(MqttOptions::new(name, "127.0.0.1", port), 64);
        client.subscribe("#", QoS::AtLeastOnce).unwrap();
        let (tell, messages) = channel();
        std::thread::spawn(move || {
            for event in connection.iter() {
                let Ok(Event::Incoming(Packet::Publish(publish))) = event else {
                    if event.is_err() {
                        return;
                    }
                    continue;
                };
                let topic = String::from_utf8_lossy(&publish.topic).into_owned();
                if tell.send((topic, publish.payload.to_vec(), publish.retain)).is_err() {
                    return;
                }
            }
        });
        Listener { client, messages }
    }

    /// Waits for a message on a topic that holds this.
    pub(crate) fn hears(&self, topic: &str) -> Message {
        loop {
            let message = self.messages.recv_timeout(Duration::from_secs(30));
            let message = message.unwrap_or_else(|_| panic!("waited in vain for a message on {topic}"));
            if message.0.contains(topic) {
                return message;
            }
        }
    }

    pub(crate) fn says(&self, topic: &str, retain: bool, payload: &[u8]) {
        self.client.publish(topic, QoS::AtLeastOnce, retain, payload.to_vec()).unwrap();
    }

    /// What the broker has kept, heard until a message of our own comes back.
    pub(crate) fn kept(&self) -> Vec<Message> {
        self.says("fence", false, b"here");
        let mut kept = Vec::new();
        loop {
            let message = self.messages.recv_timeout(Duration::from_secs(30)).expect("the broker answers");
            if message.0 == "fence" {
                return kept;
            }
            if message.2 {
                kept.push(message);
            }
        }
    }
}
