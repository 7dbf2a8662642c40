"""``python -m ui.cli`` is the program `casegraph`."""

from ui.entry import main

main()
