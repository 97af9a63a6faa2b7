// A push from Monday to Thursday in four browsers: mat is the hero, krupa is QA, jason is ops, and a stranger looks on. All of
// it by clicks and keys on the pages; what one does, the others see where they are, without loading anything again.

import { same, scenario } from "./house.mjs";
import { presses } from "./keys.mjs";
import { Record } from "./records.mjs";

/** What a page whose server was begun anew, or that is in a tunnel, says on its console. */
const AWAY = /ERR_(INTERNET_DISCONNECTED|CONNECTION_REFUSED|CONNECTION_RESET|INCOMPLETE_CHUNKED|EMPTY_RESPONSE|NETWORK_IO)|WebSocket connection|status of 403/;

/** What the four see. */
class Week {
  /** What the merge made public. */
  public = /^$/;

  constructor(house, four) {
    Object.assign(this, { house, four });
  }

  /** Everybody looks at the push, and stays there. */
  async gather() {
    await Promise.all(this.four.map((one) => this.looks(one)));
  }

  /** Somebody opens the page of the push, and will be asked whether they stayed. */
  async looks(one) {
    await one.page.goto(this.house.push);
    await one.page.locator("#board").waitFor();
    await one.page.evaluate(() => (globalThis.stayed = true));
  }

  /** Everybody comes to see some words in a part of the page, where they are. */
  async see(part, words, who = this.four) {
    const one = async ({ name, page }) => {
      await page.locator(part, { hasText: words }).first().waitFor().catch(async () => {
        throw new Error(`${name} does not see ${words} in ${part}, but ${await page.locator(part).allInnerTexts()}`);
      });
    };
    await Promise.all(who.map(one));
  }

  /** Nobody of them loaded the page again. */
  async stayed(...who) {
    for (const { name, page } of who) same(await page.evaluate(() => globalThis.stayed), true, `${name} is at the same page`);
  }

  /** A gate as everybody comes to see it. */
  gate(name, state) {
    return this.see(`#gates tr:has(th:text-is("${name}"))`, state);
  }

  /** Who has the one button of the next step; nobody else has. */
  async turn(mine) {
    await mine.page.locator(".next .go").waitFor();
    for (const one of this.four.filter((one) => one !== mine)) {
      const none = one.page.locator(".next .go").waitFor({ state: "detached" });
      await none.catch(() => { throw new Error(`${one.name} has a button for what is another's turn`); });
    }
    const stranger = this.four.at(-1);
    same(await stranger.page.locator("main form, main button").count(), 0, "the stranger has no form");
  }

  /** The yes to a plan, which says so much; what was said no is still so before it. */
  async agrees({ page }, yes, ...words) {
    for (const word of words) await page.locator("main", { hasText: word }).waitFor();
    await page.getByRole("button", { name: yes }).click();
    await page.locator("#step", { hasText: "Over." }).waitFor().catch(async () => {
      throw new Error(`in vain: ${yes} at ${page.url()} came to\n${await page.locator("main").innerText()}`);
    });
    same(await page.locator("#step [role=alert]").count(), 0, "nothing went wrong");
  }

  /** Opens a form of the page with everything that can be done. */
  async form({ page }, command) {
    await page.goto(`/trains/amo/act?push=${this.house.given.push}`);
    await page.locator(`#${command} summary`).click();
    return page.locator(`#${command}`);
  }
}

