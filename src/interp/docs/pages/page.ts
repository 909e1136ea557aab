/** A document as data: sections of blocks, which one printer each turns into Markdown, LaTeX and HTML. */

/** A line of text with formulas and code in it. */
export type Line = readonly (string | { readonly math: string } | { readonly code: string })[]
/** A numbered step of an algorithm; `inner` are repeated or belong under it. */
export interface Step { readonly line: Line; readonly inner?: readonly Step[] }
/** A drawing in the form of each document. */
export interface Drawing { readonly svg: string; readonly mermaid: string; readonly picture: string; readonly caption: string }

export type Block =
  | { readonly kind: 'text'; readonly line: Line }
  /** Displayed formulas, one below the other. */
  | { readonly kind: 'formulas'; readonly formulas: readonly string[] }
  /** `right` are the columns of numbers. */
  | {
    readonly kind: 'table'
    readonly head: readonly string[]
    readonly rows: readonly (readonly Line[])[]
    readonly right: readonly number[]
  }
  | { readonly kind: 'algorithm'; readonly steps: readonly Step[] }
  | { readonly kind: 'drawing'; readonly drawing: Drawing }

export interface Section { readonly title: string; readonly blocks: readonly Block[] }
export interface Page { readonly title: string; readonly summary: string; readonly sections: readonly Section[] }

export const math = (latex: string): { readonly math: string } => ({ math: latex })
export const code = (text: string): { readonly code: string } => ({ code: text })
export const text = (...line: Line): Block => ({ kind: 'text', line })
export const table = (head: readonly string[], rows: readonly (readonly Line[])[], right: readonly number[] = []): Block =>
  ({ kind: 'table', head, rows, right })
