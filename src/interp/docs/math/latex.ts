/** Formulas as LaTeX: brackets where they are needed, and lines that break between terms. */
import { add, num, unsigned, type Expr, type Sym, type Term } from './expr.js'
import { operatorOf, type OperatorName } from './operators.js'

/** How tightly text binds: 1 a relation, 3 a sum, 5 a product, 7 a power, 9 a letter or a call. */
interface Text { readonly text: string; readonly binds: number }
const atom = (text: string): Text => ({ text, binds: 9 })

const tall = /\\frac|\\sum|\\prod|\\underbrace|\\begin|\\left|\\sqrt/
const pair = (open: string, x: string, close: string): string => tall.test(x) ? `\\left${open} ${x} \\right${close}` : `${open}${x}${close}`
const parens = (x: string): string => pair('(', x, ')')
const above = (t: Text, least: number): string => t.binds >= least ? t.text : parens(t.text)

const constants: readonly (readonly [number, string])[] = [
  [Math.PI, '\\pi'], [2 * Math.PI, '2\\pi'], [0.5 * Math.log(2 * Math.PI), '\\tfrac{1}{2}\\log 2\\pi'],
  [0.5 * (1 + Math.log(2 * Math.PI)), '\\tfrac{1}{2}\\log 2\\pi e'], [Math.SQRT1_2, '\\tfrac{1}{\\sqrt{2}}'], [Infinity, '\\infty'],
  [0.5, '\\tfrac{1}{2}'],
]
/** A setting as a person writes it: decimals stay decimals. */
export const showValue = (x: number): string => x === 0.5 ? '0.5' : showNumber(x)
/** A number within a formula. */
export const showNumber = (x: number): string => {
  if (x < 0) return `-${showNumber(-x)}`
  const known = constants.find(([value]) => value === x || Math.abs(value - x) < 1e-12)
  if (known) return known[1]
  if (Number.isNaN(x)) return '\\mathrm{NaN}'
  if (Number.isInteger(x) && x < 1e7) return `${x}`
  const [digits, exponent] = Number(x.toPrecision(6)).toExponential().split('e')
  if (Math.abs(Number(exponent)) < 4) return `${Number(x.toPrecision(6))}`
  return digits === '1' ? `10^{${Number(exponent)}}` : `${digits} \\cdot 10^{${Number(exponent)}}`
}

/** A symbol with further subscripts: into the braces that it ends with, where there are some. */
const withSubscript = (latex: string, subs: string): string => {
  const own = /^(.*)_(?:\{((?:[^{}]|\{[^{}]*\})*)\}|(\w))$/.exec(latex)
  if (own) return `${own[1]}_{${own[2] ?? own[3]},${subs}}`
  return /^[^()|]*(\\[A-Za-z]+|[A-Za-z]|\})'*$/.test(latex) ? `${latex}_{${subs}}` : `{${parens(latex)}}_{${subs}}`
}

/** The LaTeX of a symbol of steps at a step: `s_{t+1}` at 500 is `s_{501}`. */
const atStep = ({ latex, step = '' }: Sym, e: Expr): string => latex.replace(
  new RegExp(`_(?:\\{${step}(?:\\s*\\+\\s*(\\d+))?\\}|${step})(?![A-Za-z])`),
  (_, more: string | undefined) => `_{${latexOf(more === undefined ? e : add(e, num(Number(more))))}}`)

/** Functions whose argument needs no brackets when it is a letter or a call. */
const bare = new Set<OperatorName>(['log', 'sin', 'cos', 'not'])

const asFunction = (op: OperatorName, args: readonly Expr[], subs: readonly Expr[]): Text => {
  const { how, latex, close = '' } = operatorOf(op)
  const shown = args.map(show)
  const list = shown.map(a => a.text).join(', ')
  if (op === 'root') return atom(`\\sqrt{${list}}`)
  if (op === 'norm') return atom(`\\lVert ${list} \\rVert`)
  if (op === 'transpose') return { text: `${above(shown[0], 9)}^{\\top}`, binds: 7 }
  if (how === 'around')
    return atom(tall.test(list) && op !== 'floor' && op !== 'ceil' ? tallAround(latex, list, close) : `${latex}${list}${close}`)
  if (how === 'between') return { text: shown.map(a => above(a, 5)).join(` ${latex} `), binds: 5 }
  const name = subs.length > 0 ? `${latex}_{${subs.map(latexOf).join(',')}}` : latex
  if (op === 'dataLaw') return atom(name)
  if (op === 'bernoulli' || op === 'categorical') return atom(`${name}${pair('(', shown.map(a => a.text).join(';\\, '), ')')}`)
  if (op === 'divergence') return atom(`${name}${pair('(', shown.map(a => a.text).join(' \\,\\|\\, '), ')')}`)
  const simple = bare.has(op) && args.length === 1 && ['symbol', 'apply', 'function', 'subscript', 'number'].includes(args[0].kind)
  return simple ? { text: `${name} ${list}`, binds: 6 } : atom(`${name}${parens(list)}`)
}
const tallAround = (open: string, x: string, close: string): string =>
  open.endsWith('[') ? `${open.slice(0, -1)}\\left[ ${x} \\right]` : `\\left${open}${x} \\right${close}`

