"""The bxd channel: CorporateFileService of the Finnish "Web Services" agreement, over SOAP, signed twice.

    wire         names and namespaces of the agreement     schemas/  our own WSDL and XSD files
    request      ApplicationRequest, signed                response  a reply, proved layer by layer
    compression  gzip with a limit                         transport TLS, limits and time-outs under zeep
    profile      what is particular to one bank            client    `BxdChannel`

How a replayed reply is caught: every request carries a new RequestId, and the bank signs its echo inside the Body.
An old reply, however well signed, carries the RequestId of an old request and is refused as
`bank.wrong_request_id`; its Timestamp has usually expired by then as well.
"""
