//! The ceremonies by the W3C's test vectors, and each way in which one can be wrong.

use super::vectors::{VECTORS, Vector};
use super::*;

fn octets(hex: &str) -> Octets {
    Octets((0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap()).collect())
}

fn party() -> Party {
    Party { origin: "https://example.org".to_owned(), id: "example.org".to_owned() }
}

fn made(vector: &Vector) -> Created {
    let response = ceremony::CreatedResponse {
        client_data: octets(vector.create_client_data),
        attestation_object: octets(vector.attestation_object),
    };
    Created { id: octets(vector.id), response }
}

fn shown(vector: &Vector) -> Asserted {
    let response = ceremony::AssertedResponse {
        client_data: octets(vector.get_client_data),
        authenticator_data: octets(vector.authenticator_data),
        signature: octets(vector.signature),
    };
    Asserted { id: octets(vector.id), response }
}

fn register(vector: &Vector) -> Result<Passkey, Fault> {
    created(&made(vector), &octets(vector.create_challenge).0, &party(), "ann", "a key", 0)
}

fn show(vector: &Vector, passkey: &Passkey) -> Result<u32, Fault> {
    known(&shown(vector), &octets(vector.get_challenge).0, &party(), passkey)
}

/// The vectors set the user's verification by chance; a program that asks for it refuses those without, and says why.
const UNVERIFIED: &str = "the authenticator has not verified its user; set a PIN or a fingerprint on it";
const FRAMED: &str = "it was made inside another page";
const UNASKED: &str = "the public key is of no kind that was asked for";

/// A passkey of a vector whatever its flags say of the user, so that its signature can be judged.
fn registered_all_the_same(vector: &Vector) -> Passkey {
    // The flags stand after the hash of the host, wherever that is in the object.
    let mut made = made(vector);
    let hash = octets("bfabc37432958b063360d3ad6461c9c4735ae7f8edd46592a5e0f01452b2e4b5").0;
    let object = &mut made.response.attestation_object.0;
    let at = object.windows(32).position(|window| window == hash).unwrap();
    object[at + 32] |= 0x04;
    created(&made, &octets(vector.create_challenge).0, &party(), "ann", "a key", 0).unwrap()
}

#[test]
fn the_vectors_of_the_w3c_are_taken_and_refused_as_they_should_be() {
    let (mut taken, mut signed) = (0, 0);
    for vector in VECTORS {
        let flags = octets(vector.authenticator_data).0[32];
        let outcome = register(vector);
        match (vector.name, &outcome) {
            ("none-es256-crossOrigin" | "none-es256-topOrigin", refused) => {
                assert_eq!(refused, &Err(Fault(FRAMED)), "{}", vector.name);
                continue;
            }
            ("packed-es384", Err(Fault(what))) => {
                assert!([UNASKED, UNVERIFIED].contains(what), "{what}");
                continue;
            }
            (name, Err(fault)) => assert_eq!(fault, &Fault(UNVERIFIED), "{name}"),
            (_, Ok(passkey)) => {
                taken += 1;
                assert_eq!(passkey.id, octets(vector.id));
            }
        }
        let passkey = outcome.unwrap_or_else(|_| registered_all_the_same(vector));
        match show(vector, &passkey) {
            Ok(counter) => {
                signed += 1;
                assert_eq!(counter, passkey.counter, "the vectors do not count");
            }
            Err(fault) => {
                assert_eq!((fault, flags & 0x04), (Fault(UNVERIFIED), 0), "{}", vector.name);
                // The signature is checked all the same: over the very data, by the key alone.
                let shown = shown(vector);
                let message = [
                    shown.response.authenticator_data.0.as_slice(),
                    &<sha2::Sha256 as sha2::Digest>::digest(&shown.response.client_data.0),
                ]
                .concat();
                let key = cose::Key::read(&passkey.key.0).unwrap();
                assert!(key.signed(&message, &shown.response.signature.0), "{}", vector.name);
            }
        }
    }
    assert!(taken >= 3 && signed >= 3, "{taken} {signed}: the vectors have some with a verified user");
}

/// A vector whose user was verified at both ceremonies.
fn whole() -> (&'static Vector, Passkey) {
    let fine = VECTORS.iter().filter_map(|vector| Some((vector, register(vector).ok()?)));
    fine.into_iter().find(|(vector, passkey)| show(vector, passkey).is_ok()).unwrap()
}

/// A part of what was shown.
type Part = fn(&mut Asserted) -> &mut Vec<u8>;

