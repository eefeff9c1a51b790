"""The shop account: pages for people of a shop. GET shows, POST acts; no page needs a script."""
