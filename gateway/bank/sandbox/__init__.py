"""The bundled bank: a separate process that speaks the bxd agreement and 1C:DirectBank over HTTPS, executes payment
orders, and can misbehave on demand.

control   `Sandbox`, `launch`: pay, reverse, close the day, misbehave, from any process
books     its SQLite file and its two clocks          engine      operations
statements, files   what it makes and offers          enrol       its authorities, keys and customer
soap      requests, checked strictly                  reply       replies, signed twice
behave, tamper      what can go wrong                 service, server   the counter and the wire
listening           started and stopped, as the sandbox's lenders are
"""
