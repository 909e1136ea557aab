/** Every primitive, by name: the one row that a new primitive adds. Engines, tests and docs are total over this table. */
import * as e from './primitives/elementwise.js'
import { constantPrim, dimSizePrim, inputPrim, iotaPrim } from './primitives/leaves.js'
import * as s from './primitives/structure.js'
import { argMaxPrim, cumsumPrim, maxPrim, minPrim, prodPrim, sortIndicesPrim } from './primitives/reduce.js'
import { gatherPrim, scatterAddPrim, scatterAlongPrim, takeAlongPrim } from './primitives/indexing.js'
import { conv2dInputPrim, conv2dKernelPrim, conv2dPrim, matmulPrim } from './primitives/linear.js'
import { foldPrim, patchesPrim } from './primitives/window.js'
import { randomBitsPrim, uniformPrim } from './primitives/random.js'
import { customVjpPrim, namedPrim, straightThroughPrim } from './primitives/control.js'
import { projectPrim, scanPrim } from './primitives/scan.js'
import type { AttrsOf } from './primitive.js'
import type { Node } from './node.js'

export const primitives = {
  input: inputPrim, constant: constantPrim, iota: iotaPrim, dimSize: dimSizePrim,
  neg: e.negPrim, abs: e.absPrim, sign: e.signPrim, floor: e.floorPrim, ceil: e.ceilPrim, round: e.roundPrim, exp: e.expPrim,
    log: e.logPrim,
  log1p: e.log1pPrim, expm1: e.expm1Prim, sqrt: e.sqrtPrim, sin: e.sinPrim, cos: e.cosPrim, tanh: e.tanhPrim, sigmoid: e.sigmoidPrim,
  softplus: e.softplusPrim, erf: e.erfPrim, not: e.notPrim,
  add: e.addPrim, sub: e.subPrim, mul: e.mulPrim, div: e.divPrim, pow: e.powPrim, maximum: e.maximumPrim, minimum: e.minimumPrim,
    mod: e.modPrim,
  equal: e.equalPrim, less: e.lessPrim, lessEqual: e.lessEqualPrim, and: e.andPrim, or: e.orPrim, select: e.selectPrim,
  reshape: s.reshapePrim, transpose: s.transposePrim, broadcastTo: s.broadcastToPrim, sum: s.sumPrim, slice: s.slicePrim, pad: s.padPrim,
  concat: s.concatPrim, reverse: s.reversePrim, cast: s.castPrim, stopGradient: s.stopGradientPrim,
  max: maxPrim, min: minPrim, prod: prodPrim, argMax: argMaxPrim, cumsum: cumsumPrim, sortIndices: sortIndicesPrim,
  gather: gatherPrim, scatterAdd: scatterAddPrim, takeAlong: takeAlongPrim, scatterAlong: scatterAlongPrim,
  matmul: matmulPrim, conv2d: conv2dPrim, conv2dInput: conv2dInputPrim, conv2dKernel: conv2dKernelPrim, patches: patchesPrim,
    fold: foldPrim,
  randomBits: randomBitsPrim, uniform: uniformPrim,
  named: namedPrim, straightThrough: straightThroughPrim, customVjp: customVjpPrim, scan: scanPrim, project: projectPrim,
} as const

export type Op = keyof typeof primitives
/** The attributes of a primitive, by name. */
export type Attrs<P extends Op> = AttrsOf<(typeof primitives)[P]>
/** A node of a known primitive. */
export type NodeOf<P extends Op> = Node<Attrs<P>>
