"""Unknown cases to learn from: what a reader may see at each step, their own differential, and its score."""
