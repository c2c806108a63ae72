//! A line to a TAK server, TCP or TLS.

use std::collections::BTreeMap;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use parapet_cot::{CotError, CotEvent, Cutter, Due, Wire, grants_protobuf, is_presence, offers_protobuf};
use parapet_frame::Time;
use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use socket2::SockRef;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, ReadHalf, WriteHalf, split};
use tokio::net::TcpStream;
use tokio::sync::mpsc;
use tokio::time::{Instant, MissedTickBehavior, interval, sleep_until, timeout};
use tokio_rustls::TlsConnector;

use super::outgoing::{Outgoing, Packet};
use super::teller::Teller;
use crate::channel::{Bulletin, Desk, Inbox, Item};

/// How long connecting may take, TLS included.
const CONNECT_PATIENCE: Duration = Duration::from_secs(5);
/// How long one event may take to be written.
const WRITE_PATIENCE: Duration = Duration::from_secs(5);
/// Pauses between attempts.
const PAUSE_MIN: Duration = Duration::from_millis(500);
const PAUSE_MAX: Duration = Duration::from_secs(10);
/// A line that held for so long begins with the shortest pause again.
const STEADY: Duration = Duration::from_secs(30);
/// How often changes are gathered.
const TURN: Duration = Duration::from_millis(250);
/// How often the server is asked whether it is there, seconds.
const PING_S: f64 = 10.0;
/// How often we say where we are, seconds.
const PRESENCE_S: f64 = 30.0;
/// A server that answered once and is silent for so long is gone, seconds.
const SILENCE_S: f64 = 35.0;
/// Octets that the server's machine does not acknowledge for so long end the line.
const UNACKNOWLEDGED: Duration = Duration::from_secs(20);
/// How long a server may take for each step of going over to protobuf.
const AGREEING_S: f64 = 1.0;
/// Things that are no events in a row that end the line.
const NONSENSE_MAX: u32 = 100;
/// Clients that are remembered, so that only who is new is a joiner.
const CLIENTS_MAX: usize = 10_000;
/// Who was not heard of for so long has come anew, seconds.
const GONE_S: f64 = 120.0;
/// How long what waits is still written when the service stops.
const PARTING: Duration = Duration::from_secs(1);

/// Whom to connect to.
pub(super) struct Line {
    pub(super) address: SocketAddr,
    pub(super) tls: Option<Tls>,
    /// What is wanted; without the server's consent it stays XML.
    pub(super) wire: Wire,
}

/// How to know the server, and be known.
pub(super) struct Tls {
    pub(super) config: Arc<ClientConfig>,
    pub(super) name: ServerName<'static>,
}

/// Why a line ended.
enum End {
    /// The service stops.
    Service,
    /// The line does not work.
    Broken(String),
}

trait Stream: AsyncRead + AsyncWrite + Unpin + Send {}
impl<S: AsyncRead + AsyncWrite + Unpin + Send> Stream for S {}
type Socket = Box<dyn Stream>;

/// Keeps a line until the service stops.
pub(super) async fn run(line: Line, mut teller: Teller, mut inbox: Inbox, desk: Desk) {
    let mut pause = PAUSE_MIN;
    loop {
        let began = Instant::now();
        match attempt(&line, &mut teller, &mut inbox, &desk).await {
            End::Service => return,
            End::Broken(what) => {
                desk.connected(false);
                desk.failed(format!("{}: {what}", line.address));
            }
        }
        if began.elapsed() > STEADY {
            pause = PAUSE_MIN;
        }
        if !rest(pause, &mut teller, &mut inbox, &desk).await {
            return;
        }
        pause = (2 * pause).min(PAUSE_MAX);
    }
}

/// Waits before the next attempt; a new alarm cuts it short, though not below the shortest pause. `false` when the service stops.
async fn rest(pause: Duration, teller: &mut Teller, inbox: &mut Inbox, desk: &Desk) -> bool {
    let began = Instant::now();
    let mut until = began + pause;
    loop {
        tokio::select! {
            () = sleep_until(until) => return true,
            item = inbox.next() => {
                let Some(item) = item else { return false };
                let is_alarm = matches!(item, Item::Alarm(_));
                teller.take(item, desk.now());
                if is_alarm {
                    until = until.min(began + PAUSE_MIN);
                }
            }
        }
    }
}

