"""The outputs, one module each; ``codecarbon.output`` has them all by name."""
