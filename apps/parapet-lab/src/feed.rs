//! `parapet-lab feed`: a scenario as datagrams in real time.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket};
use std::thread::sleep;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use parapet_frame::Time;
use parapet_world::{Destination, Object, SoundLine};
use socket2::{Domain, Protocol, SockAddr, Socket, Type};

use crate::arguments::Feed;
use crate::output::say;
use crate::run::Run;

/// Seconds of the scenario between two lines about nothing in particular.
const HEARTBEAT_S: f64 = 10.0;
/// Multicast stays on the first network.
const MULTICAST_HOPS: u32 = 1;

pub(crate) fn feed(a: &Feed) -> Result<(), String> {
    let run = Run::prepare(&a.chosen)?;
    let destinations = destinations(&run, a)?;
    let by_ear: Vec<Destination> = run.scenario.microphone.iter().flat_map(|m| m.send_to.clone()).collect();
    let mut lines = Lines::open(destinations.iter().flatten().chain(&by_ear))?;
    let pace = Pace::from(a.start_in, a.speed)?;
    if let Some(path) = &a.truth {
        run.write_truth(path, pace.epoch)?;
    }
    announce(&run, a, &destinations);
    play(&run, &pace, &destinations, &mut lines)
}

/// Where each radar's messages go.
fn destinations(run: &Run, a: &Feed) -> Result<Vec<Vec<Destination>>, String> {
    let names: Vec<&str> = run.scene.radars.iter().map(|r| r.spec.name.as_str()).collect();
    if let Some((unknown, _)) = a.to.iter().find(|(radar, _)| !names.contains(&radar.as_str())) {
        return Err(format!("--to: the scenario has no radar \"{unknown}\"; it has {}", names.join(", ")));
    }
    let of = |radar: &parapet_world::PlacedRadar| {
        let asked = a.to.iter().filter(|(name, _)| *name == radar.spec.name);
        let asked: Vec<Destination> = asked.map(|(_, udp)| Destination { udp: *udp, interface: None }).collect();
        if asked.is_empty() { radar.spec.send_to.clone() } else { asked }
    };
    let all: Vec<Vec<Destination>> = run.scene.radars.iter().map(of).collect();
    match names.iter().zip(&all).find(|(_, to)| to.is_empty()) {
        Some((name, _)) => Err(format!("radar {name} has nowhere to send; add send_to, or use --to {name}=HOST:PORT")),
        None => Ok(all),
    }
}

fn announce(run: &Run, a: &Feed, destinations: &[Vec<Destination>]) {
    let scenario = &run.scenario;
    say(&format!(
        "{}: {} (simulated; {} s, seed {})",
        scenario.name, scenario.title, run.scene.duration_s, run.scene.seed
    ));
    scenario.notes.lines().filter(|line| !line.trim().is_empty()).for_each(|line| say(&format!("  {line}")));
    for (radar, to) in run.scene.radars.iter().zip(destinations) {
        let to: Vec<String> = to.iter().map(|d| d.udp.to_string()).collect();
        say(&format!("  {} sends to {}", radar.spec.name, to.join(" and ")));
    }
    if !run.scenario.microphone.is_empty() {
        say(&format!("  {} microphones send JSON Lines", run.scenario.microphone.len()));
    }
    if a.speed != 1.0 {
        say("  not in real time: time stamps leave the present, and a live program will refuse them");
    }
    say(&format!("  second 0 in {:.1} s", a.start_in.as_secs_f64()));
}

/// When each second of the scenario comes.
struct Pace {
    /// The instant of second 0.
    epoch: Time,
    begin: Instant,
    speed: f64,
}

impl Pace {
    fn from(start_in: Duration, speed: f64) -> Result<Self, String> {
        let now = SystemTime::now().duration_since(UNIX_EPOCH);
        let now = now.map_err(|_| "this machine's clock is before 1970; set it")?;
        let nanos = i64::try_from((now + start_in).as_nanos());
        let epoch = nanos.map(Time::from_nanos).map_err(|_| "this machine's clock is beyond the year 2262; set it")?;
        Ok(Pace { epoch, begin: Instant::now() + start_in, speed })
    }

    fn wait_until(&self, time_s: f64) {
        let due = self.begin + Duration::from_secs_f64((time_s / self.speed).max(0.0));
        sleep(due.saturating_duration_since(Instant::now()));
    }
}

/// What is told while playing.
struct Event {
    time_s: f64,
    text: String,
}

fn events(run: &Run) -> Vec<Event> {
    let rounds = run.scene.objects.iter().filter(|o| o.round.is_some());
    let mut events: Vec<Event> = rounds.flat_map(|object| round_events(run, object)).collect();
    events.retain(|e| e.time_s <= run.scene.duration_s);
    events.sort_by(|a, b| a.time_s.total_cmp(&b.time_s));
    events
}

