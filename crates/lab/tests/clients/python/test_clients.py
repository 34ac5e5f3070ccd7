"""Polymarket's own Python clients, as they come, work against the lab.

`polymarket-client` reads the catalogue, books, history, wallets and the market socket into typed
models; `py-clob-client-v2` reads the order book host and recomputes its book hashes.
scripts/test-clients installs both and runs this.
"""

import asyncio
import dataclasses
import os
import subprocess
import threading
import unittest
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import TypeVar

import httpx
from polymarket import AsyncPublicClient, PublicClient
from polymarket.environments import PRODUCTION, _create_environment
from polymarket.models.clob import PriceRequest
from polymarket.streams import MarketBookPayload, MarketSpec, PriceChange
from py_clob_client_v2 import ClobClient
from py_clob_client_v2.clob_types import BookParams, PricesHistoryParams

T = TypeVar("T")

# A world of 300 markets and so many people that all of it is traded.
WORLD = ["--seed", "7", "--scale", "0.05", "--markets", "300", "--activity", "20"]

# How long a live world may take to move, in seconds.
PATIENCE = 60


class Lab:
    """A lab with a live world, in a process of its own."""

    def __init__(self) -> None:
        command = [os.environ["CASCADIAN_BINARY"], "lab", "world", "--listen", "127.0.0.1:0", *WORLD]
        self._process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
        self._log: list[str] = []
        self.address = self._announced()
        # The pipe is read for as long as the lab writes to it, or the lab would have to wait.
        self._reader = threading.Thread(target=self._read_on, daemon=True)
        self._reader.start()

    def _announced(self) -> str:
        assert self._process.stderr is not None
        for line in self._process.stderr:
            self._log.append(line)
            if "The lab is at http://" in line:
                return line.split("http://")[1].split("/")[0]
        raise RuntimeError(f"the lab did not start:\n{''.join(self._log)}")

    def _read_on(self) -> None:
        assert self._process.stderr is not None
        self._log.extend(self._process.stderr)

    def stop(self) -> None:
        self._process.terminate()
        try:
            self._process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
            raise

    def url(self, path: str) -> str:
        return f"http://{self.address}{path}"

    def environment(self):
        """Where `polymarket-client` is to look. It knows no other way to be told."""
        config = dataclasses.replace(
            PRODUCTION._config,
            clob_url=self.url("/clob"),
            gamma_url=self.url("/gamma"),
            data_url=self.url("/data"),
            clob_market_ws_url=f"ws://{self.address}/ws/ws/market",
        )
        return _create_environment(name="lab", config=config)


LAB: Lab


def setUpModule() -> None:
    global LAB
    LAB = Lab()


def tearDownModule() -> None:
    LAB.stop()


class Case(unittest.TestCase):
    """Both clients, and the busiest open markets."""

    @classmethod
    def setUpClass(cls) -> None:
        cls.polymarket = PublicClient(LAB.environment())
        cls.clob = ClobClient(LAB.url("/clob"), chain_id=137)
        busiest = cls.polymarket.list_markets(closed=False, order="volume", ascending=False)
        cls.markets = [market for market in busiest.first_page().items if market.state.accepting_orders]
        cls.assets = [market.outcomes.yes.token_id for market in cls.markets]

    @classmethod
    def tearDownClass(cls) -> None:
        cls.polymarket.close()

    def while_still(self, asset: str, read: Callable[[], T]) -> tuple[object, T]:
        """A book and what `read` answers at the same moment: the world moves between requests."""
        for _ in range(20):
            before = self.polymarket.get_order_book(asset_id=asset)
            answer = read()
            if self.polymarket.get_order_book(asset_id=asset).hash == before.hash:
                return before, answer
        raise AssertionError("the book changed with every request")


class Catalogue(Case):
    def test_every_market_is_listed_once(self) -> None:
        listed = [market.id for market in self.polymarket.list_markets(page_size=100).iter_items()]
        self.assertEqual(len(listed), len(set(listed)))
        # Rows that the client cannot read it leaves out without a word.
        count = 0
        query = {"limit": "100"}
        while True:
            page = httpx.get(LAB.url("/gamma/markets/keyset"), params=query).json()
            count += len(page["markets"])
            if "next_cursor" not in page:
                break
            query["after_cursor"] = page["next_cursor"]
        self.assertGreater(count, 100)
        self.assertAlmostEqual(len(listed), count, delta=10)  # markets open and close meanwhile

    def test_a_market_is_found_by_id_and_by_slug(self) -> None:
        for market in self.markets[:3]:
            self.assertEqual(self.polymarket.get_market(id=market.id).slug, market.slug)
            self.assertEqual(self.polymarket.get_market(slug=market.slug).id, market.id)
            self.assertEqual(self.polymarket.get_market(id=market.id).events, market.events)

    def test_events_hold_their_markets(self) -> None:
        events = self.polymarket.list_events(closed=False, page_size=50).first_page().items
        self.assertEqual(len(events), 50)
        for event in events:
            self.assertGreater(len(event.markets), 0)
            self.assertGreater(len(event.tags), 0)
        self.assertGreater(len(self.polymarket.get_sports()), 0)

    def test_pages_of_the_order_book_host_end(self) -> None:
        for list_page in (self.clob.get_markets, self.clob.get_simplified_markets, self.clob.get_sampling_markets):
            conditions, cursor = [], "MA=="
            while cursor != "LTE=":
                page = list_page(next_cursor=cursor)
                self.assertEqual(page["count"], len(page["data"]))
                conditions += [row["condition_id"] for row in page["data"]]
                cursor = page["next_cursor"]
            self.assertEqual(len(conditions), len(set(conditions)))
            self.assertGreater(len(conditions), 10)


