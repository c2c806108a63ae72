//! The broker's channel: sirens, displays and houses by MQTT 5, and sirens by UDP when the broker does not answer.
//!
//! Whatever the broker does, alarms are taken from the queue at once: with no broker, sirens are told by the second path, and
//! the broker is told what stands when it is back. A session ends with its connection; nothing of it is sent later, so that a
//! stale command cannot come out of a queue.

use std::collections::{BTreeMap, VecDeque};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use parapet_frame::Time;
use parapet_siren::{MESSAGE_MAX, Public, Secret, World};
use parapet_site::Mqtt;
use rumqttc::v5::mqttbytes::QoS;
use rumqttc::v5::mqttbytes::v5::{Filter, LastWill, Packet, PublishProperties};
use rumqttc::v5::{AsyncClient, Event, MqttOptions};
use rumqttc::{Outgoing, TlsConfiguration, Transport};
use tokio::net::UdpSocket;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio::time::Instant;

use super::bulletin::Bulletin;
use super::desk::Desk;
use super::discovery::{Discovery, House, discovery};
use super::dispatch::{Receivers, Spec};
use super::orders::{KnownSiren, Order, Orders};
use super::queue::{Inbox, Item, Reminder, Way};
use super::tls;

/// Requests that wait for the connection; alarms wait for room for at most [`PATIENCE`].
const REQUESTS_MAX: usize = 512;
/// What came from the broker and waits for us.
const INCOMING_MAX: usize = 4_096;
/// How long an alarm waits for room in the connection before it counts as not sent.
const PATIENCE: Duration = Duration::from_millis(200);
/// Messages that wait for the broker's acknowledgement; the library makes room for all of them beforehand.
const IN_FLIGHT_MAX: u16 = 1_024;
/// First and longest pause between two attempts to connect.
const PAUSE: [Duration; 2] = [Duration::from_millis(200), Duration::from_secs(3)];
/// How long a broker may take to answer a connection, seconds.
const CONNECT_S: u64 = 3;
/// The shortest that the library allows: a broker that hangs is noticed within two of them.
const KEEP_ALIVE: Duration = Duration::from_secs(5);
/// Longest packet that is taken, octets.
const PACKET_MAX: u32 = 65_536;
/// When more than this part of the sirens has not answered, their zone's topic is cheaper than one topic for each; below it, telling
/// those who have answered again would only bring as many receipts again.
const ONE_BY_ONE_PART: usize = 4;
/// States and discoveries that are told between two looks at the queue.
const CHORES: usize = 16;
/// How long the last words may take when the service ends.
const PARTING: Duration = Duration::from_millis(500);

/// What the channel is made with.
pub(super) struct Setting {
    mqtt: Mqtt,
    orders: Orders,
    house: Option<House>,
    /// Key and name of every zone.
    zones: Vec<(String, String)>,
    tls: Option<Arc<rustls::ClientConfig>>,
    client_id: String,
}

impl Setting {
    /// Reads the keys and certificates of a site.
    ///
    /// # Errors
    /// What is wrong with them, for people.
    pub(super) fn new(
        mqtt: &Mqtt,
        world: World,
        site_name: &str,
        zones: Vec<(String, String)>,
    ) -> Result<Self, String> {
        let secret = Secret::read(&mqtt.key.0, world).map_err(|error| format!("key_file: {error}"))?;
        let mut sirens = BTreeMap::new();
        for siren in &mqtt.sirens {
            let key = Public::read(&siren.key, world).map_err(|error| format!("siren {:?}: {error}", siren.id))?;
            let known = KnownSiren { key, zones: siren.zones.clone(), udp: siren.udp };
            sirens.insert(Arc::from(siren.id.as_str()), known);
        }
        let house = mqtt.discovery.clone().map(|prefix| House {
            prefix,
            world,
            site: mqtt.site.clone(),
            site_name: site_name.to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
        });
        let client_id = format!("parapet-{}-{}", world.word(), mqtt.site);
        let orders = Orders::new(secret, mqtt.site.clone(), mqtt.stands_s, sirens);
        Ok(Setting { mqtt: mqtt.clone(), orders, house, zones, tls: tls::client(&mqtt.trust)?, client_id })
    }

