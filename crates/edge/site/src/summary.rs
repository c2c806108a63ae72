//! The configuration as a plain text table, for `parapet check`.

use core::fmt::Write as _;

use parapet_engine::Mode;
use serde::Serialize;

use crate::contact::FeedRole;
use crate::file::ClientTrust;
use crate::link::{Cast, Link};
use crate::polygon;
use crate::sapient::{SapientRole, SapientTrust};
use crate::site::Site;
use crate::tak::TakTarget;

impl Site {
    /// What is configured, for people: sensors, links, zones, policy, limits, outputs, warnings. Ends with a line break.
    #[must_use]
    pub fn summary(&self) -> String {
        let mut text = String::new();
        self.write_head(&mut text);
        self.write_sensors(&mut text);
        self.write_links(&mut text);
        self.write_zones(&mut text);
        section(&mut text, "Policy", &self.config.policy);
        section(&mut text, "Limits", &self.config.limits);
        self.write_output(&mut text);
        self.write_warnings(&mut text);
        text
    }

    fn write_head(&self, text: &mut String) {
        let mode = match self.config.mode {
            Mode::Live => "LIVE: real people are warned",
            Mode::Exercise => "exercise: every message says so",
        };
        let origin = self.frame.origin();
        let air = &self.config.environment;
        line(text, format_args!("Site     {}", self.name));
        line(text, format_args!("Mode     {mode}"));
        line(
            text,
            format_args!(
                "Origin   lat {}, lon {}, {} m; ground {} m",
                origin.lat_deg, origin.lon_deg, origin.height_m, air.ground_height_m
            ),
        );
        if let Some(terrain) = &self.terrain {
            line(text, format_args!("Terrain  from {}", terrain.file));
        }
        match &air.weather {
            Some(weather) => {
                let levels = weather.levels();
                let top_m = levels.last().map_or(0.0, |level| level.height_m);
                line(text, format_args!("Weather  {} levels up to {top_m} m", levels.len()));
            }
            None => {
                let [east, north] = air.wind_mps;
                line(text, format_args!("Wind     {east} m/s to the east, {north} m/s to the north"));
            }
        }
        if air.wind_sigma_mps > 0.0 {
            line(text, format_args!("         known to {} m/s", air.wind_sigma_mps));
        }
    }

    fn write_sensors(&self, text: &mut String) {
        let mut rows = vec![row(&["sensor", "called", "range km", "elevation deg", "scan s", "silent s", "links"])];
        for (number, model) in self.config.sensors.iter().enumerate() {
            let (called, links) = self.speaker(number);
            rows.push(vec![
                model.name.clone(),
                called,
                format!("{:.1} to {:.1}", model.range_min_m / 1e3, model.range_max_m / 1e3),
                format!("{:.1} to {:.1}", model.elevation_min_rad.to_degrees(), model.elevation_max_rad.to_degrees()),
                format!("{}", model.scan_period_s),
                format!("{}", model.silent_after_s),
                links,
            ]);
        }
        table(text, "Sensors", &rows);
    }

    /// What a sensor calls itself, and where it speaks.
    fn speaker(&self, sensor: usize) -> (String, String) {
        let asterix = self.sources.iter().find(|source| usize::from(source.sensor.0) == sensor);
        let sapient = self.nodes.iter().find(|node| usize::from(node.sensor.0) == sensor);
        let feed = self.feeds().find(|(_, contact, _)| usize::from(contact.sensor.0) == sensor);
        if let Some((number, _, feed)) = feed {
            return (format!("squitters, {}", feed.format), number.to_string());
        }
        match (asterix, sapient) {
            (Some(source), _) => {
                let links = source.links.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
                (format!("SAC/SIC {}/{}", source.sac, source.sic), links)
            }
            (_, Some(node)) => (format!("node {}", node.node), "sapient".to_owned()),
            (None, None) => (String::new(), "lines".to_owned()),
        }
    }

