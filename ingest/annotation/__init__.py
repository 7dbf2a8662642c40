"""Find the concepts of the lexicon in the texts of a case: where, on which side, present or absent."""
