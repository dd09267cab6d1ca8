//! `/v1/reference/…`: the compiled-in tables of what electricity emits, with source, year and licence.
//! They change with the version of the server only, so clients keep them.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use axum::Router;
use axum::body::Bytes;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, IF_NONE_MATCH};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use carbon_api::v1::admin as wire;
use carbon_factors::{
    GridFactor, Mix, Resolution, SourceInfo, Table, cloud_regions, countries, country_grid, mix,
    region_grid, regions,
};
use serde_json::json;

use super::super::asked::{Asked, known};
use crate::app::App;
use crate::body::Query;
use crate::fault::Problem;
use crate::sign_in::secret::hex;
use crate::token::digest_of;

/// The routes.
pub(super) fn router() -> Router<App> {
    Router::new()
        .route("/v1/reference/grids", get(grids))
        .route("/v1/reference/regions", get(parts))
        .route("/v1/reference/clouds", get(clouds))
}

/// How long a client may use a table without asking again: a day.
const KEEP: &str = "public, max-age=86400";

/// A table as it is sent, and what tells it from those of other versions.
struct Sheet {
    body: Bytes,
    tag: String,
}

static GRIDS: LazyLock<Sheet> = LazyLock::new(|| Sheet::of(json!(all_grids()).to_string()));
static REGIONS: LazyLock<Sheet> = LazyLock::new(|| Sheet::of(json!(all_regions()).to_string()));
static CLOUDS: LazyLock<Sheet> = LazyLock::new(|| Sheet::of(json!(all_clouds()).to_string()));

async fn grids(headers: HeaderMap, Asked(query): Asked<Query>) -> Result<Response, Problem> {
    known(query, &[]).finish(|| Some(()))?;
    Ok(GRIDS.answer(&headers))
}

async fn parts(headers: HeaderMap, Asked(query): Asked<Query>) -> Result<Response, Problem> {
    known(query, &[]).finish(|| Some(()))?;
    Ok(REGIONS.answer(&headers))
}

async fn clouds(headers: HeaderMap, Asked(query): Asked<Query>) -> Result<Response, Problem> {
    known(query, &[]).finish(|| Some(()))?;
    Ok(CLOUDS.answer(&headers))
}

impl Sheet {
    fn of(body: String) -> Self {
        let tag = format!("\"{}\"", hex(&digest_of(&body).0[..16]));
        Self { body: body.into(), tag }
    }

