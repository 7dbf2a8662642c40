"""Data sets cut from the archive by a recipe: filtered, split without leaks, each item with licence and citation."""
