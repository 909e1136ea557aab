/** A backend that answers as tfjs-node does: its kernels return tensors that tfjs's engine counts. Underneath, the cpu kernels compute. */
import * as core from '@tensorflow/tfjs-core'
import { MathBackendCPU } from '@tensorflow/tfjs-backend-cpu'
import { device, type Core, type Device } from '../../../src/interp/tfjs/device.js'

/** Opens it under the name `cpu`, whose faults it has. */
export const imitation = async (): Promise<Device> => {
  const backend = new MathBackendCPU()
  core.registerBackend('tensorflow', () => backend)
  for (const { kernelName, kernelFunc } of core.getKernelsForBackend('cpu')) {
    core.registerKernel({
      kernelName, backendName: 'tensorflow',
      kernelFunc: call => {
        const out = kernelFunc(call)
        return Array.isArray(out) || 'dispose' in out ? out : core.engine().makeTensorFromTensorInfo(out, backend)
      },
    })
  }
  await core.setBackend('tensorflow')
  return device(core as unknown as Core, 'cpu', 'tensorflow', core.version_core)
}
