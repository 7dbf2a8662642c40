"""What one may ask the graph; every statement is constant, and data go in as parameters."""