    fn write_links(&self, text: &mut String) {
        let mut rows = vec![row(&["link", "address", "kind", "trust", "senders"])];
        for (number, link) in self.links.iter().enumerate() {
            rows.push(vec![
                number.to_string(),
                link.url.clone(),
                kind(link),
                "unauthenticated".to_owned(),
                self.senders(number),
            ]);
        }
        for (number, door) in (self.links.len()..).zip(&self.doors) {
            let (kind, peers) = match &door.role {
                SapientRole::Fusion { nodes, .. } => ("SAPIENT fusion node", format!("{} nodes", nodes.len())),
                SapientRole::Edge { .. } => ("SAPIENT edge node", "the fusion node".to_owned()),
            };
            let trust = if door.trust == SapientTrust::Plain { "unauthenticated" } else { "tls" };
            rows.push(vec![number.to_string(), door.address.to_string(), kind.to_owned(), trust.to_owned(), peers]);
        }
        for (number, door) in (self.links.len() + self.doors.len()..).zip(&self.lines) {
            let peers = format!("{} sensors, {} nodes", self.line_sensors.len(), self.ears.len());
            rows.push(vec![
                number.to_string(),
                door.url.clone(),
                door.kind().to_owned(),
                door.trust().to_owned(),
                peers,
            ]);
        }
        for (number, _, feed) in self.feeds() {
            let kind = match feed.role {
                FeedRole::Client => "tcp, we connect",
                FeedRole::Server => "tcp, we listen",
            };
            let senders = if feed.senders.is_empty() && feed.role == FeedRole::Server {
                "any".to_owned()
            } else {
                feed.senders.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
            };
            rows.push(vec![
                number.to_string(),
                feed.url.clone(),
                kind.to_owned(),
                "unauthenticated".to_owned(),
                senders,
            ]);
        }
        table(text, "Links", &rows);
        if !self.ears.is_empty() {
            line(text, format_args!("\nAcoustic nodes: {}", self.ears.len()));
        }
    }

    /// The addresses that may send on a link.
    fn senders(&self, link: usize) -> String {
        let mine = self.sources.iter().filter(|source| source.links.iter().any(|&l| usize::from(l) == link));
        let mut senders: Vec<String> = Vec::new();
        for source in mine {
            if source.senders.is_empty() {
                return "any".to_owned();
            }
            senders.extend(source.senders.iter().map(ToString::to_string));
        }
        senders.sort();
        senders.dedup();
        senders.join(", ")
    }

    fn write_zones(&self, text: &mut String) {
        let mut rows = vec![row(&["zone", "name", "kind", "people", "hectares", "alarm from", "shelter"])];
        for zone in &self.config.zones {
            rows.push(vec![
                zone.key.clone(),
                zone.name.clone(),
                zone.kind.clone(),
                zone.people.to_string(),
                format!("{:.2}", polygon::area_m2(&zone.rings) / 1e4),
                format!("{}", zone.alarm_probability),
                zone.shelter_s.map_or_else(|| "-".to_owned(), |way_s| format!("{way_s} s")),
            ]);
        }
        let people: u64 = self.config.zones.iter().map(|zone| u64::from(zone.people)).sum();
        table(text, &format!("Zones: {} with {people} people", self.config.zones.len()), &rows);
    }

    fn write_output(&self, text: &mut String) {
        line(text, format_args!("\nOutput"));
        let scheme = if self.http.tls.is_some() { "https" } else { "http" };
        line(text, format_args!("  page       {scheme}://{}, {}", self.output.http, self.access_in_words()));
        if let Some(public) = self.output.public {
            line(text, format_args!("  people     {scheme}://{public}/me, with {} shelters", self.shelters.len()));
        }
        line(text, format_args!("  alarms     {}", self.output.alarms));
        let gib = self.output.kept.octets_max as f64 / f64::from(1u32 << 30);
        line(text, format_args!("  recording  {}, at most {gib} GiB", self.output.recording));
        let signed = if self.cap.signer.is_some() { "signed" } else { "not signed" };
        let languages = self.cap.languages.join(", ");
        line(text, format_args!("  CAP        {}, in {languages}, {signed}", self.output.cap_sender));
        for endpoint in &self.cap.endpoints {
            line(text, format_args!("  CAP to     {} ({})", endpoint.url, endpoint.name));
        }
        for link in &self.tak {
            let protocol = if link.protobuf { "protobuf" } else { "XML" };
            let trust = if matches!(link.target, TakTarget::Tls { .. }) { "tls" } else { "unauthenticated" };
            line(text, format_args!("  TAK to     {} ({}), {protocol}, {trust}", link.target.url(), link.name));
        }
        self.write_channels(text);
    }

