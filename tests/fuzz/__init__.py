"""Fuzzing: every parser and both verifiers, on inputs nobody would send on purpose.

    python -m tests.fuzz --seconds 600            all targets, in turn
    python -m tests.fuzz camt mt940 --seconds 60  some of them

What breaks is kept under `tests/fuzz/findings/<target>/` and tried again in every run of the suite.
"""
