//! The light command: measures a program or the machine, nothing else.

#![no_main]

codecarbon::entry!(codecarbon::codecarbon_monitor);
