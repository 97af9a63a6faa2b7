// Drafts: what was written in notes and the server may not have yet, kept in this browser. Each is one person's, and none
// outlives their signing out here.

const DATABASE = "pushduty";
const DRAFTS = "drafts";
/** How often somebody signed out here, under the same name within it. */
const LEFT = "left";
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

/** What this browser has as a page opens. */
export interface Found {
  /** What earlier pages left. */
  readonly drafts: readonly Draft[];
  /** How often somebody signed out here before. */
  readonly left: number;
}

/** Finds a person's drafts of a page. */
export function found(name: string, page: string): Promise<Found> {
  return inStores(async (drafts, left) => {
    const theirs = (await waiting(drafts)).filter((draft) => draft.name === name && draft.page === page);
    return { drafts: theirs, left: await times(left) };
  });
}

/**
 * Keeps a draft, in place of the one before by the same number; whether it did. From a page that stood open while somebody
 * signed out it takes none: `left` is what that page found.
 */
export function keep(draft: Draft, left: number): Promise<boolean> {
  return inStores(async (drafts, leaves) => {
    const is = (await times(leaves)) === left;
    if (is) drafts.put(draft);
    return is;
  });
}

/** Lets go of these, save for one whose own page has gone on writing. */
export function letGo(those: readonly Draft[]): Promise<void> {
  return inStores(async (drafts) => {
    for (const draft of await waiting(drafts)) {
      const is = (one: Draft) => one.client === draft.client && one.page === draft.page && one.at >= draft.at;
      if (those.some(is)) drafts.delete(key(draft));
    }
  });
}

/** Lets go of all that is a person's, who is signed out. */
export function forget(name: string): Promise<void> {
  return inStores(async (drafts, left) => {
    for (const draft of await waiting(drafts)) if (draft.name === name) drafts.delete(key(draft));
    left.put((await times(left)) + 1, LEFT);
  });
}

/** Lets go of what has waited too long, whoever's it is. */
export async function tidy(): Promise<void> {
  await inStores(waiting);
}

function key(draft: Draft): [string, string, number] {
  return [draft.page, draft.name, draft.client];
}

/** All drafts; those that have waited too long go. */
async function waiting(drafts: IDBObjectStore): Promise<Draft[]> {
  const all = await answer(drafts.getAll() as IDBRequest<Draft[]>);
  const old = Date.now() - LONGEST;
  for (const draft of all) if (draft.at < old) drafts.delete(key(draft));
  return all.filter((draft) => draft.at >= old);
}

async function times(left: IDBObjectStore): Promise<number> {
  return (await answer(left.get(LEFT) as IDBRequest<number | undefined>)) ?? 0;
}

/** Does something in the stores; it is done once this is. */
async function inStores<T>(act: (drafts: IDBObjectStore, left: IDBObjectStore) => Promise<T>): Promise<T> {
  const opening = indexedDB.open(DATABASE, 2);
  opening.onupgradeneeded = ({ oldVersion }) => {
    if (oldVersion < 1) opening.result.createObjectStore(DRAFTS, { keyPath: ["page", "name", "client"] });
    opening.result.createObjectStore(LEFT);
  };
  const database = await answer(opening);
  try {
    const transaction = database.transaction([DRAFTS, LEFT], "readwrite");
    const over = new Promise<void>((done, fail) => {
      transaction.oncomplete = () => done();
      transaction.onabort = () => fail(transaction.error);
    });
    const [gave] = await Promise.all([act(transaction.objectStore(DRAFTS), transaction.objectStore(LEFT)), over]);
    return gave;
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
