/** The largest size that the calculator takes; beyond it every book is empty anyway. */
const LARGEST = 100_000_000;

/** A size as typed, with thousands separators or a dollar sign if any; what is wrong with it, in words. */
export function parseSize(typed: string): { size: number | null; problem: string | null } {
  const text = typed.replaceAll(/[\s,_$]/g, "");
  if (text === "") return { size: null, problem: "Type a size." };
  if (!/^\d*\.?\d+$|^\d+\.$/.test(text)) return { size: null, problem: "A size is a number, such as 2,500." };
  const size = Number(text);
  if (!(size > 0)) return { size: null, problem: "A size is more than zero." };
  if (size > LARGEST) return { size: null, problem: "At most 100,000,000." };
  return { size, problem: null };
}
