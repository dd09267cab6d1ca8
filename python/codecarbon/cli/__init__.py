"""The commands from Python; they are native programs that need none."""
