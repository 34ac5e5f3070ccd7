import createClient from "openapi-fetch";
import type { paths } from "./api.gen.ts";
import type { ErrorBody, ErrorCode, FieldError } from "./apiTypes.ts";
import { noteMetadata, noteReachable } from "./live.ts";

/** A code of the server's table, or one for when no answer of the server came back. */
export type FailureCode = ErrorCode | "unreachable" | "unexpected_answer";

interface Failure {
  code: FailureCode;
  message: string;
  /** HTTP status; null when there was no answer. */
  status: number | null;
  requestId: string | null;
  /** Parameters that were refused. */
  fields: readonly FieldError[];
}

/** A request that did not succeed. */
export class ApiError extends Error implements Failure {
  readonly code: FailureCode;
  readonly status: number | null;
  readonly requestId: string | null;
  readonly fields: readonly FieldError[];

  constructor({ code, message, status, requestId, fields }: Failure) {
    super(message);
    this.name = "ApiError";
    this.code = code;
    this.status = status;
    this.requestId = requestId;
    this.fields = fields;
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
    throw new ApiError({
      code: "unreachable",
      message: "The server did not answer. It may be restarting, or this device is offline.",
      status: null,
      requestId: null,
      fields: [],
    });
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
  const { status, headers } = response;
  const requestId = headers.get("x-request-id");
  if (isErrorBody(error)) {
    const { code, message, details } = error.error;
    throw new ApiError({
      code,
      message,
      status,
      requestId: details?.request_id ?? requestId,
      fields: details?.fields ?? [],
    });
  }
  throw new ApiError({
    code: "unexpected_answer",
    message: `The server answered ${status} without an explanation.`,
    status,
    requestId,
    fields: [],
  });
}

/** Whether asking again may help: not for what the server has judged wrong or absent. */
export function isRetryable(error: unknown): boolean {
  if (!(error instanceof ApiError)) return true;
  return error.status === null || error.status === 429 || error.status >= 500;
}
