import { Suspense, use, useDeferredValue, useEffect, useRef } from "react";
import { useParsedSearch, usePlace } from "../lib/navigation.ts";
import { ErrorBoundary } from "./ErrorBoundary.tsx";
import { matchRoute, type Route } from "./routes.ts";
import { Shell } from "./Shell.tsx";

/** The shell and the page of the present address. The page before stays until the code of the next has come. */
export function App() {
  const { path, queryString } = useDeferredValue(usePlace());
  const { route, id } = matchRoute(path);
  const search = useParsedSearch(queryString);
  useFocusAfterMove(path);
  return (
    <Shell>
      <ErrorBoundary key={path}>
        <Suspense fallback={<main className="main" id="main" aria-busy="true" />}>
          <CurrentPage key={`${route.name} ${id}`} route={route} id={id} search={search} />
        </Suspense>
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

/** After a move to another page the focus, if it went down with the old one, is in the new one. */
function useFocusAfterMove(path: string): void {
  const before = useRef(path);
  useEffect(() => {
    if (before.current === path) return;
    before.current = path;
    const focused = document.activeElement;
    if (focused === null || focused === document.body) document.getElementById("main")?.focus();
  }, [path]);
}
