//! Why something that a peer sent is not used.

use core::fmt;

use crate::check::{Fault, Finding};

/// Why a message was not taken, as it is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reason {
    /// Not protobuf, or beyond the bounds of this crate.
    Unreadable,
    /// Against a rule of the standard.
    AgainstTheRules,
    /// Sent too long before it was heard: a slow line, a wrong clock, or a capture of another day.
    TooOld,
    /// Sent after it was heard: a wrong clock.
    FromTheFuture,
    /// A detection sooner after the one before than this site allows.
    TooSoon,
    /// A report that came before.
    Repeated,
    /// More messages than a connection may send.
    Flood,
    /// From a node that has not registered on this connection.
    NotRegistered,
    /// In the name of another node than the one that registered on this connection.
    OtherNode,
    /// A registration in the name of a node that the certificate does not name.
    WrongCertificate,
    /// A registration of a node that this site does not know.
    UnknownNode,
    /// A registration of a node that is connected already, over a line on which nobody can prove who they are.
    AlreadyConnected,
    /// A registration beyond the number of nodes that are remembered.
    TooManyNodes,
    /// Meant for another node.
    NotForUs,
    /// An acknowledgement of something that was not asked.
    Unasked,
    /// A message that only the other role sends.
    WrongRole,
}

impl Reason {
    /// A name for counters: lower case with underscores.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Reason::Unreadable => "unreadable",
            Reason::AgainstTheRules => "against_the_rules",
            Reason::TooOld => "too_old",
            Reason::FromTheFuture => "from_the_future",
            Reason::TooSoon => "too_soon",
            Reason::Repeated => "repeated",
            Reason::Flood => "flood",
            Reason::NotRegistered => "not_registered",
            Reason::OtherNode => "other_node",
            Reason::WrongCertificate => "wrong_certificate",
            Reason::UnknownNode => "unknown_node",
            Reason::AlreadyConnected => "already_connected",
            Reason::TooManyNodes => "too_many_nodes",
            Reason::NotForUs => "not_for_us",
            Reason::Unasked => "unasked",
            Reason::WrongRole => "wrong_role",
        }
    }
}

/// Something was not used.
#[derive(Clone, Debug, PartialEq)]
pub struct Refusal {
    /// Why, as it is counted.
    pub reason: Reason,
    /// The same for people, one sentence or more.
    pub details: Vec<String>,
}

impl Refusal {
    pub(crate) fn new(reason: Reason, detail: impl Into<String>) -> Self {
        Refusal { reason, details: vec![detail.into()] }
    }

    pub(crate) fn of(findings: &[Finding]) -> Self {
        let unreadable = |finding: &Finding| {
            matches!(finding.fault, Fault::Wire(_) | Fault::TooDeep | Fault::TooMany | Fault::TooLong(_))
        };
        let reason = if findings.iter().any(unreadable) { Reason::Unreadable } else { Reason::AgainstTheRules };
        Refusal { reason, details: findings.iter().map(ToString::to_string).collect() }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.reason.key(), self.details.join("; "))
    }
}
