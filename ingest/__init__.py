"""From sources to curated documents: read, normalise, keep images, apply decisions, annotate, store."""
