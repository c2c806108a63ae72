//! `parapet-lab simulate`: a scenario as files.

use std::io::Write;
use std::net::SocketAddr;
use std::path::Path;

use parapet_frame::Time;
use parapet_world::{Message, MessageKind, PlotLine, Sighting};

use crate::arguments::Simulate;
use crate::output::say;
use crate::pcap;
use crate::run::{Run, write_file};

/// Where a radar without a destination is said to send in the capture file.
const NOWHERE: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 2)), 8_600);

pub(crate) fn simulate(a: &Simulate) -> Result<(), String> {
    let run = Run::prepare(&a.chosen)?;
    let nanos = i64::try_from(a.start.as_nanosecond());
    let start =
        nanos.map(Time::from_nanos).map_err(|_| "--start is beyond what can be written; use a nearer instant")?;
    run.write_truth(&a.out.join("truth.jsonl"), start)?;
    let plots = write_plots(&run, &a.out.join("plots.jsonl"))?;
    let datagrams = write_asterix(&run, start, &a.out)?;
    say(&format!(
        "{}: {} objects, {plots} plots, {datagrams} datagrams over {} s, in {}",
        run.scenario.name,
        run.scene.objects.len(),
        run.scene.duration_s,
        a.out.display()
    ));
    Ok(())
}

fn write_plots(run: &Run, path: &Path) -> Result<u64, String> {
    let mut count = 0;
    write_file(path, |file| {
        for message in &run.messages {
            let MessageKind::Plots(plots) = &message.kind else { continue };
            for plot in plots {
                serde_json::to_writer(&mut *file, &plot_line(run, message, plot))?;
                file.write_all(b"\n")?;
                count += 1;
            }
        }
        Ok(())
    })?;
    Ok(count)
}

fn plot_line(run: &Run, message: &Message, plot: &Sighting) -> PlotLine {
    PlotLine {
        time_s: plot.stamp_s,
        send_s: message.send_s,
        radar: run.scene.radars[message.radar].spec.name.clone(),
        range_m: plot.polar.range_m,
        azimuth_rad: plot.polar.azimuth_rad,
        elevation_rad: plot.polar.elevation_rad,
        range_rate_mps: plot.range_rate_mps,
        object: plot.object.map(|i| run.scene.objects[i].name.clone()),
    }
}

/// Writes the capture with every line of every radar, and the plain file with every message once.
fn write_asterix(run: &Run, start: Time, folder: &Path) -> Result<u64, String> {
    let mut sent = Vec::new();
    for message in &run.messages {
        sent.push((message, run.datagrams(message, start)?));
    }
    write_file(&folder.join("asterix.ast"), |file| {
        sent.iter().flat_map(|(_, datagrams)| datagrams).try_for_each(|d| file.write_all(d))
    })?;
    let mut count = 0;
    write_file(&folder.join("asterix.pcap"), |file| {
        pcap::begin(file)?;
        for (message, datagrams) in &sent {
            let lines = run.scene.radars[message.radar].spec.send_to.iter().map(|d| d.udp);
            let lines: Vec<SocketAddr> = if lines.len() == 0 { vec![NOWHERE] } else { lines.collect() };
            let at = start.plus_seconds(message.send_s);
            for (datagram, to) in datagrams.iter().flat_map(|d| lines.iter().map(move |to| (d, *to))) {
                pcap::datagram(file, at, to, datagram)?;
                count += 1;
            }
        }
        Ok(())
    })?;
    Ok(count)
}
