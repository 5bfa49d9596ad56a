import type { ServerOptions } from '../../lab/servers/engine.ts'
import { parseDesign } from '../../server/designs/design.ts'
import { writeReport } from '../report/write.ts'
import { openArm, type PrivateArm } from '../run/arm.ts'
import { runExperiment } from '../run/experiment.ts'
import { runPieces } from '../run/pieces.ts'
import { say } from '../run/run-blocks.ts'
import type { TestBed } from '../run/test-bed.ts'
import { matrixDocument } from './document.ts'
import { type DesignName, designs, promises } from './promises.ts'
import { type JudgedRow, judgeRow, type MatrixResult, verdictOf } from './result.ts'
import { runFault } from './run-fault.ts'

/** What `./stampede matrix` was asked for. */
export interface MatrixOptions extends ServerOptions {
  /** Names of faults; none = every one of which something is promised. */
  faults: string[]
  /** One of them acts on the network: a proxy stands before the servers of each shop. */
  isProxied: boolean
  out: string | undefined
}

/**
 * Tries every verb of a user under every fault, in both designs, and audits the shop after each.
 * @returns the exit code: 0 all is as promised, 1 data were wrong, 2 a promise was broken, 3 a cell
 * says nothing
 */
export async function matrix(options: MatrixOptions): Promise<number> {
  const names = options.faults.length > 0 ? options.faults : Object.keys(promises)
  return await runExperiment({ ...options, driver: 'simulator' }, async (experiment) => {
    const testBed = { ...(await experiment.testBed()), isProxied: options.isProxied }
    const versions = await experiment.environment(testBed, 'in process')
    const rows: JudgedRow[] = []
    const lost: MatrixResult['lost'] = []
    for (const design of designs) {
      const shop = new Shop(testBed, design)
      try {
        const own = await runPieces(
          `${design},`,
          names,
          (name) => shop.run(name),
          (row) => {
            rows.push(row)
            say(lineOf(row))
          },
        )
        lost.push(...own.map(({ name, why }) => ({ name: `${design}, ${name}`, why })))
      } finally {
        await shop.close()
      }
    }
    const verdict = verdictOf({ rows, lost })
    const startedAt = experiment.startedAt.toISOString()
    const result: MatrixResult = { verdict, rows, lost, versions, startedAt }
    const command = `./stampede matrix${options.faults.map((name) => ` --fault ${name}`).join('')}`
    const document = matrixDocument(result, command)
    const folder = experiment.folder('matrix')
    await experiment.show(document, folder, () => writeReport(folder, document, result))
    return verdict
  })
}

/** A shop of one design, which is opened once more after its data were wrong. */
class Shop {
  readonly #testBed: TestBed
  readonly #design: DesignName
  #arm: PrivateArm | undefined
  #opened = 0

  constructor(testBed: TestBed, design: DesignName) {
    this.#testBed = testBed
    this.#design = design
  }

  async run(name: string): Promise<JudgedRow> {
    const arm = await this.#open()
    try {
      const { settings = {} } = promises[name] ?? {}
      const row = await runFault(arm, this.#testBed.chaosToken, { name, settings })
      if (row.findings.length > 0) await this.close()
      return judgeRow(this.#design, row)
    } catch (error) {
      await this.close()
      throw error
    }
  }

  async close(): Promise<void> {
    await this.#arm?.close()
    this.#arm = undefined
  }

  async #open(): Promise<PrivateArm> {
    const spec = { name: this.#design, design: parseDesign(this.#design).label }
    this.#arm ??= await openArm(this.#testBed, spec, `matrix-${this.#design}-${this.#opened++}`)
    return this.#arm
  }
}

/** `after, bank: browse works, order slower, …` */
const lineOf = ({ design, fault, cells }: JudgedRow) =>
  `${design}, ${fault}: ${cells.map(({ verb, kind }) => `${verb} ${kind}`).join(', ')}`
