//! What waits to be written on one line: alarms in their order, then rounds, of each the newest.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use parapet_cot::{CotEvent, Due, Wire};
use tokio::sync::Notify;

use crate::channel::Bulletin;

/// Alarm events that wait. A line so far behind is ended, and told all that stands when it is back.
const ALARMS_MAX: usize = 20_000;
/// Events of rounds that wait; the oldest give way.
const PICTURE_MAX: usize = 2_000;

/// One write.
#[derive(Debug)]
pub(super) struct Packet {
    pub(super) octets: Vec<u8>,
    /// What has been told whole when this is written.
    pub(super) tells: Vec<Arc<Bulletin>>,
}

/// An event's name, and whether it deletes: of a thing and its end both are sent.
type Key = (String, bool);

#[derive(Debug, Default)]
struct Lanes {
    alarms: VecDeque<Packet>,
    picture: BTreeMap<Key, Vec<u8>>,
    order: VecDeque<Key>,
    too_slow: bool,
}

/// The queue between a line's two halves.
#[derive(Debug, Default)]
pub(super) struct Outgoing {
    lanes: Mutex<Lanes>,
    bell: Notify,
}

impl Outgoing {
    fn lanes(&self) -> MutexGuard<'_, Lanes> {
        self.lanes.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Puts what is due; `tells` is told when the last of the alarms is written.
    pub(super) fn put(&self, due: &Due, wire: Wire, mut tells: Vec<Arc<Bulletin>>) {
        let mut lanes = self.lanes();
        let last = due.alarms.len();
        for (number, event) in due.alarms.iter().enumerate() {
            let tells = if number + 1 == last { core::mem::take(&mut tells) } else { Vec::new() };
            lanes.alarms.push_back(Packet { octets: wire.stream(event), tells });
        }
        lanes.too_slow |= lanes.alarms.len() > ALARMS_MAX;
        due.picture.iter().for_each(|event| lanes.picture(event, wire));
        drop(lanes);
        self.bell.notify_one();
    }

    /// Puts one event of the line itself, in its order among the alarms.
    pub(super) fn put_event(&self, event: &CotEvent, wire: Wire) {
        self.lanes().alarms.push_back(Packet { octets: wire.stream(event), tells: Vec::new() });
        self.bell.notify_one();
    }

    /// The next write.
    pub(super) async fn next(&self) -> Packet {
        loop {
            if let Some(packet) = self.lanes().next() {
                return packet;
            }
            self.bell.notified().await;
        }
    }

    /// Whether more waits than a line that works would leave.
    pub(super) fn is_too_slow(&self) -> bool {
        self.lanes().too_slow
    }

    pub(super) fn is_empty(&self) -> bool {
        let lanes = self.lanes();
        lanes.alarms.is_empty() && lanes.picture.is_empty()
    }
}

impl Lanes {
    fn picture(&mut self, event: &CotEvent, wire: Wire) {
        let key = (event.uid.clone(), event.kind == "t-x-d-d");
        if !self.picture.contains_key(&key) {
            if self.order.len() >= PICTURE_MAX
                && let Some(oldest) = self.order.pop_front()
            {
                self.picture.remove(&oldest);
            }
            self.order.push_back(key.clone());
        }
        self.picture.insert(key, wire.stream(event));
    }

    fn next(&mut self) -> Option<Packet> {
        if let Some(packet) = self.alarms.pop_front() {
            return Some(packet);
        }
        let key = self.order.pop_front()?;
        self.picture.remove(&key).map(|octets| Packet { octets, tells: Vec::new() })
    }
}
