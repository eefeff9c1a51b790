"""A second, independent maker of bank payments, open invoices and expected decisions.

It shares nothing with the shared generator but the four files and the policy: other names, number forms, texts and
situations. `python -m tests.matching.noise --help`.
"""
