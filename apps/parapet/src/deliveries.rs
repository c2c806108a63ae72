//! Who had an alarm when: what the channels of the live program said, from the recording.

use serde_json::Value;

use crate::exit::Failure;
use crate::out::Out;

/// Receivers that are named one by one; of more, the slowest and those that never answered.
const SHOWN_MAX: usize = 12;

/// One line for each, those that were not acknowledged and the slowest first.
pub(crate) fn say(deliveries: &[Value], out: &mut Out) -> Result<(), Failure> {
    let waited = |delivery: &Value| delivery["acknowledged_s"].as_f64().unwrap_or(f64::INFINITY);
    let mut slowest: Vec<&Value> = deliveries.iter().collect();
    slowest.sort_by(|a, b| waited(b).total_cmp(&waited(a)));
    for delivery in slowest.iter().take(SHOWN_MAX) {
        out.line(line(delivery))?;
    }
    if let Some(more) = deliveries.len().checked_sub(SHOWN_MAX).filter(|more| *more > 0) {
        out.line(format_args!("told       {more} more, each sooner"))?;
    }
    Ok(())
}

fn line(delivery: &Value) -> String {
    let text = |key: &str| delivery[key].as_str().unwrap_or_default();
    let after = |key: &str| delivery[key].as_f64().map_or("never".to_owned(), |s| format!("{:.1} ms", 1e3 * s));
    let receiver = if text("receiver").is_empty() { String::new() } else { format!(" {}", text("receiver")) };
    let resent = match delivery["resent"].as_u64() {
        None | Some(0) => String::new(),
        Some(times) => format!(", told again {times} times"),
    };
    let hops =
        format!("queued {}, sent {}, acknowledged {}", after("queued_s"), after("sent_s"), after("acknowledged_s"));
    format!("told       {}{receiver}: {}: {hops}{resent}", text("channel"), text("stage"))
}
