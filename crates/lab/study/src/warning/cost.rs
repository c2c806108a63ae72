//! What warning costs: the time of a scan with many zones against that with few, in one run.

use std::time::Instant;

use parapet_engine::{Engine, Event, Outbox, Output};
use parapet_frame::Time;
use parapet_warn::Zone;

use crate::statistics::quantile;
use crate::steady::Picture;

/// Scans until every object is tracked, and scans that are measured.
const WARM_UP: u32 = 60;
const MEASURED: u32 = 240;
/// Half the side of a zone, and the distance between middles, metres.
const HALF_M: f64 = 470.0;
const APART_M: f64 = 1_000.0;

/// What was measured.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Cost {
    /// Believed threats in the air in a scan, the median.
    pub threats: f64,
    /// Engine time of each scan, from its first plot to the last decision on it, milliseconds: with few zones and with many.
    pub few_ms: Vec<f64>,
    /// See `few_ms`.
    pub many_ms: Vec<f64>,
    /// Alarms told with many zones.
    pub alarms: usize,
}

impl Cost {
    /// How much a scan costs with many zones, as a multiple of that with few, by the medians.
    #[must_use]
    pub fn ratio(&self) -> f64 {
        quantile(self.many_ms.iter().copied(), 0.5) / quantile(self.few_ms.iter().copied(), 0.5)
    }
}

/// Plays the same steady picture to two engines, one with few zones and one with many, scan by scan in turn.
#[must_use]
pub fn measure(objects: u32, few: usize, many: usize) -> Cost {
    let mut picture = Picture::new(objects, 1);
    let mut engines = [few, many].map(|count| {
        let mut config = picture.config();
        config.zones = spread(count);
        Engine::new(config)
    });
    let (mut cost, mut threats, mut out) = (Cost::default(), Vec::new(), Outbox::default());
    for scan in 0..WARM_UP + MEASURED {
        let events: Vec<(Time, Event)> = picture.scan();
        for (place, engine) in engines.iter_mut().enumerate() {
            let begun = Instant::now();
            for (at, event) in &events {
                engine.step(*at, event.clone(), &mut out);
            }
            let taken_ms = 1e3 * begun.elapsed().as_secs_f64();
            let outputs = out.outputs.drain(..);
            let (mut believed, mut alarms) = (0.0, 0);
            for output in outputs {
                believed += f64::from(u8::from(matches!(&output, Output::Threat(threat) if threat.believed)));
                alarms += usize::from(matches!(output, Output::Alarm(_)));
            }
            if scan < WARM_UP {
                continue;
            }
            if place == 0 {
                cost.few_ms.push(taken_ms);
            } else {
                cost.many_ms.push(taken_ms);
                cost.alarms += alarms;
                threats.push(believed);
            }
        }
    }
    cost.threats = quantile(threats.into_iter(), 0.5);
    cost
}

/// Square zones about the middle, as large and as near to each other as real ones (the median of 1,449 is 0.88 km2): the more there are, the
/// farther they reach.
fn spread(count: usize) -> Vec<Zone> {
    let side = (count as f64).sqrt().ceil() as usize;
    let zone = |number: usize| {
        let middle = [number % side, number / side].map(|n| (n as f64 + 0.5 - 0.5 * side as f64) * APART_M);
        let corner = |e: f64, n: f64| [middle[0] + HALF_M * e, middle[1] + HALF_M * n];
        Zone {
            key: format!("zone-{number}"),
            name: format!("Zone {number}"),
            kind: "housing".to_owned(),
            people: 100,
            rings: vec![vec![corner(-1.0, -1.0), corner(1.0, -1.0), corner(1.0, 1.0), corner(-1.0, 1.0)]],
            alarm_probability: 0.1,
            shelter_s: None,
        }
    };
    (0..count).map(zone).collect()
}