const argumentsOf = (e: Extract<Expr, { kind: 'apply' }>): string => {
  const args = e.args.map(latexOf)
  if (args.length === 0) return ''
  if (e.style === 'density' && args.length > 1) return pair('(', `${args[args.length - 1]} \\mid ${args.slice(0, -1).join(', ')}`, ')')
  return parens(args.join(', '))
}
const application = (e: Extract<Expr, { kind: 'apply' }>): Text => {
  if (e.style === 'norm') return atom(`\\lVert ${e.args.map(latexOf).join(', ')} \\rVert_{2}`)
  const of = e.of.map(latexOf)
  if (e.style === 'divergence') {
    const given = e.args.length > 0 ? `(\\cdot \\mid ${e.args.map(latexOf).join(', ')})` : ''
    return atom(`D_{\\mathrm{KL}}\\bigl(${of.map(p => `\\pi_{${p}}${given}`).join(' \\,\\|\\, ')}\\bigr)`)
  }
  return atom(`${of.length > 0 ? withSubscript(e.fn.latex, of.join(',')) : e.fn.latex}${argumentsOf(e)}`)
}

const sumOf = (terms: readonly Term[]): string => terms.map(({ minus, e }, i) =>
  `${minus ? '-' : i > 0 ? '+' : ''}${i > 0 ? ' ' : ''}${above(show(e), 4)}`).join(' ')

const signs = { beside: ' ', elementwise: ' \\odot ', convolution: ' \\ast ', transposedConvolution: ' \\ast^{\\top} ' } as const

const productOf = (factors: readonly Expr[], sign: keyof typeof signs): string => factors.map((f, i) => {
  const t = show(f)
  // The body of a big operator would swallow what follows.
  const other = f.kind === 'product' && f.sign !== 'beside'
  const text = t.binds < 5 || other || f.kind === 'big' && i < factors.length - 1 && f.op !== 'expectation' ? parens(t.text) : t.text
  const digits = i > 0 && /^[\d\\]?\d/.test(text) && sign === 'beside'
  if (i === 0) return text
  const afterNumber = i === 1 && factors[0].kind === 'number' && f.kind !== 'number'
  return `${digits ? ' \\cdot ' : afterNumber ? ' \\, ' : signs[sign]}${text}`
}).join('')

const bigOf = (e: Extract<Expr, { kind: 'big' }>): Text => {
  const { latex } = operatorOf(e.op)
  const below = e.below.map(latexOf).join(', ')
  const head = `${latex}${below === '' ? '' : `_{${below}}`}${e.above === undefined ? '' : `^{${e.above}}`}`
  const body = show(e.body)
  const [open, close] = tall.test(body.text) ? ['\\left[', '\\right]'] : ['\\bigl[', '\\bigr]']
  if (e.op === 'expectation') return atom(`${head}${open} ${body.text} ${close}`)
  return { text: `${head} ${above(body, 4)}`, binds: 4 }
}

/** One row a case; what is left over may have cases in turn. */
const casesOf = ({ when, then, otherwise }: Extract<Expr, { kind: 'cases' }>, word = 'if'): string[] => [
  `${latexOf(then)} & \\text{${word} } ${latexOf(when)}`,
  ...otherwise.kind === 'cases' ? casesOf(otherwise, 'else if') : [`${latexOf(otherwise)} & \\text{else}`],
]