class Prices(Case):
    def test_books_are_in_order_and_hashed_like_the_real_ones(self) -> None:
        books = self.clob.get_order_books([BookParams(asset) for asset in self.assets])
        self.assertEqual(len(books), len(self.assets))
        for book in books:
            bids = [Decimal(level["price"]) for level in book["bids"]]
            asks = [Decimal(level["price"]) for level in book["asks"]]
            self.assertEqual(bids, sorted(bids))
            self.assertEqual(asks, sorted(asks, reverse=True))
            if bids and asks:
                self.assertLess(bids[-1], asks[-1])
            self.assertEqual(self.clob.get_order_book_hash(book), book["hash"])

    def test_the_outcomes_of_a_market_mirror_each_other(self) -> None:
        market = self.markets[0]
        book, other = self.while_still(
            market.outcomes.yes.token_id,
            lambda: self.polymarket.get_order_book(asset_id=market.outcomes.no.token_id),
        )
        self.assertEqual(
            [(level.price, level.size) for level in book.bids],
            [(1 - level.price, level.size) for level in other.asks],
        )

    def test_prices_are_those_of_the_book(self) -> None:
        checked = 0
        for asset in self.assets[:8]:
            book, (bid, ask, middle, spread) = self.while_still(
                asset,
                lambda: (
                    self.polymarket.get_price(asset_id=asset, side="BUY"),
                    self.polymarket.get_price(asset_id=asset, side="SELL"),
                    self.polymarket.get_midpoint(asset_id=asset),
                    self.polymarket.get_spread(asset_id=asset),
                ),
            )
            if not (book.bids and book.asks):
                continue
            self.assertEqual((bid, ask), (book.bids[-1].price, book.asks[-1].price))
            self.assertEqual((middle, spread), ((bid + ask) / 2, ask - bid))
            checked += 1
        self.assertGreater(checked, 0)

    def test_many_are_asked_for_at_once(self) -> None:
        asset = self.assets[0]
        sides = [PriceRequest(asset, "BUY"), PriceRequest(asset, "SELL")]
        book, (prices, middles, spreads) = self.while_still(
            asset,
            lambda: (
                self.polymarket.get_prices(requests=sides),
                self.polymarket.get_midpoints(asset_ids=[asset]),
                self.polymarket.get_spreads(asset_ids=[asset]),
            ),
        )
        bid, ask = book.bids[-1].price, book.asks[-1].price
        self.assertEqual(prices, {asset: {"BUY": bid, "SELL": ask}})
        self.assertEqual((middles[asset], spreads[asset]), ((bid + ask) / 2, ask - bid))
        last = self.polymarket.get_last_trade_prices(asset_ids=self.assets)
        self.assertGreater(len(last), 0)
        self.assertLessEqual({row.asset_id for row in last}, set(self.assets))

    def test_a_market_tells_its_terms(self) -> None:
        for market in self.markets[:5]:
            asset = market.outcomes.yes.token_id
            terms = self.clob.get_market(market.condition_id)
            self.assertEqual(terms["tokens"][0]["token_id"], asset)
            fresh = ClobClient(LAB.url("/clob"), chain_id=137)
            tick, neg_risk = fresh.get_tick_size(asset), fresh.get_neg_risk(asset)
            fresh.get_clob_market_info(market.condition_id)
            self.assertEqual((fresh.get_tick_size(asset), fresh.get_neg_risk(asset)), (tick, neg_risk))
            self.assertEqual(Decimal(tick), market.trading.minimum_tick_size)
            self.assertEqual(neg_risk, bool(market.state.neg_risk))
        self.assertEqual(self.clob.get_ok(), "OK")
        self.assertEqual(self.clob.get_version(), 2)
        self.assertIsInstance(self.clob.get_server_time(), int)

    def test_history_leads_up_to_the_present(self) -> None:
        asset = self.assets[0]
        history = self.polymarket.list_price_history(asset_id=asset, interval="1d", page_size=500)
        points = list(history.iter_items())
        self.assertGreater(len(points), 100)
        times = [point.timestamp for point in points]
        self.assertEqual(times, sorted(set(times)))
        self.assertTrue(all(0 <= point.price <= 1 for point in points))

        day = PricesHistoryParams(market=asset, interval="1d", fidelity=10)
        older = self.clob.get_prices_history(day)["history"]
        self.assertGreater(len(older), 100)
        now = self.clob.get_server_time()
        self.assertTrue(all(now - 90_000 <= point["t"] <= now for point in older))


