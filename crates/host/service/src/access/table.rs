//! What each role may do: one line for each route of the server. What is not listed is refused.
//!
//! A new route is a line here, a schema in `schemas.json` for its answer (and body), and a handler. The test of the OpenAPI document
//! names what is missing.

use axum::http::Method;
use parapet_site::OperatorRole;

use Least::{Door, Open, Operator, Person, Public, Records, Supervisor, Viewer};

/// Longest body, octets: a manual alert for every zone of a site.
const BODY_MAX: usize = 512 * 1024;
/// ... of a draft's edits, or of a file to import.
const DRAFT_MAX: usize = 8 * 1024 * 1024;

/// Who may, at least; each may do what those before may.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Least {
    /// Anybody: how to log in, and whether the program lives.
    Open,
    /// Anybody where the site opens its public view; viewers otherwise.
    Public,
    /// Viewers where the site has a table `[access]`; anybody otherwise.
    Viewer,
    /// Operators where the site has a table `[access]`; anybody otherwise: a record says where rounds came from.
    Records,
    /// Whoever is logged in.
    Person,
    /// Operators who are logged in.
    Operator,
    /// Supervisors who are logged in.
    Supervisor,
    /// Whoever shows what the handler asks for: sensors at the plain door.
    Door,
}

impl Least {
    /// The role without which nobody may; `None` where nobody needs to be known.
    pub(crate) fn role(self, closed: bool, public: bool) -> Option<OperatorRole> {
        match self {
            Open | Door => None,
            Public => (closed && !public).then_some(OperatorRole::Viewer),
            Viewer => closed.then_some(OperatorRole::Viewer),
            Records => closed.then_some(OperatorRole::Operator),
            Person => Some(OperatorRole::Viewer),
            Operator => Some(OperatorRole::Operator),
            Supervisor => Some(OperatorRole::Supervisor),
        }
    }

    /// The word in the documents.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Open => "open",
            Public => "public",
            Viewer => "viewer",
            Records => "records",
            Person => "person",
            Operator => "operator",
            Supervisor => "supervisor",
            Door => "door",
        }
    }
}

/// What comes back when it goes well: a media type, and the schema where that is JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Gives {
    pub(crate) media: &'static str,
    pub(crate) schema: Option<&'static str>,
}

/// One route.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Route {
    pub(crate) method: &'static str,
    /// As the router writes it.
    pub(crate) path: &'static str,
    pub(crate) least: Least,
    pub(crate) gives: Gives,
    /// The schema of the body.
    pub(crate) takes: Option<&'static str>,
    /// Name, type and meaning of what may stand behind the `?`.
    pub(crate) query: &'static [(&'static str, &'static str, &'static str)],
    pub(crate) body_max: usize,
    pub(crate) what: &'static str,
}

const fn json(schema: &'static str) -> Gives {
    Gives { media: "application/json", schema: Some(schema) }
}

const fn geojson(schema: &'static str) -> Gives {
    Gives { media: "application/geo+json", schema: Some(schema) }
}

const fn media(media: &'static str) -> Gives {
    Gives { media, schema: None }
}

const fn get(path: &'static str, least: Least, gives: Gives, what: &'static str) -> Route {
    Route { method: "GET", path, least, gives, takes: None, query: &[], body_max: 0, what }
}

const fn post(path: &'static str, least: Least, takes: &'static str, gives: Gives, what: &'static str) -> Route {
    Route { method: "POST", path, least, gives, takes: Some(takes), query: &[], body_max: BODY_MAX, what }
}

/// Replaces what is there: a `POST` by another name.
const fn put(path: &'static str, least: Least, takes: &'static str, gives: Gives, what: &'static str) -> Route {
    Route { method: "PUT", ..post(path, least, takes, gives, what) }
}

impl Route {
    /// With a longer body.
    const fn long(self, body_max: usize) -> Route {
        Route { body_max, ..self }
    }

    const fn asks(self, query: &'static [(&'static str, &'static str, &'static str)]) -> Route {
        Route { query, ..self }
    }
}

/// What is asked of a card that says why.
const WHY: &[(&str, &str, &str)] = &[
    ("alarm", "string", "an alarm's name"),
    ("zone", "string", "or a zone's"),
    ("part", "string", "`without`: what would have come of it without each sensor, and nothing else"),
];

