//! Bad configurations, and what the operator reads.

use parapet_site::Site;

/// A configuration without faults; lines 1 to 17.
const GOOD: &str = r#"[site]
name = "Range B"
mode = "live"
origin = { lat_deg = 33.305, lon_deg = 44.385, height_m = 34.0 }
[[sensor]]
id = "north"
position = { lat_deg = 33.315, lon_deg = 44.380, height_m = 46.0 }
asterix = { sac = 25, sic = 201 }
links = ["udp://127.0.0.1:8600"]
senders = ["127.0.0.1"]
scan_period_s = 1.0
range_m = [400.0, 25000.0]
elevation_deg = [0.5, 80.0]
accuracy = { range_m = 15.0, azimuth_deg = 0.17 }
[[zone]]
id = "camp"
circle = { lat_deg = 33.30, lon_deg = 44.39, radius_m = 100.0 }
"#;

fn parse(text: &str, zones: &str) -> Result<Site, String> {
    let mut load = |file: &str| match file {
        "zones.geojson" => Ok(zones.to_owned()),
        _ => Err("no such file".to_owned()),
    };
    Site::parse("site.toml", text, &mut load).map_err(|error| error.to_string())
}

#[track_caller]
fn refused(text: &str, zones: &str, parts: &[&str]) {
    let error = parse(text, zones).expect_err("the configuration is bad");
    for part in parts {
        assert!(error.contains(part), "{part:?} is missing in\n{error}");
    }
}

/// Replaces a piece of the good configuration.
#[track_caller]
fn with(from: &str, to: &str, parts: &[&str]) {
    assert!(GOOD.contains(from), "{from:?} is in the good configuration");
    refused(&GOOD.replacen(from, to, 1), "", parts);
}

#[test]
fn terrain_and_sectors_are_checked() {
    let terrain = |text: &str| format!("{GOOD}[terrain]\n{text}\n");
    let site = parse(&terrain("file = \"ground.tif\"\nreach_m = 20000.0"), "").expect("a good table");
    let named = site.terrain.expect("a terrain");
    assert_eq!((named.file.as_str(), named.reach_m, named.resolution_m), ("ground.tif", Some(20_000.0), None));
    let problem = named.problem("it is no TIFF file", "take another").to_string();
    assert_eq!(problem, "site.toml:19:8: terrain file: the file \"ground.tif\": it is no TIFF file; take another");
    refused(&terrain("reach_m = 200000.0"), "", &["`file` is missing", "200000 is out of range"]);
    refused(&terrain("file = \"a\"\nresolution = 5.0"), "", &["unknown key `resolution`", "`resolution_m`"]);
    let sector = |text: &str| GOOD.replacen("scan_period_s", &format!("{text}\nscan_period_s"), 1);
    let site = parse(&sector("sector_deg = [[300.0, 60.0]]\nblanked_deg = [[10.0, 20.0]]"), "").expect("good sectors");
    let blanked = &site.config.sensors[0].blanked;
    let widths: Vec<f64> = blanked.iter().map(|sector| sector.width_rad.to_degrees().round()).collect();
    assert_eq!(widths, [240.0, 10.0], "what lies outside the sector, and what is blanked");
    refused(&sector("blanked_deg = [10.0, 20.0]"), "", &["expected a list of pairs", "`[[from, to], ...]`"]);
    refused(&sector("blanked_deg = [[10.0, 10.0]]"), "", &["10 to 10 is nothing"]);
    refused(&sector("blanked_deg = [[10.0, 400.0]]"), "", &["400 is out of range"]);
    refused(&sector("sector_deg = [[1.0, 2.0], [3.0, 4.0]]"), "", &["2 sectors to look at"]);
}

#[test]
fn shelters_and_the_address_for_people_are_checked() {
    let shelters = |text: &str| format!("{GOOD}[[shelter]]\nid = \"cellar\"\n{text}\n");
    let site = parse(&shelters("position = { lat_deg = 33.31, lon_deg = 44.39 }"), "").expect("a good shelter");
    assert_eq!((site.shelters[0].name.as_str(), site.shelters[0].place.height_m), ("cellar", 34.0));
    refused(&shelters("name = \"Cellar\""), "", &["site.toml:18:1: shelter 1 position: `position` is missing"]);
    let swapped = "position = { lat_deg = 44.39, lon_deg = 33.31 }";
    refused(&shelters(swapped), "", &["shelter \"cellar\" position", "lat_deg and lon_deg look swapped"]);
    let twice = "position = { lat_deg = 33.31, lon_deg = 44.39 }\n[[shelter]]\nid = \"cellar\"\nposition = { lat_deg = 33.3, lon_deg = 44.3 }";
    refused(&shelters(twice), "", &["\"cellar\" is taken"]);
    refused(&format!("{GOOD}[output]\npublic = \"here\"\n"), "", &["output public: \"here\" is not an address"]);
    refused(&format!("{GOOD}[output]\npublic = \"0.0.0.0:8080\"\n"), "", &["the port 8080 is that of `http`"]);
}

