import { go } from "../../lib/navigation.ts";
import { useStore } from "../../lib/store.ts";
import {
  type BoardSpec,
  changedHref,
  FILTERS,
  type FilterName,
  isNarrowed,
} from "../../lib/traders/filters.ts";
import { followed } from "../../lib/traders/follow.ts";
import type { UrlSearch } from "../../lib/urlSearch.ts";

interface FilterBarProps {
  /** The page's own address without parameters. */
  path: string;
  spec: BoardSpec;
  search: UrlSearch;
}

/** The filters of a list, all of them in the address; those of other lists of the page stay there. */
export function FilterBar({ path, spec, search }: FilterBarProps) {
  const change = (next: Readonly<Record<string, string | undefined>>) =>
    go(changedHref(path, search, next), true);
  const kept = Object.entries(search).filter(
    ([name]) => !spec.filters.includes(name as FilterName) && name !== "why" && name !== "cursor",
  );
  const cleared = Object.fromEntries([...spec.filters, "followed"].map((name) => [name, undefined]));
  return (
    <form className="chips" method="get" action={path} onSubmit={(event) => event.preventDefault()}>
      {kept.map(([name, value]) => (
        <input key={name} type="hidden" name={name} value={value} />
      ))}
      {spec.filters.map((name) => (
        <FilterField
          key={name}
          name={name}
          label={spec.labels?.[name] ?? FILTERS[name].label}
          value={search[name] ?? ""}
          any={name === "timeframe" ? spec.timeframe : undefined}
          onChange={(value) => change({ [name]: value || undefined })}
        />
      ))}
      {spec.byWallets && (
        <FollowedToggle
          isOn={search.followed === "1"}
          onToggle={(isOn) => change(isOn ? { followed: "1", wallet: undefined } : { followed: undefined })}
        />
      )}
      {isNarrowed(spec, search) && (
        <a className="chip" href={changedHref(path, search, cleared)} data-replace>
          Reset
        </a>
      )}
    </form>
  );
}

function FollowedToggle({ isOn, onToggle }: { isOn: boolean; onToggle(isOn: boolean): void }) {
  const { length } = useStore(followed);
  return (
    <button type="button" className="chip" aria-pressed={isOn} onClick={() => onToggle(!isOn)}>
      <i>followed only</i> <b>{length}</b>
    </button>
  );
}

interface FilterFieldProps {
  name: FilterName;
  label: string;
  value: string;
  /** What the empty value says, where it is not the filter's own word. */
  any: string | undefined;
  onChange(value: string): void;
}

function FilterField({ name, label, value, any, onChange }: FilterFieldProps) {
  const filter = FILTERS[name];
  const className = value === "" ? "chip pick" : "chip pick set";
  if (filter.kind === "choice") {
    const empty = any ?? filter.any;
    return (
      <label className={className}>
        <i>{label}</i>
        <select name={name} value={value} onChange={(event) => onChange(event.target.value)}>
          <option value="">{empty}</option>
          {filter.options
            .filter(([option]) => option !== empty)
            .map(([option, text]) => (
              <option key={option} value={option}>
                {text}
              </option>
            ))}
        </select>
      </label>
    );
  }
  // Typed values are followed once they are whole: when the box is left, or at Enter.
  const isText = filter.kind === "text";
  return (
    <label className={className}>
      <i>{label}</i>
      <input
        key={value}
        name={name}
        defaultValue={value}
        aria-label={NAMES[name] ?? label}
        autoComplete="off"
        spellCheck={false}
        {...(isText
          ? { type: "text", pattern: filter.pattern, placeholder: filter.placeholder, maxLength: 42 }
          : {
              type: "number",
              placeholder: "any",
              min: 0,
              max: "most" in filter ? filter.most : undefined,
              step: "any",
            })}
        onBlur={({ target }) => {
          const typed = target.value.trim();
          if (typed !== value && target.checkValidity()) onChange(typed);
          else target.reportValidity();
        }}
        onKeyDown={({ key, currentTarget }) => {
          if (key === "Enter") currentTarget.blur();
        }}
      />
    </label>
  );
}

/** What boxes are called by those who do not see what stands around them. */
const NAMES: Readonly<Partial<Record<FilterName, string>>> = {
  min_usdc: "At least so many dollars",
  max_usdc: "At most so many dollars",
  min_score: "At least this score",
  wallet: "Address of a wallet",
};
