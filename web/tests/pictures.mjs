// Pictures of pages: compared with those that the documents show, or written anew. Both are read by the browser itself. A
// picture is compared by cells: how a letter's edge is smoothed changes no cell's mean by much, another word or another place
// does.

import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { crc32 as crc, deflateSync } from "node:zlib";

/**
 * A cell's side in pixels, by how much its mean may be another, of 255, and how many cells may be so. Few, on a page of any size:
 * a letter's edge is within what a mean may be, so that these are for a line that falls between two pixels. A word is more.
 */
const CELL = 8;
const NEAR = 24;
const MOST = 2;
/** How many pixels a picture may be higher or lower. */
const SLACK = 2;
/** How many colours a written picture has: so many that none of a page is far from its own. */
const COLOURS = 64;

/** The pictures in a folder. Where they differ, the new one is put into `found`. */
export class Pictures {
  wrong = [];

  constructor(page, { folder, found, write }) {
    Object.assign(this, { page, folder, found, write });
    mkdirSync(folder, { recursive: true });
    mkdirSync(found, { recursive: true });
  }

  /** Compares what a page shows with its picture. */
  async compare(name, shot) {
    const place = join(this.folder, `${name}.png`);
    const why = existsSync(place) ? await this.differs(readFileSync(place), shot) : "there is no picture of it yet";
    if (!why) return;
    if (this.write) {
      writeFileSync(place, await this.small(shot));
      return;
    }
    const kept = join(this.found, `${name}.png`);
    writeFileSync(kept, shot);
    this.wrong.push(`${name}: ${why}; it is ${kept} now`);
  }

  async differs(old, shot) {
    const given = { old: old.toString("base64"), now: shot.toString("base64"), CELL, NEAR };
    const found = await this.page.evaluate(differing, given);
    const [[width, height], [nowWidth, nowHeight]] = found.sizes;
    if (width !== nowWidth || Math.abs(height - nowHeight) > SLACK) return `${width}×${height} became ${nowWidth}×${nowHeight}`;
    if (found.cells.length <= MOST) return "";
    const [x, y] = found.cells[0];
    return `${found.cells.length} of ${found.all} cells are others, the first at ${x}, ${y}`;
  }

  /** The picture with few colours. */
  async small(shot) {
    const { width, height, colours, pixels } = await this.page.evaluate(fewer, { shot: shot.toString("base64"), COLOURS });
    return indexed(width, height, colours, Buffer.from(pixels, "base64"));
  }
}

/** In the browser: the cells in which two pictures differ, by where they begin, in the part that both have. */
async function differing({ old, now, CELL, NEAR }) {
  const read = async (base64) => {
    const bitmap = await createImageBitmap(await (await fetch(`data:image/png;base64,${base64}`)).blob());
    const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext("2d", { willReadFrequently: true });
    context.drawImage(bitmap, 0, 0);
    return context.getImageData(0, 0, bitmap.width, bitmap.height);
  };
  const [a, b] = [await read(old), await read(now)];
  const mean = ({ data, width }, x, y, channel) => {
    let sum = 0;
    for (let row = y; row < y + CELL; row += 1) {
      for (let column = x; column < x + CELL; column += 1) sum += data[4 * (row * width + column) + channel];
    }
    return sum / CELL ** 2;
  };
  const cells = [];
  let all = 0;
  for (let y = 0; y + CELL <= Math.min(a.height, b.height); y += CELL) {
    for (let x = 0; x + CELL <= Math.min(a.width, b.width); x += CELL) {
      all += 1;
      if ([0, 1, 2].some((channel) => Math.abs(mean(a, x, y, channel) - mean(b, x, y, channel)) > NEAR)) cells.push([x, y]);
    }
  }
  return { sizes: [a, b].map(({ width, height }) => [width, height]), cells, all };
}

/** In the browser: a picture by an index of its commonest colours for each pixel. */
async function fewer({ shot, COLOURS }) {
  const bitmap = await createImageBitmap(await (await fetch(`data:image/png;base64,${shot}`)).blob());
  const { width, height } = bitmap;
  const context = new OffscreenCanvas(width, height).getContext("2d");
  context.drawImage(bitmap, 0, 0);
  const { data } = context.getImageData(0, 0, width, height);
  const counts = new Map();
  const at = (n) => (data[4 * n] << 16) | (data[4 * n + 1] << 8) | data[4 * n + 2];
  for (let n = 0; n < width * height; n += 1) counts.set(at(n), (counts.get(at(n)) ?? 0) + 1);
  const far = (a, b) => [16, 8, 0].reduce((sum, by) => sum + (((a >> by) & 255) - ((b >> by) & 255)) ** 2, 0);
  // The commonest come first; one that is much like another is left to it.
  const colours = [];
  for (const [colour] of [...counts].sort(([a, n], [b, m]) => m - n || a - b)) {
    if (colours.length < COLOURS && colours.every((other) => far(colour, other) > 200)) colours.push(colour);
  }
  const nearest = new Map();
  for (const colour of counts.keys()) {
    nearest.set(colour, colours.reduce((best, other, n) => (far(colour, other) < far(colour, colours[best]) ? n : best), 0));
  }
  const pixels = Uint8Array.from({ length: width * height }, (_, n) => nearest.get(at(n)));
  const url = await new Promise((read) => {
    const reader = new FileReader();
    reader.onload = () => read(reader.result);
    reader.readAsDataURL(new Blob([pixels]));
  });
  return { width, height, colours, pixels: url.slice(url.indexOf(",") + 1) };
}

/** A PNG of a byte a pixel. */
function indexed(width, height, colours, pixels) {
  const chunk = (kind, body) => {
    const whole = Buffer.concat([Buffer.from(kind), body]);
    const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
    length.writeUInt32BE(body.length);
    sum.writeUInt32BE(crc(whole));
    return Buffer.concat([length, whole, sum]);
  };
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([8, 3, 0, 0, 0], 8);
  const rows = Array.from({ length: height }, (_, row) => Buffer.concat([Buffer.from([0]), pixels.subarray(row * width, (row + 1) * width)]));
  const palette = Buffer.from(colours.flatMap((colour) => [colour >> 16, (colour >> 8) & 255, colour & 255]));
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  const body = deflateSync(Buffer.concat(rows), { level: 9, memLevel: 9 });
  return Buffer.concat([signature, chunk("IHDR", head), chunk("PLTE", palette), chunk("IDAT", body), chunk("IEND", Buffer.alloc(0))]);
}
