import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { run } from '../../lab/processes/run.ts'
import type { Session } from '../../lab/processes/session.ts'
import { crowdFile } from '../../loadtests/jmeter/crowd.ts'
import { type LoadShape, loadShapes, planProperties } from '../../loadtests/jmeter/shapes.ts'
import { percentile } from '../judge/statistics.ts'

const plan = join(import.meta.dir, '../../loadtests/jmeter/order-payment.jmx')
/** A Java machine needs some seconds to start and to stop. */
const slackMs = 60_000

export interface JMeterRun {
  port: number
  shape: LoadShape
  /** At the most. */
  threads: number
  seconds: number
  seed: number
  users: number
  keyPrefix: string
}

/** What JMeter itself saw. */
export interface Samples {
  samples: number
  failed: number
  perSecond: number
  p99Ms: number
  /** Right answers in each second from the first request. */
  bySecond: number[]
}

/** Where Debian puts JMeter 2.13, whose XStream refuses every plan unless debian.bsh helps. */
const debian = { home: '/usr/share/jmeter', beanShell: '/usr/share/java/bsh.jar' }
const debianJar = join(debian.home, 'bin/ApacheJMeter.jar')
const isDebian = () => existsSync(debianJar) && existsSync(debian.beanShell)

/** True where a JMeter is installed. */
export const hasJMeter = (): boolean => Bun.which('jmeter') !== null

function program(): string[] {
  if (!isDebian()) return ['jmeter']
  const classPath = `${debianJar}:${debian.beanShell}`
  const starter = ['bsh.Interpreter', join(import.meta.dir, '../../loadtests/jmeter/debian.bsh')]
  return ['java', `-Djmeter.home=${debian.home}`, '-cp', classPath, ...starter]
}

/**
 * Runs the plan against a shop on loopback and reads what JMeter saw.
 * @param folder for the crowd's file, the result and JMeter's log
 * @throws Error with JMeter's last words when it fails
 */
export async function runJMeter(
  session: Session,
  folder: string,
  { port, shape, threads, seconds, seed, users, keyPrefix }: JMeterRun,
): Promise<Samples> {
  const [crowd, result] = [join(folder, 'crowd.tsv'), join(folder, `${keyPrefix}.jtl`)]
  // More than can be served: the crowd must not end before its time.
  await Bun.write(crowd, crowdFile(seed, threads * seconds * 40, users, keyPrefix))
  const properties = {
    ...{ port, crowd, ...planProperties(loadShapes[shape](threads, seconds)) },
    'jmeter.save.saveservice.output_format': 'csv',
    'jmeter.save.saveservice.print_field_names': true,
    // The only field that may hold a comma.
    'jmeter.save.saveservice.response_message': false,
    // No port for shutdown messages.
    'jmeterengine.nongui.port': 0,
  }
  const { code, out, err } = await run(
    [
      ...program(),
      ...['-n', '-t', plan, '-l', result, '-j', join(folder, 'jmeter.log')],
      ...Object.entries(properties).map(([name, value]) => `-J${name}=${value}`),
    ],
    { session, folder, timeoutMs: seconds * 1000 + slackMs },
  )
  if (code !== 0) throw new Error(`jmeter ended with code ${code}: ${(out + err).slice(-500)}`)
  return readSamples(await Bun.file(result).text())
}

/**
 * Figures of a result in JMeter's CSV form with field names.
 * @throws Error when it holds no sample
 */
export function readSamples(jtl: string): Samples {
  const [head = '', ...lines] = jtl.trim().split('\n')
  const fields = head.split(',')
  const [at, elapsed, success] = ['timeStamp', 'elapsed', 'success'].map((name) =>
    fields.indexOf(name),
  )
  const rows = lines.map((line) => {
    const cells = line.split(',')
    const [startMs, elapsedMs] = [Number(cells[at ?? -1]), Number(cells[elapsed ?? -1])]
    return { startMs, elapsedMs, isRight: cells[success ?? -1] === 'true' }
  })
  const right = rows.filter(({ isRight }) => isRight)
  if (rows.length === 0) throw new Error('JMeter has taken no sample')
  const beganMs = Math.min(...rows.map(({ startMs }) => startMs))
  const bySecond: number[] = []
  for (const { startMs, elapsedMs } of right) {
    const second = Math.floor((startMs + elapsedMs - beganMs) / 1000)
    while (bySecond.length <= second) bySecond.push(0)
    bySecond[second] = (bySecond[second] ?? 0) + 1
  }
  const endedMs = Math.max(...rows.map(({ startMs, elapsedMs }) => startMs + elapsedMs))
  return {
    samples: rows.length,
    failed: rows.length - right.length,
    perSecond: right.length / Math.max(0.001, (endedMs - beganMs) / 1000),
    p99Ms:
      right.length > 0
        ? percentile(
            right.map(({ elapsedMs }) => elapsedMs),
            0.99,
          )
        : Number.NaN,
    bySecond,
  }
}
