//! Starts the threads, and stops them in the order in which data flows, so that nothing that was heard is lost.

use std::net::{SocketAddr, TcpListener, UdpSocket};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::sync_channel;
use std::thread::JoinHandle;

use parapet_frame::Time;
use parapet_recording::{Header, Resumed};
use parapet_site::Site;
use parapet_warn::Alarm;
use tokio::sync::watch;

use crate::Clock;
use crate::access::{self, Access};
use crate::atlas::Atlas;
use crate::backlog::Backlog;
use crate::basemap::Basemap;
use crate::chain::Chain;
use crate::channel;
use crate::coverage::Coverages;
use crate::doorman::Rules;
use crate::engine_loop::EngineLoop;
use crate::error::ServiceError;
use crate::evidence::Evidence;
use crate::fanout::Lane;
use crate::feeds;
use crate::http::{self, Pages, Rooms};
use crate::lines;
use crate::links::{self, Receivers};
use crate::operator::{self, Duty};
use crate::picture::{self, Live};
use crate::public::{self, Board, Lobby};
use crate::recorder;
use crate::replay::{Desk, Present, Shelf};
use crate::report::Reporter;
use crate::sapient::{self, Upward};
use crate::setup::Setup;
use crate::shared::{SensorTally, Shared, Status};
use crate::site_view::{self, SiteNote};
use crate::sources::sources;
use crate::summary::Summary;
use crate::watchman::{Death, Watchman};
use crate::{alarms, cap, lookout, tak, tell};

/// Datagrams that wait for the engine: half a second of the load to hold, one plot in each.
const QUEUE_MAX: usize = 10_000;

/// What the command line may say beyond the configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Options {
    /// Address of the page.
    pub http: SocketAddr,
    /// Address at which only the page for people's phones is served.
    pub public: Option<SocketAddr>,
    /// Folder of `alarms.jsonl` and of the CAP messages.
    pub alarms: PathBuf,
    /// Folder of recordings.
    pub recordings: PathBuf,
    /// Folder of passkeys.
    pub access: PathBuf,
    /// Version of the program, for the page and the recording.
    pub version: String,
    /// The site file that the program was started with, which the page may change; `None` for a site of another origin.
    pub config: Option<PathBuf>,
}

impl Options {
    /// As the configuration says.
    #[must_use]
    pub fn of(site: &Site, version: &str) -> Self {
        let output = &site.output;
        let (alarms, recordings) = (PathBuf::from(&output.alarms), PathBuf::from(&output.recording));
        Options {
            http: output.http,
            public: output.public,
            alarms,
            recordings,
            access: PathBuf::from(&site.access.folder),
            version: version.to_owned(),
            config: None,
        }
    }

    /// The same with all outputs below one folder.
    #[must_use]
    pub fn below(self, folder: &Path) -> Self {
        Options {
            alarms: folder.join("alarms"),
            recordings: folder.join("recordings"),
            access: folder.join("access"),
            ..self
        }
    }

    /// The folder of the page's drafts, beside that of the alarms.
    fn drafts(&self) -> PathBuf {
        self.alarms.with_file_name("drafts")
    }

    /// The folder that files are named relative to.
    fn site_folder(&self) -> &Path {
        self.config.as_deref().and_then(Path::parent).unwrap_or(Path::new(""))
    }
}

/// The running service.
#[derive(Debug)]
pub struct Service {
    http: SocketAddr,
    public: Option<SocketAddr>,
    recording: PathBuf,
    started_at: Time,
    clock: Arc<Clock>,
    shared: Arc<Shared>,
    stop: Arc<AtomicBool>,
    death: Death,
    /// In the order in which they end.
    threads: Vec<JoinHandle<()>>,
}

impl Service {
    /// Starts the service.
    ///
    /// # Errors
    /// When a port, a folder or an address cannot be used; nothing is left running then.
    pub fn start(site: &Site, options: &Options) -> Result<Service, ServiceError> {
        let stop = Arc::new(AtomicBool::new(false));
        let started = start(site, options, stop.clone());
        if started.is_err() {
            stop.store(true, Ordering::Relaxed);
        }
        started
    }

    /// The address at which the page is served.
    #[must_use]
    pub fn http(&self) -> SocketAddr {
        self.http
    }

    /// The address at which only the page for people's phones is served.
    #[must_use]
    pub fn public(&self) -> Option<SocketAddr> {
        self.public
    }

    /// The folder of the recording.
    #[must_use]
    pub fn recording(&self) -> &Path {
        &self.recording
    }

    /// Hears of the death of a thread without which nobody is warned.
    pub(crate) fn death(&self) -> Death {
        self.death.clone()
    }

