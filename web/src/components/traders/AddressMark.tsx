import { identiconOf } from "./identicon.ts";

/** The mark of an address, to tell wallets apart at a glance. */
export function AddressMark({ address, isBig = false }: { address: string; isBig?: boolean }) {
  const { cells, colour } = identiconOf(address);
  return (
    <svg className={`amark o${colour}${isBig ? " big" : ""}`} viewBox="0 0 5 5" aria-hidden="true">
      {cells.map(({ x, y }) => (
        <rect key={`${x} ${y}`} x={x} y={y} width="1" height="1" />
      ))}
    </svg>
  );
}
