"""From sources to curated documents: read, normalise, keep pictures, apply decisions, annotate, store."""
