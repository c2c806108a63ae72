//! `[[operator]]`: the people on duty, who may cancel, hold and raise alarms.

use crate::access;
use crate::file::{self, Hidden};
use crate::problem::{Notes, Page};
use crate::site::Load;
use crate::table::Table;

/// Most people on duty.
const OPERATORS_MAX: usize = 256;

/// What somebody may do; each may do what those before may.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum OperatorRole {
    /// Look.
    Viewer,
    /// Acknowledge, hold, cancel; ask for what takes two.
    Operator,
    /// Second what takes two, protect zones, set the posture.
    Supervisor,
}

/// Somebody on duty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Operator {
    /// The name under which everything is recorded.
    pub name: String,
    /// What they may do.
    pub role: OperatorRole,
    /// Argon2 hash of their password, in the PHC format.
    pub password: Option<Hidden>,
    /// What the OpenID Connect provider calls them.
    pub openid: Option<String>,
    /// SHA-256 of the key that a program shows in place of a password, 32 octets in hexadecimal. Programs only look.
    pub key: Option<Hidden>,
}

/// Reads every `[[operator]]`.
pub(crate) fn read(page: &Page, mut tables: Vec<Table<'_>>, load: &mut Load<'_>, notes: &mut Notes) -> Vec<Operator> {
    if let Some(table) = tables.get(OPERATORS_MAX) {
        let what = format!("{} operators", tables.len());
        let remedy = format!("at most {OPERATORS_MAX} are known");
        notes.problems.push(page.problem(table.span(), "operator", what, remedy));
        tables.truncate(OPERATORS_MAX);
    }
    let mut operators: Vec<Operator> = Vec::new();
    for table in tables {
        if let Some(operator) = operator(table, &operators, load, notes) {
            operators.push(operator);
        }
    }
    operators
}

fn operator(mut table: Table<'_>, others: &[Operator], load: &mut Load<'_>, notes: &mut Notes) -> Option<Operator> {
    const ROLES: [(&str, OperatorRole); 3] = [
        ("viewer", OperatorRole::Viewer),
        ("operator", OperatorRole::Operator),
        ("supervisor", OperatorRole::Supervisor),
    ];
    table.require("name", "\"ann\"", notes);
    table.require("role", "\"operator\"", notes);
    let name = table.identifier("name", notes);
    if let Some(name) = &name {
        table.rename(format!("operator {name:?}"));
        if others.iter().any(|other| other.name == *name) {
            notes.problems.push(table.problem("name", format!("{name:?} is taken"), "everybody has their own name"));
        }
    }
    let role = table.word("role", &ROLES, notes);
    if !table.has("openid") && !table.has("key_file") {
        table.require("password_file", "\"keys/ann.argon2\"", notes);
    }
    let password = password(&mut table, load, notes);
    let key = key(&mut table, role, load, notes);
    let openid = access::foreign(&mut table, "openid", notes);
    if let Some(other) = others.iter().find(|other| openid.is_some() && other.openid == openid) {
        let what = format!("the provider's name is that of {:?} already", other.name);
        notes.problems.push(table.problem("openid", what, "everybody has their own name"));
    }
    table.close(notes);
    Some(Operator { name: name?, role: role?, password, openid, key })
}

fn password(table: &mut Table<'_>, load: &mut Load<'_>, notes: &mut Notes) -> Option<Hidden> {
    let remedy = "name a file with the password's hash; `parapet operator hash` makes one";
    let hash = file::text(table, "password_file", remedy, load, notes)?;
    if hash.starts_with("$argon2") && hash.lines().count() == 1 {
        return Some(Hidden(hash));
    }
    notes.problems.push(table.problem("password_file", "this is no Argon2 hash", remedy));
    None
}

/// A program's key. It is shown with every request and kept in a program's configuration, so that it opens no more than a look.
fn key(table: &mut Table<'_>, role: Option<OperatorRole>, load: &mut Load<'_>, notes: &mut Notes) -> Option<Hidden> {
    let remedy = "name a file that `parapet operator key` made";
    let text = file::text(table, "key_file", remedy, load, notes)?;
    if role.is_some_and(|role| role > OperatorRole::Viewer) {
        let what = "a program with a key only looks";
        notes.problems.push(table.problem("key_file", what, "write `role = \"viewer\"`, or give a person a password"));
    }
    let digest = text.strip_prefix("sha256:");
    let digest = digest.filter(|digest| digest.len() == 64 && digest.bytes().all(|byte| byte.is_ascii_hexdigit()));
    if digest.is_none() {
        notes.problems.push(table.problem("key_file", "this is no hash of a key", remedy));
    }
    digest.map(|digest| Hidden(digest.to_ascii_lowercase()))
}
