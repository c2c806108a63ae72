//! Logging in and out, and one's own passkeys.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use axum::routing::{get, post};
use axum::{Extension, Router};
use parapet_site::OperatorRole;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::passkey::{self, ALGORITHMS, Asserted, Created, Fault, Octets, Party, Passkey, Purpose, created};
use super::sessions::How;
use super::{Access, Caller, Whence, answer, cookie, gate, known, no, openapi, openid, set_cookie, word};

/// Longest name of a passkey, characters.
const LABEL_MAX: usize = 64;
/// How long a browser may ask its user, milliseconds.
const ASKING_MS: f64 = passkey::STANDS_S * 1_000.0;

type Refused = Box<Response>;
type Answered = Result<Response, Refused>;

/// The routes below `/api/access`, and the document of all routes.
pub(crate) fn routes(access: Arc<Access>) -> Router {
    Router::new()
        .route("/api/openapi.json", get(document))
        .route("/api/access", get(stand))
        .route("/api/access/login", post(login))
        .route("/api/access/logout", post(logout))
        .route("/api/access/logout_all", post(logout_all))
        .route("/api/access/sessions", get(sessions))
        .route("/api/access/passkey/login/begin", post(passkey_login_begin))
        .route("/api/access/passkey/login/finish", post(passkey_login_finish))
        .route("/api/access/passkeys", get(passkeys))
        .route("/api/access/passkeys/begin", post(passkeys_begin))
        .route("/api/access/passkeys/finish", post(passkeys_finish))
        .route("/api/access/passkeys/remove", post(passkeys_remove))
        .route("/api/access/openid", get(openid::begin))
        .route("/api/access/openid/back", get(openid::back))
        .with_state(access)
}

fn read<T: DeserializeOwned>(body: &str) -> Result<T, Refused> {
    serde_json::from_str(body).map_err(|error| {
        let what = format!("this cannot be read: {error}");
        Box::new(no(StatusCode::BAD_REQUEST, &what, "see /api/openapi.json"))
    })
}

fn given(answered: Answered) -> Response {
    answered.unwrap_or_else(|refusal| *refusal)
}

async fn document() -> Response {
    answer(StatusCode::OK, openapi::openapi())
}

/// Who is here, and how one can come in.
async fn stand(
    State(access): State<Arc<Access>>,
    caller: Option<Extension<Caller>>,
    Extension(whence): Extension<Whence>,
    headers: HeaderMap,
) -> Response {
    let mut value = json!({
        "closed": access.settings.closed,
        "public": !access.settings.closed || access.settings.public,
        "safe": whence.safe,
        "people": !access.people.is_empty(),
        "passkeys": access.party(&headers).is_some(),
        "openid": access.openid.as_ref().map(|openid| openid.name()),
        "name": null, "role": null, "how": null, "ends_ms": null,
    });
    if let Some(Extension(caller)) = caller {
        let sessions = access.sessions();
        let session = caller.session.and_then(|id| sessions.get(id));
        value["name"] = json!(caller.who.name);
        value["role"] = json!(word(caller.who.role));
        value["how"] = json!(caller.how);
        value["ends_ms"] = json!(session.map(|session| sessions.ends_at(session).millis()));
    }
    answer(StatusCode::OK, &value)
}

/// A name and a password.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Login {
    pub(crate) name: String,
    pub(crate) password: String,
}

async fn login(
    State(access): State<Arc<Access>>,
    Extension(whence): Extension<Whence>,
    headers: HeaderMap,
    body: String,
) -> Response {
    given(log_in(&access, whence, &headers, &body).await)
}

async fn log_in(access: &Access, whence: Whence, headers: &HeaderMap, body: &str) -> Answered {
    let Login { name, password } = read(body)?;
    let (who, token) = access.enter(&name, password, whence).await?;
    Ok(access.seat(answer(StatusCode::OK, &known(&who)), &token, headers, whence))
}

async fn logout(
    State(access): State<Arc<Access>>,
    Extension(caller): Extension<Caller>,
    Extension(whence): Extension<Whence>,
) -> Response {
    super::leave(&access, &caller);
    gone(answer(StatusCode::OK, &json!({})), whence)
}

