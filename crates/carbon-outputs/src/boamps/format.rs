//! What a BoAmps report may say: its parts, their fields in order, and what each takes.
//!
//! After the JSON schemas of the BoAmps model of Boavizta, 1.1 (CC BY 4.0), whose fields are stated
//! here anew, without descriptions. Where versions of the model differ the narrower one holds, so
//! that a report is valid under all of them. The some 140 names of data formats are not checked.

use serde_json::{Map, Value};

use Kind::{Number, OneOf, Part, Parts, Share, Text, Whole};

/// The fields of one part, in the order in which they are written.
#[derive(Debug)]
pub(super) struct Shape(&'static [Field]);

#[derive(Debug)]
struct Field {
    name: &'static str,
    kind: Kind,
    is_required: bool,
}

/// What a field takes.
#[derive(Debug)]
enum Kind {
    Text,
    Number,
    /// A number from 0 to 1.
    Share,
    /// A number without a fraction.
    Whole,
    OneOf(&'static [&'static str]),
    Part(&'static Shape),
    /// A list of at least one.
    Parts(&'static Shape),
}

const fn may(name: &'static str, kind: Kind) -> Field {
    Field { name, kind, is_required: false }
}

const fn must(name: &'static str, kind: Kind) -> Field {
    Field { name, kind, is_required: true }
}

/// The report as a whole.
pub(super) static REPORT: Shape = Shape(&[
    may("header", Part(&HEADER)),
    must("task", Part(&TASK)),
    must("measures", Parts(&MEASURE)),
    may("system", Part(&SYSTEM)),
    may("software", Part(&SOFTWARE)),
    must("infrastructure", Part(&INFRASTRUCTURE)),
    may("environment", Part(&ENVIRONMENT)),
    may("quality", OneOf(&["high", "medium", "low"])),
]);

static HEADER: Shape = Shape(&[
    may("licensing", Text),
    may("formatVersion", Text),
    may("formatVersionSpecificationUri", Text),
    may("reportId", Text),
    must("reportDatetime", Text),
    may("reportStatus", OneOf(&["draft", "final", "corrective", "other"])),
    may("publisher", Part(&PUBLISHER)),
]);

static PUBLISHER: Shape = Shape(&[
    may("name", Text),
    may("division", Text),
    may("projectName", Text),
    must("confidentialityLevel", OneOf(&["public", "internal", "confidential", "secret"])),
    may("publicKey", Text),
]);

static TASK: Shape = Shape(&[
    must("taskStage", Text),
    must("taskFamily", Text),
    may("nbRequest", Number),
    must("algorithms", Parts(&ALGORITHM)),
    must("dataset", Parts(&DATASET)),
    may("measuredAccuracy", Share),
    may("estimatedAccuracy", OneOf(&["veryPoor", "poor", "average", "good", "veryGood"])),
    may("taskDescription", Text),
]);

static ALGORITHM: Shape = Shape(&[
    may("trainingType", Text),
    may("algorithmType", Text),
    may("algorithmName", Text),
    may("algorithmUri", Text),
    may("foundationModelName", Text),
    may("foundationModelUri", Text),
    may("parametersNumber", Number),
    may("framework", Text),
    may("frameworkVersion", Text),
    may("classPath", Text),
    may("layersNumber", Number),
    may("epochsNumber", Number),
    may("optimizer", Text),
    may("quantization", Text),
]);

static DATASET: Shape = Shape(&[
    must("dataUsage", OneOf(&["input", "output"])),
    must(
        "dataType",
        OneOf(&[
            "tabular", "audio", "boolean", "image", "video", "object", "text", "token", "word",
            "other",
        ]),
    ),
    may("dataFormat", Text),
    may("dataSize", Number),
    may("dataQuantity", Number),
    may("shape", Text),
    may("source", OneOf(&["public", "private", "other"])),
    may("sourceUri", Text),
    may("owner", Text),
]);

static MEASURE: Shape = Shape(&[
    must("measurementMethod", Text),
    may("manufacturer", Text),
    may("version", Text),
    may("cpuTrackingMode", Text),
    may("gpuTrackingMode", Text),
    may("averageUtilizationCpu", Share),
    may("averageUtilizationGpu", Share),
    may("powerCalibrationMeasurement", Number),
    may("durationCalibrationMeasurement", Number),
    must("powerConsumption", Number),
    may("measurementDuration", Number),
    may("measurementDateTime", Text),
]);

static SYSTEM: Shape =
    Shape(&[must("os", Text), may("distribution", Text), may("distributionVersion", Text)]);

static SOFTWARE: Shape = Shape(&[must("language", Text), may("version", Text)]);

static INFRASTRUCTURE: Shape = Shape(&[
    must("infraType", OneOf(&["publicCloud", "privateCloud", "onPremise", "other"])),
    may("cloudProvider", Text),
    may("cloudInstance", Text),
    may("cloudService", Text),
    must("components", Parts(&COMPONENT)),
]);

static COMPONENT: Shape = Shape(&[
    may("componentName", Text),
    must("componentType", Text),
    must("nbComponent", Whole),
    may("memorySize", Whole),
    may("manufacturer", Text),
    may("family", Text),
    may("series", Text),
    may("share", Share),
]);

static ENVIRONMENT: Shape = Shape(&[
    must("country", Text),
    may("latitude", Number),
    may("longitude", Number),
    may("location", Text),
    may("powerSupplierType", OneOf(&["public", "private", "internal", "other"])),
    may(
        "powerSource",
        OneOf(&["solar", "wind", "nuclear", "hydroelectric", "gas", "coal", "other"]),
    ),
    may("powerSourceCarbonIntensity", Number),
]);

impl Shape {
    /// Whether there is such a field.
    pub(super) fn has(&self, name: &str) -> bool {
        self.0.iter().any(|field| field.name == name)
    }

    /// The shape of the part or parts that stand in a field.
    pub(super) fn inside(&self, name: &str) -> Option<&'static Shape> {
        match self.0.iter().find(|field| field.name == name)?.kind {
            Part(shape) | Parts(shape) => Some(shape),
            _ => None,
        }
    }

    /// The fields of a part that are there, in order.
    pub(super) fn in_order<'a>(
        &'static self,
        part: &'a Map<String, Value>,
    ) -> impl Iterator<Item = (&'static str, &'a Value, Option<&'static Shape>)> {
        let found = |field: &'static Field| Some((field, part.get(field.name)?));
        let fields = self.0.iter().filter_map(found);
        fields.map(|(field, value)| (field.name, value, self.inside(field.name)))
    }

    /// What is missing in a part and what has no value that its field takes, each as `path` and a
    /// phrase.
    pub(super) fn faults(&self, part: &Map<String, Value>, path: &str, faults: &mut Vec<String>) {
        for Field { name, kind, is_required } in self.0 {
            let path = if path.is_empty() { (*name).to_owned() } else { format!("{path}.{name}") };
            match part.get(*name) {
                None if *is_required => faults.push(format!("{path} is missing")),
                None => {}
                Some(value) => kind.faults(value, &path, faults),
            }
        }
    }
}

