//! Single values, read as the published API reads them: a number may come as text, a whole number
//! with a point, an id with braces.

use serde_json::Value;
use uuid::Uuid;

use super::time::Micros;

/// Why a value is none of its kind: the kind of the flaw, its words, and a detail.
pub(super) struct Mismatch {
    pub(super) kind: &'static str,
    pub(super) message: String,
    pub(super) detail: Option<String>,
}

fn mismatch<T>(kind: &'static str, message: &str) -> Result<T, Mismatch> {
    Err(Mismatch { kind, message: message.to_owned(), detail: None })
}

pub(super) fn text(value: &Value) -> Result<String, Mismatch> {
    match value {
        // PostgreSQL has no text with a zero in it.
        Value::String(text) if text.contains('\0') => {
            mismatch("string_type", "Input should be a valid string without NUL")
        }
        Value::String(text) => Ok(text.clone()),
        _ => mismatch("string_type", "Input should be a valid string"),
    }
}

pub(super) fn boolean(value: &Value) -> Result<bool, Mismatch> {
    let unclear = "Input should be a valid boolean, unable to interpret input";
    match value {
        Value::Bool(value) => Ok(*value),
        Value::Number(n) if n.as_f64() == Some(1.0) => Ok(true),
        Value::Number(n) if n.as_f64() == Some(0.0) => Ok(false),
        Value::String(text) => match text.to_ascii_lowercase().as_str() {
            "true" | "1" | "yes" | "y" | "on" | "t" => Ok(true),
            "false" | "0" | "no" | "n" | "off" | "f" => Ok(false),
            _ => mismatch("bool_parsing", unclear),
        },
        Value::Number(_) => mismatch("bool_parsing", unclear),
        _ => mismatch("bool_type", "Input should be a valid boolean"),
    }
}

pub(super) fn integer(value: &Value) -> Result<i64, Mismatch> {
    match value {
        Value::Number(number) => match (number.as_i64(), number.as_f64()) {
            (Some(whole), _) => Ok(whole),
            (None, Some(float)) => whole(float),
            (None, None) => mismatch(
                "int_parsing_size",
                "Unable to parse input string as an integer, exceeded maximum size",
            ),
        },
        Value::Bool(value) => Ok(i64::from(*value)),
        Value::String(text) => {
            let text = text.trim();
            let plain = text.strip_suffix(".0").unwrap_or(text);
            plain.parse().or_else(|_| {
                mismatch(
                    "int_parsing",
                    "Input should be a valid integer, unable to parse string as an integer",
                )
            })
        }
        _ => mismatch("int_type", "Input should be a valid integer"),
    }
}

fn whole(float: f64) -> Result<i64, Mismatch> {
    if !float.is_finite() {
        return mismatch("finite_number", "Input should be a finite number");
    }
    if float.fract() != 0.0 {
        return mismatch(
            "int_from_float",
            "Input should be a valid integer, got a number with a fractional part",
        );
    }
    if float.abs() > 9.0e18 {
        return mismatch(
            "int_parsing_size",
            "Unable to parse input string as an integer, exceeded maximum size",
        );
    }
    Ok(float as i64)
}

/// Always finite: a stored infinity would make every sum over it useless.
pub(super) fn float(value: &Value) -> Result<f64, Mismatch> {
    let read = match value {
        Value::Number(number) => number.as_f64(),
        Value::Bool(value) => Some(f64::from(u8::from(*value))),
        Value::String(text) => match text.trim().parse() {
            Ok(number) => Some(number),
            Err(_) => {
                return mismatch(
                    "float_parsing",
                    "Input should be a valid number, unable to parse string as a number",
                );
            }
        },
        _ => return mismatch("float_type", "Input should be a valid number"),
    };
    match read.filter(|number: &f64| number.is_finite()) {
        Some(number) => Ok(number),
        None => mismatch("finite_number", "Input should be a finite number"),
    }
}

pub(super) fn uuid(value: &Value) -> Result<Uuid, Mismatch> {
    let Value::String(text) = value else {
        return mismatch("uuid_type", "UUID input should be a string, bytes or UUID object");
    };
    Uuid::parse_str(text.trim()).map_err(|error| Mismatch {
        kind: "uuid_parsing",
        message: format!("Input should be a valid UUID, {error}"),
        detail: Some(error.to_string()),
    })
}

pub(super) fn time(value: &Value) -> Result<Micros, Mismatch> {
    let read = match value {
        Value::String(text) => Micros::parse(text),
        Value::Number(number) => number.as_f64().and_then(Micros::from_epoch),
        _ => return mismatch("datetime_type", "Input should be a valid datetime"),
    };
    read.ok_or_else(|| Mismatch {
        kind: "datetime_from_date_parsing",
        message: "Input should be a valid datetime or date".to_owned(),
        detail: None,
    })
}
