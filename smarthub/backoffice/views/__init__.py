"""Pages of the desk: one module for each thing staff do there."""
