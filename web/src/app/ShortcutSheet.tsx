import { useEffect, useRef } from "react";
import { Icon } from "../components/Icon.tsx";
import { actions } from "../lib/actions.ts";
import { useStore } from "../lib/store.ts";

const GROUPS = ["Go to", "Table", "Page", "View", "Catalogue"] as const;
const NAMES: Readonly<Record<string, string>> = { ArrowDown: "↓", ArrowUp: "↑" };

/** Every shortcut that works on this page. */
export function ShortcutSheet({ onClose }: { onClose(): void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const offered = useStore(actions).filter((action) => action.keys);
  useEffect(() => {
    dialog.current?.showModal();
  }, []);
  return (
    <dialog ref={dialog} aria-label="Shortcuts" onClose={onClose}>
      <div className="sheet">
        <header>
          <h2>Shortcuts</h2>
          <button type="button" className="icon" aria-label="Close" onClick={() => dialog.current?.close()}>
            <Icon name="close" />
          </button>
        </header>
        <div className="groups">
          {GROUPS.map((group) => {
            const rows = Map.groupBy(
              offered.filter((action) => action.group === group),
              (action) => action.title,
            );
            if (rows.size === 0) return null;
            return (
              <section key={group}>
                <h3>{group}</h3>
                <dl>
                  {[...rows].map(([title, ways]) => (
                    <div key={title}>
                      <dt>{title}</dt>
                      <dd>
                        {ways.flatMap(({ keys }) =>
                          (keys ?? "")
                            .split(" ")
                            .map((key) => <kbd key={`${keys} ${key}`}>{NAMES[key] ?? key}</kbd>),
                        )}
                      </dd>
                    </div>
                  ))}
                </dl>
              </section>
            );
          })}
        </div>
      </div>
    </dialog>
  );
}
