"""Payout registries: the lists by which a partner (acquirer, Post, marketplace, lender) explains a lump payment."""
