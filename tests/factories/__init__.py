"""Plain builders for tests; whatever a service can make is made by that service."""