    /// Who may see the page, for people.
    fn access_in_words(&self) -> String {
        let orders = if self.operators.is_empty() { "nobody orders" } else { "people on duty order" };
        if !self.access.closed {
            return format!("open to whoever reaches it; {orders} (no table [access])");
        }
        let public = if self.access.public { ", the public view open" } else { "" };
        let others = self.access.openid.as_ref().map_or(String::new(), |openid| format!(" and {}", openid.name));
        format!("for people who log in by password, passkey{others}{public}; {orders}")
    }

    fn write_channels(&self, text: &mut String) {
        if let Some(mqtt) = &self.mqtt {
            let trust = if mqtt.trust == ClientTrust::Plain { "unauthenticated" } else { "tls" };
            let second = mqtt.sirens.iter().filter(|siren| siren.udp.is_some()).count();
            let (host, port, sirens) = (&mqtt.host, mqtt.port, mqtt.sirens.len());
            line(
                text,
                format_args!("  broker     {host}:{port} ({trust}): {sirens} sirens, {second} with a second path"),
            );
        }
        for webhook in &self.webhooks {
            line(text, format_args!("  webhook    {} at {}", webhook.id, webhook.url));
        }
        for operator in &self.operators {
            line(text, format_args!("  on duty    {} ({:?})", operator.name, operator.role));
        }
    }

    fn write_warnings(&self, text: &mut String) {
        if self.warnings.is_empty() {
            return;
        }
        line(text, format_args!("\nWarnings"));
        for warning in &self.warnings {
            line(text, format_args!("  {warning}"));
        }
    }
}

fn kind(link: &Link) -> String {
    match link.cast {
        Cast::Unicast { .. } => "unicast".to_owned(),
        Cast::Multicast { interface: Some(interface), .. } => format!("multicast on {interface}"),
        Cast::Multicast { interface: None, .. } => "multicast, interface unset".to_owned(),
    }
}

fn line(text: &mut String, arguments: core::fmt::Arguments<'_>) {
    // Writing to a String cannot fail.
    let _ = writeln!(text, "{arguments}");
}

fn row(cells: &[&str]) -> Vec<String> {
    cells.iter().map(|cell| (*cell).to_owned()).collect()
}

/// A table with columns as wide as their longest cell; the first row is the head.
fn table(text: &mut String, title: &str, rows: &[Vec<String>]) {
    line(text, format_args!("\n{title}"));
    let columns = rows.first().map_or(0, Vec::len);
    let widths: Vec<usize> =
        (0..columns).map(|c| rows.iter().map(|row| row[c].chars().count()).max().unwrap_or(0)).collect();
    for row in rows {
        let cells: Vec<String> = row.iter().zip(&widths).map(|(cell, &width)| format!("{cell:<width$}")).collect();
        line(text, format_args!("  {}", cells.join("  ").trim_end()));
    }
}

/// The fields of a structure, one a line.
fn section(text: &mut String, title: &str, values: &impl Serialize) {
    line(text, format_args!("\n{title}"));
    let Ok(serde_json::Value::Object(fields)) = serde_json::to_value(values) else {
        return;
    };
    let width = fields.keys().map(String::len).max().unwrap_or(0);
    for (name, value) in &fields {
        line(text, format_args!("  {name:<width$}  {value}"));
    }
}
