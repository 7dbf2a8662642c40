"""The phantoms of the sample pictures, a module for each part of the body."""