    fn answer(&self, headers: &HeaderMap) -> Response {
        let known = headers.get_all(IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
        let mut known = known.flat_map(|list| list.split(',')).map(str::trim);
        let told = [(ETAG, self.tag.as_str()), (CACHE_CONTROL, KEEP)];
        if known.any(|tag| tag == "*" || tag.trim_start_matches("W/") == self.tag) {
            return (StatusCode::NOT_MODIFIED, told).into_response();
        }
        (told, [(CONTENT_TYPE, "application/json")], self.body.clone()).into_response()
    }
}

/// The sources that rows name.
#[derive(Default)]
struct Sources(BTreeMap<&'static str, SourceInfo>);

impl Sources {
    /// Adds one; its short name.
    fn name(&mut self, source: SourceInfo) -> String {
        self.0.insert(source.id, source);
        source.id.to_owned()
    }

    fn list(self) -> Vec<wire::Source> {
        let shown = self.0.into_values().map(|source| wire::Source {
            id: source.id.to_owned(),
            title: source.title.to_owned(),
            licence: source.licence.to_owned(),
            address: source.address.to_owned(),
        });
        shown.collect()
    }
}

fn all_grids() -> wire::Grids {
    let mut sources = Sources::default();
    let mut grids = Vec::new();
    for country in countries() {
        let Some(factor) = country_grid(country.iso3, None, Table::Current) else { continue };
        let mix = mix(country.iso3, None).map(|mix| shares(&mix, &mut sources));
        let (low, high) = bounds(&factor);
        grids.push(wire::Grid {
            iso3: country.iso3.to_owned(),
            name: country.name.to_owned(),
            intensity_g_per_kwh: rounded(factor.g_per_kwh()),
            low_g_per_kwh: low,
            high_g_per_kwh: high,
            year: factor.year,
            source: sources.name(factor.source),
            taken_from: match factor.resolution {
                Resolution::Own => None,
                Resolution::GridOf(iso3) => Some(iso3.to_owned()),
                Resolution::SharedZone | Resolution::Country | Resolution::World => {
                    Some(factor.zone.to_owned())
                }
            },
            mix,
        });
    }
    wire::Grids { grids, sources: sources.list() }
}

/// Regions whose grid is told apart from their country's.
fn all_regions() -> wire::Regions {
    let mut sources = Sources::default();
    let mut found = Vec::new();
    for country in countries() {
        for region in regions(country.iso3) {
            let factor = region_grid(country.iso3, region.code, None, Table::Current);
            let Some(factor) = factor else { continue };
            if !matches!(factor.resolution, Resolution::Own | Resolution::SharedZone) {
                continue;
            }
            let mix = mix(country.iso3, Some(region.code)).map(|mix| shares(&mix, &mut sources));
            let (low, high) = bounds(&factor);
            found.push(wire::Region {
                iso3: country.iso3.to_owned(),
                code: region.code.to_owned(),
                name: region.name.to_owned(),
                intensity_g_per_kwh: rounded(factor.g_per_kwh()),
                low_g_per_kwh: low,
                high_g_per_kwh: high,
                year: factor.year,
                source: sources.name(factor.source),
                zone: factor.zone.to_owned(),
                is_shared: factor.resolution == Resolution::SharedZone,
                mix,
            });
        }
    }
    wire::Regions { regions: found, sources: sources.list() }
}

fn all_clouds() -> wire::Clouds {
    let mut sources = Sources::default();
    let mut regions = Vec::new();
    for region in ["aws", "azure", "gcp"].into_iter().flat_map(cloud_regions) {
        let factor = region.grid(None, Table::Current);
        let bounds = factor.as_ref().map(bounds);
        regions.push(wire::CloudRegion {
            provider: region.provider.to_owned(),
            provider_name: region.provider_name.to_owned(),
            region: region.region.to_owned(),
            iso3: region.country_iso3.to_owned(),
            state: region.state.map(str::to_owned),
            city: region.city.to_owned(),
            pue: region.pue.ratio(),
            pue_year: region.pue_year,
            intensity_g_per_kwh: factor.map(|factor| rounded(factor.g_per_kwh())),
            low_g_per_kwh: bounds.map(|(low, _)| low),
            high_g_per_kwh: bounds.map(|(_, high)| high),
            year: factor.map(|factor| factor.year),
            source: factor.map(|factor| sources.name(factor.source)),
            provider_intensity_g_per_kwh: region
                .intensity
                .map(|(intensity, _)| rounded(intensity.g_per_kwh())),
            provider_source: region.intensity.map(|(_, source)| sources.name(source)),
            place_source: sources.name(region.source),
        });
    }
    wire::Clouds { regions, sources: sources.list() }
}

fn shares(mix: &Mix, sources: &mut Sources) -> wire::MixShares {
    wire::MixShares {
        year: mix.year,
        coal_percent: mix.coal,
        oil_percent: mix.oil,
        gas_percent: mix.gas,
        nuclear_percent: mix.nuclear,
        hydro_percent: mix.hydro,
        wind_percent: mix.wind,
        solar_percent: mix.solar,
        bio_percent: mix.bio,
        other_percent: mix.other,
        source: sources.name(mix.source),
    }
}

fn bounds(factor: &GridFactor) -> (f64, f64) {
    let interval = factor.intensity;
    (rounded(interval.low.g_per_kwh()), rounded(interval.high.g_per_kwh()))
}

/// To a thousandth of a gram, far below what any source can tell.
fn rounded(g_per_kwh: f64) -> f64 {
    (g_per_kwh * 1_000.0).round() / 1_000.0
}
