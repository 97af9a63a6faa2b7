// A page by its keys: where Tab leads, and whether one sees where one is.

/** What can be reached, in the order of the page; kept there so that a place has a number. */
function stops() {
  const what = "a[href], button, input:not([type=hidden]), select, textarea, summary, [contenteditable=true], [tabindex]:not([tabindex='-1'])";
  const radios = new Set();
  // The editor lives in a root of its own.
  const all = (root) => [...root.querySelectorAll("*")].flatMap((one) => [...(one.matches(what) ? [one] : []), ...(one.shadowRoot ? all(one.shadowRoot) : [])]);
  globalThis.stops = all(document).filter((one) => {
    if (one.disabled || !one.checkVisibility({ visibilityProperty: true })) return false;
    // Of a group of radio buttons Tab reaches one.
    if (one.type !== "radio") return true;
    return !radios.has(one.name) && radios.add(one.name);
  });
  return globalThis.stops.length;
}

/** Where the focus is: its number, -1 for what scrolls and is no control, null for none; and whether one sees it. */
function here() {
  let at = document.activeElement;
  while (at?.shadowRoot?.activeElement) at = at.shadowRoot.activeElement;
  if (!at || at === document.body || at === document.documentElement) return null;
  const radio = (one) => one.type === "radio" && one.name === at.name;
  const number = globalThis.stops.findIndex((one) => one === at || (at.type === "radio" && radio(one)));
  const { top, bottom, left, right } = at.getBoundingClientRect();
  const inSight = bottom > 0 && right > 0 && top < innerHeight && left < innerWidth;
  let ringed = false;
  for (let [one, up] = [at, 0]; one && up < 4; [one, up] = [one.parentElement, up + 1]) {
    const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(one);
    ringed ||= (outlineStyle !== "none" && parseFloat(outlineWidth) >= 2) || (one.matches(".cm-focused") && boxShadow !== "none");
  }
  const words = (at.getAttribute("aria-label") ?? at.textContent ?? "").trim().replace(/\s+/g, " ").slice(0, 60);
  return { number, shown: inSight && ringed, name: `<${at.localName}> ${words || (at.name ?? "")}` };
}

/** The same, once it is drawn: an editor marks itself a moment later. */
async function shown(page) {
  let at = await page.evaluate(here);
  for (let look = 0; at && !at.shown && look < 5; look += 1) {
    await page.waitForTimeout(20);
    at = await page.evaluate(here);
  }
  return at;
}

/** Walks a page by Tab from its begin; gives what is wrong with that: places not shown, not reached, or not left. */
export async function walked(page, most = 150) {
  await page.evaluate(() => document.activeElement?.blur?.());
  const count = await page.evaluate(stops);
  const [reached, wrong] = [new Set(), []];
  let [last, first] = [null, null];
  for (let press = 0; press < Math.min(most, count + 20); press += 1) {
    await page.keyboard.press("Tab");
    const at = await shown(page);
    // After the last place comes the browser's own, and then the first one.
    if (!at) continue;
    if (at.number === first && last !== first) break;
    first ??= at.number;
    if (last === at.number && at.number !== -1 && !at.name.startsWith("<input>")) wrong.push(`Tab stays at ${at.name}`);
    if (!at.shown) wrong.push(`one does not see the focus at ${at.name}`);
    if (at.number !== -1) reached.add(at.number);
    last = at.number;
  }
  await page.evaluate(() => document.activeElement?.blur?.());
  if (count <= most && reached.size < count) {
    const names = await page.evaluate((reached) => globalThis.stops.filter((_, n) => !reached.includes(n)).map((one) => one.outerHTML.slice(0, 120)), [...reached]);
    wrong.push(`Tab does not lead to ${names.join(", ")}`);
  }
  return wrong;
}

/** Goes by Tab to what has a name, sees it, and presses a key there. */
export async function presses(page, name, key = "Enter") {
  await page.evaluate(stops);
  for (let press = 0; press < 200; press += 1) {
    await page.keyboard.press("Tab");
    const at = await shown(page);
    if (!at?.name.includes(name)) continue;
    if (!at.shown) throw new Error(`one does not see the focus at ${at.name}`);
    await page.keyboard.press(key);
    return;
  }
  throw new Error(`Tab does not lead to ${name} on ${page.url()}`);
}