async fn attempt(line: &Line, teller: &mut Teller, inbox: &mut Inbox, desk: &Desk) -> End {
    let connecting = timeout(CONNECT_PATIENCE, connect(line));
    tokio::pin!(connecting);
    let socket = loop {
        tokio::select! {
            outcome = &mut connecting => match outcome {
                Ok(Ok(socket)) => break socket,
                Ok(Err(error)) => return End::Broken(error.to_string()),
                Err(_) => return End::Broken(format!("no connection within {} s", CONNECT_PATIENCE.as_secs())),
            },
            // What is taken here is told with all that stands.
            item = inbox.next() => match item {
                Some(item) => drop(teller.take(item, desk.now())),
                None => return End::Service,
            },
        }
    };
    desk.connected(true);
    let (reader, writer) = split(socket);
    let outgoing = Arc::new(Outgoing::default());
    let (tell, told) = mpsc::channel(64);
    let writing = tokio::spawn(write(writer, outgoing.clone(), tell));
    let now = desk.now();
    let phase = if line.wire == Wire::Protobuf { Phase::Offer(now) } else { Phase::Open(Wire::Xml) };
    let mut talk = Talk {
        teller,
        desk,
        outgoing,
        phase,
        clients: BTreeMap::new(),
        joined: false,
        nonsense: 0,
        heard: now,
        answers: false,
        pinged: now,
        present: now,
    };
    let end = talk.hold(reader, told, inbox).await;
    if matches!(end, End::Service) {
        let drained = async {
            while !talk.outgoing.is_empty() && !writing.is_finished() {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        let _ = timeout(PARTING, drained).await;
    }
    writing.abort();
    end
}

async fn connect(line: &Line) -> io::Result<Socket> {
    let socket = TcpStream::connect(line.address).await?;
    // An alarm does not wait for company.
    socket.set_nodelay(true)?;
    SockRef::from(&socket).set_tcp_user_timeout(Some(UNACKNOWLEDGED))?;
    Ok(match &line.tls {
        None => Box::new(socket),
        Some(tls) => Box::new(TlsConnector::from(tls.config.clone()).connect(tls.name.clone(), socket).await?),
    })
}

type Told = Result<Vec<Arc<Bulletin>>, String>;

/// Each event in one write: a server that takes an event apart where it arrived in two pieces is known.
async fn write(mut writer: WriteHalf<Socket>, outgoing: Arc<Outgoing>, tell: mpsc::Sender<Told>) {
    loop {
        let Packet { octets, tells } = outgoing.next().await;
        let written = timeout(WRITE_PATIENCE, async {
            writer.write_all(&octets).await?;
            writer.flush().await
        });
        let outcome = match written.await {
            Ok(Ok(())) => Ok(tells),
            Ok(Err(error)) => Err(error.to_string()),
            Err(_) => Err(format!("an event was not taken within {} s", WRITE_PATIENCE.as_secs())),
        };
        let ended = outcome.is_err();
        if tell.send(outcome).await.is_err() || ended {
            return;
        }
    }
}

/// Why a line broke: where a server refuses our certificate its reason comes after our first write has failed.
async fn reason(reader: &mut ReadHalf<Socket>, what: String) -> String {
    /// How long a reason may be on its way.
    const ON_ITS_WAY: Duration = Duration::from_millis(200);
    let mut octets = [0; 1_024];
    match timeout(ON_ITS_WAY, reader.read(&mut octets)).await {
        Ok(Err(error)) => format!("{error} ({what})"),
        _ => what,
    }
}

/// How far the line has come.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Phase {
    /// Since then it waits for the server to offer protobuf.
    Offer(Time),
    /// Since then it waits for the server's consent. Nothing else may be sent.
    Consent(Time),
    /// All is told so.
    Open(Wire),
}

struct Talk<'a> {
    teller: &'a mut Teller,
    desk: &'a Desk,
    outgoing: Arc<Outgoing>,
    phase: Phase,
    /// When each client was last heard of.
    clients: BTreeMap<String, Time>,
    /// Somebody has come since the last turn.
    joined: bool,
    /// Things that were no events since the last event.
    nonsense: u32,
    /// When anything was last heard.
    heard: Time,
    /// Whether the server has answered a ping on this line.
    answers: bool,
    pinged: Time,
    present: Time,
}

