"""FOCUS: what clouds and their resellers bill, in one layout."""