    /// Stops: everything that was heard is done and written, the recording is closed, the pages are told.
    #[must_use]
    pub fn stop(self) -> Summary {
        self.stop.store(true, Ordering::Relaxed);
        for thread in self.threads {
            let name = thread.thread().name().unwrap_or_default().to_owned();
            if thread.join().is_err() {
                tell(&format!("the thread {name} died; this is a fault of the program, please report it"));
            }
        }
        Summary::new(&self.shared, self.clock.now().seconds_since(self.started_at), self.recording)
    }
}

fn start(site: &Site, options: &Options, stop: Arc<AtomicBool>) -> Result<Service, ServiceError> {
    // What can be refused is asked for first.
    let sockets = site.links.iter().map(links::open).collect::<Result<Vec<_>, _>>()?;
    let feeds = feeds::open(site)?;
    let listener = http::bind(options.http)?;
    let rules = Rules {
        connections: http::CONNECTIONS_MAX,
        tls: access::page_tls(&site.http)?,
        connections_per_address: site.http.connections_per_address as usize,
        proxies: site.http.proxies.clone(),
    };
    let http_address = listener.local_addr().unwrap_or(options.http);
    let phones_door = options.public.map(http::bind).transpose()?;
    let public_address = phones_door.as_ref().and_then(|door| door.local_addr().ok());

    let clock = Arc::new(Clock::new());
    let shared = Arc::new(Shared::default());
    let atlas = Arc::new(Atlas::new(site.frame, site.config.clone()));
    let started_at = clock.now();
    let (watchman, death) = Watchman::new();
    let (alarm_queue, alarm_steps) = sync_channel(alarms::QUEUE_MAX);
    let (queue, heard) = sync_channel(QUEUE_MAX);
    let (dropped, overrun) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicU64::new(0)));
    let doors = sapient::open(site, &clock, &queue, &stop)?;
    let mut line_doors = lines::open(site, &clock, &queue, &dropped)?;
    let (line_sockets, line_links): (Vec<_>, Vec<_>) = line_doors.udp.drain(..).unzip();
    let setting =
        alarms::Setting { atlas: atlas.clone(), shared: shared.clone(), upward: Upward::new(doors.speaker()) };
    let (channel_queue, channel_steps) = sync_channel(channel::QUEUE_MAX);
    let sources = sources(site);
    let header = header(site, options, started_at);
    let settings = &site.output.kept;
    let secret = recorder::key(settings.key.as_deref().map(Path::new), &options.recordings, site.mode())?;
    let found = recorder::find(&options.recordings, &header, &secret.public());
    found.words.iter().for_each(|words| tell(words));
    let resume = found.state.map(|(state, origin)| Resumed { state, origin });
    let standing = resume.iter().flat_map(|resumed| resumed.state.warner.standing());
    let standing: Vec<(Alarm, u32)> = standing.map(|(alarm, times)| (alarm.clone(), times)).collect();
    let mut plan = channel::plan(site)?;
    plan.go_on(standing.iter().map(|(alarm, times)| (alarm.id, *times)));
    let folder = options.alarms.clone();
    let resumed = standing.into_iter().map(|(alarm, _)| alarm).collect();
    let cap = cap::Setting {
        atlas: atlas.clone(),
        shared: shared.clone(),
        folder,
        http: http_address,
        now: started_at,
        resumed,
    };
    let board = cap::plan(&mut plan, site, cap)?;
    tak::plan(&mut plan, site, &atlas)?;
    let tracks_wanted = plan.wants_tracks();
    let channels = plan.start(atlas.clone(), clock.clone(), channel_steps, &watchman)?;
    let alarm_thread = alarms::start(&options.alarms, setting, alarm_steps, &watchman)?;

    let record = recorder::Plan {
        recordings: options.recordings.clone(),
        header,
        secret,
        sapient_links: sources.sapient_links.clone(),
        segment_octets_max: settings.segment_octets,
        kept_octets_max: settings.octets_max,
    };
    let (recorder, recording, recorder_thread) = recorder::start(record, shared.clone())?;

    let (picture_queue, picture_steps) = sync_channel(picture::QUEUE_MAX);
    let (live, watching) = watch::channel(Live::Picture("{}".into()));
    let (billboard, looked_at) = Board::new(eyes(site));
    let lobby = Lobby::new(site, &options.version, &atlas, looked_at);
    let picture_thread = picture::start(atlas.clone(), clock.clone(), shared.clone(), picture_steps, live, billboard)?;
    let (orders, ordered) = sync_channel(operator::QUEUE_MAX);
    let (access, audited) = Access::new(site, &options.access, clock.clone())?;
    let duty = Duty::new(access, orders, clock.clone(), atlas.clone(), channels.books.clone());
    let setup = Setup::new(options.config.as_deref(), &options.drafts(), site.mode(), shared.clone(), clock.clone());
    let basemap = site.basemap.as_ref().and_then(|file| {
        // A picture without its map warns nobody the less.
        Basemap::open(&options.site_folder().join(file)).map_err(|what| tell(&format!("no map is drawn: {what}"))).ok()
    });
    let coverages = Coverages::default();
    let coverage_thread = coverages.start(atlas.clone())?;
    let pages = Pages {
        site: site_view::json(&site.name, &options.version, &atlas, basemap.as_ref()).to_string().into(),
        outlines: site.outlines.as_ref().map(|outlines| outlines.text.as_str().into()),
        sensors: site.config.sensors.iter().map(|sensor| sensor.name.clone()).collect(),
        shared: shared.clone(),
        sapient: doors.watch(),
        channels: channels.books.clone(),
        cap: board,
        clock: clock.clone(),
        lines: line_doors.gate.clone(),
        coverages,
        recordings: Desk::new(Shelf::folder(&options.recordings)),
        present: Present { recording: recording.clone(), channels: channels.books.clone() },
        live: watching,
        public: lobby.clone(),
    };
    let reporter = Reporter::new(recording.clone(), &options.version);
    let http_thread = http::start(listener, pages, Rooms { duty, setup, reporter, basemap }, rules.clone())?;
    let phones_thread = phones_door.map(|door| open_to_phones(door, lobby, &shared, &rules)).transpose()?;

    let links = (0..sockets.len() as u16).chain(line_links);
    let sockets: Vec<(UdpSocket, u16)> = sockets.into_iter().chain(line_sockets).zip(links).collect();
    let lookout_thread = lookout::start(sockets.iter().map(|(socket, _)| socket), overrun.clone(), stop.clone())?;
    let engine = EngineLoop {
        chain: Chain::new(site.config.clone(), sources),
        clock: clock.clone(),
        heard,
        orders: ordered,
        audited,
        dropped: dropped.clone(),
        overrun: overrun.clone(),
        shared: shared.clone(),
        alarms: Lane::new(alarm_queue),
        channels: Lane::new(channel_queue),
        books: channels.books.clone(),
        tracks_wanted,
        picture: Lane::new(picture_queue),
        recorder,
        at: started_at,
        status: Status { sensors: vec![SensorTally::default(); site.config.sensors.len()], ..Status::default() },
        evidence: Evidence::default(),
        backlog: Backlog::default(),
        losses_noted: started_at,
        resume,
        state_kept: started_at,
        recording_fails: false,
    };
    let engine_thread = watchman.spawn("engine".to_owned(), move || engine.run())?;
    let receivers = Receivers { clock: clock.clone(), queue, dropped, stop: stop.clone() };
    let mut threads = receive(sockets, &receivers, &watchman)?;
    threads.extend(feeds::start(feeds, &receivers, &watchman)?);
    threads.push(doors.into_thread());
    threads.extend(line_doors.start(&stop, &site.name, &watchman)?);
    threads.extend([
        lookout_thread,
        engine_thread,
        channels.thread,
        alarm_thread,
        recorder_thread,
        picture_thread,
        http_thread,
    ]);
    threads.extend(phones_thread);
    threads.push(coverage_thread);
    Ok(Service {
        http: http_address,
        public: public_address,
        recording,
        started_at,
        clock,
        shared,
        stop,
        death,
        threads,
    })
}

