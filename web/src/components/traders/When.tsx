import { dayAndTime, isToday, timeOfDay, venueAndUtc } from "../../lib/format.ts";

/** An instant as the reader's clock shows it, with the day where it was another; elsewhere on hover. */
export function When({ at, title }: { at: string; title?: string }) {
  return (
    <time dateTime={at} title={title ?? venueAndUtc(at)}>
      {isToday(at) ? timeOfDay(at) : dayAndTime(at)}
    </time>
  );
}
