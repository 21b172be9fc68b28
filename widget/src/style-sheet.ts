/** Style sheets of the bundle. */

import { unsafeCSS } from "lit";
import type { CSSResult } from "lit";

/** A style sheet, with the multiples of `--u` that `build.mjs` has shortened written out: `0.5u` is `calc(var(--u) * 0.5)`. */
export const styleSheet = (css: string): CSSResult =>
  unsafeCSS(css.replace(/(?<![\w-])(-?[\d.]+)u\b/g, "calc(var(--u) * $1)"));
