// What somebody typed in a tunnel outlives their page: it goes over, once and as theirs, when they open the notes again in that
// browser. Whoever else uses it neither sees nor sends it, and nothing of it is left once the server has it or refuses it, they
// are signed out, or it has waited too long. What finds no place in the notes any more is shown until they let it go.

import * as Y from "yjs";

import { entered, OFFLINE, same, scenario } from "./house.mjs";

/** What the browser of a page keeps of somebody's. */
async function kept(page, name) {
  const drafts = await page.evaluate(
    () =>
      new Promise((found, fail) => {
        const opening = indexedDB.open("pushduty");
        // Without one of ours none is made.
        opening.onupgradeneeded = () => opening.transaction.abort();
        opening.onerror = () => fail(opening.error);
        opening.onsuccess = () => {
          const database = opening.result;
          const all = database.transaction("drafts").objectStore("drafts").getAll();
          all.onsuccess = () => {
            found(all.result.map(({ name, update }) => ({ name, text: new TextDecoder().decode(update) })));
            database.close();
          };
        };
      }),
  );
  return drafts.filter((draft) => draft.name === name).map((draft) => draft.text);
}

/** Puts drafts into the browser of a page, as if pages that are gone had left them. */
async function put(page, ...drafts) {
  const plain = drafts.map((draft) => ({ at: Date.now(), ...draft, update: [...draft.update] }));
  await page.evaluate(
    (drafts) =>
      new Promise((done, fail) => {
        const opening = indexedDB.open("pushduty");
        // Without one of ours none is made.
        opening.onupgradeneeded = () => opening.transaction.abort();
        opening.onerror = () => fail(opening.error);
        opening.onsuccess = () => {
          const transaction = opening.result.transaction("drafts", "readwrite");
          for (const draft of drafts) transaction.objectStore("drafts").put({ ...draft, update: new Uint8Array(draft.update) });
          transaction.oncomplete = () => done(opening.result.close());
        };
      }),
    plain,
  );
}

/** Words as an update by a number: on nothing, or on words that no server has. */
function written(client, words, on = "") {
  const lost = new Y.Doc();
  lost.getText("notes").insert(0, on);
  const doc = new Y.Doc();
  doc.clientID = client;
  Y.applyUpdate(doc, Y.encodeStateAsUpdate(lost));
  doc.getText("notes").insert(on.length, words);
  return Y.encodeStateAsUpdate(doc, Y.encodeStateVector(lost));
}

/** Lets a page's connection be cut; those that come then wait until they are closed with an answer. */
async function cuttable(page) {
  let [cut, live, answer] = [false, null, null];
  const answered = new Promise((done) => (answer = done));
  await page.routeWebSocket(/\/notes\/live$/, async (socket) => {
    if (cut) return socket.close(await answered);
    live = socket;
    socket.connectToServer();
  });
  const cuts = () => {
    cut = true;
    return live.close();
  };
  return { cuts, answer };
}

/** Asks to be signed out, on the page of one's name. */
async function signsOut(page) {
  await page.locator("form[action$='/sign-out'] button").click();
}

/** Types without a network, and leaves once the browser keeps it: nothing asks first. */
async function leavesInATunnel(visitor, words, after) {
  const { page } = visitor;
  await visitor.offline(true);
  await visitor.stands("offline — kept in this browser, merges on return");
  await visitor.types(words, after);
  await visitor.until("the browser keeps it", async () => (await kept(page, visitor.name)).join().includes(words.trim()));
  const closed = page.waitForEvent("close");
  await page.close({ runBeforeUnload: true });
  await closed;
  await visitor.offline(false);
}

