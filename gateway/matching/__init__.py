"""Matching payments to invoices: facts → index → decide, pure and deterministic; service, tables and rows store it.

`facts.read_facts` reads what a payment says (masks, lexemes, grading, scan, words, spelling, parties do the reading);
`decide.decide` asks the `index.InvoiceIndex` and answers with a `decision.Decision` (identity, claims, numbered,
unnumbered, mentions, payout and suggest are its steps); `explain.explain` puts it in words.
"""