/// Every route of the server, in the order of the document.
#[rustfmt::skip]
pub(crate) const ROUTES: &[Route] = &[
    get("/healthz", Open, media("text/plain"), "200 while alarms and the recording can be written, otherwise 503 with the reason"),
    get("/api/openapi.json", Open, json("Document"), "this document"),
    get("/api/site", Viewer, json("Site"), "the site: what does not change while the program runs"),
    get("/api/outlines", Viewer, json("Outlines"), "the GeoJSON of `[site] outlines`; 404 where there is none"),
    get("/api/coverage", Viewer, geojson("Coverage"), "what each sensor sees at a height above the ground")
        .asks(&[("height_m", "integer", "100, 500 or 2000 m; 500 unless it is given")]),
    get("/api/live", Viewer, media("text/event-stream"), "server-sent events: the picture, again and again; see the schema `Picture`"),
    get("/api/alarms", Viewer, json("Alarms"), "the latest 1,000 alarm messages, oldest first"),
    get("/api/alarms/{id}/deliveries", Viewer, json("Deliveries"), "every message of an alarm to every receiver"),
    get("/api/channels", Viewer, json("Channels"), "how every way out stands"),
    get("/api/sapient", Viewer, json("SapientDoors"), "the doors at which SAPIENT is spoken"),
    get("/api/lines", Viewer, json("LineDoors"), "the doors at which JSON Lines are taken"),
    post("/api/lines", Door, "Lines", json("LinesTaken"), "takes JSON Lines where the site has a door `http`, with that door's own token"),
    get("/cap/feed.atom", Viewer, media("application/atom+xml"), "the alarms that stand as an Atom feed"),
    get("/cap/{file}", Viewer, media("application/cap+xml"), "a CAP message that the feed links to"),
    get("/metrics", Viewer, media("application/openmetrics-text"), "OpenMetrics text for Prometheus"),

    get("/api/words", Public, json("Words"), "what people are told, in the site's languages"),
    get("/api/public", Public, json("PublicPicture"), "the public view: alarms, and rounds to the square kilometre"),
    get("/api/public/site", Public, json("PublicSite"), "the zones and shelters of the public view"),
    get("/api/public/live", Public, media("text/event-stream"), "server-sent events: the public view, again and again"),
    get("/api/basemap.pmtiles", Viewer, media("application/vnd.pmtiles"), "the file of `[map]`, in pieces by `Range`"),

    get("/api/recording", Viewer, json("RecordingStatus"), "how the recording stands that is being written"),
    get("/api/recordings", Viewer, json("Recordings"), "the recordings of the site"),
    get("/api/recordings/{name}", Viewer, json("RecordingFacts"), "what a recording holds, and how far it has been looked through"),
    get("/api/recordings/{name}/site", Viewer, json("Site"), "the site as it was then"),
    get("/api/recordings/{name}/rounds", Records, json("Rounds"), "what was known of each round of a recording, and what became true"),
    get("/api/recordings/{name}/pictures/{number}", Viewer, json("Pictures"), "what people saw, a piece at a time"),
    get("/api/recordings/{name}/why", Viewer, json("Why"), "why an alarm was raised then, or why a zone had none").asks(WHY),
    get("/api/why", Viewer, json("Why"), "the same of now").asks(WHY),
    get("/api/report", Records, media("text/html"), "the incident report of a recording, or of the one that is being written")
        .asks(&[("recording", "string", "the name of a file"), ("format", "string", "html or json")]),

    get("/api/setup", Supervisor, json("Setup"), "the drafts of the site file, and what waits for a second person"),
    post("/api/setup/drafts", Supervisor, "DraftBegun", json("Draft"), "begins a draft of the site file"),
    get("/api/setup/drafts/{draft}", Supervisor, json("Draft"), "a draft, and how it differs from what runs"),
    put("/api/setup/drafts/{draft}", Supervisor, "DraftEdits", json("Draft"), "changes a draft").long(DRAFT_MAX),
    post("/api/setup/drafts/{draft}/discard", Supervisor, "Whatever", json("Whatever"), "throws a draft away"),
    post("/api/setup/drafts/{draft}/rebase", Supervisor, "DraftRevision", json("Draft"), "puts a draft onto the site file as it is now"),
    get("/api/setup/drafts/{draft}/coverage", Supervisor, json("Whatever"), "what the sensors of a draft would see")
        .asks(&[("height_m", "number", "0 to 20000 m above the ground")]),
    get("/api/setup/drafts/{draft}/heights", Supervisor, json("Whatever"), "how high the ground is under a draft"),
    post("/api/setup/drafts/{draft}/import", Supervisor, "DraftFile", json("Whatever"), "reads zones from a file").long(DRAFT_MAX),
    post("/api/setup/drafts/{draft}/propose", Supervisor, "DraftRevision", json("Whatever"), "asks a second person to confirm a draft"),
    post("/api/setup/confirm", Supervisor, "Confirmed", json("Whatever"), "a second person writes a draft into the site file"),
    post("/api/setup/reject", Supervisor, "Rejected", json("Whatever"), "a second person refuses a draft"),
    post("/api/setup/drill", Supervisor, "Whatever", json("Whatever"), "writes the site file of a drill"),

    get("/api/access", Open, json("Access"), "who is logged in here, and how one can log in"),
    post("/api/access/login", Open, "Login", json("Known"), "logs in with a password; sets the cookie of a session"),
    post("/api/access/logout", Person, "Nothing", json("Nothing"), "ends this session"),
    post("/api/access/logout_all", Person, "LogoutAll", json("Ended"), "ends every session of this person; a supervisor may name another"),
    get("/api/access/sessions", Supervisor, json("Sessions"), "who is logged in, since when, from where and how"),
    post("/api/access/passkey/login/begin", Open, "Nothing", json("PasskeyAsked"), "asks for a passkey: options for `navigator.credentials.get`"),
    post("/api/access/passkey/login/finish", Open, "PasskeyShown", json("Known"), "logs in with a passkey; sets the cookie of a session"),
    get("/api/access/passkeys", Person, json("Passkeys"), "the passkeys of this person"),
    post("/api/access/passkeys/begin", Person, "Nothing", json("PasskeyAsked"), "begins a new passkey: options for `navigator.credentials.create`"),
    post("/api/access/passkeys/finish", Person, "PasskeyMade", json("Passkeys"), "keeps a new passkey of this person"),
    post("/api/access/passkeys/remove", Person, "PasskeyNamed", json("Passkeys"), "forgets a passkey of this person"),
    get("/api/access/openid", Open, media("text/html"), "sends the browser to the OpenID Connect provider"),
    get("/api/access/openid/back", Open, media("text/html"), "where the provider sends it back; sets the cookie of a session")
        .asks(&[("code", "string", "the provider's code"), ("state", "string", "what we gave along"), ("error", "string", "why not")]),

    get("/api/operator", Person, json("Watch"), "who is asked for, and what waits for a second person"),
    post("/api/operator/login", Open, "Login", json("Token"), "logs in with a password; gives a token for `authorization: Bearer`"),
    post("/api/operator/logout", Person, "Nothing", json("Nothing"), "ends this session"),
    post("/api/operator/order", Operator, "Order", json("Done"), "an order; 202 when it waits for a second person, 409 when the engine refuses it"),
    post("/api/operator/second", Supervisor, "Second", json("Done"), "stands by what another has asked for"),
];

