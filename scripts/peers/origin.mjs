#!/usr/bin/env node
// The origin case in Node: one program, and the ways to write lines that people try.
//
//   origin.mjs WAY                 speaks the protocol of external programs (docs/external-programs.md) on its standard streams
//   origin.mjs WAY LINES FILE      writes so many lines there and prints how many seconds it took: the same function, bare

import { once } from "node:events";
import fs from "node:fs";
import { open } from "node:fs/promises";
import { createInterface } from "node:readline";
import { promisify } from "node:util";

const datasync = promisify(fs.fdatasync);

// One caller, a write(2) for each line.
async function sync(job) {
  const file = fs.openSync(job.path, "w");
  for (let number = 0; number < job.lines; ++number) fs.writeSync(file, `line#${number}\n`);
  if (job.synced) fs.fdatasyncSync(file);
  fs.closeSync(file);
}

// Tasks on the event loop. Each write is done by a thread of the pool, and the task awaits it.
async function awaited(job) {
  const file = await open(job.path, "w");
  const writer = async (first) => {
    for (let number = first; number < job.lines; number += job.writers) await file.write(`line#${number}\n`);
  };
  await Promise.all(Array.from({ length: job.writers }, (_, first) => writer(first)));
  await finish(file, job);
}

// One awaited write for each full block.
async function batches(job) {
  const file = await open(job.path, "w");
  let block = "";
  for (let number = 0; number < job.lines; ++number) {
    const line = `line#${number}\n`;
    if (block.length + line.length > job.blockBytes && block) {
      await file.writeFile(block);
      block = "";
    }
    block += line;
  }
  if (block) await file.writeFile(block);
  await finish(file, job);
}

// A write stream, which collects what comes while one write is on its way. Whoever writes waits when it is full.
async function stream(job) {
  const out = fs.createWriteStream(job.path, { highWaterMark: job.blockBytes, autoClose: false });
  for (let number = 0; number < job.lines; ++number) {
    if (!out.write(`line#${number}\n`)) await once(out, "drain");
  }
  out.end();
  await once(out, "finish");
  if (job.synced) await datasync(out.fd);
  out.destroy();
  await once(out, "close");
}

async function finish(file, job) {
  if (job.synced) await file.datasync();
  await file.close();
}

// The function, its order, and whether it has writers and blocks.
const ways = {
  sync: [sync, "global", []],
  awaited: [awaited, "per-writer", ["writers"]],
  batches: [batches, "global", ["buffer-size"]],
  stream: [stream, "global", ["buffer-size"]],
};
const usualBlockBytes = 64 << 10;

function say(line) {
  fs.writeSync(1, line + "\n");
}

async function speak([run, order, options]) {
  say("declare " + JSON.stringify({ order, durability: ["close"], options }));
  const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
  const request = (await lines.next()).value;
  if (request === undefined) return;
  const { paths, lines: count, writers, options: values, durability } = JSON.parse(request);
  const job = { path: paths[0], lines: count, writers, blockBytes: values["buffer-size"] ?? usualBlockBytes,
                synced: durability === "close" };
  say("ready");
  if ((await lines.next()).value !== "go") return;
  await run(job);
  say("done");
  await lines.next();
}

const [name, lines, path] = process.argv.slice(2);
if (!(name in ways) || (lines === undefined) !== (path === undefined)) {
  console.error(`usage: origin.mjs WAY [LINES FILE], where WAY is one of ${Object.keys(ways).join(", ")}`);
  process.exitCode = 1;
} else if (lines === undefined) {
  await speak(ways[name]);
} else {
  const start = performance.now();
  await ways[name][0]({ path, lines: Number(lines), writers: 10, blockBytes: usualBlockBytes, synced: false });
  console.log((performance.now() - start) / 1000);
}
