"""What papers say about listings: which paper covers which goods, the safety label, the gates.

The label is computed from papers that hold today and stands in no column and no form. Each answer
exists twice, as a pure function over loaded records and as SQL for lists, and a test holds the two
together.
"""
