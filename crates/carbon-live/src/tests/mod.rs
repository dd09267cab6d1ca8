//! Questions and answers on a clock that tests move: services on loopback, machines in directories.

mod intensity;
mod kept;
mod places;
mod support;
mod threads;
mod weighting;
