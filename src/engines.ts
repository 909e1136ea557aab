/**
 * The engines: what runs an expression. Everything else of the language needs none of this.
 *
 * @module typegrad/engines
 */
export type { Engine, EngineOptions, Executable, Program, Resident } from './interp/engine.js'
export { compile, type Compiled, type ValuesOf } from './interp/compile.js'
export { evaluate, toArray, type NestedArray } from './interp/evaluate.js'
export { simplifyTree } from './interp/simplify/simplify.js'
export { print } from './interp/print/print.js'
export { showSummary, summary, type ParameterRow, type Summary } from './interp/summary.js'
export { dependence } from './interp/dependence/dependence.js'
export { jsEngine } from './interp/js/engine.js'
export { openEngine, probeEngines, type EngineName, type OpenOptions, type Probe } from './interp/registry.js'
export { doctor, type DoctorReport } from './interp/doctor.js'
export { onnxEngine } from './interp/onnx/engine.js'
export { nativeEngine, type NativeOptions } from './interp/native/engine.js'
export { passes, type Pass } from './interp/native/passes.js'
export { tfjsEngine } from './interp/tfjs/engine.js'
