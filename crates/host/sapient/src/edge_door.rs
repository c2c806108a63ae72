//! The edge node's socket: connects, keeps connected, and carries what Parapet has to say to a fusion node further up.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use parapet_sapient::schema::{Alert, DetectionReport};
use parapet_sapient::{EdgeAction, EdgeEvent, EdgeNode, EdgeState, Ulid};
use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::sync::mpsc;
use tokio::sync::mpsc::error::TrySendError;
use tokio::time::{Instant, interval, timeout};
use tokio_rustls::TlsConnector;

use crate::line::{End, SENDING_MAX, listen, speak};
use crate::outside::Outside;
use crate::status::Board;

/// A connection is made by then, handshake included.
const CONNECTED_WITHIN: Duration = Duration::from_secs(5);
/// Wait before connecting again: doubled from the first to the second.
const AGAIN_AFTER: [Duration; 2] = [Duration::from_millis(500), Duration::from_secs(15)];
/// A conversation that lasted this long was none that failed.
const SETTLED_AFTER: Duration = Duration::from_secs(30);
/// How often the machine is told that time passes. Detections are 85 ms apart at the least.
const TICK: Duration = Duration::from_millis(20);
/// Messages of the fusion node that wait.
const WAITING_MAX: usize = 64;
/// Things to say that wait for the machine.
pub(crate) const SAYING_MAX: usize = 4_096;

/// Something to tell the fusion node.
#[derive(Clone, Debug)]
pub enum Say {
    /// An alert, by its name.
    Alert(Ulid, Box<Alert>),
    /// A detection.
    Detection(Box<DetectionReport>),
}

/// What an edge door is made of.
pub(crate) struct EdgeDoor {
    pub(crate) machine: EdgeNode,
    pub(crate) address: SocketAddr,
    pub(crate) tls: Option<(TlsConnector, ServerName<'static>)>,
    pub(crate) outside: Outside,
    pub(crate) board: Arc<Board>,
    pub(crate) saying: mpsc::Receiver<Say>,
}

impl EdgeDoor {
    /// Runs until the program stops.
    pub(crate) async fn run(mut self) {
        let [mut wait, longest] = AGAIN_AFTER;
        while !self.outside.stops() {
            let since = Instant::now();
            let ended = self.connect().await;
            self.machine.disconnected();
            self.board.change(|status| (status.connections, status.registered) = (0, 0));
            if !self.outside.stops() {
                let words = format!("SAPIENT fusion node at {}: {ended}; trying again", self.address);
                self.news(words);
            }
            wait = if since.elapsed() > SETTLED_AFTER { AGAIN_AFTER[0] } else { longest.min(wait * 2) };
            self.rest(wait).await;
        }
    }

    /// Waits, but hears what is to be said: alerts are kept for the next connection.
    async fn rest(&mut self, wait: Duration) {
        let until = Instant::now() + wait;
        let mut tick = interval(TICK * 5);
        while Instant::now() < until && !self.outside.stops() {
            tokio::select! {
                Some(say) = self.saying.recv() => self.say(say, &mut Vec::new()),
                _ = tick.tick() => {}
            }
        }
    }

    async fn connect(&mut self) -> String {
        let connecting = timeout(CONNECTED_WITHIN, TcpStream::connect(self.address)).await;
        let stream = match connecting {
            Ok(Ok(stream)) => stream,
            Ok(Err(error)) => return error.to_string(),
            Err(_) => return "no answer".to_owned(),
        };
        let _ = stream.set_nodelay(true);
        let Some((tls, name)) = self.tls.clone() else {
            return self.converse(stream).await;
        };
        match timeout(CONNECTED_WITHIN, tls.connect(name, stream)).await {
            Ok(Ok(stream)) => self.converse(stream).await,
            Ok(Err(error)) => format!("no TLS: {error}"),
            Err(_) => "the TLS handshake took too long".to_owned(),
        }
    }

