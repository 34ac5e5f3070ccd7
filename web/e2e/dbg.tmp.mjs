import { chromium } from "playwright-core";
import { launch, openList, withPage } from "/work/main/web/e2e/browser.mjs";
import { Terminal } from "/work/main/web/e2e/processes.mjs";
const terminal = await Terminal.startFilled();
const browser = await launch();
for (const opts of [{},{},{}]) {
await withPage(browser, terminal.url, async (page) => {
await openList(page, "/markets?category=crypto,economy");
const download = page.waitForEvent("download");
await page.getByRole("link", { name: "Export" }).click();
const file = await download;
console.log('withPage', await file.failure());
}, opts);
}
for (const routed of [false, true]) for (const tz of [{}, {viewport:{width:1440,height:900}}]) {
const context = await browser.newContext({baseURL:terminal.url, ...tz});
if (routed) await context.route((a) => a.origin !== terminal.url, (route) => route.abort());
const page = await context.newPage();
await page.goto("/markets?category=crypto,economy");
await page.locator('table[role=grid] .mk').first().waitFor();
const download = page.waitForEvent("download");
await page.getByRole("link", { name: "Export" }).click();
const file = await download;
console.log(routed, tz, await file.failure());
await context.close();
}
await browser.close();
await terminal.stop();
