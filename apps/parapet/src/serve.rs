//! `parapet serve`.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::Args;
use parapet_engine::Mode;
use parapet_service::{Options, Service, StopSignal, Why};
use parapet_site::Site;

use crate::exit::{Exit, Failure};
use crate::out::Out;
use crate::{VERSION, files};

/// Listen to the sensors of a site, find rounds among what they report, and warn the zones
///
/// Writes `alarms.jsonl` and one CAP 1.2 file per message into the folder of alarms, and a recording of everything that came in
/// and went out. Serves the page at the address that it prints. Ends with Ctrl-C or SIGTERM, after closing the recording.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  parapet serve --config site.toml\n  \
    parapet serve --config site.toml --http 0.0.0.0:8080 --out /var/lib/parapet")]
pub(crate) struct Serve {
    /// The site configuration
    #[arg(long, value_name = "FILE")]
    config: PathBuf,
    /// Serve the page here instead of at the configuration's address
    #[arg(long, value_name = "ADDRESS:PORT")]
    http: Option<SocketAddr>,
    /// Put the folders `alarms`, `recordings` and `access` here instead of where the configuration says
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

impl Serve {
    pub(crate) fn run(self) -> Result<Exit, Failure> {
        let site = files::site(&self.config)?;
        let options = self.options(&site);
        if options.http != site.output.http {
            site.reach(options.http).iter().for_each(|words| eprintln!("parapet: {words}"));
        }
        // Taken first, so that a signal during the start is not lost.
        let signal = StopSignal::take()?;
        let service = Service::start(&site, &options)?;
        // Whoever has closed our output is warned all the same.
        let _ = announce(&site, &service, &options);
        let why = signal.wait(&service);
        let summary = service.stop();
        let mut out = Out::new();
        out.line(&summary)?;
        out.done()?;
        match why {
            Why::Asked => Ok(Exit::Fine),
            Why::Died(thread) => Err(Failure::Failed(format!(
                "the thread {thread} died: a fault of the program, which has ended rather than look alive; start it again, \
                 and report this with the recording"
            ))),
        }
    }

    fn options(&self, site: &Site) -> Options {
        let options = Options { config: Some(self.config.clone()), ..Options::of(site, VERSION) };
        let options = match &self.out {
            Some(folder) => options.below(folder),
            None => options,
        };
        Options { http: self.http.unwrap_or(options.http), ..options }
    }
}

fn announce(site: &Site, service: &Service, options: &Options) -> Result<(), Failure> {
    let mode = match site.mode() {
        Mode::Live => "LIVE",
        Mode::Exercise => "EXERCISE",
    };
    let mut out = Out::new();
    out.line(format_args!("Parapet {VERSION}  {mode}  {}", site.name))?;
    let scheme = if site.http.tls.is_some() { "https" } else { "http" };
    out.line(format_args!("page      {scheme}://{}/", service.http()))?;
    if let Some(public) = service.public() {
        out.line(format_args!("people    {scheme}://{public}/me"))?;
    }
    for link in &site.links {
        out.line(format_args!("listening {}", link.url))?;
    }
    out.line(format_args!("alarms    {}", options.alarms.display()))?;
    out.line(format_args!("recording {}", service.recording().display()))?;
    out.done()
}