    /// The broker acknowledges, and every siren of the alarm's zone.
    pub(super) fn spec(&self) -> Spec {
        let sirens: Vec<(Arc<str>, Vec<String>)> =
            self.orders.sirens.iter().map(|(id, siren)| (id.clone(), siren.zones.clone())).collect();
        let zones: Vec<String> = self.zones.iter().map(|(key, _)| key.clone()).collect();
        let receivers = move |alarm: &parapet_warn::Alarm| {
            let zone = zones.get(usize::from(alarm.id.zone.0)).map_or("", String::as_str);
            let hears = |zones: &Vec<String>| zones.is_empty() || zones.iter().any(|key| key == zone);
            let sirens = sirens.iter().filter(|(_, zones)| hears(zones)).map(|(id, _)| id.clone());
            std::iter::once(Arc::from("")).chain(sirens).collect()
        };
        Spec { name: "mqtt".to_owned(), kind: "mqtt", tracks: false, receivers: Receivers::Named(Box::new(receivers)) }
    }
}

/// Runs the channel until the service ends.
pub(super) async fn run(setting: Setting, mut inbox: Inbox, desk: Desk) {
    let udp = match UdpSocket::bind(setting.mqtt.udp).await {
        Ok(socket) => Some(socket),
        Err(error) => {
            desk.failed(format!("the second path from {} is closed: {error}", setting.mqtt.udp));
            None
        }
    };
    let mut beat = tokio::time::interval(Duration::from_secs_f64(setting.mqtt.heartbeat_s));
    beat.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let mut channel = Channel { setting, desk, udp, session: None, retry_at: Instant::now(), pause: PAUSE[0] };
    let mut datagram = [0; MESSAGE_MAX + 1];
    loop {
        tokio::select! {
            biased;
            item = inbox.next() => match item {
                Some(item) => channel.item(item).await,
                None => break,
            },
            news = incoming(&mut channel.session) => channel.news(news).await,
            length = heard(channel.udp.as_ref(), &mut datagram) => channel.receipt(&datagram[..length]),
            _ = beat.tick() => channel.beat().await,
            () = tokio::time::sleep_until(channel.retry_at), if channel.session.is_none() => channel.connect(),
            () = std::future::ready(()), if channel.has_chores() => channel.chores().await,
        }
    }
    channel.part().await;
}

/// What the task of a connection says.
enum News {
    /// The broker has taken us.
    Up,
    /// The oldest request that was not on the wire is; its number is that of the acknowledgement to come.
    Out(u16),
    /// The broker has a message.
    Acknowledged(u16),
    /// A message came.
    Message { topic: String, payload: Vec<u8>, retained: bool },
    /// The connection is over.
    Down(String),
}

/// One connection to the broker.
struct Session {
    client: AsyncClient,
    news: mpsc::Receiver<News>,
    task: JoinHandle<()>,
    up: bool,
    /// What was handed to the connection with an acknowledgement to come, oldest first.
    handed: VecDeque<Option<Arc<Bulletin>>>,
    /// What is on the wire, by the number of its acknowledgement.
    on_wire: BTreeMap<u16, Arc<Bulletin>>,
    /// Zones whose state is to be told.
    states: VecDeque<usize>,
    discoveries: VecDeque<Discovery>,
}