#[test]
fn the_good_one_is_good() {
    assert_eq!(parse(GOOD, "").unwrap().warnings, [""; 0]);
}

#[test]
fn keys() {
    with(
        "scan_period_s",
        "scan_periods",
        &[
            "site.toml:11:1: sensor \"north\": unknown key `scan_periods`; did you mean `scan_period_s`?",
            "site.toml:5:1: sensor \"north\" scan_period_s: `scan_period_s` is missing; add it, for example `scan_period_s = 1.0`",
        ],
    );
    with(
        "[site]\n",
        "[site]\ncolour = 1\n",
        &["site.toml:2:1: site: unknown key `colour`; known here: name, mode, origin"],
    );
    with("[[zone]]", "[[zones]]", &["site.toml:15:1: zones: expected a table, found an array"]);
    with("[[zone]]", "[[zona]]", &["unknown key `zona`; did you mean `zone`?"]);
    with(
        "mode = \"live\"",
        "mode = \"Live\"",
        &["site.toml:3:8: site mode: \"Live\" is not known; did you mean `live`?"],
    );
    with("sac = 25, ", "", &["site.toml:8:11: sensor \"north\" asterix sac: `sac` is missing"]);
    with(
        "lon_deg = 44.385",
        "lon = 44.385",
        &["site origin: unknown key `lon`; did you mean `lon_deg`?", "`lon_deg` is missing"],
    );
}

#[test]
fn types_and_ranges() {
    with(
        "scan_period_s = 1.0",
        "scan_period_s = \"1\"",
        &["site.toml:11:17: sensor \"north\" scan_period_s: expected a number, found a string"],
    );
    with("scan_period_s = 1.0", "scan_period_s = 0", &["0 is out of range; write a number from 0.02 to 60 s"]);
    with("scan_period_s = 1.0", "scan_period_s = nan", &["NaN is out of range"]);
    with(
        "sic = 201",
        "sic = 256",
        &["sensor \"north\" asterix sic: 256 is out of range; write a number from 0 to 255"],
    );
    with("sic = 201", "sic = 20.5", &["20.5 is not a whole number"]);
    with(
        "[400.0, 25000.0]",
        "[25000.0, 400.0]",
        &["site.toml:12:11: sensor \"north\" range_m: 25000 is not below 400"],
    );
    with("[400.0, 25000.0]", "[400.0]", &["expected two numbers"]);
    with(
        "senders = [\"127.0.0.1\"]",
        "senders = [\"radar\"]",
        &["site.toml:10:12: sensor \"north\" senders: \"radar\" is not a numeric IP address"],
    );
    with(
        "scan_period_s = 1.0",
        "scan_period_s = 2.0\nsilent_after_s = 1.5",
        &["1.5 s is not longer than the scan period of 2 s", "for example 5"],
    );
    with("id = \"north\"", "id = \"radar north\"", &["\"radar north\" is not an identifier"]);
    with("name = \"Range B\"", "name = \" \"", &["site name: the text is empty"]);
    with(
        "height_m = 34.0",
        "height_m = 34000",
        &["site origin height_m: 34000 is out of range; write a number from -500 to 9000 m"],
    );
    with("lat_deg = 33.305", "lat_deg = 93.305", &["93.305 is out of range; write a number from -90 to 90 degrees"]);
    refused(
        &format!("{GOOD}alarm_probability = 1.0\n"),
        "",
        &["site.toml:18:21: zone \"camp\" alarm_probability: 1 is not a probability strictly between"],
    );
    refused(
        &format!("{GOOD}alarm_probability = 0.1\ncost_false = 1\ncost_miss = 9\n"),
        "",
        &["zone \"camp\" alarm_probability: both `alarm_probability` and costs are given"],
    );
    refused(
        &format!("{GOOD}cost_false = 1\nshelter_s = 0\n"),
        "",
        &["`cost_miss` is missing; add it, for example", "zone \"camp\" shelter_s: 0 is out of range"],
    );
    refused(
        &format!("{GOOD}[policy]\nposture = \"hightened\"\nwait_part_max = 0.9\ncost_miss = 0\n"),
        "",
        &["did you mean `heightened`?", "wait_part_max: 0.9 is out of range", "policy cost_miss: 0 is out of range"],
    );
    refused(
        &format!("{GOOD}[policy]\nplots_min = 1\nhold = 3\n"),
        "",
        &["policy plots_min: 1 is out of range", "did you mean `hold_s`?"],
    );
    refused(
        &format!(
            "{GOOD}[output]\nhttp = \"localhost:8080\"\ncap_sender = \"a b\"\nalarms = \"x\"\nrecording = \"x\"\n"
        ),
        "",
        &[
            "output http: \"localhost:8080\" is not an address with a port",
            "\"a b\" cannot be a CAP sender",
            "to the same folder",
        ],
    );
}

