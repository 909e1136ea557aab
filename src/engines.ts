/** The engines: what runs an expression. Everything else of the language needs none of this. */
export type { Engine, EngineOptions, Executable, Program, Resident } from './interp/engine.js'
export { program } from './interp/program.js'
export { jsEngine } from './interp/js/engine.js'
export { openEngine, probeEngines, type EngineName, type OpenOptions, type Probe } from './interp/registry.js'
export { doctor, type DoctorReport } from './interp/doctor.js'
export { tfjsEngine } from './interp/tfjs/engine.js'
