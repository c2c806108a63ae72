//! An alarm and a round to speak of.

#![allow(dead_code, reason = "each test file uses its part")]

use std::path::{Path, PathBuf};

use parapet_cot::{Originator, RENEW_S, Round, Standing, WarnedZone, Words};
use parapet_engine::Mode;
use parapet_frame::{Geodetic, PlaneCovariance, SitePoint, Time};
use parapet_track::{TrackId, TrackReport};
use parapet_warn::{Alarm, AlarmId, Impact, Reason, Stage, Threat, ZoneId};

/// What live messages say and exercises must not, in lower case.
pub(crate) const LIVE_PHRASES: [&str; 6] = ["take cover", "in cover", "all clear", "incoming", "impact", "911"];

/// 2020-11-17T10:30:00Z and so many seconds.
pub(crate) fn at(after_s: f64) -> Time {
    Time::from_seconds(1_605_609_000.0).plus_seconds(after_s)
}

pub(crate) fn standing(mode: Mode) -> Standing {
    Standing::new(Originator { sender: "parapet-test".into(), site_name: "Green Zone".into(), mode }, RENEW_S)
}

pub(crate) fn zone() -> WarnedZone {
    let outline = vec![[33.31, 44.386], [33.31, 44.3895], [33.3125, 44.3895], [33.3125, 44.386]];
    WarnedZone { key: "hospital".to_owned(), outline, ground_m: 34.0 }
}

pub(crate) fn words(mode: Mode) -> Words {
    let (callsign, remarks) = match mode {
        Mode::Live => ("TAKE COVER NOW: incoming fire, Hospital", "Take cover where you are.\nاحتموا في مكانكم."),
        Mode::Exercise => ("EXERCISE EXERCISE EXERCISE: drill begins, Hospital", "EXERCISE: practice."),
    };
    Words { callsign: callsign.to_owned(), remarks: remarks.to_owned() }
}

pub(crate) fn alarm(stage: Stage, after_s: f64) -> Alarm {
    let id = AlarmId { zone: ZoneId(0), cause: at(-5.0), again: 0 };
    Alarm {
        probability: 0.7,
        impact_at: Some(at(20.0)),
        threats: vec![TrackId(7)],
        ..Alarm::plain(id, at(after_s), stage, Reason::ImpactPredicted)
    }
}

pub(crate) fn round(number: u64, after_s: f64) -> Round {
    let impact = Impact {
        at: at(20.0),
        sigma_time_s: 0.4,
        place: SitePoint { east_m: 100.0, north_m: 700.0, up_m: 0.0 },
        covariance: PlaneCovariance { east_east_m2: 2_500.0, east_north_m2: 400.0, north_north_m2: 900.0 },
        speed_mps: 180.0,
    };
    // By its serialised form, which says nothing of what it has not.
    let track = serde_json::json!({
        "id": number, "at": at(after_s), "position_m": [1_000.0, 4_000.0, 900.0], "velocity_mps": [-100.0, -200.0, 30.0],
        "covariance": [225.0, 0.0, 0.0, 0.0, 0.0, 0.0, 225.0, 0.0, 0.0, 0.0, 0.0, 225.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0],
        "ln_beta": [8.3, 0.2], "existence": 0.99, "odds": { "ballistic": 1.0, "boosting": 0.0, "coasting": 0.0, "level": 0.0 },
        "classes": {
            "mortar": 0.9, "artillery": 0.05, "rocket": 0.05, "aircraft": 0.0, "drone": 0.0, "bird": 0.0, "unknown": 0.0
        },
        "class": "mortar", "plots": 6, "first_plot_at": at(-5.0), "last_plot_at": at(after_s), "evidence": []
    });
    let track: TrackReport = serde_json::from_value(track).expect("a report");
    let threat = Threat {
        track: TrackId(number),
        at: at(after_s),
        first_plot_at: at(-5.0),
        probability: 0.95,
        believed: true,
        impact,
    };
    let place = Geodetic { lat_deg: 33.34, lon_deg: 44.40, height_m: 934.0 };
    Round { track, place, threat, impact: Geodetic { lat_deg: 33.3113, lon_deg: 44.3861, height_m: 34.0 } }
}

/// Other people's data lie beside the project. Says loudly when they are not there.
pub(crate) fn shared(path: &str) -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../../shared/data").join(path);
    if !path.exists() {
        eprintln!("SKIPPED: {} is not here", path.display());
        return None;
    }
    Some(path)
}