#[test]
fn links() {
    let link = |url: &str, parts: &[&str]| with("udp://127.0.0.1:8600", url, parts);
    link("tcp://127.0.0.1:1", &["site.toml:9:10: sensor \"north\" links: the address does not begin with `udp://`"]);
    link("udp://radar:8600", &["\"radar\" is not a numeric IP address", "names are not looked up"]);
    link("udp://127.0.0.1:99999", &["\"99999\" is not a port from 1 to 65535"]);
    link("udp://239.1.1.1:8600?interfaec=127.0.0.1", &["did you mean `interface`?"]);
    with("[\"udp://127.0.0.1:8600\"]", "[]", &["0 links; write 1 to 8 links"]);
    with("[\"udp://127.0.0.1:8600\"]", "[\"udp://127.0.0.1:1\", \"udp://127.0.0.1:1\"]", &["is listed twice"]);
    let loose = GOOD.replace("127.0.0.1:8600", "239.1.1.1:8600").replace("senders = [\"127.0.0.1\"]\n", "");
    let warnings = parse(&loose, "").unwrap().warnings.join("\n");
    assert!(
        warnings.contains("names no interface") && warnings.contains("any machine that reaches its links"),
        "{warnings}"
    );
}

#[test]
fn editions() {
    let sent =
        |editions: &str, parts: &[&str]| with("sic = 201 }", &format!("sic = 201, editions = {editions} }}"), parts);
    sent("[\"021 0.27\"]", &["north\" asterix editions: \"021 0.27\" is no edition known here", "\"021 0.26\""]);
    sent("[\"cat21\"]", &["write a category of three digits and an edition, for example \"021 0.26\""]);
    sent("\"021 0.26\"", &["a list of texts"]);
    let good = GOOD.replace("sic = 201 }", "sic = 201, editions = [\"021 0.26\", \"062 1.19\"] }");
    assert_eq!(parse(&good, "").unwrap().sources[0].editions, ["021 0.26", "062 1.19"]);
}

#[test]
fn duplicates() {
    let sensor = &GOOD[GOOD.find("[[sensor]]").unwrap()..GOOD.find("[[zone]]").unwrap()];
    refused(
        &format!("{GOOD}{sensor}"),
        "",
        &[
            "site.toml:19:6: sensor 2 id: another sensor is called \"north\" already",
            "site.toml:21:11: sensor \"north\" asterix: SAC 25 SIC 201 belongs to sensor \"north\" already",
        ],
    );
    let zone = &GOOD[GOOD.find("[[zone]]").unwrap()..];
    refused(
        &format!("{GOOD}{zone}"),
        "",
        &["site.toml:19:6: zone \"camp\": another zone is called \"camp\" already (site.toml:16)"],
    );
}

#[test]
fn places() {
    with(
        "lat_deg = 33.315, lon_deg = 44.380",
        "lat_deg = 44.380, lon_deg = 33.315",
        &["site.toml:7:12: sensor \"north\" position: 15", "latitude and longitude look swapped"],
    );
    with(
        "lat_deg = 33.30,",
        "lat_deg = 35.30,",
        &[
            "site.toml:17:10: zone \"camp\": the centre (35.3, 44.39) is 221 km from the site origin, farther than 100 km",
        ],
    );
    with("radius_m = 100.0", "radius_m = 0", &["zone \"camp\" circle radius_m: 0 is out of range"]);
    with(
        "circle = { lat_deg = 33.30, lon_deg = 44.39, radius_m = 100.0 }",
        "people = 3",
        &["neither `circle` nor `corners` is given"],
    );
    refused(
        &format!("{GOOD}corners = [{{ lat_deg = 33.3, lon_deg = 44.39 }}]\n"),
        "",
        &["both `circle` and `corners` are given"],
    );
}

fn collection(feature: &str) -> String {
    format!("{{\"type\": \"FeatureCollection\",\n\"features\": [\n{feature}\n]}}")
}

fn polygon(coordinates: &str) -> String {
    collection(&format!(
        "{{\"type\": \"Feature\",\n\"properties\": {{\"id\": \"tower\"}},\n\"geometry\": {{\"type\": \"Polygon\",\n\"coordinates\": {coordinates}}}}}"
    ))
}

#[track_caller]
fn file(zones: &str, parts: &[&str]) {
    refused(&format!("{GOOD}[zones]\nfile = \"zones.geojson\"\n"), zones, parts);
}

