/** Steps shorter than this are not worth a line. */
const quietMs = 2_000

export interface Progress {
  /** How far: 0..1, or null where nobody knows; and what is being done, in a few words. */
  update(fraction: number | null, detail?: string): void
}

export interface StepOptions {
  /** How long it usually takes, for the time left while no fraction is known. */
  expectedMs?: number
  /** Where the lines go; standard error if not given. */
  terminal?: boolean
  write?: (line: string) => void
}

/**
 * Runs a step and says on standard error what is going on as soon as it takes longer than 2 s: a
 * spinner with the time left in a terminal, else one line when it shows to be long and one at its
 * end.
 */
export async function runStep<T>(
  title: string,
  work: (progress: Progress) => Promise<T>,
  options: StepOptions = {},
): Promise<T> {
  const started = performance.now()
  const terminal = options.terminal ?? Boolean(process.stderr.isTTY)
  const write = options.write ?? ((line: string) => void process.stderr.write(`${line}\n`))
  let state: { fraction: number | null; detail: string } = { fraction: null, detail: '' }
  const text = () =>
    progressText(title, performance.now() - started, { ...state, expectedMs: options.expectedMs })
  const stopShowing = terminal ? await showSpinner(text) : showLater(() => write(text()))
  const progress: Progress = {
    update: (fraction, detail = '') => {
      state = { fraction, detail }
    },
  }
  let end = 'failed'
  try {
    const result = await work(progress)
    end = 'done'
    return result
  } finally {
    stopShowing()
    const elapsedMs = performance.now() - started
    if (elapsedMs > quietMs) write(`${title}: ${end} after ${seconds(elapsedMs)}`)
  }
}

/** `building k6 · 40 % · net/http · 32 s, about 48 s left` */
export function progressText(
  title: string,
  elapsedMs: number,
  state: { fraction: number | null; detail: string; expectedMs?: number | undefined },
): string {
  const { fraction, detail, expectedMs } = state
  const parts = [title]
  if (fraction !== null) parts.push(`${Math.round(fraction * 100)} %`)
  if (detail) parts.push(detail)
  let leftMs: number | undefined
  if (fraction !== null && fraction > 0.02) leftMs = (elapsedMs * (1 - fraction)) / fraction
  else if (expectedMs !== undefined && expectedMs > elapsedMs) leftMs = expectedMs - elapsedMs
  const left = leftMs === undefined ? '' : `, about ${seconds(leftMs)} left`
  return [...parts, `${seconds(elapsedMs)}${left}`].join(' · ')
}

function seconds(ms: number): string {
  return ms < 120_000 ? `${Math.round(ms / 1000)} s` : `${Math.round(ms / 60_000)} min`
}

function showLater(show: () => void): () => void {
  const timer = setTimeout(show, quietMs)
  return () => clearTimeout(timer)
}

async function showSpinner(text: () => string): Promise<() => void> {
  const { default: ora } = await import('ora')
  const spinner = ora({ text: text(), stream: process.stderr, discardStdin: false }).start()
  const timer = setInterval(() => {
    spinner.text = text()
  }, 250)
  return () => {
    clearInterval(timer)
    spinner.stop()
  }
}
