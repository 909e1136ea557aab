/** The algorithm box: what one training step does, in the order in which it does it. */
import { reachable, type Node } from '../../dsl/core/node.js'
import type { NodeOf } from '../../dsl/core/table.js'
import { leavesOf } from '../../dsl/core/trees.js'
import type { Described, Objective, Statement } from '../../dsl/statement.js'
import type { Mathematics } from './formulas.js'
import { latexOfName } from './latex/letters.js'
import type { Sym } from './math/expr.js'
import { showValue } from './math/latex.js'
import { valuesOf } from './read/facts.js'
import { isLarge, sourceOf } from './read/symbols.js'
import { code, math, type Block, type Line, type Step } from './pages/page.js'

const settingName: Readonly<Record<string, string>> = {
  learningRate: '\\eta', beta1: '\\beta_{1}', beta2: '\\beta_{2}', epsilon: '\\epsilon', decay: '\\rho', momentum: '\\mu',
}
const settingsOf = ({ settings }: Described): Line => Object.entries(settings).flatMap(([key, value], i): Line => {
  const before = i === 0 ? ' (' : ', '
  const name = settingName[key]
  const shown: Line = name !== undefined && typeof value === 'number' ? [math(`${name} = ${showValue(value)}`)]
    : name !== undefined ? [math(name), ` = ${value}`] : [`${key.replace(/([A-Z])/g, ' $1').toLowerCase()} ${value}`]
  return [before, ...shown]
}).concat(Object.keys(settings).length > 0 ? [')'] : [])

const listed = (latex: readonly string[]): Line => latex.flatMap((x, i): Line => [...i > 0 ? [', '] : [], math(x)])

/** What the data and the noise of an update are. */
const drawStep = ({ symbols }: Mathematics, statement: Statement): Step[] => {
  const read = new Set(reachable(valuesOf(statement)))
  const used = (role: Sym['role']): string[] =>
    symbols.filter(s => s.role === role && s.node !== undefined && read.has(s.node)).map(s => s.latex)
  const [data, noise] = [used('data'), used('noise')]
  const line: Line = [
    ...data.length > 0 ? ['Take a minibatch ', ...listed(data)] : [],
    ...noise.length > 0 ? [data.length > 0 ? ' and draw ' : 'Draw ', ...listed(noise)] : [], '.',
  ]
  return data.length + noise.length > 0 ? [{ line }] : []
}

/** Loops that are only named, as an environment's: every player learns from what they give. */
const playStep = ({ symbols, known }: Mathematics, statement: Statement): Step[] => {
  const loops = [...new Set(symbols.flatMap(s => s.node?.op === 'named' ? loopOf(s.node) ?? [] : []))]
  const read = statement.objectives.map(o => new Set(reachable(valuesOf({ ...statement, objectives: [o] }))))
  // A player of a game with a batch draws for itself.
  if (known.data.length > 0) return []
  return loops.filter(loop => read.every(nodes => nodes.has(loop))).map(loop => ({
    line: [`Run the loop of ${loop.attrs.length} steps, which gives `,
      ...listed(symbols.filter(s => s.node?.op === 'named' && loopOf(s.node) === loop).map(s => s.latex)), '.'],
  }))
}
/** A large loop of which a name is a result, also by another name. */
const loopOf = (n: Node): NodeOf<'scan'> | null => {
  const source = sourceOf(n.inputs[0])
  if (source.op === 'named') return loopOf(source)
  return source.op === 'project' && isLarge(source.inputs[0]) ? source.inputs[0] as NodeOf<'scan'> : null
}

/** The state that no gradient moves takes its next value, leaf by leaf. */
const carryStep = ({ aux }: Statement, { carried }: Mathematics): Step[] => {
  const leaves = leavesOf<Node>(aux)
  if (leaves.length === 0) return []
  const lines = new Map(carried.map(f => [f.defines?.node, f.latex]))
  const named = leaves.flatMap(({ leaf, path }): Line[] => lines.has(leaf) || path === '' ? [] : [[code(path)]])
  const rest: Line = named.flatMap((p, i): Line => [i > 0 ? ', ' : ': ', ...p])
  if (carried.length === 0) return [{ line: ['The carried state takes its next value', ...rest, '.'] }]
  return [{
    line: ['The carried state takes its next value, from what the step began with:'],
    inner: [
      ...carried.map((f): Step => ({ line: [math(f.latex), '.'] })),
      ...named.length > 0 ? [{ line: ['Beside them', ...rest, '.'] }] : [],
    ],
  }]
}

const number = (d: Described, key: string): string => showValue(Number(d.settings[key]))
const bounds = (c: number): string => `-${showValue(c)}, ${showValue(c)}`

