"""An SMS centre to try things out with: SMPP 3.4 and an HTTP form over one book of what was accepted."""
