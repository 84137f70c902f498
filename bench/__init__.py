"""`make bench`: what the promises of speed cost today, measured on generated districts in databases of their own."""
