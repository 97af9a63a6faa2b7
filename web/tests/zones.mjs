// A reader far from the train: every time is as their own clock shows it, with its date where it is another day, and the train's
// beside it; also of what comes to an open page. What it has to be is reckoned here from the hours between, without any zone.

import { same, scenario } from "./house.mjs";

/** The reader is eleven hours behind the train; in these months neither changes its clocks. */
const HERE = { zone: "Pacific/Honolulu", hours: -10 };
const TRAIN = { zone: "Europe/Paris", hours: 1 };
/** The day of the world, as the train has it. */
const TODAY = "25 November";

const DAYS = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];
const MONTHS = { 9: "October", 10: "November", 11: "December", 0: "January", 1: "February", 2: "March" };

/** A moment as clocks show it that are so many hours after UTC. */
function shown(exact, { hours }) {
  const at = new Date(Date.parse(exact) + hours * 3_600_000);
  const [day, month] = [DAYS[at.getUTCDay()], MONTHS[at.getUTCMonth()]];
  return { day, date: `${at.getUTCDate()} ${month}`, clock: at.toISOString().slice(11, 16) };
}

/** The same as a page writes it. */
function written(exact, form, place) {
  const { day, date, clock } = shown(exact, place);
  const [short, of] = [day.slice(0, 3), date.replace(/(?<= \w{3})\w+/, "")];
  return { day: `${short} ${of}`, clock, date: `${short} ${of} ${clock}`, time: `${short} ${clock}` }[form];
}

/** All times of a page, as they stand. */
function times(page) {
  return page.locator("time[data-form]").evaluateAll((all) =>
    all.map((one) => ({
      exact: one.dateTime,
      form: one.dataset.form,
      text: one.textContent,
      // Browsers set commas of their own.
      beside: one.title.replaceAll(",", ""),
      // Where the day stands beside it, or above it.
      dated: one.closest("[data-days], .departs, .d-t, .stops .when") !== null,
    })),
  );
}

/** Holds every time of a page to what it has to be; gives how many there are. */
async function holds(page) {
  const all = await times(page);
  for (const { exact, form, text, beside, dated } of all) {
    same(text, written(exact, form, HERE), `${exact} on ${page.url()}`);
    const whole = ["day", "date"].includes(form) ? "date" : "time";
    same(beside, `${written(exact, whole, TRAIN)} ${TRAIN.zone}`, `what stands beside ${exact} on ${page.url()}`);
    const today = shown(exact, TRAIN).date === TODAY;
    if (!today && !dated) same(["day", "date"].includes(form), true, `${exact} is of another day and has its date on ${page.url()}`);
  }
  return all.length;
}

/** Holds that what was done stands under the reader's own days. */
async function under(page) {
  const log = await page.locator("[data-days]").evaluate((log) =>
    [...log.querySelectorAll("h3")].flatMap((day) =>
      [...day.nextElementSibling.querySelectorAll("time")].map((one) => ({ day: day.textContent, exact: one.dateTime })),
    ),
  );
  for (const { day, exact } of log) {
    const here = shown(exact, HERE);
    same(day, `${here.day} ${here.date}`, `the day of ${exact}`);
  }
  same(new Set(log.map(({ day }) => day)).size > 1, true, "the log is of several days");
}

await scenario(async (house) => {
  const { page } = await house.visitor("mat", { timezoneId: HERE.zone });
  await page.goto(house.push);
  same(await page.locator(".zone").textContent(), `Times in ${HERE.zone}, train in CET, ${TRAIN.zone}`, "what is said of zones");
  // The train leaves on Thursday at nine; that is Wednesday evening here.
  same(await page.locator(".departs .day").textContent(), "Wed 25 Nov", "the day on the board");
  same(await page.locator(".departs .clock").textContent(), "22:00", "the clock on the board");
  same((await page.locator(".departs .day time").getAttribute("title")).replaceAll(",", ""), "Thu 26 Nov 09:00 Europe/Paris", "the train's day beside it");
  same((await holds(page)) > 10, true, "the page of a push has times");
  await under(page);

  // What is done meanwhile comes in the reader's zone too.
  const jason = await house.visitor("jason");
  await jason.page.goto(`/trains/amo/act?push=${house.given.push}#hold`);
  await jason.page.locator("#hold summary").click();
  await jason.page.locator("#hold [name=because]").fill("the office has no power");
  await jason.page.locator("#hold button").click();
  await jason.page.locator("form[action$='/do'] button").click();
  await jason.page.locator("#step", { hasText: "Over." }).waitFor();
  const entry = page.locator("#log li", { hasText: "the office has no power" });
  await entry.waitFor();
  same(await entry.locator("time").textContent(), "Wed 04:10", "when it was done");
  await holds(page);
  await under(page);

  for (const path of ["schedule", "ledger", "history", "told"]) {
    await page.goto(`/trains/amo/${path}`);
    const count = await holds(page);
    if (path === "schedule" || path === "ledger") same(count > 3, true, `${path} has times`);
  }

  // A time inside a sentence is the reader's as any other.
  await page.goto("/trains/amo/where?commit=2026.11.26-1");
  same(await page.locator("h1").textContent(), "In 2026.11.26-1, which leaves Wed 25 Nov 22:00; stage shows it on 3 of 5 samples.", "the answer in the reader's zone");
  same((await holds(page)) > 2, true, "where has times");

  // Without a script they are the train's, which is said.
  const plain = await house.visitor("mat", { timezoneId: HERE.zone, javaScriptEnabled: false });
  await plain.page.goto(house.push);
  same(await plain.page.locator(".zone").textContent(), `Times in CET, ${TRAIN.zone}`, "what is said of the zone");
  same(await plain.page.locator(".departs .day").textContent(), "Thu 26 Nov", "the train's day");
  same(await plain.page.locator(".departs .clock").textContent(), "09:00", "the train's clock");
  await plain.page.goto("/trains/amo/where?commit=2026.11.26-1");
  same((await plain.page.locator("h1").textContent()).includes("which leaves Thu 26 Nov 09:00;"), true, "the answer in the train's zone");
});
