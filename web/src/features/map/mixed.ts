function channels(colour: string): readonly number[] {
  return (
    colour
      .match(/[\d.]+/g)
      ?.slice(0, 3)
      .map(Number) ?? []
  );
}

/** So much (0 to 1) of one colour laid over another; both as `rgb(r, g, b)`. */
export function mixed(over: string, under: string, part: number): string {
  const [top, bottom] = [channels(over), channels(under)];
  const mix = [0, 1, 2].map((index) =>
    Math.round((top[index] ?? 0) * part + (bottom[index] ?? 0) * (1 - part)),
  );
  return `rgb(${mix.join(", ")})`;
}
