"""Goods on credit: from a phone number to money in the shop's account."""
