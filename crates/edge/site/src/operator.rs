//! `[[operator]]`: the people on duty, who may cancel, hold and raise alarms.

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
    pub password: Hidden,
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
    table.require("password_file", "\"keys/ann.argon2\"", notes);
    let name = table.identifier("name", notes);
    if let Some(name) = &name {
        table.rename(format!("operator {name:?}"));
        if others.iter().any(|other| other.name == *name) {
            notes.problems.push(table.problem("name", format!("{name:?} is taken"), "everybody has their own name"));
        }
    }
    let role = table.word("role", &ROLES, notes);
    let remedy = "name a file with the password's hash; `parapet operator hash` makes one";
    let password = file::text(&mut table, "password_file", remedy, load, notes).filter(|hash| {
        let hashed = hash.starts_with("$argon2") && hash.lines().count() == 1;
        if !hashed {
            notes.problems.push(table.problem("password_file", "this is no Argon2 hash", remedy));
        }
        hashed
    });
    table.close(notes);
    Some(Operator { name: name?, role: role?, password: Hidden(password?) })
}
