"""The twinning: which two localities, what they signed, and which decisions need two keys.

Everything about a pair is data; a second pair needs rows and perhaps a theme, no code.
"""
