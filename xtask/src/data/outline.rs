//! Outlines from TopoJSON, and as SVG paths: what the maps of the world and of regions share.
//!
//! A topology keeps each stretch of a border once; a ring is put together from them. Points of a path
//! are whole numbers, so that two neighbours round a border to the same line.

use std::fmt::Write as _;

use serde_json::Value;

/// Degrees east and north.
pub(super) type Place = (f64, f64);
/// Units of a frame, right and down.
pub(super) type Point = (i32, i32);

/// The arcs of the topology.
pub(super) fn arcs(atlas: &Value) -> Option<Vec<Vec<Place>>> {
    let pair = |value: &Value| Some((value[0].as_f64()?, value[1].as_f64()?));
    let scale = pair(&atlas["transform"]["scale"])?;
    let origin = pair(&atlas["transform"]["translate"])?;
    let arc = |arc: &Value| {
        let mut at = (0.0, 0.0);
        let mut places: Vec<Place> = Vec::new();
        for step in arc.as_array()? {
            let step = pair(step)?;
            at = (at.0 + step.0, at.1 + step.1);
            places.push((at.0 * scale.0 + origin.0, at.1 * scale.1 + origin.1));
        }
        Some(places)
    };
    atlas["arcs"].as_array()?.iter().map(arc).collect()
}

/// A ring from its arcs; a negative number is an arc backwards. Its longitudes have no jump at the
/// back of the map: they go on beyond 180 degrees.
pub(super) fn ring_of(numbers: &Value, arcs: &[Vec<Place>]) -> Option<Vec<Place>> {
    let mut ring: Vec<Place> = Vec::new();
    let mut add = |place: &Place| {
        let before = ring.last().map_or(place.0, |last| last.0);
        let turns = ((before - place.0) / 360.0).round();
        ring.push((place.0 + turns * 360.0, place.1));
    };
    for number in numbers.as_array()? {
        let number = number.as_i64()?;
        let backwards = number < 0;
        let arc = arcs.get(usize::try_from(if backwards { !number } else { number }).ok()?)?;
        if backwards {
            arc.iter().rev().for_each(&mut add);
        } else {
            arc.iter().for_each(&mut add);
        }
    }
    Some(ring)
}

/// The rings of a polygon or of several; `None` where one is malformed.
pub(super) fn rings(geometry: &Value, arcs: &[Vec<Place>]) -> Option<Vec<Vec<Place>>> {
    let polygons = match geometry["type"].as_str() {
        Some("Polygon") => vec![&geometry["arcs"]],
        _ => geometry["arcs"].as_array().into_iter().flatten().collect(),
    };
    let rings = polygons.into_iter().filter_map(Value::as_array).flatten();
    rings.map(|ring| ring_of(ring, arcs)).collect()
}

/// Adds a closed ring to a path, in steps from point to point; what is smaller than a unit is left
/// out.
pub(super) fn draw(path: &mut String, ring: &[Point]) {
    let [first, rest @ ..] = ring else { return };
    let closing = usize::from(rest.last() == Some(first));
    let rest = &rest[..rest.len() - closing];
    if rest.len() < 2 {
        return;
    }
    let _ = write!(path, "M{},{}l", first.0, first.1);
    let mut at = *first;
    for (index, point) in rest.iter().enumerate() {
        for (place, step) in [point.0 - at.0, point.1 - at.1].into_iter().enumerate() {
            // A minus sign separates numbers as well as a space does.
            let gap = if step < 0 || (index == 0 && place == 0) { "" } else { " " };
            let _ = write!(path, "{gap}{step}");
        }
        at = *point;
    }
    path.push('z');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ring_is_drawn_in_steps_and_closed() {
        let mut path = String::new();
        draw(&mut path, &[(10, 20), (12, 20), (12, 17), (10, 20)]);
        assert_eq!(path, "M10,20l2 0 0-3z");
        draw(&mut path, &[(1, 1), (2, 2), (1, 1)]);
        assert_eq!(path, "M10,20l2 0 0-3z", "a ring without an area is left out");
    }

    #[test]
    fn arcs_join_to_a_ring_forwards_and_backwards() {
        let arcs = [vec![(0.0, 0.0), (1.0, 0.0)], vec![(0.0, 0.0), (1.0, 1.0), (1.0, 0.0)]];
        let ring = ring_of(&serde_json::json!([0, -2]), &arcs).unwrap();
        assert_eq!(ring, [(0.0, 0.0), (1.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 0.0)]);
    }
}