const show = (e: Expr): Text => {
  switch (e.kind) {
    case 'number': return { text: showNumber(e.value), binds: e.value < 0 ? 3 : 9 }
    case 'symbol': return /[ |]/.test(e.sym.latex) && e.sym.latex.startsWith('\\log') ? { text: e.sym.latex, binds: 6 } : atom(e.sym.latex)
    case 'atStep': return atom(atStep(e.sym, e.step))
    case 'apply': return application(e)
    case 'sum': return { text: sumOf(e.terms), binds: 3 }
    case 'product': return { text: productOf(e.factors, e.sign), binds: 5 }
    case 'fraction': return { text: `\\frac{${latexOf(e.over)}}{${latexOf(e.under)}}`, binds: 6 }
    case 'power': return powerOf(e.base, e.exponent)
    case 'subscript': {
      const subs = e.subs.map(latexOf).join(',')
      return e.base.kind === 'symbol' || e.base.kind === 'atStep' ? atom(withSubscript(latexOf(e.base), subs))
        : atom(`${e.base.kind === 'apply' || e.base.kind === 'function' ? latexOf(e.base) : parens(latexOf(e.base))}_{${subs}}`)
    }
    case 'function': return asFunction(e.op, e.args, e.subs ?? [])
    case 'big': return bigOf(e)
    case 'relation': return { text: e.sides.map(s => above(show(s), 3)).join(` ${operatorOf(e.op).latex} `), binds: 1 }
    case 'elements': {
      const [first, ...rest] = e.indices.map(latexOf)
      const from = rest.length === 0 ? first : `(${[first, ...rest].join(', ')})`
      return atom(parens(`${from} \\mapsto ${latexOf(e.body)}`))
    }
    case 'cases': return atom(`\\begin{cases} ${casesOf(e).join(' \\\\ ')} \\end{cases}`)
    case 'gradient': return { text: `\\nabla_{${latexOf(e.by)}} ${above(show(e.of), 5)}`, binds: 6 }
    case 'brace': return { text: `\\underbrace{${latexOf(e.body)}}_{\\text{${e.label}}}`, binds: unsigned(e.body).minus ? 3 : 5 }
    case 'drawn': return { text: `${latexOf(e.sym)} \\sim ${latexOf(e.from)}`, binds: 1 }
  }
}

const powerOf = (base: Expr, exponent: Expr): Text => {
  const to = latexOf(exponent)
  const plain = base.kind === 'number' || base.kind === 'subscript' || base.kind === 'symbol' && !/[\^(|]/.test(base.sym.latex)
    || base.kind === 'function' && (base.op === 'norm' || base.op === 'absolute')
  if (base.kind === 'apply' && base.style === 'norm') return { text: `${latexOf(base).replace(/_\{2\}$/, '')}^{${to}}`, binds: 7 }
  return { text: `${plain ? latexOf(base) : parens(latexOf(base))}^{${to}}`, binds: 7 }
}

/** An expression as LaTeX. */
export const latexOf = (e: Expr): string => show(e).text

/** About how many letters wide a formula is. */
export const widthOf = (latex: string): number => latex
  .replace(/\\(left|right|bigl|bigr|operatorname|mathrm|mathbb|mathcal|text|underbrace|hat|tilde|bar|overline|tfrac|,)(?![a-z])/g, '')
  .replace(/_\{\\text\{[^}]*\}\}/g, '').replace(/\\frac\{[^{}]*\}/g, '').replace(/\\[a-zA-Z]+/g, 'x').replace(/[{}^_& ]/g, '').length

const widest = 68
/** The terms of a sum on lines of their own. */
const brokenTerms = (terms: readonly Term[]): string[] => terms.reduce<string[]>((lines, term, i) => {
  const text = i === 0 ? sumOf([term]) : sumOf([{ minus: false, e: { kind: 'number', value: 0 } }, term]).replace(/^0 /, '')
  const last = lines[lines.length - 1]
  return last !== undefined && widthOf(last) + widthOf(text) <= widest ? [...lines.slice(0, -1), `${last} ${text}`] : [...lines, text]
}, [])

/** `head e` in lines that align at the marks: a long sum, also one within an expectation, stands on several. */
export const linesOf = (head: string, e: Expr): string[] => {
  const whole = `${head} ${e.kind === 'relation' ? parens(latexOf(e)) : latexOf(e)}`
  const outer = unsigned(e)
  const inside = outer.e.kind === 'big' && outer.e.op === 'expectation' ? outer.e : undefined
  const body = inside ? inside.body : e
  if (widthOf(whole) <= widest + 12 || body.kind !== 'sum' || body.terms.length < 2) return [whole]
  const lines = brokenTerms(body.terms)
  if (lines.length < 2) return [whole]
  const opening = inside ? `${outer.minus ? '-' : ''}\\mathbb{E}_{${inside.below.map(latexOf).join(', ')}}\\Bigl[ ` : ''
  const closing = inside ? ' \\Bigr]' : ''
  return [`${head} ${opening}${lines[0]}`, ...lines.slice(1).map((l, i) => `& \\quad ${l}${i === lines.length - 2 ? closing : ''}`)]
}
/** Lines that align at their marks, as one displayed formula. */
export const aligned = (lines: readonly string[]): string =>
  lines.length === 1 ? lines[0].replace('&', '') : `\\begin{aligned}\n${lines.join(' \\\\\n')}\n\\end{aligned}`
