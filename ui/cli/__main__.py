"""``python -m ui.cli`` is the program `casegraph`."""

from ui.cli.entry import main

main()
