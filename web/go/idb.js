// Storage on the phone: the outbox and the last known state. A classic script, because the service worker
// loads it with importScripts: not every browser supports module service workers.
"use strict";
(() => {
  const NAME = "muster-go";
  /** @type {Promise<IDBDatabase> | null} */
  let opened = null;

  /** @returns {Promise<IDBDatabase>} */
  function open() {
    return new Promise((resolve, reject) => {
      const asked = indexedDB.open(NAME, 1);
      asked.onupgradeneeded = () => {
        const acts = asked.result.createObjectStore("acts", { keyPath: "seq", autoIncrement: true });
        acts.createIndex("owner", "owner");
        asked.result.createObjectStore("kept");
      };
      asked.onerror = () => reject(asked.error);
      asked.onsuccess = () => {
        const close = () => {
          opened = null;
        };
        asked.result.onversionchange = () => {
          asked.result.close();
          close();
        };
        asked.result.onclose = close;
        resolve(asked.result);
      };
    });
  }

  /** Run a request in its own transaction. Resolves with its result once the transaction is durable.
   * @template T
   * @param {"acts" | "kept"} store
   * @param {IDBTransactionMode} mode
   * @param {(store: IDBObjectStore) => IDBRequest<T>} work
   * @returns {Promise<T>}
   */
  async function within(store, mode, work) {
    opened ??= open();
    const database = await opened.catch((error) => {
      opened = null;
      throw error;
    });
    return new Promise((resolve, reject) => {
      const transaction = database.transaction(store, mode, { durability: "strict" });
      const asked = work(transaction.objectStore(store));
      transaction.oncomplete = () => resolve(asked.result);
      transaction.onabort = () => reject(transaction.error);
    });
  }

  self.musterDb = /** @type {MusterDb} */ ({
    add: (act) => within("acts", "readwrite", (store) => store.add(act)),
    put: (act) => within("acts", "readwrite", (store) => store.put(act)),
    remove: (seq) => within("acts", "readwrite", (store) => store.delete(seq)),
    acts: (owner) => within("acts", "readonly", (store) => store.index("owner").getAll(owner)),
    everyone: () => within("acts", "readonly", (store) => store.getAll()),
    get: (key) => within("kept", "readonly", (store) => store.get(key)),
    set: (key, value) => within("kept", "readwrite", (store) => store.put(value, key)),
    forget: (key) => within("kept", "readwrite", (store) => store.delete(key)),
    keys: () => within("kept", "readonly", (store) => store.getAllKeys()),
  });
})();
