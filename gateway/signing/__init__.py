"""Signatures and secrets: keys, trust, XML signatures, WS-Security, TLS, the vault. Knows nothing of banks.

keys      a private key with its certificate (`Signer`), PKCS#12
policy    what we accept (`TrustPolicy`)              trust       whether a certificate counts at an instant
parsing   XML from outside                            canonical   the octets a signature is over
signature the ds:Signature element                    xmldsig     a document signed as a whole
wsse      a signed SOAP envelope                      tls         contexts with our anchors only
cms       detached signatures and envelopes (PKCS#7)  der         the octets these are made of
gost      GOST R 34.10-2012, where OpenSSL has it     raw         digests and signature values by name
revocation   whether a certificate was called back (CRL, OCSP)
token     keys on PKCS#11 tokens                      windows_store   keys of Windows' own store
xmlenc    a document encrypted for one receiver
vault     secrets, sealed                             master_key  what the vault is sealed with
ca        a demo authority
"""
