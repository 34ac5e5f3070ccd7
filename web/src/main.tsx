import { QueryClientProvider } from "@tanstack/react-query";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./app/App.tsx";
import { followLinks } from "./app/links.ts";
import { keepLive } from "./app/live.ts";
import { prime } from "./app/prime.ts";
import { createQueryClient } from "./app/queryClient.ts";
import { matchRoute } from "./app/routes.tsx";
import { readBoot } from "./lib/boot.ts";
import "./styles/index.css";

const container = document.getElementById("root");
if (!container) throw new Error("the page has no #root to draw in");

const client = createQueryClient();
const boot = readBoot();
// The page's code is loaded before the first render, so that the server's HTML gives way to the whole page at once.
const loading = matchRoute(window.location.pathname).route.load();
if (boot) await prime(client, boot, window.location.pathname);
await loading;

createRoot(container).render(
  <StrictMode>
    <QueryClientProvider client={client}>
      <App />
    </QueryClientProvider>
  </StrictMode>,
);
followLinks();
keepLive(client);