class Wallets(Case):
    def test_trades_lead_to_wallets_that_add_up(self) -> None:
        trades = self.polymarket.list_trades(taker_only=False, page_size=200).first_page().items
        wallets = list(dict.fromkeys(trade.wallet for trade in trades))[:10]
        self.assertEqual(len(wallets), 10)
        for wallet in wallets:
            for position in self.polymarket.list_positions(user=wallet).iter_items():
                value = position.current_size * position.current_price
                self.assertAlmostEqual(position.current_value, value, delta=Decimal("0.0003"))
            activity = self.polymarket.list_activity(user=wallet, full_history=True, page_size=500)
            self.assertGreater(len(activity.first_page().items), 0)
            self.assertEqual(self.polymarket.get_portfolio_value(user=wallet).wallet, wallet)
            self.assertGreater(len(self.polymarket.get_user_pnl(user=wallet, interval="all").points), 0)
            self.assertGreater(self.polymarket.get_user_stats(user=wallet).traded_market_count, 0)

    def test_markets_have_holders_and_tokens(self) -> None:
        for market in self.markets[:3]:
            holders = self.polymarket.list_market_holders(condition_ids=market.condition_id)
            assets = {market.outcomes.yes.token_id, market.outcomes.no.token_id}
            self.assertLessEqual({group.asset_id for group in holders.iter_items()}, assets)
            tokens = self.polymarket.get_token_references(condition_ids=[market.condition_id])
            self.assertEqual({token.asset_id for token in tokens}, assets)
            self.assertGreater(self.polymarket.get_open_interests(condition_ids=market.condition_id)[0].value, 0)

    def test_the_board_is_ranked(self) -> None:
        board = self.polymarket.list_trader_leaderboard(window="all", page_size=50)
        ranks = [entry.rank for entry in board.first_page().items]
        self.assertEqual(ranks, sorted(ranks))


class Socket(Case):
    def test_a_kept_book_agrees_with_what_the_channel_says(self) -> None:
        asyncio.run(asyncio.wait_for(self.keep_books(), PATIENCE))

    async def keep_books(self) -> None:
        """Keeps books until enough has moved; the best prices sent along say whether they are right."""
        books: dict[str, KeptBook] = {}
        seen, confirmed = set(), 0
        async with AsyncPublicClient(LAB.environment()) as client:
            spec = MarketSpec(asset_ids=self.assets, custom_feature_enabled=True)
            async with await client.subscribe(spec) as events:
                async for event in events:
                    seen.add(event.type)
                    if event.type == "book":
                        books[event.payload.asset_id] = KeptBook(event.payload)
                    elif event.type == "price_change":
                        for change in event.payload.price_changes:
                            if change.asset_id in books:
                                book = books[change.asset_id]
                                confirmed += book.change(self, change, event.payload.timestamp)
                    if confirmed >= 30 and {"book", "last_trade_price", "best_bid_ask"} <= seen:
                        break
        self.assertEqual(set(books), set(self.assets))


class KeptBook:
    """A book brought forward by its changes."""

    def __init__(self, book: MarketBookPayload) -> None:
        self.sides = [{level.price: level.size for level in side} for side in (book.bids, book.asks)]
        self.last: tuple[datetime, PriceChange] | None = None

    def change(self, case: unittest.TestCase, change: PriceChange, at: datetime) -> bool:
        """Applies a change, after comparing the book with the one before.

        Changes of one moment come in several messages, all with the best prices after the last. So
        only when the next moment has come is the book as the last message says.
        """
        is_complete = self.last is not None and self.last[0] < at
        if is_complete:
            bids, asks = ([price for price, size in side.items() if size] for side in self.sides)
            said = self.last[1]
            case.assertEqual(max(bids, default=0), said.best_bid)
            case.assertEqual(min(asks, default=1), said.best_ask)
        self.sides[0 if change.side == "BUY" else 1][change.price] = change.size
        self.last = (at, change)
        return is_complete


if __name__ == "__main__":
    unittest.main(verbosity=2)
