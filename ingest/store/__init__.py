"""Where the documents are kept: one interface, SQLite and MongoDB behind it, filters that both answer alike."""
