"""What screens need of rules and findings."""

from compliance.selectors.reading import evidence_for, explanation_for, plain_explanation, rule_of, title_of

__all__ = ["evidence_for", "explanation_for", "plain_explanation", "rule_of", "title_of"]