#[test]
fn zone_file_outlines() {
    file(
        &polygon("[[[44.38, 33.30], [44.39, 33.31], [44.39, 33.30], [44.38, 33.31], [44.38, 33.30]]]"),
        &["zones.geojson:6:1: zone \"tower\": the outline crosses or touches itself at lat 33.305", "lon 44.385"],
    );
    file(
        &polygon("[[[44.38, 33.30], [44.39, 33.31], [44.38, 33.30]]]"),
        &["the outline has 2 different corners; an outline needs at least 3"],
    );
    file(
        &polygon("[[[33.30, 44.38], [33.31, 44.38], [33.31, 44.39], [33.30, 44.38]]]"),
        &["corner 1 (44.38, 33.3) is 15", "GeoJSON wants [longitude, latitude]; they look swapped"],
    );
    file(
        &polygon("[[[44.38, 133.30], [44.39, 33.31], [44.39, 33.30]]]"),
        &["latitude 133.3 is not between -90 and 90 degrees"],
    );
    file(&polygon("[[[44.38], [44.39, 33.31]]]"), &["the coordinates are no rings of places"]);
    file(&polygon("[]"), &["the coordinates are no rings of places"]);
    file(
        &polygon("[[[44.38, 33.30], [44.38, 33.30], [44.39, 33.31], [44.39, 33.30]]]"),
        &["corner 2 of the outline repeats"],
    );
    file(
        &polygon("[[[44.38, 33.30], [44.39, 33.30], [44.39, 33.31]], [[44.5, 33.4], [44.6, 33.4], [44.6, 33.5]]]"),
        &["hole 1 lies outside"],
    );
}

#[test]
fn zone_file_properties() {
    let point = |properties: &str| {
        collection(&format!(
            "{{\"type\": \"Feature\", \"geometry\": {{\"type\": \"Point\", \"coordinates\": [44.38, 33.3]}},\n\"properties\": {{{properties}}}}}"
        ))
    };
    file(&point("\"radius_m\": 100"), &["zones.geojson:4:1: feature 1: the property `id` is missing"]);
    file(&point("\"id\": \"t\""), &["zones.geojson:4:1: zone \"t\": a Point without `radius_m`"]);
    file(&point("\"id\": \"t\", \"radius_m\": -5"), &["zone \"t\" radius_m: -5 is out of range"]);
    file(&point("\"id\": \"t\", \"radius\": 100"), &["unknown property `radius`; did you mean `radius_m`?"]);
    file(
        &point("\"id\": \"t\", \"radius_m\": 100, \"people\": -3"),
        &["zone \"t\" people: -3 is not a number of people"],
    );
    file(&point("\"id\": \"t\", \"radius_m\": 100, \"people\": \"many\""), &["zone \"t\" people: expected a number"]);
    file(&point("\"id\": \"t\", \"radius_m\": 100, \"alarm_probability\": 0"), &["0 would alarm always"]);
    file(
        &point("\"id\": \"t\", \"radius_m\": 100, \"cost_miss\": 9"),
        &["zone \"t\" cost_false: `cost_false` is missing"],
    );
    file(
        &point("\"id\": \"camp\", \"radius_m\": 100"),
        &["site.toml:16:6: zone \"camp\": another zone is called \"camp\" already (zones.geojson:4)"],
    );
}

#[test]
fn files() {
    file("{\"type\": \"FeatureCollection\",\n\"features\": [,]}", &["zones.geojson:2:14: not readable as GeoJSON"]);
    file("{\"type\": \"Feature\", \"features\": []}", &["the type is \"Feature\""]);
    file(
        &collection(
            "{\"type\": \"Feature\", \"properties\": {\"id\": \"t\"}, \"geometry\": {\"type\": \"MultiPolygon\", \"coordinates\": []}}",
        ),
        &["zone \"t\": found MultiPolygon; write one feature with an id of its own for each polygon"],
    );
    file(
        &collection("{\"type\": \"Feature\", \"properties\": {\"id\": \"t\"}, \"geometry\": null}"),
        &["found no geometry"],
    );
    refused(
        &format!("{GOOD}[zones]\nfile = \"zonse.geojson\"\n"),
        "",
        &["site.toml:19:8: zones file: the file \"zonse.geojson\" cannot be read: no such file"],
    );
    with(
        "[[sensor]]",
        "outlines = \"lines.geojson\"\n[[sensor]]",
        &["site.toml:5:13: site outlines: the file \"lines.geojson\" cannot be read"],
    );
    with("[[sensor]]", "outlines = \"zones.geojson\"\n[[sensor]]", &["is not GeoJSON"]);
    refused("[site\nname = 1\n", "", &["site.toml:1:6: "]);
    refused("", "", &["`site` is missing", "the site has no sensor"]);
}

