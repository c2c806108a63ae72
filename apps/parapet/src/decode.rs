//! `parapet decode`.

use std::collections::BTreeMap;
use std::io::{self, Write as _};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::str::FromStr;

use clap::Args;
use parapet_asterix::{DecodeError, Edition, Editions, Fault, Record, Source};
use parapet_capture::{Capture, Datagram, Why};
use parapet_frame::Time;
use parapet_service::rfc3339;
use serde::Serialize;

use crate::exit::{Exit, Failure};
use crate::files;
use crate::out::Out;

/// Print recorded ASTERIX as JSON, one object per record, with units
///
/// Knows categories 001, 002, 015, 016, 021, 034, 048, 062, 065 and 129, each by its latest edition unless told
/// otherwise. Reads pcap, pcapng and raw files (data blocks one after another). What cannot be decoded is told on
/// standard error with its place; so are counts at the end. A record that decodes and makes no sense (an item missing
/// that every record has, a latitude of 4330 degrees) is printed with its `doubts`: another edition, or broken. Packets
/// that are not UDP and categories without a table are told and counted but are no failure; anything else that could
/// not be decoded or believed ends the program with code 1, after everything else has been printed.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  parapet decode radar.pcap > records.jsonl\n  \
    parapet decode radar.ast | jq '.items.\"I048/040\".RHO.value'\n  \
    parapet decode adsb.pcap --edition '021 0.26'\n  \
    parapet decode mixed.pcap --edition 25/7:'021 2.1' --category 21 --category 62\n  \
    parapet decode tracks.pcap | jq -c 'select(.doubts)'\n  \
    parapet decode --table '062 1.21' > cat062.md")]
pub(crate) struct Decode {
    /// The recorded file
    #[arg(required_unless_present = "table")]
    file: Option<PathBuf>,
    /// Read a category by this edition: `'021 0.26'` from every source, `25/7:'021 0.26'` from SAC 25 SIC 7 only
    #[arg(long = "edition", value_name = "[SAC/SIC:]EDITION")]
    editions: Vec<Choice>,
    /// Print records of this category only (may be given more than once)
    #[arg(long = "category", value_name = "NUMBER")]
    categories: Vec<u8>,
    /// Print how an edition of a category is laid out, as Markdown, and nothing else
    #[arg(long, value_name = "EDITION")]
    table: Option<Edition>,
}

/// An edition, and whose.
#[derive(Clone, Debug)]
struct Choice {
    source: Option<Source>,
    edition: Edition,
}

impl FromStr for Choice {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let edition = |text: &str| text.parse::<Edition>().map_err(|error| error.to_string());
        let Some((source, rest)) = text.split_once(':') else {
            return Ok(Choice { source: None, edition: edition(text)? });
        };
        let numbers = source.split_once('/').and_then(|(sac, sic)| Some((sac.parse().ok()?, sic.parse().ok()?)));
        let (sac, sic) = numbers.ok_or_else(|| format!("{source:?} is no SAC/SIC, such as 25/7"))?;
        Ok(Choice { source: Some(Source { sac, sic }), edition: edition(rest)? })
    }
}

/// One record and where it was.
#[derive(Serialize)]
struct Line<'a> {
    packet: usize,
    /// Octets from the start of the file.
    file_offset: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    captured_at: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    from: Option<SocketAddr>,
    #[serde(skip_serializing_if = "Option::is_none")]
    to: Option<SocketAddr>,
    #[serde(flatten)]
    record: &'a Record<'a>,
    /// What in it its edition does not allow.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    doubts: Vec<String>,
}

#[derive(Default)]
struct Tally {
    datagrams: u64,
    records: u64,
    other_packets: u64,
    other_categories: u64,
    refused: u64,
    /// Records that decode and cannot be believed.
    impossible: u64,
    /// Records printed by category.
    by_category: BTreeMap<u8, u64>,
}

