"""Tests of carriers' adapters."""
