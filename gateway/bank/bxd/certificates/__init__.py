"""Getting and renewing our own certificate at a bxd bank.

    csr          the PKCS#10 request                      issued   what a bank gives, and what of it is believed
    application  CertApplicationRequest and its answer    service  CertificateService, OPCertificateService
    counter      how a service is reached, and what of its answers is believed
    pki_messages, pki_reply, pki   Danske Bank's PkiService
    authority    the one of them a profile names

Making, keeping and switching keys is `gateway.service.enrolment`'s work; nothing here writes a file.
"""
