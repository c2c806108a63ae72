//! What was seen of the program, second by second, and what that comes to.

use std::fmt::Write as _;
use std::time::Duration;

/// One look at the program.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Sample {
    pub(super) at_s: f64,
    pub(super) sent: u64,
    pub(super) heard: u64,
    pub(super) used: u64,
    pub(super) waiting: u64,
    pub(super) refused: u64,
    /// Datagrams, by the program because it was busy, and by the operating system before it could take them.
    pub(super) dropped: u64,
    pub(super) overrun: u64,
    pub(super) recording_lost: u64,
    pub(super) picture_lost: u64,
    pub(super) recorded_bytes: f64,
    pub(super) alarms: u64,
    pub(super) track_reports: u64,
    /// From hearing a plot to the word of the track it moved, since the start: median, 99 %, 99.9 %, worst.
    pub(super) delays_s: [f64; 4],
    pub(super) rss_mb: f64,
    pub(super) cpu_s: f64,
}

#[derive(Debug)]
pub(super) struct Figures {
    sensors: u16,
    rate: u32,
    samples: Vec<Sample>,
    pub(super) sent: u64,
    pub(super) seconds: f64,
    latest: Duration,
}

impl Figures {
    pub(super) fn new(sensors: u16, rate: u32) -> Self {
        Figures { sensors, rate, samples: Vec::new(), sent: 0, seconds: 0.0, latest: Duration::ZERO }
    }

    pub(super) fn add(&mut self, sample: Sample) {
        self.samples.push(sample);
    }

    /// Something was sent so much too late.
    pub(super) fn late(&mut self, by: Duration) {
        self.latest = self.latest.max(by);
    }

    /// Plots that were sent and not heard.
    pub(super) fn lost(&self) -> u64 {
        self.sent.saturating_sub(self.last().heard)
    }

    fn last(&self) -> Sample {
        self.samples.last().copied().unwrap_or_default()
    }

    /// Growth of the memory over the second half of the run, MB a minute: least squares.
    fn growth_mb_min(&self) -> f64 {
        let late: Vec<&Sample> = self.samples.iter().filter(|sample| sample.at_s > 0.5 * self.seconds).collect();
        let count = late.len() as f64;
        let mean = |of: fn(&Sample) -> f64| late.iter().map(|sample| of(sample)).sum::<f64>() / count;
        let (at_s, rss_mb) = (mean(|sample| sample.at_s), mean(|sample| sample.rss_mb));
        let joint: f64 = late.iter().map(|sample| (sample.at_s - at_s) * (sample.rss_mb - rss_mb)).sum();
        let own: f64 = late.iter().map(|sample| (sample.at_s - at_s) * (sample.at_s - at_s)).sum();
        if own > 0.0 { 60.0 * joint / own } else { 0.0 }
    }

    fn rss_at_mb(&self, share: f64) -> f64 {
        let after = self.samples.iter().find(|sample| sample.at_s >= share * self.seconds);
        after.map_or(self.last().rss_mb, |sample| sample.rss_mb)
    }

    /// The figures as a table.
    pub(super) fn table(&self) -> String {
        let last = self.last();
        let mut text = String::from("| figure | value |\n|---|---|\n");
        let mut row = |name: &str, value: String| {
            let _ = writeln!(text, "| {name} | {value} |");
        };
        row("asked for", format!("{} plots/s from {} sensors for {:.0} s", self.rate, self.sensors, self.seconds));
        row(
            "sent",
            format!(
                "{} plots, {:.0} a second; latest {:.0} ms after its time",
                self.sent,
                self.sent as f64 / self.seconds,
                self.latest.as_secs_f64() * 1e3
            ),
        );
        row("heard", format!("{} ({:.3} %)", last.heard, 100.0 * last.heard as f64 / self.sent.max(1) as f64));
        row("used", format!("{}", last.used));
        row("waiting at the end", format!("{}", last.waiting));
        row("refused", format!("{}", last.refused));
        row("datagrams dropped by the program", format!("{}", last.dropped));
        row("datagrams dropped by the operating system", format!("{}", last.overrun));
        row("messages missing in the recording", format!("{}", last.recording_lost));
        row("steps that the picture missed", format!("{}", last.picture_lost));
        row("reports of moved tracks", format!("{}", last.track_reports));
        let [median, p99, p999, worst] = last.delays_s.map(|s| s * 1e3);
        row("plot to output, ms", format!("median {median:.1}, 99 % {p99:.1}, 99.9 % {p999:.1}, worst {worst:.1}"));
        row("alarms raised", format!("{}", last.alarms));
        row("processor time", format!("{:.2} cores", last.cpu_s / last.at_s.max(1.0)));
        let [quarter, half, three] = [0.25, 0.5, 0.75].map(|share| self.rss_at_mb(share));
        row(
            "memory (RSS), MB",
            format!(
                "{quarter:.0} after a quarter, {half:.0} half, {three:.0} three quarters, {:.0} at the end",
                last.rss_mb
            ),
        );
        row("its growth over the second half", format!("{:+.2} MB a minute", self.growth_mb_min()));
        row(
            "recording",
            format!(
                "{:.1} MB, {:.1} MB a second",
                last.recorded_bytes / 1e6,
                last.recorded_bytes / 1e6 / last.at_s.max(1.0)
            ),
        );
        text
    }

    /// Every look, as comma-separated values.
    pub(super) fn csv(&self) -> String {
        let mut text = String::from(
            "at_s,sent,heard,used,waiting,refused,dropped,overrun,recording_lost,picture_lost,rss_mb,cpu_s,p50_ms,p99_ms\n",
        );
        for s in &self.samples {
            let [p50, p99, ..] = s.delays_s.map(|s| s * 1e3);
            let _ = writeln!(
                text,
                "{:.2},{},{},{},{},{},{},{},{},{},{:.1},{:.2},{p50:.2},{p99:.2}",
                s.at_s,
                s.sent,
                s.heard,
                s.used,
                s.waiting,
                s.refused,
                s.dropped,
                s.overrun,
                s.recording_lost,
                s.picture_lost,
                s.rss_mb,
                s.cpu_s
            );
        }
        text
    }
}