const optimiserSteps = (o: Objective, theta: string): Step[] => {
  const parts = o.optimiser?.parts ?? (o.optimiser ? [o.optimiser] : [])
  const ascends = o.sense === 'maximise'
  const gradient: Step = {
    line: [math(`g \\leftarrow ${ascends ? '-' : ''}\\nabla_{${theta}} \\mathcal{L}`), ', everything else held fixed.'],
  }
  const steps = parts.map((p): Step => {
    if (p.name === 'clip by global norm')
      return { line: ['Scale the gradient down: ', math(`g \\leftarrow g \\,\\min(1, ${number(p, 'norm')} / \\lVert g \\rVert)`), '.'] }
    if (p.name === 'clip by value')
      return { line: ['Bring every element of the gradient into ', math(`[-${number(p, 'bound')}, ${number(p, 'bound')}]`), '.'] }
    if (p.name === 'moving average of the parameters') {
      const decay = number(p, 'decay')
      return { line: ['Average the parameters: ',
        math(`\\bar{${theta}} \\leftarrow ${decay} \\, \\bar{${theta}} + (1 - ${decay}) \\, ${theta}`), '.'] }
    }
    if ('learningRate' in p.settings)
      return { line: [math(`${theta} \\leftarrow ${theta} - \\mathrm{${latexWord(p.name)}}(g)`), `: ${p.name}`, ...settingsOf(p), '.'] }
    return { line: [`Apply ${p.name}`, ...settingsOf(p), '.'] }
  })
  const descend: Step[] = parts.length === 0 ? [{ line: [math(`${theta} \\leftarrow ${theta} - \\eta\\, g`), '.'] }] : []
  return [gradient, ...steps, ...descend]
}
const latexWord = (name: string): string => /^[A-Za-z]+$/.test(name) ? name : 'step'

/** The natural gradient within a trust region, step by step; any other solver by its name. */
const solverSteps = (o: Objective, solver: Described, theta: string, delta: string, { symbols }: Mathematics): Step[] => {
  if (!['conjugateGradientSteps', 'damping', 'backtrack', 'backtracks'].every(k => k in solver.settings))
    return [{ line: [`Solve the problem by ${solver.name}`, ...settingsOf(solver), '.'] }]
  const old = `${theta}_{\\mathrm{old}}`
  // The state may be s, and a value function v.
  const taken = new Set(symbols.map(s => s.latex.split('_')[0]))
  const free = (...letters: readonly string[]): string => letters.find(l => !taken.has(l)) ?? `{${letters[0]}}'`
  const [v, s] = [free('v', 'u', 'w', 'x'), free('s', 'd', '\\Delta')]
  const [damping, factor] = [number(solver, 'damping'), number(solver, 'backtrack')]
  const divergence = latexOfName(o.constraints.flatMap(c => c.kind === 'atMost' ? [c.name] : [])[0] ?? 'KL')
  return [
    { line: [math(`g \\leftarrow \\nabla_{${theta}} \\mathcal{L}`), ' at ', math(`${theta} = ${old}`), '.'] },
    { line: ['Solve ', math(`(F + ${damping}\\, I)\\, ${v} = g`),
      ` by ${number(solver, 'conjugateGradientSteps')} steps of conjugate gradients, with products `,
      math(`F ${v} = \\nabla_{${theta}} (\\nabla_{${theta}} ${divergence} \\cdot ${v})`), '.'] },
    { line: [math(`${s} \\leftarrow \\sqrt{2 ${delta} / ${v}^{\\top} (F + ${damping}\\, I)\\, ${v}}\\; ${v}`), '.'] },
    { line: ['Line search: for ', math(`j = 0, \\dots, ${Number(solver.settings.backtracks) - 1}`), ' try ',
      math(`${theta} \\leftarrow ${old} + ${factor}^{j} ${s}`), ' and keep the first with ', math(`${divergence} \\le ${delta}`),
      ' and a better ', math('\\mathcal{L}'), '; where there is none, ', math(`${theta} \\leftarrow ${old}`), '.'] },
  ]
}

/** One training step of a statement. */
export const algorithm = (statement: Statement, mathematics: Mathematics): Block[] => {
  const { objectives } = statement
  const several = objectives.length > 1
  const bound = (latex: string): string => mathematics.symbols.find(s => s.role === 'constant' && s.latex.startsWith(latex))?.latex ?? latex
  const player = (o: Objective): Step[] => {
    const theta = mathematics.parameters.ownerOf(o).latex
    const update = o.solver ? solverSteps(o, o.solver, theta, bound('\\delta'), mathematics) : optimiserSteps(o, theta)
    const clipped = o.constraints.flatMap((c): Step[] => c.kind === 'clip'
      ? [{ line: ['Clip every parameter: ', math(`${theta} \\leftarrow \\operatorname{clip}(${theta}, ${bounds(c.bound)})`), '.'] }] : [])
    const one = [...drawStep(mathematics, { ...statement, objectives: [o] }), ...update, ...clipped]
    if (!several) return one
    const verb = o.sense === 'maximise' ? 'raises' : 'lowers'
    return [{ line: [`${o.player} ${verb} its objective by moving `, math(theta), o.steps > 1 ? `, ${o.steps} times:` : ':'], inner: one }]
  }
  const inner = [...playStep(mathematics, statement), ...objectives.flatMap(player), ...carryStep(statement, mathematics)]
  return [{ kind: 'algorithm', steps: [{ line: ['Repeat, until training ends:'], inner }] }]
}
