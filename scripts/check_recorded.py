#!/usr/bin/env python3
"""Counts what a directory of recorded Gamma responses holds, without any of the terminal's code.

    check_recorded.py DIRECTORY

reads DIRECTORY/events.ndjson.gz (one event a line, as `/events` sends them) and prints one JSON object. Tests
compare it with the database after a sync of the same recording: whatever both agree on was not lost on the way.

A market's category is its event's; where the event has none, the market's own tags and legacy text decide.
Amounts are exact decimals, rounded to the six places that USDC has, half to even.
"""

import gzip
import json
import re
import sys
from collections import Counter
from decimal import ROUND_HALF_EVEN, Decimal, InvalidOperation
from pathlib import Path

RULES = Path(__file__).resolve().parent.parent / "crates" / "domain" / "src" / "category_rules.tsv"
MICRO = Decimal("0.000001")
# Beyond this the terminal calls an amount unreadable rather than unlikely.
LARGEST_AMOUNT = Decimal(10) ** 14


class Categories:
    """The rule file: the first category in it that a text belongs to wins, exact slugs before words."""

    def __init__(self, path):
        self.order = []
        self.slugs = {}
        self.words = {}
        for line in path.read_text(encoding="utf-8").splitlines():
            if not line or line.startswith("#"):
                continue
            category, kind, text = line.split("\t")
            if category not in self.order:
                self.order.append(category)
            {"slug": self.slugs, "word": self.words}[kind].setdefault(text, category)

    def of(self, row):
        """The category of an event or market; None where its tags and its legacy text say nothing."""
        slugs, labels = [], []
        for tag in listed(row.get("tags")):
            slug = tag.get("slug") if isinstance(tag, dict) else None
            if slug and slug not in slugs:
                slugs.append(slug)
                labels.append(tag.get("label") or slug)
        slugs = [slug.lower() for slug in slugs]
        in_tags = {word for text in slugs + labels for word in words_of(text)}
        legacy = set(words_of(row.get("category") or ""))
        return (
            self.first(self.slugs, slugs)
            or self.first(self.words, in_tags)
            or self.first({**self.words, **self.slugs}, legacy, self.words, self.slugs)
        )

    def first(self, _, texts, *tables):
        """The category of highest precedence that any of the texts has in any of the tables."""
        found = {table[text] for table in (tables or (_,)) for text in texts if text in table}
        return next((category for category in self.order if category in found), None)


def words_of(text):
    return re.findall(r"[a-z0-9]+", text.lower())
