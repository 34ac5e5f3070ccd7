import createClient from "openapi-fetch";
import type { paths } from "./api.gen.ts";
import type { ErrorBody } from "./apiTypes.ts";
import { noteMetadata, noteReachable } from "./live.ts";

/** A request that did not succeed, with the server's stable code; `unreachable` when no answer came at all. */
export class ApiError extends Error {
  readonly code: string;
  readonly status: number | null;
  readonly requestId: string | null;
  readonly fields: readonly { field: string; message: string; value?: string | null }[];

  constructor(body: ErrorBody, status: number | null, requestId: string | null) {
    super(body.message);
    this.name = "ApiError";
    this.code = body.code;
    this.status = status;
    this.requestId = body.details?.request_id ?? requestId;
    this.fields = body.details?.fields ?? [];
  }
}

/** A successful answer: the data, what the server says about it, and the time its screen kernel took. */
export interface Answer<Data, Metadata> {
  data: Data;
  metadata: Metadata;
  /** Milliseconds from the `Server-Timing` header; null when the server did not say. */
  screenMs: number | null;
}

export const api = createClient<paths>({ baseUrl: "" });

export function screenTiming(header: string | null): number | null {
  const match = header?.match(/(?:^|,)\s*screen\s*;[^,]*\bdur=([\d.]+)/);
  const value = match ? Number(match[1]) : Number.NaN;
  return Number.isFinite(value) ? value : null;
}

function isErrorBody(value: unknown): value is { error: ErrorBody } {
  const error = (value as { error?: Partial<ErrorBody> } | null | undefined)?.error;
  return typeof error?.code === "string" && typeof error.message === "string";
}

interface Outcome<Envelope> {
  data?: Envelope;
  error?: unknown;
  response: Response;
}

/** Turns an `openapi-fetch` outcome into the data or a thrown {@link ApiError}. */
export async function unwrap<Data, Metadata>(
  request: Promise<Outcome<{ data: Data; metadata: Metadata }>>,
): Promise<Answer<Data, Metadata>> {
  const outcome = await request.catch((cause: unknown) => {
    if (cause instanceof DOMException && cause.name === "AbortError") throw cause;
    noteReachable(false);
    throw new ApiError(
      {
        code: "unreachable",
        message: "The server did not answer. It may be restarting, or this device is offline.",
        details: {},
      },
      null,
      null,
    );
  });
  noteReachable(true);
  const { data: envelope, error, response } = outcome;
  if (envelope !== undefined && response.ok) {
    noteMetadata(envelope.metadata);
    return {
      data: envelope.data,
      metadata: envelope.metadata,
      screenMs: screenTiming(response.headers.get("server-timing")),
    };
  }
  const requestId = response.headers.get("x-request-id");
  if (isErrorBody(error)) throw new ApiError(error.error, response.status, requestId);
  throw new ApiError(
    {
      code: "unexpected_answer",
      message: `The server answered ${response.status} without an explanation.`,
      details: {},
    },
    response.status,
    requestId,
  );
}

/** Whether asking again may help: not for what the server has judged wrong or absent. */
export function isRetryable(error: unknown): boolean {
  if (!(error instanceof ApiError)) return true;
  return error.status === null || error.status === 429 || error.status >= 500;
}
