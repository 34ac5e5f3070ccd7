import { useSyncExternalStore } from "react";
import { type Density, display } from "./display.ts";
import { useStore } from "./store.ts";

/** The width at which tables become two-line rows and the rail a bottom bar; the stylesheet has the same number. */
const PHONE = "(max-width: 720px)";

/** Heights of the stylesheet's `--row`, which the virtual table must know in pixels. */
const ROW_PX: Record<Density, number> = { compact: 25, default: 30, comfortable: 38 };
const PHONE_ROW_PX = 58;

const phone = window.matchMedia(PHONE);

function subscribeToPhone(listener: () => void): () => void {
  phone.addEventListener("change", listener);
  return () => phone.removeEventListener("change", listener);
}

export function usePhone(): boolean {
  return useSyncExternalStore(subscribeToPhone, () => phone.matches);
}

export function useRowHeight(): { rowPx: number; hasHeader: boolean } {
  const { density } = useStore(display);
  const isPhone = usePhone();
  return isPhone ? { rowPx: PHONE_ROW_PX, hasHeader: false } : { rowPx: ROW_PX[density], hasHeader: true };
}
