// A stand-in for IndexedDB in memory: as much of it as web/go/idb.js uses.

class Request {
  constructor() {
    this.result = undefined;
    this.error = null;
  }
}

class Store {
  constructor({ keyPath, autoIncrement } = {}) {
    this.keyPath = keyPath;
    this.next = autoIncrement ? 1 : null;
    this.rows = new Map();
    this.indexes = {};
  }

  createIndex(name, path) {
    this.indexes[name] = path;
  }

  sorted() {
    return [...this.rows.keys()].sort((a, b) => (a < b ? -1 : 1));
  }

  write(value, key, fresh) {
    const copy = structuredClone(value);
    const found = key ?? copy[this.keyPath] ?? this.next;
    if (fresh && this.rows.has(found)) throw new DOMException("the key is taken", "ConstraintError");
    if (this.next !== null) this.next = Math.max(this.next, found + 1);
    if (this.keyPath) copy[this.keyPath] = found;
    this.rows.set(found, copy);
    return found;
  }

  all() {
    return this.sorted().map((key) => structuredClone(this.rows.get(key)));
  }
}

/** What a transaction gives out of a store: every call is a request that is answered at once. */
function handle(store) {
  const answer = (result) => Object.assign(new Request(), { result });
  return {
    add: (value, key) => answer(store.write(value, key, true)),
    put: (value, key) => answer(store.write(value, key, false)),
    delete: (key) => answer(void store.rows.delete(key)),
    get: (key) => answer(structuredClone(store.rows.get(key))),
    getAll: () => answer(store.all()),
    getAllKeys: () => answer(store.sorted()),
    index: (name) => ({
      getAll: (value) => answer(store.all().filter((row) => row[store.indexes[name]] === value)),
    }),
  };
}

class Database {
  constructor(owner) {
    this.owner = owner;
    this.closed = false;
    this.stores = owner.stores;
  }

  createObjectStore(name, options) {
    this.stores[name] = new Store(options);
    return this.stores[name];
  }

  close() {
    this.closed = true;
  }

  transaction(name, mode, options) {
    if (this.closed) throw new DOMException("the connection is closed", "InvalidStateError");
    this.owner.transactions.push({ name, mode, ...options });
    const transaction = { error: null, objectStore: () => handle(this.stores[name]) };
    queueMicrotask(() => {
      const full = mode === "readwrite" && this.owner.full;
      if (full) transaction.error = new DOMException("the disk is full", "QuotaExceededError");
      if (full) transaction.onabort?.();
      else transaction.oncomplete?.();
    });
    return transaction;
  }
}

/** `indexedDB` with one database. `full`: nothing can be written; `shut`: it cannot be opened. */
export class Databases {
  constructor() {
    this.stores = {};
    this.connections = [];
    this.transactions = [];
    this.full = false;
    this.shut = false;
  }

  open() {
    const request = new Request();
    queueMicrotask(() => {
      if (this.shut) {
        request.error = new DOMException("storage is off", "InvalidStateError");
        request.onerror();
        return;
      }
      request.result = new Database(this);
      this.connections.push(request.result);
      if (!Object.keys(this.stores).length) request.onupgradeneeded();
      request.onsuccess();
    });
    return request;
  }
}
