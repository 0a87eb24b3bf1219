// Server-sent events over fetch. Unlike EventSource, it exposes the HTTP status and every ping.
import { Problem, query, signedOut } from "./api.js";

/** @typedef {{ id: string | null, event: string, data: any }} Frame */

/** A parser of event streams. `push` takes text in pieces of any size. */
export class Parser {
  /** @param {(frame: Frame) => void} take */
  constructor(take) {
    this.take = take;
    /** @type {string[]} */
    this.rest = [];
  }

  /** Add text. A frame may come in hundreds of pieces, so they are joined only at its end.
   *
   * @param {string} piece
   */
  push(piece) {
    const text = piece.replaceAll("\r", ""); // lines may end with CR LF; JSON escapes its own
    const ended = ((this.rest.at(-1)?.at(-1) ?? "") + text).includes("\n\n");
    if (text) this.rest.push(text);
    if (!ended) return;
    const parts = this.rest.join("").split("\n\n");
    this.rest = parts.at(-1) ? [parts.at(-1)] : [];
    for (const part of parts.slice(0, -1)) this.frame(part);
  }

  frame(text) {
    const found = { id: null, event: "message", data: "" };
    for (const line of text.split("\n")) {
      const colon = line.indexOf(":");
      const name = line.slice(0, colon);
      if (name === "id" || name === "event") found[name] = line.slice(colon + 1).trimStart();
      else if (name === "data") found.data += line.slice(colon + 1).trimStart();
    }
    if (found.data) this.take({ ...found, data: JSON.parse(found.data) });
  }
}

/** Read one stream until it ends. Throws Problem, or AbortError after `signal`.
 *
 * @param {string} path
 * @param {import("./api.js").Params} params
 * @param {object} options
 * @param {number | string} [options.resume] The position to resume from.
 * @param {() => void} options.heard Called for every chunk.
 * @param {(frame: Frame) => void} options.take Called for every event.
 * @param {AbortSignal} [options.signal]
 */
export async function read(path, params, { resume, heard, take, signal }) {
  const headers = { Accept: "text/event-stream", ...(resume != null && { "Last-Event-ID": String(resume) }) };
  let answer;
  try {
    answer = await fetch(`/api/v1${path}${query(params)}`, { headers, signal, cache: "no-store" });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Problem(0, "network", String(error.message));
  }
  if (!answer.ok) {
    if (answer.status === 401) signedOut.value = true;
    const said = await answer.json().catch(() => ({}));
    throw new Problem(
      answer.status,
      said.code ?? `http.${answer.status}`,
      said.detail ?? answer.statusText,
      said,
    );
  }
  await drain(answer.body, heard, new Parser(take));
}

async function drain(body, heard, parser) {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      heard();
      parser.push(decoder.decode(value, { stream: true }));
    }
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Problem(0, "network", String(error.message));
  } finally {
    reader.cancel().catch(() => {});
  }
}
