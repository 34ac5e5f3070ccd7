import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { feedStatus, followMarkets } from "./feed.ts";
import type { FeedEvent } from "./feedEvents.ts";

/** The browser's EventSource, driven by the test. */
class FakeSource extends EventTarget {
  static readonly CLOSED = 2;
  static opened: FakeSource[] = [];
  readyState = 0;
  readonly url: string;

  constructor(url: string) {
    super();
    this.url = url;
    FakeSource.opened.push(this);
  }

  close(): void {
    this.readyState = FakeSource.CLOSED;
  }

  connect(): void {
    this.readyState = 1;
    this.dispatchEvent(new Event("open"));
  }

  fail(isFinal: boolean): void {
    this.readyState = isFinal ? FakeSource.CLOSED : 0;
    this.dispatchEvent(new Event("error"));
  }

  say(kind: string, data: object): void {
    this.dispatchEvent(new MessageEvent(kind, { data: JSON.stringify(data) }));
  }
}

const newest = () => FakeSource.opened.at(-1) as FakeSource;

function setHidden(isHidden: boolean): void {
  Object.defineProperty(document, "hidden", { configurable: true, value: isHidden });
  document.dispatchEvent(new Event("visibilitychange"));
}

describe("the stream of a page", () => {
  let heard: FeedEvent[];
  let stop: () => void;
  beforeEach(() => {
    vi.useFakeTimers();
    vi.stubGlobal("EventSource", FakeSource);
    FakeSource.opened = [];
    heard = [];
    stop = followMarkets(["7"], ["price"], (events) => heard.push(...events));
  });
  afterEach(() => {
    stop();
    setHidden(false);
    vi.unstubAllGlobals();
    vi.useRealTimers();
  });
  const kinds = () => heard.map(({ kind }) => kind);

  it("hands a burst on once, with the newest price", () => {
    newest().connect();
    for (const price of [0.1, 0.2, 0.3]) newest().say("price", { market_id: "7", state: "live", price });
    expect(heard).toEqual([]);
    vi.advanceTimersByTime(100);
    expect(heard).toMatchObject([{ kind: "price", data: { price: 0.3 } }]);
    expect(feedStatus.get().state).toBe("live");
  });

  it("is lost when the connection breaks, and live again without a reset when the browser resumes it", () => {
    newest().connect();
    newest().fail(false);
    expect(feedStatus.get().state).toBe("lost");
    newest().connect();
    vi.advanceTimersByTime(1_000);
    expect(feedStatus.get().state).toBe("live");
    expect(kinds()).toEqual([]);
    expect(FakeSource.opened).toHaveLength(1);
  });

  it("asks again after a refusal and then says that something was missed", () => {
    newest().fail(true);
    vi.advanceTimersByTime(1_000);
    expect(FakeSource.opened).toHaveLength(2);
    newest().connect();
    vi.advanceTimersByTime(100);
    expect(kinds()).toEqual(["reset"]);
  });

  it("is lost when it never opens", () => {
    vi.advanceTimersByTime(4_000);
    expect(feedStatus.get().state).toBe("lost");
  });

  it("rests while the page is hidden for long, and catches up when it is looked at again", () => {
    newest().connect();
    setHidden(true);
    vi.advanceTimersByTime(29_000);
    expect(feedStatus.get().state).toBe("live");
    vi.advanceTimersByTime(2_000);
    expect(feedStatus.get().state).toBe("idle");
    expect(newest().readyState).toBe(FakeSource.CLOSED);
    setHidden(false);
    expect(FakeSource.opened).toHaveLength(2);
    newest().connect();
    vi.advanceTimersByTime(100);
    expect(kinds()).toEqual(["reset"]);
  });

  it("says nothing more once it is stopped", () => {
    newest().connect();
    newest().say("price", { market_id: "7", state: "live", price: 0.5 });
    stop();
    vi.advanceTimersByTime(60_000);
    expect(heard).toEqual([]);
    expect(feedStatus.get().state).toBe("idle");
    expect(FakeSource.opened).toHaveLength(1);
  });
});
