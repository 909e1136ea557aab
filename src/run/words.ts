/** Help with misspelt names. */

/** The number of single-letter edits between two words (Damerau-Levenshtein, adjacent swaps count one). */
export const editDistance = (a: string, b: string): number => {
  const d = Array.from({ length: a.length + 1 }, (_, i) => Array.from({ length: b.length + 1 }, (_, j) => i === 0 ? j : j === 0 ? i : 0))
  for (let i = 1; i <= a.length; i++) {
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1
      d[i][j] = Math.min(d[i - 1][j] + 1, d[i][j - 1] + 1, d[i - 1][j - 1] + same)
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
      if (swapped) d[i][j] = Math.min(d[i][j], d[i - 2][j - 2] + 1)
    }
  }
  return d[a.length][b.length]
}

/** The names that a misspelt one may mean, nearest first, at most three. */
export const nearestNames = (word: string, names: readonly string[]): readonly string[] => names
  .map(name => ({ name, far: name.startsWith(word) || word.startsWith(name) ? 0.5 : editDistance(word.toLowerCase(), name.toLowerCase()) }))
  .filter(({ far }) => far <= Math.max(1, word.length / 2.5))
  .sort((a, b) => a.far - b.far).slice(0, 3).map(({ name }) => name)

/** ` Did you mean lr?`, or nothing when no name is near. */
export const nearest = (word: string, names: readonly string[]): string => {
  const near = nearestNames(word, names)
  return near.length > 0 ? ` Did you mean ${near.join(' or ')}?` : ''
}
