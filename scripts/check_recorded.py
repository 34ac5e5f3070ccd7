#!/usr/bin/env python3
"""Counts what a directory of recorded Gamma responses holds, without any of the terminal's code.

    check_recorded.py DIRECTORY

reads DIRECTORY/events.ndjson.gz (one event a line, as `/events` sends them) and prints one JSON object. Tests
compare it with the database after a sync of the same recording: what both agree on was not lost on the way.

A market's category is its event's; where the event has none, the market's own tags and legacy text decide.
Amounts are exact decimals, rounded to the six places that USDC has, half to even; a missing amount is not counted.
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
# An amount of this size or more counts as unreadable.
TOO_LARGE = Decimal(10) ** 14


class Rules:
    """The rule file. Of the categories that a row's texts name, the first in the file is meant."""

    def __init__(self, path):
        self.order = []
        self.texts = {"slug": {}, "word": {}}
        for line in path.read_text(encoding="utf-8").splitlines():
            if not line or line.startswith("#"):
                continue
            category, kind, text = line.split("\t")
            if category not in self.order:
                self.order.append(category)
            self.texts[kind].setdefault(text, category)

    def category(self, row):
        """The category of an event or market; None where nothing in it names one."""
        tags = {}
        for tag in as_list(row.get("tags")):
            if isinstance(tag, dict) and tag.get("slug"):
                tags.setdefault(tag["slug"], tag.get("label") or tag["slug"])
        slugs = {slug.lower() for slug in tags}
        tag_words = words([*tags, *tags.values()])
        legacy_words = words([row.get("category") or ""])
        return (
            self.first(self.named("slug", slugs))
            or self.first(self.named("word", tag_words))
            or self.first(self.named("slug", legacy_words) | self.named("word", legacy_words))
        )

    def named(self, kind, texts):
        known = self.texts[kind]
        return {known[text] for text in texts if text in known}

    def first(self, categories):
        return min(categories, key=self.order.index, default=None)


def words(texts):
    """The whole words of some texts, in lower case."""
    return {word for text in texts for word in re.findall("[a-z0-9]+", text.lower())}


def as_list(value):
    """A list; upstream sends some of them as text that holds JSON."""
    if isinstance(value, str):
        value = json.loads(value or "[]")
    return value or []


def amount(*candidates):
    """The first candidate that is an amount, in USDC; None where none is."""
    for candidate in candidates:
        if candidate is None or candidate == "":
            continue
        try:
            value = Decimal(str(candidate)).quantize(MICRO, rounding=ROUND_HALF_EVEN)
        except InvalidOperation:
            continue
        if abs(value) < TOO_LARGE:
            return value
    return None


def read_events(directory):
    with gzip.open(Path(directory) / "events.ndjson.gz", "rt", encoding="utf-8") as lines:
        for line in lines:
            # Numbers keep their digits.
            yield json.loads(line, parse_float=Decimal)


def summarise(events, rules):
    markets = {}
    event_ids = set()
    for event in events:
        event_ids.add(str(event["id"]))
        category = rules.category(event)
        for market in as_list(event.get("markets")):
            markets[str(market["id"])] = (market, category or rules.category(market))
    rows = [market for market, _ in markets.values()]
    volumes = [amount(row.get("volume"), row.get("volumeNum")) for row in rows]
    known = [volume for volume in volumes if volume is not None]
    closed = sum(1 for row in rows if row.get("closed") is True)
    conditions = {row["conditionId"].strip().lower() for row in rows if (row.get("conditionId") or "").strip()}
    return {
        "events": len(event_ids),
        "markets": len(markets),
        "condition_ids": len(conditions),
        "open": len(rows) - closed,
        "closed": closed,
        "by_category": dict(sorted(Counter(category or "unknown" for _, category in markets.values()).items())),
        "with_volume": len(known),
        "volume_total": str(sum(known, Decimal(0))),
    }


def main(arguments):
    if len(arguments) != 1:
        print(__doc__, file=sys.stderr)
        return 2
    print(json.dumps(summarise(read_events(arguments[0]), Rules(RULES)), indent=2))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
