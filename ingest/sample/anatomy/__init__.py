"""The phantoms of the sample images, a module for each part of the body."""
