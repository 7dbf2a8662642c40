"""Images and words as vectors, and what is told from them: encoders, training, classification."""
