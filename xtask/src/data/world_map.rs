//! Outlines of countries for maps: TopoJSON of Natural Earth to SVG paths.
//!
//! The outlines are projected once (Equal Earth, which keeps areas comparable) to whole numbers in a
//! frame of [`FRAME`] units, so that a page needs no projection and the table stays small. Antarctica
//! is left out. Land that ISO 3166-1 has no code for has an empty code and is drawn without a value.
//! Rings that go round the back of the map are cut there.

use std::collections::BTreeMap;
use std::error::Error;

use super::outline::{Place, Point, arcs, draw, rings};
use super::packages::Packages;
use super::table::Output;

/// Width and height of the frame; the northernmost land touches its top.
const FRAME: (f64, f64) = (2000.0, 866.0);
/// Latitude at the top of the frame, degrees.
const TOP_DEGREES: f64 = 84.0;

/// Writes `world-map.tsv`.
pub(super) fn write(packages: &Packages, out: &Output<'_>) -> Result<(), Box<dyn Error>> {
    let codes = packages.json("i18n-iso-countries-7.14.0", "codes.json")?;
    let codes: BTreeMap<&str, &str> = codes
        .as_array()
        .ok_or("codes.json is no list")?
        .iter()
        .filter_map(|code| Some((code[2].as_str()?, code[1].as_str()?)))
        .collect();
    let atlas = packages.json("world-atlas-2.0.2", "countries-110m.json")?;
    let arcs = arcs(&atlas).ok_or("the arcs of the atlas are malformed")?;
    let countries = atlas["objects"]["countries"]["geometries"].as_array();
    let mut paths: BTreeMap<&str, String> = BTreeMap::new();
    for country in countries.ok_or("the atlas has no countries")? {
        let iso3 = match (country["id"].as_str(), country["properties"]["name"].as_str()) {
            (Some("010"), _) => continue,
            (Some(id), _) => codes.get(id).ok_or_else(|| format!("no country has number {id}"))?,
            (None, Some("Kosovo")) => "XKX",
            (None, _) => "",
        };
        let path = paths.entry(iso3).or_default();
        for ring in rings(country, &arcs).ok_or_else(|| format!("{iso3}: malformed ring"))? {
            for part in parts_on_the_map(&ring) {
                draw(path, &projected(&part));
            }
        }
    }
    let rows = paths
        .into_iter()
        .map(|(iso3, path)| vec![iso3.to_owned(), path, "natural-earth".to_owned()]);
    out.write("world-map.tsv", &["iso3", "path", "source"], rows)
}

/// What of a ring, and of its copies one turn to either side, lies on the map.
fn parts_on_the_map(ring: &[Place]) -> Vec<Vec<Place>> {
    let copies = [-360.0, 0.0, 360.0].into_iter();
    let cut = copies.map(|turn| {
        let moved: Vec<Place> = ring.iter().map(|(x, y)| (x + turn, *y)).collect();
        // Mirrored twice, so that one function cuts both edges.
        let mirrored = |ring: Vec<Place>| ring.into_iter().map(|(x, y)| (-x, y)).collect();
        let west: Vec<Place> = mirrored(cut_at_180(&moved));
        let east: Vec<Place> = mirrored(cut_at_180(&west));
        east
    });
    cut.filter(|part| part.len() > 2).collect()
}

/// The part of a ring up to 180 degrees east (Sutherland and Hodgman).
fn cut_at_180(ring: &[Place]) -> Vec<Place> {
    let mut kept = Vec::new();
    for (index, &(x, y)) in ring.iter().enumerate() {
        let (before_x, before_y) = ring[(index + ring.len() - 1) % ring.len()];
        if (before_x <= 180.0) != (x <= 180.0) {
            let share = (180.0 - before_x) / (x - before_x);
            kept.push((180.0, before_y + share * (y - before_y)));
        }
        if x <= 180.0 {
            kept.push((x, y));
        }
    }
    kept
}

fn projected(ring: &[Place]) -> Vec<Point> {
    let mut points: Vec<Point> = ring.iter().map(|(x, y)| project(*x, *y)).collect();
    points.dedup();
    points
}

/// Equal Earth (Šavrič, Patterson and Jenny, 2018), scaled and moved into the frame.
fn project(longitude: f64, latitude: f64) -> Point {
    let (right, _) = equal_earth(180.0, 0.0);
    let (_, top) = equal_earth(0.0, TOP_DEGREES);
    let (x, y) = equal_earth(longitude, latitude);
    let scale = FRAME.0 / (2.0 * right);
    (((x + right) * scale).round() as i32, ((top - y) * scale).round() as i32)
}

fn equal_earth(longitude: f64, latitude: f64) -> (f64, f64) {
    const A: [f64; 4] = [1.340_264, -0.081_106, 0.000_893, 0.003_796];
    let half_root = 3_f64.sqrt() / 2.0;
    let t = (half_root * latitude.to_radians().sin()).asin();
    let (t2, t6) = (t * t, t.powi(6));
    let slope = A[0] + 3.0 * A[1] * t2 + t6 * (7.0 * A[2] + 9.0 * A[3] * t2);
    let x = longitude.to_radians() * t.cos() / (half_root * slope);
    let y = t * (A[0] + A[1] * t2 + t6 * (A[2] + A[3] * t2));
    (x, y)
}

#[cfg(test)]
mod tests {
    use super::super::outline::ring_of;
    use super::*;

    #[test]
    fn the_projection_has_its_published_values() {
        // Values of the authors' own table: the equator's half length and the pole's height.
        let (x, y) = equal_earth(180.0, 0.0);
        assert!((x - 2.706_63).abs() < 1e-4 && y.abs() < 1e-12, "{x} {y}");
        let (x, y) = equal_earth(0.0, 90.0);
        assert!(x.abs() < 1e-12 && (y - 1.317_362).abs() < 1e-4, "{x} {y}");
    }

    #[test]
    fn a_ring_over_the_back_of_the_map_is_cut_in_two() {
        let arcs = [vec![(170.0, 0.0), (-170.0, 0.0), (-170.0, 10.0), (170.0, 10.0), (170.0, 0.0)]];
        let ring = ring_of(&serde_json::json!([0]), &arcs).unwrap();
        let parts = parts_on_the_map(&ring);
        assert_eq!(parts.len(), 2);
        let width = |part: &[Place]| {
            let xs = part.iter().map(|place| place.0);
            xs.clone().fold(f64::MIN, f64::max) - xs.fold(f64::MAX, f64::min)
        };
        assert!(parts.iter().all(|part| width(part) == 10.0), "{parts:?}");
    }
}
