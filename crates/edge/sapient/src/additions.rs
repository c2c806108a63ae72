//! What the standard demands beyond the marks in its schema.
//!
//! Most rules come from the schema itself: `build.rs` reads its own options (mandatory fields and choices, UUID, ULID).
//! What stands here is said in the standard's words only, or in a comment of the schema, or by its authors' conformance
//! messages. `build.rs` refuses a line that names a field which the schema does not have.

/// A rule for one field.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Addition {
    /// It must be there; a repeated one at least once.
    Mandatory,
    /// Its text is a ULID.
    Ulid,
    /// Its text is a UUID of version 4.
    Uuid,
    /// Its text names an edition of the standard that is spoken here.
    Edition,
    /// Its number lies between these, both included.
    Within(f64, f64),
}

use Addition::{Edition, Mandatory, Ulid, Uuid, Within};

/// Seconds from the Unix epoch to the years 1 and 9999: what google.protobuf.Timestamp can hold by its own definition.
const YEAR_1_S: f64 = -62_135_596_800.0;
const YEAR_9999_S: f64 = 253_402_300_799.0;

/// Message, field, rule.
pub(crate) const IN_ONE_FIELD: &[(&str, &str, Addition)] = &[
    // The authors' conformance messages call these invalid although the schema has no mark.
    ("Registration.TaskDefinition", "concurrent_tasks", Mandatory),
    ("Registration", "dependent_nodes", Uuid),
    ("Registration", "icd_version", Edition),
    ("Error", "error_message", Mandatory),
    ("FollowObject", "follow_object_id", Ulid),
    // "(0-1)" in the schema's comments.
    ("DetectionReport", "detection_confidence", Within(0.0, 1.0)),
    ("DetectionReport.DetectionReportClassification", "confidence", Within(0.0, 1.0)),
    ("DetectionReport.SubClass", "confidence", Within(0.0, 1.0)),
    ("DetectionReport.Behaviour", "confidence", Within(0.0, 1.0)),
    ("Alert", "ranking", Within(0.0, 1.0)),
    ("Alert", "confidence", Within(0.0, 1.0)),
    // "Battery level 0-100".
    ("StatusReport.Power", "level", Within(0.0, 100.0)),
    // Counts, distances and spans of time are not negative; a cone is no wider than a full turn.
    ("Registration.TaskDefinition", "concurrent_tasks", Within(0.0, i32::MAX as f64)),
    ("Registration.SubClass", "level", Within(0.0, i32::MAX as f64)),
    ("Registration.SubClassFilterDefinition", "level", Within(0.0, i32::MAX as f64)),
    ("DetectionReport.SubClass", "level", Within(0.0, i32::MAX as f64)),
    ("Registration.Duration", "value", Within(0.0, f32::MAX as f64)),
    ("RangeBearing", "range", Within(0.0, f64::MAX)),
    ("RangeBearingCone", "range", Within(0.0, f64::MAX)),
    ("RangeBearingCone", "horizontal_extent", Within(0.0, 360.0)),
    ("RangeBearingCone", "vertical_extent", Within(0.0, 360.0)),
    ("google.protobuf.Timestamp", "seconds", Within(YEAR_1_S, YEAR_9999_S)),
    ("google.protobuf.Timestamp", "nanos", Within(0.0, 999_999_999.0)),
];

/// Numbers whose name ends so: an error is a deviation, which has no sign.
pub(crate) const EVERYWHERE: &[(&str, Addition)] = &[("_error", Within(0.0, f64::MAX))];

/// Messages whose fields are judged together: degrees or radians are told beside the numbers.
pub(crate) const CHECKED_TOGETHER: &[(&str, &str)] = &[
    ("Location", "Together::Location"),
    ("RangeBearing", "Together::RangeBearing"),
    ("RangeBearingCone", "Together::RangeBearingCone"),
    ("Task", "Together::TaskTimes"),
    ("google.protobuf.Timestamp", "Together::Time"),
];
