//! Which GPUs a user or an environment asks for.

use carbon_sensors::gpu::{GpuSelection, select};

use crate::{Target, text};

pub(crate) const SELECTION: Target = Target {
    name: "gpu-selection",
    seeds: &["0,1", "[0, 1, 2", "GPU-4e8d,MIG-f1e$%^", "", "-1", "all"],
    check: |bytes| {
        let text = text(bytes);
        let listed = GpuSelection::parse(&text);
        for selection in [
            listed,
            GpuSelection::resolve(None, Some(&text), None),
            GpuSelection::resolve(None, None, Some(&text)),
        ] {
            assert!(select(&[], &selection).indices.is_empty(), "a GPU that does not exist");
        }
    },
};
