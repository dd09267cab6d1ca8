//! What the server is, and its reference tables.

use carbon_api::v1::admin::{Clouds, Grids, Regions, ServerInfo};

use super::Group;
use crate::operation::{Operation, get};

pub(super) fn group() -> Group {
    let table =
        |operation: Operation| operation.ends(304, "It is the one that is known.").refuses(&[422]);
    let operations = vec![
        get("getServer", "/v1/server")
            .says("What a client has to know before anybody signs in", "")
            .gives::<ServerInfo>(200, "Version, way to sign in, limits.")
            .refuses(&[422]),
        table(
            get("getGrids", "/v1/reference/grids")
                .says(
                    "What electricity emits, by country",
                    "It has an `ETag` and may be kept for a day.",
                )
                .gives::<Grids>(200, "The countries, and the sources of their figures."),
        ),
        table(
            get("getRegions", "/v1/reference/regions")
                .says(
                    "What electricity emits, by state or province",
                    "Of the countries whose grid is told apart by them. It has an `ETag` and may be kept \
                     for a day.",
                )
                .gives::<Regions>(200, "The regions, and the sources of their figures."),
        ),
        table(
            get("getClouds", "/v1/reference/clouds")
                .says(
                    "What electricity emits, by cloud region",
                    "It has an `ETag` and may be kept for a day.",
                )
                .gives::<Clouds>(200, "The regions, and the sources of their figures."),
        ),
    ];
    Group { name: "Reference", words: "What the server is, and its reference tables.", operations }
}