/** Two people at one browser; the second one's session is kept for later. */
async function goesOverOrWithThem(house) {
  const kumar = await (await house.visitor("kumar")).opens(house.notes);
  const browser = kumar.page.context();
  await kumar.types("\n* before the tunnel", "Blockers:");
  await kumar.stands("saved");
  await leavesInATunnel(kumar, "\n* written in it", "before the tunnel");

  // Somebody else at the same browser, whose own words go over.
  await browser.clearCookies();
  const krupa = house.at("krupa", await browser.newPage());
  await krupa.page.goto("/sign-in");
  same((await kept(krupa.page, "kumar")).length, 1, "it waits for somebody whose session ended");
  await entered(krupa.page, house.given.links.krupa);
  house.keeps.krupa = await browser.storageState();
  await krupa.opens(house.notes);
  await krupa.types("\n* from krupa", "before the tunnel");
  await krupa.stands("saved");
  same((await krupa.lines()).includes("written in it"), false, "what is another's is not seen");
  same((await kept(krupa.page, "kumar")).length, 1, "it waits for whoever wrote it");

  await browser.clearCookies();
  const back = house.at("kumar", await browser.newPage());
  await entered(back.page, house.given.again);
  await back.opens(house.notes);
  await back.sees("* written in it");
  await krupa.sees("* written in it");
  await back.stands("saved");
  same((await back.lines()).split("* written in it").length, 2, "it is there once");
  await back.page.locator(".cm-line", { hasText: "written in it" }).click({ position: { x: 40, y: 8 } });
  await back.page.locator(".byline", { hasText: "kumar wrote this" }).waitFor();
  await back.until("nothing of it is left in the browser", async () => (await kept(back.page, "kumar")).length === 0);

  // Who signs out leaves nothing, and a page of theirs that stands open keeps nothing any more.
  await krupa.page.close();
  const open = house.at("kumar", await browser.newPage());
  const { cuts } = await cuttable(open.page);
  await open.opens(house.notes);
  await leavesInATunnel(back, "\n* never to be seen", "from krupa");
  await cuts();
  await open.stands("offline — kept in this browser, merges on return");
  await open.types("\n* nor this", "from krupa");
  await open.until("the browser keeps it", async () => (await kept(open.page, "kumar")).length === 2);
  const last = house.at("kumar", await browser.newPage());
  await last.page.goto("/me");
  await signsOut(last.page);
  await last.page.waitForURL(/\/sign-in/);
  await last.until("it is gone with them", async () => (await kept(last.page, "kumar")).length === 0);
  await open.types(", nor this", "nor this");
  await open.stands("offline — kept in this page, merges on return");
  same((await kept(last.page, "kumar")).length, 0, "nothing comes back");
}

/** What finds no place is shown, what can't be read goes, all else goes over; what is refused then goes, and no more than that. */
async function isRefused(house) {
  const kumar = await (await house.visitor("kumar")).opens(house.notes);
  const { page, name } = kumar;
  const { socket, client } = JSON.parse(await page.locator("[data-notes]").getAttribute("data-notes"));
  const own = Math.floor(client / 2 ** 32) * 2 ** 32;
  await page.goto("/me");
  await put(
    page,
    { name, page: socket, client: own + 1, update: written(own + 1, "on lost ground", "lost ") },
    { name, page: socket, client: own + 2, update: [1, 2, 3] },
    { name, page: socket, client: own + 3, update: written(own + 3, "on no ground\n") },
  );
  const { cuts, answer } = await cuttable(page);
  await kumar.opens(house.notes);
  await kumar.sees("on no ground");
  const left = async () => (await kept(page, name)).map((text) => /on \w+ ground|to be taken/.exec(text)?.[0] ?? text).join();
  await kumar.until("what has no place waits alone", async () => (await left()) === "on lost ground");
  const homeless = page.getByRole("alert").filter({ hasText: "no place in the notes" });
  same(await homeless.locator("textarea").inputValue(), "on lost ground", "what has no place can be copied");

  await kumar.offline(true);
  await kumar.stands("offline");
  await kumar.offline(false);
  await kumar.stands("saved");
  same(await homeless.count(), 1, "it is still there after the return");

  await cuts();
  await kumar.stands("offline");
  await kumar.types("\n* not to be taken", "from krupa");
  await kumar.until("the browser keeps both", async () => /to be taken/.test(await left()) && /on lost ground/.test(await left()));
  answer({ code: 4403, reason: "nobody takes this" });
  const refused = page.getByRole("alert").filter({ hasText: "Nobody takes this." });
  same(await refused.locator("textarea").inputValue(), "* not to be taken", "what is refused can be copied");
  await kumar.until("what is refused goes", async () => (await left()) === "on lost ground");
  await homeless.locator("button", { hasText: "Let it go" }).click();
  await kumar.until("what has no place goes", async () => (await left()) === "");
  same(await homeless.count(), 0, "and is not shown any more");
  same(await refused.count(), 1, "what is refused is");
}

