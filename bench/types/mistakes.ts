/** The same mistakes in every library that gives tensors types: which of them its types catch, and what is said first. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { compile, compilers, diagnosticsIn, root, type Compiler } from '../../test/types/harness/compile.js'

/** A library: what stands before the mistakes, and each mistake in its words; absent is what is none there, or cannot be said. */
interface Library {
  readonly name: string
  readonly folder: string
  readonly head: string
  readonly mistakes: Readonly<Record<string, string>>
}

const peers = join(root, 'bench', 'types', 'peers')
export const libraries: readonly Library[] = [
  {
    name: 'typegrad', folder: join(root, '.cache'),
    head: `import { add, concat, exp, f32, grad, i32, matmul, reshape, square, conv2d, type Tensor } from 'typegrad'`,
    mistakes: {
      'inner dimensions of a product': 'matmul(f32(2, 3), f32(4, 5))',
      'shapes of a sum': 'add(f32(2, 3), f32(2, 4))',
      'a bias of the wrong size': 'add(f32(2, 3), f32(4))',
      'elements of a reshape': 'reshape(f32(2, 3), [4, 2])',
      'widths of a concat': 'concat([f32(2, 3), f32(2, 4)], 0)',
      'a matrix where images belong': 'conv2d(f32(2, 3), f32(3, 3, 1, 8))',
      'the exponential of integers': 'exp(i32(2))',
      'the gradient of what is no scalar': 'grad((x: Tensor<[3]>) => square(x))(f32(3))',
      'a result of another shape than is said': 'export const y: Tensor<[2, 4]> = matmul(f32(2, 3), f32(3, 5))',
    },
  },
  {
    name: '@tensorflow/tfjs-core', folder: peers,
    head: `import * as tf from '@tensorflow/tfjs-core'
const f = (r: number, c: number): tf.Tensor2D => tf.zeros([r, c])`,
    mistakes: {
      'inner dimensions of a product': 'tf.matMul(f(2, 3), f(4, 5))',
      'shapes of a sum': 'tf.add(f(2, 3), f(2, 4))',
      'a bias of the wrong size': 'tf.add(f(2, 3), tf.zeros([4]))',
      'elements of a reshape': 'tf.reshape(f(2, 3), [4, 2])',
      'widths of a concat': 'tf.concat([f(2, 3), f(2, 4)], 0)',
      'a matrix where images belong': 'tf.conv2d(f(2, 3), tf.zeros<tf.Rank.R4>([3, 3, 1, 8]), 1, "same")',
      'the gradient of what is no scalar': 'tf.grad(x => tf.square(x))(tf.zeros([3]))',
    },
  },
  {
    name: '@jax-js/jax', folder: peers,
    head: `import { grad, numpy as np } from '@jax-js/jax'`,
    mistakes: {
      'inner dimensions of a product': 'np.matmul(np.zeros([2, 3]), np.zeros([4, 5]))',
      'shapes of a sum': 'np.add(np.zeros([2, 3]), np.zeros([2, 4]))',
      'a bias of the wrong size': 'np.add(np.zeros([2, 3]), np.zeros([4]))',
      'elements of a reshape': 'np.reshape(np.zeros([2, 3]), [4, 2])',
      'widths of a concat': 'np.concatenate([np.zeros([2, 3]), np.zeros([2, 4])], 0)',
      'the gradient of what is no scalar': 'grad((x: np.Array) => np.square(x))(np.zeros([3]))',
    },
  },
]

/** The first line of each compiler, or null where it accepts the mistake; undefined where it is none or cannot be said. */
export type Verdict = Readonly<Record<Compiler, string | null>> | undefined
export interface Verdicts { readonly library: string; readonly said: Readonly<Record<string, Verdict>> }

export const mistakeNames: readonly string[] = Object.keys(libraries[0].mistakes)

/** Compiles the mistakes of a library, one a line; null when it is not installed. */
export const verdictsOf = async ({ name, folder, head, mistakes }: Library): Promise<Verdicts | null> => {
  mkdirSync(folder, { recursive: true })
  const place = mkdtempSync(join(folder, '.mistakes-'))
  try {
    const file = join(place, 'mistakes.mts')
    const first = head.split('\n').length + 1
    const names = Object.keys(mistakes)
    writeFileSync(file, `${head}\n${names.map(n => mistakes[n]).join('\n')}\nexport {}\n`)
    const answers = await Promise.all(compilers.map(async c => [c, diagnosticsIn(await compile(c, [file]))
      .filter(d => d.file.endsWith('mistakes.mts'))] as const))
    const outside = answers.flatMap(([, ds]) => ds).find(d => d.line < first)
    if (outside?.code === 'TS2307') return null
    if (outside) throw new Error(`${name}: ${outside.text}`)
    return { library: name, said: Object.fromEntries(mistakeNames.map(m => [m, !(m in mistakes) ? undefined : Object.fromEntries(
      answers.map(([c, ds]) => [c, ds.find(d => d.line === first + names.indexOf(m))?.text ?? null])) as unknown as Verdict])) }
  } finally {
    rmSync(place, { recursive: true, force: true })
  }
}
