import { TreemapChart } from "echarts/charts";
import { type EChartsType, init, use } from "echarts/core";
import { CanvasRenderer } from "echarts/renderers";
import { useEffect, useRef, useState } from "react";
import { categoryLabel, change, money } from "../../lib/format.ts";
import { go } from "../../lib/navigation.ts";
import { type Palette, usePalette } from "../../lib/palette.ts";
import type { MapLeaf, MapTree, Period } from "./mapTree.ts";
import { strength } from "./mapTree.ts";
import { mixed } from "./mixed.ts";

use([TreemapChart, CanvasRenderer]);

interface TreemapProps {
  tree: MapTree;
  period: Period;
  /** The market to stand out, as when its row in the list has the focus. */
  marked: string | null;
  onPoint(marketId: string | null): void;
}

const FONT = '"Inter Variable", Inter, sans-serif';

/** Share of the full hue that the strongest change has: the label must stay readable on it. */
const MOST_HUE = 0.52;
const LEAST_HUE = 0.1;

function colourOf(leaf: MapLeaf, period: Period, palette: Palette): string {
  const value = strength(leaf.change, period);
  if (value === null || Math.abs(value) < 0.005) return mixed(palette["fg-4"], palette.panel, 0.22);
  const hue = value > 0 ? palette.up : palette.down;
  return mixed(hue, palette.panel, LEAST_HUE + Math.abs(value) * (MOST_HUE - LEAST_HUE));
}

/** Square pixels that an area needs for the beginning of a name, and for a whole change as well. */
const NAME_PX2 = 2_600;
const CHANGE_PX2 = 5_600;
/** The same for a category: for its name, and for its volume as well. */
const CATEGORY_PX2 = 8_000;
const CATEGORY_VOLUME_PX2 = 24_000;

/** What is written on an area: a figure only where all of it has room, since half of one is another. */
function labelOf(leaf: MapLeaf, pixels: number) {
  if (pixels < NAME_PX2) return { show: false };
  return { formatter: pixels < CHANGE_PX2 ? "{b}" : `{b}\n{c|${change(leaf.change).text}}` };
}

function option(tree: MapTree, period: Period, palette: Palette, box: { width: number; height: number }) {
  const traded = tree.branches.reduce((sum, { volume }) => sum + volume, 0);
  const pixels = (volume: number) => (traded > 0 ? (volume / traded) * box.width * box.height : 0);
  return {
    animation: false,
    series: [
      {
        type: "treemap" as const,
        left: 0,
        right: 0,
        top: 0,
        bottom: 0,
        roam: false as const,
        nodeClick: false as const,
        breadcrumb: { show: false },
        squareRatio: 1.2,
        label: {
          show: true,
          position: "insideTopLeft" as const,
          color: palette.fg,
          fontFamily: FONT,
          fontSize: 11,
          lineHeight: 15,
          overflow: "truncate" as const,
          rich: { c: { color: palette.fg, fontSize: 11, lineHeight: 15 } },
        },
        upperLabel: {
          show: true,
          height: 20,
          color: palette["fg-2"],
          fontFamily: FONT,
          fontSize: 11,
          fontWeight: 600,
        },
        itemStyle: { borderColor: palette.panel, borderWidth: 1, gapWidth: 1 },
        emphasis: {
          itemStyle: { borderColor: palette.fg, borderWidth: 1 },
          label: { color: palette.fg },
          upperLabel: { color: palette.fg },
        },
        levels: [
          { itemStyle: { borderWidth: 0, gapWidth: 3 }, upperLabel: { show: false } },
          { itemStyle: { borderColor: palette.panel, borderWidth: 0, gapWidth: 1, color: palette.panel } },
          { itemStyle: { borderColor: palette.panel, borderWidth: 1 } },
        ],
        data: tree.branches.map((branch) => ({
          id: `category ${branch.category}`,
          name:
            pixels(branch.volume) < CATEGORY_VOLUME_PX2
              ? categoryLabel(branch.category)
              : `${categoryLabel(branch.category)}  ${money(branch.volume)}`,
          upperLabel: { show: true, formatter: pixels(branch.volume) < CATEGORY_PX2 ? " " : "{b}" },
          href: `/markets?category=${branch.category}`,
          value: branch.volume,
          children: branch.leaves.map((leaf) => ({
            id: leaf.market.market_id,
            name: leaf.market.group_title
              ? `${leaf.market.group_title} · ${leaf.market.event?.title ?? leaf.market.title}`
              : leaf.market.title,
            href: `/markets/${leaf.market.slug}`,
            value: leaf.volume,
            itemStyle: { color: colourOf(leaf, period, palette) },
            label: labelOf(leaf, pixels(leaf.volume)),
          })),
        })),
      },
    ],
  };
}

interface Pointed {
  data?: { id?: string; href?: string };
}

/** The map itself: this module and the library come in a chunk of their own. The list beside it says the same. */
export function Treemap({ tree, period, marked, onPoint }: TreemapProps) {
  const palette = usePalette();
  const box = useRef<HTMLDivElement>(null);
  const chart = useRef<EChartsType | null>(null);
  const [boxSize, setBoxSize] = useState({ width: 0, height: 0 });
  const pointTo = useRef(onPoint);
  useEffect(() => {
    pointTo.current = onPoint;
  });

  useEffect(() => {
    if (box.current === null) return;
    const drawn = init(box.current, null, { renderer: "canvas" });
    chart.current = drawn;
    drawn.on("click", (event) => {
      const href = (event as Pointed).data?.href;
      if (href) go(href);
    });
    drawn.on("mouseover", (event) => {
      const id = (event as Pointed).data?.id;
      pointTo.current(id === undefined || id.startsWith("category ") ? null : id);
    });
    drawn.on("globalout", () => pointTo.current(null));
    const resize = new ResizeObserver(() => {
      drawn.resize();
      setBoxSize((size) => {
        const next = { width: drawn.getWidth(), height: drawn.getHeight() };
        return size.width === next.width && size.height === next.height ? size : next;
      });
    });
    resize.observe(box.current);
    return () => {
      resize.disconnect();
      drawn.dispose();
      chart.current = null;
    };
  }, []);

  useEffect(() => {
    chart.current?.setOption(option(tree, period, palette, boxSize), { notMerge: true });
  }, [tree, period, palette, boxSize]);

  useEffect(() => {
    chart.current?.dispatchAction({ type: "downplay", seriesIndex: 0 });
    if (marked !== null)
      chart.current?.dispatchAction({ type: "highlight", seriesIndex: 0, targetNodeId: marked });
  }, [marked]);

  return <div className="treemap" ref={box} aria-hidden="true" />;
}
