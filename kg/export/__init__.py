"""The whole graph as a file: GraphML, JSON or Cypher."""
