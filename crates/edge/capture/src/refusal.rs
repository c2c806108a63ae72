//! Why a packet is not a datagram for us.

/// A packet, or the rest of a file, that gave no datagram.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("packet {packet} at octet {offset}: {why}")]
pub struct Refusal {
    /// Number of the packet in the file, the first is 0.
    pub packet: usize,
    /// Offset in the file of the packet's record (pcap), block (pcapng) or data block (raw).
    pub offset: usize,
    /// The reason.
    pub why: Why,
}

/// The reason of a [`Refusal`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum Why {
    /// The file ends before the packet does.
    #[error("the file ends in the middle: {missing} more octets needed")]
    FileCut {
        /// Octets that are missing, at the least.
        missing: usize,
    },
    /// The file's own structure is broken; the rest cannot be read.
    #[error("the structure of the file is broken here, the rest cannot be read")]
    FileBroken,
    /// A raw recording goes on with something that is no data block.
    #[error("no ASTERIX data block here (length field {length}), the rest cannot be read")]
    NotABlock {
        /// What stands where a block has its length.
        length: u16,
    },
    /// A pcapng packet of an interface that was not described.
    #[error("packet of interface {0}, which the file does not describe")]
    UnknownInterface(u32),
    /// A link layer that is not supported.
    #[error("link type {0} is not supported")]
    LinkType(i32),
    /// Only the front of the packet was captured.
    #[error("only {captured} of {original} octets of the packet were captured")]
    PacketCut {
        /// Octets captured.
        captured: u32,
        /// Octets that were sent.
        original: u32,
    },
    /// An IP fragment; fragments are not put together.
    #[error("IP fragment")]
    Fragment,
    /// A sound packet of another protocol (ARP, TCP and so on).
    #[error("not UDP")]
    NotUdp,
    /// Headers that contradict themselves.
    #[error("broken network headers")]
    BrokenHeaders,
}

impl Why {
    /// A short fixed name, for counting refusals by kind.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::FileCut { .. } => "file_cut",
            Self::FileBroken => "file_broken",
            Self::NotABlock { .. } => "not_a_block",
            Self::UnknownInterface(_) => "unknown_interface",
            Self::LinkType(_) => "link_type",
            Self::PacketCut { .. } => "packet_cut",
            Self::Fragment => "fragment",
            Self::NotUdp => "not_udp",
            Self::BrokenHeaders => "broken_headers",
        }
    }

    /// Whether nothing more can be read from the file after this.
    #[must_use]
    pub fn is_fatal(self) -> bool {
        matches!(self, Self::FileCut { .. } | Self::FileBroken | Self::NotABlock { .. })
    }
}
