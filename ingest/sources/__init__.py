"""Where cases come from: one folder a source, behind the port of `ingest.sources.source`."""
