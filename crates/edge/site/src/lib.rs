//! The site configuration: TOML and GeoJSON to core values.
