//! `parapet report`.

mod many;

use std::path::{Path, PathBuf};

use clap::Args;
use parapet_service::{ReportError, report_of};

use crate::exit::{Exit, Failure};
use crate::out::Out;
use crate::{VERSION, files};

/// Report on an incident from its recording: what happened, who was warned, and what rests on what
///
/// Writes one HTML file that needs no network and no script and prints well, and a JSON file with the same content beside it. A
/// recording that was cut or damaged is reported on as far as it can be read, and the report says so. With `--all` it tells the
/// pattern over many recordings, or over a table of alerts: when, where, how long people had, how often for nothing, with intervals.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  parapet report recording.mcap\n  \
    parapet report recording.mcap --out reports --boundaries districts.geojson\n  \
    parapet report recording.mcap --json | jq .statement\n  \
    parapet report --all out/recordings --time-zone Asia/Baghdad\n  \
    parapet report --all alerts.csv --category 1 --boundaries zones.geojson\n\n\
    The keys of the JSON are explained in docs/report.md. To print: open the HTML and print it, or\n  \
    chromium --headless --no-pdf-header-footer --print-to-pdf=report.pdf report-recording.html")]
pub(crate) struct Report {
    /// The recording; with `--all` recordings, folders of recordings, or tables of alerts (`.csv`)
    #[arg(value_name = "RECORDING", required = true)]
    files: Vec<PathBuf>,
    /// Tell the pattern over many
    #[arg(long)]
    all: bool,
    /// Folder for the files; the folder of this shell where it is left out
    #[arg(long, value_name = "FOLDER")]
    out: Option<PathBuf>,
    /// Name areas by these districts: GeoJSON polygons with names
    #[arg(long, value_name = "FILE")]
    boundaries: Option<PathBuf>,
    /// Write no file; print the JSON
    #[arg(long, conflicts_with = "out")]
    json: bool,
    /// Hours and days by the clock of this zone, as the tz database names it
    #[arg(long, value_name = "NAME", default_value = "UTC", requires = "all")]
    time_zone: String,
    /// Of a table, only rows of this category
    #[arg(long, value_name = "TEXT", requires = "all")]
    category: Option<String>,
    /// Quiet that ends an incident, minutes
    #[arg(long, value_name = "MINUTES", default_value_t = 30.0, requires = "all", value_parser = positive)]
    gap_min: f64,
    /// Quiet that ends a bout of incidents, hours
    #[arg(long, value_name = "HOURS", default_value_t = 72.0, requires = "all", value_parser = positive)]
    bout_gap_h: f64,
}

fn positive(text: &str) -> Result<f64, String> {
    let number: f64 = text.parse().map_err(|_| format!("{text:?} is no number"))?;
    if number.is_finite() && number > 0.0 { Ok(number) } else { Err("it must be more than 0".to_owned()) }
}

impl Report {
    pub(crate) fn run(self) -> Result<Exit, Failure> {
        match self.files.as_slice() {
            _ if self.all => self.many(),
            [recording] => self.one(recording),
            _ => Err(Failure::Configuration("name one recording; `--all` takes several".to_owned())),
        }
    }

    fn one(&self, path: &Path) -> Result<Exit, Failure> {
        let volume = files::recording(path)?;
        let boundaries = self.boundaries.as_deref().map(text_of).transpose()?;
        let boundaries = boundaries.as_ref().map(|(name, text)| (name.as_str(), text.as_str()));
        let file = name_of(path);
        let (report, scenery) =
            report_of(&file, &volume, &format!("parapet {VERSION}"), boundaries, false).map_err(failure)?;
        let mut out = Out::new();
        if self.json {
            out.json(&report)?;
        } else {
            let stem = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
            let html = parapet_report::html(&report, &scenery);
            let json = serde_json::to_string_pretty(&report).map_err(|error| Failure::Failed(error.to_string()))?;
            write(self.out.as_deref(), &format!("report-{stem}"), &html, &json, &mut out)?;
            report.statement.iter().try_for_each(|sentence| out.line(sentence))?;
            report.recording.faults.iter().try_for_each(|fault| out.line(format_args!("NOT WHOLE: {fault}")))?;
        }
        out.done()?;
        Ok(Exit::Fine)
    }
}

/// The page and the JSON, side by side.
fn write(folder: Option<&Path>, stem: &str, html: &str, json: &str, out: &mut Out) -> Result<(), Failure> {
    let folder = folder.unwrap_or(Path::new("."));
    let refused = |path: &Path, error: std::io::Error| {
        Failure::Surroundings(format!("{} cannot be written: {error}; name another folder with --out", path.display()))
    };
    std::fs::create_dir_all(folder).map_err(|error| refused(folder, error))?;
    for (ending, text) in [("html", html), ("json", json)] {
        let path = folder.join(format!("{stem}.{ending}"));
        std::fs::write(&path, text).map_err(|error| refused(&path, error))?;
        out.line(format_args!("wrote {}", path.display()))?;
    }
    Ok(())
}

fn name_of(path: &Path) -> String {
    path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned()
}

/// The name and the text of a file.
fn text_of(path: &Path) -> Result<(String, String), Failure> {
    let text = String::from_utf8(files::read(path)?);
    let text = text.map_err(|error| Failure::Failed(format!("{} is not UTF-8 text: {error}", path.display())))?;
    Ok((name_of(path), text))
}

fn failure(error: ReportError) -> Failure {
    Failure::Failed(error.to_string())
}
