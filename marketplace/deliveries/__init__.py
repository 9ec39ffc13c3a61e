"""From the schedule to the money: what is planned, called off, sent, received and paid.

What counts as delivered stays in ``deals`` (the confirmed instalments). Here stands what surrounds
it: planned deliveries and call-offs on a contract, dispatch notes whose code opens the receipt, the
seller's record of the money, and from confirmed instalments the sales book, the range of fair
prices and how fast a buyer pays. A deal that ends with goods left over offers them to those who
were once turned away for lack of them.
"""
