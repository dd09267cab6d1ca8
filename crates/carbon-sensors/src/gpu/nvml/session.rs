//! The open library, shared by all meters, and opened anew when it has to be.
//!
//! A GPU that fell off the bus stays lost to a running NVML, even when it is back; and any other
//! code of the process may shut NVML down once too often. Both need a new start of the library.
//! Meters count the starts (generations), since the numbers of GPUs may change with one.

use std::path::{Path, PathBuf};
use std::sync::{PoisonError, RwLock};

use nvml_wrapper::Nvml;
use nvml_wrapper::error::NvmlError;

pub(super) struct Session {
    library: PathBuf,
    state: RwLock<State>,
}

struct State {
    /// `None` after an attempt to start it anew has failed.
    nvml: Option<Nvml>,
    generation: u64,
}

impl Session {
    pub(super) fn open(library: PathBuf) -> Result<Self, NvmlError> {
        let nvml = start(&library)?;
        Ok(Self { library, state: RwLock::new(State { nvml: Some(nvml), generation: 0 }) })
    }

    /// Uses the library; the second argument is the generation.
    pub(super) fn with<T>(
        &self,
        use_library: impl FnOnce(&Nvml, u64) -> Result<T, NvmlError>,
    ) -> Result<T, NvmlError> {
        let state = self.state.read().unwrap_or_else(PoisonError::into_inner);
        let nvml = state.nvml.as_ref().ok_or(NvmlError::Uninitialized)?;
        use_library(nvml, state.generation)
    }

    /// How often the library has been started anew.
    pub(super) fn generation(&self) -> u64 {
        self.state.read().unwrap_or_else(PoisonError::into_inner).generation
    }

    /// Starts the library anew, unless that has happened since generation `seen`.
    pub(super) fn reopen(&self, seen: u64) -> Result<(), NvmlError> {
        let mut state = self.state.write().unwrap_or_else(PoisonError::into_inner);
        if state.generation > seen {
            return Ok(());
        }
        // NVML counts its users: it starts anew only when the old user has gone first.
        state.nvml = None;
        state.generation += 1;
        state.nvml = Some(start(&self.library)?);
        Ok(())
    }
}

fn start(library: &Path) -> Result<Nvml, NvmlError> {
    Nvml::builder().lib_path(library.as_os_str()).init()
}
