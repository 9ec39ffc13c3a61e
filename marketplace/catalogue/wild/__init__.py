"""The list of wild species that officials keep for what is gathered in their locality.

Each row says whether a plant or animal may be offered from the wild, needs a permit, or is
forbidden, with the law and where that was read. A listing is compared with the list whenever it is
sent in or decided about, never once and for all: what is forbidden today blocks today.
"""
