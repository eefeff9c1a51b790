"""What goes into every evidence file beside the evidence: the page for people and the program that checks it.

verify.py stands alone on purpose: it imports nothing of Kvit, repeats no code of Kvit's own verifiers and uses another
engine (no xmlsec), so it is a second opinion and not an echo.
"""
