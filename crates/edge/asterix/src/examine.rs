//! What must hold for every datagram, whatever its octets: the fuzz target and the tests run this.

use crate::builder::{RecordBuilder, block};
use crate::cat001::PlotReport;
use crate::cat002::service_message;
use crate::cat015::SurveillanceReport;
use crate::cat021::AdsbReport;
use crate::cat034::ServiceMessage;
use crate::cat048::TargetReport;
use crate::cat062::TrackReport;
use crate::cat065::ServiceStatus;
use crate::cat129::UasReport;
use crate::doubt::doubts;
use crate::editions::{Edition, LATEST};
use crate::grammar::{self, Dice};
use crate::node::Node;
use crate::record::Record;
use crate::{Blocks, Editions, HEADER_LEN, TABLES};

/// Where the octets of a datagram went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Account {
    /// Records decoded.
    pub records: usize,
    /// Errors returned.
    pub refusals: usize,
    /// Octets of the headers of blocks whose category has a table.
    pub header_octets: usize,
    /// Octets of decoded records.
    pub record_octets: usize,
    /// Octets given up by the errors.
    pub refused_octets: usize,
    /// Elements read.
    pub elements: usize,
}

/// Decodes a datagram, reads every value, encodes every record again, and checks that
///
/// * every octet is in a block header, a record, or the refused range of an error;
/// * offsets of errors lie within the datagram;
/// * an encoded record decodes to the same values.
///
/// # Panics
/// When one of these does not hold: a fault of this crate, never of the datagram.
pub fn examine(datagram: &[u8]) -> Account {
    examine_by(datagram, &LATEST)
}

/// As [`examine`], by the editions that were chosen.
///
/// # Panics
/// As [`examine`].
pub fn examine_by(datagram: &[u8], editions: &Editions) -> Account {
    let mut account = Account::default();
    for found in Blocks::by(datagram, editions) {
        let records = match found {
            Ok(block) => {
                account.header_octets += HEADER_LEN;
                block.records()
            }
            Err(refusal) => {
                count_refusal(&mut account, &refusal, datagram);
                continue;
            }
        };
        for found in records {
            match found {
                Ok(record) => count_record(&mut account, &record, editions),
                Err(refusal) => count_refusal(&mut account, &refusal, datagram),
            }
        }
    }
    let accounted = account.header_octets + account.record_octets + account.refused_octets;
    assert_eq!(accounted, datagram.len(), "every octet is accounted for");
    account
}

fn count_refusal(account: &mut Account, refusal: &crate::DecodeError, datagram: &[u8]) {
    assert!(refusal.offset <= datagram.len(), "{refusal}");
    assert!(refusal.refused.end <= datagram.len(), "{refusal}");
    assert!(!refusal.to_string().is_empty());
    account.refusals += 1;
    account.refused_octets += refusal.refused.len();
}

fn count_record(account: &mut Account, record: &Record<'_>, editions: &Editions) {
    account.records += 1;
    account.record_octets += record.bytes().len();
    for view in record.items() {
        account.elements += count_elements(view.node());
        let _ = view.contents_fault();
    }
    doubts(record, &mut |doubt| assert!(!doubt.to_string().is_empty()));
    assert_eq!(typed_views(record), usize::from(record.category().number != 16), "each category has its typed view");
    check_round_trip(record, editions);
}

/// How many typed views read the record. Category 016 has none.
fn typed_views(record: &Record<'_>) -> usize {
    let views = [
        PlotReport::from_record(record).is_some(),
        service_message(record).is_some(),
        SurveillanceReport::from_record(record).is_some(),
        AdsbReport::from_record(record).is_some(),
        ServiceMessage::from_record(record).is_some(),
        TargetReport::from_record(record).is_some(),
        TrackReport::from_record(record).is_some(),
        ServiceStatus::from_record(record).is_some(),
        UasReport::from_record(record).is_some(),
    ];
    views.into_iter().filter(|read| *read).count()
}

fn count_elements(node: Node<'_>) -> usize {
    match node {
        Node::Element(element) => {
            let _ = (element.quantity(), element.text(), element.string());
            1
        }
        Node::Group(members) => members.map(|member| count_elements(member.node)).sum(),
        Node::List(list) => list.map(count_elements).sum(),
        Node::Bytes(_) | Node::Unreadable(..) => 0,
    }
}

fn check_round_trip(record: &Record<'_>, editions: &Editions) {
    let values = RecordBuilder::from_record(record);
    let mut octets = Vec::new();
    values.encode(&mut octets).expect("decoded values can be encoded");
    assert!(octets.len() <= record.bytes().len(), "the encoder writes no more than was sent");
    let whole = block(record.category(), &octets).expect("a record that was received fits");
    let mut again = crate::records_by(&whole, editions);
    let first = again.next().and_then(Result::ok).expect("what was encoded can be decoded");
    assert_eq!(RecordBuilder::from_record(&first).values(), values.values());
    assert!(again.next().is_none(), "nothing follows");
}

/// What a fuzz target of one category does with its octets. They are taken as the records of a block as they are, and
/// as dice by which a table of the category (any edition) draws valid records; these must decode whole, and are then
/// damaged as the last octets say.
///
/// # Panics
/// As [`examine`], and when a drawn record does not decode to the values that it was encoded of.
pub fn examine_category(category: u8, octets: &[u8]) {
    let mut dice = Dice::new(octets);
    let tables = || TABLES.iter().filter(move |table| table.number == category);
    let Some(table) = tables().nth(dice.below(tables().count() as u64) as usize) else { return };
    let mut editions = Editions::default();
    if let Ok(edition) = Edition::of(category, table.edition) {
        editions.choose(None, edition);
    }
    if let Ok(raw) = block(table, octets.get(1..).unwrap_or_default()) {
        examine_by(&raw, &editions);
    }
    let (mut records, mut count) = (Vec::new(), 0);
    while count == 0 || (!dice.is_empty() && count < DRAWN_MAX) {
        let drawn = grammar::record(table, &mut dice);
        drawn.encode(&mut records).expect("a drawn record can be encoded");
        count += 1;
    }
    let mut whole = block(table, &records).expect("a few records fit into a block");
    let account = examine_by(&whole, &editions);
    assert_eq!((account.records, account.refusals), (count, 0), "drawn records decode");
    let intact = whole.len();
    for damage in octets.rchunks_exact(2).take(DAMAGES_MAX) {
        whole[usize::from(damage[0]) * intact / 256] ^= damage[1];
    }
    examine_by(&whole, &editions);
}

/// Records drawn into one block: the second begins where the first ends.
const DRAWN_MAX: usize = 2;
/// Octets changed in a block of drawn records.
const DAMAGES_MAX: usize = 3;
