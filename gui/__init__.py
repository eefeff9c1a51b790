"""Kvit's tray program: a client of the gateway's API and of nothing else."""

__version__ = "0.1.0"
