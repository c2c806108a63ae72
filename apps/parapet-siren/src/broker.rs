//! The siren's connection to the broker, in a task of its own.

use std::sync::Arc;
use std::time::Duration;

use parapet_siren::{Topics, World};
use rumqttc::v5::mqttbytes::QoS;
use rumqttc::v5::mqttbytes::v5::{Filter, Packet};
use rumqttc::v5::{AsyncClient, Event, EventLoop, MqttOptions};
use rumqttc::{TlsConfiguration, Transport};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ClientConfig, RootCertStore};
use tokio::sync::mpsc;

use crate::arguments::Run;
use crate::files;

/// What waits in either direction.
const QUEUE_MAX: usize = 256;
/// The shortest that the library allows.
const KEEP_ALIVE: Duration = Duration::from_secs(5);
/// Pause between two attempts to connect.
const PAUSE: Duration = Duration::from_millis(500);
/// Receipts that wait for the broker's acknowledgement; the library makes room for all of them beforehand.
const IN_FLIGHT_MAX: u16 = 64;
/// Longest packet that is taken, octets.
const PACKET_MAX: u32 = 16_384;

/// What the broker brings.
pub(crate) enum News {
    Up,
    Down(String),
    Message { topic: String, payload: Vec<u8>, retained: bool },
}

/// The connection.
pub(crate) struct Broker {
    pub(crate) client: AsyncClient,
    pub(crate) news: mpsc::Receiver<News>,
}

/// Begins to connect, and goes on for ever.
pub(crate) fn connect(arguments: &Run, world: World, topics: &Topics) -> Result<Option<Broker>, String> {
    let Some(address) = &arguments.broker else { return Ok(None) };
    let wrong = || format!("--broker {address}: write for example 127.0.0.1:1883");
    let (host, port) = address.rsplit_once(':').ok_or_else(wrong)?;
    let port: u16 = port.parse().map_err(|_| wrong())?;
    let mut options = MqttOptions::new(format!("siren-{}-{}", world.word(), arguments.id), host, port);
    options.set_keep_alive(KEEP_ALIVE).set_clean_start(true).set_max_packet_size(Some(PACKET_MAX));
    options.set_outgoing_inflight_upper_limit(IN_FLIGHT_MAX);
    if let (Some(user), Some(file)) = (&arguments.user, &arguments.password_file) {
        options.set_credentials(user.as_str(), files::text(file)?);
    }
    if let Some(tls) = tls(arguments)? {
        options.set_transport(Transport::tls_with_config(TlsConfiguration::Rustls(tls)));
    }
    let (client, events) = AsyncClient::new(options, QUEUE_MAX);
    let (tell, news) = mpsc::channel(QUEUE_MAX);
    let filters = filters(arguments, topics);
    tokio::spawn(drive(client.clone(), events, filters, tell));
    Ok(Some(Broker { client, news }))
}

fn filters(arguments: &Run, topics: &Topics) -> Vec<Filter> {
    let mut names = vec![topics.siren(&arguments.id), topics.every(), topics.heartbeat()];
    match arguments.zones.as_slice() {
        [] => names.push(topics.zones()),
        zones => names.extend(zones.iter().map(|zone| topics.zone(zone))),
    }
    names.into_iter().map(|name| Filter::new(name, QoS::AtLeastOnce)).collect()
}

async fn drive(client: AsyncClient, mut events: EventLoop, filters: Vec<Filter>, tell: mpsc::Sender<News>) {
    loop {
        let news = match events.poll().await {
            Ok(Event::Incoming(Packet::ConnAck(_))) => {
                // A new session knows no subscription.
                let _ = client.try_subscribe_many(filters.clone());
                continue;
            }
            Ok(Event::Incoming(Packet::SubAck(_))) => News::Up,
            Ok(Event::Incoming(Packet::Publish(publish))) => News::Message {
                topic: String::from_utf8_lossy(&publish.topic).into_owned(),
                payload: publish.payload.to_vec(),
                retained: publish.retain,
            },
            Ok(_) => continue,
            Err(error) => {
                let over = tell.send(News::Down(error.to_string())).await.is_err();
                tokio::time::sleep(PAUSE).await;
                if over {
                    return;
                }
                continue;
            }
        };
        if tell.send(news).await.is_err() {
            return;
        }
    }
}

fn tls(arguments: &Run) -> Result<Option<Arc<ClientConfig>>, String> {
    let Some(authorities) = &arguments.authorities else { return Ok(None) };
    let mut roots = RootCertStore::empty();
    for certificate in certificates(authorities)? {
        roots.add(certificate).map_err(|error| format!("{}: {error}", authorities.display()))?;
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let builder = builder.map_err(|error| error.to_string())?.with_root_certificates(roots);
    let config = match (&arguments.certificate, &arguments.certificate_key) {
        (Some(certificate), Some(key)) => {
            let chain = certificates(certificate)?;
            let text = files::text(key)?;
            let key = PrivateKeyDer::from_pem_slice(text.as_bytes()).map_err(|e| format!("{}: {e}", key.display()))?;
            builder.with_client_auth_cert(chain, key).map_err(|e| format!("{}: {e}", certificate.display()))?
        }
        _ => builder.with_no_client_auth(),
    };
    Ok(Some(Arc::new(config)))
}

fn certificates(path: &std::path::Path) -> Result<Vec<CertificateDer<'static>>, String> {
    let text = files::text(path)?;
    let read: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(text.as_bytes()).collect();
    let read = read.map_err(|error| format!("{}: {error}", path.display()))?;
    if read.is_empty() { Err(format!("{}: it holds no certificate", path.display())) } else { Ok(read) }
}