impl Drop for Session {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn incoming(session: &mut Option<Session>) -> News {
    match session {
        Some(session) => {
            session.news.recv().await.unwrap_or_else(|| News::Down("the connection's task ended".to_owned()))
        }
        None => std::future::pending().await,
    }
}

async fn heard(udp: Option<&UdpSocket>, into: &mut [u8]) -> usize {
    let Some(udp) = udp else { return std::future::pending().await };
    loop {
        // An error is an answer of the network to something that was sent; receipts tell the rest.
        if let Ok((length, _)) = udp.recv_from(into).await {
            return length;
        }
    }
}

struct Channel {
    setting: Setting,
    desk: Desk,
    udp: Option<UdpSocket>,
    session: Option<Session>,
    retry_at: Instant,
    pause: Duration,
}

impl Channel {
    async fn item(&mut self, item: Item) {
        let now = self.desk.now();
        match item {
            Item::Alarm(bulletin) => {
                let order = self.setting.orders.tell(&bulletin, now);
                if self.publish_order(&order).await {
                    self.publish_state(&bulletin.record.zone, &bulletin.record.zone_name).await;
                } else {
                    self.udp_to_zone(&order);
                }
            }
            Item::Reminder(reminder) => self.remind(reminder, now).await,
            Item::StopAll => {
                let bytes = self.setting.orders.stop_all(now);
                let topic = self.setting.orders.topics.every();
                self.publish(topic, bytes.clone(), QoS::AtLeastOnce, false, Some(30), None).await;
                let every: Vec<SocketAddr> = self.setting.orders.sirens.values().filter_map(|s| s.udp).collect();
                every.into_iter().for_each(|to| self.udp_to(&bytes, to));
            }
            Item::Track(_) => {}
        }
    }

    async fn remind(&mut self, reminder: Reminder, now: Time) {
        let Reminder { bulletin, receivers, path } = reminder;
        let order = match self.setting.orders.of(&bulletin, now) {
            Some(order) => order,
            None if bulletin.is_end() => return,
            None => self.setting.orders.tell(&bulletin, now),
        };
        let many = receivers.len() > self.setting.orders.sirens.len().div_ceil(ONE_BY_ONE_PART);
        if many || receivers.iter().any(|receiver| receiver.is_empty()) {
            self.publish_order(&order).await;
        } else {
            for siren in &receivers {
                let topic = self.setting.orders.topics.siren(siren);
                self.publish_command(topic, &order, None).await;
            }
        }
        if path == Way::Second {
            let addresses: Vec<SocketAddr> = receivers
                .iter()
                .filter_map(|siren| self.setting.orders.sirens.get(siren).and_then(|siren| siren.udp))
                .collect();
            addresses.into_iter().for_each(|to| self.udp_to(&order.bytes, to));
        }
    }

    fn udp_to_zone(&self, order: &Order) {
        let zone = &order.bulletin.record.zone;
        let hears = |siren: &&KnownSiren| siren.zones.is_empty() || siren.zones.contains(zone);
        let addresses = self.setting.orders.sirens.values().filter(hears).filter_map(|siren| siren.udp);
        addresses.for_each(|to| self.udp_to(&order.bytes, to));
    }

    fn udp_to(&self, bytes: &[u8], to: SocketAddr) {
        if let Some(udp) = &self.udp
            && let Err(error) = udp.try_send_to(bytes, to)
        {
            self.desk.failed(format!("the second path to {to}: {error}"));
        }
    }

    /// The command of an order to its zone; `false` when there is no broker to take it.
    async fn publish_order(&mut self, order: &Order) -> bool {
        let topic = self.setting.orders.topics.zone(&order.bulletin.record.zone);
        self.publish_command(topic, order, Some(order.bulletin.clone())).await
    }

    async fn publish_command(&mut self, topic: String, order: &Order, bulletin: Option<Arc<Bulletin>>) -> bool {
        let expiry_s = Some(self.setting.mqtt.stands_s.ceil() as u32);
        self.publish(topic, order.bytes.clone(), QoS::AtLeastOnce, false, expiry_s, bulletin).await
    }

    async fn publish_state(&mut self, zone: &str, zone_name: &str) {
        let (payload, holds_s) = self.setting.orders.state(zone, zone_name, self.desk.now());
        let topic = self.setting.orders.topics.state(zone);
        self.publish(topic, payload, QoS::AtMostOnce, true, holds_s, None).await;
    }

    /// Hands a message to the connection; `false` when there is none or it has no room.
    async fn publish(
        &mut self,
        topic: String,
        payload: Vec<u8>,
        qos: QoS,
        retain: bool,
        expiry_s: Option<u32>,
        bulletin: Option<Arc<Bulletin>>,
    ) -> bool {
        let Some(session) = self.session.as_mut().filter(|session| session.up) else { return false };
        let properties = PublishProperties {
            payload_format_indicator: Some(1),
            message_expiry_interval: expiry_s,
            ..PublishProperties::default()
        };
        let handing = session.client.publish_with_properties(topic, qos, retain, payload, properties);
        let handed = matches!(tokio::time::timeout(PATIENCE, handing).await, Ok(Ok(())));
        if !handed {
            self.desk.failed("the connection to the broker has no room for a message");
        } else if qos == QoS::AtLeastOnce {
            session.handed.push_back(bulletin);
        }
        handed
    }

