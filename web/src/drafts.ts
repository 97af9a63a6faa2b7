// Drafts: what was written in notes and the server may not have yet, kept in this browser. Each is one person's, and none
// outlives their signing out here.

const DATABASE = "pushduty";
const STORE = "drafts";
/** How long a draft waits for whoever wrote it: it lies on a machine that others may use too. */
const LONGEST = 14 * 24 * 60 * 60 * 1000;

/** What one editor of a page wrote. */
export interface Draft {
  /** Who wrote it. */
  readonly name: string;
  /** In which page: where its live text is. */
  readonly page: string;
  /** The number that it was written by. */
  readonly client: number;
  /** As an update of the page's document. */
  readonly update: Uint8Array;
  /** When, in milliseconds. */
  readonly at: number;
}

/** A person's drafts of a page; those of anybody that have waited too long go. */
export function draftsOf(name: string, page: string): Promise<Draft[]> {
  return inStore(async (store) => {
    const all = await drafts(store);
    const old = Date.now() - LONGEST;
    for (const draft of all.filter((draft) => draft.at < old)) store.delete(key(draft));
    return all.filter((draft) => draft.at >= old && draft.name === name && draft.page === page);
  });
}

/** Keeps a draft, in place of the one before by the same number. */
export function keep(draft: Draft): Promise<void> {
  return inStore(async (store) => void store.put(draft));
}

/** Lets go of these, save for one whose own page has gone on writing. */
export function letGo(those: readonly Draft[]): Promise<void> {
  return inStore(async (store) => {
    for (const draft of await drafts(store)) {
      if (those.some((one) => one.client === draft.client && one.page === draft.page && one.at >= draft.at)) store.delete(key(draft));
    }
  });
}

/** Lets go of all that is a person's. */
export function forget(name: string): Promise<void> {
  return inStore(async (store) => {
    for (const draft of await drafts(store)) if (draft.name === name) store.delete(key(draft));
  });
}

function key(draft: Draft): [string, string, number] {
  return [draft.page, draft.name, draft.client];
}

function drafts(store: IDBObjectStore): Promise<Draft[]> {
  return answer(store.getAll() as IDBRequest<Draft[]>);
}

/** Does something in the store; it is done once this is. */
async function inStore<T>(act: (store: IDBObjectStore) => Promise<T>): Promise<T> {
  const opening = indexedDB.open(DATABASE, 1);
  opening.onupgradeneeded = () => opening.result.createObjectStore(STORE, { keyPath: ["page", "name", "client"] });
  const database = await answer(opening);
  try {
    const transaction = database.transaction(STORE, "readwrite");
    const over = new Promise<void>((done, fail) => {
      transaction.oncomplete = () => done();
      transaction.onabort = () => fail(transaction.error);
    });
    const [found] = await Promise.all([act(transaction.objectStore(STORE)), over]);
    return found;
  } finally {
    database.close();
  }
}

function answer<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((done, fail) => {
    request.onsuccess = () => done(request.result);
    request.onerror = () => fail(request.error);
  });
}
