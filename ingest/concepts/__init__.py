"""The concepts that texts are searched for: the lexicon, its phrases, and when two diagnoses are one."""
