//! Drawings of the equivalents, 24 units square, in one colour.

/// The path of an equivalent, by its name.
pub(super) fn icon(name: &str) -> &'static str {
    match name {
        "household_week" => "M4 11 12 4l8 7v9h-5v-6H9v6H4z",
        "car_km" => {
            "M5 11l2-5h10l2 5 2 2v5h-2a2 2 0 0 1-4 0H9a2 2 0 0 1-4 0H3v-5zM8 8l-1 3h10l-1-3z"
        }
        "tv_hour" => "M3 5h18v12h-7v2h3v2H7v-2h3v-2H3zM5 7v8h14V7z",
        _ => "M8 2h8a1 1 0 0 1 1 1v18a1 1 0 0 1-1 1H8a1 1 0 0 1-1-1V3a1 1 0 0 1 1-1zM9 5v13h6V5z",
    }
}