#[test]
fn everything_is_said_at_once() {
    let bad = GOOD
        .replace("scan_period_s = 1.0", "scan_period_s = 0")
        .replace("radius_m = 100.0", "radius_m = 0")
        .replace("\"live\"", "\"real\"");
    let error = parse(&bad, "").unwrap_err();
    assert!(error.starts_with("the configuration has 3 errors\nsite.toml:3:"), "{error}");
    let lines: Vec<&str> = error.lines().skip(1).map(|line| line.split(':').nth(1).unwrap()).collect();
    assert_eq!(lines, ["3", "11", "17"]);
}

#[test]
fn unwise_sites_are_warned_of() {
    let without_zone = &GOOD[..GOOD.find("[[zone]]").unwrap()];
    assert!(parse(without_zone, "").unwrap().warnings[0].contains("nobody will ever be warned"));
    let large = GOOD.replace("radius_m = 100.0", "radius_m = 9000");
    assert!(parse(&large, "").unwrap().warnings[0].contains("everybody in it is alarmed together"));
    let open = format!("{GOOD}[output]\nhttp = \"0.0.0.0:8080\"\n");
    assert!(parse(&open, "").unwrap().warnings[0].contains("asks nobody who they are"));
}

#[test]
fn a_problem_is_shown_in_its_line() {
    let error =
        Site::parse(
            "site.toml",
            &GOOD.replace("scan_period_s = 1.0", "scan_period_s = 0"),
            &mut |_| Err(String::new()),
        );
    let error = error.expect_err("the configuration is bad");
    let mut shown = String::new();
    let theme = miette::GraphicalTheme::unicode_nocolor();
    miette::GraphicalReportHandler::new_themed(theme).render_report(&mut shown, &error).unwrap();
    for part in
        ["site.toml:11:17", "11 │ scan_period_s = 0", "0 is out of range", "help: write a number from 0.02 to 60 s"]
    {
        assert!(shown.contains(part), "{part:?} is missing in\n{shown}");
    }
}

#[test]
fn nesting_without_end_is_refused() {
    let deep = format!("x = {}", "[".repeat(100_000));
    assert!(parse(&deep, "").is_err());
    assert!(parse(&format!("{GOOD}[{}]", vec!["a"; 50_000].join(".")), "").is_err());
    file(&collection(&"[".repeat(100_000)), &["not readable as GeoJSON"]);
    file(&polygon(&format!("{}{}", "[".repeat(50_000), "]".repeat(50_000))), &["not a GeoJSON feature"]);
}

/// Weather without faults, to stand after [`GOOD`].
const WEATHER: &str = r#"[weather]
wind_sigma_mps = 2.5
[[weather.level]]
height_m = 34.0
temperature_c = 31.0
pressure_hpa = 1002.0
wind_from_deg = 270.0
wind_mps = 4.0
[[weather.level]]
height_m = 1500.0
temperature_c = 22.0
pressure_hpa = 848.0
"#;

#[test]
fn good_weather_becomes_weather() {
    let environment = parse(&format!("{GOOD}{WEATHER}"), "").unwrap().config.environment;
    assert_eq!(environment.wind_sigma_mps, 2.5);
    let [east_mps, north_mps] = environment.weather.unwrap().levels()[0].wind_mps;
    assert!((east_mps - 4.0).abs() < 1e-12 && north_mps.abs() < 1e-12, "a wind from the west moves to the east");
    // How sure the wind is can be said of the one wind of the site too.
    let one_wind =
        GOOD.replacen("[[sensor]]", "wind = { east_mps = 3.0 }\n[weather]\nwind_sigma_mps = 1.0\n[[sensor]]", 1);
    let environment = parse(&one_wind, "").unwrap().config.environment;
    assert_eq!((environment.wind_mps, environment.wind_sigma_mps), ([3.0, 0.0], 1.0));
    assert_eq!(parse(GOOD, "").unwrap().config.environment.weather, None);
}

#[test]
fn bad_weather() {
    let with = |from: &str, to: &str, parts: &[&str]| {
        assert!(WEATHER.contains(from), "{from:?} is in the good weather");
        refused(&format!("{GOOD}{}", WEATHER.replacen(from, to, 1)), "", parts);
    };
    with(
        "temperature_c = 31.0",
        "temperature_c = 304.0",
        &[
            "site.toml:22:17: weather level 1 temperature_c: 304 is out of range; write a number from -93 to 60 degrees Celsius",
        ],
    );
    with(
        "pressure_hpa = 848.0\n",
        "",
        &[
            "site.toml:26:1: weather level 2 pressure_hpa: `pressure_hpa` is missing; add it, for example `pressure_hpa = 1009.0`",
        ],
    );
    with("wind_from_deg = 270.0\n", "", &["weather level 1 wind_from_deg: `wind_from_deg` is missing"]);
    with("wind_sigma_mps", "wind_sigma", &["weather: unknown key `wind_sigma`; did you mean `wind_sigma_mps`?"]);
    with(
        "height_m = 1500.0",
        "height_m = 20.0",
        &[
            "site.toml:26:1: weather level 2: the level is not at least 10 m above the one before; write the levels from the lowest",
        ],
    );
    // Reduced to sea level, as airfields like to report it.
    with(
        "pressure_hpa = 848.0",
        "pressure_hpa = 1004.0",
        &[
            "weather level 2: the pressure does not fall from the level before by what the air between them weighs; write the pressure",
        ],
    );
    let several = WEATHER.replacen("31.0", "91.0", 1).replacen("848.0", "8.0", 1).replacen("2.5", "\"2\"", 1);
    refused(
        &format!("{GOOD}{several}"),
        "",
        &[
            "the configuration has 2 errors",
            "weather wind_sigma_mps: expected a number",
            "weather level 1 temperature_c: 91 is out of range",
        ],
    );
}