/** All write in the notes, two at once and one in a tunnel; what they wrote is what holds the push, and is to be done. */
async function monday(week, { mat, krupa, jason, stranger }) {
  const { house } = week;
  await Promise.all([mat, krupa, jason].map((one) => one.opens(house.notes)));
  await mat.meets("krupa", "jason");
  await jason.offline(true);
  await jason.stands("offline");
  await jason.types("\n* warm the cache @jason", "Before we push:");
  await Promise.all([mat.types("\n* a form, and a page", "Notable things shipping:"), krupa.types("\n* nobody can log in @mat", "Blockers:")]);
  const commit = await house.asks("the page's commit");
  await krupa.types(`\n* web@${commit.slice(0, 12)} for the new page`, "chronological order");
  await Promise.all([mat, krupa].map((one) => one.stands("saved")));
  same((await mat.lines()).includes("warm the cache"), false, "what is written in a tunnel is not here yet");
  await jason.offline(false);
  for (const one of [mat, krupa, jason]) {
    for (const words of ["* a form, and a page", "* nobody can log in @mat", "* warm the cache @jason"]) await one.sees(words);
    await one.stands("saved");
  }
  const text = await mat.lines();
  for (const one of [krupa, jason]) same(await one.lines(), text, `${one.name} has the same text`);

  await week.gather();
  await week.see("#blockers", "nobody can log in");
  await week.see("#tasks", "warm the cache");
  await week.see("#asks", commit.slice(0, 7));
  await week.gate("blockers", "fail");
  same(await stranger.page.goto("/trains/amo/act").then((answer) => new URL(answer.url()).pathname), "/sign-in", "the stranger may not act");
}

/** The hero merges what is reviewed and cuts; each is a plan first. */
async function tuesday(week, { mat, krupa, jason, stranger }) {
  const { house } = week;
  await week.looks(stranger);
  await house.asks("tuesday");
  await (await week.form(mat, "security_merge")).getByRole("button").click();
  await week.agrees(mat, "Merge them upstream");
  // From here on the one that was merged is anybody's to read.
  week.public = new RegExp(house.given.merged.join("|"));
  await week.looks(mat);
  await week.turn(mat);
  await mat.page.locator(".next .go").click();
  same(JSON.stringify(await house.asks("tags")), JSON.stringify({ server: ["2026.11.19"], web: ["2026.11.19"] }), "a plan tags nothing");
  await week.agrees(mat, "Publish these tags", "2026.11.26");
  await week.looks(mat);
  await week.see("#repos", "2026.11.26");
  await week.see("#board .says", "Cut");
  await week.gate("cut", "pass");
  await week.stayed(krupa, jason, stranger);
  // Whoever may not is told who may, before anything is done.
  await (await week.form(krupa, "claim")).getByRole("button").click();
  await krupa.page.locator("main", { hasText: "takes the role ops" }).waitFor();
  same(await krupa.page.locator("form[action$='/do']").count(), 0, "there is no yes to it");
  await week.looks(krupa);
}

/** A fix is asked for in the notes, picked, and shows on stage; QA signs that off by the keyboard alone. */
async function wednesday(week, { mat, krupa, jason, stranger }) {
  const { house } = week;
  await house.asks("stage has the cut");
  await week.gate("staged", "pass");
  const commit = await house.asks("a fix lands");
  await jason.types(`\n* web@${commit.slice(0, 12)} so that people log in again`, "chronological order");
  await week.see("#asks", commit.slice(0, 7), [mat, krupa, stranger]);
  await week.see("#asks", "applies", [mat, krupa, stranger]);

  const form = await week.form(mat, "pick");
  await form.getByLabel("All that is asked for in the notes").check();
  await form.getByRole("button").click();
  await mat.page.locator("main", { hasText: "2026.11.26-1" }).waitFor();
  same((await house.asks("tags")).web.includes("2026.11.26-1"), false, "a plan tags nothing");
  await week.agrees(mat, "Publish these tags", "Log in again");
  await week.looks(mat);
  await week.see("#repos", "2026.11.26-1");
  await week.gate("staged", "wait");
  await week.stayed(krupa, jason, stranger);

  // What was raised in the notes is settled there.
  await krupa.types(" (fixed in 2026.11.26-1)", "nobody can log in");
  await week.gate("blockers", "pass");
  await jason.page.getByRole("button", { name: "Done: warm the cache" }).click();
  await week.agrees(jason, "Write it");
  await week.looks(jason);
  await week.gate("tasks", "pass");

  await house.asks("stage has the pick");
  await week.gate("staged", "pass");
  await week.gate("qa", "wait");
  await week.turn(krupa);
  await presses(krupa.page, "Skip to the page");
  await krupa.page.keyboard.press("Tab");
  same(await krupa.page.evaluate(() => document.activeElement.closest("main") !== null), true, "the way past the board leads into the page");
  await presses(krupa.page, "Review the tags…");
  await krupa.page.locator("main", { hasText: "2026.11.26-1" }).waitFor();
  await presses(krupa.page, "Sign it off");
  await krupa.page.locator("#step", { hasText: "Over." }).waitFor();
  await presses(krupa.page, "Back to the push");
  await krupa.page.locator("#board").waitFor();
  await week.gate("qa", "pass");
  await week.stayed(mat, stranger);
}

