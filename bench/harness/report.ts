/** What a report beside the table is: a question about compile time, growth or memory, answered in Markdown and as data. */

/** What a workload and a report are told alike. */
export interface Setting {
  readonly engine: string
  readonly threads: number
  /** Peers by name or `name:variant`; all when absent. */
  readonly peers?: readonly string[]
  /** Minutes after which a peer that gives no answer is ended; 15 when absent. */
  readonly patience?: number
  /** `cpu` or `cuda`. */
  readonly device: string
  readonly say: (line: string) => void
}
/** How a report is asked for. */
export interface Question extends Setting { readonly quick: boolean }
export interface Answer { readonly name: string; readonly markdown: string; readonly data: unknown }
export type Report = (question: Question) => Promise<Answer>
