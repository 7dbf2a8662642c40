"""Measure the search and the drafts on the cases themselves, without letting the answer leak into the question."""
