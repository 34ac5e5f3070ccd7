import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { describe, expect, it } from "vitest";

const source = resolve(import.meta.dirname, "..");

function sourceFiles(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => /\.tsx?$/.test(name))
    .map((name) => join(folder, name));
}

/** Own modules that a file imports, as paths from the source folder. */
function importsOf(file: string): string[] {
  const specifiers = readFileSync(file, "utf8").matchAll(/(?:from|import)\s*\(?\s*"(\.{1,2}\/[^"]+)"/g);
  return [...specifiers].map(([, specifier]) =>
    relative(source, resolve(dirname(file), specifier as string)).replaceAll("\\", "/"),
  );
}

const room = (path: string) =>
  path
    .split("/")
    .slice(0, path.startsWith("features/") ? 2 : 1)
    .join("/");

/** Rooms and what they may import besides themselves: app → features → components → lib. */
function mayImport(from: string, to: string): boolean {
  if (from === to || from === "app" || from === "main.tsx") return true;
  if (from.startsWith("features/")) return to === "components" || to === "lib";
  if (from === "components") return to === "lib";
  return false;
}

describe("rooms", () => {
  const files = sourceFiles(source);

  it("are found", () => {
    expect(files.length).toBeGreaterThan(50);
    expect(importsOf(join(source, "features/screener/ScreenerPage.tsx"))).toContain("lib/navigation.ts");
  });

  it("import only what stands below them; features never each other", () => {
    const wrong = files.flatMap((file) => {
      const from = relative(source, file).replaceAll("\\", "/");
      return importsOf(file)
        .filter((to) => !mayImport(room(from), room(to)))
        .map((to) => `${from} imports ${to}`);
    });
    expect(wrong).toEqual([]);
  });
});