/** It goes with any page, whoever opens it. */
async function waitsTooLong(house) {
  const visitor = await house.visitor("kumar");
  const { page } = visitor;
  await page.goto("/me");
  const days = (count) => Date.now() - count * 24 * 60 * 60 * 1000;
  const draft = (client, words, at) => ({ name: "krupa", page: "/anywhere", client, update: written(client, words), at });
  await put(page, draft(1, "younger", days(13)), draft(2, "older", days(15)));
  same((await kept(page, "krupa")).length, 2, "both wait");
  await page.reload();
  await visitor.until("the older goes", async () => (await kept(page, "krupa")).length === 1);
  same((await kept(page, "krupa"))[0].includes("younger"), true, "the younger stays");
}

/** A sign-out that does not arrive, or fails, takes nothing from whoever is still in; the one that they are out by does. */
async function goesOnceTheyAreOut(house) {
  const first = await house.visitor("kumar");
  const { name } = first;
  const browser = first.page.context();
  await first.page.goto("/me");
  await put(first.page, { name, page: "/anywhere", client: 1, update: written(1, "not to be lost"), at: Date.now() });
  const unsent = first.page.waitForEvent("requestfailed", (request) => request.url().endsWith("/sign-out"));
  await first.offline(true);
  await signsOut(first.page);
  await unsent;
  await first.page.close();
  await first.offline(false);

  const second = house.at(name, await browser.newPage());
  const { page } = second;
  await page.goto("/me");
  same((await kept(page, name)).length, 1, "without a network nobody is signed out");
  const body = '<!doctype html><link rel="icon" href="data:,"><h1>Bad gateway</h1>';
  await page.route(/\/sign-out$/, (route) => route.fulfill({ status: 502, contentType: "text/html", body }), { times: 1 });
  await signsOut(page);
  await page.getByRole("heading", { name: "Bad gateway" }).waitFor();
  same((await kept(page, name)).length, 1, "a failure signs nobody out");
  await page.goto("/me");
  same((await kept(page, name)).length, 1, "whoever is still in has what they wrote");

  // A page of theirs that comes while they are on their way out says nothing of whether they arrive.
  let arrives;
  const arriving = new Promise((go) => (arrives = go));
  const held = async (route) => {
    await arriving;
    await route.continue();
  };
  await page.route(/\/sign-out$/, held, { times: 1 });
  const asked = page.waitForRequest(/\/sign-out$/);
  const out = signsOut(page);
  await asked;
  const beside = house.at(name, await browser.newPage());
  await beside.page.goto("/me");
  same((await kept(beside.page, name)).length, 1, "they are not out yet");
  arrives();
  await out;
  await page.waitForURL(/\/sign-in/);
  await second.until("it goes once they are out", async () => (await kept(page, name)).length === 0);
}

/** A browser whose store never answers holds nobody. */
async function signsOutInAnyCase(house) {
  const { page } = await house.visitor("krupa");
  await page.addInitScript(() => {
    IDBFactory.prototype.open = () => new EventTarget();
  });
  await page.goto("/me");
  await signsOut(page);
  await page.waitForURL(/\/sign-in/);
}

await scenario(async (house) => {
  house.expected = (words) => OFFLINE.test(words) || words.includes("status of 502");
  await goesOverOrWithThem(house);
  await isRefused(house);
  await waitsTooLong(house);
  await goesOnceTheyAreOut(house);
  await signsOutInAnyCase(house);
});
