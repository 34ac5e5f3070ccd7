import { useQuery } from "@tanstack/react-query";
import { PanelNote, PanelProblem, PanelSkeleton } from "../../../components/PanelParts.tsx";
import { Profit } from "../../../components/traders/Profit.tsx";
import type { WalletExposure, WalletMarket } from "../../../lib/apiTypes.ts";
import { count, money, moneyExact } from "../../../lib/format.ts";
import { linear } from "../../../lib/traders/scale.ts";
import { EventName } from "../figures/EventName.tsx";
import { type Subject, walletExposure } from "../walletQueries.ts";

const SHOWN = 12;

/** What the wallet stands to win and to lose, by event. */
export function ExposurePanel({ subject }: { subject: Subject }) {
  const { data: exposures, error, refetch } = useQuery(walletExposure(subject));
  const reach = Math.max(
    0,
    ...(exposures ?? []).flatMap(({ worst_profit_usdc, best_profit_usdc }) => [
      Math.abs(worst_profit_usdc ?? 0),
      Math.abs(best_profit_usdc ?? 0),
    ]),
  );
  return (
    <section className="card exposure" aria-label="Exposure by event">
      <h2>
        Exposure by event
        <span className="sub">worst and best case, before fees</span>
      </h2>
      {exposures ? (
        exposures.length === 0 ? (
          <PanelNote>Nothing is held of an event that is not over.</PanelNote>
        ) : (
          <>
            {exposures.slice(0, SHOWN).map((one) => (
              <Exposure key={one.market.condition_id} exposure={one} reach={reach} />
            ))}
            {exposures.length > SHOWN && (
              <p className="sub">And {count(exposures.length - SHOWN)} with less money in them.</p>
            )}
          </>
        )
      ) : error ? (
        <PanelProblem error={error} what="The exposure" retry={() => void refetch()} />
      ) : (
        <PanelSkeleton lines={6} />
      )}
    </section>
  );
}

function Exposure({ exposure, reach }: { exposure: WalletExposure; reach: number }) {
  const { market, positions, cost_usdc, value_usdc, worst_winner } = exposure;
  const { worst_profit_usdc: worst, best_profit_usdc: best } = exposure;
  return (
    <div className="expo">
      <h3>
        <EventName market={market} />
      </h3>
      {worst !== null && best !== null && reach > 0 && <Reach worst={worst} best={best} reach={reach} />}
      <p className="ends">
        <span title={`Pays at least ${moneyExact(exposure.worst_payoff_usdc)}`}>
          {worst === null ? <span className="mut">cost unknown</span> : <Profit value={worst} />}
          {worst_winner && <span className="mut"> if {winnerName(worst_winner)}</span>}
        </span>
        <span title={`Pays at most ${moneyExact(exposure.best_payoff_usdc)}`}>
          {best === null ? money(exposure.best_payoff_usdc) : <Profit value={best} />}
        </span>
      </p>
      <p className="sub">
        {count(positions)} {positions === 1 ? "position" : "positions"}, cost {money(cost_usdc)}, worth{" "}
        {money(value_usdc)}
      </p>
    </div>
  );
}

const winnerName = ({ title, condition_id }: WalletMarket) =>
  title ?? condition_id ?? "one that is not known";

/** From the worst case to the best, on a scale that all events share, zero in the middle. */
function Reach({ worst, best, reach }: { worst: number; best: number; reach: number }) {
  const x = linear([-reach, reach], [0, 100]);
  const below = Math.min(worst, 0);
  const above = Math.max(best, 0);
  return (
    <svg className="reach" viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true">
      <rect className="loss" x={x(below)} width={x(Math.min(best, 0)) - x(below)} height="6" />
      <rect className="gain" x={x(Math.max(worst, 0))} width={x(above) - x(Math.max(worst, 0))} height="6" />
      <rect className="axis" x="49.75" width="0.5" height="6" />
    </svg>
  );
}
