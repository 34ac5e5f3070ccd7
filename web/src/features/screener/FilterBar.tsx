import type { ReactNode, RefObject } from "react";
import { Icon } from "../../components/Icon.tsx";
import { Popover } from "../../components/Popover.tsx";
import { SearchBox } from "../../components/SearchBox.tsx";
import type { FacetCount, Facets } from "../../lib/apiTypes.ts";
import { count, words } from "../../lib/format.ts";
import { RANGE_FILTERS, type RangeFilter, rangeText } from "./filters.ts";
import { RangeEditor } from "./RangeEditor.tsx";
import { CATEGORIES, CLOSES, type Screen, STATUSES, shownPeriod, TRAITS, toggled } from "./screen.ts";

interface FilterBarProps {
  screen: Screen;
  facets: Facets | null;
  onChange(screen: Screen): void;
  searchRef: RefObject<HTMLInputElement | null>;
  onLeaveSearch(): void;
}

type ListField = "category" | "closes" | "traits" | "tag";

const LIST_FILTERS: readonly { field: ListField; label: string; values: readonly string[] }[] = [
  { field: "category", label: "Category", values: CATEGORIES },
  { field: "closes", label: "Closes", values: CLOSES },
  { field: "traits", label: "Traits", values: TRAITS },
  { field: "tag", label: "Tags", values: [] },
];

function facetsOf(facets: Facets | null, field: ListField): readonly FacetCount[] {
  if (!facets) return [];
  return field === "tag" ? facets.tags : facets[field];
}

/** The words of a list filter's value: the server's label where it has said one. */
function labelOf(facets: readonly FacetCount[], value: string): string {
  return facets.find((facet) => facet.value === value)?.label ?? words(value);
}

/** Search, one chip for each filter that is set, and a way to set the others. */
export function FilterBar(props: FilterBarProps) {
  const { screen, facets, onChange, searchRef, onLeaveSearch } = props;
  const setLists = LIST_FILTERS.filter(({ field }) => screen[field].length > 0);
  const setRanges = RANGE_FILTERS.filter(({ name }) =>
    rangeOf(screen, name).some((end) => end !== undefined),
  );
  const unsetLists = LIST_FILTERS.filter((filter) => filter.field !== "tag" && !setLists.includes(filter));
  const period = shownPeriod(screen);
  const unsetRanges = RANGE_FILTERS.filter(
    (filter) => !setRanges.includes(filter) && (filter.window === undefined || filter.window === period),
  );

  return (
    <div className="chips">
      <SearchBox
        label="Filter markets by text"
        text={screen.q}
        inputRef={searchRef}
        onChange={(q) => onChange({ ...screen, q })}
        onLeave={onLeaveSearch}
      />
      <StatusChip screen={screen} facets={facets} onChange={onChange} />
      {setLists.map(({ field, label, values }) => (
        <Chip
          key={field}
          label={label}
          value={screen[field].map((value) => labelOf(facetsOf(facets, field), value)).join(", ")}
          onClear={() => onChange({ ...screen, [field]: [] })}
        >
          <ListEditor field={field} values={values} screen={screen} facets={facets} onChange={onChange} />
        </Chip>
      ))}
      {setRanges.map((filter) => (
        <Chip
          key={filter.name}
          label={filter.label}
          value={rangeText(...rangeOf(screen, filter.name), filter.unit) ?? ""}
          onClear={() => onChange(withRange(screen, filter.name, undefined, undefined))}
        >
          <BoundEditor filter={filter} screen={screen} onChange={onChange} />
        </Chip>
      ))}
      {(screen.ends_after || screen.ends_before) && (
        <Chip
          label="Ends"
          value={endsText(screen)}
          onClear={() => onChange({ ...screen, ends_after: null, ends_before: null })}
        >
          <EndsEditor screen={screen} onChange={onChange} />
        </Chip>
      )}
      {(["active", "closed"] as const).map(
        (field) =>
          screen[field] && (
            <button
              key={field}
              type="button"
              className="chip"
              onClick={() => onChange({ ...screen, [field]: null })}
            >
              <i>{field}</i> <b>{screen[field]}</b> <Icon name="close" />
              <span className="sr">Remove this filter</span>
            </button>
          ),
      )}
      <Popover label="+ filter" name="Add a filter" className="chip add">
        {() => (
          <div className="menu-filters">
            {unsetLists.map(({ field, label, values }) => (
              <details key={field} name="add-filter">
                <summary>{label}</summary>
                <ListEditor
                  field={field}
                  values={values}
                  screen={screen}
                  facets={facets}
                  onChange={onChange}
                />
              </details>
            ))}
            {unsetRanges.map((filter) => (
              <details key={filter.name} name="add-filter">
                <summary>{filter.label}</summary>
                <BoundEditor filter={filter} screen={screen} onChange={onChange} />
              </details>
            ))}
            {!screen.ends_after && !screen.ends_before && (
              <details name="add-filter">
                <summary>Ends between</summary>
                <EndsEditor screen={screen} onChange={onChange} />
              </details>
            )}
          </div>
        )}
      </Popover>
    </div>
  );
}

