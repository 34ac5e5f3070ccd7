import { type FormEvent, useState } from "react";
import { Icon } from "../../components/Icon.tsx";
import { Popover } from "../../components/Popover.tsx";
import { readStored, writeStored } from "../../lib/storage.ts";
import { toast } from "../../lib/toast.ts";

/** A name for an address; the screen itself is nothing but its address. */
interface SavedScreen {
  name: string;
  href: string;
}

const KEY = "cascadian.screens";

function isSavedList(value: unknown): value is SavedScreen[] {
  return (
    Array.isArray(value) &&
    value.every(
      (item: Partial<SavedScreen> | null) =>
        typeof item?.name === "string" && typeof item.href === "string" && item.href.startsWith("/markets"),
    )
  );
}

/** Names kept in this browser for screens one comes back to. */
export function SavedScreens({ href }: { href: string }) {
  const [saved, setSaved] = useState(() => readStored<SavedScreen[]>(KEY, [], isSavedList));
  const [name, setName] = useState("");

  const keep = (next: SavedScreen[]) => {
    setSaved(next);
    if (!writeStored(KEY, next)) {
      toast("The browser did not keep the list; the address still holds the screen", "error");
    }
  };
  const save = (event: FormEvent) => {
    event.preventDefault();
    const given = name.trim();
    if (given === "") return;
    keep([...saved.filter((screen) => screen.name !== given), { name: given, href }]);
    setName("");
  };

  return (
    <Popover label="Screens" name="Saved screens" align="end">
      {(close) => (
        <div className="saved">
          {saved.length === 0 && (
            <p className="mut">No saved screen yet. A screen is its address; saving gives it a name.</p>
          )}
          <ul>
            {saved.map((screen) => (
              <li key={screen.name}>
                <a
                  href={screen.href}
                  aria-current={screen.href === href ? "true" : undefined}
                  onClick={close}
                >
                  {screen.name}
                </a>
                <button
                  type="button"
                  className="icon"
                  aria-label={`Forget ${screen.name}`}
                  onClick={() => keep(saved.filter((kept) => kept !== screen))}
                >
                  <Icon name="close" />
                </button>
              </li>
            ))}
          </ul>
          <form onSubmit={save}>
            <input
              value={name}
              onChange={(event) => setName(event.target.value)}
              aria-label="Name of this screen"
              placeholder="Name this screen"
              maxLength={60}
            />
            <button type="submit" className="chip" disabled={name.trim() === ""}>
              Save
            </button>
          </form>
        </div>
      )}
    </Popover>
  );
}
