//! Values that are one word of a short list.

use std::fmt;
use std::str::FromStr;

use super::value::{ConfigValue, InvalidValue};

macro_rules! words {
    ($(#[$doc:meta])* $name:ident, $allowed:literal, {
        $($(#[$vdoc:meta])* $variant:ident = $word:literal $(| $alias:literal)*,)*
    }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum $name {
            $($(#[$vdoc])* $variant,)*
        }

        impl $name {
            /// Every value, in documented order.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// The word as it is written in configuration.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word,)* }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl FromStr for $name {
            type Err = InvalidValue;
            fn from_str(text: &str) -> Result<Self, InvalidValue> {
                match text.trim().to_ascii_lowercase().as_str() {
                    $($word $(| $alias)* => Ok(Self::$variant),)*
                    _ => Err(InvalidValue::new($allowed)),
                }
            }
        }

        impl ConfigValue for $name {
            fn parse(text: &str) -> Result<Self, InvalidValue> {
                text.parse()
            }
        }
    };
}

words!(
    /// Whose energy is billed.
    TrackingMode, "\"machine\" or \"process\"", {
        /// The whole machine.
        Machine = "machine",
        /// The process and its children.
        Process = "process",
    }
);

words!(
    /// A place that records go to.
    OutputMethod,
    "a list of csv, api, logger, prometheus, otlp, logfire, boamps and json, separated by commas", {
        /// `emissions.csv`.
        Csv = "csv",
        /// The CodeCarbon API.
        Api = "api",
        /// The program's logger.
        Logger = "logger",
        /// A Prometheus push gateway.
        Prometheus = "prometheus",
        /// An OpenTelemetry collector (an addition to the reference).
        Otlp = "otlp",
        /// Logfire.
        Logfire = "logfire",
        /// A BoAmps report.
        Boamps = "boamps",
        /// A JSON report with intervals, sources and gaps (an addition to the reference).
        Json = "json",
    }
);

words!(
    /// What writing a record does to a CSV file that already has rows.
    OnCsvWrite, "\"append\" or \"update\"", {
        /// Adds a row.
        Append = "append",
        /// Replaces the row of the same run.
        Update = "update",
    }
);

words!(
    /// How much the tracker says.
    LogLevel,
    "one of critical, error, warning, info, debug and notset, or 50, 40, 30, 20, 10 and 0", {
        /// Everything.
        NotSet = "notset" | "0",
        /// Debugging.
        Debug = "debug" | "10",
        /// Each measurement.
        Info = "info" | "20",
        /// What was assumed or lost.
        Warning = "warning" | "warn" | "30",
        /// Failures.
        Error = "error" | "40",
        /// Nothing but the end of the world.
        Critical = "critical" | "fatal" | "50",
    }
);

words!(
    /// Who is asked for the intensity of the grid while a run goes on.
    IntensityProvider, "one of auto, none, electricitymaps, uk and file", {
        /// Electricity Maps if there is a token for it, a file if one is named, else nobody.
        Auto = "auto",
        /// Nobody: the tables decide.
        None = "none",
        /// Electricity Maps.
        ElectricityMaps = "electricitymaps",
        /// The Carbon Intensity API of Great Britain's system operator.
        Uk = "uk",
        /// A file of hourly values.
        File = "file",
    }
);

words!(
    /// Who may be asked where the machine stands.
    LocationLookup, "one of auto, off, cloud and ip", {
        /// `ip` for `EmissionsTracker`, which is expected to; `cloud` for everything else.
        Auto = "auto",
        /// Nobody.
        Off = "off",
        /// The metadata service of the cloud that the firmware names.
        Cloud = "cloud",
        /// That, else a service that knows where an internet address is.
        Ip = "ip",
    }
);

words!(
    /// How an OpenTelemetry collector is spoken to.
    OtlpProtocol, "http or grpc", {
        /// Protobuf by HTTP POST, usually port 4318.
        Http = "http" | "http/protobuf",
        /// gRPC, usually port 4317.
        Grpc = "grpc",
    }
);

words!(
    /// Whether a run is kept in a journal while it goes on, for the case that it is cut short.
    JournalMode, "one of auto, on and off", {
        /// From its first second on.
        Auto = "auto",
        /// From its start.
        On = "on" | "true" | "yes",
        /// Not at all.
        Off = "off" | "false" | "no",
    }
);

words!(
    /// What is told about a run to the makers of the server.
    TelemetryLevel, "one of disabled, minimal and extensive", {
        /// Nothing.
        Disabled = "disabled",
        /// The environment: system, hardware, versions.
        Minimal = "minimal",
        /// Also energies, durations and what was used.
        Extensive = "extensive",
    }
);

words!(
    /// Which table of grid factors prices the energy.
    FactorTable, "\"current\" or \"codecarbon\"", {
        /// The newest published values.
        Current = "current",
        /// The values of the reference, so that old and new files compare.
        CodeCarbon = "codecarbon",
    }
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_read_in_any_case_and_written_in_one() {
        assert_eq!(" Machine ".parse(), Ok(TrackingMode::Machine));
        assert_eq!("WARN".parse(), Ok(LogLevel::Warning));
        assert_eq!("40".parse(), Ok(LogLevel::Error));
        for method in OutputMethod::ALL {
            assert_eq!(method.as_str().parse(), Ok(*method));
        }
        let error = "both".parse::<TrackingMode>().unwrap_err();
        assert_eq!(error.to_string(), "not \"machine\" or \"process\"");
    }
}
