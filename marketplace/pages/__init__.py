"""The home page, help and legal pages, and the visitor's choice of language and look."""
