//! OpenID Connect against a provider of our own making.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::{SystemTime, UNIX_EPOCH};

use base64::Engine as _;
use ring::rand::SystemRandom;
use ring::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair as _, RSA_PKCS1_SHA256, RsaKeyPair,
};

use super::super::passkey::text;
use super::*;

/// A key of nobody's, made for these tests with `openssl genpkey`; ring makes no keys for RSA.
const RSA: &[u8] = include_bytes!("rsa.pk8");

/// How the provider signs.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Alg {
    Es256,
    EdDsa,
    Rs256,
    /// Says that nothing is signed.
    None,
    /// Signs with the public key as if it were a secret shared with us.
    Hs256,
}

/// What the provider does.
#[derive(Debug)]
struct Doing {
    alg: Alg,
    /// Changes to the claims of the next token.
    claims: Value,
    /// From the browser's request.
    nonce: String,
    challenge: String,
    redirect: String,
    /// What it was asked for tokens.
    asked: String,
    keys: Value,
    issuer: Option<String>,
}

struct Provider {
    address: SocketAddr,
    doing: Arc<Mutex<Doing>>,
    over: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

struct Pairs {
    ec: EcdsaKeyPair,
    ed: Ed25519KeyPair,
    rsa: RsaKeyPair,
}

impl Pairs {
    fn new() -> Self {
        let random = SystemRandom::new();
        let ec = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).unwrap();
        let ed = Ed25519KeyPair::generate_pkcs8(&random).unwrap();
        Pairs {
            ec: EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, ec.as_ref(), &random).unwrap(),
            ed: Ed25519KeyPair::from_pkcs8(ed.as_ref()).unwrap(),
            rsa: RsaKeyPair::from_pkcs8(RSA).unwrap(),
        }
    }

    fn public(&self) -> Value {
        let (x, y) = self.ec.public_key().as_ref()[1..].split_at(32);
        let rsa = self.rsa.public();
        let parts: ring::rsa::PublicKeyComponents<Vec<u8>> = rsa.into();
        json!({ "keys": [
            { "kty": "EC", "crv": "P-256", "kid": "ec", "use": "sig", "alg": "ES256", "x": text(x), "y": text(y) },
            { "kty": "OKP", "crv": "Ed25519", "kid": "ed", "use": "sig", "x": text(self.ed.public_key().as_ref()) },
            { "kty": "RSA", "kid": "rsa", "use": "sig", "alg": "RS256", "n": text(&parts.n), "e": text(&parts.e) },
            { "kty": "EC", "crv": "P-384", "kid": "unknown" },
        ] })
    }

    fn sign(&self, alg: Alg, message: &[u8]) -> Vec<u8> {
        let random = SystemRandom::new();
        match alg {
            Alg::Es256 => self.ec.sign(&random, message).unwrap().as_ref().to_vec(),
            Alg::EdDsa => self.ed.sign(message).as_ref().to_vec(),
            Alg::Rs256 => {
                let mut signature = vec![0; self.rsa.public().modulus_len()];
                self.rsa.sign(&RSA_PKCS1_SHA256, &random, message, &mut signature).unwrap();
                signature
            }
            Alg::None => Vec::new(),
            Alg::Hs256 => {
                let key = ring::hmac::Key::new(ring::hmac::HMAC_SHA256, self.ec.public_key().as_ref());
                ring::hmac::sign(&key, message).as_ref().to_vec()
            }
        }
    }

    fn token(&self, alg: Alg, claims: &Value) -> String {
        let head = match alg {
            Alg::Es256 => json!({ "alg": "ES256", "kid": "ec" }),
            Alg::EdDsa => json!({ "alg": "EdDSA", "kid": "ed" }),
            Alg::Rs256 => json!({ "alg": "RS256", "kid": "rsa" }),
            Alg::None => json!({ "alg": "none" }),
            Alg::Hs256 => json!({ "alg": "HS256", "kid": "ec" }),
        };
        let message = format!("{}.{}", text(head.to_string().as_bytes()), text(claims.to_string().as_bytes()));
        format!("{message}.{}", text(&self.sign(alg, message.as_bytes())))
    }
}

fn now_s() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs()
}

impl Provider {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let (address, pairs) = (listener.local_addr().unwrap(), Pairs::new());
        let doing = Doing {
            alg: Alg::Es256,
            claims: json!({}),
            nonce: String::new(),
            challenge: String::new(),
            redirect: String::new(),
            asked: String::new(),
            keys: pairs.public(),
            issuer: None,
        };
        let (doing, over) = (Arc::new(Mutex::new(doing)), Arc::new(AtomicBool::new(false)));
        let (shared, ended) = (doing.clone(), over.clone());
        let serve = move || {
            for stream in listener.incoming() {
                if ended.load(Ordering::Relaxed) {
                    break;
                }
                serve_one(stream.unwrap(), address, &pairs, &shared);
            }
        };
        Provider { address, doing, over, thread: Some(std::thread::spawn(serve)) }
    }

    fn tables(&self) -> String {
        format!(
            "[access.openid]\nname = \"Duty login\"\nissuer = \"http://{}\"\nclient = \"parapet\"\n[access]\n",
            self.address
        )
    }

    fn with<T>(&self, with: impl FnOnce(&mut Doing) -> T) -> T {
        with(&mut self.doing.lock().unwrap())
    }
}

