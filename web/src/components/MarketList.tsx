import type { MarketRow } from "../lib/apiTypes.ts";
import { useNow } from "../lib/time.ts";
import { marketColumns } from "./marketColumns.tsx";

interface MarketListProps {
  caption: string;
  markets: readonly MarketRow[];
  columns: readonly string[];
  /** All are of one event: each then goes by its own name in the event, where it has one. */
  isOneEvent?: boolean;
  /** The market whose page this is; its row is marked. */
  current?: string;
}

/** A short table of markets, drawn whole. */
export function MarketList({ caption, markets, columns: ids, isOneEvent = false, current }: MarketListProps) {
  const columns = marketColumns(ids);
  const now = useNow();
  return (
    <table className="grid short">
      <caption className="sr">{caption}</caption>
      <thead>
        <tr>
          {columns.map((column) => (
            <th
              key={column.id}
              scope="col"
              className={`${column.isText ? "l " : ""}c-${column.id}`}
              title={column.description}
            >
              {column.header}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {markets.map((market) => (
          <tr key={market.market_id} className={market.market_id === current ? "sel" : undefined}>
            {columns.map((column) => (
              <td
                key={column.id}
                className={`${column.isText ? "l " : ""}${column.isQuiet ? "f2 " : ""}c-${column.id}`}
              >
                {column.id === "title" ? (
                  <a
                    className="mk"
                    href={`/markets/${market.slug}`}
                    aria-current={market.market_id === current ? "page" : undefined}
                  >
                    <span className="t">{(isOneEvent && market.group_title) || market.title}</span>
                  </a>
                ) : (
                  column.cell(market, now)
                )}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