fn open_to_phones(
    door: TcpListener,
    lobby: Lobby,
    shared: &Shared,
    rules: &Rules,
) -> Result<JoinHandle<()>, ServiceError> {
    let phones = public::phones_max();
    tell(&format!("{phones} phones may look at once; the limit of open files (ulimit -n) decides"));
    public::start(door, lobby, shared.phones[1].clone(), phones, rules)
}

/// The sensors that could see a round: not those that only pass on what others say of themselves.
fn eyes(site: &Site) -> Vec<usize> {
    let told = |sensor: &usize| site.contacts.iter().any(|contact| usize::from(contact.sensor.0) == *sensor);
    (0..site.config.sensors.len()).filter(|sensor| !told(sensor)).collect()
}

fn receive(
    sockets: Vec<(UdpSocket, u16)>,
    receivers: &Receivers,
    watchman: &Watchman,
) -> Result<Vec<JoinHandle<()>>, ServiceError> {
    let threads = sockets.into_iter();
    threads.map(|(socket, link)| links::receive(socket, link, receivers.clone(), watchman)).collect()
}

fn header(site: &Site, options: &Options, started_at: Time) -> Header {
    let doors = site.doors.iter().map(|door| format!("sapient {}", door.address));
    let feeds = site.feeds().map(|(_, _, feed)| feed.url.clone());
    let links = site.links.iter().map(|link| link.url.clone()).chain(doors).chain(feeds);
    let links = links.chain(site.lines.iter().map(|door| format!("lines {}", door.url))).collect();
    let note = SiteNote { name: site.name.clone(), origin: site.frame.origin(), links };
    // Plain structures of numbers and text always serialise.
    let intake = serde_json::to_value(sources(site)).unwrap_or_default();
    let note = serde_json::to_value(note).unwrap_or_default();
    Header::new("parapet", &options.version, started_at, site.config.clone(), intake, note)
}