/// Pages that are open; the rest are viewers'. A page holds nothing of the site: it is guarded so that people are led to the login
/// rather than to an empty map.
const PAGES: [(&str, Least); 2] = [("/login", Open), ("/me", Public)];

/// The line of a route.
pub(crate) fn route(method: &Method, path: &str) -> Option<&'static Route> {
    let method = if *method == Method::HEAD { "GET" } else { method.as_str() };
    ROUTES.iter().find(|route| route.method == method && route.path == path)
}

/// What may be done at a path, where it is a route at all.
pub(crate) fn methods(path: &str) -> Vec<&'static str> {
    ROUTES.iter().filter(|route| route.path == path).map(|route| route.method).collect()
}

/// Who may see a file of the page. Scripts, styles and pictures are the same for every site.
pub(crate) fn page(path: &str) -> Least {
    let stem = path.strip_suffix(".html").unwrap_or(path);
    match PAGES.iter().find(|(page, _)| *page == stem) {
        Some((_, least)) => *least,
        // What is no route there is nothing at all, and says so.
        None if stem.contains('.') || stem.starts_with("/api/") => Open,
        None => Viewer,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_route_has_one_line() {
        for (n, route) in ROUTES.iter().enumerate() {
            let again = ROUTES[n + 1..].iter().any(|other| (other.method, other.path) == (route.method, route.path));
            assert!(!again, "{} {} is listed twice", route.method, route.path);
        }
    }

    #[test]
    fn only_what_reads_may_be_open_without_a_reason() {
        let open = ROUTES.iter().filter(|route| route.method != "GET" && route.least.role(true, false).is_none());
        let paths: Vec<&str> = open.map(|route| route.path).collect();
        let logins = [
            "/api/lines",
            "/api/access/login",
            "/api/access/passkey/login/begin",
            "/api/access/passkey/login/finish",
            "/api/operator/login",
        ];
        assert_eq!(paths, logins, "whatever else changes something is a person's");
    }

    #[test]
    fn pages_are_closed_unless_they_are_listed() {
        assert_eq!(page("/"), Viewer);
        assert_eq!([page("/index.html"), page("/watch"), page("/replay.html")], [Viewer; 3]);
        assert_eq!([page("/login"), page("/login.html"), page("/assets/x-1a.js"), page("/favicon.svg")], [Open; 4]);
        assert_eq!([page("/me"), page("/me.html")], [Public; 2]);
        assert_eq!([page("/me/x"), page("/api"), page("/api/nothing")], [Viewer, Viewer, Open]);
    }
}