fn gone(mut response: Response, whence: Whence) -> Response {
    set_cookie(&mut response, &cookie::set(cookie::Purpose::Session, whence.secure, ""));
    response
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LogoutAll {
    name: Option<String>,
}

async fn logout_all(
    State(access): State<Arc<Access>>,
    Extension(caller): Extension<Caller>,
    Extension(whence): Extension<Whence>,
    body: String,
) -> Response {
    let LogoutAll { name } = match read(&body) {
        Ok(asked) => asked,
        Err(refusal) => return *refusal,
    };
    let name = name.unwrap_or_else(|| caller.who.name.clone());
    let own = name == caller.who.name;
    if !own && caller.who.role < OperatorRole::Supervisor {
        return gate::forbidden(OperatorRole::Supervisor);
    }
    let ended = access.sessions().end_all(&name);
    access.audit.done(&format!("{} ends {ended} sessions of {}", caller.who.name, super::quoted(&name)));
    let response = answer(StatusCode::OK, &json!({ "ended": ended }));
    if own { gone(response, whence) } else { response }
}

async fn sessions(State(access): State<Arc<Access>>) -> Response {
    let mut sessions = access.sessions();
    let all = sessions.all(access.clock.now());
    let shown = all.iter().map(|session| {
        json!({
            "name": session.who.name, "role": word(session.who.role), "how": session.how,
            "whence": session.whence.to_string(), "begun_ms": session.begun.millis(),
            "used_ms": session.used.millis(), "ends_ms": sessions.ends_at(session).millis(),
        })
    });
    answer(StatusCode::OK, &shown.collect::<Value>())
}

fn party(access: &Access, headers: &HeaderMap) -> Result<Party, Refused> {
    access.party(headers).ok_or_else(|| {
        let remedy =
            "open the page by its name (http://localhost on the machine itself), and name it as `[http] origin`";
        Box::new(no(StatusCode::NOT_FOUND, "there are no passkeys at this address", remedy))
    })
}

fn challenge(access: &Access, purpose: Purpose, whence: Whence) -> Result<String, Refused> {
    let made = access.challenges().make(purpose, whence.address, access.clock.now());
    made.map(|challenge| passkey::text(&challenge)).ok_or_else(|| {
        let what = "the system gives no randomness";
        Box::new(no(StatusCode::SERVICE_UNAVAILABLE, what, "try again"))
    })
}

async fn passkey_login_begin(
    State(access): State<Arc<Access>>,
    Extension(whence): Extension<Whence>,
    headers: HeaderMap,
) -> Response {
    given((|| {
        let party = party(&access, &headers)?;
        // No list of keys: that would tell who has some.
        let options = json!({
            "challenge": challenge(&access, Purpose::Login, whence)?, "rpId": party.id, "timeout": ASKING_MS,
            "userVerification": "required", "allowCredentials": [],
        });
        Ok(answer(StatusCode::OK, &json!({ "publicKey": options })))
    })())
}

async fn passkey_login_finish(
    State(access): State<Arc<Access>>,
    Extension(whence): Extension<Whence>,
    headers: HeaderMap,
    body: String,
) -> Response {
    given(passkey_log_in(&access, whence, &headers, &body))
}

fn passkey_log_in(access: &Access, whence: Whence, headers: &HeaderMap, body: &str) -> Answered {
    let party = party(access, headers)?;
    let shown: Asserted = read(body)?;
    let now = access.clock.now();
    let denied = |fault: &Fault, name: &str| {
        let words = format!("login{name} by passkey from {}: {}", whence.address, fault.0);
        access.audit.refused(whence.address, now, &words);
        // What exactly was wrong is for the log: a stranger learns neither which keys there are nor whose.
        Box::new(no(
            StatusCode::UNAUTHORIZED,
            "this passkey opens nothing here",
            "try again, or log in with a password",
        ))
    };
    let asked = shown.challenge().map_err(|fault| denied(&fault, ""))?;
    if access.challenges().take(&asked, now) != Some(Purpose::Login) {
        return Err(denied(&Fault("the challenge is not ours, was used, or is too old"), ""));
    }
    let found = access.keep.look(|kept| kept.passkeys.iter().find(|passkey| passkey.id == shown.id).cloned());
    let passkey = found.ok_or_else(|| denied(&Fault("nobody has registered it"), ""))?;
    let of = format!(" of {}", passkey.name);
    let counter = passkey::known(&shown, &asked, &party, &passkey).map_err(|fault| denied(&fault, &of))?;
    let who = access.people.of(&passkey.name);
    let who = who.ok_or_else(|| denied(&Fault("the site file knows them no more"), &of))?;
    let kept = access.keep.change(|kept| {
        if let Some(passkey) = kept.passkeys.iter_mut().find(|passkey| passkey.id == shown.id) {
            (passkey.counter, passkey.used_ms) = (counter, Some(now.millis()));
        }
    });
    if let Err(what) = kept {
        // A full disk keeps nobody from their post; that the count could not be kept is said.
        access.audit.done(&what);
    }
    let (who, token) = access.begin(who, How::Passkey, whence)?;
    Ok(access.seat(answer(StatusCode::OK, &known(&who)), &token, headers, whence))
}

/// The passkeys of somebody, as they see them.
fn own(access: &Access, name: &str) -> Response {
    let shown = |passkey: &Passkey| {
        json!({
            "id": passkey.id, "label": passkey.label, "portable": passkey.portable, "made_ms": passkey.made_ms,
            "used_ms": passkey.used_ms,
        })
    };
    let own: Vec<Value> =
        access.keep.look(|kept| kept.passkeys.iter().filter(|passkey| passkey.name == name).map(shown).collect());
    answer(StatusCode::OK, &json!(own))
}

async fn passkeys(State(access): State<Arc<Access>>, Extension(caller): Extension<Caller>) -> Response {
    own(&access, &caller.who.name)
}

async fn passkeys_begin(
    State(access): State<Arc<Access>>,
    Extension(caller): Extension<Caller>,
    Extension(whence): Extension<Whence>,
    headers: HeaderMap,
) -> Response {
    given((|| {
        let party = party(&access, &headers)?;
        let name = &caller.who.name;
        let algorithms = ALGORITHMS.map(|alg| json!({ "type": "public-key", "alg": alg }));
        let has = |passkey: &&Passkey| passkey.name == *name;
        let own: Vec<Value> = access.keep.look(|kept| {
            kept.passkeys.iter().filter(has).map(|key| json!({ "type": "public-key", "id": key.id })).collect()
        });
        let options = json!({
            "challenge": challenge(&access, Purpose::Registration(name.clone()), whence)?,
            "rp": { "id": party.id, "name": "Parapet" },
            // The name in the site file is no secret of the person's; it is what they log in by.
            "user": { "id": passkey::text(name.as_bytes()), "name": name, "displayName": name },
            "pubKeyCredParams": algorithms, "timeout": ASKING_MS, "excludeCredentials": own, "attestation": "none",
            "authenticatorSelection": {
                "residentKey": "required", "requireResidentKey": true, "userVerification": "required",
            },
        });
        Ok(answer(StatusCode::OK, &json!({ "publicKey": options })))
    })())
}

#[derive(Deserialize)]
struct Made {
    label: String,
    credential: Created,
}

async fn passkeys_finish(
    State(access): State<Arc<Access>>,
    Extension(caller): Extension<Caller>,
    headers: HeaderMap,
    body: String,
) -> Response {
    given(keep_passkey(&access, &caller, &headers, &body))
}

fn keep_passkey(access: &Access, caller: &Caller, headers: &HeaderMap, body: &str) -> Answered {
    let party = party(access, headers)?;
    let Made { label, credential } = read(body)?;
    let name = &caller.who.name;
    let bad = |what: &str, remedy: &str| Box::new(no(StatusCode::BAD_REQUEST, what, remedy));
    let label = label.trim();
    if label.is_empty() || label.chars().count() > LABEL_MAX || label.chars().any(char::is_control) {
        return Err(bad("this is no name for a passkey", &format!("write 1 to {LABEL_MAX} characters")));
    }
    let now = access.clock.now();
    let asked = credential.challenge().map_err(|fault| bad(fault.0, "try again"))?;
    if access.challenges().take(&asked, now) != Some(Purpose::Registration(name.clone())) {
        return Err(bad("the challenge is not yours, was used, or is too old", "begin again"));
    }
    let passkey = created(&credential, &asked, &party, name, label, now.millis());
    let passkey = passkey.map_err(|fault| bad(fault.0, "begin again"))?;
    let id = passkey.id.clone();
    let full =
        access.keep.look(|kept| kept.passkeys.iter().filter(|key| key.name == *name).count() >= passkey::OF_ONE_MAX);
    if full {
        return Err(bad("these are enough passkeys for one person", "remove one first"));
    }
    if access.keep.look(|kept| kept.passkeys.iter().any(|key| key.id == id)) {
        return Err(bad("this passkey is registered already", "use another authenticator"));
    }
    keep(access, |passkeys| passkeys.push(passkey))?;
    access.audit.done(&format!("{name} registers the passkey {}", super::quoted(label)));
    Ok(own(access, name))
}

fn keep(access: &Access, change: impl FnOnce(&mut Vec<Passkey>)) -> Result<(), Refused> {
    access.keep.change(|kept| change(&mut kept.passkeys)).map_err(|what| {
        access.audit.done(&what);
        let remedy = "see to the disk of the machine, then try again";
        Box::new(no(StatusCode::SERVICE_UNAVAILABLE, "the passkeys cannot be written", remedy))
    })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Named {
    id: Octets,
}

async fn passkeys_remove(
    State(access): State<Arc<Access>>,
    Extension(caller): Extension<Caller>,
    body: String,
) -> Response {
    given((|| {
        let Named { id } = read(&body)?;
        let name = &caller.who.name;
        let is = |key: &Passkey| key.id == id && key.name == *name;
        if !access.keep.look(|kept| kept.passkeys.iter().any(is)) {
            return Err(Box::new(no(StatusCode::NOT_FOUND, "you have no such passkey", "look at the list again")));
        }
        keep(&access, |passkeys| passkeys.retain(|key| !is(key)))?;
        access.audit.done(&format!("{name} removes a passkey"));
        Ok(own(&access, name))
    })())
}
