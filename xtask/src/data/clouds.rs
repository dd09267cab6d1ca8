//! Cross-check of the hand-entered cloud regions against the lists of Cloud Carbon Footprint.
//!
//! That project's lists ended in 2024, so ours is entered by hand; every region that they map to a
//! grid zone must be in ours. Where the zones differ, ours says why by its place, and the
//! difference is printed for whoever regenerates the tables.

use std::collections::BTreeMap;
use std::error::Error;

use super::Place;
use super::packages::Packages;

/// Regions of theirs that are no places of a data centre.
const NOT_A_PLACE: [&str; 10] = [
    "Unknown",
    "apeast",
    "apsoutheast",
    "uk",
    "germany",
    "unitedstates",
    "unitedstateseuap",
    "USNorth",
    "EastUS3",
    "centralusstage",
];

/// Refuses a list of ours that misses a region; prints zones that differ.
pub(super) fn check(place: &Place, packages: &Packages) -> Result<(), Box<dyn Error>> {
    let table = place.table("hand/cloud-regions.tsv")?;
    let ours: BTreeMap<String, &str> = table
        .rows()
        .map(|row| (format!("{}:{}", row.get("provider"), row.get("region")), row.get("zone")))
        .collect();
    for (provider, package, file, export) in [
        ("aws", "aws-0.15.0", "AWSRegions", "AWS_MAPPED_REGIONS_TO_ELECTRICITY_MAPS_ZONES"),
        ("azure", "azure-1.8.0", "AzureRegions", "AZURE_MAPPED_REGIONS_TO_ELECTRICITY_MAPS_ZONES"),
    ] {
        let zones = packages.module(package, &format!("dist/lib/{file}.js"), export)?;
        for (region, theirs) in zones.as_object().ok_or("no regions")? {
            if NOT_A_PLACE.contains(&region.as_str()) || region.ends_with("stage") {
                continue;
            }
            let key = format!("{provider}:{}", region.to_lowercase());
            let zone = ours.get(&key).ok_or_else(|| format!("cloud-regions.tsv misses {key}"))?;
            if theirs.as_str().is_some_and(|theirs| theirs != *zone) {
                println!("{key}: our zone {zone}, Cloud Carbon Footprint's {theirs}");
            }
        }
    }
    Ok(())
}
