//! Which channels a site has.

use parapet_siren::World;
use parapet_site::Site;

use super::dispatch::Plan;
use super::{mqtt, webhook};
use crate::error::ServiceError;

/// The channels of a site, none of them started.
///
/// # Errors
/// When a key or a certificate cannot be used.
pub(crate) fn plan(site: &Site) -> Result<Plan, ServiceError> {
    let world = World::from(site.mode());
    let mut plan = Plan::default();
    if let Some(mqtt) = &site.mqtt {
        let zones = site.config.zones.iter().map(|zone| (zone.key.clone(), zone.name.clone())).collect();
        let setting = mqtt::Setting::new(mqtt, world, &site.name, zones).map_err(|what| refused("[mqtt]", what))?;
        plan.add(setting.spec(), move |inbox, desk| mqtt::run(setting, inbox, desk));
    }
    for webhook in &site.webhooks {
        let table = format!("[[webhook]] {}", webhook.id);
        let setting = webhook::Setting::new(webhook, world, &site.name).map_err(|what| refused(&table, what))?;
        plan.add(setting.spec(), move |inbox, desk| webhook::run(setting, inbox, desk));
    }
    Ok(plan)
}

fn refused(table: &str, what: String) -> ServiceError {
    ServiceError::Channel { table: table.to_owned(), what }
}