    async fn converse(&mut self, stream: impl AsyncRead + AsyncWrite + Send + 'static) -> String {
        self.board.change(|status| status.connections = 1);
        let (reading, writing) = tokio::io::split(stream);
        let (frames, waiting) = mpsc::channel(SENDING_MAX);
        let (heard, mut hearing) = mpsc::channel::<Vec<u8>>(WAITING_MAX);
        // The other side was asked for by us; there is nothing to prove by being short.
        let is_registered = Arc::new(AtomicBool::new(true));
        let mut line = tokio::spawn(async move {
            tokio::select! {
                end = listen(reading, &heard, &is_registered, |bytes| bytes) => end,
                _ = speak(writing, waiting) => End::Closed,
            }
        });
        let mut actions = Vec::new();
        self.machine.connected(self.outside.now(), &mut actions);
        let mut tick = interval(TICK);
        tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            if let Err(why) = self.act(&mut actions, &frames) {
                drop(frames);
                let _ = timeout(CONNECTED_WITHIN, &mut line).await;
                return why;
            }
            tokio::select! {
                end = &mut line => {
                    // The last words before a connection ends often say why it does.
                    while let Ok(bytes) = hearing.try_recv() {
                        self.hear(&bytes, &mut actions);
                    }
                    let last = self.act(&mut actions, &frames).err();
                    return last.unwrap_or_else(|| end.unwrap_or(End::Closed).words().to_owned());
                }
                Some(bytes) = hearing.recv() => self.hear(&bytes, &mut actions),
                Some(say) = self.saying.recv() => self.say(say, &mut actions),
                _ = tick.tick() => {
                    if self.outside.stops() {
                        self.machine.goodbye(self.outside.now(), &mut actions);
                        actions.push(EdgeAction::Close("the program stops".to_owned()));
                    } else {
                        self.machine.tick(self.outside.now(), &mut actions);
                    }
                }
            }
        }
    }

    fn hear(&mut self, bytes: &[u8], actions: &mut Vec<EdgeAction>) {
        self.board.change(|status| status.messages += 1);
        match self.machine.message(self.outside.now(), bytes, actions) {
            Ok(()) => self.board.change(|status| status.taken += 1),
            Err(refusal) => self.refused(refusal.reason.key(), refusal.to_string()),
        }
    }

    fn say(&mut self, say: Say, actions: &mut Vec<EdgeAction>) {
        match say {
            Say::Alert(id, alert) => self.machine.alert(self.outside.now(), id, *alert, actions),
            Say::Detection(report) if self.machine.state() == EdgeState::Registered => {
                self.machine.detection(self.outside.now(), *report, actions);
            }
            Say::Detection(_) => self.board.change(|status| status.dropped += 1),
        }
    }

    /// Does what the machine asks; the end of the connection where it asks for that.
    fn act(&mut self, actions: &mut Vec<EdgeAction>, frames: &mpsc::Sender<Vec<u8>>) -> Result<(), String> {
        for action in std::mem::take(actions) {
            match action {
                EdgeAction::Send(frame) => {
                    frames.try_send(frame).map_err(|error| match error {
                        TrySendError::Full(_) => "it does not read what it is sent".to_owned(),
                        TrySendError::Closed(_) => End::Closed.words().to_owned(),
                    })?;
                }
                EdgeAction::Close(why) => return Err(why),
                EdgeAction::Told(event) => self.told(&event),
            }
        }
        Ok(())
    }

    fn told(&self, event: &EdgeEvent) {
        let address = self.address;
        let words = match event {
            EdgeEvent::Accepted => {
                self.board.change(|status| status.registered = 1);
                format!("SAPIENT fusion node at {address} has accepted our registration")
            }
            EdgeEvent::Rejected(why) => format!("SAPIENT fusion node at {address} refused our registration: {why}"),
            EdgeEvent::AlertAnswered { accepted: true, .. } | EdgeEvent::Tasked { .. } => return,
            EdgeEvent::AlertAnswered { alert, .. } => {
                format!("SAPIENT fusion node at {address} did not accept alert {alert}")
            }
            EdgeEvent::AlertUnanswered(alert) => {
                format!("SAPIENT fusion node at {address} did not acknowledge alert {alert}")
            }
            EdgeEvent::Complained(words) => format!("SAPIENT fusion node at {address} sent an error: {words}"),
        };
        self.news(words);
    }

    fn refused(&self, key: &str, news: String) {
        self.board.change(|status| {
            *status.refused.entry(key.to_owned()).or_default() += 1;
            status.news = news;
        });
    }

    fn news(&self, words: String) {
        self.outside.tell(&words);
        self.board.change(|status| status.news = words);
    }
}
