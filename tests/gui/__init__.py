"""Tests of the tray. Qt has no screen here; the platform must be chosen before Qt is loaded."""

import os

os.environ["QT_QPA_PLATFORM"] = "offscreen"
