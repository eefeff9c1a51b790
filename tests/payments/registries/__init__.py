"""Payout registries."""
