//! What the server is, and its reference tables.

use serde_json::json;

use crate::lab::Lab;

#[tokio::test]
async fn grids_regions_and_clouds_come_with_source_year_and_licence_and_are_kept_by_clients() {
    let lab = Lab::open().await;
    let grids = lab.server.get("/v1/reference/grids", &[]).await;
    let all = grids.body["grids"].as_array().unwrap();
    assert!(all.len() > 200, "{} countries", all.len());
    let france = all.iter().find(|grid| grid["iso3"] == "FRA").unwrap();
    let direct = carbon_factors::country_grid("FRA", None, carbon_factors::Table::Current).unwrap();
    let intensity = france["intensity_g_per_kwh"].as_f64().unwrap();
    assert!((intensity - direct.g_per_kwh()).abs() < 0.001, "{intensity}");
    assert_eq!(france["year"], direct.year);
    assert!(france["mix"]["nuclear_percent"].as_f64().unwrap() > 50.0);
    let monaco = all.iter().find(|grid| grid["iso3"] == "MCO").unwrap();
    assert_eq!(monaco["taken_from"], "FRA");
    let clouds = lab.server.get("/v1/reference/clouds", &[]).await;
    let regions = clouds.body["regions"].as_array().unwrap();
    let paris = regions.iter().find(|region| region["region"] == "eu-west-3").unwrap();
    assert_eq!((&paris["provider"], &paris["iso3"]), (&json!("aws"), &json!("FRA")));
    let parts = lab.server.get("/v1/reference/regions", &[]).await;
    let states = parts.body["regions"].as_array().unwrap();
    let of = |code: &str| states.iter().find(|region| region["code"] == code).unwrap();
    let quebec = of("CA-QC")["intensity_g_per_kwh"].as_f64().unwrap();
    let alberta = of("CA-AB")["intensity_g_per_kwh"].as_f64().unwrap();
    assert!(quebec < 60.0 && alberta > 300.0, "water against coal and gas: {quebec}, {alberta}");
    assert_eq!((&of("CA-QC")["iso3"], &of("CA-QC")["is_shared"]), (&json!("CAN"), &json!(false)));
    assert!(of("CA-QC")["mix"]["hydro_percent"].as_f64().unwrap() > 80.0);
    assert_eq!(of("US-OH")["is_shared"], true, "its zone is that of a dozen states");
    assert_eq!(states.iter().filter(|region| region["iso3"] == "USA").count(), 51);
    for (sheet, rows) in [(&grids, all), (&clouds, regions), (&parts, states)] {
        let sources = sheet.body["sources"].as_array().unwrap();
        for row in rows {
            let id = row["source"].as_str().or(row["place_source"].as_str()).unwrap();
            let source = sources.iter().find(|source| source["id"] == id).unwrap();
            assert!(!source["licence"].as_str().unwrap().is_empty(), "{source}");
        }
    }
    for (path, sheet) in [
        ("/v1/reference/grids", &grids),
        ("/v1/reference/regions", &parts),
        ("/v1/reference/clouds", &clouds),
    ] {
        assert_eq!(sheet.header("cache-control"), "public, max-age=86400");
        let tag = sheet.header("etag").to_owned();
        let weak = format!("\"x\", W/{tag}");
        for known in [tag.as_str(), &weak, "*"] {
            let again = lab.server.get(path, &[("if-none-match", known)]).await;
            assert_eq!((again.status, again.text.as_str()), (304, ""), "{known}");
            assert_eq!(again.header("etag"), tag);
        }
        let other = lab.server.get(path, &[("if-none-match", "\"x\"")]).await;
        assert_eq!(other.status, 200);
    }
}

#[tokio::test]
async fn a_client_learns_what_the_server_is_before_anybody_signs_in() {
    let lab = Lab::open().await;
    let server = lab.server.get("/v1/server", &[]).await;
    assert_eq!(
        (&server.body["auth"], &server.body["public_url"], &server.body["limits"]["bulk_rows"]),
        (&json!("local"), &json!("http://localhost:1"), &json!(10_000))
    );
    assert_eq!(server.body["features"]["passwords"], true);
    assert_eq!(server.body["features"]["private_webhooks"], false);
    assert_eq!(lab.server.get("/v1/server?x=1", &[]).await.status, 422);
}
