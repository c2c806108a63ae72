//! What must hold for every datagram, whatever its octets: the fuzz target and the tests run this.

use crate::builder::{RecordBuilder, block};
use crate::cat034::ServiceMessage;
use crate::cat048::TargetReport;
use crate::node::Node;
use crate::record::Record;
use crate::{Blocks, HEADER_LEN};

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
    let mut account = Account::default();
    for found in Blocks::new(datagram) {
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
                Ok(record) => count_record(&mut account, &record),
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

fn count_record(account: &mut Account, record: &Record<'_>) {
    account.records += 1;
    account.record_octets += record.bytes().len();
    for view in record.items() {
        account.elements += count_elements(view.node());
        let _ = view.contents_fault();
    }
    let typed = TargetReport::from_record(record).is_some();
    assert_ne!(typed, ServiceMessage::from_record(record).is_some());
    check_round_trip(record);
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

fn check_round_trip(record: &Record<'_>) {
    let values = RecordBuilder::from_record(record);
    let mut octets = Vec::new();
    values.encode(&mut octets).expect("decoded values can be encoded");
    assert!(octets.len() <= record.bytes().len(), "the encoder writes no more than was sent");
    let whole = block(record.category(), &octets).expect("a record that was received fits");
    let mut again = crate::records(&whole);
    let first = again.next().and_then(Result::ok).expect("what was encoded can be decoded");
    assert_eq!(RecordBuilder::from_record(&first).values(), values.values());
    assert!(again.next().is_none(), "nothing follows");
}
