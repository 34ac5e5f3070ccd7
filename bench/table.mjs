// Findings as text. A finding has `what` was measured, its `figure` and its `baseline` for people, a `value` with a
// `unit`, and a target, `at_most` or `at_least`, where there is one.

/** Whether a finding keeps its target. */
export function verdict({ value, at_most, at_least }) {
  if (at_most !== undefined) return value <= at_most ? "kept" : "MISSED";
  if (at_least !== undefined) return value >= at_least ? "kept" : "MISSED";
  return "";
}

function target({ at_most, at_least, unit }) {
  if (at_most !== undefined) return `≤ ${number(at_most)} ${unit}`;
  if (at_least !== undefined) return `≥ ${number(at_least)} ${unit}`;
  return "";
}

function number(value) {
  return value.toFixed(value < 10 ? 2 : value < 100 ? 1 : 0);
}

export function table(findings) {
  const head = ["part", "what", "figure", "baseline", "value", "target", "", "load"];
  const rows = findings.map((finding) => [
    finding.part,
    finding.what,
    finding.figure ?? "",
    finding.baseline ?? "",
    finding.value === undefined ? "" : `${number(finding.value)} ${finding.unit}`,
    target(finding),
    verdict(finding),
    finding.load.toFixed(1),
  ]);
  const widths = head.map((_, column) => Math.max(...[head, ...rows].map((row) => row[column].length)));
  const line = (row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column]))
      .join("  ")
      .trimEnd();
  return [line(head), line(widths.map((width) => "-".repeat(width))), ...rows.map(line)].join("\n");
}

/** The value that this share of the values, 0 to 1, does not exceed. */
export function quantile(values, share) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
}

export function median(values) {
  return quantile(values, 0.5);
}
