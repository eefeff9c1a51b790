"""What we owe shops, partner points and agents, or they and lenders owe us, and why: one register, append-only, to the
kopeck.

`register` takes lines and takes them back, `corrections` what people write by hand; `statements` makes statements of
account of them, `payouts` pays these by payment orders two people sign, `claims` has paid what is owed to us; `queries`
reads for the screens; `tiers` are fees by turnover. The story of it all is `gateway.flows.settlement`.
"""
