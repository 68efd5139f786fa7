// Runs Lighthouse (mobile) over the pages asked for on standard input, one after the other, and
// writes one line of JSON a run: { page, scores, failed }. Standard input:
// { chromium, flags, categories, runs, visits: [{ page, url, cookies }] }.

import { text } from "node:stream/consumers";
import lighthouse from "lighthouse";
import puppeteer from "puppeteer-core";

const TRIES = 3;
const { chromium, flags, categories, runs, visits } = JSON.parse(await text(process.stdin));
for (let run = 0; run < runs; run += 1) {
  for (const visit of visits) tell(visit, await lookUntilSeen(visit));
}

// On a busy machine the browser can lose the beginning of a visit; Lighthouse then gives no
// scores at all, and asks to be run again.
async function lookUntilSeen(visit) {
  let lhr;
  for (let tried = 0; tried < TRIES; tried += 1) {
    lhr = await look(visit);
    if (!lhr.runtimeError) return lhr;
  }
  throw new Error(`${visit.page}: ${lhr.runtimeError.message}`);
}

// Each visit has a browser of its own: the service worker of an earlier page would answer for
// the next one. The cookies are the browser's own, so that what the page asks for carries them too.
async function look({ url, cookies }) {
  const browser = await puppeteer.launch({ executablePath: chromium, args: flags });
  try {
    await browser.setCookie(...cookies);
    const page = await browser.newPage();
    const settings = { logLevel: "silent", onlyCategories: categories, disableFullPageScreenshot: true };
    const { lhr } = await lighthouse(url, settings, undefined, page);
    return lhr;
  } finally {
    await browser.close();
  }
}

function tell({ page, url }, lhr) {
  if (lhr.finalDisplayedUrl !== url) throw new Error(`${page} led to ${lhr.finalDisplayedUrl}`);
  const scores = Object.fromEntries(
    Object.values(lhr.categories).map(({ id, score }) => [id, Math.round(score * 100)]),
  );
  console.log(JSON.stringify({ page, scores, failed: failedAudits(lhr) }));
}

// An audit that weighs nothing in a category cannot lower its score.
function failedAudits({ audits, categories: found }) {
  return Object.values(found)
    .flatMap(({ auditRefs }) => auditRefs)
    .filter(({ id, weight }) => weight > 0 && audits[id].score !== null && audits[id].score < 0.9)
    .map(({ id }) => id);
}
