import { afterEach, describe, expect, it } from "vitest";
import { ApiError, isRetryable, screenTiming, unwrap } from "./client.ts";
import { freshness, noteReachable } from "./live.ts";

const metadata = {
  generation: 7,
  stale: false,
  simulated: true,
  completeness: "full",
  last_synced: "2026-02-08T12:00:00Z",
};

function answer(body: unknown, init: ResponseInit = {}) {
  const response = new Response("", init);
  return Promise.resolve(
    response.ok
      ? { data: body as { data: unknown; metadata: unknown }, response }
      : { error: body, response },
  );
}

afterEach(() => noteReachable(true));

describe("an answer", () => {
  it("gives data, metadata and the time of the screen, and tells how fresh things are", async () => {
    const result = await unwrap(
      answer({ data: [1], metadata }, { headers: { "server-timing": "cache;dur=1, screen;dur=0.42" } }),
    );
    expect(result).toEqual({ data: [1], metadata, screenMs: 0.42 });
    expect(freshness.get()).toMatchObject({ generation: 7, simulated: true, stale: false });
  });

  it("of an older generation does not make things look older", async () => {
    await unwrap(answer({ data: [], metadata: { ...metadata, generation: 3, stale: true } }));
    expect(freshness.get()).toMatchObject({ generation: 7, stale: false });
  });
});

describe("a failure", () => {
  it("carries the server's code, fields and request id", async () => {
    const body = {
      success: false,
      error: {
        code: "invalid_query",
        message: "One parameter is not understood.",
        details: { fields: [{ field: "limit", message: "must be between 1 and 1000", value: "5000" }] },
      },
    };
    const error = await unwrap(answer(body, { status: 400, headers: { "x-request-id": "r1" } })).catch(
      (thrown) => thrown,
    );
    expect(error).toBeInstanceOf(ApiError);
    expect(error).toMatchObject({ code: "invalid_query", status: 400, requestId: "r1" });
    expect(error.fields[0].field).toBe("limit");
    expect(isRetryable(error)).toBe(false);
  });

  it("without a body still has a code", async () => {
    const error = await unwrap(answer("<html>", { status: 502 })).catch((thrown) => thrown);
    expect(error).toMatchObject({ code: "unexpected_answer", status: 502 });
    expect(isRetryable(error)).toBe(true);
  });

  it("of the network says that the server is not reachable, until it is", async () => {
    const error = await unwrap(Promise.reject(new TypeError("Failed to fetch"))).catch((thrown) => thrown);
    expect(error.code).toBe("unreachable");
    expect(freshness.get().reachable).toBe(false);
    await unwrap(answer({ data: [], metadata }));
    expect(freshness.get().reachable).toBe(true);
  });

  it("of a superseded request is not a failure to speak of", async () => {
    const aborted = new DOMException("aborted", "AbortError");
    await expect(unwrap(Promise.reject(aborted))).rejects.toBe(aborted);
    expect(freshness.get().reachable).toBe(true);
  });
});

describe("the screen's time", () => {
  it.each([
    ["screen;dur=0.8", 0.8],
    ['db;dur=3, screen;desc="kernel";dur=12', 12],
    ["db;dur=3", null],
    [null, null],
  ])("in %s is %s", (header, milliseconds) => {
    expect(screenTiming(header)).toBe(milliseconds);
  });
});
