"""The graph server: Neo4j by its address, or the embedded one, which is started and ended here."""
