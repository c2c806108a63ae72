//! A mesh: everybody who has joined a multicast group. Datagrams are lost, and nobody says so: alarms are sent three times.

use std::collections::BTreeMap;
use std::io;
use std::net::{Ipv4Addr, SocketAddrV4};
use std::time::Duration;

use parapet_cot::{CotEvent, Due, Wire};
use parapet_frame::Time;
use socket2::{Domain, Protocol, Socket, Type};
use tokio::net::UdpSocket;
use tokio::time::{MissedTickBehavior, interval};

use super::teller::Teller;
use crate::channel::{Bulletin, Desk, Inbox};

/// When an alarm is sent again after the first time, seconds.
const AGAIN_S: [f64; 2] = [0.2, 0.7];
/// How often changes are gathered.
const TURN: Duration = Duration::from_millis(100);
/// How often we say where we are, seconds.
const PRESENCE_S: f64 = 30.0;
/// Networks that a datagram may cross: the site's own.
const HOPS_MAX: u32 = 4;
/// Names whose events are sent again at a time.
const AGAIN_MAX: usize = 10_000;

/// Where to send.
pub(super) struct Mesh {
    pub(super) group: Ipv4Addr,
    pub(super) port: u16,
    pub(super) interface: Option<Ipv4Addr>,
    pub(super) wire: Wire,
}

impl Mesh {
    fn open(&self) -> io::Result<UdpSocket> {
        let socket = Socket::new(Domain::IPV4, Type::DGRAM, Some(Protocol::UDP))?;
        socket.set_nonblocking(true)?;
        socket.set_multicast_ttl_v4(HOPS_MAX)?;
        // Clients on this machine hear it too.
        socket.set_multicast_loop_v4(true)?;
        if let Some(interface) = &self.interface {
            socket.set_multicast_if_v4(interface)?;
        }
        socket.connect(&SocketAddrV4::new(self.group, self.port).into())?;
        UdpSocket::from_std(socket.into())
    }
}

/// Tells the mesh until the service stops.
pub(super) async fn run(mesh: Mesh, mut teller: Teller, mut inbox: Inbox, desk: Desk) {
    let mut turns = interval(TURN);
    turns.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut caller = Caller { mesh, socket: None, again: BTreeMap::new(), works: None, present: None };
    loop {
        tokio::select! {
            biased;
            item = inbox.next() => {
                let Some(item) = item else { return };
                let now = desk.now();
                let (due, bulletin) = teller.take(item, now);
                let sent = caller.send(&due, now, &desk).await;
                if let Some(bulletin) = bulletin.filter(|_| sent) {
                    told(&mut teller, &bulletin, &desk);
                }
            }
            _ = turns.tick() => {
                let now = desk.now();
                let due = teller.renew(now);
                caller.send(&due, now, &desk).await;
                caller.send_again(now, &desk).await;
                if caller.present.is_none_or(|at| now.seconds_since(at) >= PRESENCE_S) {
                    caller.present = Some(now);
                    if let Some(presence) = teller.presence(now) {
                        caller.event(&presence, &desk).await;
                    }
                    // After an outage: what could not be sent is sent by now, or stands in the next renewal.
                    let (_, unsent) = teller.all(now);
                    if caller.works == Some(true) {
                        unsent.iter().for_each(|bulletin| told(&mut teller, bulletin, &desk));
                    }
                }
            }
        }
    }
}

fn told(teller: &mut Teller, bulletin: &Bulletin, desk: &Desk) {
    if teller.is_told(bulletin) {
        desk.sent(bulletin);
    }
}

struct Caller {
    mesh: Mesh,
    socket: Option<UdpSocket>,
    /// By the name of an event: what is sent again, how often it was, and since when. A newer word of the same name takes its place,
    /// so that nothing old follows something new.
    again: BTreeMap<String, (Vec<Vec<u8>>, usize, Time)>,
    works: Option<bool>,
    present: Option<Time>,
}

impl Caller {
    /// Sends what is due; `true` when all of it went out.
    async fn send(&mut self, due: &Due, now: Time, desk: &Desk) -> bool {
        let mut all = true;
        for event in &due.alarms {
            let octets = self.mesh.wire.datagram(event);
            all &= self.datagram(&octets, desk).await;
            self.remember(event, octets, now);
        }
        for event in &due.picture {
            self.event(event, desk).await;
        }
        all
    }

    fn remember(&mut self, event: &CotEvent, octets: Vec<u8>, now: Time) {
        if self.again.len() >= AGAIN_MAX {
            return;
        }
        let waiting = self.again.entry(event.uid.clone()).or_insert_with(|| (Vec::new(), 0, now));
        // The end of something is two events of one name and one time.
        if waiting.2 != now {
            *waiting = (Vec::new(), 0, now);
        }
        waiting.0.push(octets);
    }

    async fn send_again(&mut self, now: Time, desk: &Desk) {
        let mut due = Vec::new();
        self.again.retain(|_, (events, count, since)| {
            let Some(after_s) = AGAIN_S.get(*count) else { return false };
            if now.seconds_since(*since) >= *after_s {
                due.extend(events.iter().cloned());
                *count += 1;
            }
            true
        });
        for octets in due {
            self.datagram(&octets, desk).await;
        }
    }

    async fn event(&mut self, event: &CotEvent, desk: &Desk) {
        let octets = self.mesh.wire.datagram(event);
        self.datagram(&octets, desk).await;
    }

    /// Sends one datagram. A network that is not there is asked again with the next one.
    async fn datagram(&mut self, octets: &[u8], desk: &Desk) -> bool {
        if self.socket.is_none() {
            match self.mesh.open() {
                Ok(socket) => self.socket = Some(socket),
                Err(error) => return self.note(Err(error), desk),
            }
        }
        let Some(socket) = &self.socket else { return false };
        let outcome = socket.send(octets).await.map(drop);
        self.note(outcome, desk)
    }

    /// Says so when it begins or ceases to work, and not with every datagram.
    fn note(&mut self, outcome: io::Result<()>, desk: &Desk) -> bool {
        let works = outcome.is_ok();
        if self.works != Some(works) {
            self.works = Some(works);
            desk.connected(works);
        }
        if let Err(error) = outcome {
            self.socket = None;
            desk.failed(format!("{}:{}: {error}", self.mesh.group, self.mesh.port));
        }
        works
    }
}
