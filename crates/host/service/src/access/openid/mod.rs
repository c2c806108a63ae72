//! OpenID Connect: somebody else says who somebody is (Core 1.0, authorization code flow; PKCE, RFC 7636).
//!
//! Small on purpose: one provider, its configuration discovered, the code exchanged and the ID token checked; no user information is
//! asked for, and no token of the provider is kept. Only people whom the site file names come in.

mod fetch;
mod flow;
mod token;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::Extension;
use axum::extract::{Query, State};
use axum::http::header::{CONTENT_TYPE, LOCATION};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use parapet_frame::Time;
use parapet_site::{OpenIdSettings, Url};
use rustls::ClientConfig;
use serde::Deserialize;

use self::fetch::{Asked, fetch};
use self::flow::{Flows, Under, form, form_text};
use super::passkey::{Party, text};
use super::sessions::How;
use super::{Access, Whence, cookie, set_cookie};

/// How long the provider may take to answer.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long its configuration is believed, seconds.
const STANDS_S: f64 = 300.0;

/// A provider.
#[derive(Debug)]
pub(super) struct OpenId {
    settings: OpenIdSettings,
    tls: Option<Arc<ClientConfig>>,
    state: Mutex<Remembered>,
}

#[derive(Debug, Default)]
struct Remembered {
    flows: Flows,
    found: Option<(Provider, Time)>,
}

/// What a provider says of itself (Discovery 1.0, 3).
#[derive(Clone, Debug, Deserialize)]
struct Provider {
    issuer: String,
    authorization_endpoint: String,
    token_endpoint: String,
    jwks_uri: String,
}

#[derive(Deserialize)]
struct Tokens {
    id_token: String,
}

impl OpenId {
    /// # Errors
    /// What is wrong with the authorities, for people.
    pub(super) fn new(settings: &OpenIdSettings) -> Result<Self, String> {
        let tls = settings.authorities.as_ref().map(|pem| crate::channel::tls::configured(pem, None)).transpose()?;
        Ok(OpenId { settings: settings.clone(), tls, state: Mutex::default() })
    }

    /// What the button says.
    pub(super) fn name(&self) -> &str {
        &self.settings.name
    }

    fn state(&self) -> MutexGuard<'_, Remembered> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn json<T: for<'de> Deserialize<'de>>(&self, what: &str, asked: Asked) -> Result<T, String> {
        let answer = tokio::time::timeout(PATIENCE, fetch(asked, self.tls.clone())).await;
        let (status, body) =
            answer.map_err(|_| format!("{what}: no answer within 10 s"))?.map_err(|e| format!("{what}: {e}"))?;
        if status != 200 {
            return Err(format!("{what}: the provider answered {status}"));
        }
        serde_json::from_slice(&body).map_err(|error| format!("{what}: {error}"))
    }

    /// An address that the provider gave: as safe as the provider's own.
    fn address(&self, text: &str) -> Result<Url, String> {
        let url =
            Url::parse(text).filter(|url| url.tls || (!self.settings.url.tls && url.host == self.settings.url.host));
        url.ok_or_else(|| format!("the provider names {text:?}, which is not safe"))
    }

    async fn provider(&self, now: Time) -> Result<Provider, String> {
        let fresh = |(_, at): &&(Provider, Time)| now.seconds_since(*at) < STANDS_S;
        if let Some((provider, _)) = self.state().found.as_ref().filter(fresh) {
            return Ok(provider.clone());
        }
        let base = self.settings.issuer.trim_end_matches('/');
        let url = self.address(&format!("{base}/.well-known/openid-configuration"))?;
        let provider: Provider = self.json("its configuration", Asked::get(url)).await?;
        if provider.issuer != self.settings.issuer {
            return Err(format!("it calls itself {:?}, not {:?}", provider.issuer, self.settings.issuer));
        }
        self.state().found = Some((provider.clone(), now));
        Ok(provider)
    }

    /// Where the browser is sent, and the secret by which it is known again.
    async fn leave(&self, party: &Party, whence: Whence, now: Time) -> Result<(String, String), String> {
        let provider = self.provider(now).await?;
        self.address(&provider.authorization_endpoint)?;
        let begun = self.state().flows.begin(whence.address, now);
        let (secret, under) = begun.ok_or("the system gives no randomness")?;
        let scope = if self.settings.claim == "email" { "openid email" } else { "openid profile" };
        let query = form(&[
            ("response_type", "code"),
            ("client_id", &self.settings.client),
            ("redirect_uri", &back_at(party)),
            ("scope", scope),
            ("state", &under.state),
            ("nonce", &under.nonce),
            ("code_challenge", &under.challenge()),
            ("code_challenge_method", "S256"),
        ]);
        let endpoint = &provider.authorization_endpoint;
        let joint = if endpoint.contains('?') { '&' } else { '?' };
        Ok((format!("{endpoint}{joint}{query}"), secret))
    }

    /// Whom the provider names, when the browser is back with a code.
    async fn subject(&self, party: &Party, code: &str, under: &Under, now: Time) -> Result<String, String> {
        let provider = self.provider(now).await?;
        let OpenIdSettings { client, secret, .. } = &self.settings;
        let body = form(&[
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", &back_at(party)),
            ("client_id", client),
            ("code_verifier", &under.verifier),
        ]);
        let mut asked = Asked::post(self.address(&provider.token_endpoint)?, body);
        if let Some(secret) = secret {
            // RFC 6749, 2.3.1: both are written as in a form before they are put together.
            let pair = format!("{}:{}", form_text(client), form_text(&secret.0));
            asked = asked.basic(&pair);
        }
        let Tokens { id_token } = self.json("its tokens", asked).await?;
        let keys: token::Keys = self.json("its keys", Asked::get(self.address(&provider.jwks_uri)?)).await?;
        let expected = token::Expected { issuer: &self.settings.issuer, client, nonce: &under.nonce, now };
        token::claim(&id_token, &keys, &expected, &self.settings.claim)
    }
}

