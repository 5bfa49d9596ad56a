import { join } from 'node:path'
import { liveSessions, openSession, type Session } from '../../lab/processes/session.ts'
import { lockDatabase } from '../../lab/servers/databases.ts'
import { resolveK6 } from '../../lab/tools/k6.ts'
import { claimFolder, requireWritable } from '../../lab/writable.ts'
import { exitCodeOf } from '../judge/exit-code.ts'
import type { ReportDocument } from '../report/document.ts'
import { shellWord } from '../report/repeat-command.ts'
import { renderTerminal, terminalOptions } from '../report/terminal.ts'
import { linkLatest, newRunFolder, type RunKind, runName } from '../watch/run-folders.ts'
import { watched } from '../watch/watch-run.ts'
import { openArm } from './arm.ts'
import type { BlockTestBed } from './block.ts'
import type { ComposeTarget } from './compose-target.ts'
import { readEnvironment } from './environment.ts'
import type { ExperimentOptions } from './options.ts'
import type { Driver, Environment, Plan, RunVerdict } from './result.ts'
import { say } from './run-blocks.ts'
import { openTestBed } from './test-bed.ts'

/**
 * Runs an experiment in a session of its own, and closes the session however it ends.
 * @returns the exit code of the experiment's verdict
 * @throws UserError when a place for results cannot be written, before anything starts, or when a
 * server or tool is unavailable
 */
export async function runExperiment(
  options: ExperimentOptions,
  work: (experiment: Experiment) => Promise<RunVerdict>,
): Promise<number> {
  if (options.out !== undefined) await claimFolder(options.out)
  if (options.jsonFile !== undefined) await requireWritable(options.jsonFile)
  const others = await liveSessions()
  if (others.length > 0) {
    say(`also running in this checkout: ${others.join(', ')}; it takes processors from this run`)
  }
  const session = await openSession()
  try {
    return exitCodeOf(await work(new Experiment(session, options)))
  } finally {
    await session.close()
  }
}

/** The driver of an experiment, as it was found on this machine. */
interface ResolvedDriver {
  name: Driver
  /** `k6 2.2.0` */
  title: string
  k6Path: string | undefined
}

/** What every experiment stands on. Tools and servers are opened when first asked for, once. */
export class Experiment {
  readonly startedAt = new Date()
  readonly session: Session
  readonly #options: ExperimentOptions
  #driver: Promise<ResolvedDriver> | undefined
  #testBed: Promise<BlockTestBed> | undefined

  constructor(session: Session, options: ExperimentOptions) {
    this.session = session
    this.#options = options
  }

  /** @throws UserError when k6 was demanded and is unavailable */
  driver(): Promise<ResolvedDriver> {
    this.#driver ??= this.#resolveDriver()
    return this.#driver
  }

  async #resolveDriver(): Promise<ResolvedDriver> {
    const { driver, quick = false, install } = this.#options
    const { k6, reason } = await resolveK6(this.session, { driver, quick, install })
    if (k6) return { name: 'k6', title: `k6 ${k6.version}`, k6Path: k6.path }
    if (driver !== 'simulator') say(`driver: the embedded simulator, since ${reason}`)
    return { name: 'simulator', title: 'embedded simulator', k6Path: undefined }
  }

  /**
   * Private servers and a driver.
   * @throws UserError when one is unavailable; the next call then tries again
   */
  testBed(): Promise<BlockTestBed> {
    this.#testBed ??= this.#openTestBed().catch((error: unknown) => {
      this.#testBed = undefined
      throw error
    })
    return this.#testBed
  }

  async #openTestBed(): Promise<BlockTestBed> {
    const { k6Path } = await this.driver()
    return { ...(await openTestBed(this.session, this.#options)), k6Path, openArm }
  }

  /** The same, with a Prometheus that scrapes the arms if one is wanted and available. */
  async watchedTestBed(
    plan: Plan,
    { prometheus, folder }: { prometheus: boolean; folder: string },
  ): Promise<BlockTestBed> {
    const { quick = false, install } = this.#options
    return await watched(await this.testBed(), plan, folder, { prometheus, quick, install })
  }

  /** Arms that run already, in place of private servers. */
  async attachedTestBed(target: ComposeTarget): Promise<BlockTestBed> {
    const { databaseUrl, schemaPrefix } = target.databases
    await lockDatabase(this.session, databaseUrl, schemaPrefix)
    return { session: this.session, k6Path: (await this.driver()).k6Path, ...target }
  }

  /** What the figures are made with and on. @param driver its title, if not the experiment's */
  async environment({ databases }: BlockTestBed, driver?: string): Promise<Environment> {
    const title = driver ?? (await this.driver()).title
    return await readEnvironment(databases, title, this.session.folder)
  }

  /** The folder for report and metrics. */
  folder(kind: RunKind): string {
    return this.#options.out ?? newRunFolder(kind, this.startedAt)
  }

  print(document: ReportDocument): void {
    console.log(renderTerminal(document, terminalOptions()))
  }

  /**
   * Prints a report, writes it, and prints where it is and how to see the run's metrics again. In
   * this order: what was measured outlives a full disk.
   */
  async show(
    document: ReportDocument,
    folder: string,
    write: () => Promise<unknown>,
    isWatched = false,
  ): Promise<void> {
    this.print(document)
    await write()
    await linkLatest(folder)
    console.log(`Report: ${join(folder, 'report.html')}`)
    if (isWatched)
      console.log(`Metrics: ./stampede open ${shellWord(this.#options.out ?? runName(folder))}`)
  }
}
