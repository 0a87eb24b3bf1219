// Server-sent events over fetch: unlike an EventSource it tells the status, and can be held to its pings.
import { Problem, query, signedOut } from "./api.js";

/** Parse a stream's text into {id, event, data}; `push` takes text as it comes. */
export class Parser {
  constructor(take) {
    this.take = take;
    this.rest = [];
  }

  /** A frame may come in hundreds of pieces: they are joined once, when its end is there. */
  push(text) {
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

/** Read one stream until it ends. `heard` is called for every byte that comes, `take` for every event.
 *  Throws Problem, or AbortError where `signal` ended it.
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
