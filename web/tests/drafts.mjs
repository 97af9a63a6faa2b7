// What somebody typed in a tunnel outlives their page: it goes over, once and as theirs, when they open the notes again in that
// browser. Whoever else uses it neither sees nor sends it, and nothing of it is left once the server has it or they sign out.

import { entered, same, scenario } from "./house.mjs";

/** What the browser of a page keeps of somebody's. */
async function kept(page, name) {
  const drafts = await page.evaluate(
    () =>
      new Promise((found, fail) => {
        const opening = indexedDB.open("pushduty");
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

await scenario(async (house) => {
  house.expected = (words) => words.includes("ERR_INTERNET_DISCONNECTED") || words.includes("WebSocket connection");
  const kumar = await (await house.visitor("kumar")).opens(house.notes);
  const browser = kumar.page.context();
  await kumar.types("\n* before the tunnel", "Blockers:");
  await kumar.stands("saved");
  await leavesInATunnel(kumar, "\n* written in it", "before the tunnel");

  // Somebody else at the same browser, whose own words go over.
  await browser.clearCookies();
  const krupa = house.at("krupa", await browser.newPage());
  await entered(krupa.page, house.given.links.krupa);
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

  // Who signs out leaves nothing.
  await krupa.page.close();
  await leavesInATunnel(back, "\n* never to be seen", "from krupa");
  const last = house.at("kumar", await browser.newPage());
  await last.page.goto("/me");
  same((await kept(last.page, "kumar")).length, 1, "it waits");
  await last.page.locator("form[action$='/sign-out'] button").click();
  await last.page.waitForURL(/\/sign-in/);
  same((await kept(last.page, "kumar")).length, 0, "it is gone with them");
});