fn round_events(run: &Run, object: &Object) -> Vec<Event> {
    let class = format!("{:?}", object.class).to_lowercase();
    let launch = object.path.moments().first();
    let launch = launch.map(|m| Event { time_s: m.time_s, text: format!("{} launched ({class})", object.name) });
    let impact = object.round.map(|round| {
        let place = parapet_frame::SitePoint::from_vector(round.impact.position_m);
        let place = run.scene.frame.geodetic_from_site(place);
        let text = format!("{} came down at {:.5} {:.5}", object.name, place.lat_deg, place.lon_deg);
        Event { time_s: round.impact.time_s, text }
    });
    launch.into_iter().chain(impact).collect()
}

fn play(run: &Run, pace: &Pace, destinations: &[Vec<Destination>], lines: &mut Lines) -> Result<(), String> {
    let told = events(run);
    let mut told = told.iter().peekable();
    let mut beat_s = 0.0;
    let mut sounds = run.sounds.iter().peekable();
    let last_s = run.scene.duration_s;
    for message in &run.messages {
        while let Some(sound) = sounds.next_if(|sound| sound.send_s <= message.send_s) {
            hear(run, pace, sound, lines);
        }
        while let Some(event) = told.next_if(|e| e.time_s <= message.send_s) {
            pace.wait_until(event.time_s);
            tell(event);
        }
        pace.wait_until(message.send_s);
        if message.send_s >= beat_s {
            say(&format!("t+{beat_s:6.1} s  {} datagrams sent", lines.sent));
            beat_s += HEARTBEAT_S;
        }
        for datagram in run.datagrams(message, pace.epoch)? {
            destinations[message.radar].iter().for_each(|to| lines.send(*to, &datagram));
        }
    }
    sounds.filter(|sound| sound.send_s <= last_s).for_each(|sound| hear(run, pace, sound, lines));
    for event in told {
        pace.wait_until(event.time_s);
        tell(event);
    }
    pace.wait_until(run.scene.duration_s);
    say(&format!("t+{:6.1} s  the end; {} datagrams sent, {} not", run.scene.duration_s, lines.sent, lines.failed));
    Ok(())
}

/// Sends what a microphone tells when it is time.
fn hear(run: &Run, pace: &Pace, sound: &SoundLine, lines: &mut Lines) {
    pace.wait_until(sound.send_s);
    let microphone = &run.scenario.microphone[sound.microphone];
    let text = sound.text(microphone, pace.epoch);
    microphone.send_to.iter().for_each(|to| lines.send(*to, text.as_bytes()));
}

fn tell(event: &Event) {
    say(&format!("t+{:6.1} s  {}", event.time_s, event.text));
}

/// A socket for each way out.
struct Lines {
    sockets: BTreeMap<(SocketAddr, Option<Ipv4Addr>), UdpSocket>,
    sent: u64,
    failed: u64,
}

impl Lines {
    fn open<'a>(destinations: impl Iterator<Item = &'a Destination>) -> Result<Self, String> {
        let mut sockets = BTreeMap::new();
        for to in destinations {
            let socket =
                open(to).map_err(|e| format!("cannot send to {}: {e}; check the address and interface", to.udp))?;
            sockets.insert((to.udp, to.interface), socket);
        }
        Ok(Lines { sockets, sent: 0, failed: 0 })
    }

    /// A radar does not stop because nobody listens; neither do we.
    fn send(&mut self, to: Destination, datagram: &[u8]) {
        let Some(socket) = self.sockets.get(&(to.udp, to.interface)) else { return };
        match socket.send_to(datagram, to.udp) {
            Ok(_) => self.sent += 1,
            Err(e) => {
                if self.failed == 0 {
                    say(&format!("  cannot send to {}: {e}; going on (is the live program running?)", to.udp));
                }
                self.failed += 1;
            }
        }
    }
}

fn open(to: &Destination) -> std::io::Result<UdpSocket> {
    let domain = if to.udp.is_ipv4() { Domain::IPV4 } else { Domain::IPV6 };
    let socket = Socket::new(domain, Type::DGRAM, Some(Protocol::UDP))?;
    let from = match to.udp {
        SocketAddr::V4(_) => IpAddr::V4(to.interface.unwrap_or(Ipv4Addr::UNSPECIFIED)),
        SocketAddr::V6(_) => IpAddr::V6(Ipv6Addr::UNSPECIFIED),
    };
    if let (IpAddr::V4(group), Some(interface)) = (to.udp.ip(), to.interface)
        && group.is_multicast()
    {
        socket.set_multicast_if_v4(&interface)?;
        socket.set_multicast_ttl_v4(MULTICAST_HOPS)?;
        socket.set_multicast_loop_v4(true)?;
    }
    socket.bind(&SockAddr::from(SocketAddr::new(from, 0)))?;
    Ok(socket.into())
}
