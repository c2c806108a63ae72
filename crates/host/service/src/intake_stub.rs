//! Stands in until the intake is there.
use parapet_engine::Event;
use parapet_frame::HeardAt;
use std::net::IpAddr;
/// x
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
pub struct IntakeSource;
/// x
#[derive(Clone, Debug)]
pub struct Intake;
impl Intake {
    /// x
    pub fn new(_s: Vec<IntakeSource>) -> Self {
        Intake
    }
    /// x
    pub fn datagram(&mut self, _h: HeardAt, _l: u16, _s: Option<IpAddr>, _b: &[u8], _f: &mut dyn FnMut(Event)) {}
}
