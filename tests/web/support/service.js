// A stand-in for the service behind fetch, as the phone's page meets it.

/** An answer with a JSON body. */
export const json = (status, body, headers = {}) =>
  new Response(body === undefined ? null : JSON.stringify(body), { status, headers });

/** fetch rejects with this where there is no network. */
export const noNetwork = () => {
  throw new TypeError("fetch failed");
};

/** Outcomes of acts as a service gives them that takes everything: positions count up from 1. */
export const accepted = (acts, from = 1) =>
  json(200, { items: acts.map(({ id }, at) => ({ id, outcome: "accepted", position: from + at })) });

/** Remembers what it was asked for. `session()` and `commands(acts)` give the answers and may be replaced. */
export class Service {
  constructor() {
    this.calls = [];
    this.signal = null;
    this.session = () =>
      json(200, {
        worker: "W1",
        jurisdictions: ["2307"],
        observes: ["worker.check_in", "worker.check_out"],
      });
    this.commands = (acts) => accepted(acts);
    this.files = () => json(200, { file: "f00d" });
    this.fetch = this.fetch.bind(this);
  }

  async fetch(url, { method = "GET", body, signal } = {}) {
    const acts = typeof body === "string" ? JSON.parse(body) : undefined;
    this.calls.push({ url, method, acts });
    this.signal = signal;
    if (url === "/api/v1/session") return this.session(signal);
    if (url === "/api/v1/2307/commands") return this.commands(acts, signal);
    if (url.startsWith("/api/v1/2307/files?")) return this.files(body);
    if (url === "/api/v1/2307/me") return new Response(null, { status: 304 });
    throw new Error(`nobody expects ${method} ${url}`);
  }

  /** The batches of acts that were sent, in order. */
  get sent() {
    return this.calls.filter(({ acts }) => acts).map(({ acts }) => acts);
  }
}