impl Kind {
    fn faults(&self, value: &Value, path: &str, faults: &mut Vec<String>) {
        let number = value.as_f64();
        let complaint = match (self, value) {
            (Part(shape), Value::Object(part)) => return shape.faults(part, path, faults),
            (Parts(shape), Value::Array(parts)) if !parts.is_empty() => {
                for (index, part) in parts.iter().enumerate() {
                    Part(shape).faults(part, &format!("{path}[{index}]"), faults);
                }
                return;
            }
            (Text, Value::String(_)) => return,
            (Number, _) if number.is_some() => return,
            (Share, _) if number.is_some_and(|n| (0.0..=1.0).contains(&n)) => return,
            (Whole, _) if value.is_u64() || value.is_i64() => return,
            (OneOf(words), Value::String(word)) if words.contains(&word.as_str()) => return,
            (Part(_), _) => "no object".to_owned(),
            (Parts(_), _) => "no list of at least one object".to_owned(),
            (Text, _) => "no text".to_owned(),
            (Number, _) => "no number".to_owned(),
            (Share, _) => "no number from 0 to 1".to_owned(),
            (Whole, _) => "no whole number".to_owned(),
            (OneOf(words), _) => format!("none of {}", words.join(", ")),
        };
        faults.push(format!("{path} is {complaint}"));
    }
}