#[test]
fn a_wind_is_said_once() {
    let twice = GOOD.replacen("[[sensor]]", "wind = { east_mps = 3.0 }\n[[sensor]]", 1);
    refused(
        &format!("{twice}{WEATHER}"),
        "",
        &[
            "site.toml:5:8: site wind: the wind is said twice: here, and by the levels of `[weather]`; remove this key, or the levels",
        ],
    );
}

/// A configuration with one sensor that speaks SAPIENT, and its door.
const SAPIENT: &str = r#"[site]
name = "Range B"
mode = "live"
origin = { lat_deg = 33.305, lon_deg = 44.385, height_m = 34.0 }
[[sensor]]
id = "east"
position = { lat_deg = 33.315, lon_deg = 44.380, height_m = 46.0 }
sapient = { node = "ac3d032e-40a8-4616-9485-28203450b1f4" }
scan_period_s = 1.0
range_m = [400.0, 25000.0]
elevation_deg = [0.5, 80.0]
accuracy = { range_m = 15.0, azimuth_deg = 0.17 }
[[sapient]]
role = "fusion"
id = "5913c0f4-9f89-4c01-ab90-939099797c4f"
address = "127.0.0.1:5020"
certificate = "fusion.pem"
key = "fusion.key"
authorities = "ca.pem"
"#;

fn parse_sapient(text: &str) -> Result<Site, String> {
    let mut load = |file: &str| match file {
        "fusion.pem" | "fusion.key" | "ca.pem" => Ok("-----BEGIN SOMETHING-----".to_owned()),
        "text" => Ok("nothing of the kind".to_owned()),
        _ => Err("no such file".to_owned()),
    };
    Site::parse("site.toml", text, &mut load).map_err(|error| error.to_string())
}

#[test]
fn sapient_sensors_and_doors() {
    let site = parse_sapient(SAPIENT).unwrap();
    assert_eq!((site.nodes[0].sensor.0, site.nodes[0].north_rad), (0, None));
    assert!((site.nodes[0].place.lat_deg - 33.315).abs() < 1e-9 && (site.nodes[0].place.height_m - 46.0).abs() < 1e-3);
    assert!(site.summary().contains("tls") && !format!("{:?}", site.doors).contains("BEGIN"), "a key is never shown");
    let wrong = |from: &str, to: &str, part: &str| {
        assert!(SAPIENT.contains(from), "{from}");
        let error = parse_sapient(&SAPIENT.replacen(from, to, 1)).expect_err("it is wrong");
        assert!(error.contains(part), "{part:?} is missing in\n{error}");
    };
    wrong("ac3d032e-40a8-4616", "AC3D032E-40A8-4616", "is no node; write a UUID of version 4 in lower case");
    wrong("5913c0f4-9f89-4c01", "5913c0f4-9f89-1c01", "sapient 1 id: ");
    wrong("role = \"fusion\"", "role = \"fusoin\"", "did you mean `fusion`?");
    wrong(
        "[[sapient]]\nrole = \"fusion\"",
        "[[sapient]]\nrole = \"edge\"",
        "there is no door for it; add a table `[[sapient]]`",
    );
    wrong("address = \"127.0.0.1:5020\"", "address = \"fusion:5020\"", "names are not looked up");
    wrong("key = \"fusion.key\"", "key = \"missing.key\"", "\"missing.key\" cannot be read: no such file");
    wrong("authorities = \"ca.pem\"", "authorities = \"text\"", "\"text\" is no PEM");
    wrong("key = \"fusion.key\"\n", "", "`key` is missing; add it, for example `key = \"pki/key.pem\"`");
    wrong(
        "certificate =",
        "trust = \"plain\"\ncertificate =",
        "`certificate` makes no sense where nobody proves who they are",
    );
    wrong(
        "scan_period_s",
        "links = [\"udp://127.0.0.1:8600\"]\nscan_period_s",
        "a sensor that speaks SAPIENT has no `links`",
    );
    let door = &SAPIENT[SAPIENT.find("[[sapient]]").unwrap()..];
    wrong("role = \"fusion\"", "role = \"edge\"", "`server_name` is missing");
    let second = "[[sensor]]\nid = \"west\"\nposition = { lat_deg = 33.3, lon_deg = 44.38, height_m = 46.0 }\n\
        sapient = { node = \"ac3d032e-40a8-4616-9485-28203450b1f4\" }\nscan_period_s = 1.0\nrange_m = [400.0, 25000.0]\n\
        elevation_deg = [0.5, 80.0]\naccuracy = { range_m = 15.0, azimuth_deg = 0.17 }\n";
    wrong(door, &format!("{second}{door}"), "is another sensor already; every node is one sensor");
    let plain = SAPIENT
        .replace("certificate = \"fusion.pem\"\nkey = \"fusion.key\"\nauthorities = \"ca.pem\"", "trust = \"plain\"");
    let plain = plain.replace("127.0.0.1:5020", "192.0.2.1:5020");
    let site = parse_sapient(&plain).unwrap();
    let said = site.warnings.join("\n");
    assert!(said.contains("192.0.2.1:5020: plain TCP; anybody who reaches it can speak for any node"), "{said}");
    assert!(site.summary().contains("unauthenticated"));
}

