import type { ServerChild } from '../../lab/processes/child.ts'
import { askChaos, type ChaosAccess } from './ask-chaos.ts'

type Kind = 'api' | 'worker'

interface Crashing {
  kind: Kind
  /** The board that lets it die. */
  chaos: ChaosAccess
  /** Aborted once the server is stopped for good. */
  signal: AbortSignal
  /** Receives the server that runs instead. */
  restarted(server: ServerChild): void
}

/**
 * Starts a server again, at the same address, when the fault `crash` has ended it, as what runs a
 * shop would. Another end is left as it is: it is for the run to notice.
 * @returns once the server has ended otherwise, or does not start
 */
export async function restartCrashed(
  running: ServerChild,
  { kind, chaos, signal, restarted }: Crashing,
): Promise<void> {
  let server = running
  for (let deaths = 0; ; deaths += 1) {
    await server.exited
    // The board has granted a death before it happened.
    if (signal.aborted || (await deathsOf(kind, chaos)) <= deaths || signal.aborted) return
    try {
      server = await server.again()
    } catch (error) {
      console.error(`${server.name} does not start again: ${String(error)}`)
      return
    }
    restarted(server)
  }
}

interface Listed {
  faults: { name: string; processes: { kind: string; injected: number }[] }[]
}

/** Processes of a kind that the board has let die; 0, with a word, where it does not answer. */
async function deathsOf(kind: Kind, chaos: ChaosAccess): Promise<number> {
  try {
    const { faults } = (await askChaos(chaos, 'GET', 'faults')) as Listed
    const { processes = [] } = faults.find(({ name }) => name === 'crash') ?? {}
    const own = processes.filter((one) => one.kind === kind)
    return own.reduce((total, { injected }) => total + injected, 0)
  } catch (error) {
    console.error(`whether a fault has ended the ${kind} process is unknown: ${String(error)}`)
    return 0
  }
}
