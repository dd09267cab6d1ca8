//! The live view: what it shows, who pays for what, and how it is drawn.
//!
//! A run of the tracker and a table of the machine's processes go in; [`Figures`] come out, which
//! [`draw`](fn@draw) puts on a frame and [`plain`] into lines. All but [`Watcher`], which reads the
//! processes through a `SysRoot`, are pure functions. The terminal, its keys and its signals are the
//! command's.

mod attribution;
mod choices;
pub mod draw;
mod figures;
mod ledger;
pub mod plain;
mod rate;
mod text;
mod watcher;

pub use choices::{Choices, Key, Pressed, Sort};
pub use draw::{Theme, draw};
pub use figures::{
    ComponentFigures, Figures, GpuFigures, ProcessFigures, Rate, Remainder, Subject, TaskFigures,
    ViewModel,
};
pub use text::Units;
pub use watcher::{Scope, Watcher};