impl Talk<'_> {
    async fn hold(&mut self, mut reader: ReadHalf<Socket>, mut told: mpsc::Receiver<Told>, inbox: &mut Inbox) -> End {
        let mut cutter = Cutter::default();
        let mut octets = vec![0; 16 * 1024];
        let mut turns = interval(TURN);
        turns.set_missed_tick_behavior(MissedTickBehavior::Delay);
        self.say_where_we_are(self.desk.now());
        if let Phase::Open(_) = self.phase {
            self.tell_all();
        }
        loop {
            let outcome = tokio::select! {
                // In this order: alarms first.
                biased;
                item = inbox.next() => match item {
                    Some(item) => self.item(item),
                    None => return End::Service,
                },
                outcome = told.recv() => self.told(outcome),
                count = reader.read(&mut octets) => match count {
                    Ok(0) => Err("the server closed the connection".to_owned()),
                    Ok(count) => self.heard(cutter.take(&octets[..count])),
                    Err(error) => Err(error.to_string()),
                },
                _ = turns.tick() => self.turn(),
            };
            if let Err(what) = outcome {
                return End::Broken(reason(&mut reader, what).await);
            }
        }
    }

    fn item(&mut self, item: Item) -> Result<(), String> {
        let (due, bulletin) = self.teller.take(item, self.desk.now());
        self.put(&due, bulletin.into_iter().collect());
        Ok(())
    }

    /// While the line is not open nothing is lost: all that stands is told when it is.
    fn put(&self, due: &Due, tells: Vec<Arc<Bulletin>>) {
        if let (Phase::Open(wire), false) = (self.phase, due.is_empty()) {
            self.outgoing.put(due, wire, tells);
        }
    }

    fn tell_all(&mut self) {
        let (due, unsent) = self.teller.all(self.desk.now());
        self.put(&due, unsent);
    }

    fn told(&mut self, outcome: Option<Told>) -> Result<(), String> {
        let tells = outcome.unwrap_or_else(|| Err("the writer ended".to_owned()))?;
        for bulletin in tells {
            if self.teller.is_told(&bulletin) {
                self.desk.sent(&bulletin);
            }
        }
        Ok(())
    }

    fn heard(&mut self, found: Vec<Result<CotEvent, CotError>>) -> Result<(), String> {
        self.heard = self.desk.now();
        for one in found {
            match one {
                Ok(event) => {
                    self.nonsense = 0;
                    self.event(&event);
                }
                Err(error) => {
                    self.desk.refused(error.reason());
                    self.nonsense += 1;
                    if self.nonsense >= NONSENSE_MAX {
                        return Err(format!("the server answers nonsense: {error}"));
                    }
                }
            }
        }
        Ok(())
    }

    fn event(&mut self, event: &CotEvent) {
        let now = self.desk.now();
        if is_presence(event) && !self.teller.from().is_ours(event) {
            let before = self.clients.insert(event.uid.clone(), now);
            self.joined |= before.is_none_or(|before| now.seconds_since(before) > GONE_S);
            if self.clients.len() > CLIENTS_MAX {
                self.clients.retain(|_, heard| now.seconds_since(*heard) <= GONE_S);
                while self.clients.len() > CLIENTS_MAX {
                    self.clients.pop_first();
                }
            }
        }
        self.answers |= event.kind == "t-x-c-t-r";
        match self.phase {
            Phase::Offer(_) if offers_protobuf(event) => {
                if let Ok(request) = self.teller.from().protobuf_request(now) {
                    self.outgoing.put_event(&request, Wire::Xml);
                    self.phase = Phase::Consent(now);
                }
            }
            Phase::Consent(_) => match grants_protobuf(event) {
                Some(true) => self.open(Wire::Protobuf),
                Some(false) => self.stay_with_xml("the server refused TAK protobuf; it is told in XML"),
                None => {}
            },
            _ => {}
        }
    }

    fn open(&mut self, wire: Wire) {
        self.phase = Phase::Open(wire);
        self.tell_all();
    }

    fn stay_with_xml(&mut self, why: &str) {
        self.desk.failed(why);
        self.open(Wire::Xml);
    }

    fn turn(&mut self) -> Result<(), String> {
        let now = self.desk.now();
        let due = self.teller.renew(now);
        self.put(&due, Vec::new());
        if core::mem::take(&mut self.joined) {
            let live = self.teller.live(now);
            self.put(&live, Vec::new());
        }
        if self.outgoing.is_too_slow() {
            return Err("the server takes events more slowly than they come".to_owned());
        }
        match self.phase {
            Phase::Offer(since) if now.seconds_since(since) > AGREEING_S => {
                self.stay_with_xml("the server did not offer TAK protobuf; it is told in XML");
            }
            Phase::Consent(since) if now.seconds_since(since) > AGREEING_S => {
                self.stay_with_xml("the server offered TAK protobuf and did not go over to it; it is told in XML");
            }
            Phase::Open(wire) => return self.keep_alive(wire, now),
            _ => {}
        }
        Ok(())
    }

    fn keep_alive(&mut self, wire: Wire, now: Time) -> Result<(), String> {
        if now.seconds_since(self.present) >= PRESENCE_S {
            self.say_where_we_are(now);
        }
        if now.seconds_since(self.pinged) >= PING_S {
            self.pinged = now;
            if let Ok(ping) = self.teller.from().ping(now) {
                self.outgoing.put_event(&ping, wire);
            }
        }
        let silence_s = now.seconds_since(self.heard);
        if self.answers && silence_s > SILENCE_S {
            return Err(format!("the server has not answered for {silence_s:.0} s"));
        }
        Ok(())
    }

    fn say_where_we_are(&mut self, now: Time) {
        self.present = now;
        let wire = if let Phase::Open(wire) = self.phase { wire } else { Wire::Xml };
        if let Some(presence) = self.teller.presence(now) {
            self.outgoing.put_event(&presence, wire);
        }
    }
}
