"""The sandbox bank's other counter: 1C:DirectBank 2.1.1 to 2.3.2 under `/directbank`.

wire       names, codes, instants          forms       what a customer's messages must look like
sessions   logons and their numbers        requests    a packet, checked and taken
packets    the queue of packets            documents   what each kind of document makes the bank do
messages   what the bank writes            notices, statement   status notices, statements
seal       signatures, honest and not      settings    what a customer needs to know
service    a request in, a reply out
"""
