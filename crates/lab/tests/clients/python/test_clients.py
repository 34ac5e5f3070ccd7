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
from decimal import Decimal

import httpx
from polymarket import AsyncPublicClient, PublicClient
from polymarket.environments import PRODUCTION, _create_environment
from polymarket.models.clob import OrderBook, PriceRequest
from polymarket.streams import MarketBookPayload, MarketSpec, PriceChange
from py_clob_client_v2 import ClobClient
from py_clob_client_v2.clob_types import BookParams, PricesHistoryParams

# A tenth of the standard world. Its time stands still until a test moves it.
WORLD = ["--seed", "7", "--scale", "0.1", "--since", "2026-11-23T12:00:00Z", "--stepped"]

# How long the lab may take to tell what it did, in seconds.
PATIENCE = 60


class Lab:
    """A lab in a process of its own."""

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

    def advance(self, seconds: int) -> None:
        """Lets time pass; whoever listens has then been told what happened."""
        move = {"advance_ms": 1000 * seconds}
        httpx.post(self.url("/lab/clock"), json=move, timeout=PATIENCE).raise_for_status()

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
        self.assertEqual(len(listed), count)

    def test_a_market_is_found_by_id_and_by_slug(self) -> None:
        for market in self.markets[:3]:
            self.assertEqual(self.polymarket.get_market(id=market.id).slug, market.slug)
            self.assertEqual(self.polymarket.get_market(slug=market.slug).id, market.id)
            self.assertEqual(self.polymarket.get_market(id=market.id).events, market.events)

    def test_events_hold_their_markets(self) -> None:
        events = self.polymarket.list_events(closed=False, page_size=20).first_page().items
        self.assertEqual(len(events), 20)
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
        for market in self.markets:
            book = self.polymarket.get_order_book(asset_id=market.outcomes.yes.token_id)
            other = self.polymarket.get_order_book(asset_id=market.outcomes.no.token_id)
            bids = [(level.price, level.size) for level in book.bids]
            self.assertEqual(bids, [(1 - level.price, level.size) for level in other.asks])

    def test_prices_are_those_of_the_book(self) -> None:
        checked = 0
        for asset in self.assets:
            book = self.polymarket.get_order_book(asset_id=asset)
            if not (book.bids and book.asks):
                continue
            bid, ask = book.bids[-1].price, book.asks[-1].price
            self.assertEqual(self.polymarket.get_price(asset_id=asset, side="BUY"), bid)
            self.assertEqual(self.polymarket.get_price(asset_id=asset, side="SELL"), ask)
            self.assertEqual(self.polymarket.get_midpoint(asset_id=asset), (bid + ask) / 2)
            self.assertEqual(self.polymarket.get_spread(asset_id=asset), ask - bid)
            sides = [PriceRequest(asset, "BUY"), PriceRequest(asset, "SELL")]
            prices = self.polymarket.get_prices(requests=sides)
            self.assertEqual(prices, {asset: {"BUY": bid, "SELL": ask}})
            checked += 1
        self.assertGreater(checked, 5)

    def test_many_are_asked_for_at_once(self) -> None:
        middles = self.polymarket.get_midpoints(asset_ids=self.assets)
        spreads = self.polymarket.get_spreads(asset_ids=self.assets)
        for asset in self.assets[:5]:
            self.assertEqual(middles[asset], self.polymarket.get_midpoint(asset_id=asset))
            self.assertEqual(spreads[asset], self.polymarket.get_spread(asset_id=asset))
        last = {row.asset_id: row.price for row in self.polymarket.get_last_trade_prices(asset_ids=self.assets)}
        self.assertGreater(len(last), 5)
        for asset, price in list(last.items())[:5]:
            self.assertEqual(self.polymarket.get_last_trade_price(asset_id=asset).price, price)

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
    def test_books_kept_from_the_channel_are_the_books_that_are_shown(self) -> None:
        asyncio.run(asyncio.wait_for(self.keep_books(), PATIENCE))

    async def keep_books(self) -> None:
        books: dict[str, KeptBook] = {}
        seen = set()
        async with AsyncPublicClient(LAB.environment()) as client:
            spec = MarketSpec(asset_ids=self.assets, custom_feature_enabled=True)
            async with await client.subscribe(spec) as events:

                async def read_until_as_shown() -> None:
                    shown = [self.polymarket.get_order_book(asset_id=asset) for asset in self.assets]
                    wanted = {book.asset_id: KeptBook(book) for book in shown}
                    while books != wanted:
                        self.assertEqual(events.dropped, 0, "the client's queue was full")
                        event = await anext(events)
                        seen.add(event.type)
                        if event.type == "book":
                            books[event.payload.asset_id] = KeptBook(event.payload)
                        elif event.type == "price_change":
                            for change in event.payload.price_changes:
                                if change.asset_id in books:
                                    books[change.asset_id].change(change)

                await read_until_as_shown()
                while not {"price_change", "last_trade_price", "best_bid_ask"} <= seen:
                    # The client queues 1,024 events and drops the oldest beyond. Five seconds of
                    # these markets are some 300: they fit, however slowly they are read.
                    await asyncio.to_thread(LAB.advance, 5)
                    await read_until_as_shown()


class KeptBook:
    """A book as levels by price, brought forward by changes."""

    def __init__(self, book: OrderBook | MarketBookPayload) -> None:
        self.sides = [{level.price: level.size for level in side} for side in (book.bids, book.asks)]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, KeptBook) and self.sides == other.sides

    def change(self, change: PriceChange) -> None:
        """A change says the new size at a price; nothing is left of a level without one."""
        levels = self.sides[0 if change.side == "BUY" else 1]
        levels.pop(change.price, None)
        if change.size:
            levels[change.price] = change.size


if __name__ == "__main__":
    unittest.main(verbosity=2)
