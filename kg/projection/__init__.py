"""From the documents to the graph: rows, batches, what several cases settle together, and what is amiss."""
