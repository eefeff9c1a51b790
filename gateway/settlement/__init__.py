"""What we owe shops, partner points and agents, and why: one register, append-only, to the kopeck.

`register` takes lines and takes them back, `corrections` what people write by hand; `statements` makes statements of
account of them, `payouts` pays these by payment orders two people sign; `queries` reads for the screens; `tiers` are
fees by turnover. The story of it all is `gateway.flows.settlement`.
"""
