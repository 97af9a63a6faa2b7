//! The form in documents of what has no name of its own: for those who describe them.

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

/// A day of the calendar.
#[derive(Debug)]
pub struct Day;

/// A point in time.
#[derive(Debug)]
pub struct Instant;

impl JsonSchema for Day {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Day".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "A day of the calendar.",
            "type": "string", "format": "date", "examples": ["2026-11-26"],
        })
    }
}

impl JsonSchema for Instant {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Instant".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "A point in time (RFC 3339).",
            "type": "string", "format": "date-time", "examples": ["2026-11-26T17:00:00Z"],
        })
    }
}
