import { lazy, Suspense, use, useDeferredValue } from "react";
import { Main } from "../components/Main.tsx";
import { useParsedSearch, usePlace } from "../lib/navigation.ts";
import { ErrorBoundary } from "./ErrorBoundary.tsx";
import { closeBeside } from "./links.ts";
import { matchRoute, type Route } from "./routes.tsx";
import { Shell } from "./Shell.tsx";

const WalletPanel = lazy(async () => ({
  default: (await import("../features/wallet/WalletPanel.tsx")).WalletPanel,
}));

/** The shell and the page of the present address. The page before stays until the code of the next has come. */
export function App() {
  const { path, queryString } = useDeferredValue(usePlace());
  const { route, id } = matchRoute(path);
  const search = useParsedSearch(queryString);
  return (
    <Shell>
      <ErrorBoundary key={path}>
        <Suspense fallback={<Main className="page" isBusy />}>
          <CurrentPage key={`${route.name} ${id}`} route={route} id={id} search={search} />
        </Suspense>
        {search.wallet && (
          <Suspense>
            <WalletPanel key={search.wallet} id={search.wallet} onClose={closeBeside} />
          </Suspense>
        )}
      </ErrorBoundary>
    </Shell>
  );
}

interface CurrentPageProps {
  route: Route;
  id: string;
  search: Readonly<Record<string, string>>;
}

function CurrentPage({ route, id, search }: CurrentPageProps) {
  const Page = route.page() ?? use(route.load());
  return <Page id={id} search={search} />;
}
