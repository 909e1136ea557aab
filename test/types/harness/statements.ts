/** Finds the mistakes in the text of a file, and the sentence in a diagnostic. */

export interface Statement {
  readonly name: string
  /** First and last line, from 1. */
  readonly from: number
  readonly to: number
  /** Where the token after the marker stands. */
  readonly culprit: { readonly line: number; readonly column: number } | undefined
}

const opening = /^(?:mistake(?:\.runs)?|typeOnly)\((['"`])(.*?)\1/
const marker = '/*!*/'

/** The statements of a file; each runs to the last line before a blank line or the next statement. */
export const statementsOf = (text: string): Statement[] => {
  const lines = text.split('\n')
  return lines.flatMap((line, i) => {
    const match = opening.exec(line)
    if (!match) return []
    let last = i
    while (last + 1 < lines.length && /^\s+\S/.test(lines[last + 1])) last++
    return [{ name: match[2], from: i + 1, to: last + 1, culprit: markerIn(lines, i, last) }]
  })
}

const markerIn = (lines: readonly string[], from: number, to: number): Statement['culprit'] => {
  for (let i = from; i <= to; i++) {
    const at = lines[i].indexOf(marker)
    if (at < 0) continue
    const after = lines[i].slice(at + marker.length)
    return { line: i + 1, column: at + marker.length + after.length - after.trimStart().length + 1 }
  }
  return undefined
}

/** The sentence that a diagnostic carries: the message as a string literal type, or the compiler's whole text when there is none. */
export const sentenceIn = (text: string): string => {
  const literal = /(?:'|& )("(?:[^"\\]|\\.)*")'\.$/.exec(text)
  return literal ? JSON.parse(literal[1]) as string : text
}
