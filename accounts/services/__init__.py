"""Verbs of accounts; import the module that holds the verb."""
