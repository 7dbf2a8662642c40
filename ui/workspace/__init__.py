"""The workspace: where the stations of the road are joined, for the command line and the app alike."""
