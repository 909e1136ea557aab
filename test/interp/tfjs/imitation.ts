/**
 * A backend that answers as tfjs-node does: its kernels return tensors that tfjs's engine counts, and a shape belongs to the array that a
 * kernel or an upload made, whatever the caller says of it. Underneath, the cpu kernels compute.
 */
import * as core from '@tensorflow/tfjs-core'
import { MathBackendCPU } from '@tensorflow/tfjs-backend-cpu'
import { device, type Core, type Device } from '../../../src/interp/tfjs/device.js'

class Imitation extends MathBackendCPU {
  readonly shapes = new WeakMap<object, string>()
  override write(values: core.backend_util.BackendValues, shape: number[], dtype: core.DataType): core.DataId {
    const id = super.write(values, shape, dtype)
    this.shapes.set(id, shape.join())
    return id
  }
}

type Kernel = core.KernelConfig['kernelFunc']
const strict = (name: string, kernel: Kernel, backend: Imitation): Kernel => call => {
  const inputs = Object.values(call.inputs) as core.TensorInfo[]
  for (const { dataId, shape } of inputs) {
    const has = backend.shapes.get(dataId)
    if (has !== shape.join()) throw new Error(`${name}: an array of [${has}] is taken for one of [${shape.join()}]`)
  }
  if (name === 'Concat' && inputs.length < 2) throw new Error('Value for attr \'N\' of 1 must be at least minimum 2')
  if (name === 'Reshape') {
    const [{ dataId, dtype }] = inputs
    const { shape } = call.attrs as { shape: number[] }
    const copy = { dataId: backend.write(backend.readSync(dataId).slice(), shape, dtype), shape, dtype }
    return core.engine().makeTensorFromTensorInfo(copy, backend)
  }
  const out = kernel(call)
  if (Array.isArray(out)) return out
  backend.shapes.set(out.dataId, out.shape.join())
  return 'dispose' in out ? out : core.engine().makeTensorFromTensorInfo(out, backend)
}

/** Opens it under the name `cpu`, whose faults it has. */
export const imitation = async (): Promise<Device> => {
  const backend = new Imitation()
  core.registerBackend('tensorflow', () => backend)
  for (const { kernelName, kernelFunc } of core.getKernelsForBackend('cpu'))
    core.registerKernel({ kernelName, backendName: 'tensorflow', kernelFunc: strict(kernelName, kernelFunc, backend) })
  await core.setBackend('tensorflow')
  return device(core as unknown as Core, 'cpu', 'tensorflow', core.version_core)
}
