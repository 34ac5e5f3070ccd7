import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

/** Where `npm run dev` sends API requests; the server's default listen address. */
const apiServer = process.env.CASCADIAN_DEV_SERVER ?? "http://127.0.0.1:8080";

export default defineConfig({
  plugins: [react()],
  build: {
    manifest: true,
    target: ["chrome123", "firefox120", "safari17.5"],
    rolldownOptions: { input: "src/main.tsx" },
  },
  server: { proxy: { "/api": apiServer, "/docs": apiServer, "/openapi.json": apiServer } },
  test: { environment: "happy-dom", include: ["src/**/*.test.{ts,tsx}"] },
});
