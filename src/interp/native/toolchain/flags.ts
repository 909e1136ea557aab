/** What the C compiler is asked for: the runtime is compiled once and slowly, a program often and quickly. */
import type { Compiler } from './compiler.js'

/** Numbers as the reference has them: infinities and NaN count, only what no program can see is given up. */
const numbers = ['-fno-math-errno', '-fno-trapping-math', '-ffp-contract=fast']
const common = ['-std=gnu11', '-fPIC', '-w', ...numbers]
/** What gcc spends half its time on in a loop of a few lines, without making it quicker: vector loops for the last elements. */
const short = ['--param=vect-epilogues-nomask=0']
const linked = ['-shared', ...process.platform === 'darwin' ? ['-undefined', 'dynamic_lookup'] : []]

/** How C sources become one library: flags of both steps, and what only the linker takes. */
export interface Flags { readonly compile: readonly string[]; readonly link: readonly string[]; readonly libraries: readonly string[] }

/** Of the runtime and the addon. */
export const runtimeFlags = ({ target }: Compiler, include: readonly string[]): Flags => ({
  compile: ['-O3', ...target, ...common, '-pthread', ...include.map(folder => `-I${folder}`)],
  link: [...linked, '-pthread'],
  libraries: process.platform === 'darwin' ? ['-lm'] : ['-lm', '-ldl'],
})

/** Of a generated program. Start files and the compiler's own library are left out, which halves the linker's time. */
export const programFlags = ({ name, target }: Compiler, include: readonly string[]): Flags => ({
  compile: ['-O2', '-ftree-vectorize', ...target, ...common, '-fno-semantic-interposition', '-fno-asynchronous-unwind-tables',
    ...name === 'gcc' ? ['-fvect-cost-model=dynamic', ...short] : [], ...include.map(folder => `-I${folder}`)],
  link: process.platform === 'darwin' ? linked : [...linked, '-nostdlib'],
  libraries: process.platform === 'darwin' ? ['-lm'] : ['-lm', '-lc'],
})
