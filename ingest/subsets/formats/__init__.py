"""The formats in which a data set is written, a module each; each writes item by item into a folder."""
