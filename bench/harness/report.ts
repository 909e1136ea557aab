/** What a report beside the table is: a question about compile time, growth or memory, answered in Markdown and as data. */

/** How a report is asked for. */
export interface Question {
  readonly engine: string
  readonly threads: number
  readonly peers?: readonly string[]
  readonly device: string
  readonly quick: boolean
  readonly say: (line: string) => void
}
export interface Answer { readonly name: string; readonly markdown: string; readonly data: unknown }
export type Report = (question: Question) => Promise<Answer>

/** A Markdown table. */
export const table = (heads: readonly string[], rows: readonly (readonly string[])[]): string =>
  [heads, heads.map(() => '---'), ...rows].map(cells => `| ${cells.join(' | ')} |`).join('\n')