/** Ops takes the push and starts it by its run sheet, promotes, and the hero hands over. */
async function thursday(week, { mat, krupa, jason, stranger }) {
  const { house } = week;
  await week.gather();
  await house.asks("thursday");
  await week.turn(jason);
  await jason.page.getByRole("button", { name: "Claim the push…" }).click();
  await week.agrees(jason, "Take it");
  await week.see(".crew", "jason", [mat, krupa, stranger]);
  await week.looks(jason);
  await week.gate("ops", "pass");
  // That it is for the security role to see says nothing of what there is; whoever is on duty holds it.
  const security = '#gates tr:has(th:text-is("security"))';
  await week.see(security, "wait", [krupa, jason, stranger]);
  await week.see(security, "pass", [mat]);
  // Ops can't see it, so the hero is asked to answer for it.
  await mat.page.getByRole("button", { name: "Review the tags…" }).waitFor();
  await house.asks("security answers");
  await week.turn(jason);
  await jason.page.getByRole("button", { name: "Read the run sheet…" }).click();
  await week.agrees(jason, "Start the push", "2026.11.26-1");
  await week.see("#board .says", "Pushing", [mat, krupa, stranger]);
  await house.asks("production has it");
  await week.see("#fleet td:last-child", "2026.11.26-1", [mat, krupa, stranger]);
  await week.stayed(mat, krupa, stranger);

  same(await house.asks("promoted"), "", "nothing is promoted yet");
  await (await week.form(jason, "promote")).getByRole("button").click();
  await week.agrees(jason, "Promote it");
  same((await house.asks("promoted")).includes("web 2026.11.26-1"), true, "the team's program promotes it");
  await week.looks(mat);
  await mat.page.getByRole("button", { name: "Review the hand-over…" }).click();
  await week.agrees(mat, "Finish it");
  await week.see("#board .says", "Done", [krupa, stranger]);
  await week.stayed(krupa, stranger);

  const told = await house.asks("told");
  for (const kind of ["cut", "picked", "started", "finished", "topic"]) same(told.kinds.includes(kind), true, `${kind} was told: ${told.kinds}`);
  same(told.text.includes("This week's push is done!"), true, "the mail is handed over");
  await stranger.page.goto("/trains/amo/history");
  await stranger.page.locator("th", { hasText: "2026.11.26" }).waitFor();
}

await scenario(async (house) => {
  house.expected = (words) => AWAY.test(words);
  const four = [];
  for (const name of ["mat", "krupa", "jason", "anybody"]) four.push(await house.visitor(name));
  const [mat, krupa, jason, stranger] = four;
  const records = [];
  for (const one of [krupa, jason, stranger]) records.push([one.name, await Record.of(one.page)]);
  const week = new Week(house, four);
  await monday(week, { mat, krupa, jason, stranger });
  for (const [name, record] of records) await record.lacks(house.given.secrets, name);
  await tuesday(week, { mat, krupa, jason, stranger });
  await wednesday(week, { mat, krupa, jason, stranger });
  await thursday(week, { mat, krupa, jason, stranger });
  for (const [name, record] of records) await record.lacks(house.given.secrets.filter((word) => !week.public.test(word)), name);
});