impl Drop for Provider {
    fn drop(&mut self) {
        self.over.store(true, Ordering::Relaxed);
        let _ = TcpStream::connect(self.address);
        let _ = self.thread.take().map(JoinHandle::join);
    }
}

fn serve_one(mut stream: TcpStream, address: SocketAddr, pairs: &Pairs, doing: &Mutex<Doing>) {
    let mut request = Vec::new();
    let mut buffer = [0; 4096];
    let (head, body) = loop {
        let count = stream.read(&mut buffer).unwrap();
        if count == 0 {
            return;
        }
        request.extend_from_slice(&buffer[..count]);
        let whole = String::from_utf8_lossy(&request).into_owned();
        let Some((head, body)) = whole.split_once("\r\n\r\n") else { continue };
        let length = head.lines().find_map(|line| line.to_lowercase().strip_prefix("content-length: ")?.parse().ok());
        if body.len() >= length.unwrap_or(0) {
            break (head.to_owned(), body.to_owned());
        }
    };
    let mut doing = doing.lock().unwrap();
    let own = format!("http://{address}");
    let path = head.split(' ').nth(1).unwrap();
    let (status, answer) = match path {
        "/.well-known/openid-configuration" => {
            let issuer = doing.issuer.clone().unwrap_or_else(|| own.clone());
            let found = json!({
                "issuer": issuer, "authorization_endpoint": format!("{own}/authorize"),
                "token_endpoint": format!("{own}/token"), "jwks_uri": format!("{own}/keys"),
            });
            (200, found)
        }
        "/keys" => (200, doing.keys.clone()),
        "/token" => {
            doing.asked = format!("{head}\n{body}");
            tokens(&doing, &own, pairs, &body)
        }
        _ => (404, json!({})),
    };
    let answer = answer.to_string();
    let head =
        format!("HTTP/1.1 {status} OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n", answer.len());
    let _ = stream.write_all(format!("{head}connection: close\r\n\r\n{answer}").as_bytes());
}

/// Gives a token only to who knows what the challenge was made of (RFC 7636, 4.6).
fn tokens(doing: &Doing, own: &str, pairs: &Pairs, body: &str) -> (u16, Value) {
    let of = |name: &str| body.split('&').find_map(|pair| pair.strip_prefix(&format!("{name}="))).unwrap_or_default();
    let verifier = text(&<sha2::Sha256 as sha2::Digest>::digest(of("code_verifier")));
    if of("code") != "a-code" || verifier != doing.challenge || of("redirect_uri") != doing.redirect {
        return (400, json!({ "error": "invalid_grant" }));
    }
    let mut claims = json!({
        "iss": own, "aud": "parapet", "sub": "subject-of-vic", "exp": now_s() + 300, "iat": now_s(),
        "nonce": doing.nonce,
    });
    for (name, value) in doing.claims.as_object().unwrap() {
        claims[name] = value.clone();
    }
    (200, json!({ "access_token": "x", "token_type": "Bearer", "id_token": pairs.token(doing.alg, &claims) }))
}

/// The value in a query.
fn value(url: &str, name: &str) -> String {
    let query = url.split_once('?').unwrap().1;
    query.split('&').find_map(|pair| pair.strip_prefix(&format!("{name}="))).unwrap().to_owned()
}

/// Sends the browser off; gives its cookie and the state.
fn leave(house: &House, provider: &Provider) -> (String, String) {
    let sent = house.get("/api/access/openid", "");
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{:?} {}", sent.bytes, house.audited());
    let to = sent.headers["location"].to_str().unwrap().to_owned();
    assert!(to.starts_with(&format!("http://{}/authorize?response_type=code&client_id=parapet&", provider.address)));
    assert_eq!(value(&to, "code_challenge_method"), "S256");
    provider.with(|doing| {
        doing.nonce = value(&to, "nonce");
        doing.challenge = value(&to, "code_challenge");
        doing.redirect = value(&to, "redirect_uri");
    });
    (sent.cookie(), value(&to, "state"))
}

fn come_back(house: &House, cookie: &str, state: &str) -> Answered {
    house.get(&format!("/api/access/openid/back?code=a-code&state={state}"), cookie)
}

/// A whole login; the name of whoever is in then.
fn login(house: &House, provider: &Provider) -> Value {
    let (cookie, state) = leave(house, provider);
    let answered = come_back(house, &cookie, &state);
    let set = answered.cookies().into_iter().find(|cookie| cookie.starts_with("parapet="));
    set.map_or(Value::Null, |cookie| house.who(&cookie))
}

