"""What we owe shops, partner points and agents, and why: one register, append-only, to the kopeck."""
