//! Passkeys from the first to the last: registered by somebody who is logged in, shown instead of a password, removed.

use super::authenticator::Authenticator;
use super::*;

fn asked(house: &House, cookie: &str, path: &str) -> Value {
    let answered = house.post(path, cookie, &json!({}));
    assert_eq!(answered.status, StatusCode::OK, "{answered:?}");
    answered.json()
}

fn register(house: &House, cookie: &str, authenticator: &Authenticator, label: &str) -> Answered {
    let options = asked(house, cookie, "/api/access/passkeys/begin");
    let made = json!({ "label": label, "credential": authenticator.make(&options) });
    house.post("/api/access/passkeys/finish", cookie, &made)
}

fn show(house: &House, authenticator: &mut Authenticator) -> Answered {
    let options = asked(house, "", "/api/access/passkey/login/begin");
    house.post("/api/access/passkey/login/finish", "", &authenticator.show(&options))
}

#[test]
fn a_passkey_is_registered_and_opens_the_house_until_it_is_removed() {
    let house = House::of("[access]\n");
    let ann = house.cookie_of("ann");
    let options = asked(&house, &ann, "/api/access/passkeys/begin");
    assert_eq!(options["publicKey"]["rp"]["id"], "localhost");
    assert_eq!(options["publicKey"]["user"]["name"], "ann");
    assert_eq!(options["publicKey"]["authenticatorSelection"]["userVerification"], "required");
    let (mut phone, mut stick) = (Authenticator::new("phone"), Authenticator::new("stick"));
    assert_eq!(register(&house, &ann, &phone, "my phone").status, StatusCode::OK);
    let both = register(&house, &ann, &stick, "the stick");
    assert_eq!(both.json().as_array().unwrap().len(), 2);
    assert_eq!(both.json()[1]["label"], "the stick");
    for authenticator in [&mut phone, &mut stick] {
        let answered = show(&house, authenticator);
        assert_eq!(answered.json(), json!({ "name": "ann", "role": "operator" }));
        assert_eq!(house.get("/api/access", &answered.cookie()).json()["how"], "passkey");
    }
    // They are there again when the program starts again.
    let kept = Keep::open(house._folder.path()).look(|kept| kept.passkeys.clone());
    assert_eq!(kept.iter().map(|key| (key.name.as_str(), key.counter)).collect::<Vec<_>>(), [("ann", 2), ("ann", 2)]);
    let removed = house.post("/api/access/passkeys/remove", &ann, &json!({ "id": phone.name() }));
    assert_eq!(removed.json().as_array().unwrap().len(), 1);
    assert_eq!(show(&house, &mut phone).status, StatusCode::UNAUTHORIZED);
    assert_eq!(show(&house, &mut stick).status, StatusCode::OK);
    let words = house.audited();
    assert!(words.contains("ann registers the passkey \"my phone\"") && words.contains("by Passkey from 127.0.0.1"));
}

#[test]
fn what_was_shown_once_and_what_is_wrong_opens_nothing() {
    let house = House::of("[access]\n");
    let ann = house.cookie_of("ann");
    let mut phone = Authenticator::new("phone");
    assert_eq!(register(&house, &ann, &phone, "my phone").status, StatusCode::OK);
    let options = asked(&house, "", "/api/access/passkey/login/begin");
    let shown = phone.show(&options);
    let finish = |shown: &Value| house.post("/api/access/passkey/login/finish", "", shown);
    assert_eq!(finish(&shown).status, StatusCode::OK);
    assert_eq!(finish(&shown).status, StatusCode::UNAUTHORIZED, "the same again");
    // A challenge for a registration is none for a login, and one that nobody made is none at all.
    let registration = asked(&house, &ann, "/api/access/passkeys/begin");
    assert_eq!(finish(&phone.show(&registration)).status, StatusCode::UNAUTHORIZED);
    let made_up = json!({ "publicKey": { "challenge": "AAAA" } });
    assert_eq!(finish(&phone.show(&made_up)).status, StatusCode::UNAUTHORIZED);
    // A copy of the key has counted less than the key.
    phone.counter = 0;
    assert_eq!(show(&house, &mut phone).status, StatusCode::UNAUTHORIZED);
    phone.counter = 10;
    phone.flags = 0x01;
    assert_eq!(show(&house, &mut phone).status, StatusCode::UNAUTHORIZED, "nobody was verified");
    phone.flags = 0x05;
    phone.origin = "http://localhost:9999";
    assert_eq!(show(&house, &mut phone).status, StatusCode::UNAUTHORIZED, "another page");
    phone.origin = super::authenticator::ORIGIN;
    let mut stranger = Authenticator::new("stranger");
    assert_eq!(show(&house, &mut stranger).status, StatusCode::UNAUTHORIZED);
    let mut thief = Authenticator::new("phone");
    thief.counter = 100;
    assert_eq!(show(&house, &mut thief).status, StatusCode::UNAUTHORIZED, "the same name with another key");
    assert_eq!(show(&house, &mut phone).status, StatusCode::OK, "and the true one still does");
    let words = house.audited();
    assert!(
        words.contains("refused: login of ann by passkey from 127.0.0.1: the key has counted backwards"),
        "{words}"
    );
}

#[test]
fn passkeys_are_ones_own() {
    let house = House::of("[access]\n");
    let [ann, vic] = ["ann", "vic"].map(|name| house.cookie_of(name));
    let phone = Authenticator::new("phone");
    assert_eq!(register(&house, &ann, &phone, "my phone").status, StatusCode::OK);
    assert_eq!(house.get("/api/access/passkeys", &vic).json(), json!([]));
    let stolen = house.post("/api/access/passkeys/remove", &vic, &json!({ "id": phone.name() }));
    assert_eq!(stolen.status, StatusCode::NOT_FOUND);
    assert_eq!(register(&house, &vic, &phone, "the same").status, StatusCode::BAD_REQUEST);
    // A challenge that was made for ann registers nothing for vic.
    let options = asked(&house, &ann, "/api/access/passkeys/begin");
    let made = json!({ "label": "x", "credential": Authenticator::new("other").make(&options) });
    assert_eq!(house.post("/api/access/passkeys/finish", &vic, &made).status, StatusCode::BAD_REQUEST);
    for label in ["", "  ", "two\nlines", &"x".repeat(65)] {
        assert_eq!(
            register(&house, &ann, &Authenticator::new("z"), label).status,
            StatusCode::BAD_REQUEST,
            "{label:?}"
        );
    }
    let made: Vec<u16> =
        (0..16).map(|n| register(&house, &ann, &Authenticator::new(&n.to_string()), "one").status.as_u16()).collect();
    assert_eq!((made[14], made[15]), (200, 400), "sixteen are enough");
}

#[test]
fn there_are_none_at_a_number_and_that_is_said() {
    let house = House::of("[access]\n");
    let at_number = [("host", "127.0.0.1:8080"), ("content-type", "application/json")];
    let refused = house.ask(LOCAL, "POST", "/api/access/passkey/login/begin", &at_number, "{}");
    assert_eq!(refused.status, StatusCode::NOT_FOUND);
    assert!(refused.json()["remedy"].as_str().unwrap().contains("http://localhost"));
}
