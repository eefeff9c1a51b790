"""Kvit: the gateway between a company's bank and its trade."""

__version__ = "0.1.0"