function rangeOf(screen: Screen, name: string): [number | undefined, number | undefined] {
  return [screen.bounds[`${name}_min`], screen.bounds[`${name}_max`]];
}

function withRange(screen: Screen, name: string, min: number | undefined, max: number | undefined): Screen {
  const bounds = { ...screen.bounds };
  delete bounds[`${name}_min`];
  delete bounds[`${name}_max`];
  if (min !== undefined) bounds[`${name}_min`] = min;
  if (max !== undefined) bounds[`${name}_max`] = max;
  return { ...screen, bounds };
}

function endsText({ ends_after: after, ends_before: before }: Screen): string {
  const day = (instant: string) => instant.slice(0, 10);
  if (after && before) return `${day(after)} – ${day(before)}`;
  return after ? `after ${day(after)}` : `before ${day(before ?? "")}`;
}

interface ChipProps {
  label: string;
  value: string;
  onClear(): void;
  children: ReactNode;
}

/** A filter that is set: its value opens the editor, the cross takes it away. */
function Chip({ label, value, onClear, children }: ChipProps) {
  return (
    <span className="chip-set">
      <Popover
        name={label}
        label={
          <>
            <i>{label}</i> <b>{value}</b>
          </>
        }
      >
        {() => children}
      </Popover>
      <button type="button" className="chip-x" aria-label={`Remove the filter ${label}`} onClick={onClear}>
        <Icon name="close" />
      </button>
    </span>
  );
}

type EditorProps = Pick<FilterBarProps, "screen" | "onChange">;

function StatusChip({ screen, facets, onChange }: EditorProps & { facets: Facets | null }) {
  return (
    <Popover
      name="Status"
      label={
        <>
          <i>Status</i> <b>{screen.status}</b>
        </>
      }
    >
      {(close) => (
        <fieldset className="options">
          <legend className="sr">Status</legend>
          {STATUSES.map((status) => (
            <label key={status}>
              <input
                type="radio"
                name="status"
                checked={screen.status === status}
                onChange={() => onChange({ ...screen, status })}
                onClick={close}
              />
              <span className="v">{status}</span>
              <em>{count(facets?.status.find(({ value }) => value === status)?.count ?? null)}</em>
            </label>
          ))}
        </fieldset>
      )}
    </Popover>
  );
}

interface ListEditorProps extends EditorProps {
  field: ListField;
  values: readonly string[];
  facets: Facets | null;
}

function ListEditor({ field, values, screen, facets, onChange }: ListEditorProps) {
  const counted = facetsOf(facets, field);
  const offered = [
    ...new Set([...(values.length > 0 ? values : counted.map(({ value }) => value)), ...screen[field]]),
  ];
  return (
    <fieldset className="options">
      <legend className="sr">{field}</legend>
      {offered.map((value) => (
        <label key={value}>
          <input
            type="checkbox"
            checked={screen[field].includes(value)}
            onChange={() => onChange({ ...screen, [field]: toggled(screen[field], value) })}
          />
          <span className="v">{labelOf(counted, value)}</span>
          <em>{count(counted.find((facet) => facet.value === value)?.count ?? null)}</em>
        </label>
      ))}
    </fieldset>
  );
}

function BoundEditor({ filter, screen, onChange }: EditorProps & { filter: RangeFilter }) {
  const [min, max] = rangeOf(screen, filter.name);
  return (
    <RangeEditor
      filter={filter}
      min={min}
      max={max}
      onChange={(low, high) => onChange(withRange(screen, filter.name, low, high))}
    />
  );
}

/** Two days, each from its first instant in UTC. */
function EndsEditor({ screen, onChange }: EditorProps) {
  const set = (field: "ends_after" | "ends_before", day: string) =>
    onChange({ ...screen, [field]: day === "" ? null : `${day}T00:00:00Z` });
  return (
    <div className="editor">
      <div className="range">
        <label>
          after
          <input
            type="date"
            value={screen.ends_after?.slice(0, 10) ?? ""}
            onChange={(event) => set("ends_after", event.target.value)}
          />
        </label>
        <label>
          before
          <input
            type="date"
            value={screen.ends_before?.slice(0, 10) ?? ""}
            onChange={(event) => set("ends_before", event.target.value)}
          />
        </label>
        <span className="mut">UTC</span>
      </div>
    </div>
  );
}
