/** A whole program as one ONNX model. */
import { create, toBinary } from '@bufbuild/protobuf'
import type { Node } from '../../dsl/core/node.js'
import { version } from '../../version.js'
import type { Program } from '../engine.js'
import { concrete } from '../program.js'
import { Graph, valueInfo, type Positional } from './graph.js'
import { Context } from './lowering.js'
import { ModelProtoSchema } from './onnx_pb.js'
import { namedOutputs } from './outputs.js'
import { lowerings } from './table.js'

export interface Model {
  readonly bytes: Uint8Array
  /** Names in the order of the program's ends. */
  readonly inputs: readonly string[]
  readonly outputs: readonly string[]
  /** The operators whose positions may lie outside of an axis, by name. */
  readonly positional: ReadonlyMap<string, Positional>
}

/** ONNX 1.16: operator set 21, intermediate representation 10. */
const opset = 21n
const representation = 10n

/** Lowers a program, every dimension of which is a number. */
export const toModel = ({ inputs, outputs }: Pick<Program, 'inputs' | 'outputs'>): Model => {
  const graph = new Graph()
  const cx = new Context(graph, lowerings)
  const inputNames = inputs.map(() => graph.fresh('in'))
  inputs.forEach((n, i) => cx.bind(n, inputNames[i]))
  cx.lower(outputs)
  const outputNames = namedOutputs(cx, outputs, inputNames)
  const info = (names: readonly string[]) => (n: Node, i: number) => valueInfo(names[i], n.dtype, concrete(n))
  const finished = graph.finish('program', inputs.map(info(inputNames)), outputs.map(info(outputNames)))
  const model = create(ModelProtoSchema, {
    irVersion: representation, producerName: 'typegrad', producerVersion: version, graph: finished.graph,
    opsetImport: [{ domain: '', version: opset }, { domain: 'com.microsoft', version: 1n }],
  })
  return { bytes: toBinary(ModelProtoSchema, model), inputs: inputNames, outputs: outputNames, positional: graph.positional }
}
