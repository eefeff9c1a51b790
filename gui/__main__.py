"""python -m gui: the same as kvit-tray."""

import sys

from gui.app import main

sys.exit(main())