/// The good configuration with more behind it, and files to name.
fn parse_more(more: &str) -> Result<Site, String> {
    let mut load = |file: &str| match file {
        "a.pem" => Ok("-----BEGIN CERTIFICATE-----".to_owned()),
        "word" => Ok("not a token".to_owned()),
        _ => Err("no such file".to_owned()),
    };
    Site::parse("site.toml", &format!("{GOOD}{more}"), &mut load).map_err(|error| error.to_string())
}

#[test]
fn lines_to_tak_are_checked() {
    let good = "[[tak]]\nto = \"tls://192.0.2.1:8089\"\nserver_name = \"tak\"\ncertificate = \"a.pem\"\nkey = \"a.pem\"\n\
                authorities = \"a.pem\"\n[[tak]]\nto = \"udp://239.2.3.1:6969?interface=127.0.0.1\"\n";
    let site = parse_more(good).expect("two good lines");
    let shown: Vec<_> = site.tak.iter().map(|link| (link.name.as_str(), link.target.url(), link.protobuf)).collect();
    assert_eq!(shown[0], ("tak-1", "tls://192.0.2.1:8089".to_owned(), false));
    assert_eq!(shown[1], ("tak-2", "udp://239.2.3.1:6969".to_owned(), true));
    assert!(
        site.warnings.iter().any(|warning| warning.contains("tak tak-2: a mesh; anybody who reaches it can forge"))
    );
    assert!(!site.summary().contains("BEGIN") && site.summary().contains("tls://192.0.2.1:8089"));
    for (more, parts) in [
        ("[[tak]]\n", &["`to` is missing"][..]),
        ("[[tak]]\nto = \"tcp://takserver:8087\"\n", &["no TAK server or mesh", "names are not looked up"]),
        ("[[tak]]\nto = \"udp://192.0.2.1:6969\"\n", &["no TAK server or mesh"]),
        (
            "[[tak]]\nto = \"tls://192.0.2.1:8089\"\n",
            &["`server_name` is missing", "`certificate` is missing", "`authorities` is"],
        ),
        ("[[tak]]\nto = \"tcp://127.0.0.1:1\"\nkey = \"a.pem\"\n", &["`key` makes no sense where nobody proves"]),
        ("[[tak]]\nto = \"tcp://127.0.0.1:1\"\nprotocol = \"json\"\n", &["\"json\" is not known", "xml, protobuf"]),
        (
            "[[tak]]\nname=\"a\"\nto=\"tcp://127.0.0.1:1\"\n[[tak]]\nname=\"a\"\nto=\"tcp://127.0.0.1:2\"\n",
            &["another line already"],
        ),
    ] {
        let error = parse_more(more).expect_err(more);
        assert!(parts.iter().all(|part| error.contains(part)), "{more}\n{error}");
    }
}

