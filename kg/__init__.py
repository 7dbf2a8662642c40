"""The documents as a graph: projected, asked, exported."""
