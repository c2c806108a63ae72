//! Every bound of this crate, in one place. Beyond a bound something is refused and counted.

/// How much of what a peer sends is looked at, and how much is remembered of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of one message; Apex's own bound, beyond which it closes without a word.
    pub frame_bytes_max: u32,
    /// Messages nested in one another; the deepest of the standard's own examples has 9.
    pub depth_max: u8,
    /// Values in one message, nested ones included. A value of two bytes may become a structure of hundreds, so this and not
    /// the length of the frame is what bounds memory.
    pub values_max: u32,
    /// Findings that are told of one message; the rest is not looked for.
    pub findings_max: u8,
    /// Connections at once, registered or not.
    pub connections_max: u32,
    /// Nodes that are remembered; a node that left is forgotten before a new one is refused.
    pub nodes_max: u32,
    /// Tasks of one node that wait for an answer.
    pub tasks_max: u8,
    /// Reports of one node that are remembered, to know one that comes twice.
    pub reports_remembered: u8,
    /// Characters of a name or a reason that are kept or passed on.
    pub text_chars_max: u16,
    /// Bytes of a refused message that are sent back with the reason; less would suffice, but the standard asks for the packet.
    pub echo_bytes_max: u32,
    /// Detections of an edge node that wait for their turn.
    pub detections_queued_max: u16,
    /// Alerts of an edge node that nobody has acknowledged yet.
    pub alerts_open_max: u16,
}

impl Limits {
    /// What the crate is tested with. A node takes about a kilobyte, twice that with the longest name.
    pub const DEFAULT: Limits = Limits {
        frame_bytes_max: 1024 * 1024,
        depth_max: 24,
        values_max: 20_000,
        findings_max: 8,
        connections_max: 16_384,
        nodes_max: 16_384,
        tasks_max: 8,
        reports_remembered: 32,
        text_chars_max: 200,
        echo_bytes_max: 16 * 1024,
        detections_queued_max: 1_024,
        alerts_open_max: 256,
    };
}

impl Default for Limits {
    fn default() -> Self {
        Limits::DEFAULT
    }
}
