import { html } from 'hono/html'
import { amount, duration, percent } from '../judge/format.ts'
import { blocksOf } from '../judge/summarize.ts'
import type { Block, Report } from '../run/result.ts'
import type { Html } from './page.ts'

type Facts = [term: string, text: string][]

/** What was measured with: designs, generator, machine, settings, faults, and what was left out. */
export function rigSection(report: Report, blocks: readonly Block[]): Html {
  const leftOut = report.versions.notExercised
  return html`
    <section aria-labelledby="rig">
      <h2 id="rig">What this was measured with</h2>
      <div class="columns">
        ${list([...designs(report), ...generator(report, blocks)])}
        ${list([...machine(report), ...faults(report, blocks)])}
      </div>
    </section>
    ${
      leftOut.length === 0
        ? ''
        : html`<section aria-labelledby="left-out"><h2 id="left-out">What was not exercised</h2>
            <ul class="notes">${leftOut.map((what) => html`<li>${what}</li>`)}</ul>
          </section>`
    }`
}

function list(facts: Facts): Html {
  return html`<dl>${facts.map(([term, text]) => html`<dt>${term}</dt><dd>${text}</dd>`)}</dl>`
}

function designs(report: Report): Facts {
  return Object.entries(report.arms).map(([name, arm]) => [
    `${name} is`,
    arm.design.replaceAll(',', ', '),
  ])
}

function generator({ generator, noiseFloor, seed }: Report, blocks: readonly Block[]): Facts {
  const busiest = Math.max(...blocks.map((block) => block.cpu.machineBusyPercent))
  const noise = noiseFloor
    ? `goodput ${Math.round(noiseFloor.goodput * 100)} %, p99 ` +
      `${noiseFloor.p99 === null ? 'unknown' : `${Math.round(noiseFloor.p99 * 100)} %`}`
    : 'unknown: no arm has two blocks'
  return [
    ['generator', `${Math.round(generator.cpuPercent)} % of a core in its busiest block`],
    ['dropped', `${percent(generator.droppedPercent)} of the worst arm’s journeys`],
    ['machine', `${Math.round(busiest)} % of all cores in the busiest block`],
    ['noise floor', noise],
    ['order of blocks', orderOf(blocks)],
    ['seed', String(seed)],
  ]
}

function machine({ versions }: Report): Facts {
  return [
    ['Stampede', `${versions.stampede}, commit ${versions.gitCommit}`],
    ['Bun', versions.bun],
    ['driver', versions.driver],
    ['database', versions.database],
    ['Redis', versions.redis],
    ['machine', `${versions.machine}, ${versions.cores} cores, ${versions.memoryGiB} GiB`],
    ['fsync', `${amount(versions.fsyncMicros)} µs, median`],
    ...Object.entries(versions.databaseSettings),
  ]
}

function faults(report: Report, blocks: readonly Block[]): Facts {
  if (report.plan.faults.length === 0) return [['faults', 'none']]
  return Object.keys(report.arms).flatMap((arm): Facts => {
    const own = blocksOf(arm, blocks)
    return report.plan.faults.map(({ name, settings, fromSeconds, toSeconds }) => {
      const happened = own.flatMap((block) => block.faults.filter((fault) => fault.name === name))
      const injected = happened.reduce((sum, fault) => sum + fault.injected, 0)
      const window = `${duration(fromSeconds * 1000)} to ${duration(toSeconds * 1000)}`
      return [
        `${name} in ${arm}`,
        `${window}, ${amount(injected)} times, ${JSON.stringify(settings)}`,
      ]
    })
  })
}

function orderOf(blocks: readonly Block[]): string {
  return blocks
    .toSorted((a, b) => a.crowdStartMs - b.crowdStartMs)
    .map((block) => block.arm)
    .join(', ')
}
