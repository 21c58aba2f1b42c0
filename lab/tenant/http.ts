import type { IncomingHttpHeaders } from "node:http";

/** JSON as it comes and goes. */
export type Json = Record<string, unknown>;

/** A request, read whole. */
export interface Request {
    method: string;
    url: URL;
    headers: IncomingHttpHeaders;
    text: string;
}

export interface Reply {
    status: number;
    /** Absent: no content. A Buffer is sent as it is, anything else as JSON. */
    body?: unknown;
    headers?: Record<string, string>;
    /** Nothing here knows such a call; a test run fails over it. */
    unknown?: true;
    /** Nothing was changed, although the method may do so. */
    looked?: boolean;
}

/** What a service refuses; each service puts it into the form of its own error bodies. */
export class ApiError extends Error {
    constructor(
        readonly status: number,
        readonly code: string,
        message: string,
        readonly more: { details?: Json[]; headers?: Record<string, string>; unknown?: true } = {},
    ) {
        super(message);
    }
}

/** The body as a JSON object. Throws ApiError. */
export function jsonBody({ text, headers }: Request): Json {
    if (text === "") {
        return {};
    }
    if (!String(headers["content-type"] ?? "").toLowerCase().startsWith("application/json")) {
        throw new ApiError(415, "UnsupportedMediaType", "A supported MIME type could not be found that matches the content type of the request.");
    }
    try {
        const value: unknown = JSON.parse(text);
        if (isObject(value)) {
            return value;
        }
    } catch {
        // Said below, in the words of the service.
    }
    throw new ApiError(400, "BadRequest", "Unable to read JSON request payload. Please ensure Content-Type header is set and payload is of valid JSON format.");
}

export function isObject(value: unknown): value is Json {
    return typeof value === "object" && value !== null && !Array.isArray(value);
}
