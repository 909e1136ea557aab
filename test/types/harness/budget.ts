/** Measures what a call costs the type checker: instantiations, by TypeScript 6 in this process, where parsed files are shared. */
import { dirname, join } from 'node:path'
import ts from 'typescript'
import { root, typesFolder } from './compile.js'
import { calls } from './ops.js'

/** Distinct calls that are averaged over. */
export const callCount = 50

const head = `import * as t from '../../src/dsl/ops/index.js'
import { define } from '../../src/dsl/define/define.js'
import { linear } from '../../src/dsl/define/layers.js'
import { seq } from '../../src/dsl/define/seq.js'
import { grad } from '../../src/dsl/transform/grad.js'
import { scan } from '../../src/dsl/transform/scan.js'
import type { Tensor } from '../../src/dsl/tensor.js'
`

const options: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2022, lib: ['lib.es2023.d.ts'], module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
  strict: true, noEmit: true, skipLibCheck: true, types: [],
}

/** Programs of one virtual file beside the sources; every real file is read and parsed once. */
const makeChecker = (): (text: string) => { instantiations: number; errors: readonly string[] } => {
  const file = join(typesFolder, 'budget-program.ts')
  const host = ts.createCompilerHost(options, true)
  const parsed = new Map<string, ts.SourceFile | undefined>()
  const { getSourceFile, fileExists } = host
  let text = ''
  host.fileExists = path => path === file || fileExists(path)
  host.getSourceFile = (path, version, ...rest) => {
    if (path === file) return ts.createSourceFile(path, text, version, true)
    if (!parsed.has(path)) parsed.set(path, getSourceFile(path, version, ...rest))
    return parsed.get(path)
  }
  host.getCurrentDirectory = () => dirname(file)
  return program => {
    text = program
    const made = ts.createProgram([file], options, host)
    const source = made.getSourceFile(file)
    const errors = made.getSemanticDiagnostics(source).map(d => ts.flattenDiagnosticMessageText(d.messageText, '\\n'))
    return { instantiations: (made as ts.Program & { getInstantiationCount(): number }).getInstantiationCount(), errors }
  }
}

const namesUsed = (text: string): string[] => [...new Set(text.match(/[A-Za-z_$][\w$]*/g) ?? [])]
const opNames = (): Promise<ReadonlySet<string>> => import('../../../src/dsl/ops/index.js').then(ops => new Set(Object.keys(ops)))

export interface Cost { readonly op: string; readonly instantiations: number; readonly errors: readonly string[] }

/** Instantiations a call of each op, its inputs included. */
export const measureCosts = async (): Promise<Cost[]> => {
  const check = makeChecker()
  const exported = await opNames()
  const programs = Object.entries(calls).map(([op, make]): readonly [string, string] =>
    [op, Array.from({ length: callCount }, (_, i) => make(i)).map(({ inputs, call }) => `${inputs}\n${call}\n`).join('')])
  const named = namesUsed(programs.map(([, text]) => text).join('')).filter(name => exported.has(name))
  // The set-up is in every program: what it costs is not the calls'.
  const setUp = `${head}const { ${[...new Set([...named, 'f32', 'add', 'matmul'])].join(', ')} } = t
const affine = define({ w: f32('I', 'O'), b: f32('O') }, (p, x: Tensor<['B', 'I']>) => add(matmul(x, p.w), p.b))
`
  const base = check(setUp).instantiations
  return programs.map(([op, text]) => {
    const { instantiations, errors } = check(setUp + text)
    return { op, instantiations: Math.round((instantiations - base) / callCount), errors }
  })
}

/** Instantiations of a whole program. */
export const measureProgram = (text: string): { instantiations: number; errors: readonly string[] } => makeChecker()(text)

const importsOf = (folder: string): string => `import { add, einsum, f32, matmul, rearrange, relu, softmax } from '${folder}/ops/index.js'
import { define } from '${folder}/define/define.js'
import type { Tensor } from '${folder}/tensor.js'
`
const sources = join(root, 'src', 'dsl')

/** The body of a transformer block over `x`, whose weights are called `w`. */
const block = (x: string, weights: string): string => `
  const split = (t: Tensor<['B', 'T', 768]>) => rearrange(t, 'b t (h d) -> b h t d', { h: 12 })
  const q = split(matmul(${x}, ${weights}.q)), k = split(matmul(${x}, ${weights}.k)), v = split(matmul(${x}, ${weights}.v))
  const attention = softmax(einsum('bhqd,bhkd->bhqk', q, k), -1)
  const heads = rearrange(einsum('bhqk,bhkd->bhqd', attention, v), 'b h t d -> b t (h d)')
  const residual = add(${x}, matmul(heads, ${weights}.o))
  const hidden = relu(add(matmul(residual, ${weights}.up), ${weights}.bias))
  return add(residual, matmul(hidden, ${weights}.down))`
const weightsOf = (width: string): string => `{
  q: f32(768, 768), k: f32(768, 768), v: f32(768, 768), o: f32(768, 768),
  up: f32(768, ${width}), bias: f32(${width}), down: f32(${width}, 768),
}`

/** So many transformer blocks written out, each of a width of its own. */
export const blocksWrittenOut = (blocks: number): string => `${importsOf(sources)}
const x0 = f32('B', 'T', 768)
${Array.from({ length: blocks }, (_, i) => `const w${i} = ${weightsOf(`${3072 + i}`)}
const block${i} = (x: Tensor<['B', 'T', 768]>) => {${block('x', `w${i}`)}
}
const x${i + 1} = block${i}(x${i})`).join('\n')}
export const y: Tensor<['B', 'T', 768]> = x${blocks}
`

/** One block defined with symbols, and applied so many times. */
export const blocksApplied = (times: number): string => `${importsOf(sources)}
const block = define(${weightsOf("'H'")}, (p, x: Tensor<['B', 'T', 768]>) => {${block('x', 'p')}
})
const w = ${weightsOf('3072')}
const x0 = f32('N', 128, 768)
${Array.from({ length: times }, (_, i) => `const x${i + 1} = block(w, x${i})`).join('\n')}
export const y: Tensor<['N', 128, 768]> = x${times}
`
