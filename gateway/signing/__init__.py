"""Signatures and secrets: keys, trust, XML signatures, WS-Security, TLS, the vault. Knows nothing of banks.

keys      a private key with its certificate (`Signer`), PKCS#12
policy    what we accept (`TrustPolicy`)             trust     whether a certificate counts at an instant
parsing   XML from outside                           canonical the octets a signature is over
xmldsig   a document signed as a whole               wsse      a signed SOAP envelope
tls       contexts with our anchors only             ca        a demo authority
vault     where pass phrases are
"""
