"""Pages of accounts; import the module that holds the page."""
