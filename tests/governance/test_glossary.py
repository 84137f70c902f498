"""docs/glossary.md maps identifiers and words one to one: nothing missing, nothing stale, no synonyms."""

import importlib
import importlib.util
import re
from collections import Counter
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.db.models import Choices

ROW = re.compile(r"^\| `([A-Za-z0-9_.]+)` \| (.+?) \|$", re.MULTILINE)
GLOSSARY = Path(settings.BASE_DIR) / "docs" / "glossary.md"


def sections() -> dict[str, list[tuple[str, str]]]:
    """Rows of each second-level section: identifier and word."""
    parts = re.split(r"^## (.+)$", GLOSSARY.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return {title: ROW.findall(body) for title, body in zip(parts[1::2], parts[2::2], strict=True)}


def own_apps() -> list[str]:
    """Labels of the apps that lie in this repository."""
    root = Path(settings.BASE_DIR)
    return [config.name for config in apps.get_app_configs() if Path(config.path).parent == root]


def choice_labels() -> list[tuple[str, str]]:
    """Every member of every choices class of our apps, with its label."""
    found = []
    for app in own_apps():
        if importlib.util.find_spec(f"{app}.choices") is None:
            continue
        module = importlib.import_module(f"{app}.choices")
        for name, thing in vars(module).items():
            if isinstance(thing, type) and issubclass(thing, Choices) and thing.__module__ == module.__name__:
                found += [(f"{name}.{member.name}", str(member.label)) for member in thing]
    return found


def model_names() -> list[tuple[str, str]]:
    """Every model of our apps (not the history tables), with its verbose name."""
    return [
        (model.__name__, str(model._meta.verbose_name))
        for app in own_apps()
        for model in apps.get_app_config(app).get_models()
        if not model.__name__.startswith("Historical")
    ]


def rows(pairs: list[tuple[str, str]]) -> str:
    return "\n".join(f"| `{identifier}` | {word} |" for identifier, word in pairs)


def test_every_choice_label_is_in_the_glossary():
    written, real = set(sections()["选项"]), set(choice_labels())
    assert not real - written, "add:\n" + rows(sorted(real - written))
    assert not written - real, "stale:\n" + rows(sorted(written - real))


def test_every_model_is_in_the_glossary():
    written, real = set(sections()["记录"]), set(model_names())
    assert not real - written, "add:\n" + rows(sorted(real - written))
    assert not written - real, "stale:\n" + rows(sorted(written - real))


def test_words_map_one_to_one():
    for title in ("术语", "记录"):
        pairs = sections()[title]
        for side in (0, 1):
            twice = [key for key, n in Counter(pair[side] for pair in pairs).items() if n > 1]
            assert twice == [], f"{title}: {twice}"
    terms, records = dict(sections()["术语"]), dict(sections()["记录"])
    assert not set(terms) & set(records), "a record needs no second entry under 术语"


def test_labels_within_one_choice_are_distinct():
    labels = Counter((identifier.split(".")[0], label) for identifier, label in choice_labels())
    assert [key for key, n in labels.items() if n > 1] == []
