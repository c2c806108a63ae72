//! Cookies: how they are read and set. Only the session's and, for minutes, that of a login elsewhere.

use axum::http::HeaderMap;
use axum::http::header::COOKIE;

/// What a cookie is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    Session,
    /// A login at an OpenID Connect provider that is under way. The provider sends the browser back from another site, so that
    /// `SameSite=Strict` would hold it back.
    Openid,
}

/// The name of a cookie. With TLS it begins with `__Host-`: browsers then refuse it from any other host, path or plain connection.
const fn name(purpose: Purpose, secure: bool) -> &'static str {
    match (purpose, secure) {
        (Purpose::Session, true) => "__Host-parapet",
        (Purpose::Session, false) => "parapet",
        (Purpose::Openid, true) => "__Host-parapet-openid",
        (Purpose::Openid, false) => "parapet-openid",
    }
}

/// The value of a cookie. One that comes twice is none: somebody has planted the other.
pub(crate) fn read(headers: &HeaderMap, purpose: Purpose, secure: bool) -> Option<&str> {
    let name = name(purpose, secure);
    let lines = headers.get_all(COOKIE).iter().filter_map(|line| line.to_str().ok());
    let pairs = lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    let mut values = pairs.filter(|(found, _)| *found == name).map(|(_, value)| value);
    let value = values.next();
    value.filter(|_| values.next().is_none())
}

/// What sets a cookie; gone with the browser, or at once where `value` is empty.
pub(crate) fn set(purpose: Purpose, secure: bool, value: &str) -> String {
    let name = name(purpose, secure);
    let same_site = match purpose {
        Purpose::Session => "Strict",
        Purpose::Openid => "Lax",
    };
    let secure = if secure { "; Secure" } else { "" };
    let gone = if value.is_empty() { "; Max-Age=0" } else { "" };
    format!("{name}={value}; Path=/; HttpOnly; SameSite={same_site}{secure}{gone}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_from(lines: &[&str], secure: bool) -> Option<String> {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(COOKIE, line.parse().unwrap());
        }
        read(&headers, Purpose::Session, secure).map(str::to_owned)
    }

    #[test]
    fn a_cookie_is_found_among_others_and_only_once() {
        assert_eq!(read_from(&["a=1; parapet=xyz;b=2"], false).as_deref(), Some("xyz"));
        assert_eq!(read_from(&["a=1", "__Host-parapet=xyz"], true).as_deref(), Some("xyz"));
        assert_eq!(read_from(&["parapet=xyz"], true), None, "one from a plain connection is none behind TLS");
        assert_eq!(read_from(&["parapet=xyz; parapet=planted"], false), None);
        assert_eq!(read_from(&["parapetx=xyz; Parapet=xyz; parapet"], false), None);
    }

    #[test]
    fn a_session_is_out_of_reach_of_scripts_and_of_other_sites() {
        assert_eq!(set(Purpose::Session, true, "t"), "__Host-parapet=t; Path=/; HttpOnly; SameSite=Strict; Secure");
        assert_eq!(set(Purpose::Session, false, ""), "parapet=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0");
        assert!(set(Purpose::Openid, true, "t").contains("SameSite=Lax; Secure"));
    }
}
