/** Steps shorter than this are not worth a line. */
const silentMs = 2_000

export interface Progress {
  /** How far: 0..1, or null if unknown; and what is being done, in a few words. */
  update(fraction: number | null, detail?: string): void
}

export interface StepOptions {
  /** How long it usually takes, for the time left while no fraction is known. */
  expectedMs?: number
  /** Whether the output is a terminal; standard error is asked if not given. */
  terminal?: boolean
  write?: (line: string) => void
}

/**
 * Runs a step and shows its progress on standard error once it takes longer than 2 s: in a terminal
 * a spinner with the time left, else one line then and one at its end.
 */
export async function runStep<T>(
  title: string,
  work: (progress: Progress) => Promise<T>,
  options: StepOptions = {},
): Promise<T> {
  const write = options.write ?? ((line: string) => void process.stderr.write(`${line}\n`))
  const step = new Step(title, options.expectedMs)
  const isTerminal = options.terminal ?? Boolean(process.stderr.isTTY)
  const stopShowing = isTerminal ? await showSpinner(step) : showLater(() => write(step.text()))
  let end = 'failed'
  try {
    const result = await work(step)
    end = 'done'
    return result
  } finally {
    stopShowing()
    if (step.elapsedMs > silentMs) write(`${title}: ${end} after ${seconds(step.elapsedMs)}`)
  }
}

class Step implements Progress {
  readonly #title: string
  readonly #expectedMs: number | undefined
  readonly #startedMs = performance.now()
  #fraction: number | null = null
  #detail = ''

  constructor(title: string, expectedMs: number | undefined) {
    this.#title = title
    this.#expectedMs = expectedMs
  }

  get elapsedMs(): number {
    return performance.now() - this.#startedMs
  }

  update(fraction: number | null, detail = ''): void {
    this.#fraction = fraction
    this.#detail = detail
  }

  text(): string {
    return progressText(this.#title, this.elapsedMs, {
      fraction: this.#fraction,
      detail: this.#detail,
      expectedMs: this.#expectedMs,
    })
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
  const timer = setTimeout(show, silentMs)
  return () => clearTimeout(timer)
}

async function showSpinner(step: Step): Promise<() => void> {
  const { default: ora } = await import('ora')
  const spinner = ora({ text: step.text(), stream: process.stderr, discardStdin: false }).start()
  const timer = setInterval(() => {
    spinner.text = step.text()
  }, 250)
  return () => {
    clearInterval(timer)
    spinner.stop()
  }
}
