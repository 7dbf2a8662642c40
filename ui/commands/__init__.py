"""The commands of the program `casegraph`, by what people come for."""
