"""Two bundled lenders in one process, SOAP and JSON over HTTP on this machine: they decide, draw up agreements, lend,
pay out in lump sums, and can misbehave on demand.

control   `LenderSandbox`: decide, revoke, pay out, misbehave, from any process
books     their SQLite file                           lending     what becomes of an application
offers    what they lend for                          agreement   the paper, a PDF
payouts   lump sums with their registries             behave      what can go wrong
soap, rest   the two counters, strict                 server, hooks   the wire
"""
