import { count, flow } from "../../../lib/format.ts";
import { type CalendarDay, levelsOf } from "./calendar.ts";

const CELL = 12;
const GAP = 2;
const LEFT = 26;
const TOP = 14;
const STEP = CELL + GAP;
const WEEKDAYS = ["Mon", "", "Wed", "", "Fri", "", "Sun"];
const MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ");

/** Days of gains and losses, a column a week. Empty is a day on which nothing settled; it is not a zero. */
export function CalendarChart({ days }: { days: readonly CalendarDay[] }) {
  const levels = levelsOf(days);
  const weeks = (days.at(-1)?.week ?? 0) + 1;
  const settled = days.filter(({ profit }) => profit !== null);
  const gains = settled.filter(({ profit }) => (profit ?? 0) > 0).length;
  return (
    <svg
      className="wchart calendar"
      viewBox={`0 0 ${LEFT + weeks * STEP} ${TOP + 7 * STEP}`}
      role="img"
      aria-label={`Settled profit by day: events settled on ${count(settled.length)} days of the last ${count(weeks)} weeks, ${count(gains)} of them with a profit together.`}
    >
      {WEEKDAYS.map((name, row) =>
        name === "" ? null : (
          <text key={name} x={0} y={TOP + row * STEP + CELL - 2}>
            {name}
          </text>
        ),
      )}
      {monthsOf(days).map(({ week, name }) => (
        <text key={`${week} ${name}`} x={LEFT + week * STEP} y={TOP - 5}>
          {name}
        </text>
      ))}
      {days.map((day, index) => (
        <rect
          key={day.date}
          className={shade(levels[index] ?? null)}
          x={LEFT + day.week * STEP}
          y={TOP + day.weekday * STEP}
          width={CELL}
          height={CELL}
          rx="2"
        >
          <title>{dayText(day)}</title>
        </rect>
      ))}
    </svg>
  );
}

function shade(level: number | null): string {
  if (level === null) return "day";
  if (level === 0) return "day even";
  return `day ${level > 0 ? "gain" : "loss"} l${Math.abs(level)}`;
}

function dayText({ date, profit, events }: CalendarDay): string {
  if (profit === null) return `${date}: nothing settled`;
  return `${date}: ${flow(profit)} of ${count(events)} ${events === 1 ? "event" : "events"}`;
}

/** Names of months over the first week that begins in them. */
function monthsOf(days: readonly CalendarDay[]): { week: number; name: string }[] {
  const mondays = days.filter(({ weekday }) => weekday === 0);
  const names = mondays.flatMap(({ date, week }, index) => {
    const month = date.slice(5, 7);
    if (index > 0 && mondays[index - 1]?.date.slice(5, 7) === month) return [];
    return [{ week, name: MONTHS[Number(month) - 1] ?? "" }];
  });
  // The first month may have a week or two only, which is no room for its name.
  const second = names[1];
  return second && second.week < 3 ? names.slice(1) : names;
}