#[test]
fn what_cap_needs_is_checked() {
    let site =
        parse_more("[cap]\nlanguages = [\"ar\"]\nsign = { certificate = \"a.pem\", key = \"a.pem\" }\n").expect("good");
    assert_eq!((site.cap.languages.as_slice(), site.cap.signer.is_some()), (&["ar".to_owned()][..], true));
    assert_eq!(parse_more("").expect("good").cap.languages, ["en-US"]);
    for (more, parts) in [
        ("languages = [\"en-US\", \"tlh\"]\n", &["no texts in \"tlh\"", "known here: en-US, ar"][..]),
        ("languages = [\"ar\", \"ar\"]\n", &["stands there twice"]),
        ("names.tlh = { camp = \"x\" }\n", &["unknown key `tlh`"]),
        ("names.ar = { camp = 7 }\n", &["expected a text in quotes"]),
        ("sign = { certificate = \"a.pem\" }\n", &["`key` is missing"]),
        ("feed_base = \"warn.example\"\n", &["cannot begin a link", "ending in a slash"]),
        ("endpoint = [{ }]\n", &["`url` is missing"]),
        ("endpoint = [{ url = \"ftp://x/y\" }]\n", &["no address that takes messages"]),
        ("endpoint = [{ url = \"https://warn.example/cap\" }]\n", &["`authorities` is missing"]),
        ("endpoint = [{ url = \"http://127.0.0.1:1/\", token_file = \"word\" }]\n", &["the file holds no token"]),
        ("endpoint = [{ url = \"http://127.0.0.1:1/\", token_file = \"none\" }]\n", &["no such file"]),
    ] {
        let error = parse_more(&format!("[cap]\n{more}")).expect_err(more);
        assert!(parts.iter().all(|part| error.contains(part)), "{more}\n{error}");
    }
    let plain = parse_more("[cap]\nendpoint = [{ url = \"http://192.0.2.1/\" }]\n").expect("unwise, and good");
    assert!(plain.warnings.iter().any(|warning| warning.contains("cap endpoint cap-1: plain HTTP")));
}

#[test]
fn sensors_that_tell_of_contacts() {
    let adsb = |what: &str| {
        let keys = "[[sensor]]\nid = \"adsb\"\nkind = \"ads-b\"\n\
                    position = { lat_deg = 33.31, lon_deg = 44.38, height_m = 60.0 }\n";
        format!("{GOOD}{keys}{what}\n")
    };
    refused(
        &adsb("feed = \"udp://127.0.0.1:30005\""),
        "",
        &["sensor \"adsb\" feed: \"udp://127.0.0.1:30005\" begins with neither `tcp://` nor `tcp-listen://`"],
    );
    refused(
        &adsb("feed = \"tcp://receiver:30005\""),
        "",
        &["\"receiver:30005\" is not a numeric address with a port", "write for example `tcp://192.0.2.9:30005`"],
    );
    refused(&adsb("feed = \"tcp://192.0.2.9:30005\"\nformat = \"sbs\""), "", &["format: \"sbs\" is not known"]);
    refused(&adsb("feed = \"tcp://192.0.2.9:30005\"\ngeoid_m = 300"), "", &["300 is out of range"]);
    refused(&adsb("feed = \"tcp://192.0.2.9:30005\"\nscan_period_s = 1"), "", &["unknown key `scan_period_s`"]);
    refused(&adsb(""), "", &["sensor \"adsb\" asterix: `asterix` is missing", "`links` is missing"]);
    refused(
        &adsb("feed = \"tcp://192.0.2.9:30005\"").replace("ads-b", "system"),
        "",
        &["sensor \"adsb\" feed: a feed of squitters tells of aircraft only"],
    );
    refused(&adsb("").replace("ads-b", "adsb"), "", &["kind: \"adsb\" is not known; did you mean `ads-b`?"]);
}

#[test]
fn doors_for_lines_and_acoustic_nodes() {
    let lines = |more: &str| format!("{GOOD}{more}");
    let door = |keys: &str| lines(&format!("[[lines]]\n{keys}\n"));
    refused(
        &door("url = \"ftp://x\""),
        "",
        &["site.toml:19:7: lines 1 url: \"ftp://x\" is no door; write \"udp://127.0.0.1:8700\""],
    );
    refused(&door("url = \"tcp://radar:8701\""), "", &["names are not looked up"]);
    refused(&door("url = \"mqtt://127.0.0.1:1883\""), "", &["names no broker and topic"]);
    refused(&door("url = \"mqtt://127.0.0.1:1883/a\"\nuser = \"x\""), "", &["half of a login; write both"]);
    refused(&door("url = \"http\"\ntoken = \"short\""), "", &["lines 1 token: too short", "openssl rand"]);
    refused(&door("url = \"http\"\nidle_s = 3.0"), "", &["`idle_s` makes sense for tcp only; remove it"]);
    refused(
        &lines("[acoustic]\n[[acoustic.node]]\nid = \"m1\"\nposition = { lat_deg = 44.385, lon_deg = 33.305 }\n"),
        "",
        &["acoustic node \"m1\" position:", "latitude and longitude look swapped"],
    );
    let node = "[[acoustic.node]]\nid = \"m1\"\nposition = { lat_deg = 33.305, lon_deg = 44.385 }\n";
    refused(
        &lines(node),
        "",
        &["the acoustic node \"m1\" speaks JSON Lines, and there is no door for it; add a table `[[lines]]`"],
    );
    refused(
        &lines(&[node, node].concat()),
        "",
        &["two nodes or sensors are called \"m1\"; give every node an id of its own"],
    );
    refused(&lines("[acoustic]\nfile = \"none.geojson\"\n"), "", &["the file \"none.geojson\" cannot be read"]);
}
