/** Names as symbols: Greek letters, accents and subscripts of names become LaTeX; whole words stand upright. */

const greek: Readonly<Record<string, string>> = {
  α: 'alpha', β: 'beta', γ: 'gamma', δ: 'delta', ε: 'varepsilon', ϵ: 'epsilon', ζ: 'zeta', η: 'eta', θ: 'theta', ι: 'iota', κ: 'kappa',
  λ: 'lambda', μ: 'mu', µ: 'mu', ν: 'nu', ξ: 'xi', π: 'pi', ρ: 'rho', σ: 'sigma', τ: 'tau', υ: 'upsilon', φ: 'varphi', ϕ: 'phi', χ: 'chi',
  ψ: 'psi', ω: 'omega', Γ: 'Gamma', Δ: 'Delta', Θ: 'Theta', Λ: 'Lambda', Ξ: 'Xi', Π: 'Pi', Σ: 'Sigma', Φ: 'Phi', Ψ: 'Psi', Ω: 'Omega',
  ℓ: 'ell', '∇': 'nabla', '∂': 'partial', '‖': 'Vert', '≤': 'le', '≥': 'ge', '×': 'times', '·': 'cdot', '→': 'to',
  '∞': 'infty', '←': 'leftarrow', '≈': 'approx', '±': 'pm', '√': 'surd',
  '∈': 'in', '∼': 'sim', '−': '-', '…': 'dots', 'ᵀ': 'top', '′': 'prime', '½': 'tfrac12',
}
const accents: Readonly<Record<string, string>> = {
  '\u0302': 'hat', '\u0303': 'tilde', '\u0304': 'bar', '\u0305': 'bar', '\u0307': 'dot', '\u20d7': 'vec',
}
const subscripts: Readonly<Record<string, string>> = Object.fromEntries([...'₀₁₂₃₄₅₆₇₈₉'].map((c, i) => [c, `${i}`]))
const superscripts: Readonly<Record<string, string>> = Object.fromEntries([...'⁰¹²³⁴⁵⁶⁷⁸⁹'].map((c, i) => [c, `${i}`]))

const escapes: Readonly<Record<string, string>> = {
  '\\': '\\textbackslash{}', '{': '\\{', '}': '\\}', $: '\\$', '&': '\\&', '#': '\\#', _: '\\_', '%': '\\%', '^': '\\textasciicircum{}',
  '~': '\\textasciitilde{}', '<': '\\textless{}', '>': '\\textgreater{}', '|': '\\textbar{}', '"': "''",
}
const sign = (c: string): string => c === '−' ? '-' : `\\${greek[c]}`

/** Letters with what is written over them, one by one. */
const lettersOf = (s: string): string[] => s.normalize('NFD').match(/\P{M}\p{M}*/gu) ?? []
const letter = (c: string): string => {
  const [base, ...marks] = c
  const plain = base in greek ? sign(base) : base
  return marks.reduce((x, m) => m in accents ? `\\${accents[m]}{${x}}` : x, plain)
}

/** Text for LaTeX's text mode: what a font may lack becomes a formula. */
export const texOfText = (s: string): string => lettersOf(s).map(c => {
  if (c in escapes) return escapes[c]
  if (c in subscripts) return `$_${subscripts[c]}$`
  if (c in superscripts) return `$^${superscripts[c]}$`
  if ([...c].some(m => m in accents) || c in greek) return `$${letter(c)}$`
  const whole = c.normalize('NFC')
  return /^[ -~\u00c0-\u00ff\n]$/.test(whole) ? whole : /\s/.test(c) ? ' ' : '?'
}).join('')

/** Upright text within a formula; what has no letter is `unnamed`, for an accent or a font of nothing would be invisible. */
export const upright = (words: string): string => lettersOf(words).length === 0 ? '\\mathrm{unnamed}'
  : /^[A-Za-z0-9]+$/.test(words) ? `\\mathrm{${words}}`
  : `\\text{${lettersOf(words).map(c => c in escapes ? escapes[c] : c in greek || c.length > 1 ? `$${letter(c)}$` : c).join('')}}`

const word = (w: string): string => {
  const letters = lettersOf(w)
  const bare = letters.length === 1 || letters.length === 2 && (letters[1] === "'" || letters[1] === '′')
  if (bare) return letters.map(c => c === '′' ? "'" : letter(c)).join('')
  if (/^\d+$/.test(w)) return w
  const numbered = /^(.)(\d+)$/u.exec(w)
  if (numbered) return `${letter(numbered[1])}_{${numbered[2]}}`
  if (letters.every(c => c in subscripts || c === letters[0])) {
    const digits = letters.slice(1).map(c => subscripts[c] ?? '').join('')
    if (digits !== '') return `${letter(letters[0])}_{${digits}}`
  }
  return upright(w)
}

/** A name as a symbol: `z_e` is z with the subscript e, `x̂` has a hat, `β` is Greek, `logits` is upright. */
export const latexOfName = (name: string): string => {
  const [head, ...rest] = name.split(/[_.]/).filter(s => s !== '')
  if (head === undefined) return upright(name)
  if (/[\s()|<>=+,]/.test(name)) return upright(name)
  return rest.length === 0 ? word(head) : `${subscriptable(word(head))}_{${rest.map(word).join(',')}}`
}
/** A symbol that has a subscript already takes another only in braces. */
export const subscriptable = (latex: string): string => /[_']/.test(latex) ? `{${latex}}` : latex
