//! Cursor on Target: each server and each mesh of the site file is a channel.
//!
//! | what a server may do | what happens |
//! |---|---|
//! | refuse, or not be there | tried again after 0.5 s, then twice as long, at most 10 s; at once when an alarm is raised |
//! | read slowly, or not at all | alarms go before rounds, of a round only the newest waits; a write that takes 5 s ends the line |
//! | die, or close | what stands is told whole when it is back, and what ended meanwhile is ended there too |
//! | vanish without a word | 35 s without an answer to a ping, where it answered before; 20 s unacknowledged by its machine |
//! | answer nonsense | counted by reason; a hundred in a row end the line, which is tried again |
//! | forget what it was told | who says where they are is a joiner: what stands is told again, and every 5 s anyway |

mod line;
mod mesh;
mod outgoing;
mod teller;

#[cfg(test)]
mod peers;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use parapet_cot::{Originator, RENEW_S, Wire};
use parapet_sapient_link::Identity;
use parapet_site::{Site, TakLink, TakTarget};
use rustls::pki_types::ServerName;

use crate::atlas::Atlas;
use crate::channel::{Plan, Receivers, Spec};
use crate::error::ServiceError;
use crate::speech::Speech;
use line::{Line, Tls};
use mesh::Mesh;
use teller::Teller;

/// Nobody sees who joins a mesh, and datagrams are lost: what stands is told this often there, seconds.
const MESH_RENEW_S: f64 = 3.0;

/// Adds a channel for each `[[tak]]` of a site.
///
/// # Errors
/// When a certificate, a key or a server's name cannot be used.
pub(crate) fn plan(plan: &mut Plan, site: &Site, atlas: &Arc<Atlas>) -> Result<(), ServiceError> {
    for link in &site.tak {
        add(plan, site, atlas, link)?;
    }
    Ok(())
}

fn add(plan: &mut Plan, site: &Site, atlas: &Arc<Atlas>, link: &TakLink) -> Result<(), ServiceError> {
    let from = Originator { sender: site.output.cap_sender.clone(), site_name: site.name.clone(), mode: site.mode() };
    let spec = Spec { name: link.name.clone(), kind: "tak", tracks: link.rounds, receivers: Receivers::Nobody };
    let renew_s = if matches!(link.target, TakTarget::Mesh { .. }) { MESH_RENEW_S } else { RENEW_S };
    let teller = Teller::new(atlas.clone(), Speech::of(site), from, renew_s);
    let wire = if link.protobuf { Wire::Protobuf } else { Wire::Xml };
    match &link.target {
        TakTarget::Tcp(address) => {
            let line = Line { address: *address, tls: None, wire };
            plan.add(spec, move |inbox, desk| line::run(line, teller, inbox, desk));
        }
        TakTarget::Tls { address, server_name, certificate, key, authorities } => {
            let identity =
                Identity { certificate: certificate.0.clone(), key: key.0.clone(), authorities: authorities.0.clone() };
            let refuse = |what| ServiceError::Channel { table: format!("[[tak]] {}", link.name), what };
            let config = identity.client().map_err(|error| refuse(error.to_string()))?;
            let name = ServerName::try_from(server_name.clone()).map_err(|error| refuse(error.to_string()))?;
            let line = Line { address: *address, tls: Some(Tls { config, name }), wire };
            plan.add(spec, move |inbox, desk| line::run(line, teller, inbox, desk));
        }
        TakTarget::Mesh { group, port, interface } => {
            let mesh = Mesh { group: *group, port: *port, interface: *interface, wire };
            plan.add(spec, move |inbox, desk| mesh::run(mesh, teller, inbox, desk));
        }
    }
    Ok(())
}