fn back_at(party: &Party) -> String {
    format!("{}/api/access/openid/back", party.origin)
}

/// A page of one sentence. It leads on by itself: what it sets is a cookie for this site alone, which a browser that is being sent on from
/// elsewhere would hold back.
fn page(status: StatusCode, title: &str, words: &str, onward: Option<&str>, link: &str) -> Response {
    let refresh = onward.map_or(String::new(), |to| format!("<meta http-equiv=\"refresh\" content=\"0; url={to}\">"));
    let html = format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>{title}</title>{refresh}</head>\
         <body><h1>{title}</h1><p>{words}</p><p><a href=\"{link}\">Go on</a></p></body></html>"
    );
    (status, [(CONTENT_TYPE, "text/html; charset=utf-8")], html).into_response()
}

fn not_let_in(words: &str) -> Response {
    page(StatusCode::FORBIDDEN, "Not logged in", words, None, "../../../login")
}

/// Sends the browser to the provider.
pub(super) async fn begin(
    State(access): State<Arc<Access>>,
    Extension(whence): Extension<Whence>,
    headers: HeaderMap,
) -> Response {
    let (Some(openid), Some(party)) = (&access.openid, access.party(&headers)) else {
        return not_let_in("This site asks no OpenID Connect provider, or not at this address.");
    };
    if !whence.safe {
        return not_let_in("Nothing encrypts this connection: open the page by https.");
    }
    match openid.leave(&party, whence, access.clock.now()).await {
        Ok((to, secret)) => {
            let mut response = (StatusCode::SEE_OTHER, [(LOCATION, to)]).into_response();
            set_cookie(&mut response, &cookie::set(cookie::Purpose::Openid, whence.secure, &secret));
            response
        }
        Err(why) => {
            access.audit.refused(whence.address, access.clock.now(), &format!("OpenID Connect: {why}"));
            not_let_in("The provider cannot be asked now. Log in with a password or a passkey.")
        }
    }
}

/// With what the provider sends the browser back.
#[derive(Deserialize)]
pub(super) struct Back {
    code: Option<String>,
    state: Option<String>,
    error: Option<String>,
}

/// Where the provider sends the browser back.
pub(super) async fn back(
    State(access): State<Arc<Access>>,
    Extension(whence): Extension<Whence>,
    Query(back): Query<Back>,
    headers: HeaderMap,
) -> Response {
    let mut response = match come_back(&access, whence, &back, &headers).await {
        Ok(response) => response,
        Err(why) => {
            let words = format!("login by OpenID Connect from {}: {why}", whence.address);
            access.audit.refused(whence.address, access.clock.now(), &words);
            not_let_in("The provider has not named anybody whom this site knows. Try again, or log in with a password.")
        }
    };
    set_cookie(&mut response, &cookie::set(cookie::Purpose::Openid, whence.secure, ""));
    response
}

async fn come_back(access: &Access, whence: Whence, back: &Back, headers: &HeaderMap) -> Result<Response, String> {
    let openid = access.openid.as_ref().ok_or("this site has no provider")?;
    let party = access.party(headers).filter(|_| whence.safe).ok_or("not at this address")?;
    let now = access.clock.now();
    let secret = cookie::read(headers, cookie::Purpose::Openid, whence.secure).ok_or("another browser began it")?;
    let under = openid.state().flows.take(secret, now).ok_or("it was begun too long ago, or is over")?;
    if back.state.as_deref() != Some(under.state.as_str()) {
        return Err("the provider answers another request".to_owned());
    }
    if let Some(error) = &back.error {
        return Err(format!("the provider says {}", super::quoted(error)));
    }
    let code = back.code.as_deref().ok_or("there is no code")?;
    let subject = openid.subject(&party, code, &under, now).await?;
    let who = access.people.of_openid(&subject);
    let who = who.ok_or_else(|| format!("the site file knows nobody as {}", super::quoted(&subject)))?;
    let begun = access.begin(who, How::Openid, whence);
    let (_, token) = begun.map_err(|_| "no session can be made")?;
    let response = page(StatusCode::OK, "Logged in", "The picture opens.", Some("../../../"), "../../../");
    Ok(access.seat(response, &token, headers, whence))
}

/// The octets of a text in base64url.
fn octets(value: &str) -> Option<Vec<u8>> {
    super::passkey::octets(value)
}

/// SHA-256 of a text in base64url.
fn digest(value: &str) -> String {
    use sha2::Digest as _;
    text(&sha2::Sha256::digest(value.as_bytes()))
}
