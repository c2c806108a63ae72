//! `parapet decode`.

use std::io::{self, Write as _};
use std::net::SocketAddr;
use std::path::PathBuf;

use clap::Args;
use parapet_asterix::{DecodeError, Fault, Record};
use parapet_capture::{Capture, Datagram, Why};
use parapet_frame::Time;
use parapet_service::rfc3339;
use serde::Serialize;

use crate::exit::{Exit, Failure};
use crate::files;
use crate::out::Out;

/// Print recorded ASTERIX as JSON, one object per record, with units
///
/// Reads pcap, pcapng and raw files (data blocks one after another). What cannot be decoded is told on standard error with its
/// place; so are counts at the end. Packets that are not UDP and categories without a table are told and counted but are no
/// failure; anything else that could not be decoded ends the program with code 1, after everything else has been printed.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  parapet decode radar.pcap > records.jsonl\n  \
    parapet decode radar.ast | jq '.items.\"I048/040\".RHO.value'")]
pub(crate) struct Decode {
    /// The recorded file
    file: PathBuf,
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
}

#[derive(Default)]
struct Tally {
    datagrams: u64,
    records: u64,
    other_packets: u64,
    other_categories: u64,
    refused: u64,
}

impl Decode {
    pub(crate) fn run(self) -> Result<Exit, Failure> {
        let bytes = files::read(&self.file)?;
        let capture = Capture::open(&bytes);
        let capture = capture.map_err(|error| Failure::Failed(format!("{}: {error}", self.file.display())))?;
        let mut out = Out::new();
        let mut tally = Tally::default();
        for packet in capture {
            match packet {
                Ok(datagram) => tally.datagram(&datagram, &mut out)?,
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
        Ok(Exit::fine_if(tally.refused == 0))
    }
}

impl Tally {
    fn datagram(&mut self, datagram: &Datagram<'_>, out: &mut Out) -> Result<(), Failure> {
        self.datagrams += 1;
        for record in parapet_asterix::records(datagram.payload) {
            match record {
                Ok(record) => {
                    self.records += 1;
                    out.json(&line(datagram, &record))?;
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
        let Tally { datagrams, records, other_packets, other_categories, refused } = self;
        write!(f, "{records} records in {datagrams} datagrams; {refused} refused; ")?;
        write!(f, "skipped: {other_categories} blocks of other categories, {other_packets} packets that are not UDP")
    }
}

fn line<'a>(datagram: &Datagram<'_>, record: &'a Record<'a>) -> Line<'a> {
    Line {
        packet: datagram.packet,
        file_offset: datagram.offset + record.offset(),
        captured_at: datagram.time_ns.map(|nanos| rfc3339(Time::from_nanos(nanos))),
        from: datagram.source,
        to: datagram.destination,
        record,
    }
}

/// Whoever does not listen to complaints still gets the output.
fn complain(what: impl core::fmt::Display) {
    let _ = writeln!(io::stderr(), "parapet: {what}");
}
