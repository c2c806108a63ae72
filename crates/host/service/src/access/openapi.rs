//! The OpenAPI document (3.1): the table of routes and the schemas of their answers, put together.

use std::sync::OnceLock;

use serde_json::{Map, Value, json};

use super::table::{Least, ROUTES, Route};

/// The schemas of bodies and answers, by name.
const SCHEMAS: &str = include_str!("schemas.json");

/// The document, as it is served at `/api/openapi.json`.
#[must_use]
pub fn openapi() -> &'static Value {
    static DOCUMENT: OnceLock<Value> = OnceLock::new();
    DOCUMENT.get_or_init(document)
}

fn document() -> Value {
    let mut paths = Map::new();
    for route in ROUTES {
        paths.entry(route.path).or_insert_with(|| json!({}))[route.method.to_ascii_lowercase()] = operation(route);
    }
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Parapet",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "What the page does, as anybody may do it; see docs/http.md and docs/access.md. `x-role` says who may: open, \
                public (open where the site has no [access] or opens its public view), viewer (open where the site has no [access]), records \
                (operators where the site has [access], otherwise open), person \
                (whoever is logged in), operator, supervisor, door (a token of its own). Readers must allow unknown keys.",
            "license": { "name": "Apache-2.0 OR MIT" },
        },
        "servers": [{ "url": "/" }],
        "paths": paths,
        "components": {
            // It is held to be JSON by a test.
            "schemas": serde_json::from_str::<Value>(SCHEMAS).unwrap_or_default(),
            "securitySchemes": {
                "cookie": { "type": "apiKey", "in": "cookie", "name": "__Host-parapet", "description": "`parapet` where there is no TLS" },
                "token": { "type": "http", "scheme": "bearer" },
                "door": { "type": "http", "scheme": "bearer", "description": "the token of a door of JSON Lines" },
            },
        },
    })
}

fn operation(route: &Route) -> Value {
    let mut parameters: Vec<Value> = in_path(route.path)
        .map(|name| json!({ "name": name, "in": "path", "required": true, "schema": { "type": "string" } }))
        .collect();
    parameters.extend(route.query.iter().map(
        |(name, kind, what)| json!({ "name": name, "in": "query", "description": what, "schema": { "type": kind } }),
    ));
    let mut content = json!({});
    content[route.gives.media] =
        route.gives.schema.map_or_else(|| json!({}), |name| json!({ "schema": by_name(name) }));
    let mut operation = json!({
        "summary": route.what,
        "operationId": name(route),
        "x-role": route.least.word(),
        "security": security(route.least),
        "parameters": parameters,
        "responses": {
            "200": { "description": "it went well", "content": content },
            "default": {
                "description": "it was refused",
                "content": { "application/json": { "schema": by_name("Refusal") }, "text/plain": {} },
            },
        },
    });
    if let Some(takes) = route.takes {
        let media = if takes == "Lines" { "application/x-ndjson" } else { "application/json" };
        let mut content = json!({});
        content[media] = json!({ "schema": by_name(takes) });
        operation["requestBody"] = json!({ "required": true, "content": content });
    }
    operation
}

fn by_name(name: &str) -> Value {
    json!({ "$ref": format!("#/components/schemas/{name}") })
}

/// A name for programs that make functions of it: `get_api_alarms_id_deliveries`.
fn name(route: &Route) -> String {
    let words = route.path.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    let words: Vec<&str> = words.collect();
    format!("{}_{}", route.method.to_ascii_lowercase(), words.join("_"))
}

fn in_path(path: &str) -> impl Iterator<Item = &str> {
    path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'))
}

fn security(least: Least) -> Value {
    match least {
        Least::Open => json!([]),
        Least::Door => json!([{ "door": [] }, {}]),
        Least::Public | Least::Viewer | Least::Records => json!([{ "cookie": [] }, { "token": [] }, {}]),
        Least::Person | Least::Operator | Least::Supervisor => json!([{ "cookie": [] }, { "token": [] }]),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_schema_that_is_named_is_there_and_every_one_that_is_there_is_named() {
        let schemas: Map<String, Value> = serde_json::from_str(SCHEMAS).unwrap();
        let text = openapi().to_string();
        let named: BTreeSet<&str> =
            text.split("#/components/schemas/").skip(1).filter_map(|rest| rest.split('"').next()).collect();
        let missing: Vec<_> = named.iter().filter(|name| !schemas.contains_key(**name)).collect();
        assert!(missing.is_empty(), "schemas.json lacks {missing:?}");
        let idle: Vec<_> = schemas.keys().filter(|name| !named.contains(name.as_str())).collect();
        // What the stream carries is no answer that the document could name.
        assert_eq!(idle, ["Picture"], "schemas.json has more than is used");
    }

    #[test]
    fn a_route_is_told_whole() {
        let told = &openapi()["paths"]["/api/alarms/{id}/deliveries"]["get"];
        assert_eq!(told["parameters"][0]["name"], "id");
        assert_eq!(told["x-role"], "viewer");
        assert_eq!(told["operationId"], "get_api_alarms_id_deliveries");
    }
}
