//! Schemas of wire types. They come from the types themselves; what a type cannot say (that a text is
//! an id or a time, that a figure is not negative) follows from the names of fields, which carry it.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use schemars::generate::{SchemaGenerator, SchemaSettings};
use serde_json::{Map, Value, json};

/// Longest text of a field, in characters.
const LONGEST_TEXT: u64 = 10_000;

/// Fields that are points in time.
const TIMES: &[&str] = &[
    "timestamp",
    "start",
    "end",
    "first",
    "last",
    "created",
    "expires",
    "last_seen",
    "last_used",
    "at",
    "since",
    "delivered",
];

/// Types whose `id` is a name of another kind.
const NAMED_OTHERWISE: &[&str] = &["SessionItem", "Source"];

/// Times of the published routes: UTC without saying so, unless the operator wants them to.
pub(crate) const PUBLISHED_TIME: &str = r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?Z?$";

/// Types of the published routes whose times are such.
const PUBLISHED: &[&str] =
    &["Experiment", "ExperimentReport", "Run", "RunReport", "Emission", "ProjectToken"];

/// Keys of a sent row that have to be there, some of them with null.
const FIGURES_OF_A_ROW: &[&str] = &[
    "timestamp",
    "run_id",
    "duration",
    "emissions_sum",
    "emissions_rate",
    "energy_consumed",
    "cpu_power",
    "gpu_power",
    "ram_power",
    "cpu_energy",
    "gpu_energy",
    "ram_energy",
];

/// Collects the schemas that the document needs.
pub(crate) struct Schemas {
    shown: SchemaGenerator,
    taken: SchemaGenerator,
}

impl Schemas {
    pub(crate) fn new() -> Self {
        let settings = || {
            SchemaSettings::draft2020_12().with(|settings| {
                settings.definitions_path = "/components/schemas".into();
                settings.meta_schema = None;
            })
        };
        let shown = settings().for_serialize().into_generator();
        let taken = settings().for_deserialize().into_generator();
        Self { shown, taken }
    }

    /// A reference to the schema of what is answered.
    pub(crate) fn shown<T: JsonSchema>(&mut self) -> Value {
        self.shown.subschema_for::<T>().to_value()
    }

    /// A reference to the schema of what is sent.
    pub(crate) fn taken<T: JsonSchema>(&mut self) -> Value {
        self.taken.subschema_for::<T>().to_value()
    }

    /// All schemas by name.
    pub(crate) fn finish(mut self) -> Map<String, Value> {
        let mut all: BTreeMap<String, Value> = BTreeMap::new();
        for (name, mut schema) in self.shown.take_definitions(false) {
            refine(&name, &mut schema, Use::Shown);
            all.insert(name, schema);
        }
        for (name, mut schema) in self.taken.take_definitions(false) {
            refine(&name, &mut schema, Use::Taken);
            let known = all.insert(name.clone(), schema.clone());
            let is_same = known.is_none_or(|known| known == schema);
            assert!(is_same, "{name} is sent and answered in different forms: it needs two types");
        }
        all.into_iter().collect()
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Use {
    Shown,
    Taken,
}

fn refine(name: &str, schema: &mut Value, used: Use) {
    if let Some(words) = schema.get("description").and_then(Value::as_str) {
        schema["description"] = one_line(words).into();
    }
    let Some(properties) = schema.get_mut("properties").and_then(Value::as_object_mut) else {
        return;
    };
    for (field, property) in properties.iter_mut() {
        let Value::Object(property) = property else { continue };
        if let Some(words) = property.get("description").and_then(Value::as_str) {
            let words = one_line(words);
            property.insert("description".to_owned(), words.into());
        }
        if has_type(property, "string") {
            of_text(name, field, property, used);
        } else if used == Use::Taken
            && (has_type(property, "number") || has_type(property, "integer"))
        {
            of_number(field, property);
        }
    }
    if name == "EmissionIn" {
        schema["required"] = FIGURES_OF_A_ROW.into();
    }
}

fn of_text(name: &str, field: &str, property: &mut Map<String, Value>, used: Use) {
    let is_id = (field == "id" || field.ends_with("_id")) && !NAMED_OTHERWISE.contains(&name);
    if is_id {
        property.insert("format".to_owned(), "uuid".into());
    } else if TIMES.contains(&field) {
        if used == Use::Shown && PUBLISHED.contains(&name) {
            property.insert("pattern".to_owned(), PUBLISHED_TIME.into());
        } else {
            property.insert("format".to_owned(), "date-time".into());
        }
    } else if field == "email" && used == Use::Taken {
        property.insert("format".to_owned(), "email".into());
        property.insert("maxLength".to_owned(), 254.into());
    } else if used == Use::Taken && !property.contains_key("enum") {
        property.entry("maxLength").or_insert(LONGEST_TEXT.into());
    }
}

fn of_number(field: &str, property: &mut Map<String, Value>) {
    let ends = |suffixes: &[&str]| suffixes.iter().any(|suffix| field.ends_with(suffix));
    let mut bound = |name: &str, value: Value| {
        property.insert(name.to_owned(), value);
    };
    if ends(&["_percent"]) {
        bound("minimum", json!(0));
        bound("maximum", json!(100));
    } else if field == "duration" {
        bound("minimum", json!(1));
    } else if field == "access" {
        bound("minimum", json!(1));
        bound("maximum", json!(3));
    } else if ends(&["_s", "_kwh", "_kg", "_power", "_energy", "emissions_sum", "emissions_rate"])
        || ["energy_consumed", "wue"].contains(&field)
    {
        bound("minimum", json!(0));
    }
}

fn has_type(property: &Map<String, Value>, wanted: &str) -> bool {
    match property.get("type") {
        Some(Value::String(kind)) => kind == wanted,
        Some(Value::Array(kinds)) => kinds.iter().any(|kind| kind == wanted),
        _ => false,
    }
}

/// Lines of a comment as one.
fn one_line(words: &str) -> String {
    words.split("\n\n").map(|part| part.replace('\n', " ")).collect::<Vec<_>>().join("\n\n")
}
