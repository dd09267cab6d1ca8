//! The command `codecarbon`.

#![no_main]

codecarbon::entry!(codecarbon::codecarbon);
