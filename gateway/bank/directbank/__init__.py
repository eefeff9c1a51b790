"""The 1C:DirectBank channel, versions 2.1.1 to 2.3.2: XML over HTTPS, the way of Alfa-Link and other Russian banks.

    wire       names and times of the standard        errors     the table of errors and what each makes us do
    transport  pinned TLS, limits, time-outs          result     ResultBank, what every method answers with
    session    logging on, and on again               memory     what must survive a restart, what waits for a person
    packet     the container, written and read        documents  requests of ours     settings   of the bank's
    asking     which statements to ask for            delivery   whether something of ours has arrived
    prove      a packet, proved document by document  profile    what is particular to one bank
    client     `DirectBankChannel`

What a signature vouches for: a document's detached PKCS#7 is over its exact bytes. Nobody signs the packet around it,
and an unsigned document is believed for the connection it came over, as evidence of that kind.
"""
