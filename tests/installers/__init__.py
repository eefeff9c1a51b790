"""Tests of installers/."""