    fn connect(&mut self) {
        let Setting { mqtt, orders, tls, client_id, .. } = &self.setting;
        let mut options = MqttOptions::new(client_id.as_str(), mqtt.host.as_str(), mqtt.port);
        options.set_keep_alive(KEEP_ALIVE).set_clean_start(true).set_connection_timeout(CONNECT_S);
        options.set_max_packet_size(Some(PACKET_MAX)).set_outgoing_inflight_upper_limit(IN_FLIGHT_MAX);
        options.set_last_will(LastWill::new(orders.topics.status(), "offline", QoS::AtLeastOnce, true, None));
        if let Some((user, password)) = &mqtt.login {
            options.set_credentials(user.as_str(), password.0.as_str());
        }
        if let Some(tls) = tls {
            options.set_transport(Transport::tls_with_config(TlsConfiguration::Rustls(tls.clone())));
        }
        let (client, events) = AsyncClient::new(options, REQUESTS_MAX);
        let (tell, news) = mpsc::channel(INCOMING_MAX);
        let task = tokio::spawn(drive(events, tell));
        let (handed, on_wire, states, discoveries) = Default::default();
        self.session = Some(Session { client, news, task, up: false, handed, on_wire, states, discoveries });
    }

    async fn news(&mut self, news: News) {
        match news {
            News::Up => self.up().await,
            News::Out(number) => {
                let Some(session) = &mut self.session else { return };
                if let Some(Some(bulletin)) = session.handed.pop_front() {
                    self.desk.sent(&bulletin);
                    session.on_wire.insert(number, bulletin);
                }
            }
            News::Acknowledged(number) => {
                let on_wire = self.session.as_mut().and_then(|session| session.on_wire.remove(&number));
                if let Some(bulletin) = on_wire {
                    self.desk.acknowledged("", &bulletin);
                }
            }
            News::Message { topic, payload, retained } => self.message(&topic, &payload, retained).await,
            News::Down(why) => self.down(&why),
        }
    }

    async fn up(&mut self) {
        let topics = self.setting.orders.topics.clone();
        let Some(session) = &mut self.session else { return };
        session.up = true;
        session.states = (0..self.setting.zones.len()).collect();
        if let Some(house) = &self.setting.house {
            let zones = self.setting.zones.iter();
            session.discoveries = zones.flat_map(|(zone, name)| discovery(house, &topics, zone, name)).collect();
        }
        // What others put on the topics of commands is seen, and what the broker has kept there is taken away.
        let commands = Filter { nolocal: true, ..Filter::new(format!("{}/siren/#", topics.root()), QoS::AtMostOnce) };
        let filters = [Filter::new(topics.receipts(), QoS::AtLeastOnce), commands];
        if session.client.try_subscribe_many(filters).is_err() {
            self.desk.failed("the connection to the broker has no room for a subscription");
        }
        self.pause = PAUSE[0];
        self.desk.connected(true);
        // What stands goes before everything else: a broker may have come back empty.
        for order in self.setting.orders.renewed(true, self.desk.now()) {
            self.publish_order(&order).await;
        }
        self.publish(topics.status(), b"online".to_vec(), QoS::AtLeastOnce, true, None, None).await;
        self.beat().await;
    }

    fn down(&mut self, why: &str) {
        self.session = None;
        self.desk.connected(false);
        self.desk.failed(format!("broker {}:{}: {why}", self.setting.mqtt.host, self.setting.mqtt.port));
        self.retry_at = Instant::now() + self.pause;
        self.pause = (self.pause * 2).min(PAUSE[1]);
    }

