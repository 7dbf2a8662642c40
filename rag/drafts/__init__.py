"""Drafts: evidence, statements that cite it, the check of every citation, and the life of a kept draft."""