#[test]
fn every_changed_octet_of_what_was_shown_is_refused() {
    let (vector, passkey) = whole();
    let asked = octets(vector.get_challenge).0;
    let pristine = shown(vector);
    assert!(known(&pristine, &asked, &party(), &passkey).is_ok());
    let parts: [(&str, Part); 3] = [
        ("client data", |shown| &mut shown.response.client_data.0),
        ("authenticator data", |shown| &mut shown.response.authenticator_data.0),
        ("signature", |shown| &mut shown.response.signature.0),
    ];
    for (what, part) in parts {
        let length = part(&mut pristine.clone()).len();
        for place in 0..length {
            let mut changed = pristine.clone();
            part(&mut changed)[place] ^= 0x40;
            assert!(known(&changed, &asked, &party(), &passkey).is_err(), "{what}, octet {place}");
        }
        let mut short = pristine.clone();
        part(&mut short).pop();
        assert!(known(&short, &asked, &party(), &passkey).is_err(), "{what}, one short");
    }
}

#[test]
fn another_page_another_host_and_another_challenge_are_refused() {
    let (vector, passkey) = whole();
    let asked = octets(vector.get_challenge).0;
    let with = |origin: &str, id: &str| Party { origin: origin.to_owned(), id: id.to_owned() };
    let shown = shown(vector);
    let fault = |party: &Party, asked: &[u8]| known(&shown, asked, party, &passkey).unwrap_err().0;
    assert_eq!(fault(&with("https://evil.example", "example.org"), &asked), "it was made for another page");
    assert_eq!(fault(&with("http://example.org", "example.org"), &asked), "it was made for another page");
    assert_eq!(fault(&with("https://example.org", "evil.example"), &asked), "the key is for another host");
    assert_eq!(fault(&party(), &[0; 32]), "another challenge was answered");
    let create_as_get = created(&made(vector), &asked, &party(), "ann", "a key", 0);
    assert!(create_as_get.is_err());
    let other = VECTORS.iter().find(|other| other.name != vector.name).unwrap();
    let of_other = registered_all_the_same(other);
    assert!(known(&shown, &asked, &party(), &of_other).is_err(), "the key of somebody else");
}

#[test]
fn attestation_objects_are_read_to_the_end_and_not_beyond() {
    let (vector, _) = whole();
    let asked = octets(vector.create_challenge).0;
    let pristine = made(vector);
    for length in 0..pristine.response.attestation_object.0.len() {
        let mut cut = pristine.clone();
        cut.response.attestation_object.0.truncate(length);
        assert!(created(&cut, &asked, &party(), "ann", "a key", 0).is_err(), "cut at {length}");
    }
    let mut long = pristine.clone();
    long.response.attestation_object.0.push(0);
    assert!(created(&long, &asked, &party(), "ann", "a key", 0).is_err());
    // Lengths of four thousand million, and maps within maps within maps.
    for hostile in [vec![0x5b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff], vec![0xa1; 100_000], vec![0x9b; 9]] {
        let mut changed = pristine.clone();
        changed.response.attestation_object.0 = hostile;
        assert!(created(&changed, &asked, &party(), "ann", "a key", 0).is_err());
    }
}

#[test]
fn challenges_are_good_once_and_for_two_minutes() {
    let at = |seconds: f64| parapet_frame::Time::from_seconds(1_000.0 + seconds);
    let (mut challenges, here) = (Challenges::default(), "192.0.2.1".parse().unwrap());
    let first = challenges.make(Purpose::Login, here, at(0.0)).unwrap();
    assert_eq!(challenges.take(&first, at(119.0)), Some(Purpose::Login));
    assert_eq!(challenges.take(&first, at(119.0)), None, "once");
    let late = challenges.make(Purpose::Login, here, at(0.0)).unwrap();
    assert_eq!(challenges.take(&late, at(120.0)), None);
    let own = challenges.make(Purpose::Registration("ann".to_owned()), "192.0.2.2".parse().unwrap(), at(0.0)).unwrap();
    for _ in 0..10_000 {
        challenges.make(Purpose::Login, here, at(1.0)).unwrap();
    }
    let kept = challenges.take(&own, at(2.0));
    assert_eq!(kept, Some(Purpose::Registration("ann".to_owned())), "a flood pushes out its own");
}

#[test]
fn a_page_has_passkeys_by_its_name_only() {
    let url = |text: &str| parapet_site::Url::parse(text).unwrap();
    let named = Party::of(Some(&url("https://parapet.example")), None).unwrap();
    assert_eq!((named.origin.as_str(), named.id.as_str()), ("https://parapet.example", "parapet.example"));
    let port = Party::of(Some(&url("https://parapet.example:8443")), Some("localhost:1")).unwrap();
    assert_eq!((port.origin.as_str(), port.id.as_str()), ("https://parapet.example:8443", "parapet.example"));
    let here = Party::of(None, Some("localhost:8080")).unwrap();
    assert_eq!((here.origin.as_str(), here.id.as_str()), ("http://localhost:8080", "localhost"));
    for host in ["127.0.0.1:8080", "parapet.example", "localhost.evil.example", "[::1]:8080"] {
        assert_eq!(Party::of(None, Some(host)), None, "{host}");
    }
    assert_eq!(Party::of(Some(&url("https://192.0.2.7")), None), None, "browsers have none for a number");
}
