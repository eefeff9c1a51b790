"""The Russian Post and CDEK in one process, over HTTP on this machine: they know parcels, tell of them as time passes,
collect cash on delivery, pay it out in lump sums, and can misbehave on demand.

control   `CarrierSandbox`: send parcels, pay out, misbehave, move the clock, from any process
books     their SQLite file                           world      generated parcels: the same ones for the same seed
journey   what becomes of one parcel, and when        offices    where: real-looking indexes, how long the way is
payouts   lump sums with their registries             behave     what can go wrong
single, batch, cdek   the three counters, strict      server     the wire
histories   finished journeys in bulk, for measuring
"""
