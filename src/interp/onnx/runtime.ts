/** ONNX Runtime, loaded when it is first needed: it is a native library, and a program that never trains need not have it. */
import { createRequire } from 'node:module'
import type * as Ort from 'onnxruntime-node'
import type { InferenceSession, Tensor } from 'onnxruntime-node'
import { TypegradError } from '../../dsl/errors.js'
import { sizeOf, type Value } from '../../dsl/value.js'
import type { Node } from '../../dsl/core/node.js'
import { concrete } from '../program.js'

export type Runtime = typeof Ort
export type { InferenceSession, Tensor }

const install = 'npm install onnxruntime-node'

/** Loads the package; throws a `TypegradError` that says what is missing when it, or its native library, is not there. */
export const loadRuntime = async (load: () => Promise<Runtime> = () => import('onnxruntime-node')): Promise<Runtime> => {
  try {
    const runtime = await load()
    // A CommonJS package: bundlers and older Nodes put what it exports under `default`.
    return 'InferenceSession' in runtime ? runtime : (runtime as { default: Runtime }).default
  } catch (e) {
    const { message, code } = e as { message?: string; code?: string }
    // The native library is a module too: only its name tells that the package is there and it is not.
    const absent = (code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND') && !message?.includes('_binding.node')
    const reason = (message ?? String(e)).split('\n')[0]
    const what = absent ? 'the package onnxruntime-node is not installed'
      : `the native library of onnxruntime-node for ${process.platform} ${process.arch} does not load (${reason})`
    throw new TypegradError('engine', `onnx: ${what}; run \`${install}\`, or choose the engine tfjs or js`)
  }
}

/** The version of the installed package. */
export const runtimeVersion = (): string => {
  const { version } = createRequire(import.meta.url)('onnxruntime-node/package.json') as { version: string }
  return version
}

/** A sum adds in an order that depends on where 16 bytes begin: memory that starts elsewhere would make a run irreproducible. */
const aligned = <A extends Value['data']>(data: A): A => data.byteOffset % 16 === 0 ? data : data.slice() as A

/** A host value as ONNX Runtime takes it, on the same memory where precision and alignment allow. */
export const toTensor = ({ Tensor }: Runtime, { dtype, shape, data }: Value): Tensor =>
  new Tensor(dtype, data instanceof Float64Array ? Float32Array.from(data) : aligned(data) as Float32Array, shape)

/** The same on memory of its own. */
export const copyOf = (runtime: Runtime, v: Value): Tensor => toTensor(runtime, { ...v, data: v.data.slice() })

/** Memory for a node's value. */
export const emptyFor = ({ Tensor }: Runtime, node: Node): Tensor => {
  const shape = concrete(node)
  const n = sizeOf(shape)
  const data = node.dtype === 'float32' ? new Float32Array(n) : node.dtype === 'int32' ? new Int32Array(n) : new Uint8Array(n)
  return new Tensor(node.dtype, data as Float32Array, shape)
}

export const toValue = (node: Node, t: Tensor): Value => ({ shape: concrete(node), dtype: node.dtype, data: t.data as Float32Array })
