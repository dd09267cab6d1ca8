//! carbonboard, as CodeCarbon calls it: becomes `codecarbon board`.

#![no_main]

codecarbon::entry!(codecarbon::carbonboard);
