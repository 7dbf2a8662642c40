"""The program `casegraph`: its commands, a module for each family, and how they speak."""
