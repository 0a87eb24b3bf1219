import assert from "node:assert/strict";
import { beforeEach, describe, test } from "node:test";
import { signedOut } from "../../web/lib/api.js";
import { Parser, read } from "../../web/lib/stream.js";

/** The events that a parser finds in pieces of text. */
function parsed(...pieces) {
  const found = [];
  const parser = new Parser((event) => found.push(event));
  for (const piece of pieces) parser.push(piece);
  return found;
}

const FRAME = 'id: 7\nevent: patch\ndata: {"rows":[1]}\n\n';
const EVENT = { id: "7", event: "patch", data: { rows: [1] } };

describe("parsing server-sent events", () => {
  test("a frame gives its id, its event and its data", () => {
    assert.deepEqual(parsed(FRAME), [EVENT]);
  });

  test("the event is named message unless the frame names it", () => {
    assert.deepEqual(parsed("data: 1\n\n"), [{ id: null, event: "message", data: 1 }]);
  });

  test("the space after the colon is optional", () => {
    assert.deepEqual(parsed('id:7\nevent:patch\ndata:{"rows":[1]}\n\n'), [EVENT]);
  });

  test("several frames may come in one piece", () => {
    assert.deepEqual(
      parsed("data: 1\n\ndata: 2\n\ndata: 3\n\n").map(({ data }) => data),
      [1, 2, 3],
    );
  });

  test("a frame may be split at any place", () => {
    for (let at = 1; at < FRAME.length; at += 1)
      assert.deepEqual(parsed(FRAME.slice(0, at), FRAME.slice(at)), [EVENT], `split at ${at}`);
  });

  test("a frame may come letter by letter", () => assert.deepEqual(parsed(...FRAME), [EVENT]));

  test("empty pieces change nothing", () => {
    assert.deepEqual(parsed("", FRAME.slice(0, 9), "", FRAME.slice(9), ""), [EVENT]);
  });

  test("a frame without its end is not reported", () => {
    assert.deepEqual(parsed(FRAME.slice(0, -1)), []);
  });

  test("lines may end with CR LF", () => {
    assert.deepEqual(parsed(FRAME.replaceAll("\n", "\r\n")), [EVENT]);
  });

  test("CR and LF may come in different pieces", () => {
    const text = FRAME.replaceAll("\n", "\r\n");
    for (let at = 1; at < text.length; at += 1)
      assert.deepEqual(parsed(text.slice(0, at), text.slice(at)), [EVENT], `split at ${at}`);
  });

  test("data of several lines is one value", () => {
    assert.deepEqual(parsed('data: {"rows":\ndata:   [1,\ndata:   2]}\n\n')[0].data, { rows: [1, 2] });
  });

  test("comments and unknown fields are ignored", () => {
    assert.deepEqual(parsed(`: ping\nretry: 100\n${FRAME}`), [EVENT]);
  });

  test("a frame without data is not reported", () => {
    assert.deepEqual(parsed(": ping\n\n", "event: patch\n\n"), []);
  });

  test("an id does not carry over to the next frame", () => {
    assert.deepEqual(
      parsed(FRAME, "data: 1\n\n").map(({ id }) => id),
      ["7", null],
    );
  });

  test("line breaks inside a string of the data are kept", () => {
    assert.deepEqual(parsed('data: "one\\ntwo\\r\\n"\n\n')[0].data, "one\ntwo\r\n");
  });
});

describe("reading a stream", () => {
  let asked;
  const bytes = (text) => new TextEncoder().encode(text);

  /** Answer the next fetch with these pieces. */
  const answer = (pieces, options) => {
    globalThis.fetch = async (url, given) => {
      asked = { url, ...given };
      return new Response(ReadableStream.from(pieces), options);
    };
  };

  /** Read a stream to its end: the events, and how often something was heard. */
  async function all(options = {}) {
    const events = [];
    let heard = 0;
    await read(
      "/2307/stream",
      { views: "areas" },
      {
        heard: () => {
          heard += 1;
        },
        take: (event) => events.push(event),
        ...options,
      },
    );
    return { events, heard };
  }

  beforeEach(() => {
    signedOut.value = false;
  });

  test("events are reported as they come, and every piece is heard", async () => {
    answer([bytes(": ping\n\n"), bytes(FRAME)]);
    assert.deepEqual(await all(), { events: [EVENT], heard: 2 });
  });

  test("a character may be split between two pieces", async () => {
    const whole = bytes('data: "伊春"\n\n');
    answer([whole.slice(0, 8), whole.slice(8)]);
    assert.equal((await all()).events[0].data, "伊春");
  });

  test("the request names the views, and the event after which to resume", async () => {
    answer([]);
    await all({ resume: 41 });
    assert.equal(asked.url, "/api/v1/2307/stream?views=areas");
    assert.deepEqual(asked.headers, { Accept: "text/event-stream", "Last-Event-ID": "41" });
  });

  test("event 0 can be resumed after as well", async () => {
    answer([]);
    await all({ resume: 0 });
    assert.equal(asked.headers["Last-Event-ID"], "0");
  });

  test("a first request names no event", async () => {
    answer([]);
    await all();
    assert.ok(!("Last-Event-ID" in asked.headers));
  });

  test("a refusal is a problem with its status, code and detail", async () => {
    answer([bytes('{"code":"view.unknown","detail":"No such view."}')], { status: 400 });
    await assert.rejects(all(), { status: 400, code: "view.unknown", detail: "No such view." });
    assert.equal(signedOut.value, false);
  });

  test("a refusal without JSON has a code made of its status", async () => {
    answer([bytes("<h1>Bad gateway</h1>")], { status: 502, statusText: "Bad Gateway" });
    await assert.rejects(all(), { status: 502, code: "http.502", detail: "Bad Gateway" });
  });

  test("status 401 means signed out", async () => {
    answer([bytes("{}")], { status: 401 });
    await assert.rejects(all(), { status: 401 });
    assert.equal(signedOut.value, true);
  });

  test("an unreachable service is a problem with status 0", async () => {
    globalThis.fetch = async () => {
      throw new TypeError("fetch failed");
    };
    await assert.rejects(all(), { status: 0, code: "network", detail: "fetch failed" });
  });

  test("a connection that breaks off is a problem with status 0", async () => {
    answer(
      (async function* () {
        yield bytes(FRAME);
        throw new TypeError("terminated");
      })(),
    );
    await assert.rejects(all(), { status: 0, code: "network", detail: "terminated" });
  });

  test("data that is no JSON counts as a broken connection", async () => {
    answer([bytes("data: {\n\n")]);
    await assert.rejects(all(), { status: 0, code: "network" });
  });

  test("a stream that its reader ends is no problem of the network", async () => {
    const over = new AbortController();
    globalThis.fetch = async (_, { signal }) => {
      over.abort();
      signal.throwIfAborted();
    };
    await assert.rejects(all({ signal: over.signal }), { name: "AbortError" });
  });
});
