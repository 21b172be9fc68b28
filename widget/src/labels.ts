/** The widget's labels. They are in data/wording and come from the server; a few that are needed before are built in. */

import core from "lotse:core-labels";
import type reference from "../labels/de.json";

export type LabelKey = keyof typeof reference;
export type Labels = (key: LabelKey, values?: Record<string, string | number>) => string;

/** The languages that the widget has labels for. */
export const LANGUAGES: readonly string[] = Object.keys(core);

/** Replace `{name}` in a sentence by values. */
export function fill(sentence: string, values: Record<string, string | number> = {}): string {
  return sentence.replace(/\{(\w+)\}/g, (place, name: string) => String(values[name] ?? place));
}

/** Labels from the server's table; a missing one falls back to the built-in label, then to an empty text. */
export function labelsFrom(table: unknown, language: string): Labels {
  const given = (typeof table === "object" && table !== null ? table : {}) as Record<string, unknown>;
  const builtIn: Record<string, string> = core[language] ?? core["de"] ?? {};
  return (key, values) => {
    const sentence = given[key];
    return fill(typeof sentence === "string" ? sentence : (builtIn[key] ?? ""), values);
  };
}

/** “1 source”, “4 sources”. */
export function count(labels: Labels, noun: "sources_count" | "points_count" | "choices_count", number: number): string {
  return number === 1 ? labels(`${noun}_one`) : labels(`${noun}_many`, { count: number });
}
