// Every suite in one process, on what they share. A single one runs by itself as well: `node screener.test.mjs`.
import "./screener.test.mjs";
import "./pages.test.mjs";
import "./live.test.mjs";
import "./wallets.test.mjs";
import "./traders.test.mjs";
import "./without-scripts.test.mjs";
import "./accessibility.test.mjs";
import "./adversity.test.mjs";
import "./screenshots.test.mjs";
