/** A program as JavaScript: written once, compiled by the machine that runs it, on arrays that are allocated once. */
import { sizeOf } from '../../../dsl/value.js'
import type { Program } from '../../engine.js'
import { concrete } from '../../program.js'
import { outside } from '../positions.js'
import { erf, roundHalfEven } from '../special.js'
import { allocate, arrayOf, dense, isWhole, type Data } from './buffers.js'
import { viewForm } from './forms.js'
import { fillBits, fillUniform } from './random.js'
import { rules } from './rules/index.js'
import { Code, Scope, type Step } from './scope.js'

/** A program's code with its memory: `run` computes the outputs' arrays from the inputs' arrays. */
export interface Generated {
  /** One array an input, which the caller fills. */
  readonly inputs: readonly Data[]
  /** One array an output, good until the next run; outputs that are the same share one. */
  readonly outputs: readonly Data[]
  readonly run: () => void
}

/** V8 leaves functions beyond 60 KB of bytecode to its interpreter: a long program is many functions. */
const longest = 12_000
/** Programs longer than this are not worth their compilation. */
const limit = 4_000_000

const printed = (steps: readonly Step[]): string[] => steps.map(s => {
  if (typeof s === 'string') return `{\n${s}\n}`
  const { counter: t, length, reverse } = s
  const head = reverse ? `let ${t}=${length - 1};${t}>=0;${t}--` : `let ${t}=0;${t}<${length};${t}++`
  return `for(${head}){\n${printed(s.steps).join('\n')}\n}`
})

const helpers = { erf, roundHalfEven, fillBits, fillUniform, outside }

/** The text of functions that run steps one after another; loops call functions of their own when their bodies are long. */
const functionsOf = (steps: readonly Step[]): string => {
  const made: string[] = []
  const body = (inside: readonly Step[], counters: readonly string[]): string => {
    const parts = inside.map(s => {
      const [text] = printed([s])
      if (typeof s === 'string' || text.length <= longest) return text
      const { counter: t } = s
      return printed([{ ...s, steps: [body(s.steps, [...counters, t])] }])[0]
    })
    const groups: string[][] = [[]]
    let size = 0
    for (const part of parts) {
      if (size > 0 && size + part.length > longest) { groups.push([]); size = 0 }
      groups[groups.length - 1].push(part)
      size += part.length
    }
    if (groups.length === 1) return groups[0].join('\n')
    return groups.map(g => {
      const name = `f${made.length}`
      made.push(`const ${name}=(${counters.join()})=>{\n${g.join('\n')}\n}`)
      return `${name}(${counters.join()})`
    }).join('\n')
  }
  const main = body(steps, [])
  return [...made, `return ()=>{\n${main}\n}`].join('\n')
}

/**
 * The program as a function, or null where it is too long, or where the environment refuses to make functions from text.
 */
export const generate = ({ inputs, outputs }: Program): Generated | null => {
  const code = new Code(), scope = new Scope(code, rules)
  const given = inputs.map(n => arrayOf(n.dtype, sizeOf(concrete(n))))
  inputs.forEach((n, i) => {
    scope.bind(n, viewForm(dense(code.buffer(given[i].length, n.dtype, given[i]), concrete(n))))
  })
  scope.lower(outputs)
  const results = outputs.map(n => {
    const form = scope.form(n)
    const own = form.view !== null && form.view.buf.data === null && isWhole(form.view)
    const view = own && form.view !== null ? form.view : scope.fresh(form)
    code.keep(view.buf)
    if (!own) scope.bind(n, viewForm(view))
    return view.buf
  })
  const arrays = allocate(code.bufs)
  const text = ['"use strict"', `const [${code.bufs.map(b => b.name).join()}]=arrays,{${Object.keys(helpers).join()}}=helpers`,
    functionsOf(code.program)].join('\n')
  if (text.length > limit) return null
  const make = functionFrom(text)
  if (make === null) return null
  const run = make(code.bufs.map(b => arrays.get(b.name) as Data), helpers, code.calls)
  return { inputs: given, outputs: results.map(b => arrays.get(b.name) as Data), run }
}

type Make = (arrays: readonly Data[], given: typeof helpers, calls: Code['calls']) => () => void
/** Null where functions may not be made from text, as under a content security policy. */
const functionFrom = (text: string): Make | null => {
  try {
    // The text is made here, of numbers and names of its own.
    return new Function('arrays', 'helpers', 'calls', text) as Make
  } catch (e) {
    if (e instanceof EvalError) return null
    throw e
  }
}