    async fn message(&mut self, topic: &str, payload: &[u8], retained: bool) {
        if !topic.starts_with(&format!("{}/siren/", self.setting.orders.topics.root())) {
            return self.receipt(payload);
        }
        if payload.is_empty() {
            return;
        }
        if retained {
            self.desk.refused("retained_command");
            self.publish(topic.to_owned(), Vec::new(), QoS::AtLeastOnce, true, None, None).await;
        } else {
            self.desk.refused("foreign_command");
            self.desk.failed(format!("somebody else commands sirens on {topic}"));
        }
    }

    fn receipt(&self, bytes: &[u8]) {
        match self.setting.orders.receipt(bytes) {
            Ok((siren, alarm, revision)) => drop(self.desk.acknowledged_revision(&siren, alarm, revision)),
            Err(reason) => self.desk.refused(reason),
        }
    }

    /// Says that the program is alive, and renews what stands.
    async fn beat(&mut self) {
        let now = self.desk.now();
        let bytes = self.setting.orders.heartbeat(self.setting.mqtt.heartbeat_s, now);
        let topic = self.setting.orders.topics.heartbeat();
        let holds_s = Some(self.setting.mqtt.heartbeat_s.ceil() as u32);
        self.publish(topic, bytes.clone(), QoS::AtMostOnce, false, holds_s, None).await;
        let addresses: Vec<SocketAddr> = self.setting.orders.sirens.values().filter_map(|siren| siren.udp).collect();
        addresses.into_iter().for_each(|to| self.udp_to(&bytes, to));
        if self.setting.orders.renew_at().is_some_and(|at| at <= now) {
            for order in self.setting.orders.renewed(false, now) {
                let published = self.publish_order(&order).await;
                self.publish_state(&order.bulletin.record.zone, &order.bulletin.record.zone_name).await;
                if !published {
                    self.udp_to_zone(&order);
                }
            }
        }
    }

    fn has_chores(&self) -> bool {
        let busy = |session: &Session| session.up && !(session.states.is_empty() && session.discoveries.is_empty());
        self.session.as_ref().is_some_and(busy)
    }

    /// Tells displays how every zone stands, and houses what there is: a few at a time, for alarms go first.
    async fn chores(&mut self) {
        for _ in 0..CHORES {
            let Some(session) = &mut self.session else { return };
            if let Some(zone) = session.states.pop_front() {
                let Some((zone, name)) = self.setting.zones.get(zone).cloned() else { continue };
                self.publish_state(&zone, &name).await;
            } else if let Some(Discovery { topic, payload }) = session.discoveries.pop_front() {
                self.publish(topic, payload.into_bytes(), QoS::AtMostOnce, true, None, None).await;
            }
        }
        // Lets the connection's task empty what was handed to it.
        tokio::task::yield_now().await;
    }

    async fn part(mut self) {
        let topic = self.setting.orders.topics.status();
        self.publish(topic, b"offline".to_vec(), QoS::AtLeastOnce, true, None, None).await;
        if let Some(session) = &mut self.session {
            let _ = session.client.try_disconnect();
            let ended = async { while !matches!(session.news.recv().await, None | Some(News::Down(_))) {} };
            let _ = tokio::time::timeout(PARTING, ended).await;
        }
    }
}

/// The connection's own task: the library's event loop may not be left and entered again in the middle of connecting.
async fn drive(mut events: rumqttc::v5::EventLoop, tell: mpsc::Sender<News>) {
    loop {
        let news = match events.poll().await {
            Ok(Event::Incoming(Packet::ConnAck(_))) => News::Up,
            Ok(Event::Incoming(Packet::PubAck(ack))) => News::Acknowledged(ack.pkid),
            Ok(Event::Incoming(Packet::Publish(publish))) => News::Message {
                topic: String::from_utf8_lossy(&publish.topic).into_owned(),
                payload: publish.payload.to_vec(),
                retained: publish.retain,
            },
            Ok(Event::Outgoing(Outgoing::Publish(number))) if number != 0 => News::Out(number),
            Ok(_) => continue,
            Err(error) => News::Down(error.to_string()),
        };
        let over = matches!(news, News::Down(_));
        if tell.send(news).await.is_err() || over {
            return;
        }
    }
}
