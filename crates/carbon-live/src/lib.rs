//! What services know while a run goes on: the intensity of the grid, and where the machine stands.