#[test]
fn whom_the_provider_names_comes_in_by_each_algorithm() {
    let provider = Provider::start();
    let house = House::of(&provider.tables());
    assert_eq!(house.get("/api/access", "").json()["openid"], "Duty login");
    for alg in [Alg::Es256, Alg::EdDsa, Alg::Rs256] {
        provider.with(|doing| doing.alg = alg);
        assert_eq!(login(&house, &provider), "vic", "{alg:?}: {}", house.audited());
    }
    assert!(house.audited().contains("login of vic (viewer) by Openid from 127.0.0.1"));
}

#[test]
fn no_token_opens_that_is_not_the_providers_for_us_for_this_login_and_now() {
    let provider = Provider::start();
    let house = House::of(&provider.tables());
    for alg in [Alg::None, Alg::Hs256] {
        provider.with(|doing| doing.alg = alg);
        assert_eq!(login(&house, &provider), Value::Null, "{alg:?}");
    }
    provider.with(|doing| doing.alg = Alg::Es256);
    let wrong = [
        json!({ "iss": "http://evil.example" }),
        json!({ "aud": "another" }),
        json!({ "aud": ["parapet", "another"] }),
        json!({ "azp": "another" }),
        json!({ "exp": now_s() - 120 }),
        json!({ "iat": now_s() + 600 }),
        json!({ "iat": now_s() - 3_600 }),
        json!({ "nonce": "another" }),
        json!({ "nonce": null }),
        json!({ "sub": "somebody-else" }),
        json!({ "sub": 7 }),
        json!({ "exp": "soon" }),
    ];
    for claims in wrong {
        provider.with(|doing| doing.claims = claims.clone());
        assert_eq!(login(&house, &provider), Value::Null, "{claims}");
    }
    provider.with(|doing| doing.claims = json!({ "aud": ["parapet", "another"], "azp": "parapet" }));
    assert_eq!(login(&house, &provider), "vic");
    // A key that the provider no longer has signs nothing.
    provider.with(|doing| doing.keys = Pairs::new().public());
    assert_eq!(login(&house, &provider), Value::Null);
}

#[test]
fn another_browser_another_state_and_a_second_time_come_to_nothing() {
    let provider = Provider::start();
    let house = House::of(&provider.tables());
    let refused = |answered: &Answered| {
        assert_eq!(answered.status, StatusCode::FORBIDDEN);
        assert!(!answered.cookies().iter().any(|cookie| cookie.starts_with("parapet=")));
    };
    let (cookie, state) = leave(&house, &provider);
    refused(&come_back(&house, "", &state));
    refused(&come_back(&house, "parapet-openid=0", &state));
    refused(&come_back(&house, &cookie, "another"));
    refused(&come_back(&house, &cookie, &state));
    let (cookie, state) = leave(&house, &provider);
    assert_eq!(come_back(&house, &cookie, &state).status, StatusCode::OK);
    refused(&come_back(&house, &cookie, &state));
    let (cookie, state) = leave(&house, &provider);
    refused(&house.get(&format!("/api/access/openid/back?error=access_denied&state={state}"), &cookie));
    let words = house.audited();
    assert!(
        words.contains("another browser began it") && words.contains("the provider answers another request"),
        "{words}"
    );
}

#[test]
fn a_provider_that_is_gone_or_calls_itself_otherwise_is_not_believed() {
    let provider = Provider::start();
    provider.with(|doing| doing.issuer = Some("http://evil.example".to_owned()));
    let house = House::of(&provider.tables());
    assert_eq!(house.get("/api/access/openid", "").status, StatusCode::FORBIDDEN);
    assert!(house.audited().contains("it calls itself \"http://evil.example\""));
    let tables = provider.tables();
    drop(provider);
    let house = House::of(&tables);
    assert_eq!(house.get("/api/access/openid", "").status, StatusCode::FORBIDDEN);
    assert_eq!(House::of("[access]\n").get("/api/access/openid", "").status, StatusCode::FORBIDDEN);
}

#[test]
fn a_secret_is_shown_as_the_standard_says() {
    let provider = Provider::start();
    let secret = provider.tables().replace("client = \"parapet\"", "client = \"parapet\"\nsecret_file = \"password\"");
    let house = House::of(&secret);
    login(&house, &provider);
    let asked = provider.with(|doing| doing.asked.clone());
    let line = asked.lines().find_map(|line| line.strip_prefix("authorization: Basic ")).unwrap().to_owned();
    let pair = String::from_utf8(base64::engine::general_purpose::STANDARD.decode(line).unwrap()).unwrap();
    // The secret of these tests is a hash, which is full of what forms write otherwise.
    assert!(pair.starts_with("parapet:%24argon2id%24v%3D19%24"), "{pair}");
}
