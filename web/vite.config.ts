import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

/** Where `npm run dev` sends API requests; the server's default listen address. */
const apiServer = process.env.CASCADIAN_DEV_SERVER ?? "http://127.0.0.1:8080";

/** What only pages about traders need. */
const traderModules = /src\/(lib|components)\/traders\//;
const liveModules =
  /src\/(lib\/(feed|feedEvents|livePrice|palette|chartTime|useWidth)|components\/PanelParts)\.tsx?$/;
/** The screener's request, which the entry needs as well: in a file of its own it would be a crumb. */
const mainRequests = /src\/features\/screener\/(keys|marketsQuery|screen)\.ts$/;
/** Lists that grow page by page, which no first page has. */
const pagedLists = /@tanstack\/[^?]*\/(useInfiniteQuery|infiniteQueryObserver|infiniteQueryOptions)\.js/;
const vendorModules = (id: string) =>
  /node_modules\/(react|react-dom|scheduler|@tanstack|openapi-fetch|valibot)\//.test(id) &&
  !pagedLists.test(id);
const sharedModules = (id: string) =>
  (/src\/(lib|components)\//.test(id) && !liveModules.test(id) && !traderModules.test(id)) ||
  mainRequests.test(id);

export default defineConfig({
  plugins: [react()],
  build: {
    manifest: true,
    target: ["chrome123", "firefox120", "safari17.5"],
    rolldownOptions: {
      input: "src/main.tsx",
      // What every page needs and releases rarely change, in one file that stays cached.
      output: {
        codeSplitting: {
          groups: [
            { name: "vendor", test: vendorModules },
            { name: "shared", test: sharedModules },
            // What only the live pages need stays apart from what every page needs.
            { name: "live", test: liveModules },
            // The palette lists who is followed, and needs nothing else of that.
            { name: "follow", test: /src\/lib\/traders\/follow\.ts$/ },
            { name: "traders", test: traderModules },
          ],
        },
      },
    },
  },
  server: { proxy: { "/api": apiServer, "/docs": apiServer, "/openapi.json": apiServer } },
  test: { environment: "happy-dom", include: ["src/**/*.test.{ts,tsx}"] },
});
