import { type ComponentType, lazy, type ReactNode, Suspense, useEffect, useRef, useState } from "react";
import { useFreshReport } from "../components/Freshness.tsx";
import { Icon, Mark } from "../components/Icon.tsx";
import { SyncProgress } from "../features/sync/SyncProgress.tsx";
import { useActions } from "../lib/actions.ts";
import { changeDisplay, cycle, DENSITIES, display, THEMES } from "../lib/display.ts";
import { ago, clock, count } from "../lib/format.ts";
import { freshness } from "../lib/live.ts";
import { usePlace } from "../lib/navigation.ts";
import { useStore } from "../lib/store.ts";
import { useNow, useSecond } from "../lib/time.ts";
import { toast, toasts } from "../lib/toast.ts";
import { PAGES } from "./pages.ts";
import { shellActions } from "./shellActions.ts";
import { useOpenTotal } from "./useOpenTotal.ts";
import { useShortcuts } from "./useShortcuts.ts";

interface DialogProps {
  onClose(): void;
}

/** A dialog whose code comes when it is first opened. Where that cannot be had, it is said, and nothing opens. */
function dialog(load: () => Promise<ComponentType<DialogProps>>) {
  return lazy(async () => ({ default: await load().catch(() => Missing) }));
}

function Missing({ onClose }: DialogProps) {
  // biome-ignore lint/correctness/useExhaustiveDependencies: said once
  useEffect(() => {
    toast("This part of the terminal could not be loaded. The server may be away.", "error");
    onClose();
  }, []);
  return null;
}

const Palette = dialog(async () => (await import("../features/palette/Palette.tsx")).Palette);
const ShortcutSheet = dialog(async () => (await import("./ShortcutSheet.tsx")).ShortcutSheet);

/** What surrounds every page: the rail, the top bar, the palette, the shortcuts, what is said in the corner. */
export function Shell({ children }: { children: ReactNode }) {
  const [overlay, setOverlay] = useState<"palette" | "shortcuts" | null>(null);
  const opener = useRef<Element | null>(null);
  const open = (next: "palette" | "shortcuts") => {
    opener.current = document.activeElement;
    setOverlay(next);
  };
  const close = () => {
    setOverlay(null);
    if (opener.current instanceof HTMLElement) opener.current.focus();
  };
  useActions(shellActions({ openPalette: () => open("palette"), openShortcuts: () => open("shortcuts") }));
  useShortcuts();

  return (
    <div className="app">
      <a className="skip" href="#main">
        Skip to content
      </a>
      <Rail openPalette={() => open("palette")} />
      <TopBar openPalette={() => open("palette")} />
      {children}
      <Suspense>
        {overlay === "palette" && <Palette onClose={close} />}
        {overlay === "shortcuts" && <ShortcutSheet onClose={close} />}
      </Suspense>
      <Toasts />
    </div>
  );
}

function Rail({ openPalette }: { openPalette(): void }) {
  const { path } = usePlace();
  const here = useRef<HTMLAnchorElement>(null);
  // On a phone the pages are a bar that scrolls.
  // biome-ignore lint/correctness/useExhaustiveDependencies: another page is another place in the bar
  useEffect(() => {
    here.current?.scrollIntoView({ inline: "center", block: "nearest" });
  }, [path]);
  return (
    <aside className="side" aria-label="Navigation and freshness">
      <a className="logo" href="/markets" aria-label="Cascadian, the screener">
        <Mark />
        <span>Cascadian</span>
      </a>
      <nav className="nav" aria-label="Pages">
        {PAGES.map(([icon, title, keys]) => {
          const href = `/${icon}`;
          const isHere = path === href || path.startsWith(`${href}/`);
          return (
            <a
              key={href}
              ref={isHere ? here : undefined}
              href={href}
              className={isHere ? "on" : undefined}
              aria-current={isHere ? "page" : undefined}
            >
              <Icon name={icon} />
              <span>{title}</span>
              <kbd>{keys}</kbd>
            </a>
          );
        })}
        <button type="button" className="phone" onClick={openPalette}>
          <Icon name="search" />
          <span>Find</span>
        </button>
      </nav>
      <Foot />
    </aside>
  );
}

/** How old the catalogue is and how much of it is open. */
function Foot() {
  const report = useFreshReport();
  const { lastSynced } = useStore(freshness);
  const openTotal = useOpenTotal();
  const now = useNow();
  return (
    <div className="foot">
      <SyncProgress />
      {report && (
        <span className="fresh" data-state={report.state} title={report.long}>
          <span className="dot" />
          {report.short}
        </span>
      )}
      {lastSynced && <span>Catalogue {ago(lastSynced, now)}</span>}
      {lastSynced && openTotal !== undefined && <span>{count(openTotal)} open markets</span>}
    </div>
  );
}

function TopBar({ openPalette }: { openPalette(): void }) {
  const { simulated } = useStore(freshness);
  const { theme, density } = useStore(display);
  const themeIcon = theme === "dark" ? "moon" : theme === "light" ? "sun" : "system";
  return (
    <header className="top">
      <button type="button" className="find" aria-haspopup="dialog" onClick={openPalette}>
        <Icon name="search" />
        <span className="label">Search markets, events, actions</span>
        <kbd>⌘K</kbd>
      </button>
      <div className="r">
        <Clock />
        <span className="toggles">
          <button
            type="button"
            className="icon density"
            aria-label={`Density: ${density}. Change`}
            title={`Density: ${density}`}
            onClick={() => changeDisplay({ density: cycle(DENSITIES, density) })}
          >
            <Icon name="rows" />
          </button>
          <button
            type="button"
            className="icon"
            aria-label={`Theme: ${theme}. Change`}
            title={`Theme: ${theme}`}
            onClick={() => changeDisplay({ theme: cycle(THEMES, theme) })}
          >
            <Icon name={themeIcon} />
          </button>
        </span>
        {simulated && (
          <span className="tag" title="Everything here comes from the lab; none of it is Polymarket's">
            simulated world
          </span>
        )}
      </div>
    </header>
  );
}

function Clock() {
  const now = new Date(useSecond());
  return (
    <time className="clock" dateTime={now.toISOString()} title={now.toISOString()}>
      {clock(now, now.getTimezoneOffset())}
    </time>
  );
}

function Toasts() {
  const shown = useStore(toasts);
  return (
    <div className="toasts" role="status" aria-live="polite">
      {shown.map(({ id, text, kind }) => (
        <div key={id} className="toast" data-kind={kind}>
          {text}
        </div>
      ))}
    </div>
  );
}
