//! The table of roles, line by line.

use axum::routing::{MethodFilter, on};

use super::super::table::{Least, ROUTES, Route};
use super::*;

const OPEN: &str = "";
const CLOSED: &str = "[access]\n";
const PUBLIC: &str = "[access]\npublic = true\n";

/// A path that the route takes.
fn path_of(route: &Route) -> String {
    route.path.replace(['{', '}'], "")
}

/// A house in which every route of the table is there and says that it was reached, and one that the table does not know.
fn house(tables: &str) -> House {
    let elsewhere =
        ROUTES.iter().filter(|route| !route.path.starts_with("/api/access") && route.path != "/api/openapi.json");
    let reached = || async { "reached" };
    let all = elsewhere.fold(Router::new(), |router, route| {
        let method = match route.method {
            "GET" => MethodFilter::GET,
            "PUT" => MethodFilter::PUT,
            _ => MethodFilter::POST,
        };
        router.route(route.path, on(method, reached))
    });
    let all = all.route("/api/unlisted", on(MethodFilter::GET.or(MethodFilter::POST), reached));
    let all = all.route("/api/site", on(MethodFilter::DELETE, reached));
    House::with(tables, all.fallback(reached))
}

/// What comes back for a route: `true` where its handler was reached.
fn may(house: &House, route: &Route, headers: &[(&str, &str)]) -> (bool, u16) {
    let json = [("content-type", "application/json"), ("sec-fetch-site", "same-origin")];
    let answered = house.ask(LOCAL, route.method, &path_of(route), &[&json, headers].concat(), "{}");
    // What a handler refuses of its own it refuses with other words.
    let text = String::from_utf8_lossy(&answered.bytes);
    let words = ["\"this takes somebody", "\"this takes the role", "\"nobody is logged in with"];
    (!words.iter().any(|word| text.contains(word)), answered.status.as_u16())
}

#[test]
fn each_role_does_what_it_may_and_nothing_above() {
    let expected = |least: Least, rank: usize, closed: bool, public: bool| match least {
        Least::Open | Least::Door => true,
        Least::Public => !closed || public || rank >= 1,
        Least::Viewer => !closed || rank >= 1,
        Least::Records => !closed || rank >= 2,
        Least::Person => rank >= 1,
        Least::Operator => rank >= 2,
        Least::Supervisor => rank >= 3,
    };
    let mut asked = 0;
    for (tables, closed, public) in [(OPEN, false, false), (CLOSED, true, false), (PUBLIC, true, true)] {
        let house = house(tables);
        for route in ROUTES.iter().filter(|route| !route.path.ends_with("/openid")) {
            for (rank, name) in ["", "vic", "ann", "sue"].into_iter().enumerate() {
                // A new session for each: some of these routes end it.
                let token = (rank > 0).then(|| {
                    let whence = Whence { address: [127, 0, 0, 1].into(), secure: false, safe: true };
                    let who = house.access.people.of(name).unwrap();
                    house.access.begin(who, How::Password, whence).unwrap().1
                });
                let cookie = token.as_ref().map(|token| format!("parapet={token}"));
                let bearer = token.as_ref().map(|token| format!("Bearer {token}"));
                let shown = [cookie.as_deref().map(|c| ("cookie", c)), bearer.as_deref().map(|b| ("authorization", b))];
                // By cookie and by token alike; who shows nothing once.
                for shown in shown.into_iter().take(if rank == 0 { 1 } else { 2 }) {
                    let headers: Vec<(&str, &str)> = shown.into_iter().collect();
                    let (reached, status) = may(&house, route, &headers);
                    let wanted = expected(route.least, rank, closed, public);
                    let line = format!("{} {} as {name:?}, {tables:?}: {status}", route.method, route.path);
                    assert_eq!(reached, wanted, "{line}");
                    asked += 1;
                    let again = route.path.contains("logout") && reached;
                    if again {
                        break;
                    }
                }
            }
        }
    }
    assert!(asked > 500, "{asked}");
}

#[test]
fn what_is_in_no_table_is_refused_whoever_asks() {
    let house = house(OPEN);
    let sue = house.cookie_of("sue");
    assert_eq!(house.get("/api/unlisted", &sue).status, StatusCode::FORBIDDEN);
    assert_eq!(house.post("/api/unlisted", &sue, &json!({})).status, StatusCode::FORBIDDEN);
    let deleted = house.ask(LOCAL, "DELETE", "/api/site", &[("cookie", &sue)], "");
    assert_eq!(
        (deleted.status, &deleted.headers["allow"]),
        (StatusCode::METHOD_NOT_ALLOWED, &HeaderValue::from_static("GET"))
    );
    assert_eq!(house.ask(LOCAL, "HEAD", "/api/site", &[], "").status, StatusCode::OK);
}

#[test]
fn a_closed_site_leads_people_to_the_login_and_opens_its_public_view_when_it_is_told_to() {
    let house = house(CLOSED);
    let led = |path: &str, cookie: &str| {
        let answered = house.get(path, cookie);
        (answered.status.as_u16(), answered.headers.get("location").map(|to| to.to_str().unwrap().to_owned()))
    };
    assert_eq!(led("/", ""), (303, Some("login".to_owned())));
    assert_eq!(led("/replay", ""), (303, Some("login?next=replay".to_owned())));
    assert_eq!(led("//evil", ""), (303, Some("login?next=evil".to_owned())), "only to pages of ours");
    assert_eq!(led("/me", ""), (303, Some("login?next=me".to_owned())));
    assert_eq!([led("/login", "").0, led("/assets/x.js", "").0, led("/healthz", "").0], [200; 3]);
    assert_eq!(led("/", &house.cookie_of("vic")).0, 200);
    assert_eq!(super::roles::house(PUBLIC).get("/me", "").status, StatusCode::OK);
    assert_eq!(super::roles::house(OPEN).get("/", "").status, StatusCode::OK);
}

#[test]
fn a_programs_key_looks_and_does_nothing_else() {
    let house = house(CLOSED);
    let with = |key: &str, method: &str, path: &str| {
        let bearer = format!("Bearer {key}");
        let headers = [("authorization", bearer.as_str()), ("content-type", "application/json")];
        house.ask(LOCAL, method, path, &headers, "{}").status.as_u16()
    };
    assert_eq!([with(KEY, "GET", "/metrics"), with(KEY, "GET", "/api/live")], [200; 2]);
    assert_eq!([with(KEY, "POST", "/api/operator/order"), with(KEY, "GET", "/api/access/passkeys")], [403; 2]);
    assert_eq!([with("parapet-a-key", "GET", "/metrics"), with("", "GET", "/metrics")], [401; 2]);
    let cookie = format!("parapet={KEY}");
    assert_eq!(house.get("/metrics", &cookie).status.as_u16(), 401, "a key is no cookie");
}