impl Decode {
    pub(crate) fn run(self) -> Result<Exit, Failure> {
        let mut out = Out::new();
        if let Some(edition) = self.table {
            out.line(parapet_asterix::markdown(edition.table()))?;
            out.done()?;
            return Ok(Exit::Fine);
        }
        let file = self.file.unwrap_or_default();
        let bytes = files::read(&file)?;
        let capture = Capture::open(&bytes);
        let capture = capture.map_err(|error| Failure::Failed(format!("{}: {error}", file.display())))?;
        let mut reading = Reading { categories: self.categories, ..Reading::default() };
        for choice in self.editions {
            reading.editions.choose(choice.source, choice.edition);
        }
        let mut tally = Tally::default();
        for packet in capture {
            match packet {
                Ok(datagram) => tally.datagram(&datagram, &reading, &mut out)?,
                Err(refusal) => {
                    match refusal.why {
                        Why::NotUdp => tally.other_packets += 1,
                        _ => tally.refused += 1,
                    }
                    complain(refusal);
                }
            }
        }
        out.done()?;
        complain(&tally);
        Ok(Exit::fine_if(tally.refused + tally.impossible == 0))
    }
}

/// By what is read, and what is printed.
#[derive(Default)]
struct Reading {
    editions: Editions,
    /// Every category when empty.
    categories: Vec<u8>,
}

impl Tally {
    fn datagram(&mut self, datagram: &Datagram<'_>, reading: &Reading, out: &mut Out) -> Result<(), Failure> {
        self.datagrams += 1;
        for record in parapet_asterix::records_by(datagram.payload, &reading.editions) {
            match record {
                Ok(record) => {
                    let category = record.category().number;
                    if !reading.categories.is_empty() && !reading.categories.contains(&category) {
                        continue;
                    }
                    self.records += 1;
                    *self.by_category.entry(category).or_default() += 1;
                    let line = line(datagram, &record, &mut self.impossible);
                    out.json(&line)?;
                }
                Err(error) => self.refuse(datagram, &error),
            }
        }
        Ok(())
    }

    fn refuse(&mut self, datagram: &Datagram<'_>, error: &DecodeError) {
        match error.fault {
            Fault::UnknownCategory { .. } => self.other_categories += 1,
            _ => self.refused += 1,
        }
        complain(format_args!(
            "packet {} (payload at octet {} of the file): {error}",
            datagram.packet, datagram.offset
        ));
    }
}

impl core::fmt::Display for Tally {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let Tally { datagrams, records, other_packets, other_categories, refused, impossible, by_category } = self;
        write!(f, "{records} records in {datagrams} datagrams")?;
        let by_category: Vec<_> = by_category.iter().map(|(number, count)| format!("CAT{number:03} {count}")).collect();
        if !by_category.is_empty() {
            write!(f, " ({})", by_category.join(", "))?;
        }
        write!(f, "; {refused} refused; ")?;
        if *impossible > 0 {
            write!(f, "{impossible} that cannot be believed; ")?;
        }
        write!(f, "skipped: {other_categories} blocks of other categories, {other_packets} packets that are not UDP")
    }
}

fn line<'a>(datagram: &Datagram<'_>, record: &'a Record<'a>, impossible: &mut u64) -> Line<'a> {
    let (mut told, mut is_fatal) = (Vec::new(), false);
    parapet_asterix::doubts(record, &mut |doubt| {
        is_fatal |= doubt.is_fatal();
        told.push(doubt.to_string());
    });
    *impossible += u64::from(is_fatal);
    Line {
        packet: datagram.packet,
        file_offset: datagram.offset + record.offset(),
        captured_at: datagram.time_ns.map(|nanos| rfc3339(Time::from_nanos(nanos))),
        from: datagram.source,
        to: datagram.destination,
        record,
        doubts: told,
    }
}

/// Whoever does not listen to complaints still gets the output.
fn complain(what: impl core::fmt::Display) {
    let _ = writeln!(io::stderr(), "parapet: {what}");
}
