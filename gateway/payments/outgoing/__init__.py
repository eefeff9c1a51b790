"""Payment orders: our own money going out, signed by two people, followed until the statement shows it gone."""
