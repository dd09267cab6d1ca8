"""Outputs to systems that collect metrics."""
