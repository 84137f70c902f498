"""Pages of items and tasks: parse, ask a selector or call a service, answer with a template."""
